"""What can be wrong with an address or with starting the page."""

from __future__ import annotations

from indievaluecatalog.errors import IndieValueCatalogError


class BrowseError(IndieValueCatalogError):
    """The page cannot be started as asked for: a port that is taken, or persons who may not be shown to others."""


class AddressError(Exception):
    """An address that names something there is not; `status` is what the browser is told, `way_out` a link."""

    def __init__(self, message: str, *, status: int = 404, way_out: tuple[str, str] = ("./", "Start")) -> None:
        super().__init__(message)
        self.status = status
        self.way_out = way_out
