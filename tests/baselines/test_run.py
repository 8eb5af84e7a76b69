"""Running a baseline: who is learned from, what is hidden, what the results say of themselves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from indievaluecatalog.baselines.given import Given
from indievaluecatalog.baselines.listing import BASELINES, Baseline
from indievaluecatalog.baselines.run import run_baseline, run_together, training_people
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.catalog.probes import probe_setup
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.dataset.people import People
from indievaluecatalog.dataset.splits import TEST
from indievaluecatalog.errors import SamplingError
from indievaluecatalog.sampling.protocol import OURS, PAPER, Protocol
from indievaluecatalog.scoring.cells import lay_out
from indievaluecatalog.scoring.results import Results
from tests.baselines.conftest import MakePeople

SETTLED = [one for one in BASELINES if one.name != "truth"]
EACH = pytest.mark.parametrize("baseline", SETTLED, ids=lambda one: one.name)


def rows(results: Results) -> list[dict[str, object]]:
    return sorted(results.table.to_pylist(), key=lambda r: (r["person_id"], r["setup"], r["item"], r["granularity"]))


@EACH
def test_every_task_is_predicted_and_probabilities_are_distributions(
    make_people: MakePeople, baseline: Baseline
) -> None:
    people = make_people()
    cells = lay_out(run_baseline(baseline.name, people, n_demonstrations=40), people)
    assert cells.coverage.complete
    assert cells.coverage.tasks == 6 * 3 * 39 * 2
    assert cells.probabilities is not None
    np.testing.assert_allclose(cells.probabilities.sum(axis=-1), 1, atol=1e-5)
    if baseline.decision == "option":
        np.testing.assert_array_equal(cells.probabilities.argmax(axis=-1), cells.prediction)


@EACH
@pytest.mark.parametrize("protocol", [OURS, PAPER], ids=lambda one: one.name)
def test_answers_to_the_probes_change_nothing(
    make_people: MakePeople, baseline: Baseline, protocol: Protocol, catalog: Catalog
) -> None:
    people, setup = make_people(), 1
    probes = [list(catalog.items).index(item) for item in probe_setup(catalog, setup)]
    changed = replace(people, refined=people.refined.copy(), polar=people.polar.copy())
    evaluated = people.rows_of("validation", "test")
    # With exclude="asked" other probes are demonstrations, so one is changed at a time.
    each = [probes] if protocol.exclude == "setup" or not baseline.needs_demonstrations else [[at] for at in probes]
    before = rows(run_baseline(baseline.name, people, n_demonstrations=200, setups=(setup,), protocol=protocol))
    for some in each[:5]:
        for table, original in ((changed.refined, people.refined), (changed.polar, people.polar)):
            table[:] = original
            table[np.ix_(some, evaluated)] = np.where(original[np.ix_(some, evaluated)] == 0, 1, 0)
        after = rows(run_baseline(baseline.name, changed, n_demonstrations=200, setups=(setup,), protocol=protocol))
        names = {list(catalog.items)[at] for at in some}
        assert [r for r in after if r["item"] in names] == [r for r in before if r["item"] in names]


@EACH
def test_other_evaluation_persons_change_nothing(make_people: MakePeople, baseline: Baseline) -> None:
    people = make_people()
    alone = people.take(np.concatenate([people.rows_of("train"), people.rows_of("test")[:1]]))
    one = str(alone.person_ids[-1])
    together = [r for r in rows(run_baseline(baseline.name, people, n_demonstrations=30)) if r["person_id"] == one]
    for mine, theirs in zip(
        rows(run_baseline(baseline.name, alone, n_demonstrations=30, splits=("test",))), together, strict=True
    ):
        assert mine["prediction"] == theirs["prediction"]
        np.testing.assert_allclose(mine["probabilities"], theirs["probabilities"], atol=1e-5)


@EACH
def test_the_order_of_rows_changes_nothing(make_people: MakePeople, baseline: Baseline) -> None:
    people = make_people()
    mixed = people.take(np.random.default_rng(5).permutation(len(people)))
    assert rows(run_baseline(baseline.name, mixed, n_demonstrations=30)) == rows(
        run_baseline(baseline.name, people, n_demonstrations=30)
    )


@EACH
def test_the_run_says_what_was_seen(make_people: MakePeople, baseline: Baseline) -> None:
    people = make_people()
    run = run_baseline(baseline.name, people, n_demonstrations=30, setups=(2,), splits=("test",)).run
    assert (run.model, run.shown, run.sees_also) == (baseline.name, baseline.shown, "")
    assert run.n_demonstrations == (30 if baseline.needs_demonstrations else 0)
    assert run.settings == dict(baseline.settings)
    assert (run.splits, run.setups, run.dataset) == (("test",), (2,), people.identity)
    paper = run_baseline(baseline.name, people, n_demonstrations=30, setups=(2,), protocol=PAPER).run
    assert bool(paper.sees_also) == baseline.name.startswith("resemblance")


def test_together_they_say_what_they_say_alone(make_people: MakePeople) -> None:
    people = make_people()
    wanted = {one.name: None for one in SETTLED} | {"resemblance-k": {"k": 3, "demonstrations": "polar"}}
    for name, results in zip(wanted, run_together(wanted, people, n_demonstrations=30), strict=True):
        alone = run_baseline(name, people, n_demonstrations=30, settings=wanted[name])
        assert results.run == alone.run
        assert rows(results) == rows(alone)


def test_only_the_split_train_is_learned_from(make_people: MakePeople, catalog: Catalog) -> None:
    people = make_people()
    training = training_people(people, OURS)
    assert set(training.person_ids) == set(people.person_ids[people.rows_of("train")])
    every = replace(people, splits=np.full(len(people), TEST, np.int8))
    with pytest.raises(SamplingError, match="no persons of the split train"):
        run_baseline("majority", every)
    with pytest.raises(SamplingError, match="cannot be predicted too"):
        run_baseline("majority", people, splits=("train", "test"))
    with pytest.raises(SamplingError, match="no persons of the split validation"):
        run_baseline("majority", people.take(people.rows_of("train", "test")), splits=("validation",))


def test_probes_are_hidden_from_predictors(make_people: MakePeople, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Given] = []
    baseline = next(one for one in BASELINES if one.name == "majority")

    def spy(given: Given) -> object:
        seen.append(given)
        return baseline.predict(given)

    monkeypatch.setattr("indievaluecatalog.baselines.run.named_baseline", lambda name: replace(baseline, predict=spy))
    run_baseline("majority", make_people())
    assert len(seen) == 6
    for given in seen:
        assert (given.evaluation.refined[given.tasks.probes] == NO_OPTION).all()
        assert (given.evaluation.polar[given.tasks.probes] == NO_OPTION).all()
        assert given.tasks.asked.all()


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("best", None, "no baseline 'best'; there are random, majority"),
        ("majority", {"k": 3}, "has no setting 'k'; it has none"),
        ("resemblance-k", {"k": 0}, "a whole number of 1 or more, not 0"),
        ("resemblance-k", {"k": 2.5}, "a whole number"),
        ("resemblance-k", {"demonstrations": "coarse"}, "one of same, refined, polar"),
        ("naive-bayes", {"smoothing": -1}, "a number of 0 or more"),
    ],
)
def test_what_cannot_be_is_refused(
    make_people: MakePeople, name: str, settings: dict[str, object] | None, message: str
) -> None:
    with pytest.raises(SamplingError, match=message):
        run_baseline(name, make_people(), settings=settings)


def test_names_are_unique_and_described() -> None:
    assert len({one.name for one in BASELINES}) == len(BASELINES)
    assert all(one.describes and "\n" not in one.describes for one in BASELINES)


def test_informative_demonstrations_and_progress(make_people: MakePeople, catalog: Catalog) -> None:
    people: People = make_people()
    stages: list[tuple[str, float]] = []
    results = run_baseline(
        "resemblance-k",
        people,
        n_demonstrations=10,
        setups=(0,),
        protocol=Protocol(order="informative", only_categories=catalog.categories[3:6]),
        progress=lambda stage, done: stages.append((stage, done)),
    )
    assert lay_out(results, people).coverage.complete
    assert stages[-1] == ("done", 1.0)
    assert [done for _, done in stages] == sorted(done for _, done in stages)


def test_too_few_answers_are_an_error(make_people: MakePeople) -> None:
    with pytest.raises(SamplingError, match="too few answers"):
        run_baseline("naive-bayes", make_people(), n_demonstrations=250)
