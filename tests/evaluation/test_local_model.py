"""A local model answers requests: by likelihood or in words, from files that are here, and never by surprise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation import likelihood, local_model
from indievaluecatalog.evaluation.local_files import find_files
from indievaluecatalog.evaluation.local_model import LocalModel
from indievaluecatalog.evaluation.request import Request, Response, Slot
from tests.evaluation.tiny_model import TEMPLATE, save_tiny_model, statements

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("tiny"), statements(catalog), template=TEMPLATE)


@pytest.fixture(scope="module")
def asked(catalog: Catalog) -> list[tuple[str, Request]]:
    """Three questions to each of two persons."""
    made = []
    for person in range(2):
        known = "\n".join(statements(catalog)[person * 10 : person * 10 + 10])
        for at, item in enumerate(list(catalog.items.values())[30:33]):
            options = tuple(option.statement for option in item.refined)
            slot = Slot(f"P{at}", item.id, options, tuple(range(len(options))))
            shown = "\n".join(f"{letter}. {option}" for letter, option in zip(slot.letters, options, strict=True))
            question = f"Which one?\n{shown}\nAnswer:"
            request = Request(f"p{person}", 0, "refined", "single", (slot,), "Guess.", known, question)
            made.append((f"{person}-{at}", request))
    return made


def by_key(responses: Iterable[Response]) -> dict[str, Response]:
    found = list(responses)
    assert len({response.key for response in found}) == len(found)
    return {response.key: response for response in found}


def assert_same(found: dict[str, Response], expected: dict[str, Response], by: float = 1e-4) -> None:
    assert set(found) == set(expected)
    for key, response in found.items():
        assert response.probabilities is not None
        assert response.probabilities[0] == pytest.approx((expected[key].probabilities or ((),))[0], abs=by)


@pytest.mark.parametrize("answer", ["letter", "statement"])
def test_probabilities_are_the_same_with_and_without_sharing_and_batches(
    folder: Path, asked: list[tuple[str, Request]], answer: Any
) -> None:
    plain = by_key(LocalModel(folder, answer=answer, share_prefix=False, batch_tokens=1, device="cpu").answer(asked))
    model = LocalModel(folder, answer=answer, device="cpu")
    found = by_key(model.answer(asked))
    assert model.shares_prefix
    assert_same(found, plain)
    assert set(found) == {key for key, _ in asked}
    for key, request in asked:
        (values,) = found[key].probabilities or ((),)
        assert len(values) == len(request.slots[0].options)
        assert sum(values) == pytest.approx(1)
        assert found[key].text == ""
        assert found[key].error == ""
    assert found["0-0"].cached_tokens == 0
    assert 0 < (found["0-1"].cached_tokens or 0) < (found["0-1"].prompt_tokens or 0)


def test_letter_and_statement_and_length_are_different_questions(
    folder: Path, asked: list[tuple[str, Request]]
) -> None:
    letter, statement, normalised = (
        by_key(LocalModel(folder, device="cpu", **choice).answer(asked[:1]))["0-0"].probabilities
        for choice in ({}, {"answer": "statement"}, {"answer": "statement", "normalise": "tokens"})
    )
    assert len({letter, statement, normalised}) == 3


def test_the_joint_form_is_refused_in_likelihood_mode(folder: Path, asked: list[tuple[str, Request]]) -> None:
    joint = replace(asked[0][1], form="joint")
    with pytest.raises(EvaluationError, match=r"single form, or mode='generate'"):
        list(LocalModel(folder, device="cpu").answer([("a", joint)]))


def test_a_prompt_longer_than_the_window_is_an_answer_that_says_so(
    folder: Path, asked: list[tuple[str, Request]]
) -> None:
    long = replace(asked[0][1], context="I trust people. " * 600)
    found = by_key(LocalModel(folder, device="cpu").answer([("long", long), *asked[:1]]))
    assert found["long"].finish_reason == "length"
    assert str(found["long"].prompt_tokens)[:2] in found["long"].error
    assert "window has 1024" in found["long"].error
    assert found["long"].probabilities is None
    assert found["0-0"].probabilities
    written = by_key(LocalModel(folder, device="cpu", mode="generate", max_new_tokens=5).answer([("long", long)]))
    assert "5 of them for the answer" in written["long"].error


def test_memory_that_is_too_small_is_an_answer_that_says_so(
    folder: Path, asked: list[tuple[str, Request]], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, allowed = likelihood._batch, [2]

    def small(model: Any, prefix: Any, rows: Any, pad: int) -> Any:
        if len(rows) > allowed[0]:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return real(model, prefix, rows, pad)

    whole = by_key(LocalModel(folder, device="cpu").answer(asked))
    monkeypatch.setattr(likelihood, "_batch", small)
    assert_same(by_key(LocalModel(folder, device="cpu").answer(asked)), whole)
    allowed[0] = 0
    found = by_key(LocalModel(folder, device="cpu").answer(asked))
    assert set(found) == set(whole)
    assert {response.finish_reason for response in found.values()} == {"error"}
    assert "do not fit into the memory of cpu as float32, even alone" in found["1-2"].error


@pytest.mark.parametrize("chat", ["template", "plain"])
def test_written_answers_are_those_of_each_prompt_alone(
    folder: Path, asked: list[tuple[str, Request]], chat: Any
) -> None:
    """Prompts of several lengths are padded on the left; greedy writing gives what it gives without padding."""
    together = LocalModel(folder, mode="generate", max_new_tokens=6, device="cpu", chat=chat)
    alone = LocalModel(folder, mode="generate", max_new_tokens=6, device="cpu", chat=chat, batch_tokens=1)
    joint = replace(asked[0][1], form="joint", slots=tuple(request.slots[0] for _, request in asked[:3]))
    many = [*asked, ("joint", joint)]
    found, expected = by_key(together.answer(many)), by_key(alone.answer(many))
    assert {key: value.text for key, value in found.items()} == {key: value.text for key, value in expected.items()}
    assert len({value.text for value in found.values()}) > 1
    for response in found.values():
        assert response.finish_reason == ("stop" if (response.completion_tokens or 0) < 6 else "length")
        assert response.probabilities is None


def test_writing_ends_at_a_stop_text(folder: Path, asked: list[tuple[str, Request]]) -> None:
    free = LocalModel(folder, mode="generate", max_new_tokens=12, device="cpu")
    (before,) = free.answer(asked[:1])
    mark = next(character for character in before.text[2:] if character.isascii() and character.isalpha())
    (after,) = LocalModel(folder, mode="generate", max_new_tokens=12, device="cpu", stop=(mark,)).answer(asked[:1])
    assert after.finish_reason == "stop"
    assert before.text.startswith(after.text)
    assert len(after.text) < len(before.text)
    assert mark in after.text


def test_the_identity_is_of_the_weights_and_the_choices(folder: Path, tmp_path: Path, catalog: Catalog) -> None:
    first = LocalModel(folder, device="cpu").spec
    moved = tmp_path / folder.name
    folder_copy(folder, moved)
    assert LocalModel(moved, device="cpu", batch_tokens=7).spec == first
    assert str(folder) not in str(first.to_dict())
    (moved / "tokenizer_config.json").write_text("{}", "utf-8")
    assert LocalModel(moved, device="cpu").spec != first
    for choice in (
        {"mode": "generate"},
        {"answer": "statement"},
        {"normalise": "tokens"},
        {"chat": "plain"},
        {"dtype": "bfloat16"},
    ):
        assert LocalModel(folder, device="cpu", **choice).spec != first
    assert set(LocalModel(folder, device="cpu").notes) == {"torch", "transformers", "device"}


def folder_copy(source: Path, target: Path) -> None:
    target.mkdir()
    for file in source.iterdir():
        (target / file.name).write_bytes(file.read_bytes())


def test_half_precision_is_near(folder: Path, asked: list[tuple[str, Request]]) -> None:
    exact = by_key(LocalModel(folder, device="cpu").answer(asked))
    half = LocalModel(folder, device="cpu", dtype="bfloat16")
    assert_same(by_key(half.answer(asked)), exact, by=0.15)
    assert half.shares_prefix


def test_unknown_device_and_dtype_are_refused(folder: Path) -> None:
    with pytest.raises(EvaluationError, match="no device 'cuda:77'"):
        _ = LocalModel(folder, device="cuda:77").spec
    with pytest.raises(EvaluationError, match="dtype is one of"):
        _ = LocalModel(folder, device="cpu", dtype="int3").spec


def test_a_cached_model_is_known_by_its_commit(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    snapshot = tmp_path / "snapshots" / commit
    snapshot.parent.mkdir()
    folder_copy(folder, snapshot)
    monkeypatch.setattr("huggingface_hub.snapshot_download", lambda *_, **__: str(snapshot))
    files = find_files("some/model", None, None, download=False)
    assert files.identity() == {"revision": commit}
    assert files.name == "some/model"
    assert LocalModel("some/model", device="cpu").context_window == 1024


def test_a_broken_folder_is_a_clear_error(folder: Path, tmp_path: Path, asked: list[tuple[str, Request]]) -> None:
    broken = tmp_path / "broken"
    folder_copy(folder, broken)
    (broken / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(EvaluationError, match="transformers cannot load it"):
        list(LocalModel(broken, device="cpu").answer(asked))


def test_what_all_persons_are_asked_alike_is_computed_once_and_answered_soon(
    folder: Path, asked: list[tuple[str, Request]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing is shown every prompt begins alike; a run that is stopped must not lose all of them."""
    real, computed, taken = local_model.log_probabilities, [], []

    def counting(model: Any, questions: Any, **others: Any) -> Any:
        computed.append(len(questions))
        return real(model, questions, **others)

    monkeypatch.setattr(local_model, "log_probabilities", counting)
    monkeypatch.setattr(local_model, "SCORED_AT_A_TIME", 4)
    same = [
        (f"{person}/{at}", replace(asked[at][1], person_id=f"p{person}", context=""))
        for person in range(5)
        for at in (0, 1, 2)
    ]
    answers = LocalModel(folder, device="cpu").answer(taken.append(key) or (key, one) for key, one in same)
    first = next(answers)
    assert len(taken) == 4
    found = by_key([first, *answers])
    assert computed == [3, 0, 0, 0]
    assert_same(found, by_key(LocalModel(folder, device="cpu", share_prefix=False).answer(same)))
    assert found["0/1"].probabilities == found["4/1"].probabilities != found["4/2"].probabilities
    assert [found[key].cached_tokens == 0 for key in ("0/0", "0/1", "4/0")] == [True, False, False]


def test_numbers_that_overflow_are_an_answer_that_says_so(
    folder: Path, asked: list[tuple[str, Request]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        local_model, "log_probabilities", lambda _, questions, **__: [(float("nan"),) * 4] * len(questions)
    )
    (found,) = LocalModel(folder, device="cpu").answer(asked[:1])
    assert found.finish_reason == "error"
    assert "person p0, setup 0, refined, P0" in found.error
    assert "overflow as float32: use another dtype" in found.error
    assert found.probabilities is None


def test_a_message_names_the_request_it_is_about(folder: Path, asked: list[tuple[str, Request]]) -> None:
    long = replace(asked[0][1], context="I trust people. " * 600)
    (found,) = LocalModel(folder, device="cpu").answer([("long", long)])
    assert found.error.startswith(f"person p0, setup 0, refined, P0 ({long.slots[0].item}): prompt and answer have")
    (found,) = LocalModel(folder, device="cpu", mode="generate").answer([("long", replace(long, form="joint"))])
    assert found.error.startswith("person p0, setup 0, refined: prompt and answer have")
