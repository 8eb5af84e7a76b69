"""Import of a catalog in the published format: JSON lines, one object an item, one file a granularity.

Statements come through byte for byte; everything the published files do not say (value labels, direction,
missing codes) is taken from a catalog of ours that has the same item.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from indievaluecatalog.catalog.load import find_catalog, load_catalog, read_catalog
from indievaluecatalog.catalog.model import Catalog, Demographic, Item
from indievaluecatalog.errors import CatalogError

Lines = dict[str, dict[str, Any]]


def import_published(
    refined: str | Path,
    polar: str | Path,
    demographics: str | Path | None,
    out: str | Path,
    like: str | Path = "wvs7",
) -> Catalog:
    """Make a catalog folder from published files, and return it loaded.

    Args:
        refined, polar: JSON lines with `question_id`, `answer_ids` (list of lists of codes) and
            `converted_statements` (parallel to it).
        demographics: JSON lines with `question_id`, and either `answer_ids` and `converted_statements`, or
            `answer_vars_map` (code -> text) and `statement_template`; None to keep those of `like`.
        out: a new folder.
        like: the catalog whose facts about the same items are used.

    Raises:
        CatalogError: a file that is not in this format (named with its line), an item that `like` does not
            have, or a result that breaks a rule. Nothing is left at `out` then.
    """
    base = load_catalog(like)
    problems: list[str] = []
    fine = _read_lines(Path(refined), problems)
    coarse = _read_lines(Path(polar), problems)
    people = _read_lines(Path(demographics), problems) if demographics is not None else None
    for name, lines, granularity in ((refined, fine, "refined"), (polar, coarse, "polar")):
        for item, line in lines.items():
            if item not in base.items:
                problems.append(f"{Path(name).name}: {item}: [unknown-item] {like} has no such item")
            problems += [f"{Path(name).name}: {item}: {problem}" for problem in _options_problems(line, granularity)]
    problems += [
        f"{Path(polar).name}: {item}: [no-polar] only in the refined file" for item in fine if item not in coarse
    ]
    problems += [
        f"{Path(refined).name}: {item}: [no-refined] only in the polar file" for item in coarse if item not in fine
    ]
    if problems:
        raise CatalogError(problems)

    folder = Path(out)
    if folder.is_file():
        raise CatalogError([f"{folder}: [not-a-folder] is a file; name a new folder"])
    if folder.exists() and any(folder.iterdir()):
        raise CatalogError([f"{folder}: [not-empty] the folder for the imported catalog exists and is not empty"])
    fresh = folder.with_name(f".{folder.name}.importing")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        _write(fresh, base, find_catalog(like), fine, coarse, people, problems)
        if problems:
            raise CatalogError(problems)
        catalog, wrong = read_catalog(fresh)
        if catalog is None or wrong:
            raise CatalogError(wrong)
        if folder.exists():
            folder.rmdir()
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return catalog


def _read_lines(path: Path, problems: list[str]) -> Lines:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogError([f"{path}: [file-unreadable] {error}"]) from error
    found: Lines = {}
    # Not splitlines(): statements may hold any other separator of the Unicode tables.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        place = f"{path.name}: line {number}"
        try:
            entry = json.loads(line)
        except ValueError as error:
            problems.append(f"{place}: [json] no valid JSON: {error}")
            continue
        if not isinstance(entry, dict) or not isinstance(entry.get("question_id"), str):
            problems.append(f"{place}: [format] no object with a question_id")
        elif entry["question_id"] in found:
            problems.append(f"{place}: [duplicate-item] {entry['question_id']} stands twice")
        else:
            found[entry["question_id"]] = entry
    return found


def _options_problems(line: Mapping[str, Any], granularity: str | None = None) -> list[str]:
    ids, texts = line.get("answer_ids"), line.get("converted_statements")
    if granularity is not None and line.get("is_refined", granularity == "refined") != (granularity == "refined"):
        return [f"[wrong-granularity] is_refined is {line['is_refined']}, but this is the {granularity} file"]
    if not isinstance(ids, list) or not isinstance(texts, list):
        return ["[format] answer_ids and converted_statements must be lists"]
    if len(ids) != len(texts):
        return [f"[format] {len(ids)} answer_ids but {len(texts)} converted_statements"]
    if not all(isinstance(text, str) for text in texts):
        return ["[format] converted_statements must be texts"]
    try:
        empty = [at + 1 for at, group in enumerate(ids) if not _codes(group)]
        json.dumps(texts, ensure_ascii=False).encode()
    except ValueError as error:
        return [f"[format] answer_ids must be lists of whole numbers, statements valid text: {error}"]
    return [f"[format] answer {at} has no codes" for at in empty]


def _codes(group: Any) -> list[int]:
    return [_code(code) for code in (group if isinstance(group, list) else [group])]


def _code(value: Any) -> int:
    """A whole number, or text that is one. Raises ValueError for anything else, truth values among it."""
    if type(value) is int:
        return value
    if isinstance(value, str) and value.strip().lstrip("-").isdigit():
        return int(value)
    raise ValueError(f"{value!r} is no code")


def _options(line: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"codes": codes, "statement": text}
        for codes, text in zip(map(_codes, line["answer_ids"]), line["converted_statements"], strict=True)
    ]


def _item_entry(item: Item, refined: Mapping[str, Any], polar: Mapping[str, Any]) -> dict[str, Any]:
    fine, coarse = _options(refined), _options(polar)
    covered = {code for option in fine for code in option["codes"]}
    labels = {**{code: str(code) for code in sorted(covered)}, **item.codes}
    direction = item.direction
    return {
        "battery": item.battery,
        "measurement": item.measurement,
        "direction": {"attribute": direction.attribute, "low_to_high": list(direction.low_to_high)}
        if direction
        else None,
        "codes": dict(sorted(labels.items())),
        "missing": dict(item.missing),
        "uncovered": [code for code in labels if code not in covered],
        "refined": fine,
        "polar": coarse,
        "items": [{"id": item.id, "label": item.label, "variable": item.variable}],
    }


def _demographic_entry(base: Demographic, line: Mapping[str, Any], problems: list[str]) -> dict[str, Any]:
    try:
        options, wrong = _demographic_options(line)
    except ValueError as error:
        options, wrong = [], [f"[format] codes must be whole numbers: {error}"]
    if wrong:
        problems += [f"demographics: {base.id}: {problem}" for problem in wrong]
        return {}
    # Groups that are ours keep our short label: columns, plots and the evaluation rule go by it.
    known = {frozenset(option.codes): option.label for option in base.options}
    for option in options:
        label = known.get(frozenset(option["codes"]))
        if label is not None:
            option["label"] = label
    covered = {code for option in options for code in option["codes"]}
    labels = {**{code: str(code) for code in sorted(covered)}, **base.codes}
    fold = {} if base.fold_above is None else {"fold_above": base.fold_above}
    return {
        "id": base.id,
        "label": base.label,
        "variable": str(line.get("question_id_converted") or base.variable),
        "codes": dict(sorted(labels.items())),
        "missing": dict(base.missing),
        "uncovered": [code for code in labels if code not in covered],
        **fold,
        "options": options,
    }


def _demographic_options(line: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
    if isinstance(line.get("converted_statements"), list):
        wrong = _options_problems(line)
        return ([] if wrong else _options(line)), wrong
    texts, template = line.get("answer_vars_map"), line.get("statement_template")
    if not isinstance(texts, dict) or not isinstance(template, str):
        return [], ["[format] neither converted_statements nor answer_vars_map with statement_template"]
    grouped: dict[str, list[int]] = {}
    for code, text in texts.items():
        if _code(code) >= 0:
            grouped.setdefault(str(text), []).append(_code(code))
    return [{"codes": codes, "label": text, "statement": _say(template, text)} for text, codes in grouped.items()], []


def _say(template: str, text: str) -> str:
    """Published templates mark the place of the answer with one pair of braces, whatever stands inside."""
    head, brace, rest = template.partition("{")
    _, closing, tail = rest.partition("}")
    return f"{head}{text}{tail}" if brace and closing else f"{template} {text}".strip()


def _write(
    folder: Path,
    base: Catalog,
    source: Any,
    refined: Lines,
    polar: Lines,
    demographics: Lines | None,
    problems: list[str],
) -> None:
    top = yaml.safe_load(source.joinpath("wave.yaml").read_text("utf-8"))
    top["statements"] = "verbatim"
    kept: list[dict[str, str]] = []
    for entry in top["categories"]:
        items = [item for item in base.items_of(entry["name"]) if item.id in refined]
        if items:
            batteries = [_item_entry(item, refined[item.id], polar[item.id]) for item in items]
            _dump(folder / entry["file"], {"category": entry["name"], "batteries": batteries})
            kept.append(entry)
    top["categories"] = kept
    rule = top["evaluation"]
    rule["siblings"] = [group for group in rule["siblings"] if all(item in refined for item in group)]
    if demographics is None:
        for name in top["files"].values():
            (folder / name).write_bytes(source.joinpath(name).read_bytes())
    else:
        problems += [
            f"demographics: {name}: [unknown-item] the catalog has no such demographic"
            for name in demographics
            if name not in base.demographics
        ]
        known: Sequence[str] = [name for name in base.demographics if name in demographics]
        for name in ("dimensions", "more_dimensions"):
            rule[name] = [demographic for demographic in rule[name] if demographic in demographics]
        entries = [_demographic_entry(base.demographics[name], demographics[name], problems) for name in known]
        if problems:
            return
        _dump(folder / top["files"]["demographics"], {"demographics": entries})
        _dump(folder / top["files"]["code_lists"], {"code_lists": {}})
    _dump(folder / "wave.yaml", top)


def _dump(path: Path, data: Any) -> None:
    path.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=10_000), "utf-8")
