"""How probable a person's demonstrated answers are, given traits and country: exact under the true model."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.reasoners.ceiling.answering import Answering
from indievaluecatalog.reasoners.ceiling.choices import NOBODY, Choice
from indievaluecatalog.reasoners.ceiling.graded import Graded, inside
from indievaluecatalog.reasoners.ceiling.picks import Picks, log_weight

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Options = NDArray[np.int8]


def log_likelihood(answering: Answering, answers: Options, theta: Floats, country: NDArray[np.intp]) -> Doubles:
    """Log probability (r,) of the answers of r persons, given theirs traits (r, q) and countries (r,).

    Args:
        answering: the true model.
        answers: refined option positions, shape (r, items of the catalog); negative where nothing is known.
        theta: traits.
        country: countries.
    """
    graded = answering.graded
    found = _lone_graded(answering, answers, theta, country)
    for picks in answering.picks:
        seen = answers[:, graded.positions[picks.members]]
        if (seen >= 0).any():
            found += picks_log_likelihood(picks, graded, seen, theta, country)
    for choice in answering.choices:
        if any((answers[:, at] >= 0).any() for at in choice.positions if at != NOBODY):
            table = choice.table(theta, country)
            masks = choice_masks(choice, answers, table.shape[1:])
            found += np.log(np.maximum(np.einsum("rab,ra,rb->r", table, *masks), np.float32(1e-30)))
    return found


def _lone_graded(answering: Answering, answers: Options, theta: Floats, country: NDArray[np.intp]) -> Doubles:
    graded = answering.graded
    heard = (answers[:, graded.positions] >= 0).any(axis=0) & answering.lone
    columns = np.flatnonzero(heard)
    if not len(columns):
        return np.zeros(len(theta))
    options = answers[:, graded.positions[columns]]
    score = theta @ graded.loadings[columns].T
    score += graded.lean[country[:, None], columns] - graded.middle[columns]
    stretch = graded.stretch(theta)[:, None]
    chance = np.zeros_like(score)
    for run in range(graded.low.shape[2]):
        low, high = graded.low[columns, options, run], graded.high[columns, options, run]
        if run and not (low != high).any():
            continue
        chance += inside(low * stretch, high * stretch, score)
    chance = chance * graded.on[country[:, None], columns] + graded.off[country[:, None], columns, options]
    logs = np.where(options >= 0, np.log(np.maximum(chance, np.float32(1e-30))), np.float32(0))
    found: Doubles = logs.sum(axis=1, dtype=np.float64)
    return found


def picks_log_likelihood(
    picks: Picks, graded: Graded, seen: Options, theta: Floats, country: NDArray[np.intp]
) -> Doubles:
    """The same for one group of limited picks, of which `seen` (r, a) are known."""
    log_odds = picks.log_odds(members_score(picks, graded, theta, country))
    odds, picked = np.exp(log_odds), seen == picks.option
    everything = np.ones_like(picked)
    left = picks.most - picked.sum(axis=1)
    total = log_weight(odds, everything, np.full(len(odds), picks.most), picks.most)
    open_ways = log_weight(odds, seen < 0, np.maximum(left, 0), picks.most)
    found: Doubles = np.where(picked, log_odds, 0).sum(axis=1) + open_ways - total
    return found


def members_score(picks: Picks, graded: Graded, theta: Floats, country: NDArray[np.intp]) -> Floats:
    """Latent scores (r, a) of a group's items, less their middle cuts."""
    at = picks.members
    found: Floats = theta @ graded.loadings[at].T + graded.lean[country[:, None], at] - graded.middle[at]
    return found


def choice_masks(choice: Choice, answers: Options, sizes: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Which options of a choice's first and second item agree with what is known, shapes (r, o1) and (r, o2)."""
    masks = []
    for at, size in zip(choice.positions, sizes, strict=True):
        known = np.full(len(answers), -1, np.int8) if at == NOBODY else answers[:, at]
        masks.append(((known[:, None] == np.arange(size)) | (known < 0)[:, None]).astype(np.float32))
    return masks[0], masks[1]
