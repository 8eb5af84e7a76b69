"""A codebook that lies beside a data file, or stands alone: a JSON or a CSV file.

JSON: {"variables": {"V4": {"label": ..., "codes": {"1": ...}, "missing": {"-1": ...}}, ...}}, where `missing` may be
absent; a list of such with a "name" each does as well. CSV: columns variable, label, code, value_label and, optional,
missing (1, yes, true or x where the code is no answer); one row a code, or one row without code for a variable alone.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indievaluecatalog.errors import SurveyError

_YES = frozenset({"1", "yes", "true", "x", "y"})
_COLUMNS = ("variable", "label", "code", "value_label")


@dataclass(slots=True)
class Entry:
    """What a codebook says of one variable; `fractions` says that some code is no whole number."""

    label: str = ""
    codes: dict[int, str] = field(default_factory=dict)
    declared: set[int] = field(default_factory=set)
    fractions: bool = False

    def add(self, code: float, label: str, *, missing: bool) -> None:
        """Take in one code; a fraction is only noted."""
        if code != int(code):
            self.fractions = True
            return
        self.codes[int(code)] = label
        if missing:
            self.declared.add(int(code))


def read_beside(path: Path) -> dict[str, Entry]:
    """Read a codebook file: variable -> what it says, in the file's order.

    Raises:
        SurveyError: not there, neither JSON nor CSV, or not of the form above; names the variable or line.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SurveyError(f"{path}: the codebook cannot be opened: {error.strerror or error}") from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    return _from_json(path, text) if path.suffix.lower() == ".json" else _from_csv(path, text)


def _from_json(path: Path, text: str) -> dict[str, Entry]:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise SurveyError(f"{path}: is no JSON: {error}") from error
    listed = data.get("variables", data) if isinstance(data, dict) else data
    if isinstance(listed, list):
        listed = {str(one.get("name") or one.get("id") or ""): one for one in listed if isinstance(one, dict)}
    if not isinstance(listed, dict) or not listed or "" in listed:
        raise SurveyError(
            f'{path}: holds no variables: it must be {{"variables": {{name: {{"label": ..., "codes": ...}}}}}}'
        )
    found: dict[str, Entry] = {}
    for name, said in listed.items():
        if not isinstance(said, dict):
            raise SurveyError(f"{path}: variable {name}: must hold a label and codes, not {str(said)[:40]!r}")
        entry = found[str(name)] = Entry(str(said.get("label") or "").strip())
        for key, missing in (("codes", False), ("missing", True)):
            codes: Any = said.get(key) or {}
            if not isinstance(codes, Mapping):
                raise SurveyError(f"{path}: variable {name}: {key} must be code: label, not {str(codes)[:40]!r}")
            for code, label in codes.items():
                entry.add(_number(path, f"variable {name}", code), str(label), missing=missing)
    return found


def _from_csv(path: Path, text: str) -> dict[str, Entry]:
    first = text.split("\n", 1)[0]
    separator = max((",", ";", "\t"), key=first.count)
    rows = csv.DictReader(io.StringIO(text), delimiter=separator)
    names = {str(name).strip().lower(): name for name in rows.fieldnames or ()}
    lacking = [name for name in _COLUMNS if name not in names]
    if lacking:
        raise SurveyError(
            f"{path}: is no codebook: lacks the column {', '.join(lacking)}; it must have {', '.join(_COLUMNS)}"
        )
    found: dict[str, Entry] = {}
    for row in rows:
        cells = {name: (row.get(column) or "").strip() for name, column in names.items()}
        if not cells["variable"]:
            if any(cells.values()):
                raise SurveyError(f"{path}, line {rows.line_num}: names no variable")
            continue
        entry = found.setdefault(cells["variable"], Entry())
        entry.label = entry.label or cells["label"]
        if cells["code"]:
            code = _number(path, f"line {rows.line_num}", cells["code"])
            entry.add(code, cells["value_label"], missing=cells.get("missing", "").lower() in _YES)
    if not found:
        raise SurveyError(f"{path}: names no variable")
    return found


def _number(path: Path, where: str, text: object) -> float:
    try:
        number = float(str(text).strip().replace(",", "."))
    except ValueError:
        number = float("nan")
    if not abs(number) < 2**53:
        raise SurveyError(f"{path}, {where}: the code {text!r} is no number")
    return number
