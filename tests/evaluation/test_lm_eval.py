"""Tasks for lm-evaluation-harness: the folder says what it holds, and what comes back is what evaluate reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import EvaluationError, ResultsError
from indievaluecatalog.evaluation.evaluate import evaluate
from indievaluecatalog.evaluation.job import Job, prepare
from indievaluecatalog.evaluation.lm_eval_export import Exported, document_id, export_lm_eval
from indievaluecatalog.evaluation.lm_eval_import import results_from_lm_eval
from indievaluecatalog.evaluation.prompt_spec import PromptSpec
from indievaluecatalog.evaluation.request import ModelSpec, Request, Response
from indievaluecatalog.scoring.results import Results
from tests.evaluation.lm_eval_runs import logs_of, write_run


@pytest.fixture(scope="module")
def job(people: People) -> Job:
    prompt = PromptSpec(form="single", option_order="rotated")
    return prepare(people, prompt=prompt, n_demonstrations=4, setups=(1,), splits=("test", "train", "validation"))


@pytest.fixture(scope="module")
def exported(job: Job, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    return export_lm_eval(job, tmp_path_factory.mktemp("lm_eval") / "tasks")


@pytest.fixture(scope="module")
def chat(job: Job, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    return export_lm_eval(job, tmp_path_factory.mktemp("lm_eval") / "tasks", chat=True)


def documents(exported: Exported, granularity: str) -> list[dict[str, Any]]:
    lines = (exported.folder / f"{granularity}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def task(exported: Exported, name: str) -> dict[str, Any]:
    class Loader(yaml.SafeLoader):
        pass

    Loader.add_constructor("!function", lambda loader, node: f"function {loader.construct_scalar(node)}")
    return yaml.load((exported.folder / f"{name}.yaml").read_text("utf-8"), Loader)


@pytest.mark.parametrize("granularity", ["polar", "refined"])
def test_prompts_are_those_of_every_evaluation(job: Job, exported: Exported, chat: Exported, granularity: str) -> None:
    asked = {document_id(one): one for one in job.requests() if one.granularity == granularity}
    plain, messages = documents(exported, granularity), documents(chat, granularity)
    assert [one["id"] for one in plain] == [one["id"] for one in messages] == list(asked)
    for one, other in zip(plain, messages, strict=True):
        request = asked[one["id"]]
        assert one["prompt"] == request.plain()
        assert "system" not in one
        assert [other["system"], other["prompt"]] == [message["content"] for message in request.messages()]


def test_the_target_is_what_the_person_said(job: Job, exported: Exported) -> None:
    items = list(job.people.catalog.items)
    persons = job.people.person_ids.tolist()
    found = documents(exported, "refined")
    assert len({tuple(one["order"]) for one in found if len(one["order"]) == 4}) == 4, "the order should be rotated"
    for one in found:
        said = job.people.of("refined")[items.index(one["item"]), persons.index(one["person_id"])]
        option = job.people.catalog.items[one["item"]].refined[said]
        assert one["options"][one["target"]] == option.statement
        assert one["letters"] == list("ABCDEFGHIJ"[: len(one["options"])])


def test_a_task_names_its_documents_and_all_that_decides_them(job: Job, exported: Exported) -> None:
    found = task(exported, "indievaluecatalog_polar")
    assert found["custom_dataset"] == "function documents.load"
    assert found["dataset_kwargs"] == {"documents": "polar.jsonl"}
    assert (found["output_type"], found["doc_to_text"], found["num_fewshot"]) == ("multiple_choice", "prompt", 0)
    assert (found["doc_to_choice"], found["doc_to_target"]) == ("letters", "target")
    told = found["metadata"]
    assert told["dataset"] == job.people.identity.to_dict()
    assert told["protocol"]["digest"] == job.protocol.to_dict()["digest"]
    assert told["prompt"]["digests"] == {name: prompt.digest for name, prompt in job.prompts.items()}
    assert str(exported.folder) not in (exported.folder / "indievaluecatalog_polar.yaml").read_text("utf-8")


def test_groups_hold_the_tasks_of_both_granularities(exported: Exported) -> None:
    names = {file.stem for file in exported.folder.glob("indievaluecatalog_*.yaml")}
    grouped: set[str] = set()
    for variant in ("letter", "statement", "generate"):
        group = task(exported, f"group_{variant}")
        assert len(group["task"]) == 2
        grouped |= set(group["task"])
    assert grouped == names
    assert task(exported, "indievaluecatalog_polar_statement")["doc_to_choice"] == "options"
    written = task(exported, "indievaluecatalog_polar_generate")
    assert (written["output_type"], written["doc_to_target"]) == ("generate_until", "{{letters[target]}}")


def test_only_a_folder_for_chat_models_has_system_messages(exported: Exported, chat: Exported) -> None:
    assert "description" not in task(exported, "indievaluecatalog_polar")
    assert task(chat, "indievaluecatalog_polar")["description"] == "{{system}}"
    assert "--apply_chat_template" in (chat.folder / "README.md").read_text("utf-8")
    assert "--apply_chat_template" not in (exported.folder / "README.md").read_text("utf-8")


def test_the_folder_says_whose_answers_it_holds(job: Job, exported: Exported, tmp_path: Path) -> None:
    from dataclasses import replace

    flagged = {True: "**synthetic**", False: "holds answers of persons"}
    for synthetic, words in flagged.items():
        people = replace(job.people, identity=replace(job.people.identity, synthetic=synthetic))
        done = export_lm_eval(replace(job, people=people), tmp_path / str(synthetic))
        text = (done.folder / "README.md").read_text("utf-8")
        assert words in text
        assert flagged[not synthetic] not in text
        assert ("Do not pass" in text) == (not synthetic)


def test_what_cannot_be_exported(job: Job, people: People, exported: Exported) -> None:
    joint = prepare(people, n_demonstrations=4, setups=(1,), splits=("train", "test", "validation"))
    with pytest.raises(EvaluationError, match="single form"):
        export_lm_eval(joint, exported.folder / "joint")
    with pytest.raises(EvaluationError, match="is not empty"):
        export_lm_eval(job, exported.folder)


class Scripted:
    """Answers as the made-up run of lm_eval does."""

    spec = ModelSpec("scripted", "test")

    def __init__(self, answer: Callable[[Request], dict[str, Any]]) -> None:
        self._answer = answer

    def answer(self, requests: Any) -> Any:
        for key, request in requests:
            yield Response(key, **self._answer(request))


def rows(results: Results) -> list[tuple[Any, ...]]:
    plain = results.table.to_pylist()
    chances = [tuple(round(chance, 5) for chance in row["probabilities"] or ()) for row in plain]
    keys = ("person_id", "setup", "item", "granularity", "prediction")
    return sorted(
        (*(row[key] for key in keys[:4]), -1 if row["prediction"] is None else row["prediction"], chance)
        for row, chance in zip(plain, chances, strict=True)
    )


def test_likelihoods_come_back_as_evaluate_reads_them(job: Job, exported: Exported, tmp_path: Path) -> None:
    import math

    def likely(request: Request) -> dict[str, Any]:
        weights = [math.exp(log) for log in logs_of(document_id(request), len(request.slots[0].options))]
        return {"probabilities": (tuple(weight / sum(weights) for weight in weights),)}

    ours = evaluate(Scripted(likely), job, store=tmp_path / "run.sqlite").results
    found = results_from_lm_eval(exported.folder, write_run(tmp_path / "out", exported))
    assert rows(found) == rows(ours)
    assert found.run.prompt == ours.run.prompt
    assert found.run.protocol == ours.run.protocol
    assert (found.run.model, found.run.settings["kind"]) == ("tiny", "lm_eval")


@pytest.mark.parametrize("text", ["B", "I think it is (A).", "", "Who knows?"])
def test_written_answers_come_back_as_evaluate_reads_them(
    job: Job, exported: Exported, tmp_path: Path, text: str
) -> None:
    ours = evaluate(Scripted(lambda _: {"text": text}), job, store=tmp_path / "run.sqlite").results
    output = write_run(tmp_path / "out", exported, variant="generate", text=text)
    assert rows(results_from_lm_eval(exported.folder, output)) == rows(ours)


def test_a_part_of_the_tasks_gives_a_part_of_the_results(exported: Exported, tmp_path: Path) -> None:
    output = write_run(tmp_path / "out", exported, granularities=("polar",), limit=7)
    found = results_from_lm_eval(exported.folder, output)
    assert found.table.num_rows == 7
    assert found.run.granularities == ("polar",)


def test_secrets_and_paths_of_the_run_are_left_behind(exported: Exported, tmp_path: Path) -> None:
    arguments = {
        "pretrained": "/home/me/models/tiny",
        "dtype": "float32",
        "token": "hf_abc",
        "max_tokens": 5,
        "headers": {"x": "abc"},
        "client": {"api_key": "abc", "base_url": "https://me:abc@host/v1"},
    }
    found = results_from_lm_eval(exported.folder, write_run(tmp_path / "out", exported, arguments=arguments))
    kept = {"pretrained": "tiny", "dtype": "float32", "max_tokens": 5, "client": {"base_url": "https://host/v1"}}
    assert found.run.settings["model_args"] == kept
    assert "abc" not in json.dumps(found.run.to_dict()["settings"])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"sent": "Example: B\n\n{}"}, "sent another prompt"),
        ({"document": {"target": 9}}, "line 1: .* is no document of this folder"),
        ({"twice": True}, "is there twice"),
        ({"samples": False}, "--log_samples"),
        ({"cut": True}, "is no JSON"),
        ({"task": "hellaswag"}, "ran no task of this folder"),
    ],
)
def test_another_run_is_refused(exported: Exported, tmp_path: Path, changed: dict[str, Any], message: str) -> None:
    output = write_run(tmp_path / "out", exported, **changed)
    with pytest.raises(ResultsError, match=message):
        results_from_lm_eval(exported.folder, output)


def test_documents_that_were_changed_are_refused(job: Job, tmp_path: Path) -> None:
    done = export_lm_eval(job, tmp_path / "tasks")
    output = write_run(tmp_path / "out", done)
    with (done.folder / "polar.jsonl").open("a", encoding="utf-8") as file:
        file.write("\n")
    with pytest.raises(ResultsError, match=r"polar\.jsonl: is not as it was exported"):
        results_from_lm_eval(done.folder, output)


def test_a_folder_for_chat_models_wants_the_template(chat: Exported, tmp_path: Path) -> None:
    sent = "<|system|>{system}<|user|>{prompt}<|end|>"
    output = write_run(tmp_path / "with", chat, sent=sent, template="a template")
    assert results_from_lm_eval(chat.folder, output).table.num_rows == sum(chat.identity.rows.values())
    with pytest.raises(ResultsError, match="--apply_chat_template"):
        results_from_lm_eval(chat.folder, write_run(tmp_path / "without", chat, sent="{system}{prompt}"))
    output = write_run(tmp_path / "no system", chat, sent="<|user|>{prompt}<|end|>", template="a template")
    with pytest.raises(ResultsError, match="another prompt"):
        results_from_lm_eval(chat.folder, output)


def test_which_run_has_to_be_said(exported: Exported, tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"no results_\*.json"):
        results_from_lm_eval(exported.folder, tmp_path)
    with pytest.raises(ResultsError, match="no folder that `export-lm-eval` made"):
        results_from_lm_eval(tmp_path, tmp_path)
    first = write_run(tmp_path / "out", exported, date="2026-01-01")
    write_run(tmp_path / "out", exported, date="2026-01-02", limit=3)
    with pytest.raises(ResultsError, match=r"several runs; name one of .*results_2026-01-01\.json"):
        results_from_lm_eval(exported.folder, first)
    (second,) = first.rglob("results_2026-01-02.json")
    assert results_from_lm_eval(exported.folder, second).table.num_rows == 6
    write_run(tmp_path / "both", exported, date="2026-01-01", limit=3)
    both = write_run(tmp_path / "both", exported, date="2026-01-01", limit=2, variant="generate", text="A")
    with pytest.raises(ResultsError, match="several kinds of tasks; name one of letter, generate"):
        results_from_lm_eval(exported.folder, both)
    assert results_from_lm_eval(exported.folder, both, "generate").table.num_rows == 4
