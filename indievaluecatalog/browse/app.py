"""The page as a web application: addresses to views, views to HTML, and what browsers are allowed to do with it.

It answers GET and HEAD only, keeps nothing of what it is asked, and names no other host: everything a page needs
comes from here, and its policy tells the browser to load nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from indievaluecatalog import __version__
from indievaluecatalog.browse.collection import Collection
from indievaluecatalog.browse.problems import AddressError
from indievaluecatalog.browse.query import Query, link
from indievaluecatalog.browse.view import View
from indievaluecatalog.browse.view_game import game
from indievaluecatalog.browse.view_items import item, items
from indievaluecatalog.browse.view_models import models, predictions
from indievaluecatalog.browse.view_person import compare, person
from indievaluecatalog.browse.view_persons import find, start
from indievaluecatalog.browse.words import percent
from indievaluecatalog.errors import MissingExtraError

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

VIEWS = MappingProxyType(
    {
        "/": start,
        "/persons": find,
        "/person": person,
        "/compare": compare,
        "/items": items,
        "/item": item,
        "/game": game,
        "/models": models,
        "/predictions": predictions,
    }
)

LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1", "[::1]")

HUB = "https://huggingface.co"
"""A Space of the Hub is shown in a frame on this site."""


def headers(*, local: bool) -> dict[str, str]:
    """What every answer says: load nothing from elsewhere, run no script, tell other sites nothing, keep no copy."""
    policy = {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "data:",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'" if local else HUB,
    }
    return {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
    }


def templates() -> Any:
    """The environment of the pages' templates: text is escaped, a name that is missing is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("indievaluecatalog.browse"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = percent
    environment.globals["link"] = link
    return environment


def create_app(collection: Collection, *, hosts: Sequence[str] = LOCAL_HOSTS) -> Starlette:
    """The page of a collection, for any server of ASGI applications.

    Args:
        collection: what is shown.
        hosts: names by which the page may be reached. A name that another site points at this machine is none of
            them, so that no other site can read the page. ("*",) for a Space of the Hub.

    Raises:
        MissingExtraError: the libraries for it are not installed.
    """
    try:
        from starlette.applications import Starlette
        from starlette.exceptions import HTTPException
        from starlette.middleware import Middleware
        from starlette.middleware.trustedhost import TrustedHostMiddleware
        from starlette.responses import HTMLResponse
        from starlette.responses import Response as Plain
        from starlette.routing import Route
    except ImportError as error:
        raise MissingExtraError("starlette", "browse", "browsing a dataset") from error
    environment = templates()
    every = headers(local="*" not in hosts)
    style = files("indievaluecatalog.browse").joinpath("browse.css").read_text("utf-8")

    def shown(view: View, path: str, status: int = 200) -> Response:
        text = environment.get_template(view.template).render(
            **view.values,
            title=view.title,
            here=path.strip("/"),
            collection=collection,
            synthetic=collection.people.identity.synthetic,
            wave=collection.catalog.wave,
            version=__version__,
        )
        return HTMLResponse(text, status, every)

    def failed(status: int, message: str, way_out: tuple[str, str], up: str = "") -> Response:
        values = {"message": message, "way_out": way_out, "up": up}
        return shown(View("problem.html.j2", "Not found", values), "", status)

    def endpoint(view: Callable[[Collection, Query], View]) -> Callable[[Request], Response]:
        # A plain function: the server runs it in a thread, so that one slow answer holds up no other.
        def answer(request: Request) -> Response:
            try:
                return shown(view(collection, Query(dict(request.query_params))), request.url.path)
            except AddressError as error:
                return failed(error.status, str(error), error.way_out)

        return answer

    async def stylesheet(request: Request) -> Response:
        return Plain(style, media_type="text/css", headers=every)

    async def unknown(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        if status == 405:
            return failed(status, "This page only shows things; it takes nothing in.", ("./", "Start"))
        path = quote(request.url.path[:200])
        # From a deeper address a relative link would lead to another one that is not there.
        up = "../" * request.url.path.lstrip("/").count("/")
        return failed(status, f"There is no page at the address {path}.", (up or "./", "Start"), up)

    async def broken(request: Request, error: Exception) -> Response:
        message = "Something went wrong here; the terminal in which the page was started says what."
        return failed(500, message, ("./", "Start"))

    return Starlette(
        routes=[
            *(Route(path, endpoint(view), methods=["GET"]) for path, view in VIEWS.items()),
            Route("/browse.css", stylesheet, methods=["GET"]),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)],
        exception_handlers={HTTPException: unknown, 500: broken},
    )
