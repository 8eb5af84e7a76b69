"""A questionnaire as a page, tables, a plot and files."""

from __future__ import annotations

import math
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from indievaluecatalog.reasoners.explain.files import write_csv, write_json, write_plots, write_text
from indievaluecatalog.reasoners.explain.questionnaire import Asked, Question, Questionnaire
from indievaluecatalog.reasoners.explain.top import leave_top
from indievaluecatalog.scoring.report.canvas import FAINT, INK, PALETTE, Plot, draw, tidy
from indievaluecatalog.scoring.report.grids import Grid
from indievaluecatalog.scoring.report.wording import NONE, SYNTHETIC, clean

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

WORDS = (
    ("nothing", "nothing"),
    ("chosen", "these questions"),
    ("random", "other random ones of each person"),
    ("usual", "the demonstrations of the task"),
)
MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>|#"})


def compared_grid(found: Questionnaire) -> Grid:
    """A row a way of asking: accuracy, and the share kept of what the usual demonstrations gain."""
    words = dict(WORDS)
    rows = [
        (
            words[one.way],
            str(one.questions),
            *(f"{value:.2f}" for value in (one.polar, one.refined, one.mean)),
            _share(one.kept),
        )
        for one in found.compared
    ]
    made_up = f", {SYNTHETIC}" if found.synthetic else ""
    return Grid(
        f"Accuracy with few questions asked, %{made_up}",
        ("Asked", "Questions", "Polar", "Refined", "Mean", "Kept"),
        tuple(rows),
    )


def questions_grid(found: Questionnaire, most: int | None = None) -> Grid:
    """A row a question, in the order of asking."""
    rows = [
        (
            f"{at}. {question.item}: {clean(question.label)}",
            clean(question.category),
            _gain(found, question),
            NONE if question.mean is None else f"{question.mean:.2f}",
            NONE if question.kept is None else _share(question.kept),
        )
        for at, question in enumerate(found.questions[:most], 1)
    ]
    unit = "Gain, nats" if found.facts["objective"] == "loss" else "Gain, points"
    made_up = f" (chosen on {SYNTHETIC})" if found.synthetic else ""
    heads = ("Question", "Category", unit, "Mean", "Kept")
    return Grid(f"Questions to ask, in order{made_up}", heads, tuple(rows), 2)


def questionnaire_text(found: Questionnaire) -> str:
    """The questionnaire as Markdown, with the statements to choose between."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
    environment.filters["marked"] = lambda text: clean(text).translate(MARKS)
    text = files(__package__).joinpath("questionnaire.md.j2").read_text("utf-8")
    return environment.from_string(text).render(
        size=len(found.questions),
        usual=found.compared[-1].questions,
        synthetic=found.synthetic,
        compared=found.compared,
        words=dict(WORDS),
        facts=found.facts,
        notes=found.notes,
        questions=found.questions,
        reserve=found.reserve,
    )


def questions_plot(found: Questionnaire) -> Plot:
    """Lines: accuracy by number of questions, chosen and random, between nothing and the usual number."""
    chosen = [(at, one.mean) for at, one in enumerate(found.questions, 1) if one.mean is not None]
    random = [(one.questions, one.mean) for one in found.compared if one.way == "random"]
    nothing, usual = found.compared[0], found.compared[-1]
    note = SYNTHETIC if found.synthetic else ""

    def paint(figure: Drawing) -> None:
        leave_top(figure, 3.9, note)
        axes = figure.add_subplot()
        tidy(axes, "y")
        last = chosen[-1][0]
        for one, words in ((nothing, "nothing asked"), (usual, f"{usual.questions} random questions")):
            axes.plot([0, last], [one.mean] * 2, color=FAINT, linewidth=1, linestyle=(0, (5, 3)))
            axes.text(1.01 * last, one.mean, f" {words}", va="center", fontsize=8.5, color=FAINT)
        for points, words, colour, marker in (
            (chosen, "chosen", PALETTE[0], "o"),
            (random, "random", PALETTE[1], "s"),
        ):
            xs, ys = [0, *(x for x, _ in points)], [nothing.mean, *(y for _, y in points)]
            axes.plot(xs, ys, color=colour, marker=marker, markersize=4, linewidth=1.6)
            axes.text(1.01 * xs[-1], ys[-1], f" {words}", va="center", fontsize=8.5, color=colour, weight="bold")
        for size in found.sizes:
            kept = next(one.kept for one in found.compared if (one.way, one.questions) == ("chosen", size))
            height = dict(chosen)[size]
            axes.annotate(
                _share(kept), (size, height), xytext=(0, 7), textcoords="offset points", ha="center", fontsize=8,
                color=INK,
            )  # fmt: skip
        axes.set_xlim(0, last)
        axes.set_xlabel("questions asked", fontsize=8.5, color=FAINT)
        axes.set_ylabel("accuracy (mean of polar and refined), %", fontsize=8.5, color=FAINT)

    caption = f"Accuracy by number of questions asked; shares are of what {usual.questions} random ones gain"
    return draw("questions", caption, f"Lines: {caption}. The table holds the numbers.", 6.6, 3.9, paint, note)


def write_questions(found: Questionnaire, folder: str | Path) -> tuple[Path, ...]:
    """Write `questions.md` (to be asked), `questions.csv`, `accuracy.csv`, `questions.json` and `questions.svg`.

    Raises:
        ReasonerError: a place that cannot be written.
    """
    place = Path(folder)
    facts = {**found.facts, "sizes": list(found.sizes), "items": list(found.items()), "notes": list(found.notes)}
    facts["reserve"] = [question.item for question in found.reserve]
    facts["accuracy"] = [_compared_row(found, one) for one in found.compared]
    return (
        write_text(questionnaire_text(found), place / "questions.md"),
        write_csv(
            [_row(found, at, one) for at, one in enumerate((*found.questions, *found.reserve), 1)],
            place / "questions.csv",
        ),
        write_csv([_compared_row(found, one) for one in found.compared], place / "accuracy.csv"),
        write_json(facts, place / "questions.json"),
        *write_plots({"questions": questions_plot(found)}, place),
    )


def _row(found: Questionnaire, at: int, question: Question) -> dict[str, object]:
    return {
        "order": at,
        "reserve": at > len(found.questions),
        "item": question.item,
        "label": question.label,
        "category": question.category,
        "gain": question.gain,
        "polar": question.polar,
        "refined": question.refined,
        "mean": question.mean,
        "kept": question.kept,
        "statements": " | ".join(question.statements),
        "synthetic": found.synthetic,
    }


def _compared_row(found: Questionnaire, one: Asked) -> dict[str, object]:
    return {
        "asked": one.way,
        "questions": one.questions,
        "polar": one.polar,
        "refined": one.refined,
        "mean": one.mean,
        "kept": one.kept,
        "synthetic": found.synthetic,
    }


def _gain(found: Questionnaire, question: Question) -> str:
    return f"{question.gain:.4f}" if found.facts["objective"] == "loss" else f"{question.gain:.2f}"


def _share(value: float) -> str:
    return f"{100 * value:.0f}%" if math.isfinite(value) else NONE
