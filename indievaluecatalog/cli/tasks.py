"""Commands about the task itself: sample, baseline, score."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from indievaluecatalog.cli.shared import progress_bar

app = typer.Typer()

DatasetOption = Annotated[
    Path | None,
    typer.Option("--dataset", help="A built dataset; by default ./build/indievaluecatalog or the last one built."),
]
ProtocolOption = Annotated[
    Literal["ours", "paper"] | None,
    typer.Option("--protocol", help="How tasks are drawn; by default as the dataset was built."),
]
SeedOption = Annotated[int | None, typer.Option("--seed", help="Enters every draw; by default the dataset's own.")]
OrderOption = Annotated[
    Literal["keyed", "informative"],
    typer.Option("--order", help="keyed: uniform. informative: what tells most about the probes first."),
]
OwnCatalogOption = Annotated[
    str | None, typer.Option("--catalog", help="The catalog the dataset was built with, if it is not a shipped one.")
]


@app.command()
def sample(
    out: Annotated[Path, typer.Option("--out", help="File to write: .parquet, or .jsonl with the sentences.")],
    dataset: DatasetOption = None,
    setup: Annotated[
        list[int] | None, typer.Option("--setup", help="0, 1 or 2; repeat for several; all if none.")
    ] = None,
    demonstrations: Annotated[int, typer.Option("--demonstrations", help="Statements shown of each person.")] = 200,
    protocol: ProtocolOption = None,
    seed: SeedOption = None,
    order: OrderOption = "keyed",
    category: Annotated[list[str] | None, typer.Option("--category", help="Show only statements of these.")] = None,
    without: Annotated[list[str] | None, typer.Option("--without-category", help="Show none of these.")] = None,
    siblings: Annotated[
        Literal["shown", "left_out"],
        typer.Option("--siblings", help="Whether to show items that give part of a probe's answer away."),
    ] = "shown",
    split: Annotated[
        list[str] | None,
        typer.Option("--split", help="Whose tasks; validation and test if none."),
    ] = None,
    too_few: Annotated[
        Literal["error", "leave_out", "fewer"],
        typer.Option("--too-few", help="What becomes of persons with fewer answers to show."),
    ] = "error",
    catalog: OwnCatalogOption = None,
) -> None:
    """Draw what each person is shown and asked, and write it as a table: one row a person and setup.

    Example: `indievaluecatalog sample --setup 0 --demonstrations 50 --out tasks.parquet`
    """
    from indievaluecatalog.dataset.sample_file import sample_to_file
    from indievaluecatalog.sampling.protocol import protocol_of

    done = sample_to_file(
        dataset,
        out,
        setups=setup or (0, 1, 2),
        n_demonstrations=demonstrations,
        protocol=protocol_of(
            protocol,
            seed,
            order=order,
            siblings=siblings,
            only_categories=tuple(category or ()),
            without_categories=tuple(without or ()),
        ),
        splits=split or ("validation", "test"),
        too_few=too_few,
        catalog=catalog,
    )
    kind = "synthetic persons" if done.synthetic else "persons"
    typer.echo(f"{out}: {done.tasks:,} tasks of {done.persons:,} {kind}, {demonstrations} demonstrations each at most.")
    typer.echo(f"Protocol {done.protocol.name}, digest {done.protocol.digest[:12]}.")
    if done.left_out:
        typer.echo(f"{done.left_out:,} tasks left out: those persons have too few answers.")
    table = Table("country", *(("persons", "eligible", "evaluated", "here")))
    for column in table.columns[1:]:
        column.justify = "right"
    for row in done.coverage:
        table.add_row(row.country, *(f"{n:,}" for n in (row.persons, row.eligible, row.evaluated, row.here)))
    Console().print(table)


@app.command()
def baseline(
    names: Annotated[list[str] | None, typer.Argument(help="Which baselines; all if none. --list names them.")] = None,
    dataset: DatasetOption = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the files of predictions.")] = Path("build/results"),
    demonstrations: Annotated[
        list[int] | None, typer.Option("--demonstrations", help="Statements shown; repeat for several; 200 if none.")
    ] = None,
    protocol: ProtocolOption = None,
    seed: SeedOption = None,
    order: OrderOption = "keyed",
    traits: Annotated[
        Path | None, typer.Option("--traits", help="True traits of synthetic persons (synth --traits), for `truth`.")
    ] = None,
    catalog: OwnCatalogOption = None,
    listing: Annotated[bool, typer.Option("--list", help="Say what there is, and what each sees, and stop.")] = False,
) -> None:
    """Predict every task without a language model, from exact random to a naive Bayes; `score` reads the files.

    Example: `indievaluecatalog baseline majority resemblance-k --out build/results`
    """
    from indievaluecatalog.baselines.files import run_baselines
    from indievaluecatalog.baselines.listing import BASELINES
    from indievaluecatalog.dataset.people import read_people
    from indievaluecatalog.sampling.protocol import protocol_of

    if listing:
        table = Table("baseline", "predicts", "is shown", "sees also")
        for one in BASELINES:
            table.add_row(one.name, one.describes, one.shown, one.sees_also)
        Console().print(table)
        return
    with progress_bar() as show:
        people = read_people(dataset, catalog=catalog)
        written = run_baselines(
            names or [],
            people,
            out,
            sizes=demonstrations or [200],
            protocol=protocol_of(protocol, seed, order=order)(people.protocol),
            traits=traits,
            progress=show,
        )
    for path in written:
        typer.echo(path)
    typer.echo(f"Score them: indievaluecatalog score {out}/*.parquet")


@app.command()
def score(
    results: Annotated[list[Path], typer.Argument(help="Files of predictions.")],
    dataset: DatasetOption = None,
    report: Annotated[Path | None, typer.Option("--report", help="Also draw a report: one .html file.")] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="Also write every figure as JSON.")] = None,
    partial: Annotated[bool, typer.Option("--partial", help="Score runs of which predictions are missing.")] = False,
    mixed_protocols: Annotated[
        bool, typer.Option("--mixed-protocols", help="Compare runs of different protocols.")
    ] = False,
    resamples: Annotated[int, typer.Option("--resamples", help="Of persons, for the intervals.", min=0)] = 1_000,
    seed: Annotated[int, typer.Option("--seed", help="Of the resampling.")] = 0,
    min_group: Annotated[
        int, typer.Option("--min-group", help="Persons a group needs in the inequity index.", min=1)
    ] = 5,
    more_dimensions: Annotated[
        bool, typer.Option("--more-dimensions", help="Also groups of country, birth country and the like.")
    ] = False,
    published: Annotated[bool, typer.Option(help="Show the published figures beside.")] = True,
    details: Annotated[bool, typer.Option("--details", help="Also print categories and dimensions.")] = False,
    catalog: OwnCatalogOption = None,
) -> None:
    """Score files of predictions and compare them: accuracy with intervals, calibration, evenness over groups.

    Example: `indievaluecatalog score build/results/*.parquet --report build/report.html`
    """
    from indievaluecatalog.scoring.report.render import write_report
    from indievaluecatalog.scoring.sheet import score_files, write_json
    from indievaluecatalog.scoring.tables import sheet_tables

    with progress_bar() as show:
        sheet = score_files(
            results,
            dataset,
            catalog=catalog,
            partial=partial,
            mixed_protocols=mixed_protocols,
            resamples=resamples,
            seed=seed,
            min_group=min_group,
            more_dimensions=more_dimensions,
            progress=show,
        )
    console = Console()
    for table in sheet_tables(sheet.scores, sheet.comparisons, published=published, details=details):
        console.print(table)
    if json_out is not None:
        write_json(sheet, json_out)
        typer.echo(f"Every figure: {json_out}")
    if report is not None:
        write_report(sheet.scores, sheet.comparisons, report, published=published)
        typer.echo(f"Report: {report}")
