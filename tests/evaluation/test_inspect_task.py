"""The task of inspect, answered offline by baselines, gives the figures those have by themselves."""

from __future__ import annotations

import shutil
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("inspect_ai")

from indievaluecatalog.dataset.people import read_people
from indievaluecatalog.errors import EvaluationError, ResultsError, SamplingError
from indievaluecatalog.evaluation import inspect_provider
from indievaluecatalog.evaluation.inspect_job import Choices
from indievaluecatalog.evaluation.inspect_provider import baseline_results
from indievaluecatalog.evaluation.inspect_results import results_from_log
from indievaluecatalog.scoring.results import Results, read_results, write_results
from indievaluecatalog.scoring.score import score
from indievaluecatalog.scoring.scores import Scores
from tests.evaluation.inspect_runs import figures, run_task


@pytest.fixture
def dataset(larger_dataset: Path) -> Path:
    return larger_dataset


@pytest.fixture(autouse=True)
def own_data_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def scored(results: Results, dataset: Path) -> Scores:
    return score(results, dataset, partial=True, resamples=0)


def accuracy(results: Results, dataset: Path) -> dict[str, float]:
    return {name: one.strict.value for name, one in scored(results, dataset).accuracy.items()}


def rows(results: Results) -> set[tuple[Any, ...]]:
    return {tuple(row.values()) for row in results.table.drop_columns("probabilities").to_pylist()}


def test_the_package_is_found_by_inspect() -> None:
    (found,) = [one for one in entry_points(group="inspect_ai") if one.name == "indievaluecatalog"]
    assert found.value == "indievaluecatalog.evaluation.inspect_registry"


@pytest.mark.parametrize(
    ("model", "choices"),
    [
        ("majority", {}),
        ("resemblance-k", {"setups": "0,2", "option_order": "rotated"}),
        ("majority", {"form": "single", "setups": 1, "granularities": "refined", "option_order": "reversed"}),
    ],
)
def test_a_baseline_has_the_same_figures_in_inspect(
    dataset: Path, tmp_path: Path, model: str, choices: dict[str, Any]
) -> None:
    log = run_task(tmp_path, dataset, f"ivc/{model}", **choices)
    assert log.status == "success"
    named = Choices.from_dict({"dataset": dataset, "persons": 5, "demonstrations": 20, **choices})
    alone = baseline_results(model, named)
    expected = accuracy(alone, dataset)
    told = figures(log)
    assert told["unread"] == 0
    for name in named.granularities:
        assert told[name] == pytest.approx(expected[name], abs=1e-12)
    read = results_from_log(log.location)
    assert rows(read) == {row for row in rows(alone) if row[3] in named.granularities}
    assert read.run.setups == named.setups
    assert len(log.samples) == len({row[0] for row in rows(read)}) == 5


def test_results_of_a_log_are_written_and_scored_like_any(dataset: Path, tmp_path: Path) -> None:
    log = run_task(tmp_path, dataset, "ivc/resemblance-k", setups=0, more={"model_args": {"k": 7}})
    write_results(results_from_log(log.location, dataset), tmp_path / "run.parquet")
    again = read_results(tmp_path / "run.parquet")
    assert (again.run.model, again.run.settings["model_args"]) == ("ivc/resemblance-k", {"k": 7})
    assert again.run.prompt is not None
    assert scored(again, dataset).coverage.persons_predicted == 5


def test_the_index_is_that_of_our_scores(dataset: Path, tmp_path: Path) -> None:
    log = run_task(tmp_path, dataset, setups=0, persons=30)
    ours = scored(results_from_log(log.location), dataset).inequity
    for found in log.results.scores:
        metrics = {name.split("value_inequity_")[-1]: one.value for name, one in found.metrics.items()}
        assert ("plain" in metrics) == (found.name in ours)
        if found.name in ours:
            assert metrics["plain"] == pytest.approx(ours[found.name].plain)
            assert metrics["debiased"] == pytest.approx(ours[found.name].debiased.value)
    assert "mean" in ours, "thirty persons should form two groups of five somewhere"


def test_few_persons_have_no_index(dataset: Path, tmp_path: Path) -> None:
    log = run_task(tmp_path, dataset, setups=0, persons=3)
    assert all(set(found.metrics) == {"mean", "stderr"} for found in log.results.scores)


def test_answers_that_cannot_be_read_are_wrong_and_counted(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspect_provider, "baseline_answer", lambda *_: "I would rather not say.")
    log = run_task(tmp_path, dataset, setups=0)
    assert figures(log) == {"refined": 0, "polar": 0, "mean": 0, "unread": 1}
    results = results_from_log(log.location)
    assert results.table["prediction"].null_count == len(results.table) > 0


