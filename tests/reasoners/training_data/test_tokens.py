"""How many tokens rows have, by a tokenizer trained here on a few of them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import MissingExtraError, ReasonerError
from indievaluecatalog.reasoners.training_data.tokens import Spread, load_tokenizer, token_statistics
from indievaluecatalog.reasoners.training_data.write import write_training_data

FEW: dict[str, Any] = {"size": 2, "hold_out": 0.97, "held_out_shown": True}
TEMPLATE = (
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def a_tokenizer(template: str = "") -> Any:
    transformers = pytest.importorskip("transformers")
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers

    # A token is a word, a sign, or white space, so that its number can be counted by hand.
    words = {"<|end|>": 0, "<|system|>": 1, "<|user|>": 2, "<|assistant|>": 3, "[?]": 4}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[?]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"\w+|\s+|[^\w\s]"), "isolated")
    made = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[?]")
    made.add_special_tokens({"additional_special_tokens": list(words)[:4]})
    if template:
        made.chat_template = template
    return made


def count(text: str) -> int:
    import re

    return len(re.findall(r"\w+|\s+|[^\w\s]", text))


def test_tokens_are_those_of_prompt_and_answer(trainable: People, tmp_path: Path) -> None:
    tokenizer = a_tokenizer(TEMPLATE)
    folder = write_training_data(trainable, ["refined-polar-50", "demographics-polar"], tmp_path, **FEW).folder
    found = token_statistics(folder, tokenizer, rows_a_unit=None)
    assert [one.unit for one in found] == ["refined-polar-50", "demographics-polar"]
    rows = pq.read_table(folder / "data").to_pylist()
    for one in found:
        messages = [row["messages"] for row in rows if row["unit"] == one.unit]
        # Two messages with the marks around them, and the mark that begins the answer.
        prompts = [count(said[0]["content"]) + count(said[1]["content"]) + 5 for said in messages]
        assert one.rows == len(messages)
        assert one.prompt == Spread.of(prompts)
        assert (one.completion.least, one.completion.most) == (1, 1)
        assert one.too_long is None
    middle = int(found[0].total.median)
    assert 0 < token_statistics(folder, tokenizer, length=middle, rows_a_unit=None)[0].too_long < 1  # type: ignore[operator]
    assert token_statistics(folder, tokenizer, rows_a_unit=3)[1].rows == 3


def test_every_form_of_text_can_be_counted(trainable: People, tmp_path: Path) -> None:
    tokenizer = a_tokenizer()
    totals = []
    for text in ("plain", "chat", "both"):
        folder = write_training_data(trainable, "demographics", tmp_path, text=text, **FEW).folder  # type: ignore[arg-type]
        totals.append([one.total for one in token_statistics(folder, tokenizer, rows_a_unit=None)])
    assert totals[0] == totals[1] == totals[2]


def test_a_tokenizer_is_loaded_by_its_path(trainable: People, tmp_path: Path) -> None:
    a_tokenizer().save_pretrained(tmp_path / "tokenizer")
    folder = write_training_data(trainable, "demographics", tmp_path, **FEW).folder
    assert token_statistics(folder, tmp_path / "tokenizer")[0].rows > 0
    with pytest.raises(ReasonerError, match="no tokenizer can be loaded"):
        load_tokenizer(tmp_path / "nowhere")


def test_numbers_alone_have_no_tokens(trainable: People, tmp_path: Path) -> None:
    folder = write_training_data(trainable, "demographics", tmp_path, text="none", **FEW).folder
    with pytest.raises(ReasonerError, match="numbers alone"):
        token_statistics(folder, None)


def test_without_transformers_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(MissingExtraError, match=r"indievaluecatalog\[local\]"):
        load_tokenizer("some/model")


def test_a_spread_tells_the_middle_and_the_ends() -> None:
    assert Spread.of([5, 1, 3]) == Spread(1, 3.0, 4.8, 5)
