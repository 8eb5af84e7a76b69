"""How things are worded on the pages."""

from __future__ import annotations

from types import MappingProxyType

from indievaluecatalog.browse.collection import Collection
from indievaluecatalog.survey.answers import REASONS

OWN_REASONS = MappingProxyType(
    {
        "answered": "No answer known",
        "uncovered": "Answered, but no statement stands for the answer",
        "unlisted": "The code in the file is not in the codebook",
        "absent": "Not in the survey file",
    }
)


def reason_words(collection: Collection) -> tuple[str, ...]:
    """For each place in REASONS what it is called, as the survey's codebook calls it where it does."""
    told = {reason.name: reason.label for reason in collection.catalog.wave.missing_reasons.values()}
    return tuple(told.get(name) or OWN_REASONS.get(name) or name.replace("_", " ").capitalize() for name in REASONS)


def percent(share: float | None, rounded: bool = False) -> str:
    """A share in whole per cent, or a dash; number and sign stay on one line.

    Of a share that was `rounded` before nobody knows whether 0 is nobody or a few, and "< 1 %" is true of both.
    """
    if share is None:
        return "–"
    return ("< 1 %" if 0 < share < 0.005 or (rounded and share == 0) else f"{100 * share:.0f} %").replace(
        " ", "\N{NO-BREAK SPACE}"
    )
