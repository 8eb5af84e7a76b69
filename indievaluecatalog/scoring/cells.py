"""Predictions laid over the tasks they are about: dense arrays that every score works on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.catalog.probes import probe_setup
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ResultsError
from indievaluecatalog.scoring.results import UNREAD, Results
from indievaluecatalog.scoring.run import Run

NOT_ASKED = -1
SUM_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of a run's tasks there are predictions for."""

    tasks: int
    predicted: int
    persons: int
    persons_predicted: int

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return self.tasks == self.predicted


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Tasks and predictions of one run. Axes: g granularities, s setups, n persons, p probes, k options.

    Attributes:
        run: the identity; its granularities and setups are the first two axes.
        people: the n persons of the run's splits, in the dataset's order.
        probes: int16, shape (s, p): item positions in the catalog.
        truth: int8, shape (g, s, n, p): the person's option; NOT_ASKED where the person has no valid answer.
        given: bool, same shape: whether there is a prediction (read or not).
        prediction: int8, same shape: option position, UNREAD where it could not be read or is not given.
        probabilities: float32, shape (g, s, n, p, k), NaN where there are none; None where the run has none at
            all. They sum to one over an item's options and are 0 beyond them.
        sizes: int8, shape (g, s, p): options of each probe.
    """

    run: Run
    people: People
    probes: NDArray[np.int16]
    truth: NDArray[np.int8]
    given: NDArray[np.bool_]
    prediction: NDArray[np.int8]
    probabilities: NDArray[np.float32] | None
    sizes: NDArray[np.int8]

    @property
    def asked(self) -> NDArray[np.bool_]:
        """Which cells are tasks, shape (g, s, n, p)."""
        found: NDArray[np.bool_] = self.truth != NOT_ASKED
        return found

    @property
    def coverage(self) -> Coverage:
        """Tasks and predictions counted."""
        asked, given = self.asked, self.given
        return Coverage(
            tasks=int(asked.sum()),
            predicted=int(given.sum()),
            persons=len(self.people),
            persons_predicted=int(given.any(axis=(0, 1, 3)).sum()),
        )

    def take(self, rows: NDArray[np.intp]) -> Cells:
        """Some of the persons, in the order asked for."""
        return replace(
            self,
            people=self.people.take(rows),
            truth=self.truth[:, :, rows],
            given=self.given[:, :, rows],
            prediction=self.prediction[:, :, rows],
            probabilities=None if self.probabilities is None else self.probabilities[:, :, rows],
        )


def lay_out(results: Results, people: People, *, partial: bool = False, source: str = "results") -> Cells:
    """Lay predictions over the tasks of their run.

    Args:
        results: as read from a file.
        people: of the dataset the run names; other splits in it are left aside.
        partial: accept a run of which predictions are missing.
        source: what errors call the results, such as the file's name.

    Raises:
        ResultsError: results of another dataset; predictions for persons, setups, items, granularities or
            options that do not exist, or for an item that the person did not answer; two for one task;
            probabilities that are no distribution; predictions missing, unless `partial`.
    """
    run, catalog = results.run, people.catalog
    _check_dataset(run, people, source)
    here = people.take(people.rows_of(*run.splits))
    probes = np.array([[_position(catalog, item) for item in probe_setup(catalog, s)] for s in run.setups], np.int16)
    shape = (len(run.granularities), len(run.setups), len(here), probes.shape[1])
    truth = np.stack([here.of(g)[probes].transpose(0, 2, 1) for g in run.granularities])
    items = list(catalog.items.values())
    sizes = np.array([[[len(items[i].options(g)) for i in row] for row in probes] for g in run.granularities], np.int8)

    table = results.table
    at = _flat_positions(table, run, here, probes, shape, source)
    _refuse_doubles(at, table, source)
    flat_truth = truth.reshape(-1)
    unasked = flat_truth[at] == NOT_ASKED
    if unasked.any():
        raise ResultsError(
            f"{source}: {int(unasked.sum())} predictions for items the person did not answer, such as "
            f"{_describe(table, int(np.argmax(unasked)))}: they are no tasks of this dataset"
        )
    flat_sizes = np.broadcast_to(sizes[:, :, None, :], shape).reshape(-1)
    chosen = table["prediction"].combine_chunks().fill_null(UNREAD).to_numpy(zero_copy_only=False).astype(np.int8)
    outside = (chosen < UNREAD) | (chosen >= flat_sizes[at])
    if outside.any():
        row = int(np.argmax(outside))
        raise ResultsError(
            f"{source}: {int(outside.sum())} predictions name no option, such as option {chosen[row]} of "
            f"{_describe(table, row)}, which has {flat_sizes[at[row]]} (counted from 0)"
        )
    prediction = np.full(len(flat_truth), UNREAD, np.int8)
    prediction[at] = chosen
    given = np.zeros(len(flat_truth), np.bool_)
    given[at] = True
    cells = Cells(
        run=run,
        people=here,
        probes=probes,
        truth=truth,
        given=given.reshape(shape),
        prediction=prediction.reshape(shape),
        probabilities=_probabilities(table, at, flat_sizes, shape, source),
        sizes=sizes,
    )
    if run.decision == "expected" and (
        cells.probabilities is None or np.isnan(cells.probabilities[..., 0][cells.given]).any()
    ):
        raise ResultsError(f"{source}: a run that decides by its probabilities needs them in every row")
    if not cells.coverage.complete and not partial:
        found = cells.coverage
        raise ResultsError(
            f"{source}: predictions for {found.predicted:,} of {found.tasks:,} tasks "
            f"({found.persons_predicted} of {found.persons} persons). Finish the run, or score it as it is with "
            f"partial=True (--partial)"
        )
    return cells


def _check_dataset(run: Run, people: People, source: str) -> None:
    if run.dataset.digest != people.identity.digest:
        raise ResultsError(
            f"{source}: predictions for the dataset {run.dataset.name} {run.dataset.digest[:12]}, but this one is "
            f"{people.identity.name} {people.identity.digest[:12]}"
        )


def _position(catalog: Catalog, item: str) -> int:
    return list(catalog.items).index(item)


def _codes(column: pa.ChunkedArray, known: list[str], what: str, source: str) -> NDArray[np.int64]:
    """Positions of a text column's values among the known ones."""
    plain = column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
    found = pc.index_in(plain, value_set=pa.array(known, pa.string()))
    if found.null_count:
        unknown = pc.unique(plain.filter(pc.is_null(found))).to_pylist()
        shown = ", ".join(map(repr, unknown[:5])) + (f" and {len(unknown) - 5} more" if len(unknown) > 5 else "")
        raise ResultsError(
            f"{source}: predictions for tasks that do not exist: {found.null_count} rows with the {what} {shown}"
        )
    return np.asarray(found.to_numpy(), dtype=np.int64)


