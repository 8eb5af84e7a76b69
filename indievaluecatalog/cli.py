"""The command line: parses, calls one library function, prints."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from indievaluecatalog import __version__
from indievaluecatalog.errors import IndieValueCatalogError

if TYPE_CHECKING:
    from indievaluecatalog.dataset.build import Build

app = typer.Typer(
    help="World Values Survey answers as first-person statements, and as a Hugging Face dataset.\n\n"
    "Start with `indievaluecatalog demo`: synthetic persons, the whole way to a dataset. With the survey file "
    "you registered for: `indievaluecatalog inspect FILE`, then `indievaluecatalog build FILE --out DIR`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
catalog_app = typer.Typer(help="Check, show or import a catalog of items and statements.", no_args_is_help=True)
app.add_typer(catalog_app, name="catalog")

CatalogOption = Annotated[
    str, typer.Option("--catalog", help="A shipped wave (wvs7) or the folder of a catalog of your own.")
]


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        typer.echo(f"indievaluecatalog {__version__}")
        raise typer.Exit


@catalog_app.command("check")
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


@catalog_app.command("show")
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


@catalog_app.command("import")
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


@app.command()
def inspect(
    file: Annotated[Path, typer.Argument(help="A survey file: .sav, .zsav, .dta, .csv, .parquet or .zip.")],
    catalog: CatalogOption = "wvs7",
    json_out: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Say what a survey file is, what it has and lacks, and what does not fit, before anything is built.

    Example: `indievaluecatalog inspect WVS_Cross-National_Wave_7_spss_v6_0.zip`
    """
    from indievaluecatalog.catalog.load import load_catalog
    from indievaluecatalog.survey.inspect import inspect_survey, render_inspection

    found = inspect_survey(file, load_catalog(catalog))
    if json_out:
        import json

        typer.echo(json.dumps(found.to_dict(), indent=1, ensure_ascii=False))
    else:
        typer.echo(render_inspection(found), nl=False)
    if found.problems:
        raise typer.Exit(1)


