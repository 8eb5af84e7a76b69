"""`check_wave`: an edited catalog held against the schema, its own file, and the wave before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from indievaluecatalog.catalog.load import find_catalog, load_catalog, read_catalog
from indievaluecatalog.catalog.model import Catalog, Demographic, Item
from indievaluecatalog.catalog.todo import todos
from indievaluecatalog.survey.inspect import inspect_survey
from indievaluecatalog.waves.check_shift import shifts
from indievaluecatalog.waves.codebook import Codebook, Variable
from indievaluecatalog.waves.read_codebook import read_codebook


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check found: how bad, what kind, where (a file and line, or an item), and in words."""

    level: str
    kind: str
    where: str
    says: str


@dataclass(frozen=True, slots=True)
class WaveCheck:
    """What a check found.

    Attributes:
        findings: errors first.
        gained, lost: concepts that only the new wave, or only the earlier one, has.
        items: how many items the catalog has; 0 where it cannot be read.
    """

    findings: tuple[Finding, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    items: int

    @property
    def errors(self) -> int:
        """How many findings stand against building."""
        return sum(one.level == "error" for one in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self) | {"errors": self.errors}


def check_wave(
    folder: str | Path,
    file: str | Path,
    *,
    like: str | Path = "wvs7",
    against: str | Path | None = None,
    codebook: str | Path | None = None,
) -> WaveCheck:
    """Hold a catalog folder against the schema, the rules, its survey file, and an earlier wave.

    Args:
        folder: the catalog.
        file: the survey file it is for.
        like: the earlier wave's catalog.
        against: a dataset of the earlier wave; answers that moved implausibly since are told.
        codebook: labels of a file that carries none, such as a CSV; they name the codes that are found wanting.

    Raises:
        CatalogError: no such folder; `like` or `against` cannot be used.
        SurveyError: the file cannot be read.
    """
    place, earlier = find_catalog(folder), load_catalog(like)
    found = [Finding("error", "todo", f"{one.file}: line {one.line}", one.text) for one in todos(place)]
    catalog, problems = read_catalog(place)
    found += [Finding("error", "catalog", *_split(problem)) for problem in problems if "[todo]" not in problem]
    if catalog is None or not catalog.items:
        return WaveCheck(tuple(found), (), (), 0)
    book = read_codebook(Path(file), codebook)
    variables = {variable.name.casefold(): variable for variable in book.variables}
    entries: list[Item | Demographic] = [*catalog.items.values(), *catalog.demographics.values()]
    for entry in entries:
        found += _entry(entry, variables.get(entry.variable.casefold()))
    if not problems:
        found += [Finding("error", "file", book.source, one) for one in inspect_survey(file, catalog).problems]
    if against is not None:
        found += _moved(catalog, book, earlier, against)
    mine, theirs = _concepts(catalog), _concepts(earlier)
    return WaveCheck(
        findings=tuple(sorted(found, key=lambda one: one.level != "error")),
        gained=tuple(one for one in mine if one not in theirs),
        lost=tuple(one for one in theirs if one not in mine),
        items=len(catalog.items),
    )


def _split(problem: str) -> tuple[str, str]:
    where, _, rest = problem.partition(": ")
    return where, rest


def _concepts(catalog: Catalog) -> dict[str, None]:
    entries: list[Item | Demographic] = [*catalog.items.values(), *catalog.demographics.values()]
    return dict.fromkeys(one.concept for one in entries)


def _entry(entry: Item | Demographic, variable: Variable | None) -> list[Finding]:
    if variable is None:
        return [Finding("error", "no variable", entry.id, f"the file has no variable {entry.variable}")]
    counts = {code: count for code, count in variable.counts.items() if count}
    if not counts:
        return [Finding("warning", "empty", entry.id, f"nobody has an answer in {variable.name}")]
    options = entry.refined if isinstance(entry, Item) else entry.options
    covered = {code for option in options for code in option.codes}
    fold = entry.fold_above if isinstance(entry, Demographic) else None
    found = []
    for code, count in sorted(counts.items()):
        known = code in covered or code in entry.missing or code in entry.uncovered or code < 0
        if not known and (fold is None or code <= fold):
            label = variable.values.get(code) or variable.missing.get(code) or "no label"
            says = f"code {code} ({label}), {count:,} rows, is in no option, not uncovered and not missing"
            found.append(Finding("error", "code without option", entry.id, says))
    if isinstance(entry, Item):
        unseen = [code for code in sorted(covered) if code not in counts]
        nobody = [option.statement for option in options if not any(code in counts for code in option.codes)]
        found += [Finding("warning", "nobody chose", entry.id, text) for text in nobody]
        rest = [code for code in unseen if not any(code in one.codes and one.statement in nobody for one in options)]
        if rest:
            found.append(Finding("warning", "code never seen", entry.id, ", ".join(map(str, rest))))
    return found


def _moved(catalog: Catalog, codebook: Codebook, earlier: Catalog, build: str | Path) -> list[Finding]:
    counts: Mapping[str, Mapping[int, int]] = {variable.name: variable.counts for variable in codebook.variables}
    found = []
    for shift in shifts(catalog, counts, earlier, build):
        told = f"{100 * shift.moved:.0f}% of answers moved since {shift.concept}"
        if shift.reversed:
            told += f", {100 * shift.moved_if_reversed:.0f}% with the scale turned round: is it reversed?"
        if shift.implausible:
            found.append(Finding("warning", "reversed?" if shift.reversed else "moved", shift.item, told))
    return found
