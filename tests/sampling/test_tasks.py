"""What a person is shown and asked depends on the seed, the person and the item, and on nothing else."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.catalog.probes import SETUPS, probe_setup
from indievaluecatalog.errors import SamplingError
from indievaluecatalog.sampling import tasks as module
from indievaluecatalog.sampling.protocol import OURS, PAPER
from indievaluecatalog.sampling.tasks import NOT_SHOWN, demonstration_items, draw_tasks

PERSONS = 60
IDS = np.array([f"p{n}" for n in range(PERSONS)])


@pytest.fixture(scope="module")
def answered(catalog: Catalog) -> NDArray[np.bool_]:
    """Which items each of 60 persons answered, about 97 of 100."""
    return np.random.default_rng(0).random((len(catalog.items), PERSONS)) < 0.97


def ids_of(catalog: Catalog, positions: NDArray[np.int16]) -> list[str]:
    items = list(catalog.items)
    return [items[at] for at in positions if at != NOT_SHOWN]


@pytest.mark.parametrize("setup", SETUPS)
def test_never_a_probe_of_the_setup_never_twice_always_answered(
    catalog: Catalog, answered: NDArray[np.bool_], setup: int
) -> None:
    tasks = draw_tasks(catalog, answered, IDS, setup=setup, n_demonstrations=200)
    assert tasks.demonstrations.shape == (PERSONS, 200)
    assert ids_of(catalog, tasks.probes) == list(probe_setup(catalog, setup))
    for person, shown in enumerate(tasks.demonstrations):
        assert len(set(shown.tolist())) == 200
        assert not set(shown.tolist()) & set(tasks.probes.tolist())
        assert answered[shown, person].all()
    np.testing.assert_array_equal(tasks.asked, answered[tasks.probes].T)


@given(sizes=st.lists(st.integers(0, 195), min_size=2, max_size=4))
@settings(max_examples=20)
def test_smaller_sets_are_the_beginning_of_larger_ones(sizes: list[int]) -> None:
    catalog = load_catalog("wvs7")
    everything = np.ones((len(catalog.items), 8), np.bool_)
    drawn = [draw_tasks(catalog, everything, IDS[:8], n_demonstrations=size).demonstrations for size in sorted(sizes)]
    for smaller, larger in itertools.pairwise(drawn):
        np.testing.assert_array_equal(smaller, larger[:, : smaller.shape[1]])


@given(order=st.permutations(range(PERSONS)), kept=st.integers(1, PERSONS))
@settings(max_examples=20)
def test_neither_the_order_of_persons_nor_the_others_matter(order: list[int], kept: int) -> None:
    catalog = load_catalog("wvs7")
    answered = np.random.default_rng(1).random((len(catalog.items), PERSONS)) < 0.97
    whole = draw_tasks(catalog, answered, IDS, n_demonstrations=100)
    rows = np.array(order[:kept])
    part = draw_tasks(catalog, answered[:, rows], IDS[rows], n_demonstrations=100)
    np.testing.assert_array_equal(part.demonstrations, whole.demonstrations[rows])


def test_blocks_leave_no_trace(catalog: Catalog, answered: NDArray[np.bool_], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = draw_tasks(catalog, answered, IDS)
    monkeypatch.setattr(module, "BLOCK", 7)
    np.testing.assert_array_equal(draw_tasks(catalog, answered, IDS).demonstrations, whole.demonstrations)


def test_the_draw_is_fixed_for_all_time_and_machines(catalog: Catalog) -> None:
    """A change of these ten breaks every set of demonstrations that was ever passed on."""
    everything = np.ones((len(catalog.items), 1), np.bool_)
    tasks = draw_tasks(catalog, everything, np.array(["40-40070001-2018"]), n_demonstrations=10)
    assert ids_of(catalog, tasks.demonstrations[0]) == [
        "Q44",
        "Q89",
        "Q220",
        "Q215",
        "Q128",
        "Q72",
        "Q243",
        "Q179",
        "Q12",
        "Q119",
    ]


@pytest.mark.parametrize("hash_seed", ["0", "77"])
def test_another_process_draws_the_same(catalog: Catalog, hash_seed: str) -> None:
    program = (
        "import numpy as np\n"
        "from indievaluecatalog import load_catalog\n"
        "from indievaluecatalog.sampling.tasks import draw_tasks\n"
        "c = load_catalog('wvs7')\n"
        "t = draw_tasks(c, np.ones((len(c.items), 3), bool), np.array(['p0', 'p1', 'p2']), n_demonstrations=25)\n"
        "print(t.demonstrations.tolist())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    here = draw_tasks(catalog, np.ones((len(catalog.items), 3), np.bool_), IDS[:3], n_demonstrations=25)
    assert done.stdout.strip() == str(here.demonstrations.tolist())


def test_seeds_and_persons_draw_differently(catalog: Catalog, answered: NDArray[np.bool_]) -> None:
    first = draw_tasks(catalog, answered, IDS, n_demonstrations=50).demonstrations
    other = draw_tasks(catalog, answered, IDS, n_demonstrations=50, protocol=replace(OURS, seed=1)).demonstrations
    assert (first != other).any(axis=1).all()
    assert len({tuple(row) for row in first.tolist()}) == PERSONS


def test_the_draw_is_uniform_over_eligible_items(catalog: Catalog) -> None:
    """Of 3,000 persons who answered all, each of 214 items is shown first, and among 50, equally often."""
    persons = 3_000
    ids = np.array([f"person {n}" for n in range(persons)])
    tasks = draw_tasks(catalog, np.ones((len(catalog.items), persons), np.bool_), ids, n_demonstrations=50)
    eligible = np.flatnonzero(demonstration_items(catalog, 0, OURS))
    assert len(eligible) == 253 - 39
    for shown, share in ((tasks.demonstrations[:, 0], 1 / 214), (tasks.demonstrations, 50 / 214)):
        counts = np.bincount(shown.ravel(), minlength=len(catalog.items))[eligible]
        expected = persons * share
        chi_square = float(((counts - expected) ** 2 / (expected * (1 - share))).sum()) * 213 / 214
        # 213 degrees of freedom: the middle 99.98% lies between 145 and 298.
        assert 145 < chi_square < 298
    # Neighbouring places are unrelated: the same pair is no more frequent than chance.
    pairs = np.unique(tasks.demonstrations[:, :2].astype(np.int32) @ [1000, 1], return_counts=True)[1]
    assert pairs.max() <= 5


def test_paper_leaves_out_only_the_asked_item(catalog: Catalog) -> None:
    everything = np.ones((len(catalog.items), PERSONS), np.bool_)
    tasks = draw_tasks(catalog, everything, IDS, n_demonstrations=200, protocol=PAPER)
    others = []
    for probe in range(39):
        shown = tasks.shown_to(probe)
        assert shown.shape == (PERSONS, 200)
        assert (shown != tasks.probes[probe]).all()
        assert (shown != NOT_SHOWN).all()
        assert all(len(set(row)) == 200 for row in shown.tolist())
        others.append(np.isin(shown, tasks.probes).sum(axis=1).mean())
    # 38 x 200/252 of the other probes stand among the demonstrations of one who answered everything.
    assert np.mean(others) == pytest.approx(38 * 200 / 252, abs=0.5)


def test_paper_draws_each_size_anew(catalog: Catalog, answered: NDArray[np.bool_]) -> None:
    small = draw_tasks(catalog, answered, IDS, n_demonstrations=50, protocol=PAPER).demonstrations
    large = draw_tasks(catalog, answered, IDS, n_demonstrations=100, protocol=PAPER).demonstrations
    assert (small[:, :50] != large[:, :50]).any(axis=1).all()


def test_siblings_can_be_left_out(catalog: Catalog, answered: NDArray[np.bool_]) -> None:
    probes = set(probe_setup(catalog, 0))
    siblings = {item for group in catalog.evaluation.siblings if probes & set(group) for item in group} - probes
    assert siblings == {"Q155"}
    with_them = demonstration_items(catalog, 0, OURS)
    without = demonstration_items(catalog, 0, replace(OURS, siblings="left_out"))
    assert {list(catalog.items)[at] for at in np.flatnonzero(with_them & ~without)} == siblings


def test_demonstrations_of_some_categories(catalog: Catalog, answered: NDArray[np.bool_]) -> None:
    only = replace(OURS, only_categories=("Security",))
    but = replace(OURS, without_categories=("Security",))
    shown = draw_tasks(catalog, answered, IDS, n_demonstrations=10, protocol=only)
    assert {catalog.items[i].category for i in ids_of(catalog, shown.demonstrations.ravel())} == {"Security"}
    hidden = draw_tasks(catalog, answered, IDS, n_demonstrations=150, protocol=but)
    assert "Security" not in {catalog.items[i].category for i in ids_of(catalog, hidden.demonstrations.ravel())}
    # What is left of the order is the order itself.
    both = draw_tasks(catalog, answered, IDS, n_demonstrations=200).demonstrations[0]
    kept = [i for i in ids_of(catalog, both) if catalog.items[i].category == "Security"][:10]
    assert ids_of(catalog, shown.demonstrations[0])[: len(kept)] == kept


def test_a_ranking_decides_the_informative_order(catalog: Catalog, answered: NDArray[np.bool_]) -> None:
    protocol = replace(OURS, order="informative")
    ranking = np.flatnonzero(demonstration_items(catalog, 0, protocol)).astype(np.int16)[::-1]
    tasks = draw_tasks(catalog, answered, IDS, n_demonstrations=20, protocol=protocol, ranking=ranking)
    for person in range(PERSONS):
        assert tasks.demonstrations[person].tolist() == [at for at in ranking if answered[at, person]][:20]
    with pytest.raises(SamplingError, match="needs a ranking"):
        draw_tasks(catalog, answered, IDS, protocol=protocol)


def test_persons_with_too_few_answers(catalog: Catalog) -> None:
    answered = np.ones((len(catalog.items), 3), np.bool_)
    answered[100:, 1] = False
    with pytest.raises(SamplingError, match=r"1 of 3 persons have too few answers for 200 .* person p1 has \d+"):
        draw_tasks(catalog, answered, IDS[:3])
    assert draw_tasks(catalog, answered, IDS[:3], too_few="leave_out").rows.tolist() == [0, 2]
    fewer = draw_tasks(catalog, answered, IDS[:3], too_few="fewer")
    there = fewer.demonstrations[1] != NOT_SHOWN
    assert 0 < there.sum() < 100
    assert there[: there.sum()].all()


@pytest.mark.parametrize("size", [0, 1, 213, 214])
def test_sizes_at_the_edges(catalog: Catalog, size: int) -> None:
    everything = np.ones((len(catalog.items), 2), np.bool_)
    assert draw_tasks(catalog, everything, IDS[:2], n_demonstrations=size).demonstrations.shape == (2, size)


def test_nobody_at_all(catalog: Catalog) -> None:
    tasks = draw_tasks(catalog, np.ones((len(catalog.items), 0), np.bool_), np.array([], dtype=np.str_))
    assert len(tasks) == 0
    assert tasks.demonstrations.shape == (0, 200)


def test_bad_requests_say_what_is_wrong(catalog: Catalog, answered: NDArray[np.bool_]) -> None:
    with pytest.raises(SamplingError, match="no setup 3; there are 0, 1, 2"):
        draw_tasks(catalog, answered, IDS, setup=3)
    with pytest.raises(SamplingError, match="cannot be negative: -1"):
        draw_tasks(catalog, answered, IDS, n_demonstrations=-1)
    with pytest.raises(SamplingError, match="no category 'Cooking'; the catalog has Social Values"):
        draw_tasks(catalog, answered, IDS, protocol=replace(OURS, only_categories=("Cooking",)))
    with pytest.raises(SamplingError, match="253 items by 5 persons"):
        draw_tasks(catalog, answered, IDS[:5])
    with pytest.raises(SamplingError, match="too_few is one of"):
        draw_tasks(catalog, answered, IDS, too_few="guess")  # type: ignore[arg-type]
