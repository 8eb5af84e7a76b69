"""Naive Bayes: pairs counted right, evidence weighed by held-out training persons, the asked probe left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from indievaluecatalog.baselines import naive_bayes
from indievaluecatalog.baselines.demographics import _joint
from indievaluecatalog.baselines.evidence import WEIGHTS, best_weight, log_ratios, posterior
from indievaluecatalog.baselines.given import Given
from indievaluecatalog.baselines.pairs import pair_counts, sums_by_item
from indievaluecatalog.baselines.run import run_baseline, training_people
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.catalog.probes import probe_setup
from indievaluecatalog.sampling.protocol import PAPER
from indievaluecatalog.sampling.tasks import draw_tasks
from indievaluecatalog.scoring.cells import lay_out
from tests.baselines.conftest import MakePeople


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(1, 4), st.integers(0, 30))
def test_pairs_are_counted_one_by_one(seed: int, items: int, others: int, persons: int) -> None:
    rng = np.random.default_rng(seed)
    sizes, other_sizes = rng.integers(1, 5, items), rng.integers(1, 5, others)
    left = np.stack([rng.integers(-1, size, persons) for size in sizes])
    right = np.stack([rng.integers(-1, size, persons) for size in other_sizes])
    expected = [
        [sum((a == v) & (b == o)) for b, width in zip(right, other_sizes, strict=True) for o in range(width)]
        for a, size in zip(left, sizes, strict=True)
        for v in range(size)
    ]
    made = pair_counts(left, np.arange(items), sizes, right, other_sizes)
    np.testing.assert_array_equal(made, np.array(expected, float))
    np.testing.assert_array_equal(_joint(left, sizes, right, other_sizes), made)
    assert sums_by_item(made, sizes, axis=0).shape == (items, int(other_sizes.sum()))
    assert sums_by_item(made, sizes, axis=0).sum() == made.sum()


def test_nothing_known_is_no_evidence() -> None:
    observed, expected = np.array([[0.0, 3.0, 0.0, 8.0]]), np.array([[0.0, 3.0, 2.0, 4.0]])
    np.testing.assert_allclose(log_ratios(observed, expected, 0.0), [[0, 0, 0, np.log(2)]])
    np.testing.assert_allclose(log_ratios(observed, expected, 2.0), [[0, 0, np.log(0.5), np.log(10 / 6)]])


def test_the_weight_is_high_for_true_evidence_and_none_for_noise() -> None:
    rng = np.random.default_rng(0)
    answers = rng.integers(0, 2, (3, 400)).astype(np.int8)
    prior = np.log(np.full((3, 2), 0.5))
    true = np.where(answers.T[..., None] == np.arange(2), 3.0, 0.0)
    assert best_weight(prior, true, answers) == WEIGHTS[-1]
    assert best_weight(prior, rng.normal(size=true.shape) * 9, answers) == 0.0
    assert best_weight(prior, true, np.full_like(answers, -1)) == 0.0
    assert posterior(prior, true, 0.0).tolist() == np.full((400, 3, 2), 0.5).tolist()


def test_what_always_goes_together_is_learned(make_people: MakePeople, catalog: Catalog) -> None:
    people = make_people(persons=300, evaluation=20)
    items = list(catalog.items)
    at = items.index(probe_setup(catalog, 0)[0])
    twins = [items.index(name) for name in items if name not in probe_setup(catalog, 0)][:20]
    changed = replace(people, refined=people.refined.copy(), polar=people.polar.copy())
    said = np.random.default_rng(1).integers(0, 2, len(people))
    changed.polar[[at, *twins]] = changed.refined[[at, *twins]] = said
    cells = lay_out(run_baseline("naive-bayes", changed, n_demonstrations=150, setups=(0,)), changed)
    assert (cells.prediction == cells.truth)[..., 0].mean() > 0.95


def test_evidence_is_that_of_what_is_shown_with_each_probe(make_people: MakePeople) -> None:
    people = make_people(persons=80)
    evaluation = people.take(people.rows_of("validation", "test"))
    tasks = draw_tasks(
        people.catalog, evaluation.answered, evaluation.person_ids, setup=1, n_demonstrations=100, protocol=PAPER
    )
    asked = Given(
        training_people(people, PAPER), evaluation, tasks, "polar", {"smoothing": 2.0, "demonstrations": "same"}
    )
    fit = naive_bayes._fit(asked, naive_bayes._counts(asked, slice(None)))
    made = naive_bayes._evidence(asked, fit, evaluation.polar, tasks)
    for probe in range(len(tasks.probes)):
        shown = replace(tasks, demonstrations=tasks.shown_to(probe))
        assert not (shown.demonstrations == tasks.probes[probe]).any()
        alone = naive_bayes._evidence(asked, fit, evaluation.polar, shown)
        np.testing.assert_allclose(made[:, probe], alone[:, probe], atol=1e-4)
