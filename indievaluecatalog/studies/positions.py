"""Where chosen options stood in the list as it was shown, and predictions of several orders put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.evaluation.option_order import chosen_orders, possible_orders
from indievaluecatalog.scoring.cells import Cells
from indievaluecatalog.scoring.results import UNREAD
from indievaluecatalog.studies.entries import Entry
from indievaluecatalog.studies.outcome import Positions

POOLED = "orders pooled"


def positions(entry: Entry, reference: Entry | None) -> Mapping[str, Positions]:
    """Positions by granularity.

    Args:
        entry: a model's predictions under one order of options.
        reference: the same model's under another, of the same persons; None to leave agreement out.
    """
    cells = entry.cells
    found: dict[str, Positions] = {}
    for g, granularity in enumerate(cells.run.granularities):
        read = cells.asked[g] & cells.given[g] & (cells.prediction[g] != UNREAD)
        if not read.any():
            continue
        place = shown_places(entry, g)
        last = np.broadcast_to(cells.sizes[g][:, None, :] - 1, read.shape)[read]
        chosen = np.take_along_axis(place, cells.prediction[g][..., None].clip(0).astype(np.intp), -1)[..., 0][read]
        right = np.take_along_axis(place, cells.truth[g][..., None].clip(0).astype(np.intp), -1)[..., 0][read]
        same = None
        if reference is not None:
            both = read & (reference.cells.prediction[g] != UNREAD) & reference.cells.given[g]
            equal = cells.prediction[g][both] == reference.cells.prediction[g][both]
            same = float(equal.mean()) if both.any() else None
        found[granularity] = Positions(
            n=int(read.sum()),
            first=float((chosen == 0).mean()),
            last=float((chosen == last).mean()),
            right_first=float((right == 0).mean()),
            right_last=float((right == last).mean()),
            same=same,
        )
    return found


def shown_places(entry: Entry, g: int) -> NDArray[np.int8]:
    """Of each catalog option its place in the list as shown, shape (s, n, p, k); -1 beyond an item's options."""
    cells = entry.cells
    granularity = cells.run.granularities[g]
    order = entry.job.prompts[granularity].option_order
    items = list(cells.people.catalog.items.values())
    most = int(cells.sizes[g].max())
    found = np.full((*cells.truth.shape[1:], most), -1, np.int8)
    for s in range(len(cells.run.setups)):
        probes = [items[at] for at in cells.probes[s]]
        sizes = [len(item.options(granularity)) for item in probes]
        ids = [item.id for item in probes]
        chosen = chosen_orders(order, entry.job.protocol.seed, cells.people.person_ids, ids, sizes)
        for p, size in enumerate(sizes):
            places = np.argsort(np.array(possible_orders(size, order)), axis=1)
            found[s, :, p, :size] = places[chosen[:, p]]
    return found


def pooled(entries: Sequence[Entry]) -> Entry:
    """One prediction of several orders, so that a liking for a place cancels out.

    Probe by probe: the most probable option by the mean of the probabilities, where all orders have them; otherwise
    the one that most orders chose, and of equals that of the first order that chose one of them.
    """
    first = entries[0]
    all_cells = [entry.cells for entry in entries]
    votes = np.zeros((*first.cells.truth.shape, int(first.cells.sizes.max())), np.float64)
    chances = np.zeros_like(votes)
    likely = np.ones(first.cells.truth.shape, np.bool_)
    for at, cells in enumerate(all_cells):
        if cells.probabilities is None:
            likely[:] = False
        else:
            likely &= ~np.isnan(cells.probabilities[..., 0])
            chances[..., : cells.probabilities.shape[-1]] += np.nan_to_num(cells.probabilities)
        read = (cells.prediction != UNREAD) & cells.given
        chosen = cells.prediction.clip(0).astype(np.intp)[..., None]
        # A later order decides nothing between equals.
        weight = np.where(read, 1 + 0.01 / (1 + at), 0.0)[..., None]
        np.put_along_axis(votes, chosen, np.take_along_axis(votes, chosen, -1) + weight, -1)
    points = np.where(likely[..., None], chances, votes)
    prediction = np.where(points.any(axis=-1), points.argmax(axis=-1), UNREAD).astype(np.int8)
    given = np.logical_and.reduce([cells.given for cells in all_cells])
    return replace(first, condition=POOLED, cells=_with(first.cells, np.where(given, prediction, UNREAD), given))


def _with(cells: Cells, prediction: NDArray[np.int8], given: NDArray[np.bool_]) -> Cells:
    settings = {**cells.run.settings, "pooled": "option orders"}
    run = replace(cells.run, settings=settings)
    return replace(cells, run=run, prediction=prediction, given=given, probabilities=None)
