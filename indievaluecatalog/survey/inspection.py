"""What an inspection finds, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from indievaluecatalog.survey.answers import CodeCount


@dataclass(frozen=True, slots=True)
class CountryCount:
    """Rows of one country; `name` is the catalog's, empty where it has none."""

    code: int
    name: str
    rows: int


@dataclass(frozen=True, slots=True)
class ItemMissing:
    """How much of an item is no valid answer: shares of the rows, 0 to 1, in all and by reason."""

    item: str
    label: str
    missing: float
    reasons: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class SurveyInspection:
    """What was found in a file.

    Attributes:
        file, format, size_bytes: the file that was asked for.
        wave_wanted: the catalog's wave, in words.
        waves: wave found -> rows; empty where the file does not say.
        versions: what the file calls its own version.
        rows, columns, labelled_variables: its size, and how many variables carry a label.
        countries: most rows first.
        years: year -> rows; 0 where a row has none.
        weights: weight -> rows that have one.
        items, absent_items: ids of items it has and lacks.
        demographics, absent_demographics: the same.
        absent_optional: weights and optional variables it lacks.
        duplicate_ids: interview id -> rows that share it.
        unlisted, uncovered, folded: codes found that are so.
        missing: share of all item cells that are no valid answer, by reason, 0 to 1; items it lacks left out.
        worst_items: the items with most missing.
        notes: what else is worth knowing.
        problems: why it cannot be built from; empty where it can.
    """

    file: str
    format: str
    size_bytes: int
    wave_wanted: str
    waves: Mapping[str, int]
    versions: tuple[str, ...]
    rows: int
    columns: int
    labelled_variables: int
    countries: tuple[CountryCount, ...]
    years: Mapping[int, int]
    weights: Mapping[str, int]
    items: tuple[str, ...]
    absent_items: tuple[str, ...]
    demographics: tuple[str, ...]
    absent_demographics: tuple[str, ...]
    absent_optional: tuple[str, ...]
    duplicate_ids: Mapping[int, int]
    unlisted: tuple[CodeCount, ...]
    uncovered: tuple[CodeCount, ...]
    folded: tuple[CodeCount, ...]
    missing: Mapping[str, float]
    worst_items: tuple[ItemMissing, ...]
    notes: tuple[str, ...]
    problems: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data with text keys, ready for JSON."""
        plain: dict[str, Any] = _text_keys(asdict(self))
        return plain


def _text_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _text_keys(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_text_keys(inner) for inner in value]
    return value
