"""What speaks for each pair of a variable and a known thing, as tables of numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.waves.batteries import runs_of
from indievaluecatalog.waves.codebook import Codebook
from indievaluecatalog.waves.labels import plain, read_label
from indievaluecatalog.waves.matching import Known
from indievaluecatalog.waves.relation import Compared, compare_codes
from indievaluecatalog.waves.similarity import Embed, Similar, similar_labels
from indievaluecatalog.waves.values import ValueLabels, spoken
from indievaluecatalog.waves.words import Words

Floats = NDArray[np.float64]

_LABEL, _VALUES, _OWN = 0.66, 0.20, 0.14
"""Shares of the label, the value labels, and of value labels that few known things have."""
_SILENT = 0.35
"""What missing value labels count for."""
_BATTERY, _NEIGHBOUR = 0.10, 0.03
_WORTH_COMPARING = 0.12
_MISMATCH = 0.75
_FAR = 0.28


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Tables of n variables by m known things.

    Attributes:
        label: what `similar_labels` found.
        agreement: of value labels, 0 to 1, NaN where nothing can be said; shape (n, m).
        battery: share of a variable's run whose best guess is in the known one's battery; shape (n, m).
        neighbour: how many of the two variables beside it are likeliest to be beside the known one; shape (n, m).
        score: all together, 0 to 1, shape (n, m).
        local: whether only a few countries were asked, by variable.
        compared: (variable, known one) -> how their codes stand, for pairs that were compared.
    """

    label: Similar
    agreement: Floats
    battery: Floats
    neighbour: Floats
    score: Floats
    local: tuple[bool, ...]
    compared: dict[tuple[int, int], Compared]


def gather_evidence(
    codebook: Codebook, known: Sequence[Known], words: Words, country_variable: str, embed: Embed | None = None
) -> Evidence:
    """Look at every pair."""
    ours = [read_label(variable.label, words) for variable in codebook.variables]
    similar = _with_other_names(ours, known, words, country_variable, embed)
    agreement, own, compared = _value_tables(codebook, known, similar.value, ValueLabels(words))
    silent = np.isnan(agreement)
    told = np.where(silent, _SILENT, agreement)
    technical = np.array([one.role == "technical" for one in known], dtype=bool)
    score = _LABEL * similar.value + _VALUES * told + _OWN * np.where(silent, _SILENT * 0.5, own)
    score = np.where(~silent & (agreement < 0.2), score * _MISMATCH, score)
    score = np.where(technical, similar.value**2, score)
    # Answers alone make no question: many share theirs.
    score = np.where(similar.value < _WORTH_COMPARING, score * 0.5, score)
    score = np.where((similar.value < _FAR) & (own < 0.8), score * 0.8, score)
    battery, neighbour = _context(codebook, known, score)
    spoken_for = score > 0.2
    score = np.clip(score + spoken_for * (_BATTERY * battery + _NEIGHBOUR * neighbour), 0, 1)
    return Evidence(similar, agreement, battery, neighbour, score, tuple(label.countries for label in ours), compared)


def _with_other_names(
    ours: Sequence[object], known: Sequence[Known], words: Words, country_variable: str, embed: Embed | None
) -> Similar:
    """Similarity of labels; technical facts and some others go by several names, of which the best counts."""
    names = [
        (place, name)
        for place, one in enumerate(known)
        for name in (
            *([] if one.role == "technical" else [one.label]),
            *(words.technical.get(one.id, ()) if one.role == "technical" else ()),
            *(words.other_names.get(plain(one.label), ()) if one.role == "demographic" else ()),
            *(words.technical["country_variable"] if one.variable == country_variable else ()),
        )
    ]
    found = similar_labels(ours, [read_label(name, words) for _, name in names], words, embed)  # type: ignore[arg-type]
    size = (len(ours), len(known))
    value = np.zeros(size)
    contrast, negation = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    for column, (place, _) in enumerate(names):
        better = found.value[:, column] > value[:, place]
        value[:, place] = np.where(better, found.value[:, column], value[:, place])
        contrast[:, place] = np.where(better, found.contrast[:, column], contrast[:, place])
        negation[:, place] = np.where(better, found.negation[:, column], negation[:, place])
    return Similar(value, contrast, negation, found.weight)


def _value_tables(
    codebook: Codebook, known: Sequence[Known], label: Floats, compare: ValueLabels
) -> tuple[Floats, Floats, dict[tuple[int, int], Compared]]:
    """Agreement of value labels, how much of it is the known one's own, and the relations behind."""
    agreement = np.full(label.shape, np.nan)
    own = np.zeros(label.shape)
    compared: dict[tuple[int, int], Compared] = {}
    kept: dict[tuple[object, object], Compared] = {}
    sets = Counter(tuple(sorted(spoken(one.codes).items())) for one in known)
    shared = [sets[tuple(sorted(spoken(one.codes).items()))] for one in known]
    theirs = [tuple(one.codes.items()) for one in known]
    for row, variable in enumerate(codebook.variables):
        values = tuple(variable.values.items())
        codes = variable.codes if variable.kind == "coded" else ()
        if variable.kind == "text":
            continue
        for column, one in enumerate(known):
            if one.role == "technical":
                continue
            if label[row, column] < _WORTH_COMPARING and shared[column] > 3:
                continue
            key = ((values, codes), theirs[column])
            if key not in kept:
                kept[key] = compare_codes(variable.values, one.codes, compare, codes)
            found = compared[row, column] = kept[key]
            if found.agreement is not None:
                agreement[row, column] = found.agreement
                own[row, column] = found.agreement / shared[column] ** 0.5
    return agreement, own, compared


def _context(codebook: Codebook, known: Sequence[Known], score: Floats) -> tuple[Floats, Floats]:
    """What the variables around say: which battery they are likeliest of, and which known ones lie beside."""
    battery = np.zeros_like(score)
    neighbour = np.zeros_like(score)
    if not score.size:
        return battery, neighbour
    best, sure = score.argmax(axis=1), score.max(axis=1) > 0.5
    names = [one.battery or f"\0{place}" for place, one in enumerate(known)]
    members: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        members.setdefault(name, []).append(place)
    for run in runs_of(codebook):
        for row in run:
            others = [one for one in run if one != row and sure[one]]
            for name, count in Counter(names[best[one]] for one in others).items():
                battery[row, members[name]] = count / (len(run) - 1)
    for row in range(len(score)):
        for step in (-1, 1):
            beside = row + step
            if 0 <= beside < len(score) and sure[beside]:
                place = int(best[beside]) - step
                if 0 <= place < len(known):
                    neighbour[row, place] += 0.5
    return battery, neighbour
