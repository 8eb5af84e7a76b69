"""Which answers resemblance compares, as packed bits, following the protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.baselines.agreement import packed
from indievaluecatalog.baselines.given import Given, shown_items
from indievaluecatalog.catalog.model import Granularity
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.errors import SamplingError


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Bits of m training persons, shape (words, m), and of n persons, (words, n); `most` is the highest agreement."""

    training: NDArray[np.uint64]
    persons: NDArray[np.uint64]
    most: int


def compared_statements(given: Given) -> Compared:
    """The answers that agreement counts.

    Of each evaluation person those shown as demonstrations, or with neighbours_see="all_others" all outside the
    setup's probes. A missing answer agrees with nothing, or with missing="counted" with another missing one.

    Raises:
        SamplingError: demonstrations that differ from probe to probe.
    """
    tasks, protocol = given.tasks, given.tasks.protocol
    items = list(given.training.catalog.items.values())
    if protocol.neighbours_see == "all_others":
        shown = np.ones((len(tasks), len(items)), np.bool_)
        shown[:, tasks.probes] = False
    elif protocol.exclude == "asked" and tasks.n_demonstrations:
        raise SamplingError(
            f"the protocol {protocol.name!r} shows other demonstrations with each probe (exclude='asked'), and "
            f"resemblance compares one list a person: use exclude='setup', or neighbours_see='all_others'"
        )
    else:
        shown = shown_items(tasks.demonstrations, len(items))
    granularity = demonstration_granularity(given)
    used = np.flatnonzero(shown.any(axis=0))
    sizes = np.array([len(items[at].options(granularity)) for at in used], dtype=np.int64)
    training = given.training.of(granularity)[used]
    persons = given.evaluation.of(granularity)[used]
    if protocol.missing == "counted":
        training = with_missing(training, sizes)
        persons = with_missing(persons, sizes)
        sizes = sizes + 1
    persons = np.where(shown[:, used].T, persons, NO_OPTION)
    return Compared(packed(training, sizes), packed(persons, sizes), len(used))


def demonstration_granularity(given: Given) -> Granularity:
    """At which granularity demonstrations are read: the probes' own, unless the settings name one."""
    wanted = given.settings["demonstrations"]
    if wanted == "refined":
        return "refined"
    return "polar" if wanted == "polar" else given.granularity


def with_missing(codes: NDArray[np.int8], sizes: NDArray[np.integer[Any]]) -> NDArray[np.int8]:
    """Answers of shape (items, n) with a missing one as an option of its own, after the others."""
    return np.where(codes < 0, sizes[:, None], codes).astype(np.int8)
