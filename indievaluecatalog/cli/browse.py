"""The command that opens a local page of a built dataset: browse."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indievaluecatalog.cli.tasks import OwnCatalogOption

app = typer.Typer()


@app.command(rich_help_panel="Look and publish")
def browse(
    directory: Annotated[
        Path | None,
        typer.Argument(
            help="A built dataset; by default ./build/indievaluecatalog or the last one built.", show_default=False
        ),
    ] = None,
    results: Annotated[
        Path | None, typer.Option("--results", help="Folder of files of predictions, to see beside the persons.")
    ] = None,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen at; the default is reached from this machine only.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="0 for any that is free.")] = 8377,
    may_be_shown: Annotated[
        bool,
        typer.Option(
            "--i-may-show-these-data", help="You hold the right to show real persons' answers to other machines."
        ),
    ] = False,
    smallest_group: Annotated[
        int | None,
        typer.Option(
            "--smallest-group",
            min=1,
            help="Show no shares of a group in which fewer persons answered. "
            "By default 30 for real persons, 1 for synthetic ones.",
            show_default=False,
        ),
    ] = None,
    space: Annotated[
        Path | None,
        typer.Option(
            "--space", help="Write a Docker Space of the Hub into this new folder (page, persons, program), and stop."
        ),
    ] = None,
    catalog: OwnCatalogOption = None,
) -> None:
    """Open a local page of a dataset: persons, their statements, items over the world, a game, models' answers.

    Nothing leaves the machine. Stop it with Ctrl-C. With `--space` it opens nothing, but writes a folder that shows
    the same page as a Docker Space of the Hub, and says how to upload it.

    Example: `indievaluecatalog browse build/indievaluecatalog --results build/results`
    """
    if space is not None:
        _space(space, directory, results, catalog, may_be_shown, smallest_group)
        return
    from indievaluecatalog.browse.collection import Collection
    from indievaluecatalog.browse.serve import browse as show

    def started(address: str, collection: Collection) -> None:
        for note in collection.left_out:
            typer.echo(f"Left out: {note}", err=True)
        typer.echo(f"{len(collection.people):,} persons. Open {address} in a browser; Ctrl-C stops it.")

    show(
        directory,
        results=results,
        catalog=catalog,
        host=host,
        port=port,
        may_be_shown=may_be_shown,
        smallest_group=smallest_group,
        reading=lambda: typer.echo("Reading the dataset ..."),
        started=started,
    )


def _space(
    folder: Path,
    directory: Path | None,
    results: Path | None,
    catalog: str | None,
    may_be_shown: bool,
    smallest_group: int | None,
) -> None:
    from indievaluecatalog.browse.space import write_space

    done = write_space(
        folder,
        directory,
        results=results,
        catalog=catalog,
        may_be_shown=may_be_shown,
        smallest_group=smallest_group,
    )
    for note in done.left_out:
        typer.echo(f"Left out: {note}", err=True)
    typer.echo(f"Wrote {folder}. Nothing was sent. Upload it when you like:")
    typer.echo(
        f"  hf repos create ORG/NAME --repo-type space --space-sdk docker{'' if done.synthetic else ' --private'}"
    )
    typer.echo(f"  hf upload ORG/NAME {folder} --repo-type space")
