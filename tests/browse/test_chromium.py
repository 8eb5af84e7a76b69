"""The page as a new user meets it: every view opened and used in a real browser, wide and narrow."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from indievaluecatalog.browse.collection import Collection
from indievaluecatalog.browse.serve import listen
from tests.browse.chromium import Browser, browser, found

pytestmark = [pytest.mark.slow, pytest.mark.skipif(found() is None, reason="no Chromium on this machine")]

VIEWS = {
    "start": "",
    "persons": "persons?is-B_COUNTRY=Germany",
    "person": "person?id=p7",
    "alike": "compare?a=p3",
    "compare": "compare?a=p3&b=p4",
    "items": "items",
    "item": "item?id=Q1&by=Q275",
    "game": "game?round=2",
    "played": "game?round=2&done=1",
    "models": "models",
    "problem": "person?id=nobody",
}


@pytest.fixture(scope="module")
def site(collection: Collection) -> Iterator[str]:
    uvicorn = pytest.importorskip("uvicorn")
    from indievaluecatalog.browse.app import create_app

    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(create_app(collection), log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.mark.parametrize("width", [1200, 400])
def test_every_view_fits_and_names_what_it_asks_for(tab: Browser, site: str, width: int, tmp_path: Path) -> None:
    tab.size(width)
    folder = Path(os.environ.get("BROWSE_PICTURES", tmp_path))
    for name, address in VIEWS.items():
        tab.open(site + address)
        assert tab.run("document.documentElement.scrollWidth") <= width, f"{name} is wider than {width}"
        assert all(told for _, told in tab.names()), f"{name}: something to use has no name"
        rows = tab.run("new Set([...document.querySelectorAll('nav[aria-label=Pages] a')].map(a => a.offsetTop)).size")
        assert rows == 1, f"{name}: the names of the pages need {rows} rows"
        tab.picture(folder / f"{name}-{width}.png")
        assert (folder / f"{name}-{width}.png").stat().st_size > 5_000


def test_a_new_user_finds_compares_and_plays(tab: Browser, site: str) -> None:
    tab.size(1200)
    tab.open(site)
    tab.click("a[href=persons]")
    tab.run("document.querySelector('select[name=is-B_COUNTRY]').value = 'Germany'")
    tab.click("form button")
    assert "Germany" in tab.run("document.querySelector('caption').innerText")
    tab.click("tbody a")
    person = tab.run("document.querySelector('h1').innerText").removeprefix("Person ")
    assert "Germany" in tab.run("document.querySelector('.chips').innerText")
    tab.click("a[href^=compare]:is(main a)")
    assert person in tab.run("document.querySelector('h2').innerText")
    tab.click("a[href*='&b=']")
    assert "%" in tab.run("document.querySelector('.big').innerText")
    tab.click("nav a[href=items]")
    tab.run("document.querySelector('input[name=q]').value = 'god'")
    tab.click("form button")
    tab.click("main .toc a")
    tab.run("document.querySelector('select[name=by]').value = 'Q260'")
    tab.click("form button")
    assert tab.run("document.querySelectorAll('.spread li').length") == 3
    tab.click("nav a[href=game]")
    tab.run("document.querySelectorAll('fieldset').forEach(one => one.querySelector('input').click())")
    tab.click("form button")
    assert tab.run("document.querySelector('h1').innerText").startswith("Round 1: you got ")
    assert "left open" not in tab.run("document.body.innerText")
    tab.click("main .button")
    assert tab.run("document.querySelector('h1').innerText").startswith("Round 2")


def test_the_keyboard_is_enough(tab: Browser, site: str) -> None:
    tab.open(site + "game")
    tab.key("Tab", 9)
    assert tab.run("document.activeElement.innerText") == "Skip to the content"
    assert tab.run("document.activeElement.getBoundingClientRect().left >= 0")
    tab.key("Enter", 13, "\r")
    for _ in range(60):
        if tab.run("document.activeElement.type") == "radio":
            break
        tab.key("Tab", 9)
    tab.key(" ", 32, " ")
    assert tab.run("document.activeElement.checked")
    tab.leave(lambda: tab.key("Enter", 13, "\r"))
    assert "9 left open" in tab.run("document.body.innerText")


def test_categories_open_by_key_and_by_the_links_to_them(tab: Browser, site: str) -> None:
    open_ones = "[...document.querySelectorAll('details.fold')].map(one => one.open)"
    tab.size(400)
    tab.open(site + "person?id=p7")
    assert tab.run(open_ones) == [True] + [False] * 12
    assert tab.run("document.documentElement.scrollHeight") < 12_000
    told = tab.command("Accessibility.getFullAXTree")["nodes"]
    headings = [node["name"]["value"] for node in told if node.get("role", {}).get("value") == "heading"]
    assert "Corruption" in headings
    tab.run("document.querySelectorAll('details.fold > summary')[1].focus()")
    tab.key("Enter", 13, "\r")
    assert tab.run(open_ones)[:3] == [True, True, False]
    tab.click(".jump li:nth-child(5) a")
    assert tab.run(open_ones) == [at == 4 for at in range(13)]
    assert abs(tab.run("document.querySelector('#c5').getBoundingClientRect().top")) < 100
    tab.click("a[href*='open=all']")
    assert all(tab.run(open_ones))


def test_dark_where_the_reader_prefers_it(tab: Browser, site: str, tmp_path: Path) -> None:
    paper = "getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number)"
    for scheme in ("dark", "light"):
        tab.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        tab.open(site + "item?id=Q1")
        assert (max(tab.run(paper)) < 60) == (scheme == "dark")
        tab.picture(Path(os.environ.get("BROWSE_PICTURES", tmp_path)) / f"item-{scheme}.png")


def test_nothing_left_the_machine_and_nothing_was_refused(tab: Browser, site: str) -> None:
    for address in VIEWS.values():
        tab.open(site + address)
    outside = [address for address in tab.asked if not address.startswith((site, "data:", "about:"))]
    assert outside == []
    assert len(tab.asked) > len(VIEWS)
    assert [told for told in tab.complaints if "404" not in told] == []
