"""Commands about a catalog: check, show, import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from indievaluecatalog.cli.shared import CatalogOption

app = typer.Typer(help="Check, show or import a catalog of items and statements.", no_args_is_help=True)


@app.command("check")
def catalog_check(
    catalog: Annotated[str, typer.Argument(help="A shipped wave or a folder.")] = "wvs7",
) -> None:
    """Check a catalog against the schema and every rule; list what is wrong.

    Example: `indievaluecatalog catalog check my-catalog/`
    """
    from indievaluecatalog.catalog.load import load_catalog

    found = load_catalog(catalog)
    table = Table(title=f"{found.wave.title}: no problems", title_justify="left")
    for heading in ("category", "items", "polar", "refined"):
        table.add_column(heading, justify="left" if heading == "category" else "right")
    for category in found.categories:
        items = found.items_of(category)
        sizes = (len(items), sum(len(i.polar) for i in items), sum(len(i.refined) for i in items))
        table.add_row(category, *map(str, sizes))
    everything = list(found.items.values())
    table.add_section()
    table.add_row(
        "all",
        *map(
            str,
            (len(everything), sum(len(i.polar) for i in everything), sum(len(i.refined) for i in everything)),
        ),
    )
    Console().print(table)
    typer.echo(f"{len(found.demographics)} demographics. Digest {found.digest}")


@app.command("show")
def catalog_show(
    names: Annotated[list[str] | None, typer.Argument(help="Item or demographic ids; none for all.")] = None,
    catalog: CatalogOption = "wvs7",
) -> None:
    """Print items with their codes and the statements that stand for them.

    Example: `indievaluecatalog catalog show Q1 Q176`
    """
    from indievaluecatalog.catalog.listing import listing
    from indievaluecatalog.catalog.load import load_catalog

    typer.echo(listing(load_catalog(catalog), names or None), nl=False)


@app.command("import")
def catalog_import(
    refined: Annotated[Path, typer.Argument(help="The refined items, JSON lines.")],
    polar: Annotated[Path, typer.Argument(help="The polar items, JSON lines.")],
    demographics: Annotated[Path | None, typer.Argument(help="The demographics, JSON lines.")] = None,
    out: Annotated[Path, typer.Option("--out", help="A new folder for the catalog.")] = Path("imported-catalog"),
    like: Annotated[str, typer.Option("--like", help="The catalog with the facts of the same items.")] = "wvs7",
) -> None:
    """Make a catalog from files in the published format; statements are kept byte for byte.

    Example: `indievaluecatalog catalog import refined.jsonl polar.jsonl --out theirs`
    """
    from indievaluecatalog.catalog.published import import_published

    found = import_published(refined, polar, demographics, out, like)
    n = (sum(len(i.refined) for i in found.items.values()), sum(len(i.polar) for i in found.items.values()))
    typer.echo(f"{out}: {len(found.items)} items, {n[0]} refined and {n[1]} polar statements.")
    typer.echo(f"Use it with: indievaluecatalog build FILE --out DIR --catalog {out}")
