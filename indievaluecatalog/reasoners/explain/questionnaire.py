"""The questions chosen, and what comes of asking them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Question:
    """One question, in the order of asking.

    Attributes:
        item, label, category: of the catalog.
        statements: the refined ones that the answer chooses between.
        gain: what this and all earlier questions tell of an answer that is not asked, on average over those that they
            were chosen by, in nats (or points of accuracy, where questions are chosen by accuracy) over nothing
            asked.
        polar, refined, mean: accuracy on the evaluation persons' probes after this question, in percent; None where
            it was not measured.
        kept: share of the gain of the usual demonstrations over none; None where it was not measured.
    """

    item: str
    label: str
    category: str
    statements: tuple[str, ...]
    gain: float
    polar: float | None = None
    refined: float | None = None
    mean: float | None = None
    kept: float | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Accuracy after some questions, in percent.

    Attributes:
        way: "nothing", "chosen", "random" (of each person other ones, the demonstrations of the task) or "usual" (as
            many as the dataset was built for).
        questions: how many were asked.
        polar, refined, mean: accuracy.
        kept: share of the gain of "usual" over "nothing".
    """

    way: str
    questions: int
    polar: float
    refined: float
    mean: float
    kept: float


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """Which questions to ask, in order, and how far one comes with them.

    Attributes:
        questions: the first k of them are the questionnaire of k.
        reserve: those chosen next, which are asked in a setup in place of questions that are its probes.
        sizes: of the questionnaires asked for.
        compared: chosen and random questions of these sizes, and the bounds they are measured by.
        facts: what was chosen and measured on what: plain values, for files.
        synthetic: whether the persons are.
        notes: what a reader must bear in mind.
    """

    questions: tuple[Question, ...]
    reserve: tuple[Question, ...]
    sizes: tuple[int, ...]
    compared: tuple[Asked, ...]
    facts: Mapping[str, Any]
    synthetic: bool
    notes: tuple[str, ...] = ()

    def items(self, size: int | None = None) -> tuple[str, ...]:
        """Item ids of the questionnaire of a size; None for all questions."""
        return tuple(question.item for question in self.questions[:size])
