"""The command study: one thing about the task changed, a table and a plot of what that does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer
from rich.console import Console
from rich.table import Table

from indievaluecatalog.cli.asking_groups import Behaviour, Cost, ServedModel
from indievaluecatalog.cli.asking_options import (
    AskOption,
    AttemptsOption,
    DryRunOption,
    FormOption,
    OptionOrderOption,
    PersonsOption,
    ShownOption,
    ShowOption,
    usual_form,
)
from indievaluecatalog.cli.asking_report import print_plan
from indievaluecatalog.cli.option_groups import grouped
from indievaluecatalog.cli.shared import progress_bar
from indievaluecatalog.cli.tasks import (
    DatasetOption,
    OrderOption,
    OwnCatalogOption,
    ProtocolOption,
    SeedOption,
    SetupOption,
    SiblingsOption,
    SplitOption,
    TooFewOption,
    changes_of,
)
from indievaluecatalog.errors import EvaluationError

if TYPE_CHECKING:
    from indievaluecatalog.studies.choices import Choices
    from indievaluecatalog.studies.outcome import Outcome

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """What conditions of a study leave as it is."""

    panel: ClassVar[str] = "What is asked, and of whom, where the study leaves it alone"

    form: FormOption = None
    shown: ShownOption = "statements"
    said: ShowOption = "refined"
    asked: AskOption = "both"
    option_order: OptionOrderOption = "coded"
    setup: SetupOption = None
    split: SplitOption = None
    persons: PersonsOption = None
    protocol: ProtocolOption = None
    seed: SeedOption = None
    order: OrderOption = None
    siblings: SiblingsOption = None
    too_few: TooFewOption = "error"

    def choices(self, form: str, size: int | None) -> Choices:
        """As the studies take them."""
        from indievaluecatalog.evaluation.prompt_spec import PromptSpec
        from indievaluecatalog.studies.choices import Choices

        return Choices(
            prompt=PromptSpec(
                form=form,  # type: ignore[arg-type]
                shown=self.shown,
                demonstrations=self.said,
                option_order=self.option_order,
            ),
            granularities=("refined", "polar") if self.asked == "both" else (self.asked,),
            n_demonstrations=size,
            setups=tuple(self.setup or (0, 1, 2)),
            splits=tuple(self.split or ("validation", "test")),
            protocol=self.protocol,
            changes=changes_of(self.seed, self.order, None, None, self.siblings),
            persons=self.persons,
            too_few=self.too_few,
        )


@app.command(rich_help_panel="Language models")
@grouped
def study(
    served: ServedModel,
    behaviour: Behaviour,
    what: LeftAlone,
    cost: Cost,
    name: Annotated[str | None, typer.Argument(help="Which study; --list names them.", show_default=False)] = None,
    model: Annotated[
        str | None, typer.Argument(help="As for evaluate; none for baselines alone.", show_default=False)
    ] = None,
    baseline: Annotated[
        list[str] | None, typer.Option("--baseline", help="Run this baseline beside; repeat for several.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the page, the table, the plots.")] = Path(
        "build/studies"
    ),
    store: Annotated[
        Path | None, typer.Option("--store", help="File of raw answers; the model's own in --out if none.")
    ] = None,
    dataset: DatasetOption = None,
    catalog: OwnCatalogOption = None,
    demonstrations: Annotated[
        list[int] | None,
        typer.Option("--demonstrations", help="Statements shown; repeat for several in the study of their number."),
    ] = None,
    attempts: AttemptsOption = 1,
    resamples: Annotated[int, typer.Option("--resamples", help="Of persons, for the intervals; 0 for none.")] = 1_000,
    dry: DryRunOption = False,
    listing: Annotated[bool, typer.Option("--list", help="Say which studies there are, and stop.")] = False,
) -> None:
    """Change one thing about the task and see what it does: a page with a table and a plot, and a table for programs.

    Asks a model under each condition, keeps every answer, and goes on where it was stopped. Studies of one model
    share their answers: what one has asked the next does not ask again.

    Example: `indievaluecatalog study shown qwen3-8b --base-url http://127.0.0.1:8000/v1 --persons 50`
    """
    from indievaluecatalog.studies.listing import named_study
    from indievaluecatalog.studies.page import study_files, write_study
    from indievaluecatalog.studies.run import Asking, default_store, plan_study, run_study

    if listing:
        _print_studies()
        return
    if name is None:
        raise EvaluationError("which study? `indievaluecatalog study --list` names them")
    chosen, sizes = named_study(name), demonstrations or []
    if sizes and (chosen.counts_demonstrations or len(sizes) > 1):
        chosen = chosen.with_sizes(sizes)
    asked = None if model is None else behaviour.model(model, served)
    asking = Asking(
        model=asked,
        store=store if asked is None else store or default_store(asked, out),
        attempts=attempts,
        baselines=tuple(baseline or ()),
    )
    form = what.form or usual_form(behaviour.local, behaviour.mode, served.logprobs)
    choices = what.choices(form, sizes[0] if len(sizes) == 1 else None)
    if dry:
        print_plan(plan_study(chosen, asking, dataset, choices, catalog=catalog, prices=cost.prices()))
        return
    study_files(out, chosen.name)
    with progress_bar() as show:
        outcome = run_study(
            chosen,
            asking,
            dataset,
            choices,
            results=out / "results",
            catalog=catalog,
            resamples=resamples,
            progress=show,
        )
    _print_outcome(outcome, write_study(outcome, out))


def _print_studies() -> None:
    from indievaluecatalog.studies.listing import read_studies

    table = Table("study", "asks", "conditions")
    for one in read_studies():
        table.add_row(one.name, one.question, ", ".join(one.told))
    Console().print(table)


def _print_outcome(outcome: Outcome, written: tuple[Path, ...]) -> None:
    from indievaluecatalog.scoring.tables import grid_table
    from indievaluecatalog.studies.grids import grids_of

    if outcome.synthetic:
        typer.echo("Synthetic persons: nothing here is a finding about people.")
    for note in outcome.notes:
        typer.echo(f"Note: {note}.")
    console = Console()
    for grid in grids_of(outcome, brief=True):
        console.print(grid_table(grid))
    page, table, *plots = written
    typer.echo(f"Page: {page}; table: {table}; plots: {', '.join(map(str, plots))}")
