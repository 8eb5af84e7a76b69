"""Commands that ask language models: evaluate, requests, responses, merge, import-log."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indievaluecatalog.cli.asking_groups import Behaviour, Cost, JobChoices, ServedModel
from indievaluecatalog.cli.asking_options import AttemptsOption, DryRunOption, StoreOption
from indievaluecatalog.cli.asking_report import (
    print_evaluation,
    print_merged,
    print_plan,
    print_received,
    print_written,
)
from indievaluecatalog.cli.option_groups import grouped
from indievaluecatalog.cli.shared import counting_bar
from indievaluecatalog.cli.tasks import DatasetOption
from indievaluecatalog.errors import EvaluationError

app = typer.Typer()


@app.command(rich_help_panel="Language models")
@grouped
def evaluate(
    model: Annotated[
        str, typer.Argument(help="As the server calls it; with --local a folder, GGUF file or cached id.")
    ],
    served: ServedModel,
    behaviour: Behaviour,
    what: JobChoices,
    cost: Cost,
    out: Annotated[Path | None, typer.Option("--out", help="Results; build/results/MODEL-....parquet if none.")] = None,
    store: StoreOption = None,
    attempts: AttemptsOption = 1,
    dry: DryRunOption = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask nobody: write the results of what the store holds.")
    ] = False,
) -> None:
    """Ask a language model every task, keep each answer as it comes, and write one file of predictions.

    The same command again goes on where it stopped. `score` reads the results, beside those of `baseline`.

    Example: `indievaluecatalog evaluate qwen3-8b --base-url http://127.0.0.1:8000/v1 --persons 50 --dry-run`
    """
    from indievaluecatalog.evaluation.files import evaluate_to_file, plan_of

    if dry and offline:
        raise EvaluationError("--dry-run says what would be asked, and with --offline nothing is: leave one out")
    prices, part = cost.prices(), what.part
    chosen, job = behaviour.model(model, served), what.job(served, behaviour)
    if dry:
        print_plan(plan_of(chosen, job, out, store, prices, part))
        return
    with counting_bar(f"asking {model}") as show:
        target, done = evaluate_to_file(
            chosen,
            job,
            out,
            store,
            attempts=attempts,
            part=part,
            offline=offline,
            progress=lambda total, so_far: show(total, so_far.asked + so_far.already),
        )
    print_evaluation(target, done, chosen, what.dataset)


@app.command(rich_help_panel="Language models")
@grouped
def requests(
    model: Annotated[str, typer.Argument(help="As the engine that will do the asking calls it.")],
    served: ServedModel,
    what: JobChoices,
    out: Annotated[
        Path, typer.Option("--out", help="File to write, .jsonl; numbered files where one may not hold all.")
    ] = Path("requests.jsonl"),
    store: StoreOption = None,
) -> None:
    """Write what would be asked as files in OpenAI's batch format, for any engine that takes them.

    Only what the store lacks is written. `responses` takes the answers into the store, and `evaluate --offline` makes
    results of it. A JSON schema is asked for unless --structured says otherwise: there is no server to try it on.

    Example: `indievaluecatalog requests qwen3-8b --persons 50 --out requests.jsonl`
    """
    from dataclasses import replace

    from indievaluecatalog.evaluation.batch_files import write_batch
    from indievaluecatalog.evaluation.files import places

    # Without a chat template "auto" is known to mean none.
    known = replace(served, structured="schema") if served.structured == "auto" and served.chat else served
    spec, job = known.model(model).spec, what.job(known)
    _, kept = places(spec, job, None, store, what.part)
    print_written(write_batch(job, spec, out, kept, part=what.part), kept)


@app.command(rich_help_panel="Language models")
def responses(
    files: Annotated[list[Path], typer.Argument(help="Files of answers (and of errors) in OpenAI's batch format.")],
    store: Annotated[Path, typer.Option("--store", help="The store that `requests` named.")],
) -> None:
    """Take files of answers to what `requests` wrote into its store.

    All files are read before anything is kept; an answer goes to the request of its id and to no other.

    Example: `indievaluecatalog responses answers.jsonl --store build/results/qwen3-8b.sqlite`
    """
    from indievaluecatalog.evaluation.batch_files import read_batch

    print_received(read_batch(files, store), store)


@app.command(rich_help_panel="Language models")
def merge(
    stores: Annotated[list[Path], typer.Argument(help="Stores of the parts of a run (evaluate --shard).")],
    out: Annotated[Path, typer.Option("--out", help="The store of the whole; must not be there yet.")],
    partial: Annotated[
        bool, typer.Option("--partial", help="Also put together what lacks parts or answers, or is of several runs.")
    ] = False,
) -> None:
    """Put the stores of shards together, if nothing is missing and no answer contradicts another.

    Example: `indievaluecatalog merge part1.sqlite part2.sqlite --out whole.sqlite`
    """
    from indievaluecatalog.evaluation.merging import merge as merge_stores

    print_merged(out, len(stores), merge_stores(stores, out, partial=partial))


@app.command("import-log", rich_help_panel="Language models")
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
