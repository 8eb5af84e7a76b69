"""Commands that hand the tasks to other tools, and take their answers back: export-lm-eval, import-lm-eval."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from indievaluecatalog.cli.asking_groups import TaskChoices
from indievaluecatalog.cli.option_groups import grouped

app = typer.Typer()


@app.command("export-lm-eval", rich_help_panel="Language models")
@grouped
def export_lm_eval(
    what: TaskChoices,
    out: Annotated[Path, typer.Option("--out", help="Folder to write; new or empty.")],
    chat: Annotated[
        bool, typer.Option("--chat", help="Prompts as messages, for lm_eval --apply_chat_template.")
    ] = False,
) -> None:
    """Write the tasks as a folder that lm-evaluation-harness runs, one probe a prompt; it holds survey answers.

    Example: `indievaluecatalog export-lm-eval --persons 50 --demonstrations 50 --out lm_eval_tasks`
    """
    from indievaluecatalog.evaluation.lm_eval_export import export_lm_eval as export

    done = export(what.in_form("single"), out, chat=chat)
    identity = done.identity
    kind = "synthetic persons" if identity.run.dataset.synthetic else "persons"
    typer.echo(
        f"{out}: {sum(identity.rows.values()):,} prompts about {identity.persons:,} {kind}, "
        f"{done.size_bytes / 1e6:,.1f} MB."
    )
    if not identity.run.dataset.synthetic:
        typer.echo(
            "The folder holds survey answers, and so will the samples lm_eval logs: do not pass them on.", err=True
        )
    template = " --apply_chat_template" if chat else ""
    typer.echo(
        f"Run it: lm_eval --include_path {out} --tasks indievaluecatalog --model hf --model_args pretrained=MODEL"
        f"{template} --log_samples --output_path OUT"
    )
    typer.echo(f"Then:   indievaluecatalog import-lm-eval {out} OUT --out model.parquet")


@app.command("import-lm-eval", rich_help_panel="Language models")
def import_lm_eval(
    folder: Annotated[Path, typer.Argument(help="The folder that export-lm-eval wrote.")],
    output: Annotated[Path, typer.Argument(help="What lm_eval wrote: its output folder, or a results_*.json in it.")],
    out: Annotated[Path, typer.Option("--out", help="Results, .parquet.")],
    variant: Annotated[
        Literal["letter", "statement", "generate"] | None,
        typer.Option("--variant", help="Which tasks, where lm_eval ran several kinds."),
    ] = None,
) -> None:
    """Turn the samples of lm-evaluation-harness into a file of predictions, for `score`.

    Example: `indievaluecatalog import-lm-eval lm_eval_tasks OUT --out build/results/model.parquet`
    """
    from indievaluecatalog.evaluation.lm_eval_import import results_from_lm_eval
    from indievaluecatalog.scoring.results import write_results

    results = results_from_lm_eval(folder, output, variant)
    write_results(results, out)
    typer.echo(f"{out}: {results.table.num_rows:,} predictions of {results.run.model}.")
    typer.echo(f"Score it: indievaluecatalog score {out}, with --partial if not all persons were asked")
