"""What can go wrong between a finished build and the Hub."""

from __future__ import annotations

from indievaluecatalog.errors import IndieValueCatalogError


class PublishError(IndieValueCatalogError):
    """A dataset may not or cannot be pushed; the repository is as it was unless the message says otherwise."""
