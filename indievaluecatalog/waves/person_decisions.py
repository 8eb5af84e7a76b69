"""What a person decided of doubtful variables, put in place of what was proposed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Literal

from indievaluecatalog.catalog.files import read_yaml
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.errors import CatalogError
from indievaluecatalog.waves.known import known_of
from indievaluecatalog.waves.matching import Known, Match, Matching, Reason, Relation
from indievaluecatalog.waves.relation import compare_codes
from indievaluecatalog.waves.values import ValueLabels
from indievaluecatalog.waves.words import words

NONE, LEFT_OUT = "none", "left out"


@dataclass(frozen=True, slots=True)
class Decision:
    """Which known one a variable repeats, and why.

    Attributes:
        known: its id, NONE for a new item, LEFT_OUT for no item.
        codes: that its codes are the known ones, or those counted the other way, whatever their labels say; None to
            go by the labels.
        why: in words.
    """

    known: str
    codes: Literal["same", "reversed"] | None = None
    why: str = ""


def read_decisions(path: str | Path) -> dict[str, Decision]:
    """Decisions by variable, from a YAML file such as `V22: {known: none, why: another quality}`.

    Raises:
        CatalogError: no such file, or it does not follow its schema.
    """
    from jsonschema import Draft202012Validator

    problems: list[str] = []
    data = read_yaml(Path(path), problems)
    if not problems:
        schema = files("indievaluecatalog.waves").joinpath("person_decisions.schema.json").read_text("utf-8")
        found = Draft202012Validator(json.loads(schema)).iter_errors({} if data is None else data)
        problems = [
            f"{path}: [decision] {'.'.join(map(str, one.absolute_path)) or 'the file'}: {one.message}" for one in found
        ]
    if problems:
        raise CatalogError(problems)
    return {name: Decision(**entry) for name, entry in (data or {}).items()}


def decided(matching: Matching, catalog: Catalog, decisions: Mapping[str, Decision]) -> Matching:
    """The matching as a person decided it; what nobody decided stays as it was proposed.

    A known one that a person gave to another variable is taken from the one it was proposed for.

    Args:
        matching: of a file against `catalog`.
        catalog: the known wave.
        decisions: by variable.

    Raises:
        CatalogError: a variable that the file has not, a known one that the catalog has not, or one given to two.
    """
    known = {one.id: one for one in known_of(catalog)}
    _check(matching, known, decisions)
    given = {one.known for one in decisions.values() if one.known in known}
    matches = tuple(_decide(match, decisions.get(match.variable.name), given, known) for match in matching.matches)
    taken = {match.known.id for match in matches if match.known is not None}
    lost = tuple(one for one in known.values() if one.id not in taken)
    return replace(matching, matches=matches, lost=lost)


def _check(matching: Matching, known: Mapping[str, Known], decisions: Mapping[str, Decision]) -> None:
    source = matching.codebook.source
    names = {variable.name for variable in matching.codebook.variables}
    problems = [f"{name}: [decision] {source} has no such variable" for name in decisions if name not in names]
    owners: dict[str, list[str]] = {}
    for name, one in decisions.items():
        if one.known in known:
            owners.setdefault(one.known, []).append(name)
        elif one.known not in (NONE, LEFT_OUT):
            problems.append(
                f"{name}: [decision] {matching.like} has no {one.known!r}; name an item, a demographic or a fact of"
                f" it, or {NONE} for a new item, or {LEFT_OUT}"
            )
    problems += [
        f"{', '.join(several)}: [decision] all of them repeat {one}; only one can" for one, several in owners.items()
        if len(several) > 1
    ]  # fmt: skip
    if problems:
        raise CatalogError(problems)


def _decide(match: Match, decision: Decision | None, given: set[str], known: Mapping[str, Known]) -> Match:
    variable = match.variable
    if decision is None:
        if match.known is None or match.known.id not in given:
            return match
        why = Reason("rival", -1.0, f"a person gave {match.known.id} to another variable")
        return Match(variable, "new", None, 0.0, None, (why,), match.rivals)
    why = Reason("person", 1.0, f"decided by a person{f': {decision.why}' if decision.why else ''}")
    if decision.known == NONE:
        return Match(variable, "new", None, 0.0, None, (why,), match.rivals)
    if decision.known == LEFT_OUT:
        return Match(variable, "left out", None, 0.0, None, (why,), match.rivals)
    one = known[decision.known]
    return Match(variable, "sure", one, 1.0, _relation(match, one, decision), (why, *match.reasons), match.rivals)


def _relation(match: Match, known: Known, decision: Decision) -> Relation:
    variable = match.variable
    if decision.codes is not None:
        common = sorted(set(variable.codes) & set(known.codes))
        mapping = dict(zip(common, common if decision.codes == "same" else common[::-1], strict=True))
        return Relation(decision.codes, mapping, f"{decision.codes}, as a person decided")
    if match.relation is not None and match.known is not None and match.known.id == known.id:
        return match.relation
    return compare_codes(variable.values, known.codes, ValueLabels(words()), variable.codes).relation
