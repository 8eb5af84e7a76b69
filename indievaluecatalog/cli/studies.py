"""The command study: one thing about the task changed, a table and a plot of what that does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from indievaluecatalog.cli.asking_options import (
    ApiKeyEnvOption,
    AskOption,
    AttemptsOption,
    BaseUrlOption,
    ChatOption,
    ConcurrencyOption,
    DryRunOption,
    ExtraBodyOption,
    FormOption,
    LocalOption,
    LogprobsOption,
    MaxTokensFieldOption,
    MaxTokensOption,
    ModeOption,
    OptionOrderOption,
    PersonsOption,
    PriceCompletionOption,
    PricePromptOption,
    ReasoningEffortOption,
    RequestsPerMinuteOption,
    SamplingSeedOption,
    ServerOption,
    ShownOption,
    ShowOption,
    StructuredOption,
    TemperatureOption,
    TimeoutOption,
    TokensPerMinuteOption,
    model_of,
    prices_of,
    usual_form,
)
from indievaluecatalog.cli.evaluation import _print_plan as print_plan
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

app = typer.Typer()


@app.command()
def study(
    name: Annotated[str | None, typer.Argument(help="Which study; --list names them.")] = None,
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
    demonstrations: Annotated[
        list[int] | None,
        typer.Option("--demonstrations", help="Statements shown; repeat for several in the study of their number."),
    ] = None,
    base_url: BaseUrlOption = None,
    server: ServerOption = None,
    api_key_env: ApiKeyEnvOption = "OPENAI_API_KEY",
    local: LocalOption = False,
    mode: ModeOption = "likelihood",
    dataset: DatasetOption = None,
    form: FormOption = None,
    shown: ShownOption = "statements",
    said: ShowOption = "refined",
    asked: AskOption = "both",
    option_order: OptionOrderOption = "coded",
    setup: SetupOption = None,
    split: SplitOption = None,
    persons: PersonsOption = None,
    protocol: ProtocolOption = None,
    seed: SeedOption = None,
    order: OrderOption = None,
    siblings: SiblingsOption = None,
    too_few: TooFewOption = "error",
    structured: StructuredOption = "auto",
    logprobs: LogprobsOption = False,
    chat: ChatOption = True,
    temperature: TemperatureOption = 0.0,
    max_tokens: MaxTokensOption = None,
    max_tokens_field: MaxTokensFieldOption = "max_tokens",
    reasoning_effort: ReasoningEffortOption = None,
    sampling_seed: SamplingSeedOption = 0,
    extra_body: ExtraBodyOption = None,
    concurrency: ConcurrencyOption = 16,
    timeout: TimeoutOption = 120.0,
    requests_per_minute: RequestsPerMinuteOption = None,
    tokens_per_minute: TokensPerMinuteOption = None,
    attempts: AttemptsOption = 1,
    resamples: Annotated[int, typer.Option("--resamples", help="Of persons, for the intervals; 0 for none.")] = 1_000,
    dry: DryRunOption = False,
    price_prompt: PricePromptOption = None,
    price_completion: PriceCompletionOption = None,
    catalog: OwnCatalogOption = None,
    listing: Annotated[bool, typer.Option("--list", help="Say which studies there are, and stop.")] = False,
) -> None:
    """Change one thing about the task and see what it does: a page with a table and a plot, and a table for programs.

    Asks a model under each condition, keeps every answer, and goes on where it was stopped. Studies of one model
    share their answers: what one has asked the next does not ask again.

    Example: `indievaluecatalog study shown qwen3-8b --base-url http://127.0.0.1:8000/v1 --persons 50`
    """
    from indievaluecatalog.errors import EvaluationError
    from indievaluecatalog.evaluation.prompt_spec import PromptSpec
    from indievaluecatalog.scoring.tables import grid_table
    from indievaluecatalog.studies.choices import Choices
    from indievaluecatalog.studies.grids import grids_of
    from indievaluecatalog.studies.listing import named_study, read_studies
    from indievaluecatalog.studies.page import study_files, write_study
    from indievaluecatalog.studies.run import Asking, default_store, plan_study, run_study

    if listing:
        table = Table("study", "asks", "conditions")
        for one in read_studies():
            table.add_row(one.name, one.question, ", ".join(one.told))
        Console().print(table)
        return
    if name is None:
        raise EvaluationError("which study? `indievaluecatalog study --list` names them")
    chosen = named_study(name)
    sizes = demonstrations or []
    if sizes and (chosen.counts_demonstrations or len(sizes) > 1):
        chosen = chosen.with_sizes(sizes)
    settings: dict[str, Any] = {
        "base_url": base_url,
        "server": server,
        "api_key_env": api_key_env,
        "structured": structured,
        "logprobs": logprobs,
        "chat": chat,
        "temperature": temperature,
        "max_tokens": max_tokens,
        "max_tokens_field": max_tokens_field,
        "reasoning_effort": reasoning_effort,
        "seed": sampling_seed,
        "extra_body": extra_body,
        "concurrency": concurrency,
        "timeout": timeout,
        "requests_per_minute": requests_per_minute,
        "tokens_per_minute": tokens_per_minute,
    }
    asks = None if model is None else model_of(model, local, mode, settings)
    asking = Asking(
        model=asks,
        store=store if asks is None else store or default_store(asks, out),
        attempts=attempts,
        baselines=tuple(baseline or ()),
    )
    choices = Choices(
        prompt=PromptSpec(
            form=form or usual_form(local, mode, logprobs), shown=shown, demonstrations=said, option_order=option_order
        ),
        granularities=("refined", "polar") if asked == "both" else (asked,),
        n_demonstrations=sizes[0] if len(sizes) == 1 else 200,
        setups=tuple(setup or (0, 1, 2)),
        splits=tuple(split or ("validation", "test")),
        protocol=protocol,
        changes=changes_of(seed, order, None, None, siblings),
        persons=persons,
        too_few=too_few,
    )
    if dry:
        prices = prices_of(price_prompt, price_completion)
        print_plan(plan_study(chosen, asking, dataset, choices, catalog=catalog, prices=prices))
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
    written = write_study(outcome, out)
    console = Console()
    if outcome.synthetic:
        typer.echo("Synthetic persons: nothing here is a finding about people.")
    for note in outcome.notes:
        typer.echo(f"Note: {note}.")
    for grid in grids_of(outcome, brief=True):
        console.print(grid_table(grid))
    typer.echo(f"Page: {written[0]}; table: {written[1]}; plots: {', '.join(map(str, written[2:]))}")
