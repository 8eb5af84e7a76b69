"""Commands of the group `reasoner` that explain: what moved a prediction, what tells about what, what to ask."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from indievaluecatalog.cli.reasoners import ModelArgument
from indievaluecatalog.cli.shared import progress_bar
from indievaluecatalog.cli.tasks import DatasetOption, OwnCatalogOption
from indievaluecatalog.errors import ReasonerError

app = typer.Typer()

PersonsOption = Annotated[
    int | None, typer.Option("--persons", help="No more than so many evaluation persons; all if none.")
]


@app.command()
def explain(
    model: ModelArgument,
    item: Annotated[str, typer.Argument(help="The item whose prediction is explained.")],
    person: Annotated[str | None, typer.Option("--person", help="Key of a person of the dataset.")] = None,
    answers: Annotated[
        list[str] | None, typer.Option("--answer", help="Or answers as ID=CODE, such as Q164=10; repeat.")
    ] = None,
    dataset: DatasetOption = None,
    demonstrations: Annotated[
        int | None, typer.Option("--demonstrations", help="Statements shown of the person; as built if none.")
    ] = None,
    shown: Annotated[
        Literal["statements", "demographics", "both"], typer.Option("--shown", help="What is known of the person.")
    ] = "statements",
    granularity: Annotated[Literal["refined", "polar"], typer.Option("--granularity", help="Of the item.")] = "refined",
    option: Annotated[int | None, typer.Option("--option", help="Code to explain; the likeliest if none.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the table and a plot.")] = None,
    catalog: OwnCatalogOption = None,
) -> None:
    """Which of a person's answers moved a prediction most, and which way.

    Example: `indievaluecatalog reasoner explain build/reasoner Q171 --answer Q164=10 --answer Q6=1`
    """
    from indievaluecatalog.catalog.load import load_catalog
    from indievaluecatalog.dataset.people import read_people
    from indievaluecatalog.reasoners.asked import read_answers
    from indievaluecatalog.reasoners.explain.explanation_shown import explanation_text, write_explanation
    from indievaluecatalog.reasoners.explain.prediction import explain_answers, explain_prediction
    from indievaluecatalog.reasoners.statistical.model_file import read_reasoner

    if (person is None) == (not answers):
        raise ReasonerError("give either --person or --answer")
    reasoner = read_reasoner(model)
    if person is None:
        of = load_catalog(catalog or reasoner.origin.dataset.wave)
        found = explain_answers(reasoner, of, read_answers(answers or ()), item, granularity=granularity, option=option)
    else:
        found = explain_prediction(
            reasoner,
            read_people(dataset, catalog=catalog),
            person,
            item,
            n_demonstrations=demonstrations,
            shown=shown,
            granularity=granularity,
            option=option,
        )
    typer.echo(explanation_text(found))
    if out is not None:
        for path in write_explanation(found, out):
            typer.echo(path)


@app.command("map")
def item_map(
    model: ModelArgument,
    dataset: DatasetOption = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for tables and maps.")] = Path("build/map"),
    beside: Annotated[
        int, typer.Option("--beside", help="Also measure what an answer adds to so many others; 0 leaves that out.")
    ] = 0,
    persons: PersonsOption = None,
    weight: Annotated[str | None, typer.Option("--weight", help="Survey weight to count persons by.")] = None,
    categories: Annotated[
        bool, typer.Option("--categories", help="Also accuracy on each category by the category that is shown.")
    ] = False,
    catalog: OwnCatalogOption = None,
) -> None:
    """What an answer to one item tells of every other, item by item and category by category.

    Example: `indievaluecatalog reasoner map build/reasoner --persons 300`
    """
    from indievaluecatalog.dataset.people import read_people
    from indievaluecatalog.reasoners.explain.category_study import study_categories
    from indievaluecatalog.reasoners.explain.item_map import map_items
    from indievaluecatalog.reasoners.explain.map_shown import told_grid, write_map
    from indievaluecatalog.reasoners.explain.study_shown import write_study_of_categories
    from indievaluecatalog.reasoners.statistical.model_file import read_reasoner
    from indievaluecatalog.scoring.tables import grid_table

    reasoner, people = read_reasoner(model), read_people(dataset, catalog=catalog)
    with progress_bar() as show:
        found = map_items(reasoner, people, beside=beside, persons=persons, weight=weight, progress=show)
        written = write_map(found, out)
        if categories:
            study = study_categories(reasoner, people, persons=persons, progress=show)
            written += write_study_of_categories(study, out)
    Console().print(grid_table(told_grid(found)))
    for path in written:
        typer.echo(path)


@app.command()
def questions(
    model: ModelArgument,
    dataset: DatasetOption = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the questionnaire and its figures.")] = Path(
        "build/questions"
    ),
    sizes: Annotated[
        list[int] | None, typer.Option("--size", help="How many questions; repeat; 10, 20 and 50 if none.")
    ] = None,
    objective: Annotated[
        Literal["loss", "accuracy"], typer.Option("--objective", help="What is to be gained about other answers.")
    ] = "loss",
    target: Annotated[
        list[str] | None, typer.Option("--target", help="Items to be known; repeat; all others if none.")
    ] = None,
    candidate: Annotated[
        list[str] | None, typer.Option("--candidate", help="Items that may be asked; repeat; all if none.")
    ] = None,
    persons: PersonsOption = None,
    catalog: OwnCatalogOption = None,
) -> None:
    """Choose few questions whose answers tell most of all others: a questionnaire, and how far one comes with it.

    Example: `indievaluecatalog reasoner questions build/reasoner --size 10 --size 20`
    """
    from indievaluecatalog.dataset.people import read_people
    from indievaluecatalog.reasoners.explain.questions import SIZES, choose_questions
    from indievaluecatalog.reasoners.explain.questions_shown import compared_grid, questions_grid, write_questions
    from indievaluecatalog.reasoners.statistical.model_file import read_reasoner
    from indievaluecatalog.scoring.tables import grid_table

    reasoner, people = read_reasoner(model), read_people(dataset, catalog=catalog)
    with progress_bar() as show:
        found = choose_questions(
            reasoner,
            people,
            sizes or SIZES,
            objective=objective,
            targets=target,
            candidates=candidate,
            persons=persons,
            progress=show,
        )
    console = Console()
    console.print(grid_table(questions_grid(found, 20)))
    console.print(grid_table(compared_grid(found)))
    for path in write_questions(found, out):
        typer.echo(path)
