"""From catalog files to a checked `Catalog`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib.resources import files as package_files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from indievaluecatalog.catalog.build_items import Context, demographic_from, items_from
from indievaluecatalog.catalog.files import read_yaml, schema_problems
from indievaluecatalog.catalog.model import (
    Catalog,
    Demographic,
    EvaluationRule,
    Item,
    MissingReason,
    WaveFacts,
)
from indievaluecatalog.catalog.rules import (
    demographic_problems,
    item_problems,
    shared_concepts_problems,
    shared_statements,
)
from indievaluecatalog.catalog.todo import MARK, todos
from indievaluecatalog.errors import CatalogError

PASSED = "schema-passed.sha256"
"""Beside a shipped catalog: the digest of files that have passed the schema. `make golden` writes it."""

Shape = Callable[[str, Any, str], list[str]]
"""Holds the data of one file of a kind against the schema: (kind, data, file name) -> problems."""


def waves() -> tuple[str, ...]:
    """Names of the wave catalogs that ship with the package."""
    root = package_files("indievaluecatalog.catalog").joinpath("waves")
    return tuple(sorted(entry.name for entry in root.iterdir() if entry.joinpath("wave.yaml").is_file()))


def find_catalog(name: str | Path) -> Traversable:
    """The folder of a shipped wave ("wvs7") or of a catalog of your own (a path).

    Raises:
        CatalogError: no such wave and no such folder with a wave.yaml.
    """
    shipped = package_files("indievaluecatalog.catalog").joinpath("waves")
    if str(name) in waves():
        return shipped.joinpath(str(name))
    folder = Path(name)
    if not folder.joinpath("wave.yaml").is_file():
        raise CatalogError(
            [f"{name}: [no-catalog] neither a shipped wave ({', '.join(waves())}) nor a folder with a wave.yaml"]
        )
    return folder


def load_catalog(name: str | Path = "wvs7") -> Catalog:
    """Read and check a catalog: a shipped wave by name, or a folder by path.

    Returns:
        A `Catalog` with `.items` (id -> Item with `.refined` and `.polar`) and `.demographics`.

    Raises:
        CatalogError: with every problem found; each names file, item and rule.
    """
    folder = find_catalog(name)
    # Holding files against the schema takes longer than reading them, so it is not done again for files that
    # are byte for byte those which passed it.
    catalog, problems = read_catalog(folder, schema=not passed_before(folder))
    if problems or catalog is None:
        raise CatalogError(problems)
    return catalog


def files_digest(folder: Traversable) -> str:
    """SHA-256 (hex) of a catalog folder's YAML files and of the schema, by name and bytes."""
    digest = hashlib.sha256(package_files("indievaluecatalog.catalog").joinpath("schema.json").read_bytes())
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".yaml"):
            digest.update(entry.name.encode() + entry.read_bytes())
    return digest.hexdigest()


def passed_before(folder: Traversable) -> bool:
    """Whether a folder's files are those that the digest beside them says have passed the schema."""
    note = folder.joinpath(PASSED)
    return note.is_file() and note.read_text("utf-8").strip() == files_digest(folder)


def read_catalog(folder: Traversable, *, schema: bool = True) -> tuple[Catalog | None, list[str]]:
    """A catalog and all that is wrong with it; None when not even its wave.yaml can be used.

    Args:
        folder: holds wave.yaml and the files it names.
        schema: whether to hold every file against the JSON Schema first. Without it a file of another shape
            ends in any exception.
    """
    catalog, problems = _read(folder, schema_problems if schema else _no_problems)
    left = [str(todo) for todo in todos(folder)] if schema else []
    # What a TODO breaks is no second problem: whoever fills it mends both.
    return catalog, left + [problem for problem in problems if not left or MARK not in problem]


def _read(folder: Traversable, shape: Shape) -> tuple[Catalog | None, list[str]]:
    problems: list[str] = []
    top = read_yaml(folder.joinpath("wave.yaml"), problems)
    if top is None:
        return None, problems
    problems += shape("wave_file", top, "wave.yaml")
    if problems:
        return None, problems

    wave = _wave_facts(top["wave"])
    rule = _tuples(top["evaluation"])
    evaluation = EvaluationRule(**{**rule, "siblings": tuple(tuple(group) for group in rule.get("siblings", ()))})
    verbatim = top.get("statements", "ours") == "verbatim"
    names = tuple(entry["name"] for entry in top["categories"])
    # Another code that means no answer is one only where an item says so: 9 may be a grade of the next item.
    missing = {code: reason.label for code, reason in wave.missing_reasons.items() if code < 0}

    items: dict[str, Item] = {}
    for entry in top["categories"]:
        items |= _category(folder, entry, names, missing, items, verbatim, shape, problems, wave)
    problems += [
        f"catalog: {item}: {problem}" for item, problem in ([] if verbatim else shared_statements(items.values()))
    ]
    demographics = _demographics(folder, top["files"], missing, verbatim, shape, problems, wave)
    problems += shared_concepts_problems([*items.values(), *demographics.values()])
    problems += _wave_problems(wave, evaluation, items, demographics)
    return (
        Catalog(wave=wave, evaluation=evaluation, categories=names, items=items, demographics=demographics),
        problems,
    )


