"""Kinds of models and tokenizers that differ from the usual one: each is scored as it would be alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.evaluation import likelihood
from indievaluecatalog.evaluation.chat_format import PromptFormat, Question
from indievaluecatalog.evaluation.likelihood import log_probabilities
from indievaluecatalog.evaluation.local_files import ModelFiles, load
from indievaluecatalog.evaluation.memory_batches import BatchSize, in_batches
from indievaluecatalog.evaluation.prefix_cache import can_share, needs_one_by_one
from tests.evaluation.test_likelihood import one_by_one, request, with_template
from tests.evaluation.tiny_model import save_tiny_model, statements

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

SMALL = {
    "vocab_size": 300,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "initializer_range": 0.3,
    "pad_token_id": 2,
    "bos_token_id": 0,
    "eos_token_id": 1,
}
ROPE = {
    "rope_type": "longrope",
    "rope_theta": 10000.0,
    "short_factor": [1.0] * 4,
    "long_factor": [2.0, 3.0, 4.0, 5.0],
    "factor": 32.0,
}


def config(kind: str) -> Any:
    if kind == "sliding":
        return transformers.MistralConfig(**SMALL, sliding_window=16)
    if kind == "some layers sliding":
        layers = ["sliding_attention", "full_attention"]
        return transformers.Gemma3TextConfig(**SMALL, head_dim=16, sliding_window=16, layer_types=layers)
    if kind == "learned positions":
        return transformers.GPT2Config(vocab_size=300, n_embd=32, n_layer=2, n_head=4, initializer_range=0.3)
    if kind == "recurrent":
        return transformers.MambaConfig(vocab_size=300, hidden_size=32, num_hidden_layers=2, initializer_range=0.3)
    return transformers.Phi3Config(**SMALL, rope_parameters=ROPE, original_max_position_embeddings=100)


def made(kind: str) -> Any:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return transformers.AutoModelForCausalLM.from_config(config(kind)).eval()


def questions(start: int, ends: Sequence[int] = (5, 12, 25)) -> list[Question]:
    """They begin alike, and go on for so many tokens; answers of one and of several tokens."""
    shared = tuple(3 + 7 * at % 290 for at in range(start))
    return [
        Question((*shared, *(3 + (11 * at + end) % 290 for at in range(end))), ((40,), (41, end), (42, 43, 44)))
        for end in ends
    ]


@pytest.mark.parametrize("kind", ["sliding", "some layers sliding", "learned positions", "recurrent"])
def test_answers_side_by_side_are_as_likely_as_alone(kind: str) -> None:
    """The start is longer than the window that slides."""
    model, asked = made(kind), questions(60)
    share = can_share(model)
    assert share == (kind != "recurrent"), "a state has no copy for each of many rows"
    found = log_probabilities(model, asked, size=BatchSize(10_000), pad=2, share=share)
    for question, values in zip(asked, found, strict=True):
        assert values == pytest.approx(one_by_one(model, question), abs=1e-3)


def test_positions_that_turn_otherwise_in_long_texts_are_computed_one_by_one() -> None:
    model, asked = made("longrope"), questions(90)
    lengths = [question.tokens for question in asked]
    assert min(lengths) < 100 < max(lengths)
    assert needs_one_by_one(model, 90, lengths)
    found = log_probabilities(model, asked, size=BatchSize(1), pad=2, share=False)
    together = log_probabilities(model, asked, size=BatchSize(10_000), pad=2, share=True)
    for question, values in zip(asked, found, strict=True):
        assert values == pytest.approx(one_by_one(model, question), abs=1e-3)
    assert together[2] != pytest.approx(found[2], abs=0.1), "else nothing would have to be apart"
    assert not needs_one_by_one(model, 40, [60, 100])
    assert not needs_one_by_one(model, 120, [140, 150])
    assert not needs_one_by_one(made("sliding"), 90, lengths)


def test_a_batch_holds_no_more_rows_than_its_logits_may_fill(monkeypatch: pytest.MonkeyPatch) -> None:
    model, asked = made("sliding"), questions(20, range(3, 12))
    whole = log_probabilities(model, asked, size=BatchSize(10_000), pad=2)
    sizes, batch = [], likelihood._batch

    def counting(model: Any, prefix: Any, rows: Any, pad: int) -> Any:
        sizes.append(len(rows))
        return batch(model, prefix, rows, pad)

    monkeypatch.setattr(likelihood, "_batch", counting)
    monkeypatch.setattr(likelihood, "MOST_LOGITS", 4 * 300)
    found = log_probabilities(model, asked, size=BatchSize(10_000), pad=2)
    assert max(sizes) == 2
    for some, expected in zip(found, whole, strict=True):
        assert some == pytest.approx(expected, abs=1e-4)


def test_rows_of_a_batch_are_bounded() -> None:
    computed: list[int] = []

    def compute(rows: Sequence[int]) -> list[int]:
        computed.append(len(rows))
        return list(rows)

    list(in_batches([5] * 7, lambda row: row, compute, BatchSize(1000), 3))
    assert computed == [3, 3, 1]


DROPS = (
    "{% for m in messages %}{% if m.role == 'user' %}[ASK] {{ m.content }} [/ASK]"
    "{% elif m.role == 'assistant' %}{{ m.content }}<|end|>{% endif %}{% endfor %}"
)
CALLS = "{% for m in messages %}{{ m.content['text'] + 1 }}{% endfor %}"


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> Any:
    folder = save_tiny_model(tmp_path_factory.mktemp("tiny"), statements(catalog))
    return load(ModelFiles("tiny", Path(folder)), "cpu", "float32")[1]


def test_a_template_that_leaves_system_messages_out_is_found_out(tokenizer: Any) -> None:
    format_ = PromptFormat.of(with_template(tokenizer, DROPS), "auto", {})
    assert not format_.system
    assert format_.text(request("Answer:")) == "[ASK] Read this.\n\nI trust people.\n\nAnswer: [/ASK]"


def test_a_template_that_cannot_take_texts_is_refused(tokenizer: Any) -> None:
    from indievaluecatalog.errors import EvaluationError

    with pytest.raises(EvaluationError, match="use chat='plain'"):
        PromptFormat.of(with_template(tokenizer, CALLS), "auto", {})


def test_without_a_start_token_the_answer_still_follows_a_prompt(tokenizer: Any) -> None:
    (question,) = PromptFormat.of(tokenizer, "plain", {}).questions([request("Answer:")], [("A", "B")])
    assert tokenizer.bos_token_id not in question.prompt, "this tokenizer writes none"
    assert len(question.prompt) > 0
    assert [tokenizer.decode(answer) for answer in question.answers] == [" A", " B"]