def _flat_positions(
    table: pa.Table,
    run: Run,
    here: People,
    probes: NDArray[np.int16],
    shape: tuple[int, ...],
    source: str,
) -> NDArray[np.int64]:
    """Each row's place in the flattened (g, s, n, p) arrays."""
    catalog = here.catalog
    g = _codes(table["granularity"], list(run.granularities), "granularity", source)
    s = _codes(table["setup"].cast(pa.string()), [str(setup) for setup in run.setups], "setup", source)
    n = _codes(table["person_id"], here.person_ids.tolist(), "person", source)
    i = _codes(table["item"], list(catalog.items), "item", source)
    place = np.full((len(run.setups), len(catalog.items)), -1, np.int64)
    place[np.arange(len(run.setups))[:, None], probes] = np.arange(probes.shape[1])
    p = place[s, i]
    if (p < 0).any():
        row = int(np.argmax(p < 0))
        raise ResultsError(
            f"{source}: predictions for tasks that do not exist: {int((p < 0).sum())} rows with items that are no "
            f"probe of their setup, such as {_describe(table, row)}"
        )
    return np.ravel_multi_index((g, s, n, p), shape).astype(np.int64)


def _refuse_doubles(at: NDArray[np.int64], table: pa.Table, source: str) -> None:
    order = np.argsort(at, kind="stable")
    again = np.flatnonzero(np.diff(at[order]) == 0)
    if len(again):
        row = int(order[again[0] + 1])
        raise ResultsError(
            f"{source}: {len(again)} tasks have more than one prediction, such as {_describe(table, row)}"
        )


def _describe(table: pa.Table, row: int) -> str:
    entry = table.slice(row, 1).to_pylist()[0]
    return f"person {entry['person_id']}, setup {entry['setup']}, {entry['item']}, {entry['granularity']}"


def _probabilities(
    table: pa.Table,
    at: NDArray[np.int64],
    flat_sizes: NDArray[np.int8],
    shape: tuple[int, ...],
    source: str,
) -> NDArray[np.float32] | None:
    column = table["probabilities"].combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    have = np.flatnonzero(~column.is_null().to_numpy(zero_copy_only=False))
    if not len(have):
        return None
    lengths = pc.list_value_length(column.take(pa.array(have))).to_numpy(zero_copy_only=False)
    wanted = flat_sizes[at[have]]
    if (lengths != wanted).any():
        row = int(have[np.argmax(lengths != wanted)])
        raise ResultsError(
            f"{source}: {_describe(table, row)} has {len(column[row])} probabilities for {flat_sizes[at[row]]} options"
        )
    values = column.take(pa.array(have)).flatten()
    numbers = np.where(values.is_null().to_numpy(zero_copy_only=False), np.nan, values.fill_null(0).to_numpy())
    owner = np.repeat(np.arange(len(have)), lengths)
    totals = np.bincount(owner, weights=numbers, minlength=len(have))
    lowest = np.full(len(have), np.inf)
    np.minimum.at(lowest, owner, numbers)
    wrong = ~(np.abs(totals - 1) <= SUM_TOLERANCE) | ~(lowest >= 0)
    if wrong.any():
        which = int(np.argmax(wrong))
        row = int(have[which])
        raise ResultsError(
            f"{source}: {int(wrong.sum())} rows have probabilities that are no distribution (not negative, no NaN, "
            f"sum 1), such as {_describe(table, row)}: {column[row].as_py()}"
        )
    widest = int(flat_sizes.max())
    dense = np.full((len(flat_sizes), widest), np.nan, np.float32)
    dense[at[have]] = 0
    within = np.arange(len(numbers)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    dense[at[have][owner], within] = numbers / totals[owner]
    return dense.reshape(*shape, widest)