def _tuples(data: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}


def _no_problems(kind: str, data: Any, file: str) -> list[str]:
    return []


def _wave_facts(data: dict[str, Any]) -> WaveFacts:
    reasons = {int(code): MissingReason(**reason) for code, reason in data["missing_reasons"].items()}
    return WaveFacts(**{**_tuples(data), "missing_reasons": reasons})


def _wave_problems(
    wave: WaveFacts, evaluation: EvaluationRule, items: dict[str, Item], demographics: dict[str, Demographic]
) -> list[str]:
    problems = [
        f"wave.yaml: evaluation: [unknown-item] no item {item!r} among the siblings"
        for group in evaluation.siblings
        for item in group
        if items and item not in items
    ]
    named = (
        wave.country_demographic,
        wave.continent_demographic,
        evaluation.religion_demographic,
        *evaluation.dimensions,
        *evaluation.more_dimensions,
    )
    for name in (name for name in named if name and demographics and name not in demographics):
        problems.append(f"wave.yaml: [unknown-demographic] no demographic {name!r}")
    for name, groups in (
        (evaluation.religion_demographic, evaluation.religion_groups),
        (wave.continent_demographic, evaluation.whole_continents),
    ):
        if name in demographics:
            labels = {option.label for option in demographics[name].options}
            problems += [
                f"wave.yaml: evaluation: [unknown-label] {group!r} is no option of {name}"
                for group in groups
                if group not in labels
            ]
    return problems


def _category(
    folder: Traversable,
    entry: dict[str, str],
    names: tuple[str, ...],
    missing: dict[int, str],
    earlier: dict[str, Item],
    verbatim: bool,
    shape: Shape,
    problems: list[str],
    wave: WaveFacts,
) -> dict[str, Item]:
    file = entry["file"]
    data = read_yaml(folder.joinpath(file), problems)
    if data is None:
        return {}
    wrong = shape("category_file", data, file)
    if wrong:
        problems += wrong
        return {}
    if data["category"] not in names:
        problems.append(f"{file}: [unknown-category] {data['category']!r} is not in wave.yaml")
    elif data["category"] != entry["name"]:
        problems.append(f"{file}: [wrong-category] is {data['category']!r}, but wave.yaml says {entry['name']!r}")
    found: dict[str, Item] = {}
    context = Context(category=data["category"], missing=missing, wave_id=wave.id)
    for battery in data["batteries"]:
        made, wrong = items_from(battery, context)
        problems += [f"{file}: {problem}" for problem in wrong]
        for item in made:
            if item.id in earlier or item.id in found:
                problems.append(f"{file}: {item.id}: [duplicate-item] the id is already taken")
            found[item.id] = item
            problems += [
                f"{file}: {item.id}: {problem}" for problem in item_problems(item, verbatim, wave.missing_reasons)
            ]
    return dict(sorted(found.items(), key=lambda pair: _natural(pair[0])))


def _natural(identifier: str) -> tuple[str, int, str]:
    """Sort key that puts Q9 before Q10; batteries may list their items out of the wave's order."""
    head = identifier.rstrip("0123456789")
    tail = identifier[len(head) :]
    return (head, int(tail) if tail else -1, identifier)


def _demographics(
    folder: Traversable,
    names: dict[str, str],
    missing: dict[int, str],
    verbatim: bool,
    shape: Shape,
    problems: list[str],
    wave: WaveFacts,
) -> dict[str, Demographic]:
    before = len(problems)
    lists = read_yaml(folder.joinpath(names["code_lists"]), problems)
    data = read_yaml(folder.joinpath(names["demographics"]), problems)
    if lists is None or data is None:
        return {}
    problems += shape("code_lists_file", lists, names["code_lists"])
    problems += shape("demographics_file", data, names["demographics"])
    if len(problems) > before:
        return {}
    found: dict[str, Demographic] = {}
    for entry in data["demographics"]:
        demographic, wrong = demographic_from(entry, lists["code_lists"], missing, wave.id)
        if demographic is not None:
            wrong = wrong + demographic_problems(demographic, verbatim, wave.missing_reasons)
            if demographic.id in found:
                wrong.append("[duplicate-item] the id is already taken")
            found[demographic.id] = demographic
        problems += [f"{names['demographics']}: {entry['id']}: {problem}" for problem in wrong]
    return found
