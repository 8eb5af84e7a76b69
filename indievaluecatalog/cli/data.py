"""Commands from a survey file to a dataset: inspect, synth, build, verify, demo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from indievaluecatalog.cli.shared import CatalogOption, progress_bar

if TYPE_CHECKING:
    from indievaluecatalog.dataset.build import Build

app = typer.Typer()


@app.command(rich_help_panel="The dataset")
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


@app.command(rich_help_panel="The dataset")
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

    with progress_bar() as show:
        population = synthesize(load_catalog(catalog), persons, seed=seed, progress=show)
        write_survey(population, out, layout=layout, replace=force)
        if traits is not None:
            write_traits(population, traits)
    typer.echo(f"{out}: {persons:,} synthetic persons, seed {seed}.")
    if traits is not None:
        typer.echo(f"{traits}: their true traits.")


@app.command(rich_help_panel="The dataset")
def build(
    file: Annotated[Path, typer.Argument(help="The survey file.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the dataset.")] = Path("build/indievaluecatalog"),
    catalog: Annotated[
        str, typer.Option("--catalog", "--wave", help="A shipped wave (wvs7) or the folder of a catalog of your own.")
    ] = "wvs7",
    protocol: Annotated[
        Literal["ours", "paper"],
        typer.Option("--protocol", help="ours keeps rows that share an interview id; paper only the first."),
    ] = "ours",
    seed: Annotated[
        int, typer.Option("--seed", help="Decides which persons are evaluated and what they are shown.")
    ] = 0,
    selection: Annotated[
        Literal["all", "answered"],
        typer.Option("--selection", help="Evaluate persons who answered all probe items, or enough of them."),
    ] = "all",
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

    with progress_bar() as show:
        made = build_dataset(
            file,
            out,
            catalog=catalog,
            settings=BuildSettings(protocol=protocol, seed=seed, selection=selection),
            engine=engine,
            register=register,
            progress=show,
        )
    _print_build(made)


@app.command(rich_help_panel="The dataset")
def verify(folder: Annotated[Path, typer.Argument(help="A built dataset.")] = Path("build/indievaluecatalog")) -> None:
    """Compare every file of a built dataset with its manifest.

    Example: `indievaluecatalog verify build/indievaluecatalog`
    """
    from indievaluecatalog.dataset.manifest import check_build

    manifest = check_build(folder)
    typer.echo(f"{folder}: as it was built, {len(manifest['files'])} files. Digest {manifest['dataset_digest']}")


@app.command(rich_help_panel="The dataset")
def demo(
    persons: Annotated[int, typer.Option("--persons", help="How many synthetic persons.", min=500)] = 10_000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same dataset.")] = 0,
    out: Annotated[Path, typer.Option("--out", help="Folder for the dataset.")] = Path("build/indievaluecatalog"),
) -> None:
    """Go the whole way with synthetic persons: survey file, inspection, dataset, one person, baselines, scores."""
    from indievaluecatalog.demo import run_demo
    from indievaluecatalog.scoring.tables import scores_table

    with progress_bar() as show:
        shown = run_demo(persons, seed, out, show)
    typer.echo(shown.inspection)
    _print_build(shown.build)
    typer.echo("One of these synthetic persons says:\n")
    for sentence in shown.sentences:
        typer.echo(f"  {sentence}")
    typer.echo("\nFrom 200 of a person's statements, which of 39 others does the person hold?\n")
    Console().print(scores_table(shown.sheet.scores))
    typer.echo(f"Report: {shown.report}")


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
