"""Commands of the group `reasoner`: train, predict, and how far anyone could go."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from indievaluecatalog.cli.shared import progress_bar
from indievaluecatalog.cli.tasks import (
    CategoryOption,
    DatasetOption,
    OrderOption,
    OwnCatalogOption,
    ProtocolOption,
    SeedOption,
    SetupOption,
    SiblingsOption,
    SplitOption,
    TooFewOption,
    WithoutOption,
    changes_of,
)

app = typer.Typer(help="Predict a person from what others answered.", no_args_is_help=True)

ModelArgument = Annotated[Path, typer.Argument(help="Folder of a trained reasoner.")]
SizesOption = Annotated[
    list[int] | None,
    typer.Option("--demonstrations", help="Statements shown; repeat for several; as built if none."),
]
ResultsOption = Annotated[Path, typer.Option("--out", help="Folder for the files of predictions.")]
TraitsOption = Annotated[
    Path | None, typer.Option("--traits", help="True traits of synthetic persons (synth --traits).")
]
RESULTS = Path("build/results")


@app.command()
def train(
    out: Annotated[Path, typer.Option("--out", help="Folder for the reasoner.")],
    dataset: DatasetOption = None,
    model: Annotated[
        Literal["linear", "autoencoder", "ensemble"],
        typer.Option("--model", help="linear needs nothing more; the others need torch (extra reasoner)."),
    ] = "linear",
    persons: Annotated[
        int | None, typer.Option("--persons", help="Learn from no more than so many; all if none.")
    ] = None,
    device: Annotated[str, typer.Option("--device", help="Of torch: auto, cpu or cuda; linear uses none.")] = "auto",
    seed: Annotated[int, typer.Option("--seed", help="Of masks, order and first weights.")] = 0,
    catalog: OwnCatalogOption = None,
) -> None:
    """Train a reasoner on the persons of the split train: one model for any number of demonstrations.

    Example: `indievaluecatalog reasoner train --out build/reasoner`
    """
    from indievaluecatalog.dataset.people import read_people
    from indievaluecatalog.reasoners.statistical.model_file import check_folder, save_reasoner
    from indievaluecatalog.reasoners.statistical.train import train_reasoner

    check_folder(out)
    people = read_people(dataset, catalog=catalog)
    with progress_bar() as show:
        reasoner = train_reasoner(people, model=model, device=device, persons=persons, seed=seed, progress=show)
    save_reasoner(reasoner, out)
    origin = reasoner.origin
    whom = "synthetic persons" if origin.dataset.synthetic else "persons"
    typer.echo(f"{out}: {reasoner.name}, learned from {origin.n_training:,} {whom}.")
    typer.echo(f"Loss on {origin.n_held_out:,} others of the split train: {origin.held_out_loss:.4f} nats an answer.")
    typer.echo(f"Predict with it: indievaluecatalog reasoner predict {out}")


@app.command()
def predict(
    model: ModelArgument,
    dataset: DatasetOption = None,
    out: ResultsOption = RESULTS,
    demonstrations: SizesOption = None,
    shown: Annotated[
        Literal["statements", "demographics", "both", "none"],
        typer.Option("--shown", help="What is known of a person."),
    ] = "statements",
    setup: SetupOption = None,
    split: SplitOption = None,
    protocol: ProtocolOption = None,
    seed: SeedOption = None,
    order: OrderOption = None,
    category: CategoryOption = None,
    without: WithoutOption = None,
    siblings: SiblingsOption = None,
    too_few: TooFewOption = "error",
    catalog: OwnCatalogOption = None,
) -> None:
    """Predict every task with a trained reasoner; `score` reads the files.

    Example: `indievaluecatalog reasoner predict build/reasoner --demonstrations 50 --demonstrations 200`
    """
    from indievaluecatalog.dataset.people import read_people
    from indievaluecatalog.reasoners.result_files import predict_to_files

    with progress_bar() as show:
        written = predict_to_files(
            model,
            read_people(dataset, catalog=catalog),
            out,
            sizes=demonstrations,
            shown=shown,
            setups=setup or (0, 1, 2),
            splits=split or ("validation", "test"),
            protocol=protocol,
            changes=changes_of(seed, order, category, without, siblings),
            too_few=too_few,
            progress=show,
        )
    _said(written, out)


@app.command()
def ask(
    model: ModelArgument,
    answers: Annotated[
        list[str], typer.Option("--answer", help="An answer as ID=CODE, such as Q164=10; repeat for more.")
    ],
    item: Annotated[
        list[str] | None, typer.Option("--item", help="Which items to predict; repeat; the surest if none.")
    ] = None,
    catalog: Annotated[str, typer.Option("--catalog", help="A shipped wave, or the folder of one's own.")] = "wvs7",
    many: Annotated[int, typer.Option("--many", help="How many items are told, the surest first.")] = 20,
) -> None:
    """What people who gave some answers are likely to say on other items.

    Example: `indievaluecatalog reasoner ask build/reasoner --answer Q164=10 --answer Q260=2`
    """
    from indievaluecatalog.catalog.load import load_catalog
    from indievaluecatalog.reasoners.asked import read_answers, surest
    from indievaluecatalog.reasoners.statistical.model_file import read_reasoner
    from indievaluecatalog.reasoners.statistical.predict import predict_person

    reasoner = read_reasoner(model)
    found = predict_person(reasoner, load_catalog(catalog), read_answers(answers))
    if reasoner.origin.dataset.synthetic:
        typer.echo("Learned from synthetic persons: this says nothing about real people.")
    if found.ignored:
        typer.echo(f"Ignored, as no item or demographic of this catalog: {', '.join(found.ignored)}")
    table = Table("item", "most likely statement", "%", box=None)
    table.columns[2].justify = "right"
    for name, statement, chance in surest(found, item, many):
        table.add_row(name, statement, f"{100 * chance:.0f}")
    Console().print(table)


@app.command()
def ceiling(
    traits: Annotated[Path, typer.Option("--traits", help="True traits of synthetic persons (synth --traits).")],
    dataset: DatasetOption = None,
    out: ResultsOption = RESULTS,
    demonstrations: SizesOption = None,
    setup: SetupOption = None,
    split: SplitOption = None,
    protocol: ProtocolOption = None,
    seed: SeedOption = None,
    order: OrderOption = None,
    category: CategoryOption = None,
    without: WithoutOption = None,
    siblings: SiblingsOption = None,
    too_few: TooFewOption = "error",
    samples: Annotated[int, typer.Option("--samples", help="Draws of each person's traits, an even number.")] = 256,
    catalog: OwnCatalogOption = None,
) -> None:
    """The best possible prediction of synthetic persons, from the model that made them; `score` reads the files.

    Example: `indievaluecatalog reasoner ceiling --traits build/traits.parquet --demonstrations 50`
    """
    from indievaluecatalog.dataset.people import read_people
    from indievaluecatalog.reasoners.result_files import ceiling_to_files

    with progress_bar() as show:
        written = ceiling_to_files(
            read_people(dataset, catalog=catalog),
            traits,
            out,
            sizes=demonstrations,
            setups=setup or (0, 1, 2),
            splits=split or ("validation", "test"),
            protocol=protocol,
            changes=changes_of(seed, order, category, without, siblings),
            too_few=too_few,
            samples=samples,
            progress=show,
        )
    _said(written, out)


@app.command()
def curve(
    dataset: DatasetOption = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the table and the plot.")] = Path("build/curve"),
    persons: Annotated[
        list[int] | None,
        typer.Option("--persons", help="Learn from so many; repeat; 500 to all, in steps, if none."),
    ] = None,
    demonstrations: SizesOption = None,
    ceiling_of: Annotated[
        list[Path] | None,
        typer.Option("--ceiling", help="Results of `reasoner ceiling`, to draw above; repeat for several."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the training.")] = 0,
    catalog: OwnCatalogOption = None,
) -> None:
    """Train on more and more persons: how accuracy grows, and where a power law through it leads.

    Example: `indievaluecatalog reasoner curve --persons 500 --persons 2000 --demonstrations 50`
    """
    from indievaluecatalog.dataset.people import read_people
    from indievaluecatalog.reasoners.figures.curve import SIZES, known_ceilings, learning_curve, write_curve

    people = read_people(dataset, catalog=catalog)
    with progress_bar() as show:
        found = learning_curve(
            people,
            persons=persons,
            sizes=demonstrations or SIZES,
            ceilings=known_ceilings(ceiling_of or (), people),
            seed=seed,
            progress=show,
        )
    table = Table("persons", "shown", "polar", "refined", "mean", "calibration error", box=None)
    for column in table.columns:
        column.justify = "right"
    for one in found.points:
        figures = (one.polar.value, one.refined.value, one.mean.value, one.calibration_error)
        table.add_row(f"{one.n_training:,}", str(one.shown), *(f"{100 * value:.2f}" for value in figures))
    Console().print(table)
    for size, limit in found.limits.items():
        low, high = limit.interval
        typer.echo(
            f"{size} shown: with ever more persons, mean accuracy {limit.limit:.1f} [{low:.1f}, {high:.1f}] for this "
            f"family of models, if a power law holds; not a limit of the task."
        )
    for path in write_curve(found, out):
        typer.echo(path)


@app.command("table")
def side_by_side_table(
    models: Annotated[list[Path] | None, typer.Argument(help="Folders of trained reasoners, of any kind.")] = None,
    dataset: DatasetOption = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the table, the plot, and all predictions.")] = Path(
        "build/table"
    ),
    traits: TraitsOption = None,
    demonstrations: SizesOption = None,
    baseline: Annotated[
        list[str] | None, typer.Option("--baseline", help="Which baselines; repeat; four if none.")
    ] = None,
    resamples: Annotated[int, typer.Option("--resamples", help="Of persons, for the intervals; 0 for none.")] = 1_000,
    catalog: OwnCatalogOption = None,
) -> None:
    """Baselines, trained reasoners and the ceiling side by side at 0, 50, 100, 150 and 200 statements.

    Example: `indievaluecatalog reasoner table build/reasoner build/small-lm --traits build/traits.parquet`
    """
    from indievaluecatalog.dataset.people import read_people
    from indievaluecatalog.reasoners.figures.predictors import read_predictors
    from indievaluecatalog.reasoners.figures.side_by_side import BASELINES, SIZES, side_by_side
    from indievaluecatalog.reasoners.figures.side_by_side_files import markdown_of, write_side_by_side

    people = read_people(dataset, catalog=catalog)
    with progress_bar() as show:
        found = side_by_side(
            people,
            out,
            more=read_predictors(models or (), people),
            traits=traits,
            baselines=baseline or BASELINES,
            sizes=demonstrations or SIZES,
            resamples=resamples,
            progress=show,
        )
    typer.echo(markdown_of(found))
    for path in write_side_by_side(found, out):
        typer.echo(path)


def _said(written: tuple[Path, ...], out: Path) -> None:
    for path in written:
        typer.echo(path)
    typer.echo(f"Score them: indievaluecatalog score {out}")
