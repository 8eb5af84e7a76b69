"""Which questions to ask of a person to know most of all other answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.catalog.probes import SETUPS
from indievaluecatalog.dataset.people import People
from indievaluecatalog.dataset.splits import EVALUATION_SPLITS, shown_by_default
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.explain.asking import Accuracies, Examination
from indievaluecatalog.reasoners.explain.greedy import Step, greedy_items
from indievaluecatalog.reasoners.explain.objective import Objective, Scorer
from indievaluecatalog.reasoners.explain.questionnaire import Asked, Question, Questionnaire
from indievaluecatalog.reasoners.explain.shown import asked_rows, item_position
from indievaluecatalog.reasoners.statistical.columns import columns_of
from indievaluecatalog.reasoners.statistical.reasoner import Reasoner
from indievaluecatalog.reasoners.statistical.train import training_rows
from indievaluecatalog.sampling.protocol import Protocol, chosen_protocol

Progress = Callable[[str, float], None]
SIZES = (10, 20, 50)
EVERY, THEN_EVERY = 10, 5
"""Accuracy is measured after each of the first questions, and then after every fifth."""
MOST_TRIED = 6


def choose_questions(
    reasoner: Reasoner,
    people: People,
    sizes: Sequence[int] = SIZES,
    *,
    objective: Objective = "loss",
    candidates: Sequence[str] | None = None,
    targets: Sequence[str] | None = None,
    learners: int | None = 400,
    n_demonstrations: int | None = None,
    setups: Sequence[int] = SETUPS,
    splits: tuple[str, ...] = EVALUATION_SPLITS,
    persons: int | None = None,
    protocol: Protocol | str | None = None,
    most_tried: int = MOST_TRIED,
    seed: int = 0,
    progress: Progress | None = None,
) -> Questionnaire:
    """Choose questions by what their answers tell of all others, and measure how far one comes with them.

    They are chosen on persons of the split train whom the reasoner was not trained on, one after the other, and
    measured on the evaluation persons. No probe may be shown in a setup that asks it: there the questionnaire goes on
    with the next questions in its order, which is why a few more are chosen than were asked for (the reserve). So one
    questionnaire serves all setups, and may hold any item.

    Args:
        reasoner: trained on the same catalog.
        people: the dataset, with the split train.
        sizes: numbers of questions.
        objective: what is to be gained about answers not asked: "loss" (nats) or "accuracy" (the mean of polar and
            refined hits, in points).
        candidates: ids of items that may be asked; None for all.
        targets: ids of items that are to be known; None for all.
        learners: persons to choose by, at most; None for all that the reasoner's training held back.
        n_demonstrations: the usual number to compare with; None for as many as the dataset was built for.
        setups: which of 0, 1, 2 are measured.
        splits: whose tasks are measured.
        persons: evaluation persons, at most; None for all.
        protocol: how random questions are drawn; None for the one the dataset was built by.
        most_tried: candidates tried for each question, at most.
        seed: of the choice of evaluation persons.
        progress: called with a stage's name and the share of it done.

    Raises:
        ReasonerError: another catalog, unknown items, more questions than candidates, no persons held back, nobody to
            measure, or a protocol that shows some probes (exclude="asked").
        SamplingError: no such setup or protocol.
    """
    tell = progress or (lambda stage, done: None)
    drawing = chosen_protocol(protocol, people.protocol)
    if drawing.exclude != "setup":
        raise ReasonerError("questions are measured with all probes of a setup hidden: use exclude='setup'")
    if learners is not None and learners < 1:
        raise ReasonerError(f"persons to choose by are 1 or more, not {learners}")
    catalog, wanted = people.catalog, _sizes(sizes)
    if objective not in get_args(Objective):
        raise ReasonerError(f"the objective is one of {', '.join(get_args(Objective))}, not {objective!r}")
    able, about = _positions(catalog, candidates), _positions(catalog, targets)
    rows = asked_rows(people, splits, persons, seed)
    exam = Examination.of(reasoner, people, rows, setups, drawing)
    _enough(exam, able, wanted[-1])
    held_out = training_rows(people, None, reasoner.origin.seed)[1][:learners]
    columns = columns_of(people.take(held_out), reasoner.model.layout)
    scorer = Scorer.of(objective, catalog, reasoner.model.layout)
    steps: list[Step] = []
    for step in greedy_items(reasoner.model, scorer, columns, able, about, most_tried):
        steps.append(step)
        tell(f"{len(steps)} questions", min(len(steps) / wanted[-1], 1.0))
        if _usable(exam, steps) >= wanted[-1]:
            break
    usual = shown_by_default(catalog) if n_demonstrations is None else n_demonstrations
    after, compared = _measured(exam, [step.item for step in steps], wanted, usual, tell)
    tell("done", 1.0)
    questions = _questions(catalog, steps, 1 if objective == "loss" else 100, after, compared)
    notes = (
        ()
        if people.identity.digest == reasoner.origin.dataset.digest
        else (
            "the reasoner was trained on another dataset, and may have learned from the persons that questions were "
            "chosen by",
        )
    )
    return Questionnaire(
        questions=questions[: wanted[-1]],
        reserve=questions[wanted[-1] :],
        sizes=wanted,
        compared=compared,
        facts={
            "reasoner": {"name": reasoner.name, "digest": reasoner.digest},
            "dataset": people.identity.to_dict(),
            "synthetic": people.identity.synthetic,
            "objective": objective,
            "chosen_by": len(held_out),
            "candidates": len(able),
            "targets": len(about),
            "measured_on": len(rows),
            "splits": list(splits),
            "setups": list(setups),
            "protocol": drawing.to_dict(),
            "most_tried": most_tried,
            "tried": sum(step.tried for step in steps),
            "seed": seed,
        },
        synthetic=people.identity.synthetic,
        notes=notes,
    )


def _sizes(sizes: Sequence[int]) -> tuple[int, ...]:
    if isinstance(sizes, int | str) or not sizes or any(isinstance(k, bool) or not isinstance(k, int) for k in sizes):
        raise ReasonerError(f"sizes are whole numbers of questions in a tuple or list, not {sizes!r}")
    if min(sizes) < 1:
        raise ReasonerError(f"a questionnaire has 1 question or more, not {min(sizes)}")
    return tuple(sorted(set(sizes)))


def _positions(catalog: Catalog, items: Sequence[str] | None) -> NDArray[np.intp]:
    if items is None:
        return np.arange(len(catalog.items))
    found = sorted({item_position(catalog, item) for item in items})
    if not found:
        raise ReasonerError("no items were named")
    return np.array(found)


def _enough(exam: Examination, candidates: NDArray[np.intp], size: int) -> None:
    for setup in exam.setups:
        there = int(exam.allowed(setup)[candidates].sum())
        if there < size:
            raise ReasonerError(
                f"{size} questions were asked for, and of the candidates {there} may be shown in setup {setup}: ask "
                f"for fewer questions, or name more candidates"
            )


def _usable(exam: Examination, steps: Sequence[Step]) -> int:
    """How many of the questions may be shown in the setup where the fewest may."""
    items = [step.item for step in steps]
    return min(int(exam.allowed(setup)[items].sum()) for setup in exam.setups)


def _measured(
    exam: Examination, items: Sequence[int], sizes: Sequence[int], usual: int, tell: Progress
) -> tuple[dict[int, Accuracies], tuple[Asked, ...]]:
    """Accuracy after so many chosen questions, and the comparison with random ones."""
    ends = {k for k in range(1, sizes[-1] + 1) if k <= EVERY or k % THEN_EVERY == 0} | set(sizes)
    after = {}
    for at, k in enumerate(sorted(ends)):
        tell("accuracy", at / len(ends))
        after[k] = exam.asked(items, k)
    nothing, everything = exam.drawn(0), exam.drawn(usual)
    rows = [("nothing", 0, nothing)]
    for size in sizes:
        rows += [("chosen", size, after[size]), ("random", size, exam.drawn(size))]
    rows.append(("usual", usual, everything))
    gap = everything.mean - nothing.mean
    return after, tuple(
        Asked(way, k, one.polar, one.refined, one.mean, (one.mean - nothing.mean) / gap if gap else float("nan"))
        for way, k, one in rows
    )


def _questions(
    catalog: Catalog,
    steps: Sequence[Step],
    unit: float,
    after: dict[int, Accuracies],
    compared: Sequence[Asked],
) -> tuple[Question, ...]:
    listed = list(catalog.items.values())
    nothing, usual = compared[0].mean, compared[-1].mean
    found = []
    for at, step in enumerate(steps, 1):
        item, one = listed[step.item], after.get(at)
        question = Question(
            item.id, item.label, item.category, tuple(option.statement for option in item.refined), unit * step.gain
        )
        if one is not None:
            kept = (one.mean - nothing) / (usual - nothing) if usual != nothing else None
            question = replace(question, polar=one.polar, refined=one.refined, mean=one.mean, kept=kept)
        found.append(question)
    return tuple(found)
