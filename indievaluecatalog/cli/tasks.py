"""Commands about the task itself: sample, baseline, score."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

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
SeedOption = Annotated[
    int | None, typer.Option("--seed", help="Decides what each person is shown; by default the dataset's own.")
]
OrderOption = Annotated[
    Literal["keyed", "informative"] | None,
    typer.Option("--order", help="keyed: uniform. informative: what tells most about the probes first."),
]
CategoryOption = Annotated[
    list[str] | None,
    typer.Option("--category", help="Show only statements of this category; repeat for several (see catalog check)."),
]
WithoutOption = Annotated[
    list[str] | None, typer.Option("--without-category", help="Show no statement of this category; repeat for several.")
]
SiblingsOption = Annotated[
    Literal["shown", "left_out"] | None,
    typer.Option("--siblings", help="Whether to show items that give part of a probe's answer away."),
]
SetupOption = Annotated[
    list[int] | None,
    typer.Option("--setup", help="Which 39 items are asked: 0, 1 or 2; repeat for several; all if none."),
]
SplitOption = Annotated[
    list[str] | None, typer.Option("--split", help="Whose tasks: validation or test; repeat for several; both if none.")
]
TooFewOption = Annotated[
    Literal["error", "leave_out", "fewer"],
    typer.Option("--too-few", help="What becomes of persons with fewer answers to show."),
]
OwnCatalogOption = Annotated[
    str | None, typer.Option("--catalog", help="The catalog the dataset was built with, if it is not a shipped one.")
]


def changes_of(
    seed: int | None,
    order: str | None,
    category: list[str] | None,
    without: list[str] | None,
    siblings: str | None,
) -> dict[str, Any]:
    """Choices of a protocol as the options word them; None leaves one as it is."""
    return {
        "seed": seed,
        "order": order,
        "only_categories": tuple(category) if category else None,
        "without_categories": tuple(without) if without else None,
        "siblings": siblings,
    }


@app.command(rich_help_panel="The task")
def sample(
    out: Annotated[Path, typer.Option("--out", help="File to write: .parquet, or .jsonl with sentences and options.")],
    dataset: DatasetOption = None,
    setup: SetupOption = None,
    demonstrations: Annotated[
        int | None,
        typer.Option("--demonstrations", help="Statements shown of each person; by default as built: 200 of wave 7."),
    ] = None,
    protocol: ProtocolOption = None,
    seed: SeedOption = None,
    order: OrderOption = None,
    category: CategoryOption = None,
    without: WithoutOption = None,
    siblings: SiblingsOption = None,
    split: SplitOption = None,
    too_few: TooFewOption = "error",
    answers: Annotated[bool, typer.Option(help="Whether .jsonl holds the answers to the probes.")] = True,
    details: Annotated[bool, typer.Option("--details", help="Also print who is in it, country by country.")] = False,
    catalog: OwnCatalogOption = None,
) -> None:
    """Draw what each person is shown and asked, and write it as a table: one row a person and setup.

    Example: `indievaluecatalog sample --setup 0 --demonstrations 50 --out tasks.jsonl`
    """
    from indievaluecatalog.dataset.sample_file import sample_to_file

    done = sample_to_file(
        dataset,
        out,
        setups=setup or (0, 1, 2),
        n_demonstrations=demonstrations,
        protocol=protocol,
        changes=changes_of(seed, order, category, without, siblings),
        splits=split or ("validation", "test"),
        too_few=too_few,
        answers=answers,
        catalog=catalog,
    )
    kind = "synthetic persons" if done.synthetic else "persons"
    countries = sum(row.here > 0 for row in done.coverage)
    where = f" in {countries} countries" if done.coverage else ""
    typer.echo(f"{out}: {done.tasks:,} tasks of {done.persons:,} {kind}{where}, {done.n_demonstrations} shown of each.")
    typer.echo(f"Protocol {done.protocol.name}, digest {done.protocol.digest[:12]}.")
    if done.protocol.exclude == "asked" and done.n_demonstrations:
        typer.echo(
            f"Each list of demonstrations holds {done.n_demonstrations + 1}: the answer asked for may be among them."
            " Show a probe all but the one it names as not_shown (.jsonl), or the first that are not the probe"
            " (.parquet)."
        )
    if done.left_out:
        typer.echo(f"{done.left_out:,} tasks left out: those persons have too few answers.")
    nobody = sum(row.eligible == 0 for row in done.coverage)
    if nobody:
        typer.echo(f"In {nobody} of {len(done.coverage)} countries nobody may be evaluated; --details lists them.")
    if details:
        table = Table("country", *(("persons", "eligible", "evaluated", "here")))
        for column in table.columns[1:]:
            column.justify = "right"
        for row in done.coverage:
            table.add_row(row.country, *(f"{n:,}" for n in (row.persons, row.eligible, row.evaluated, row.here)))
        Console().print(table)


@app.command(rich_help_panel="The task")
def baseline(
    names: Annotated[list[str] | None, typer.Argument(help="Which baselines; all if none. --list names them.")] = None,
    dataset: DatasetOption = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the files of predictions.")] = Path("build/results"),
    demonstrations: Annotated[
        list[int] | None,
        typer.Option("--demonstrations", help="Statements shown; repeat for several; as built if none."),
    ] = None,
    setup: SetupOption = None,
    split: SplitOption = None,
    protocol: ProtocolOption = None,
    seed: SeedOption = None,
    order: OrderOption = None,
    category: CategoryOption = None,
    without: WithoutOption = None,
    siblings: SiblingsOption = None,
    too_few: TooFewOption = "error",
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

    if listing:
        table = Table("baseline", "predicts", "is shown", "sees also")
        for one in BASELINES:
            table.add_row(one.name, one.describes, one.shown, one.sees_also)
        Console().print(table)
        return
    notes: list[str] = []
    with progress_bar() as show:
        written = run_baselines(
            names or [],
            read_people(dataset, catalog=catalog),
            out,
            sizes=demonstrations,
            setups=setup or (0, 1, 2),
            splits=split or ("validation", "test"),
            protocol=protocol,
            changes=changes_of(seed, order, category, without, siblings),
            too_few=too_few,
            traits=traits,
            progress=show,
            note=notes.append,
        )
    for path in written:
        typer.echo(path)
    for line in notes:
        typer.echo(f"Note: {line}")
    typer.echo(f"Score them: indievaluecatalog score {out}")


@app.command(rich_help_panel="The task")
def score(
    results: Annotated[list[Path], typer.Argument(help="Files of predictions, or folders of them.")],
    dataset: DatasetOption = None,
    report: Annotated[Path | None, typer.Option("--report", help="Also draw a report: one .html file.")] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="Also write every figure as JSON.")] = None,
    partial: Annotated[bool, typer.Option("--partial", help="Score runs of which predictions are missing.")] = False,
    mixed_protocols: Annotated[
        bool, typer.Option("--mixed-protocols", help="Compare runs of different protocols.")
    ] = False,
    reference: Annotated[
        str | None, typer.Option("--reference", help="Compare the others with this run only: its file or its name.")
    ] = None,
    resamples: Annotated[
        int, typer.Option("--resamples", help="Of persons, for the intervals: 0 for none, or 10 and more.", min=0)
    ] = 1_000,
    seed: Annotated[int, typer.Option("--seed", help="Of the resampling.")] = 0,
    min_group: Annotated[
        int,
        typer.Option(
            "--min-group", help="Persons a group needs in the inequity index, and a part for an interval.", min=1
        ),
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
    from indievaluecatalog.scoring.results import find_results
    from indievaluecatalog.scoring.sheet import check_outputs, score_files, write_json
    from indievaluecatalog.scoring.tables import sheet_tables

    check_outputs(report=report, json_out=json_out)
    with progress_bar() as show:
        sheet = score_files(
            find_results(results),
            dataset,
            catalog=catalog,
            partial=partial,
            mixed_protocols=mixed_protocols,
            reference=reference,
            resamples=resamples,
            seed=seed,
            min_group=min_group,
            more_dimensions=more_dimensions,
            progress=show,
        )
    # Files first: a reader who closes the pipe still gets them.
    if json_out is not None:
        write_json(sheet, json_out)
    if report is not None:
        write_report(sheet.scores, sheet.comparisons, report, notes=sheet.notes, published=published)
    console = Console()
    for table in sheet_tables(sheet.scores, sheet.comparisons, notes=sheet.notes, published=published, details=details):
        console.print(table)
    if json_out is not None:
        typer.echo(f"Every figure: {json_out}")
    if report is not None:
        typer.echo(f"Report: {report}")
