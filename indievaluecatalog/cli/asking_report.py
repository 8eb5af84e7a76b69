"""What commands that ask language models print when they are done."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from indievaluecatalog.evaluation.batch_files import Written
    from indievaluecatalog.evaluation.cost import Plan
    from indievaluecatalog.evaluation.evaluate import Evaluation
    from indievaluecatalog.evaluation.merging import Merged
    from indievaluecatalog.evaluation.request import Model
    from indievaluecatalog.evaluation.request_files import Received

SHOWN_AT_MOST = 5


def print_plan(plan: Plan) -> None:
    """What a run would send."""
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


def print_evaluation(target: Path, done: Evaluation, model: Model, dataset: Path | None = None) -> None:
    """What came of a run; `dataset` if it is not the default one."""
    run, asked = done.results.run, done.asked
    kind = "synthetic persons" if run.dataset.synthetic else "persons"
    typer.echo(f"{target}: {done.results.table.num_rows:,} predictions of {run.model} about {kind}.")
    typer.echo(
        f"Asked {asked.asked:,} requests now, {asked.already:,} were answered before, {asked.failed:,} failed. "
        f"Tokens: {asked.prompt_tokens:,} of prompts ({asked.cached_tokens:,} cached), {asked.completion_tokens:,} of "
        "answers."
    )
    for change in getattr(model, "changes", ()):
        typer.echo(f"Asked otherwise than told: {change}. The results say so.")
    _print_served(done)
    table = Table("what became of a probe", "probes")
    table.columns[1].justify = "right"
    outcomes = {**done.outcomes, "unanswered": done.unanswered}
    # Counts what nobody asked for: it belongs to no probe.
    extra = outcomes.pop("extra", 0)
    for name, count in outcomes.items():
        if count or name == "read":
            table.add_row(name, f"{count:,}")
    Console().print(table)
    if extra:
        typer.echo(f"Beside these, answers to probes that were not asked, which count for nothing: {extra:,}.")
    named = "" if dataset is None else f" --dataset {shlex.quote(str(dataset))}"
    if done.unrepeated:
        typer.echo(
            f"{done.unrepeated:,} repeats of what could not be read are still to be made: the same command goes on."
        )
    partial = "" if done.complete else " --partial"
    typer.echo(f"Score it: indievaluecatalog score {shlex.quote(str(target))}{named}{partial}")


def _print_served(done: Evaluation) -> None:
    if not done.served:
        return
    named = [f"{name}: {count:,}" for name, count in done.served.items()]
    more = f", and {len(named) - SHOWN_AT_MOST} more" if len(named) > SHOWN_AT_MOST else ""
    typer.echo(f"Answered by {', '.join(named[:SHOWN_AT_MOST])}{more}.")
    if len(named) > 1:
        typer.echo(
            "warning: not one and the same model answered, by the server's own account; what differs between parts "
            "of these results may come from that",
            err=True,
        )


def print_merged(out: Path, stores: int, merged: Merged) -> None:
    """What came of putting stores together."""
    typer.echo(f"{out}: {merged.answers:,} answers of {stores:,} stores.")
    for part in merged.doubled:
        typer.echo(f"More than once, and alike: {part}.")
    if merged.lacking:
        typer.echo(f"warning: not whole: {'; '.join(merged.lacking)}", err=True)
    elif merged.runs:
        typer.echo(
            f"{'The run is' if merged.runs == 1 else f'The {merged.runs:,} runs are'} whole: nothing is missing."
        )
    else:
        typer.echo("The stores are too old to say what they are for: whether anything is missing was not checked.")


def print_written(written: Written, store: Path) -> None:
    """What was written for another engine to ask."""
    typer.echo(f"{written.requests:,} requests written, {written.already:,} were answered before:")
    for path in written.paths:
        typer.echo(f"  {path}")
    typer.echo(f"Once they are answered: indievaluecatalog responses ANSWERS.jsonl ... --store {store}")


def print_received(received: Received, store: Path) -> None:
    """What files of answers held."""
    typer.echo(f"{store}: {received.stored:,} answers taken, {received.already:,} were there.")
    numbers = ", ".join(map(str, received.unreadable[:SHOWN_AT_MOST]))
    more = ", ..." if len(received.unreadable) > SHOWN_AT_MOST else ""
    for count, what in (
        (len(received.failed), "Failed, and can be asked again"),
        (len(received.doubled), "Answered more than once, alike"),
        (len(received.unknown), "Answers to nothing that was asked from this store, left out"),
        (len(received.unreadable), f"Lines that are no answers at all (line {numbers}{more})"),
    ):
        if count:
            typer.echo(f"{what}: {count:,}.")
    if received.missing:
        typer.echo(
            f"{len(received.missing):,} requests have no answer yet: the same `requests` command with another --out "
            "writes just these."
        )
    typer.echo(f"Results: indievaluecatalog evaluate MODEL --offline --store {store}, with the options of `requests`")
