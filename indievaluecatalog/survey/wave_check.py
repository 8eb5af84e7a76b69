"""Whether the rows of a file are of the wave that the catalog is of."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from indievaluecatalog.catalog.model import WaveFacts
from indievaluecatalog.survey.columns import EMPTY, ODD, Whole, plain


def wave_labels(wave: WaveFacts) -> dict[str, int | None]:
    """How a wave may be named by text: "2017-2022", "Wave 7"."""
    return {plain(wave.period): wave.wave_code, f"wave {wave.wave_code}": wave.wave_code}


def waves_found(whole: Whole) -> dict[str, int]:
    """Wave, as text -> number of rows, most rows first; "none" for rows without one."""
    values, counts = np.unique(whole.values[whole.values != ODD], return_counts=True)
    found = {"none" if value == EMPTY else str(value): int(count) for value, count in zip(values, counts, strict=True)}
    found |= whole.odd
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def wave_problems(found: Mapping[str, int], wave: WaveFacts) -> list[str]:
    """What is wrong with the waves found, in words; nothing where all rows are of the wave asked for."""
    asked = str(wave.wave_code)
    if not found or set(found) == {asked}:
        return []
    told = ", ".join(f"wave {name}: {rows:,} rows" for name, rows in found.items())
    if asked in found:
        return [
            f"{wave.wave_variable} says that it holds rows of several waves ({told}), as a joint EVS/WVS or a"
            f" time-series file does; give a file of wave {asked} only"
        ]
    return [
        f"{wave.wave_variable} says that it is of another wave ({told}); wanted is wave {asked} ({wave.title})."
        f" Give the file of wave {asked}, or a catalog of the wave it has"
    ]
