"""The parts of the linear reasoner, each against a plain way to say the same."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.statistical import learn_heads, masks
from indievaluecatalog.reasoners.statistical.columns import Layout, columns_of, groups_of, indicators, layout_of
from indievaluecatalog.reasoners.statistical.factors import Factors, fit_factors, scores_of
from indievaluecatalog.reasoners.statistical.heads import PARTS, Heads, first_heads, layers_of, probabilities_of
from indievaluecatalog.reasoners.statistical.moments import Moments, moments_of


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Persons as columns, and twelve factors of them."""

    layout: Layout
    columns: NDArray[np.int16]
    moments: Moments
    factors: Factors


@pytest.fixture(scope="module")
def fitted(people: People) -> Fitted:
    layout = layout_of(people)
    columns = columns_of(people, layout)
    moments = moments_of(columns, layout)
    return Fitted(layout, columns, moments, fit_factors(moments, layout, 12))


def test_columns_are_the_refined_options_then_the_demographics(people: People) -> None:
    layout = layout_of(people)
    assert (layout.n_items, layout.n_item_columns) == (253, 929)
    columns = columns_of(people, layout)
    assert columns.shape == (1600, 253 + 31)
    row = list(people.catalog.items).index("Q164")
    given = people.refined[row] >= 0
    assert (columns[given, row] == layout.offsets[row] + people.refined[row][given]).all()
    assert (columns[~given, row] == -1).all()
    assert (indicators(columns, int(layout.offsets[-1])).sum(axis=1) == (columns >= 0).sum(axis=1)).all()


def test_rare_options_of_a_demographic_share_a_column(people: People) -> None:
    layout = layout_of(people)
    at = layout.demographics.index(people.catalog.wave.country_demographic)
    counts = np.bincount(columns_of(people, layout)[:, layout.n_items + at] - layout.group_columns.start)
    assert len(counts) == layout.widths[layout.n_items + at] < 67
    assert counts[:-1].min() >= 0.003 * len(people)
    held = np.unique(people.demographics[at])
    nowhere = {layout.pooled[at][option] for option in range(67) if option not in held}
    assert nowhere in ({-1}, {len(counts) - 1})
    assert (groups_of(columns_of(people, layout), layout) >= 0).all()


def test_a_survey_of_one_country_has_no_groups(people: People) -> None:
    at = list(people.catalog.demographics).index(people.catalog.wave.country_demographic)
    country = np.bincount(people.demographics[at]).argmax()
    one = people.take(np.flatnonzero(people.demographics[at] == country))
    layout = layout_of(one)
    columns = layout.group_columns
    assert columns.start == columns.stop
    assert (groups_of(columns_of(one, layout), layout) == -1).all()


def test_persons_of_another_catalog_are_refused(people: People) -> None:
    layout = replace(layout_of(people), catalog_digest="f" * 64)
    with pytest.raises(ReasonerError, match=r"trained on another catalog \(digest ffffffffffff\)"):
        columns_of(people, layout)


def test_moments_are_those_of_the_persons_who_answered_both(people: People) -> None:
    layout = layout_of(people)
    columns = columns_of(people, layout)
    moments = moments_of(columns, layout, prior=0)
    chosen = indicators(columns, int(layout.offsets[-1]))
    first, second = layout.offsets[3], layout.offsets[40] + 1
    both = (columns[:, 3] >= 0) & (columns[:, 40] >= 0)
    expected = np.cov(chosen[both, first], chosen[both, second], bias=True)[0, 1]
    assert moments.covariances[first, second] == pytest.approx(expected, abs=1e-6)
    assert moments.shares[first] == pytest.approx(chosen[columns[:, 3] >= 0, first].mean())


@pytest.mark.parametrize("share", [0.02, 0.3, 1.0])
def test_scores_solve_each_persons_own_system(fitted: Fitted, share: float) -> None:
    layout, factors = fitted.layout, fitted.factors
    assert factors.k == 12
    few = fitted.columns[:5]
    shown = np.random.default_rng(1).random(few.shape) < share
    found = scores_of(factors, few, shown)
    for person in range(len(few)):
        left, right = np.eye(12), np.zeros(12)
        for variable in np.flatnonzero(shown[person] & (few[person] >= 0)):
            roots = factors.roots[layout.offsets[variable] : layout.offsets[variable + 1]].astype(np.float64)
            left += roots.T @ roots
            right += factors.evidence[few[person, variable]]
        assert found[person] == pytest.approx(np.linalg.solve(left, right), abs=2e-4)


def test_of_whom_nothing_is_shown_nothing_is_said(fitted: Fitted) -> None:
    scores = scores_of(fitted.factors, fitted.columns[:3], np.zeros((3, fitted.columns.shape[1]), bool))
    assert not scores.any()


def test_gradients_are_those_of_the_loss(fitted: Fitted) -> None:
    """Each part's gradient against the change of the loss along it, measured."""
    random = np.random.default_rng(0)
    heads = first_heads(fitted.moments, fitted.layout, fitted.factors, 8, 0)
    heads = replace(heads, out=random.normal(0, 0.1, heads.out.shape).astype(np.float32))
    heads = replace(heads, group_out=random.normal(0, 0.1, heads.group_out.shape).astype(np.float32))
    batch = next(learn_heads._batches(fitted.factors, fitted.layout, fitted.columns[:200], 64, random))
    gradients = learn_heads._gradients(heads, batch, 3.0)

    def loss(now: Heads) -> float:
        found = probabilities_of(now, batch.scores).astype(np.float64)
        person, item = np.nonzero(batch.asked)
        answers = -np.log(found[person, batch.columns[person, item]]).sum()
        groups = layers_of(now, batch.scores).groups.astype(np.float64)
        known = np.flatnonzero(batch.groups >= 0)
        return float((answers - 3 * np.log(groups[known, batch.groups[known]]).sum()) / len(batch.scores))

    for name in PARTS:
        direction = gradients[name] / np.linalg.norm(gradients[name])
        step = 1e-2
        up = replace(heads, **{name: getattr(heads, name) + step * direction})
        down = replace(heads, **{name: getattr(heads, name) - step * direction})
        slope = (loss(up) - loss(down)) / (2 * step)
        assert slope == pytest.approx(np.linalg.norm(gradients[name]), rel=0.03), name


def test_probabilities_of_an_item_add_up_to_one(fitted: Fitted) -> None:
    heads = first_heads(fitted.moments, fitted.layout, fitted.factors, 4, 0)
    found = probabilities_of(heads, np.ones((3, 12), np.float32))
    assert np.add.reduceat(found, fitted.layout.offsets[:253], axis=1) == pytest.approx(1.0, abs=1e-5)


def test_masks_show_from_nothing_to_most() -> None:
    shown = masks.learning_masks(4_000, 250, 260, np.random.default_rng(0))
    items = shown[:, :250].sum(axis=1)
    assert 0.03 < (items == 0).mean() < 0.08
    assert items.max() <= 250 * (masks.MOST + 0.1)
    assert np.median(items) == pytest.approx(np.sqrt(masks.FEWEST * masks.MOST * 250), rel=0.25)
    demographics = shown[:, 250:].sum(axis=1)
    assert 0.45 < (demographics == 0).mean() < 0.6
    assert 0.2 < (demographics == 10).mean() < 0.35


def test_held_out_masks_show_as_many_as_asked_and_no_demographics() -> None:
    shown = masks.testing_masks(8, 100, 110, (10, 50), 0)
    assert shown.sum(axis=1).tolist() == [10, 50] * 4
    assert not shown[:, 100:].any()
    assert (shown == masks.testing_masks(8, 100, 110, (10, 50), 0)).all()
