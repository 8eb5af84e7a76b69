"""Read what a survey file says about itself, and count its codes, without ever holding all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np

from indievaluecatalog.errors import SurveyError
from indievaluecatalog.survey.columns import EMPTY, ODD, ColumnError, Raw, TextColumn, to_whole
from indievaluecatalog.survey.engines import read_columns, read_header
from indievaluecatalog.survey.sources import Source, library_faults, open_source
from indievaluecatalog.waves.answers import split_codes
from indievaluecatalog.waves.beside import Entry, read_beside
from indievaluecatalog.waves.codebook import Codebook, Variable
from indievaluecatalog.waves.codebook_notes import mended, notes_of
from indievaluecatalog.waves.words import words

Progress = Callable[[str, float], None]
"""Called with a stage's name and how much of the whole is done, 0 to 1."""

_AT_ONCE = 64
"""Columns read at once: 97,220 rows of 64 doubles are 50 MB."""
_MANY = 60
"""A variable without value labels that holds more distinct whole numbers is a number, not a code."""
_KEPT = 1000
_LABELLED = (".sav", ".zsav", ".dta", ".zip")


def read_codebook(
    path: str | Path, codebook: str | Path | None = None, *, count: bool = True, progress: Progress | None = None
) -> Codebook:
    """Read labels, value labels and missing codes of a file, and how often each code occurs.

    Args:
        path: a .sav, .zsav, .dta, .csv, .csv.gz or .parquet file, a .zip with one of these, or a codebook (.json;
            .csv with the columns variable, label, code, value_label) without data.
        codebook: a codebook file beside the data, as `beside` describes; it goes before what the file says. A CSV or
            Parquet file has no labels of its own, so that it needs one.
        count: whether to read the rows and count codes.
        progress: told how far it is.

    Raises:
        SurveyError: the file or its codebook cannot be read; names it and says what to do.
    """
    asked = Path(path)
    extra = read_beside(Path(codebook)) if codebook is not None else None
    if extra is None and (asked.suffix.lower() == ".json" or _is_codebook(asked)):
        return _alone(asked, read_beside(asked))
    tell = progress or (lambda stage, done: None)
    tell("reading the header", 0.0)
    with open_source(asked) as source:
        entries, rows = _labels(source)
        unlabelled = not any(entry.label or entry.codes for entry in entries.values())
        unused = _merged(entries, extra or {})
        counts: dict[str, dict[int, int]] = {}
        kinds: dict[str, Literal["coded", "number", "text"]] = {}
        if count:
            rows = _count(source, entries, counts, kinds, tell)
    notes = [f"the codebook describes {len(unused)} variables that the file lacks: {_few(unused)}"] if unused else []
    if unlabelled and not asked.name.lower().endswith(_LABELLED) and extra is None:
        notes.append("this format carries no labels: give the codebook of the file as well")
    return _built(source.name, source.format, rows or 0, entries, counts, kinds, notes)


def _is_codebook(path: Path) -> bool:
    if path.suffix.lower() != ".csv" or not path.is_file():
        return False
    with path.open("rb") as file:
        start = file.readline(400).decode("utf-8-sig", "replace").lower()
    return all(name in start for name in ("variable", "label", "code", "value_label"))


def _alone(path: Path, entries: dict[str, Entry]) -> Codebook:
    return _built(path.name, path.suffix.lower()[1:], 0, entries, {}, {}, [])


def _labels(source: Source) -> tuple[dict[str, Entry], int | None]:
    """What the file itself says: labels, value labels, user-missing codes."""
    if source.format not in ("sav", "zsav", "dta"):
        header = read_header(source)
        return {name: Entry() for name in header.names}, header.rows
    with library_faults(source):
        meta = _meta(source)
    entries: dict[str, Entry] = {}
    for name, label in zip(meta.column_names, meta.column_labels, strict=True):
        entry = entries[name] = Entry(mended(str(label or "")).strip())
        declared = [*meta.missing_user_values.get(name, ()), *meta.missing_ranges.get(name, ())]
        for code, text in meta.variable_value_labels.get(name, {}).items():
            # Stata's own missing values (.a to .z) and labels of text are no codes.
            if isinstance(code, int | float) and abs(code) < 2**53:
                entry.add(float(code), mended(str(text)), missing=_in(float(code), declared))
    return entries, meta.number_rows


