"""Commands of the group `reasoner` about language models: training data, fine-tuning, a small model over statements."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from indievaluecatalog.cli.shared import counting_bar, progress_bar
from indievaluecatalog.cli.tasks import DatasetOption, OwnCatalogOption
from indievaluecatalog.errors import ReasonerError

app = typer.Typer()


@app.command()
def data(
    mixture: Annotated[
        list[str] | None,
        typer.Argument(help="A mixture, or units (several are mixed); --list names them.", show_default=False),
    ] = None,
    dataset: DatasetOption = None,
    out: Annotated[Path, typer.Option("--out", help="Folder in which a folder of the data's name is made.")] = Path(
        "build/training"
    ),
    persons: Annotated[
        int | None, typer.Option("--persons", help="Persons for each item; by default what the units say.")
    ] = None,
    units: Annotated[
        Path | None, typer.Option("--units", help="YAML file with units and mixtures of your own.")
    ] = None,
    hold_out: Annotated[
        float, typer.Option("--hold-out", help="Share of each category's items that is never asked or shown.")
    ] = 0.0,
    too_few: Annotated[
        Literal["error", "fewer"], typer.Option("--too-few", help="What becomes of items with fewer persons.")
    ] = "error",
    text: Annotated[
        Literal["messages", "chat", "plain", "both", "none"], typer.Option("--text", help="Which columns of text.")
    ] = "messages",
    option_order: Annotated[
        Literal["coded", "reversed", "rotated"], typer.Option("--option-order", help="Order of a question's options.")
    ] = "coded",
    catalog: OwnCatalogOption = None,
    listing: Annotated[bool, typer.Option("--list", help="Say which units and mixtures there are, and stop.")] = False,
) -> None:
    """Write rows to train language models on: statements of a person, a question, the person's answer.

    Example: `indievaluecatalog reasoner data quick --persons 50`
    """
    from indievaluecatalog.dataset.people import read_people
    from indievaluecatalog.reasoners.training_data.listing import find_mixture
    from indievaluecatalog.reasoners.training_data.write import write_training_data

    if listing:
        _print_units(units)
        return
    if not mixture:
        raise ReasonerError("which mixture? `indievaluecatalog reasoner data --list` names them")
    people = read_people(dataset, catalog=catalog)
    with counting_bar("rows") as show:
        made = write_training_data(
            people,
            find_mixture(mixture[0] if len(mixture) == 1 else mixture, file=units),
            out,
            size=persons,
            hold_out=hold_out or (),
            too_few=too_few,
            text=text,
            option_order=option_order,
            progress=lambda done, total: show(total, done),
        )
    rows = made.manifest["rows"]
    typer.echo(f"{made.folder}: {rows:,} rows.")
    typer.echo(f"Its tokens for a model: indievaluecatalog reasoner tokens {made.folder} MODEL")


def _print_units(file: Path | None) -> None:
    from indievaluecatalog.reasoners.training_data.listing import list_mixtures, list_units, read_declarations

    units, mixtures = (list_units(), list_mixtures()) if file is None else read_declarations(file)
    table = Table("unit", "persons an item", "shown", "asked", "what it is")
    for unit in units.values():
        fewest, most = unit.number
        many = str(most) if fewest == most else f"{fewest} to {most}"
        shown = f"{many} {unit.demonstrations} ({unit.shown})" if most else unit.shown
        table.add_row(unit.name, str(unit.persons), shown, unit.probes, unit.about)
    Console().print(table)
    table = Table("mixture", "units", "what it is")
    for mixture in mixtures.values():
        table.add_row(mixture.name, ", ".join(unit.name for unit in mixture.units), mixture.about)
    Console().print(table)


@app.command()
def tokens(
    folder: Annotated[Path, typer.Argument(help="Folder of training data with text.")],
    model: Annotated[str, typer.Argument(help="Whose tokenizer: a folder, or an id of the Hugging Face hub.")],
    length: Annotated[int | None, typer.Option("--length", help="Tokens that a row should not exceed.")] = None,
    rows: Annotated[int, typer.Option("--rows", help="Rows of each unit that are counted.")] = 1_000,
) -> None:
    """How many tokens the rows of training data have for a model's tokenizer.

    Example: `indievaluecatalog reasoner tokens build/training/NAME HuggingFaceTB/SmolLM2-135M-Instruct`
    """
    from indievaluecatalog.reasoners.training_data.tokens import token_statistics

    table = Table("unit", "rows", "prompt: median", "95%", "most", "answer: most", "too long")
    for column in table.columns[1:]:
        column.justify = "right"
    for one in token_statistics(folder, model, length=length, rows_a_unit=rows):
        long = "" if one.too_long is None else f"{one.too_long:.1%}"
        prompt = (one.prompt.median, one.prompt.percentile_95, one.prompt.most, one.completion.most)
        table.add_row(one.unit, f"{one.rows:,}", *(f"{value:,.0f}" for value in prompt), long)
    Console().print(table)


@app.command()
def finetune(
    config: Annotated[
        str | None,
        typer.Argument(
            help="A YAML file, or the name of a shipped config; none to use the options.", show_default=False
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="A folder, a GGUF file, or an id of the Hub that is in its cache.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder of what comes of it.")] = None,
    mixture: Annotated[str | None, typer.Option("--mixture", help="A mixture or unit; `reasoner data --list`.")] = None,
    training_data: Annotated[
        Path | None, typer.Option("--data", help="Training data written before, instead of --mixture.")
    ] = None,
    dataset: DatasetOption = None,
    method: Annotated[Literal["lora", "full"] | None, typer.Option("--method", help="What is trained.")] = None,
    steps: Annotated[int | None, typer.Option("--steps", help="Of the optimizer; by default all rows once.")] = None,
    rows: Annotated[int | None, typer.Option("--rows", help="Use the first so many rows, a fair sample.")] = None,
    more: Annotated[
        list[str] | None, typer.Option("--set", help="NAME=VALUE for any other setting; repeat. See docs.")
    ] = None,
    catalog: OwnCatalogOption = None,
    listing: Annotated[bool, typer.Option("--list", help="Say which configs ship with the package, and stop.")] = False,
) -> None:
    """Fine-tune a language model on training data with loss on the answers, and ask it before and after.

    Interrupted, it goes on from its last checkpoint when the same command is run again. On several graphics cards:
    `accelerate launch -m indievaluecatalog.reasoners.language.finetuning.run CONFIG`.

    Example: `indievaluecatalog reasoner finetune --model SmolLM2.gguf --mixture quick --steps 50 --out build/tuned`
    """
    from indievaluecatalog.reasoners.language.finetuning.config import read_changes, shipped_configs
    from indievaluecatalog.reasoners.language.finetuning.run import finetune as run

    if listing:
        for name in shipped_configs():
            typer.echo(name)
        return
    if config is None and (model is None or out is None):
        raise ReasonerError(
            "name a config, or give --model and --out; `reasoner finetune --list` names the shipped ones"
        )
    changes = {
        "model": model,
        "out": None if out is None else str(out),
        "mixture": mixture,
        "data": None if training_data is None else str(training_data),
        "dataset": None if dataset is None else str(dataset),
        "method": method,
        "steps": steps,
        "rows": rows,
        **read_changes(more or ()),
    }
    with progress_bar() as show:
        record = run(config, catalog=catalog, progress=show, **changes)
    _print_tuned(record)


def _print_tuned(record: dict[str, object]) -> None:
    import json

    for part in ("training", "evaluation"):
        if part in record:
            typer.echo(f"{part}: {json.dumps(record[part], indent=1)}")


@app.command("small-lm")
def small_lm(
    out: Annotated[Path, typer.Option("--out", help="Folder for the model.")],
    dataset: DatasetOption = None,
    steps: Annotated[
        int | None, typer.Option("--steps", help="Of the optimizer; minutes on a processor if none.")
    ] = None,
    width: Annotated[int | None, typer.Option("--width", help="Numbers that stand for a statement.")] = None,
    layers: Annotated[int | None, typer.Option("--layers", help="Layers of attention.")] = None,
    batch: Annotated[int | None, typer.Option("--batch", help="Persons a step.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Of weights and order.")] = None,
    device: Annotated[str, typer.Option("--device", help="auto, cpu, cuda or mps.")] = "auto",
    resume: Annotated[bool, typer.Option("--resume/--anew", help="Whether to go on from a checkpoint.")] = True,
    catalog: OwnCatalogOption = None,
) -> None:
    """Train a small language model from scratch whose words are statements; needs the extra reasoner (torch).

    Example: `indievaluecatalog reasoner small-lm --out build/small-lm`
    """
    from indievaluecatalog.dataset.people import read_people
    from indievaluecatalog.reasoners.language.small.settings import SmallSettings
    from indievaluecatalog.reasoners.language.small.train import train_small

    settings = SmallSettings().changed(steps=steps, width=width, layers=layers, batch=batch, seed=seed)
    people = read_people(dataset, catalog=catalog)
    with progress_bar() as show:
        facts = train_small(people, out, settings, device=device, resume=resume, progress=show)
    if facts is not None:
        whom = "synthetic persons" if people.identity.synthetic else "persons"
        typer.echo(f"{out}: small language model, learned from {facts['n_training']:,} {whom}.")
        typer.echo(f"Predict with it: indievaluecatalog reasoner predict {out}")
