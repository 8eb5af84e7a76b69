"""Commands that ask language models: evaluate, merge."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console
from rich.table import Table

from indievaluecatalog.cli.shared import counting_bar
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

if TYPE_CHECKING:
    from indievaluecatalog.evaluation.cost import Plan
    from indievaluecatalog.evaluation.evaluate import Evaluation
    from indievaluecatalog.evaluation.request import Model

app = typer.Typer()


@app.command()
def evaluate(
    model: Annotated[
        str, typer.Argument(help="As the server calls it; with --local a folder, GGUF file or cached id.")
    ],
    out: Annotated[Path | None, typer.Option("--out", help="Results; build/results/MODEL-....parquet if none.")] = None,
    store: Annotated[
        Path | None,
        typer.Option("--store", help="File of raw answers, which makes a run resume; beside --out if none."),
    ] = None,
    base_url: Annotated[
        str | None, typer.Option("--base-url", help="Of an OpenAI-compatible server, up to /v1. Key: $OPENAI_API_KEY.")
    ] = None,
    server: Annotated[
        str | None, typer.Option("--server", help="A name for the server, where its address may change between runs.")
    ] = None,
    api_key_env: Annotated[str, typer.Option("--api-key-env", help="Variable that holds the key.")] = "OPENAI_API_KEY",
    local: Annotated[bool, typer.Option("--local", help="Run the model here with transformers.")] = False,
    mode: Annotated[
        Literal["likelihood", "generate"], typer.Option("--mode", help="Of a local model: score options, or write.")
    ] = "likelihood",
    dataset: DatasetOption = None,
    form: Annotated[
        Literal["joint", "single"] | None,
        typer.Option("--form", help="39 probes a prompt, or one; joint unless options are scored by likelihood."),
    ] = None,
    shown: Annotated[
        Literal["none", "statements", "demographics", "both"],
        typer.Option("--shown", help="What it is told of a person."),
    ] = "statements",
    demonstrations: Annotated[int, typer.Option("--demonstrations", help="Statements shown of each person.")] = 200,
    said: Annotated[
        Literal["refined", "polar"], typer.Option("--show", help="Granularity of the statements shown.")
    ] = "refined",
    asked: Annotated[
        Literal["both", "polar", "refined"], typer.Option("--ask", help="Granularity of the options asked.")
    ] = "both",
    option_order: Annotated[
        Literal["coded", "reversed", "rotated"],
        typer.Option("--option-order", help="Order of the options in a prompt."),
    ] = "coded",
    setup: SetupOption = None,
    split: SplitOption = None,
    persons: Annotated[int | None, typer.Option("--persons", help="Ask only so many persons.", min=1)] = None,
    shard: Annotated[str | None, typer.Option("--shard", help="Ask only a part of the persons, such as 2/8.")] = None,
    protocol: ProtocolOption = None,
    seed: SeedOption = None,
    order: OrderOption = None,
    category: CategoryOption = None,
    without: WithoutOption = None,
    siblings: SiblingsOption = None,
    too_few: TooFewOption = "error",
    structured: Annotated[
        Literal["auto", "schema", "object", "none"],
        typer.Option("--structured", help="Structured output of the server."),
    ] = "auto",
    logprobs: Annotated[
        bool, typer.Option("--logprobs", help="Take option probabilities from the server (single).")
    ] = False,
    chat: Annotated[bool, typer.Option(help="Chat completions; --no-chat for a base model.")] = True,
    temperature: Annotated[float | None, typer.Option("--temperature")] = 0.0,
    max_tokens: Annotated[int | None, typer.Option("--max-tokens", help="Of one answer.")] = None,
    concurrency: Annotated[int, typer.Option("--concurrency", help="Requests under way at a time.", min=1)] = 16,
    requests_per_minute: Annotated[float | None, typer.Option("--requests-per-minute")] = None,
    tokens_per_minute: Annotated[float | None, typer.Option("--tokens-per-minute")] = None,
    attempts: Annotated[int, typer.Option("--attempts", help="Ask again, at most, what could not be read.", min=1)] = 1,
    dry: Annotated[bool, typer.Option("--dry-run", help="Count requests, tokens and cost, and ask nothing.")] = False,
    price_prompt: Annotated[float | None, typer.Option("--price-prompt", help="For a million tokens.")] = None,
    price_completion: Annotated[float | None, typer.Option("--price-completion", help="For a million tokens.")] = None,
    catalog: OwnCatalogOption = None,
) -> None:
    """Ask a language model every task, keep each answer as it comes, and write one file of predictions.

    The same command again goes on where it stopped. `score` reads the results, beside those of `baseline`.

    Example: `indievaluecatalog evaluate qwen3-8b --base-url http://127.0.0.1:8000/v1 --persons 50 --dry-run`
    """
    from indievaluecatalog.evaluation.cost import Prices
    from indievaluecatalog.evaluation.files import evaluate_to_file, plan_of
    from indievaluecatalog.evaluation.job import prepare
    from indievaluecatalog.evaluation.prompt_spec import PromptSpec
    from indievaluecatalog.evaluation.shards import parse_shard

    chosen = _model(
        model,
        local,
        mode,
        {
            "base_url": base_url,
            "server": server,
            "api_key_env": api_key_env,
            "structured": structured,
            "logprobs": logprobs,
            "chat": chat,
            "temperature": temperature,
            "max_tokens": max_tokens,
            "concurrency": concurrency,
            "requests_per_minute": requests_per_minute,
            "tokens_per_minute": tokens_per_minute,
        },
    )
    usual: Literal["joint", "single"] = "single" if logprobs or (local and mode == "likelihood") else "joint"
    job = prepare(
        dataset,
        prompt=PromptSpec(form=form or usual, shown=shown, demonstrations=said, option_order=option_order),
        granularities=("refined", "polar") if asked == "both" else (asked,),
        n_demonstrations=demonstrations,
        setups=setup or (0, 1, 2),
        splits=split or ("validation", "test"),
        protocol=protocol,
        changes=changes_of(seed, order, category, without, siblings),
        persons=persons,
        part=None if shard is None else parse_shard(shard),
        too_few=too_few,
        catalog=catalog,
    )
    if dry:
        prices = None if price_prompt is None else Prices(price_prompt, price_completion or 0.0)
        _print_plan(plan_of(chosen, job, out, store, prices))
        return
    with counting_bar(f"asking {model}") as show:
        target, done = evaluate_to_file(
            chosen,
            job,
            out,
            store,
            attempts=attempts,
            progress=lambda total, so_far: show(total, so_far.asked + so_far.already),
        )
    _print_evaluation(target, done)


@app.command()
def merge(
    stores: Annotated[list[Path], typer.Argument(help="Stores of the parts of a run (evaluate --shard).")],
    out: Annotated[Path, typer.Option("--out", help="The store of the whole; must not be there yet.")],
) -> None:
    """Put the stores of shards together; `evaluate --store` of the whole then checks that nothing is missing.

    Example: `indievaluecatalog merge part1.sqlite part2.sqlite --out whole.sqlite`
    """
    from indievaluecatalog.evaluation.shards import merge as merge_stores

    typer.echo(f"{out}: {merge_stores(stores, out):,} answers of {len(stores)} stores.")


@app.command("import-log")
def import_log(
    log: Annotated[Path, typer.Argument(help="A log of `inspect eval indievaluecatalog/individual_values`.")],
    out: Annotated[Path, typer.Option("--out", help="Results, .parquet.")],
    dataset: DatasetOption = None,
) -> None:
    """Turn a log of inspect into a file of predictions, for `score`.

    Example: `indievaluecatalog import-log logs/2026.eval --out build/results/model.parquet`
    """
    from indievaluecatalog.evaluation.inspect_results import results_from_log
    from indievaluecatalog.scoring.results import write_results

    results = results_from_log(log, dataset)
    write_results(results, out)
    typer.echo(f"{out}: {results.table.num_rows:,} predictions of {results.run.model}.")


def _model(name: str, local: bool, mode: Literal["likelihood", "generate"], server: dict[str, Any]) -> Model:
    if local:
        from indievaluecatalog.evaluation.local_model import LocalModel

        return LocalModel(name, mode=mode, max_new_tokens=server["max_tokens"])
    from indievaluecatalog.evaluation.openai_model import OpenAIModel

    return OpenAIModel(name, **server)


def _print_plan(plan: Plan) -> None:
    typer.echo(f"{plan.requests:,} requests, of which {plan.already:,} are answered; {plan.to_send:,} to send.")
    typer.echo(f"They ask {plan.probes:,} probes in {plan.characters:,} characters; the longest has {plan.longest:,}.")
    typer.echo(
        f"About {plan.prompt_tokens:,} prompt tokens ({plan.cached_tokens:,} of them the same as before) and "
        f"{plan.completion_tokens:,} of answers, reasoning apart ({plan.tokens_by})."
    )
    if plan.cost is not None:
        typer.echo(f"About {plan.cost:,.2f} at these prices. Nothing was sent.")
    else:
        typer.echo("Nothing was sent. --price-prompt and --price-completion estimate the cost.")


def _print_evaluation(target: Path, done: Evaluation) -> None:
    run, asked = done.results.run, done.asked
    kind = "synthetic persons" if run.dataset.synthetic else "persons"
    typer.echo(f"{target}: {done.results.table.num_rows:,} predictions of {run.model} about {kind}.")
    typer.echo(
        f"Asked {asked.asked:,} requests now, {asked.already:,} were answered before, {asked.failed:,} failed. "
        f"Tokens: {asked.prompt_tokens:,} of prompts ({asked.cached_tokens:,} cached), {asked.completion_tokens:,} of "
        "answers."
    )
    table = Table("what became of a probe", "probes")
    table.columns[1].justify = "right"
    for name, count in {**done.outcomes, "unanswered": done.unanswered}.items():
        if count or name == "read":
            table.add_row(name, f"{count:,}")
    Console().print(table)
    partial = "" if done.complete else " --partial"
    typer.echo(f"Score it: indievaluecatalog score {target}{partial}")
