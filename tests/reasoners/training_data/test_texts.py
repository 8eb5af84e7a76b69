"""The words of a row: those that evaluation asks, made another way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.catalog.probes import probe_setup
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.prompt_texts import PromptTexts, one_line, prompt_texts
from indievaluecatalog.evaluation.render import requests_for
from indievaluecatalog.evaluation.request import Request
from indievaluecatalog.reasoners.training_data.columns import TextForm, row_table
from indievaluecatalog.reasoners.training_data.frame import frame_of
from indievaluecatalog.reasoners.training_data.rows import TrainingRows, training_rows
from indievaluecatalog.reasoners.training_data.texts import probe_names, renderer_of, unit_spec
from indievaluecatalog.reasoners.training_data.unit import Unit
from indievaluecatalog.sampling.protocol import OURS
from indievaluecatalog.sampling.tasks import NOT_SHOWN, Tasks
from tests.golden.training import PERSON_FILE, TRAINING_ROW, training_row

UNITS = (
    Unit("statements", number=(3, 7), demonstrations="polar", probes="refined", persons=1),
    Unit("demographics", shown="demographics", number=(0, 0), persons=1),
    Unit("both", shown="both", number=(1, 1), persons=1),
)


def evaluated(rows: TrainingRows, at: int, order: str) -> Request:
    """The request that evaluation would make where this row's item is asked with the same statements before it."""
    block, people = rows.block(), rows.people
    unit = rows.mixture.units[block.unit[at]]
    shown = block.demonstrations[at][block.demonstrations[at] != NOT_SHOWN]
    tasks = Tasks(
        setup=0,
        n_demonstrations=len(shown),
        protocol=rows.drawing.protocol,
        rows=np.array([block.person[at]], dtype=np.intp),
        probes=np.array([block.item[at]], dtype=np.int16),
        asked=np.array([[True]]),
        demonstrations=shown[None, :],
    )
    return next(iter(requests_for(people, tasks, unit_spec(unit, option_order=order))))  # type: ignore[arg-type]


@pytest.mark.parametrize("order", ["coded", "reversed", "rotated"])
def test_a_row_reads_as_evaluation_asks(trainable: People, order: str) -> None:
    rows = training_rows(trainable, UNITS, hold_out=0.92, held_out_shown=True)
    block = rows.block()
    texts = renderer_of(rows, option_order=order).render(block)  # type: ignore[arg-type]
    table = row_table(rows, block, texts, "both").to_pylist()
    names = set()
    for at, row in enumerate(table):
        request = evaluated(rows, at, order)
        said = {message["role"]: message["content"] for message in row["messages"]}
        name = next(name for name in probe_names(trainable.catalog) if f"\n{name}\n" in said["user"])
        names.add(name)
        system, user = (message["content"] for message in request.messages())
        assert said["system"] == system
        assert said["user"].replace(f"\n{name}\n", "\nP01\n") == user
        assert row["prompt"].replace(f"\n{name}\n", "\nP01\n") == request.plain()
        slot = request.slots[0]
        assert said["assistant"] == slot.letters[slot.order.index(row["answer"])] == row["completion"].strip()
        assert row["completion"].startswith(" ")
    assert len(names) > 10


def test_the_answer_is_what_the_person_said(catalog: Catalog, trainable: People) -> None:
    rows = training_rows(trainable, "quick", size=1, hold_out=0.8, held_out_shown=True)
    for row in row_table(rows, rows.block(), renderer_of(rows).render(rows.block()), "chat").to_pylist():
        item = catalog.items[row["item"]]
        person = trainable.person_ids.tolist().index(row["person_id"])
        said = trainable.of(row["probe_granularity"])[list(catalog.items).index(item.id), person]
        statement = one_line(item.options(row["probe_granularity"])[said].statement)
        letter = row["completion"][0]["content"]
        assert f"\n{letter}. {statement}\n" in row["prompt"][1]["content"]
        shown = [list(catalog.items.values())[at] for at in row["demonstrations"]]
        lines = row["prompt"][1]["content"].split("\n\n")[0].splitlines()[1:]
        table = trainable.of(row["demonstration_granularity"])
        assert lines == [
            f"- {one_line(one.options(row['demonstration_granularity'])[table[at, person]].statement)}"
            for at, one in zip(row["demonstrations"], shown, strict=True)
        ]
        assert (row["n_shown"], len(row["demonstrations"])) == (50, 50)


