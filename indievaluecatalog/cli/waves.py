"""Commands for a new wave: draft its catalog from a survey file, and check it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer(help="Draft and check the catalog of a new wave.", no_args_is_help=True)

_SHOWN = 40
_LOST = 12


@app.command()
def draft(
    file: Annotated[Path, typer.Argument(help="The survey file, with its labels: .sav, .dta, .csv, .parquet or .zip.")],
    out: Annotated[Path, typer.Option("--out", help="A new folder for the catalog.")],
    like: Annotated[str, typer.Option("--like", help="The wave it may repeat: a shipped one or a folder.")] = "wvs7",
    codebook: Annotated[
        Path | None, typer.Option("--codebook", help="Labels for a file that carries none, such as a CSV.")
    ] = None,
    decisions: Annotated[
        Path | None,
        typer.Option(
            "--decisions", help="YAML of what you decided, such as `V22: {known: none}` or `V45: {known: Q33}`."
        ),
    ] = None,
    wave_id: Annotated[str, typer.Option("--id", help="Of the new wave, such as wvs8; by default the folder's.")] = "",
    title: Annotated[str, typer.Option("--title", help="What the survey is called.")] = "",
) -> None:
    """Propose a catalog for a new survey file: what repeats an earlier wave, what is new, what a person must decide.

    Example: `indievaluecatalog wave draft WVS_8.sav --like wvs7 --out wvs8`
    """
    from indievaluecatalog.catalog.load import load_catalog
    from indievaluecatalog.waves.draft import draft_wave
    from indievaluecatalog.waves.match import match_codebook
    from indievaluecatalog.waves.person_decisions import decided, read_decisions
    from indievaluecatalog.waves.read_codebook import read_codebook

    told, known = {} if decisions is None else read_decisions(decisions), load_catalog(like)
    matching = decided(match_codebook(read_codebook(file, codebook), known), known, told)
    made = draft_wave(matching, like, out, wave_id=wave_id, title=title)
    counts = Counter(one["status"] for one in made.decisions)
    table = Table("variable", "label", "status", "repeats", "confidence", "codes", title="Most doubtful first")
    shown = [
        one for one in made.decisions if one["status"] in ("doubtful", "new") or one["relation"] not in ("same", None)
    ]
    for one in shown[:_SHOWN]:
        cells = (one["variable"], one["label"][:48], one["status"], one["known"] or "", f"{one['confidence']:.2f}")
        table.add_row(*cells, one["relation"] or "")
    console = Console()
    console.print(table)
    if len(shown) > _SHOWN:
        typer.echo(f"and {len(shown) - _SHOWN} more to look at, in {out / 'decisions.html'}")
    for note in (*matching.codebook.notes, *matching.notes):
        typer.echo(f"Note: {note}")
    sums = ", ".join(f"{count} {status}" for status, count in counts.items())
    typer.echo(f"{out}: {made.items} items and {made.demographics} demographics. Variables: {sums}.")
    typer.echo(f"{made.todos} values wait for you: grep -n TODO {out}/*.yaml")
    typer.echo(
        f"1. Read {out / 'decisions.html'} from the top. 2. Edit the files. "
        f"3. indievaluecatalog wave check {out} {file}{'' if codebook is None else f' --codebook {codebook}'}"
    )


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="The catalog, drafted and edited.")],
    file: Annotated[Path, typer.Argument(help="The survey file it is for.")],
    against: Annotated[
        Path | None, typer.Option("--against", help="A dataset of the earlier wave, to see what moved since.")
    ] = None,
    like: Annotated[str, typer.Option("--like", help="The earlier wave: a shipped one or a folder.")] = "wvs7",
    codebook: Annotated[
        Path | None, typer.Option("--codebook", help="Labels for a file that carries none, such as a CSV.")
    ] = None,
    json_out: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Hold an edited catalog against the schema, its file and the wave before; status 1 if it cannot be built from.

    Example: `indievaluecatalog wave check wvs8 WVS_8.sav --against build/wvs7`
    """
    from indievaluecatalog.waves.check import check_wave

    found = check_wave(folder, file, like=like, against=against, codebook=codebook)
    if json_out:
        import json

        typer.echo(json.dumps(found.to_dict(), indent=1, ensure_ascii=False))
    else:
        for one in found.findings:
            typer.echo(f"{one.level}: {one.where}: [{one.kind}] {one.says}")
        shown = ", ".join(found.lost[:_LOST]) + (", ..." if len(found.lost) > _LOST else "")
        typer.echo(f"{found.items} items. Gained {len(found.gained)}, lost {len(found.lost)} against {like}: {shown}")
        typer.echo(f"{found.errors} errors, {len(found.findings) - found.errors} warnings.")
        if not found.errors:
            typer.echo(f"Build it: indievaluecatalog build {file} --wave {folder} --out build/{folder.name}")
    if found.errors:
        raise typer.Exit(1)
