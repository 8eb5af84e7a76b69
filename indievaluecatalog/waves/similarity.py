"""How alike two sets of labels are: by words, each weighing what it tells apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.errors import MissingExtraError
from indievaluecatalog.waves.labels import Label, base
from indievaluecatalog.waves.words import Words

Floats = NDArray[np.float64]
Embed = Callable[[Sequence[str]], NDArray[np.floating]]
"""Turns n texts into vectors of one length each, shape (n, length); a matter of taste, never needed."""

_STEM_WEIGHT = 0.35
_LIGHT_WEIGHT = 0.12
_LONG = 6
"""Letters from which on a word may hold a slip of the pen; "right" and "fight" are two words."""
_PREFIX = 4
_SLIP = 0.92
_SHORTENED = 0.88
_CONTRAST = 0.35
_NEGATION = 0.85


@dataclass(frozen=True, slots=True, eq=False)
class Similar:
    """Labels of a file against known ones, n by m.

    Attributes:
        value: 0 to 1, float64, shape (n, m).
        contrast: whether the two name opposite or sibling things, such as mother and father; shape (n, m).
        negation: whether one of the two turns the other's meaning round; shape (n, m).
        weight: how telling the words of each label of the file are together, shape (n,).
    """

    value: Floats
    contrast: NDArray[np.bool_]
    negation: NDArray[np.bool_]
    weight: Floats


def similar_labels(ours: Sequence[Label], known: Sequence[Label], words: Words, embed: Embed | None = None) -> Similar:
    """Compare every label of a file with every known one.

    Args:
        ours: labels of the file, n.
        known: labels of the catalog, m.
        words: the vocabulary.
        embed: turns labels into vectors; where given, similar vectors lift a low similarity, never above the middle.

    Raises:
        MissingExtraError: rapidfuzz is not installed.
    """
    if not any(label.words for label in ours) or not any(label.words for label in known):
        none = np.zeros((len(ours), len(known)))
        return Similar(none, none.astype(bool), none.astype(bool), np.zeros(len(ours)))
    weights = _word_weights((*ours, *known), words) | _word_weights((*known, *ours), words)
    left = sorted({word for label in ours for word in label.words})
    right = sorted({word for label in known for word in label.words})
    alike = word_similarity(left, right)
    place_left = {word: index for index, word in enumerate(left)}
    place_right = {word: index for index, word in enumerate(right)}
    weight_left = np.array([weights[word] for word in left])
    weight_right = np.array([weights[word] for word in right])
    filled = [number for number, label in enumerate(known) if label.words]
    value = np.zeros((len(ours), len(known)))
    if filled:
        lists = [np.array(sorted({place_right[word] for word in known[number].words})) for number in filled]
        joined = np.concatenate(lists)
        starts = np.cumsum([0, *(len(one) for one in lists[:-1])])
        total_right = np.add.reduceat(weight_right[joined], starts)
        for number, label in enumerate(ours):
            if not label.words:
                continue
            own = np.array(sorted({place_left[word] for word in label.words}))
            rows = alike[own]
            found = np.maximum.reduceat(rows[:, joined], starts, axis=1)
            recall = weight_left[own] @ found / weight_left[own].sum()
            precision = np.add.reduceat(weight_right[joined] * rows.max(axis=0)[joined], starts) / total_right
            value[number, filled] = 2 * recall * precision / np.maximum(recall + precision, 1e-9)
    same = np.array([[one.plain == other.plain and one.plain != "" for other in known] for one in ours])
    value[same] = 1.0
    contrast = _contrast(ours, known, words)
    negated = np.array([[one.negated != other.negated for other in known] for one in ours], dtype=bool)
    value = np.where(contrast, value * _CONTRAST, value)
    value = np.where(negated, value * _NEGATION, value)
    if embed is not None:
        value = np.maximum(value, _embedded(ours, known, embed))
    weight = np.array([sum(weights[word] for word in set(label.words)) for label in ours])
    return Similar(np.clip(value, 0, 1), contrast, negated, weight)


def word_similarity(left: Sequence[str], right: Sequence[str]) -> Floats:
    """Which words are one word: 1 the same, less for a slip of the pen or a word cut short, 0 otherwise.

    Returns:
        Shape (len(left), len(right)).

    Raises:
        MissingExtraError: rapidfuzz is not installed.
    """
    try:
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import cdist
    except ImportError as error:
        raise MissingExtraError("rapidfuzz", "waves", "matching a file's variables") from error
    edits = cdist(list(left), list(right), scorer=OSA.distance, score_cutoff=2, dtype=np.int32)
    long_left = np.array([len(word) for word in left])
    shorter = np.minimum(long_left[:, None], np.array([len(word) for word in right]))
    wordy = np.array([word.isalpha() for word in left])[:, None] & np.array([word.isalpha() for word in right])
    allowed = np.where(shorter >= 9, 2, np.where(shorter >= _LONG, 1, 0)) * wordy
    found = np.where(edits == 0, 1.0, np.where(edits <= allowed, _SLIP, 0.0))
    by_start: dict[str, list[int]] = {}
    for index, word in enumerate(right):
        by_start.setdefault(word[:_PREFIX], []).append(index)
    for index, word in enumerate(left):
        for other in by_start.get(word[:_PREFIX], ()) if len(word) >= _PREFIX and word.isalpha() else ():
            mate = right[other]
            if found[index, other] == 0 and len(mate) >= _PREFIX and (mate.startswith(word) or word.startswith(mate)):
                found[index, other] = _SHORTENED
    return found.astype(np.float64)


def _word_weights(labels: Sequence[Label], words: Words) -> dict[str, float]:
    """What a word tells apart: much where few labels have it, little where it stands in batteries' stems."""
    labelled = Counter(word for label in labels for word in set(label.words))
    stems = Counter(word for label in labels for word in set(label.stem))
    size = np.log1p(len(labels))
    found = {}
    for word, count in labelled.items():
        rare = float(np.log((len(labels) + 1) / count) / size)
        weight = (0.15 + 0.85 * rare) * (1 - (1 - _STEM_WEIGHT) * min(1.0, stems[word] / count))
        found[word] = max(weight * (_LIGHT_WEIGHT if word in words.light else 1.0), 0.01)
    return found


def _contrast(ours: Sequence[Label], known: Sequence[Label], words: Words) -> NDArray[np.bool_]:
    found = np.zeros((len(ours), len(known)), dtype=bool)
    for group in words.contrasts:
        members = sorted({base(words.forms.get(word, word)) for word in group})
        one, other = (np.array([[word in label.words for word in members] for label in side]) for side in (ours, known))
        shared = one.astype(np.int64) @ other.T.astype(np.int64)
        found |= one.any(axis=1, keepdims=True) & other.any(axis=1, keepdims=True).T & (shared == 0)
    return found


def _embedded(ours: Sequence[Label], known: Sequence[Label], embed: Embed) -> Floats:
    one, other = (np.asarray(embed([label.plain for label in side]), dtype=np.float64) for side in (ours, known))
    one /= np.maximum(np.linalg.norm(one, axis=1, keepdims=True), 1e-12)
    other /= np.maximum(np.linalg.norm(other, axis=1, keepdims=True), 1e-12)
    lifted: Floats = np.clip(one @ other.T, 0, 1) * 0.5
    return lifted