@pytest.mark.parametrize(
    ("form", "texts"),
    [
        ("messages", ["messages"]),
        ("chat", ["prompt", "completion"]),
        ("plain", ["prompt", "completion"]),
        ("both", ["messages", "prompt", "completion"]),
    ],
)
def test_forms_have_their_columns(trainable: People, form: TextForm, texts: list[str]) -> None:
    rows = training_rows(trainable, "demographics", size=1, hold_out=0.9)
    block = rows.block(0, 3)
    table = row_table(rows, block, renderer_of(rows).render(block), form)
    assert table.column_names[-len(texts) :] == texts
    assert set(table["synthetic"].to_pylist()) == {True}
    assert table["demonstration_granularity"].null_count == 3


@settings(max_examples=30)
@given(
    template=st.sampled_from(
        [
            "Told:\n{% for one in description %}* {{ one }}\n{% endfor %}|{{ statements | join(' / ') }}.",
            "{% for one in statements %}{{ loop.index }}. {{ one }}\n{% endfor %}{{ description | join }}",
            "{{ statements | length }} said: {{ statements | join('; ') }}{{ description | join('; ') }}",
            "{{ description | join(', ') }} and {{ statements | reverse | join(', ') }}",
        ]
    ),
    description=st.lists(st.sampled_from(["I am old.", "I am tall."]), min_size=1, max_size=4),
    statements=st.lists(st.sampled_from(["I say yes.", "I say no."]), min_size=1, max_size=4),
)
def test_a_frame_gives_what_the_template_gives_or_is_none(
    template: str, description: list[str], statements: list[str]
) -> None:
    from jinja2 import Environment

    texts = PromptTexts({}, {"known": Environment(autoescape=False).from_string(template)})
    frame = frame_of(texts, True, True)
    assert (frame is None) == any(part in template for part in ("loop", "length", "reverse"))
    if frame:
        assert frame.text(description, statements) == texts.known(description, statements)


def test_a_template_without_a_frame_is_rendered_row_by_row(trainable: People) -> None:
    from jinja2 import Environment

    numbered = "{{ statements | length }} of them, {{ description | length }} more: {{ statements | join(' ') }}"
    rows = training_rows(trainable, UNITS, hold_out=0.97, held_out_shown=True)
    usual = prompt_texts("1")
    template = Environment(autoescape=False).from_string(numbered)
    renderer = replace(renderer_of(rows), texts=PromptTexts(usual.system, {**usual.templates, "known": template}))
    block = rows.block()
    for at, row in enumerate(row_table(rows, block, renderer.render(block), "plain").to_pylist()):
        assert f"\n\n{block.n_shown[at]} of them, " in row["prompt"]


def test_unknown_versions_and_orders_are_refused(trainable: People) -> None:
    rows = training_rows(trainable, "demographics", size=1, hold_out=0.97)
    with pytest.raises(EvaluationError, match="no version '99'"):
        renderer_of(rows, version="99")
    with pytest.raises(EvaluationError, match="option_order is one of"):
        renderer_of(rows, option_order="random")  # type: ignore[arg-type]


def test_probes_are_called_as_in_a_setup(catalog: Catalog) -> None:
    assert probe_names(catalog)[:2] == ("P01", "P02")
    assert len(probe_names(catalog)) == len(probe_setup(catalog, 0)) == 39


def test_the_golden_row_is_what_it_was() -> None:
    assert PERSON_FILE.is_file()
    assert training_row() == TRAINING_ROW.read_text("utf-8")


def test_protocol_seed_moves_the_rows(trainable: People) -> None:
    one, other = (
        training_rows(trainable, UNITS[:1], protocol=replace(OURS, seed=seed), hold_out=0.9) for seed in (0, 1)
    )
    assert not np.array_equal(one.person, other.person)
