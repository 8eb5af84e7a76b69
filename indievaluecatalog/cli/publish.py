"""The command that sends a build to the Hub."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from indievaluecatalog.publish.push import Pushed

app = typer.Typer()


@app.command(rich_help_panel="Look and publish")
def push(
    folder: Annotated[Path, typer.Argument(help="A built dataset.")],
    repo: Annotated[str, typer.Option("--repo", help="ORG/NAME on the Hub; made if it is not there.")],
    access: Annotated[
        Literal["private", "gated", "public"] | None,
        typer.Option(
            "--access",
            help="Who may read it. gated: anyone sees the card, files on request. "
            "By default what the repository has; a new one is private.",
        ),
    ] = None,
    catalog_only: Annotated[
        bool, typer.Option("--catalog-only", help="Send the statements (questions, options) and no respondents.")
    ] = False,
    right: Annotated[
        str | None,
        typer.Option(
            "--i-hold-the-right",
            metavar="SENTENCE",
            help="State in a whole sentence that you may publish real respondents; the refusal says which sentence.",
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Remove other files that the repository holds, in the same commit.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")] = False,
) -> None:
    """Send a built dataset to the Hugging Face Hub in one commit, and check what arrived.

    The token is HF_TOKEN, or that of `hf auth login`. Real respondents go into private or gated repositories only.

    Example: `indievaluecatalog push build/indievaluecatalog --repo my-university/values --dry-run`
    """
    from huggingface_hub.utils.tqdm import disable_progress_bars

    from indievaluecatalog.publish.push import push_dataset

    # The client draws bars of its own, a line for every file; into a log they would go as noise.
    if not sys.stderr.isatty():
        disable_progress_bars()
    done = push_dataset(
        folder,
        repo,
        access=access,
        catalog_only=catalog_only,
        right=right,
        replace=replace,
        dry_run=dry_run,
        progress=lambda stage, _: typer.echo(f"{stage} ...", err=True),
    )
    _print_pushed(done)


def _print_pushed(done: Pushed) -> None:
    plan = done.plan
    dry = done.revision is None
    kind = "real respondents" if done.parcel.respondents else "no real respondents"
    typer.echo(f"{done.url}: {plan.access}, {kind}")
    if not done.looked:
        typer.echo("No token, so the repository was not looked at: this is what a new one would get.")
    if dry:
        for file in plan.send:
            typer.echo(f"would send    {file.size:>12,} bytes  {file.path}")
        for path in plan.delete:
            typer.echo(f"would delete  {path}")
    does = "would send" if dry else "committed"
    changed = f"{does} {len(plan.send)} files, {plan.size:,} bytes" if plan.send else "nothing to send"
    deleted = f", {'would delete' if dry else 'deleted'} {len(plan.delete)}" if plan.delete else ""
    typer.echo(f"{changed}{deleted}; {plan.unchanged} unchanged.")
    if not dry:
        typer.echo(f"Loaded again and compared with the manifest: {len(done.parcel.files)} files.")
        typer.echo(f'Load it: load_dataset("{done.repo}", revision="{done.revision}")')
