"""Hold a file against a known catalog: what repeats, how surely, and what a person must decide."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.errors import MissingExtraError
from indievaluecatalog.waves.codebook import Codebook, Variable
from indievaluecatalog.waves.evidence import Evidence, gather_evidence
from indievaluecatalog.waves.judge import Line, judge
from indievaluecatalog.waves.known import known_of
from indievaluecatalog.waves.left_out import NUMBER, UNLABELLED, why_left_out
from indievaluecatalog.waves.matching import Known, Match, Matching, Reason
from indievaluecatalog.waves.similarity import Embed
from indievaluecatalog.waves.words import words

_RIVALS = 3
_RIVAL_FLOOR = 0.3
_CONSOLATION = 0.2
_LEFT_OUT_MAY_BE = 0.75
"""A variable that looks like no question is still held for a known one from this confidence on."""
_DERIVED_MAY_BE = 0.5


def match_codebook(codebook: Codebook, catalog: Catalog, embed: Embed | None = None) -> Matching:
    """Say for each variable of a file which known thing it repeats, if any.

    Evidence are the label, the value labels, the battery and, weakly, the neighbours in the file. The variable's
    name is none. Every known thing goes to one variable at most; what is not plain is "doubtful", never "sure".

    Args:
        codebook: the file.
        catalog: the known wave.
        embed: optional: turns labels into vectors, shape (n, any). It can only bring up proposals for a person.

    Raises:
        MissingExtraError: rapidfuzz or scipy is not installed.
    """
    known = known_of(catalog)
    vocabulary = words()
    reasons = why_left_out(codebook.variables, vocabulary)
    evidence = gather_evidence(codebook, known, vocabulary, catalog.wave.country_variable, embed)
    given = _assigned(evidence, reasons, known)
    line = Line()
    matches = [
        _match(number, variable, reasons[number], given, evidence, known, line)
        for number, variable in enumerate(codebook.variables)
    ]
    taken = {match.known.id for match in matches if match.known is not None}
    return Matching(
        codebook,
        catalog.wave.id,
        tuple(matches),
        tuple(one for one in known if one.id not in taken),
        _notes(codebook.variables, matches),
    )


def _assigned(evidence: Evidence, reasons: Sequence[str], known: Sequence[Known]) -> dict[int, int]:
    """One known thing for each variable at most, and the other way round, so that the sum is greatest."""
    try:
        from scipy.optimize import linear_sum_assignment
    except ImportError as error:
        raise MissingExtraError("scipy", "waves", "matching a file's variables") from error
    score = evidence.score.copy()
    items = np.array([one.role == "item" for one in known], dtype=bool)
    for number, reason in enumerate(reasons):
        if reason and reason not in (UNLABELLED, NUMBER):
            # Country, year or religion are lists and numbers; an item never is.
            score[number, items] = 0
    # A high power, so that two poor matches never push out a good one.
    worth = np.where(score >= Line().proposal, score**6, 0)
    # Who loses the likeliest known thing to another variable is not given whatever is left.
    worth[score < score.max(axis=1, keepdims=True) - _CONSOLATION] = 0
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return {int(row): int(column) for row, column in zip(rows, columns, strict=True) if worth[row, column] > 0}


def _match(
    number: int,
    variable: Variable,
    reason: str,
    given: dict[int, int],
    evidence: Evidence,
    known: Sequence[Known],
    line: Line,
) -> Match:
    row = evidence.score[number]
    chosen = given.get(number)
    order = np.argsort(-row, kind="stable")[: _RIVALS + 1]
    rivals = tuple(
        (known[int(one)], round(float(row[one]), 3)) for one in order if row[one] >= _RIVAL_FLOOR and one != chosen
    )[:_RIVALS]
    if chosen is not None and not _may_repeat(reason, known[chosen], float(row[chosen])):
        chosen = None
    if chosen is None:
        if reason:
            return Match(variable, "left out", None, 0.0, None, (Reason("data", -1.0, reason),), rivals)
        best = float(row.max(initial=0.0))
        return Match(variable, "new", None, round(best, 3), None, (_why_new(rivals, given, known, line),), rivals)
    doubt = "" if _expected(reason, known[chosen]) else reason
    return judge(number, chosen, evidence, variable, known[chosen], rivals, line, doubt)


def _why_new(
    rivals: Sequence[tuple[Known, float]], given: dict[int, int], known: Sequence[Known], line: Line
) -> Reason:
    if not rivals:
        return Reason("label", -1.0, "nothing known is like it")
    nearest, score = rivals[0]
    if score < line.proposal:
        return Reason("label", -1.0, f"the nearest known one, {nearest.id} {nearest.label!r}, is far")
    taken = any(known[place].id == nearest.id for place in given.values())
    why = "another variable of the file is more so" if taken else "not by enough"
    return Reason("rival", -0.7, f"like {nearest.id} {nearest.label!r} by {score:.2f}, but {why}")


def _may_repeat(reason: str, known: Known, score: float) -> bool:
    """Whether a variable may repeat a known thing although it looks like no question to a person."""
    if not reason or known.role == "technical":
        return True
    if reason in (UNLABELLED, NUMBER):
        return score >= Line().unlabelled
    if known.role == "demographic" and reason.startswith("derived"):
        # Known groups of ages or incomes are made from other variables themselves.
        return score >= _DERIVED_MAY_BE
    if known.role == "item" or reason.startswith(("derived", "among", "about")):
        return score >= _LEFT_OUT_MAY_BE
    return True


def _expected(reason: str, known: Known) -> bool:
    """Whether the known thing itself is no question to a person, so that looking like none is no ground for doubt.

    A weight is about the survey, an interview number has no labelled answers, a country of birth is a list of names.
    """
    return known.role == "technical" or (known.role == "demographic" and reason.startswith(("about", "a list")))


def _notes(variables: Sequence[Variable], matches: Sequence[Match]) -> tuple[str, ...]:
    notes = []
    found = [match for match in matches if match.known is not None]
    if variables and not any(variable.label.strip() for variable in variables):
        notes.append("no variable has a label, so that nothing can be matched: give a codebook file")
    elif variables and len(found) * 50 < len(variables):
        notes.append(
            "hardly anything is like the known catalog: another survey, labels in another language, or labels"
            " that are not what was asked"
        )
    turned = [match for match in found if match.relation is not None and match.relation.kind == "reversed"]
    if turned:
        notes.append(f"{len(turned)} with codes counted the other way: " + _names(turned))
    return tuple(notes)


def _names(matches: Sequence[Match]) -> str:
    shown = ", ".join(match.variable.name for match in matches[:8])
    return f"{shown} and {len(matches) - 8} more" if len(matches) > 8 else shown
