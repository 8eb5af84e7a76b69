"""From evidence to a verdict: sure only where everything agrees and no rival is near."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indievaluecatalog.waves.codebook import Variable
from indievaluecatalog.waves.evidence import Evidence
from indievaluecatalog.waves.matching import Known, Match, Reason, Relation, Status


@dataclass(frozen=True, slots=True)
class Line:
    """Where doubt ends. All must hold for "sure".

    Attributes:
        proposal: score from which a known thing is proposed at all.
        unlabelled: the same for a variable without value labels.
        label: similarity of labels.
        values: agreement of value labels.
        score: everything together.
        margin: how far behind the next known thing, and the next variable for the same known thing, must be.
    """

    proposal: float = 0.36
    unlabelled: float = 0.45
    label: float = 0.86
    values: float = 0.6
    score: float = 0.70
    margin: float = 0.08


def judge(
    row: int,
    column: int,
    evidence: Evidence,
    variable: Variable,
    known: Known,
    rivals: Sequence[tuple[Known, float]],
    line: Line,
    left_out: str = "",
) -> Match:
    """The match of one variable with the known thing it was given, with every reason for and against."""
    score, label = float(evidence.score[row, column]), float(evidence.label.value[row, column])
    compared = evidence.compared.get((row, column))
    relation = compared.relation if compared is not None else Relation("unknown", {}, "its codes are its own")
    agreement = float(evidence.agreement[row, column])
    reasons = [Reason("label", round(2 * label - 1, 3), f"{variable.label!r} against {known.label!r}")]
    doubts: list[Reason] = []
    if evidence.label.contrast[row, column]:
        doubts.append(Reason("label", -0.9, "the labels name different things of one kind, such as first and second"))
    if evidence.label.negation[row, column]:
        doubts.append(Reason("label", -0.6, "one label turns the other's meaning round"))
    if label < line.label:
        doubts.append(Reason("label", -0.4, f"the labels are alike by {label:.2f} only"))
    if known.role != "technical":
        doubts += _about_codes(relation, agreement, line, reasons)
    if evidence.battery[row, column] > 0:
        share = float(evidence.battery[row, column])
        reasons.append(
            Reason("battery", round(share, 3), f"{share:.0%} of its battery is likeliest of the same known one")
        )
    if evidence.neighbour[row, column] > 0:
        reasons.append(Reason("position", 0.1, "a neighbour in the file is likeliest a neighbour in the known wave"))
    others = np.delete(evidence.score[:, column], row)
    crowd = float(others.max(initial=0.0))
    ahead = score - max((value for _, value in rivals), default=0.0)
    # Where both labels are the same and nothing else has it, what is merely like it is no rival.
    alike = evidence.label.value
    alone = label >= 1 and (alike[row] >= 1).sum() == 1 and (alike[:, column] >= 1).sum() == 1
    if ahead < line.margin and not alone:
        doubts.append(Reason("rival", -0.7, f"{rivals[0][0].id} {rivals[0][0].label!r} is nearly as likely"))
    if score - crowd < line.margin and not alone:
        doubts.append(Reason("rival", -0.7, "another variable of the file is nearly as like it"))
    if evidence.local[row] and label < 1:
        doubts.append(Reason("data", -0.5, "its label says that only some countries were asked"))
    if left_out:
        doubts.append(Reason("data", -0.5, left_out))
    if score < line.score and not doubts:
        doubts.append(Reason("label", -0.3, f"all evidence together is {score:.2f} only"))
    status: Status = "doubtful" if doubts else "sure"
    ordered = sorted((*reasons, *doubts), key=lambda reason: -abs(reason.strength))
    return Match(variable, status, known, round(score, 3), relation, tuple(ordered), tuple(rivals))


def _about_codes(relation: Relation, agreement: float, line: Line, reasons: list[Reason]) -> list[Reason]:
    """Doubts about codes; what agrees is put among the reasons."""
    if relation.kind == "unknown":
        return [Reason("value labels", -0.5, relation.says)]
    reasons.append(Reason("codes", 0.6 if relation.kind == "same" else 0.1, f"{relation.kind}: {relation.says}"))
    if relation.kind == "different":
        return [Reason("value labels", -0.8, relation.says)]
    if agreement < line.values:
        return [Reason("value labels", -0.5, f"the value labels agree by {agreement:.2f} only")]
    reasons.append(Reason("value labels", round(agreement, 3), f"the value labels agree by {agreement:.2f}"))
    return []
