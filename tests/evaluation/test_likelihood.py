"""Options by likelihood: what is computed once, or side by side, changes nothing; each answer follows its prompt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.evaluation.chat_format import PromptFormat, Question, common_lines
from indievaluecatalog.evaluation.likelihood import log_probabilities, probabilities
from indievaluecatalog.evaluation.local_files import ModelFiles, load
from indievaluecatalog.evaluation.memory_batches import BatchSize, TooLargeError, in_batches
from indievaluecatalog.evaluation.prefix_cache import NOTHING, can_share, common_length, extended
from indievaluecatalog.evaluation.request import Request, Slot
from tests.evaluation.tiny_model import NO_SYSTEM, TEMPLATE, save_tiny_model, statements

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

QUESTIONS = (
    Question((0, 50, 60, 70, 80, 90, 91), ((100,), (101,), (102,))),
    Question((0, 50, 60, 70, 80, 33), ((100, 7), (100, 8, 9), (101,))),
    Question((0, 50, 60, 70, 81, 5, 6, 7, 8, 9), ((100,), (44, 45, 46, 47))),
    Question((0, 50, 60), ((70, 80), (70, 80, 33))),
)
"""Prompts of several lengths that begin alike; answers of one and of several tokens; one answer begins another."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("tiny"), statements(catalog))


@pytest.fixture(scope="module")
def loaded(folder: Path) -> tuple[Any, Any]:
    return load(ModelFiles("tiny", folder), "cpu", "float32")


def one_by_one(model: Any, question: Question) -> list[float]:
    """Each answer alone: the whole sequence, no cache, no padding, no batch."""
    found = []
    for answer in question.answers:
        ids = torch.tensor([question.prompt + answer])
        with torch.no_grad():
            logs = torch.log_softmax(model(input_ids=ids, use_cache=False).logits[0].float(), dim=-1)
        start = len(question.prompt) - 1
        found.append(sum(float(logs[start + step, token]) for step, token in enumerate(answer)))
    return found


@pytest.mark.parametrize("share", [True, False])
@pytest.mark.parametrize("tokens", [1, 30, 10_000])
def test_shared_prefix_batches_and_padding_change_nothing(loaded: tuple[Any, Any], share: bool, tokens: int) -> None:
    found = log_probabilities(loaded[0], QUESTIONS, size=BatchSize(tokens), pad=2, share=share)
    for question, values in zip(QUESTIONS, found, strict=True):
        assert values == pytest.approx(one_by_one(loaded[0], question), abs=1e-4)


def test_the_tiny_model_tells_answers_apart(loaded: tuple[Any, Any]) -> None:
    """Else the test above could not fail."""
    for question in QUESTIONS[:3]:
        values = one_by_one(loaded[0], question)
        assert max(values) - min(values) > 0.1