def test_a_sample_keeps_answers_out_of_its_metadata(dataset: Path, tmp_path: Path) -> None:
    log = run_task(tmp_path, dataset, setups=0, granularities="polar")
    sample = log.samples[0]
    assert set(sample.metadata) == {"demographics"}
    assert sample.target.startswith("setup 0, polar: P01=")
    assert "39 probes in 1 prompt" in sample.input
    noted = sample.messages[1].metadata["indievaluecatalog"]
    assert set(noted) == {"choices", "person_id", "setup", "granularity", "form", "slots"}
    explained = sample.scores["same_answers"].explanation
    assert f"{round(39 * sample.scores['same_answers'].value['polar'])} of 39 right" in explained


def test_a_run_that_broke_off_goes_on_where_it_stopped(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inspect_ai import eval_retry

    whole = run_task(tmp_path / "whole", dataset, setups=0)
    answer, calls = inspect_provider.baseline_answer, [0]

    def breaks(*args: Any) -> str:
        calls[0] += 1
        if calls[0] == 6:
            raise RuntimeError("the line is down")
        return answer(*args)

    monkeypatch.setattr(inspect_provider, "baseline_answer", breaks)
    broken = run_task(tmp_path / "broken", dataset, setups=0, more={"max_samples": 1})
    assert broken.status == "error"
    part = results_from_log(broken.location)
    assert rows(part) < rows(results_from_log(whole.location))
    assert not scored(part, dataset).coverage.complete
    calls[0] = 100
    (done,) = eval_retry(broken, log_dir=str(tmp_path / "again"), display="none")
    assert done.status == "success"
    assert calls[0] - 100 == 2 * 3, "two persons were done, so that three of five are asked again"
    assert figures(done) == figures(whole)
    assert rows(results_from_log(done.location)) == rows(results_from_log(whole.location))


def test_a_recovered_log_has_lost_the_stores_of_its_samples(dataset: Path, tmp_path: Path) -> None:
    """So `inspect log recover` leaves it; a score without its answers would be a person silently left out."""
    from inspect_ai.log import write_eval_log

    log = run_task(tmp_path, dataset, setups=0, persons=2)
    whole = rows(results_from_log(log.location))
    for sample in log.samples:
        sample.store = {}
    write_eval_log(log, tmp_path / "recovered.eval")
    assert rows(results_from_log(tmp_path / "recovered.eval")) == whole
    log.samples[0].scores["same_answers"].metadata = None
    write_eval_log(log, tmp_path / "recovered.eval")
    with pytest.raises(ResultsError, match="does not hold the answers"):
        results_from_log(tmp_path / "recovered.eval")


def test_a_log_of_something_else_is_refused(dataset: Path, tmp_path: Path) -> None:
    log = run_task(tmp_path, dataset, setups=0, persons=1)
    others = Path(shutil.copytree(dataset, tmp_path / "others"))
    digest = read_people(dataset).identity.digest
    for file in (path for path in others.rglob("*.json") if digest in path.read_text("utf-8")):
        file.write_text(file.read_text("utf-8").replace(digest, digest[::-1]), "utf-8")
    with pytest.raises(ResultsError, match="of another dataset"):
        results_from_log(log.location, others)
    with pytest.raises(ResultsError, match="no such file"):
        results_from_log(tmp_path / "none.eval")
    (tmp_path / "notes.eval").write_text("notes", "utf-8")
    with pytest.raises(ResultsError, match="cannot be read"):
        results_from_log(tmp_path / "notes.eval")


def test_models_that_cannot_answer_are_refused() -> None:
    import asyncio

    from inspect_ai.model import get_model

    from indievaluecatalog.evaluation import inspect_registry

    assert inspect_registry.ivc
    with pytest.raises(EvaluationError, match="names no option"):
        get_model("ivc/random")
    with pytest.raises(SamplingError, match="no baseline"):
        get_model("ivc/clever")
    with pytest.raises(EvaluationError, match="individual_values only"):
        asyncio.run(get_model("ivc/majority").generate("Hello?"))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"setups": "first"}, "setups are some of"),
        ({"granularities": "coarse"}, "granularities are some of"),
        ({"colour": "red"}, "no parameter colour"),
    ],
)
def test_parameters_that_cannot_be(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        Choices.from_dict(wrong)


def test_parameters_as_a_command_line_gives_them() -> None:
    one = Choices.from_dict({"setups": 1, "splits": "test", "granularities": "polar"})
    assert (one.setups, one.splits, one.granularities) == ((1,), ("test",), ("polar",))
    two = Choices.from_dict({"setups": "0, 2", "splits": ["validation", "test"]})
    assert (two.setups, two.splits) == ((0, 2), ("validation", "test"))
    assert Choices.from_dict(two.to_dict()) == two
