"""The command line as a whole: its groups of commands, its errors."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console

from indievaluecatalog import __version__
from indievaluecatalog.cli import (
    browse,
    catalog,
    data,
    evaluation,
    explaining,
    export,
    publish,
    reasoners,
    studies,
    tasks,
    training,
    waves,
)
from indievaluecatalog.errors import IndieValueCatalogError

app = typer.Typer(
    help="World Values Survey answers as first-person statements, and as a Hugging Face dataset.\n\n"
    "Start with `indievaluecatalog demo`: synthetic persons, the whole way to a dataset. With the survey file "
    "you registered for: `indievaluecatalog inspect FILE`, then `indievaluecatalog build FILE --out DIR`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
app.add_typer(data.app)
app.add_typer(tasks.app)
app.add_typer(evaluation.app)
app.add_typer(studies.app)
app.add_typer(export.app)
app.add_typer(browse.app)
app.add_typer(publish.app)
reasoners.app.add_typer(explaining.app)
reasoners.app.add_typer(training.app)
app.add_typer(reasoners.app, name="reasoner", rich_help_panel="Reasoners")
app.add_typer(catalog.app, name="catalog", rich_help_panel="Catalogs")
app.add_typer(waves.app, name="wave", rich_help_panel="Catalogs")


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        typer.echo(f"indievaluecatalog {__version__}")
        raise typer.Exit


INTERRUPTED = 130


def main() -> None:
    """Run the command line; errors of ours end with their message and status 1."""
    try:
        app()
    except IndieValueCatalogError as error:
        Console(stderr=True).print(f"error: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)
    except SystemExit as stop:
        if stop.code == INTERRUPTED:
            typer.echo("stopped; nothing half-written was left, run the same command again", err=True)
        raise
