"""Rewrites the golden files. Run it after a change of wording that is meant, and read the diff."""

from __future__ import annotations

from pathlib import Path

from indievaluecatalog.catalog.listing import listing
from indievaluecatalog.catalog.load import load_catalog

STATEMENTS = Path(__file__).parent / "wvs7_statements.txt"


def main() -> None:
    STATEMENTS.write_text(listing(load_catalog("wvs7")), "utf-8")


if __name__ == "__main__":
    main()