def _meta(source: Source) -> Any:
    import pyreadstat

    reader = pyreadstat.read_dta if source.format == "dta" else pyreadstat.read_sav
    try:
        return reader(str(source.path), metadataonly=True, user_missing=True)[1]
    except (pyreadstat.ReadstatError, UnicodeDecodeError) as error:
        if "encoding" not in str(error) and "codec" not in str(error):
            raise
        return reader(str(source.path), metadataonly=True, user_missing=True, encoding="LATIN1")[1]


def _in(code: float, declared: Iterable[Any]) -> bool:
    for one in declared:
        low, high = (one["lo"], one["hi"]) if isinstance(one, Mapping) else (one, one)
        if isinstance(low, int | float) and isinstance(high, int | float) and low <= code <= high:
            return True
    return False


def _merged(entries: dict[str, Entry], extra: Mapping[str, Entry]) -> list[str]:
    """Put a codebook file's word over the file's own; names may differ in case. Returns names the file lacks."""
    lower: dict[str, list[str]] = {}
    for name in entries:
        lower.setdefault(name.lower(), []).append(name)
    unused = []
    for name, entry in extra.items():
        mates = [name] if name in entries else lower.get(name.lower(), [])
        if len(mates) != 1:
            unused.append(name)
            continue
        own = entries[mates[0]]
        own.label = entry.label or own.label
        own.codes |= entry.codes
        own.declared |= entry.declared
        own.fractions |= entry.fractions
    return unused


def _count(
    source: Source,
    entries: Mapping[str, Entry],
    counts: dict[str, dict[int, int]],
    kinds: dict[str, Literal["coded", "number", "text"]],
    tell: Progress,
) -> int:
    header = read_header(source)
    names = list(dict.fromkeys(header.names))
    rows = 0
    for start in range(0, len(names), _AT_ONCE):
        part = names[start : start + _AT_ONCE]
        tell("counting codes", start / len(names))
        for name, raw in read_columns(source, header, dict.fromkeys(part, "number"), "auto").items():
            rows = max(rows, len(raw))
            kinds[name], counts[name] = _counted(raw, entries[name])
    tell("counting codes", 1.0)
    return rows


def _counted(raw: Raw, entry: Entry) -> tuple[Literal["coded", "number", "text"], dict[int, int]]:
    """What a column holds, and how often each whole number occurs in it."""
    texts: dict[str, int | None] = {}
    if isinstance(raw, TextColumn):
        for code, label in entry.codes.items():
            key = " ".join(label.split()).casefold()
            texts[key] = None if key in texts else code
    try:
        whole = to_whole(raw, texts)
    except ColumnError:
        return "text", {}
    values, times = np.unique(whole.values, return_counts=True)
    found = {int(one): int(n) for one, n in zip(values, times, strict=True) if one not in (EMPTY, ODD)}
    many = len(found) > _MANY and len(entry.codes) < len(found) / 4
    if whole.odd or many or entry.fractions:
        return "number", found if len(found) <= _KEPT and not whole.odd else {}
    return "coded", found


def _built(
    name: str,
    form: str,
    rows: int,
    entries: Mapping[str, Entry],
    counts: Mapping[str, Mapping[int, int]],
    kinds: Mapping[str, Literal["coded", "number", "text"]],
    notes: list[str],
) -> Codebook:
    if not entries:
        raise SurveyError(f"{name}: has no variables")
    vocabulary = words()
    variables = []
    for position, (variable, entry) in enumerate(entries.items()):
        values, missing = split_codes(entry.codes, entry.declared, vocabulary)
        seen = counts.get(variable, {})
        missing |= {code: "" for code in seen if code < 0 and code not in missing and kinds.get(variable) == "coded"}
        kind = "number" if entry.fractions else kinds.get(variable, "coded")
        answers = {} if entry.fractions else values
        variables.append(Variable(variable, entry.label, position, answers, missing, dict(seen), kind))
    return Codebook(name, form, rows, tuple(variables), (*notes, *notes_of(variables)))


def _few(names: list[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