def test_the_shared_start_is_computed_once(loaded: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[tuple[int, int]] = []
    forward = loaded[0].forward

    def counting(*, input_ids: Any, **others: Any) -> Any:
        read.append(tuple(input_ids.shape))
        return forward(input_ids=input_ids, **others)

    counting.__signature__ = __import__("inspect").signature(forward)  # type: ignore[attr-defined]
    monkeypatch.setattr(loaded[0], "forward", counting)
    start = tuple(range(100, 200))
    questions = [Question((*start, 7, at), ((50,), (51,))) for at in range(5)]
    log_probabilities(loaded[0], questions, size=BatchSize(10_000), pad=2)
    assert read == [(1, 101), (5, 1)]
    read.clear()
    log_probabilities(loaded[0], questions, size=BatchSize(10_000), pad=2, share=False)
    assert read == [(5, 102)]


def test_a_prefix_can_be_used_more_than_once(loaded: tuple[Any, Any]) -> None:
    first = extended(loaded[0], NOTHING, range(10, 30))
    extended(loaded[0], first, [5, 6, 7])
    first.repeated(4)
    assert first.cache.get_seq_length() == first.tokens == 20
    assert extended(loaded[0], first, []) is first


def test_a_model_that_forgets_its_cache_is_found_out(loaded: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert can_share(loaded[0])
    forward = loaded[0].forward
    monkeypatch.setattr(
        loaded[0], "forward", lambda input_ids, past_key_values=None, **_: forward(input_ids, use_cache=True)
    )
    assert not can_share(loaded[0])


def test_common_length() -> None:
    assert common_length([(1, 2, 3), (1, 2, 4, 5), (1, 2)]) == 2
    assert common_length([(1, 2, 3)]) == 3
    assert common_length([(), (1,)]) == 0


def test_probabilities_of_one_question_sum_to_one() -> None:
    question = Question((0,), ((1,), (2, 3), (4, 5, 6, 7)))
    plain = probabilities([-1.0, -2.0, -4.0], question, "none")
    assert plain == pytest.approx([math.exp(-x) / sum(math.exp(-y) for y in (1, 2, 4)) for x in (1, 2, 4)])
    assert probabilities([-1.0, -2.0, -4.0], question, "tokens") == pytest.approx([1 / 3] * 3)
    assert probabilities([-2000.0, -2001.0, -2002.0], question, "none") == pytest.approx(
        [0.6652, 0.2447, 0.09], abs=1e-4
    )


class Memory:
    """A device that holds so many numbers and no more."""

    def __init__(self, holds: int) -> None:
        self.holds = holds
        self.computed: list[int] = []

    def compute(self, rows: Sequence[int]) -> list[int]:
        if len(rows) * max(rows) > self.holds:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        self.computed.append(len(rows))
        return [-row for row in rows]


def test_batches_are_halved_until_they_fit_and_stay_so() -> None:
    memory, size = Memory(25), BatchSize(100)
    done = dict(in_batches([10] * 9, lambda row: row, memory.compute, size))
    assert done == {10: -10}
    assert memory.computed == [2, 2, 2, 2, 1]
    assert size.tokens == 20


def test_a_row_that_never_fits_is_an_error_and_other_errors_pass() -> None:
    with pytest.raises(TooLargeError, match="30 tokens"):
        list(in_batches([30, 10], lambda row: row, Memory(25).compute, BatchSize(100)))

    def wrong(rows: Sequence[int]) -> list[int]:
        raise RuntimeError("size mismatch")

    with pytest.raises(RuntimeError, match="size mismatch"):
        list(in_batches([1], lambda row: row, wrong, BatchSize(100)))


def request(question: str) -> Request:
    slot = Slot("P01", "Q1", ("Family is very important.", "It is not."), (0, 1))
    return Request("p0", 0, "polar", "single", (slot,), "Read this.", "I trust people.", question)


@pytest.mark.parametrize(
    ("end", "followed_by", "token"),
    [
        ("Answer:", " A", "ĠA"),
        ("Answer", " A", "ĠA"),
        ("Answer:\n", "A", "A"),
        # The tokenizer joins space and letter, so the prompt's last token gives way.
        ("Answer: ", "A", "ĠA"),
    ],
)
def test_a_letter_is_scored_as_it_follows_a_plain_prompt(
    loaded: tuple[Any, Any], end: str, followed_by: str, token: str
) -> None:
    tokenizer = loaded[1]
    (question,) = PromptFormat.of(tokenizer, "auto", {}).questions([request(end)], [("A", "B")])
    assert tokenizer.decode(question.prompt + question.answers[0]) == request(end).plain() + followed_by
    assert tokenizer.convert_ids_to_tokens(list(question.answers[0])) == [token]


def test_an_answer_that_begins_another_keeps_a_token(loaded: tuple[Any, Any]) -> None:
    plain = PromptFormat.of(loaded[1], "plain", {})
    (question,) = plain.questions([request("Answer:")], [("I trust", "I trust people")])
    assert all(question.answers)
    ends = [loaded[1].decode(question.prompt + answer) for answer in question.answers]
    assert ends[0].endswith("Answer: I trust")
    assert ends[1].endswith("Answer: I trust people")


def test_texts_that_begin_alike_have_the_tokens_they_have_alone(loaded: tuple[Any, Any]) -> None:
    start = "I trust people.\n" * 30
    texts = [f"{start}Which of these would this person choose?\n\nP0{at}\nAnswer: A" for at in range(5)]
    plain = PromptFormat.of(loaded[1], "plain", {})
    assert common_lines(texts) == start
    assert plain.tokens(texts) == [plain.tokens([text])[0] for text in texts]
    assert common_lines(texts[:1]) == common_lines(["a", "b"]) == common_lines(["same", "same"]) == ""


def test_a_tokenizer_that_marks_the_start_of_a_text_is_noticed(loaded: tuple[Any, Any]) -> None:
    """As some do, with a space: there the rest of a text is not tokenised as it is within the text."""

    class Marking:
        eos_token_id = 1

        def __call__(self, texts: list[str], **_: Any) -> dict[str, list[list[int]]]:
            return {"input_ids": [[9, *map(ord, text)] for text in texts]}

    texts = ["one line\n" * 9 + end for end in ("a", "b")]
    assert common_lines(texts)
    found = PromptFormat(Marking(), chat=False).tokens(texts)
    assert found == [(9, *map(ord, text)) for text in texts]


def with_template(tokenizer: Any, template: str) -> Any:
    import copy

    changed = copy.deepcopy(tokenizer)
    changed.chat_template = template
    return changed


def test_chat_template_writes_the_prompt_and_the_answer_follows_it(loaded: tuple[Any, Any]) -> None:
    format_ = PromptFormat.of(with_template(loaded[1], TEMPLATE), "auto", {})
    assert format_.chat
    assert format_.system
    assert format_.lead == ""
    text = format_.text(request("Answer:"))
    assert text == "<|system|>\nRead this.<|end|>\n<|user|>\nI trust people.\n\nAnswer:<|end|>\n<|assistant|>\n"
    (question,) = format_.questions([request("Answer:")], [("A", "B")])
    assert loaded[1].convert_ids_to_tokens(list(question.answers[0])) == ["A"]


def test_a_template_without_system_and_with_a_space_before_replies(loaded: tuple[Any, Any]) -> None:
    format_ = PromptFormat.of(with_template(loaded[1], NO_SYSTEM), "auto", {})
    assert not format_.system
    assert format_.lead == " "
    assert format_.text(request("Answer:")) == "[ASK] Read this.\n\nI trust people.\n\nAnswer: [/ASK]"
    (question,) = format_.questions([request("Answer:")], [("A", "B")])
    assert loaded[1].convert_ids_to_tokens(list(question.answers[0])) == ["ĠA"]


def test_a_template_that_is_asked_for_has_to_be_there(loaded: tuple[Any, Any]) -> None:
    from indievaluecatalog.errors import EvaluationError

    with pytest.raises(EvaluationError, match="no chat template"):
        PromptFormat.of(loaded[1], "template", {})
    assert not PromptFormat.of(with_template(loaded[1], TEMPLATE), "plain", {}).chat