@app.command()
def synth(
    out: Annotated[
        Path, typer.Option("--out", help="File to write; its ending decides: .sav .zsav .dta .csv .parquet")
    ],
    persons: Annotated[int, typer.Option("--persons", help="How many persons.", min=1)] = 5_000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same persons.")] = 0,
    layout: Annotated[
        Literal["needed", "full"],
        typer.Option("--layout", help="needed: the columns we read. full: some 600, as in a real file."),
    ] = "needed",
    traits: Annotated[
        Path | None,
        typer.Option("--traits", help="Also write the true traits behind the answers, as .parquet."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there already.")] = False,
    catalog: CatalogOption = "wvs7",
) -> None:
    """Write a survey file of synthetic persons, with labels, that every other command reads.

    Example: `indievaluecatalog synth --persons 2000 --seed 1 --out people.sav`
    """
    from indievaluecatalog.catalog.load import load_catalog
    from indievaluecatalog.survey.synthetic import synthesize, write_survey, write_traits

    with _progress() as show:
        population = synthesize(load_catalog(catalog), persons, seed=seed, progress=show)
        write_survey(population, out, layout=layout, replace=force)
        if traits is not None:
            write_traits(population, traits)
    typer.echo(f"{out}: {persons:,} synthetic persons, seed {seed}.")
    if traits is not None:
        typer.echo(f"{traits}: their true traits.")


@app.command()
def build(
    file: Annotated[Path, typer.Argument(help="The survey file.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the dataset.")] = Path("build/indievaluecatalog"),
    catalog: CatalogOption = "wvs7",
    protocol: Annotated[
        Literal["ours", "paper"],
        typer.Option("--protocol", help="ours keeps rows that share an interview id; paper only the first."),
    ] = "ours",
    seed: Annotated[int, typer.Option("--seed", help="Decides which persons are evaluated.")] = 0,
    engine: Annotated[
        Literal["auto", "pyreadstat", "fast"],
        typer.Option("--engine", help="How SPSS files are read; auto takes the fast one if it is installed."),
    ] = "auto",
    register: Annotated[
        bool, typer.Option(help='Make load_dataset("indievaluecatalog") find it from any folder.')
    ] = True,
) -> None:
    """Build the dataset of a survey file: Parquet, card and manifest.

    Example: `indievaluecatalog build WVS_Cross-National_Wave_7_spss_v6_0.zip --out build/indievaluecatalog`
    """
    from indievaluecatalog.dataset.build import BuildSettings, build_dataset

    with _progress() as show:
        made = build_dataset(
            file,
            out,
            catalog=catalog,
            settings=BuildSettings(protocol=protocol, seed=seed),
            engine=engine,
            register=register,
            progress=show,
        )
    _print_build(made)


@app.command()
def verify(folder: Annotated[Path, typer.Argument(help="A built dataset.")] = Path("build/indievaluecatalog")) -> None:
    """Compare every file of a built dataset with its manifest.

    Example: `indievaluecatalog verify build/indievaluecatalog`
    """
    from indievaluecatalog.dataset.manifest import check_build

    manifest = check_build(folder)
    typer.echo(f"{folder}: as it was built, {len(manifest['files'])} files. Digest {manifest['dataset_digest']}")


@app.command()
def demo(
    persons: Annotated[int, typer.Option("--persons", help="How many synthetic persons.", min=100)] = 10_000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same dataset.")] = 0,
    out: Annotated[Path, typer.Option("--out", help="Folder for the dataset.")] = Path("build/indievaluecatalog"),
) -> None:
    """Go the whole way with synthetic persons: write a survey file, inspect it, build the dataset, look at it."""
    from indievaluecatalog.demo import run_demo

    with _progress() as show:
        shown = run_demo(persons, seed, out, show)
    typer.echo(shown.inspection)
    _print_build(shown.build)
    typer.echo("One of these synthetic persons says:\n")
    for sentence in shown.sentences:
        typer.echo(f"  {sentence}")


def _print_build(made: Build) -> None:
    counts, rows = made.manifest["counts"], made.manifest["rows"]
    in_file = counts["in_file"]
    kind = "synthetic persons" if made.synthetic else "persons"
    typer.echo(f"{made.path}: {counts['persons']:,} {kind}")
    table = Table("config")
    for split in ("train", "validation", "test"):
        table.add_column(split, justify="right")
    for config, splits in rows.items():
        table.add_row(
            config,
            *(f"{splits[split]:,}" if split in splits else "" for split in ("train", "validation", "test")),
        )
    console = Console()
    console.print(table)
    for name, entries in (("unlisted codes", in_file["unlisted"]), ("uncovered answers", in_file["uncovered"])):
        if entries:
            total = sum(entry["count"] for entry in entries)
            typer.echo(f"{total:,} {name} in {len(entries)} places; each is in manifest.json.")
    for note in [*in_file["notes"], *made.manifest["splits"]["notes"]]:
        typer.echo(f"Note: {note}.")
    typer.echo(f"Card: {made.path / 'README.md'}")
    typer.echo(f'Load it: load_dataset("{made.path}")')
    if made.registered:
        typer.echo('or, from any other folder: load_dataset("indievaluecatalog")')


@contextmanager
def _progress() -> Iterator[Callable[[str, float], None]]:
    """A progress bar on stderr for people; silent when stderr is no terminal."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<34}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda stage, done: bar.update(task, description=stage, completed=done)


INTERRUPTED = 130


def main() -> None:
    """Run the command line; errors of ours end with their message and status 1."""
    try:
        app()
    except IndieValueCatalogError as error:
        Console(stderr=True).print(f"error: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)
    except SystemExit as stop:
        if stop.code == INTERRUPTED:
            typer.echo("stopped; nothing half-written was left, run the same command again", err=True)
        raise
