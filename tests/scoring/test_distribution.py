"""Groups' predicted distributions against the answers they gave."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from indievaluecatalog.dataset.people import People
from indievaluecatalog.scoring.cells import Cells, lay_out
from indievaluecatalog.scoring.distribution import distribution_match
from indievaluecatalog.scoring.ranks import option_ranks
from tests.scoring.conftest import Said, first_option, guessing, results_of, right


def shares(truth: NDArray[np.int8], sizes: NDArray[np.int64]) -> Said:
    """The group's own distribution of answers, said of every person."""
    options = np.arange(sizes.max())
    counts = ((truth[..., None] == options) & (truth >= 0)[..., None]).sum(axis=0)
    each = np.broadcast_to(counts / counts.sum(axis=1, keepdims=True), (*truth.shape, len(options)))
    return np.zeros_like(truth), each


@pytest.mark.parametrize("weighted", [True, False])
def test_the_truth_matches_wholly(people: People, weighted: bool) -> None:
    cells = lay_out(results_of(people, right), people)
    weights = np.linspace(0.5, 2, len(people)) if weighted else None
    for found in distribution_match(cells, "w" if weighted else None, weights).values():
        every = (found.overall, found.mean_over_countries, *found.by_country, *found.by_item)
        assert [match.total_variation for match in every] == pytest.approx([0] * len(every), abs=1e-12)
        ordered = [match.wasserstein for match in every if match.wasserstein is not None]
        assert ordered == pytest.approx([0] * len(ordered), abs=1e-12)
        assert 0 < len(ordered) < len(every)
        assert found.weight == ("w" if weighted else None)


def test_a_group_can_match_where_no_person_does(people: People) -> None:
    cells = lay_out(results_of(people, shares), people)
    for found in distribution_match(cells).values():
        assert found.overall.total_variation == pytest.approx(0, abs=1e-6)
        assert found.overall.wasserstein == pytest.approx(0, abs=1e-6)
        assert found.mean_over_countries.total_variation > 0.1


def by_hand(cells: Cells, at: int, item: str, weights: NDArray[np.float64]) -> tuple[float, float | None]:
    """Total variation and Wasserstein of one item for named options, person by person."""
    catalog = cells.people.catalog
    row, granularity = list(catalog.items).index(item), cells.run.granularities[at]
    k = len(catalog.items[item].options(granularity))
    said, answered = np.zeros(k), np.zeros(k)
    for setup, probe in zip(*np.nonzero(cells.probes == row), strict=True):
        for person, weight in enumerate(weights):
            if cells.asked[at, setup, person, probe]:
                said[cells.prediction[at, setup, person, probe]] += weight
                answered[cells.truth[at, setup, person, probe]] += weight
    gap = said / said.sum() - answered / answered.sum()
    ranks = option_ranks(catalog.items[item], granularity)
    if ranks is None:
        return float(np.abs(gap).sum() / 2), None
    ordered = np.array([gap[ranks.index(rank)] for rank in range(k)])
    return float(np.abs(gap).sum() / 2), float(np.abs(np.cumsum(ordered)[:-1]).sum() / (k - 1))


def test_named_options_by_hand(people: People) -> None:
    cells = lay_out(results_of(people, first_option), people)
    weights = np.linspace(0, 2, len(people))
    for at, found in enumerate(distribution_match(cells, "w", weights).values()):
        assert len(found.by_item) == 108
        for match in found.by_item[::9]:
            variation, distance = by_hand(cells, at, match.name, weights)
            assert match.total_variation == pytest.approx(variation)
            assert match.wasserstein == pytest.approx(distance)
        everything = [match.total_variation for match in found.by_item]
        assert found.overall.total_variation == pytest.approx(np.mean(everything))
        assert found.overall.persons == len(people) - 1  # the first has weight 0


def test_a_country_is_scored_as_if_alone(people: People) -> None:
    cells = lay_out(results_of(people, guessing()), people)
    demographic = people.catalog.wave.country_demographic
    labels = [option.label for option in people.catalog.demographics[demographic].options]
    found = distribution_match(cells)["refined"]
    assert [match.name for match in found.by_country] == sorted(match.name for match in found.by_country)
    for match in found.by_country:
        rows = np.flatnonzero(people.demographic(demographic) == labels.index(match.name))
        alone = distribution_match(cells.take(rows))["refined"].overall
        assert match.persons == alone.persons == len(rows)
        assert match.total_variation == pytest.approx(alone.total_variation)
        assert match.wasserstein == pytest.approx(alone.wasserstein)
    mean = np.mean([match.total_variation for match in found.by_country])
    assert found.mean_over_countries.total_variation == pytest.approx(mean)


def test_unread_predictions_are_left_out_on_both_sides(people: People) -> None:
    def half(truth: NDArray[np.int8], sizes: NDArray[np.int64]) -> Said:
        return np.where(np.arange(len(truth))[:, None] % 2, truth, -1).astype(np.int8), None

    found = distribution_match(lay_out(results_of(people, half), people))["polar"]
    assert found.overall.persons == len(people) // 2
    assert found.overall.total_variation == pytest.approx(0, abs=1e-12)


def test_a_run_of_which_nothing_can_be_read_has_no_match(people: People) -> None:
    def nothing(truth: NDArray[np.int8], sizes: NDArray[np.int64]) -> Said:
        return np.full_like(truth, -1), None

    assert distribution_match(lay_out(results_of(people, nothing), people)) == {}


def test_equal_weights_are_no_weights(people: People) -> None:
    cells = lay_out(results_of(people, guessing()), people)
    plain, even = (
        distribution_match(cells)["polar"],
        distribution_match(cells, None, np.full(len(people), 7.0))["polar"],
    )
    assert even.overall.total_variation == pytest.approx(plain.overall.total_variation)
    assert even.overall.wasserstein == pytest.approx(plain.overall.wasserstein)


def test_persons_of_no_known_country_count_overall_only(people: People) -> None:
    demographics = people.demographics.copy()
    demographics[list(people.catalog.demographics).index(people.catalog.wave.country_demographic), :10] = -1
    some = replace(people, demographics=demographics)
    found = distribution_match(lay_out(results_of(some, guessing()), some))["polar"]
    assert found.overall.persons == len(people)
    assert found.mean_over_countries.persons == len(people) - 10
