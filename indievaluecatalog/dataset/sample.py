"""Tasks from a dataset: the Python door to sampling."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import GRANULARITIES, Catalog
from indievaluecatalog.catalog.probes import SETUPS
from indievaluecatalog.dataset.people import People, people_of, read_people
from indievaluecatalog.dataset.splits import EVALUATION_SPLITS, SPLITS, shown_by_default
from indievaluecatalog.dataset.tables import label_column
from indievaluecatalog.dataset.tasks import task_columns, task_table
from indievaluecatalog.errors import SamplingError
from indievaluecatalog.sampling.informative import informative_order
from indievaluecatalog.sampling.protocol import OURS, Protocol, chosen_protocol
from indievaluecatalog.sampling.tasks import Tasks, TooFew, draw_tasks

if TYPE_CHECKING:
    from datasets import Dataset


def sample_tasks(
    dataset: Dataset | People | str | Path | None = None,
    setup: int | Sequence[int] = 0,
    n_demonstrations: int | None = None,
    *,
    protocol: Protocol | str | None = None,
    splits: Sequence[str] = EVALUATION_SPLITS,
    too_few: TooFew = "error",
    catalog: Catalog | str | Path | None = None,
) -> Dataset:
    """Draw tasks: what each person is shown and asked.

    Args:
        dataset: a build's folder (None for the default one), `People`, or rows of the `refined` config as
            `load_dataset` gives them, for instance from the Hub; of such rows all are taken, whatever the split.
        setup: 0, 1 or 2, or several.
        n_demonstrations: statements shown of each person; None for as many as the dataset was built for (200 of
            wave 7).
        protocol: a `Protocol`, or "ours" or "paper"; None for the one the dataset was built by.
        splits: whose tasks.
        too_few: what becomes of persons with fewer answers to show: "error", "leave_out", or "fewer".
        catalog: the catalog the dataset was built with, where that is not a shipped one.

    Returns:
        One row a person and setup, with the columns of the `tasks` config.

    Raises:
        SamplingError: an unknown setup, category or protocol; a person with too few answers; no training persons
            for the informative order.
        BuildError: no such dataset, or another catalog.
    """
    from datasets import Dataset

    if isinstance(dataset, Dataset):
        people = people_of(dataset, catalog=catalog)
        rows = np.arange(len(people))
    else:
        people = dataset if isinstance(dataset, People) else read_people(dataset, catalog=catalog)
        unknown = [split for split in splits if split not in SPLITS]
        if unknown:
            raise SamplingError(f"no split {unknown[0]!r}; there are {', '.join(SPLITS)}")
        rows = people.rows_of(*splits)
    setups = tuple(dict.fromkeys((setup,) if isinstance(setup, int | np.integer) else setup))
    size = shown_by_default(people.catalog) if n_demonstrations is None else n_demonstrations
    drawn = draw_setups(people, rows, setups, size, chosen_protocol(protocol, people.protocol), too_few)
    if not drawn:
        raise SamplingError(f"no setup was asked for; there are {', '.join(map(str, SETUPS))}")
    chosen = people.take(rows)
    table = task_table(people.catalog, [(tasks, _columns(chosen, tasks)) for tasks in drawn])
    return Dataset(table)


def draw_setups(
    people: People,
    rows: NDArray[np.intp],
    setups: Sequence[int],
    n_demonstrations: int,
    protocol: Protocol = OURS,
    too_few: TooFew = "error",
) -> tuple[Tasks, ...]:
    """Tasks of some persons in several setups; their `rows` count in `people.take(rows)`.

    The informative order is computed on the training persons, at the polar granularity.

    Raises:
        SamplingError: as `draw_tasks` and `informative_order` do.
    """
    training = people.rows_of("train")
    ids, answered = people.person_ids[rows], people.answered[:, rows]
    drawn = []
    for setup in setups:
        ranking = None
        if protocol.order == "informative" and n_demonstrations:
            ranking = informative_order(people.catalog, people.polar[:, training], setup, protocol=protocol)
        drawn.append(
            draw_tasks(
                people.catalog,
                answered,
                ids,
                setup=setup,
                n_demonstrations=n_demonstrations,
                protocol=protocol,
                ranking=ranking,
                too_few=too_few,
            )
        )
    return tuple(drawn)


def _columns(people: People, tasks: Tasks) -> dict[str, pa.Array]:
    catalog, wave = people.catalog, people.catalog.wave
    persons = {
        "person_id": pa.array(people.person_ids[tasks.rows].tolist(), pa.string()),
        "wave": pa.array([people.identity.wave] * len(tasks), pa.string()),
        "synthetic": pa.array([people.identity.synthetic] * len(tasks)),
        "country": label_column(catalog, wave.country_demographic, people.demographics[:, tasks.rows]),
        "continent": label_column(catalog, wave.continent_demographic, people.demographics[:, tasks.rows]),
    }
    return task_columns(catalog, tasks, {g: people.of(g) for g in GRANULARITIES}, persons)
