"""What prompts say, to whom, in which order, and what they never say."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from indievaluecatalog.catalog.model import Catalog, Option
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.prompt_size import PromptSize, prompt_size
from indievaluecatalog.evaluation.prompt_spec import PromptSpec
from indievaluecatalog.evaluation.render import requests_for
from indievaluecatalog.evaluation.request import LETTERS, Request
from indievaluecatalog.sampling.protocol import OURS
from indievaluecatalog.sampling.tasks import SIZES, Tasks
from tests.evaluation.conftest import PERSONS, MakeTasks

FORMS = ("joint", "single")
ASKED_OUT = replace(OURS, exclude="asked")


def bullets(text: str) -> list[str]:
    return re.findall(r"^- (.*)$", text, re.MULTILINE)


def said(people: People, row: int, items: Any, granularity: Any) -> list[str]:
    """The person's own statements about some items."""
    catalog_items = list(people.catalog.items.values())
    return [catalog_items[at].options(granularity)[people.of(granularity)[at, row]].statement for at in items]


# What is asked


@pytest.mark.parametrize(("form", "order"), list(product(FORMS, ("coded", "reversed", "rotated"))))
@pytest.mark.parametrize("granularity", ["refined", "polar"])
def test_every_option_is_shown_once_with_a_letter_of_its_own(
    people: People, tasks: Tasks, form: Any, order: Any, granularity: Any
) -> None:
    spec = PromptSpec(form, probes=granularity, option_order=order)
    for request in requests_for(people, tasks, spec):
        shown = []
        for slot in request.slots:
            options = people.catalog.items[slot.item].options(granularity)
            assert sorted(slot.order) == list(range(len(options)))
            assert slot.options == tuple(options[at].statement for at in slot.order)
            assert len(set(slot.letters)) == len(slot.letters) == len(options)
            shown += [slot.id, *(f"{letter}. {text}" for letter, text in zip(slot.letters, slot.options, strict=True))]
        lines = re.findall(r"^(?:P\d\d|[A-Z]\. .*)$", request.question, re.MULTILINE)
        assert lines == shown


def test_both_forms_ask_the_same(people: People, tasks: Tasks) -> None:
    for setup_order in ("coded", "rotated"):
        joint = list(requests_for(people, tasks, PromptSpec("joint", option_order=setup_order)))
        single = list(requests_for(people, tasks, PromptSpec("single", option_order=setup_order)))
        grouped = [(key, list(rows)) for key, rows in groupby(single, key=lambda request: request.person_id)]
        assert [key for key, _ in grouped] == [request.person_id for request in joint] == people.person_ids.tolist()
        for whole, (_, parts) in zip(joint, grouped, strict=True):
            assert whole.slots == tuple(slot for part in parts for slot in part.slots)
            assert {part.context for part in parts} == {whole.context}
            assert all(len(part.slots) == 1 for part in parts)


@pytest.mark.parametrize("form", FORMS)
def test_only_answered_probes_are_asked_under_the_id_of_their_place(people: People, tasks: Tasks, form: Any) -> None:
    asked: dict[str, list[str]] = {person: [] for person in people.person_ids.tolist()}
    for request in requests_for(people, tasks, PromptSpec(form)):
        asked[request.person_id] += [slot.id for slot in request.slots]
    for row, person in enumerate(people.person_ids.tolist()):
        assert asked[person] == [f"P{at + 1:02}" for at in np.flatnonzero(tasks.asked[row])]


@pytest.mark.parametrize("form", FORMS)
def test_nobody_is_asked_nothing(people: People, tasks: Tasks, form: Any) -> None:
    asked = tasks.asked.copy()
    asked[0] = False
    made = {request.person_id for request in requests_for(people, replace(tasks, asked=asked), PromptSpec(form))}
    assert made == set(people.person_ids.tolist()[1:])


@pytest.mark.parametrize("form", FORMS)
def test_schema_takes_the_right_answer_and_no_other_shape(people: People, tasks: Tasks, form: Any) -> None:
    for request in requests_for(people, tasks, PromptSpec(form, probes="refined"), persons=np.array([0, 5])):
        schema = request.schema()
        Draft202012Validator.check_schema(schema)
        valid = Draft202012Validator(schema).is_valid
        answer = {slot.id: slot.letters[-1] for slot in request.slots}
        first = request.slots[0].id
        assert valid(answer)
        assert not valid(answer | {first: "Z"})
        assert not valid(answer | {"P99": "A"})
        assert not valid({key: letter for key, letter in answer.items() if key != first})


def test_joint_question_holds_the_object_to_fill(people: People, tasks: Tasks) -> None:
    for request in requests_for(people, tasks, PromptSpec("joint")):
        empty = "{" + ", ".join(f'"{slot.id}": ""' for slot in request.slots) + "}"
        assert empty in request.question.splitlines()
        assert f"({len(request.slots)} in all)" in request.question


# What is shown


@pytest.mark.parametrize("granularity", ["refined", "polar"])
@pytest.mark.parametrize("size", SIZES)
def test_statements_are_the_persons_own_in_the_order_drawn(
    people: People, make_tasks: MakeTasks, size: int, granularity: Any
) -> None:
    tasks = make_tasks(people, size)
    requests = list(requests_for(people, tasks, PromptSpec("joint", demonstrations=granularity)))
    for row, request in enumerate(requests):
        assert bullets(request.context) == said(people, row, tasks.demonstrations[row], granularity)
        assert len(bullets(request.context)) == size


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("shown", ["none", "statements", "demographics", "both"])
def test_what_is_shown_is_what_was_chosen(people: People, tasks: Tasks, form: Any, shown: Any) -> None:
    by_person = {request.person_id: request.context for request in requests_for(people, tasks, PromptSpec(form, shown))}
    demographics = list(people.catalog.demographics.values())
    for row, person in enumerate(people.person_ids.tolist()):
        places = people.demographics[:, row]
        described = [
            one.options[place].statement for one, place in zip(demographics, places, strict=True) if place >= 0
        ]
        expected = (described if shown in ("demographics", "both") else []) + (
            said(people, row, tasks.demonstrations[row], "refined") if shown in ("statements", "both") else []
        )
        assert bullets(by_person[person]) == expected


def test_somebody_lacks_a_demographic(people: People) -> None:
    """Else the test above would not tell whether sentences are left out."""
    assert (people.demographics < 0).any()


def test_no_statement_reads_as_nothing_known(people: People, make_tasks: MakeTasks) -> None:
    none = [request.context for request in requests_for(people, make_tasks(people, 25), PromptSpec(shown="none"))]
    zero = [request.context for request in requests_for(people, make_tasks(people, 0), PromptSpec())]
    assert none == zero == ["Nothing is known about this person."] * PERSONS


def test_persons_with_fewer_statements_are_shown_those(people: People, tasks: Tasks) -> None:
    shown = tasks.demonstrations.copy()
    shown[2, 1:] = -1
    contexts = [request.context for request in requests_for(people, replace(tasks, demonstrations=shown), PromptSpec())]
    assert bullets(contexts[2]) == said(people, 2, shown[2, :1], "refined")
    assert len(bullets(contexts[3])) == 3


@pytest.mark.parametrize("form", FORMS)
def test_a_part_of_the_persons_gets_the_same_requests(people: People, tasks: Tasks, form: Any) -> None:
    spec = PromptSpec(form, "both", option_order="rotated")
    whole: dict[str, list[Request]] = {}
    for request in requests_for(people, tasks, spec):
        whole.setdefault(request.person_id, []).append(request)
    part = list(requests_for(people, tasks, spec, persons=np.array([7, 2])))
    assert part == whole[people.person_ids[7]] + whole[people.person_ids[2]]
    assert list(requests_for(people, tasks, spec, persons=np.array([], np.intp))) == []


def test_attempts_differ_in_their_number_alone(people: People, tasks: Tasks) -> None:
    first, second = (list(requests_for(people, tasks, PromptSpec(), attempt=attempt)) for attempt in (0, 1))
    assert [replace(request, attempt=0) for request in second] == first
    assert {request.attempt for request in second} == {1}


# What is never shown


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32 - 1), form=st.sampled_from(FORMS), setup=st.integers(0, 2))
def test_answers_to_the_probes_are_nowhere(
    people: People, make_tasks: MakeTasks, seed: int, form: Any, setup: int
) -> None:
    """Whatever the persons answered to the probes, their prompts are the same."""
    tasks = make_tasks(people, 10, setup=setup)
    spec = PromptSpec(form, "both", option_order="rotated")
    persons = np.array([seed % PERSONS])
    before = list(requests_for(people, tasks, spec, persons=persons))
    assert list(requests_for(scrambled(people, tasks.probes, seed), tasks, spec, persons=persons)) == before


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32 - 1), probe=st.integers(0, 38))
def test_answer_to_the_probe_asked_is_nowhere_when_the_others_are_shown(
    people: People, make_tasks: MakeTasks, seed: int, probe: int
) -> None:
    tasks = make_tasks(people, 150, protocol=ASKED_OUT)
    person, name = np.array([seed % PERSONS]), f"P{probe + 1:02}"
    spec = PromptSpec("single")
    other = scrambled(people, tasks.probes[[probe]], seed)
    before, after = (
        [request for request in requests_for(who, tasks, spec, persons=person) if request.slots[0].id == name]
        for who in (people, other)
    )
    assert before == after


def scrambled(people: People, items: Any, seed: int) -> People:
    """The same persons with other valid answers to some items."""
    rng = np.random.default_rng(seed)
    refined, polar = people.refined.copy(), people.polar.copy()
    catalog_items = list(people.catalog.items.values())
    for at in items:
        for array, options in ((refined, catalog_items[at].refined), (polar, catalog_items[at].polar)):
            array[at] = np.where(array[at] >= 0, rng.integers(0, len(options), len(people)), array[at])
    return replace(people, refined=refined, polar=polar)


def test_other_probes_are_shown_where_the_protocol_says_so(people: People, make_tasks: MakeTasks) -> None:
    tasks = make_tasks(people, 200, protocol=ASKED_OUT)
    probes = {str(item) for item in np.array(list(people.catalog.items))[tasks.probes]}
    shown_others = 0
    for request in requests_for(people, tasks, PromptSpec("single"), persons=np.array([4])):
        probe = int(request.slots[0].id[1:]) - 1
        items = tasks.shown_to(probe)[4]
        assert bullets(request.context) == said(people, 4, items, "refined")
        shown_others += len(probes & set(np.array(list(people.catalog.items))[items].tolist()))
        assert not set(request.slots[0].options) & set(bullets(request.context))
    assert shown_others > 0


def test_probes_shown_cannot_be_asked_together(people: People, make_tasks: MakeTasks) -> None:
    with pytest.raises(EvaluationError, match="use the form 'single'"):
        requests_for(people, make_tasks(people, 3, protocol=ASKED_OUT), PromptSpec("joint"))
    for n_demonstrations, shown in ((0, "statements"), (3, "demographics")):
        tasks = make_tasks(people, n_demonstrations, protocol=ASKED_OUT)
        assert len(list(requests_for(people, tasks, PromptSpec("joint", shown)))) == PERSONS  # type: ignore[arg-type]


def test_tasks_that_do_not_fit_are_refused_at_once(people: People, tasks: Tasks) -> None:
    leaking = tasks.demonstrations.copy()
    row = int(np.flatnonzero(tasks.asked[:, 0])[0])
    leaking[row, 1] = tasks.probes[0]
    with pytest.raises(EvaluationError, match="show answers to probes"):
        requests_for(people, replace(tasks, demonstrations=leaking), PromptSpec())
    unanswered = tasks.demonstrations.copy()
    unanswered[0, 0] = np.flatnonzero(~people.answered[:, 0])[0]
    with pytest.raises(EvaluationError, match="other persons"):
        requests_for(people, replace(tasks, demonstrations=unanswered), PromptSpec())
    with pytest.raises(EvaluationError, match="other persons"):
        requests_for(people.take(np.arange(3)), tasks, PromptSpec(shown="none"))
    for outside in (-1, PERSONS):
        with pytest.raises(EvaluationError, match=f"{PERSONS} persons"):
            requests_for(people, tasks, PromptSpec(), persons=np.array([0, outside]))


def test_more_options_than_letters_are_refused(people: People, tasks: Tasks, catalog: Catalog) -> None:
    name = list(catalog.items)[tasks.probes[0]]
    wide = replace(catalog.items[name], polar=tuple(Option((n,), f"I say {n}.", str(n)) for n in range(27)))
    other = replace(people, catalog=replace(catalog, items={**catalog.items, name: wide}))
    with pytest.raises(EvaluationError, match=f"{name} has 27 options"):
        requests_for(other, tasks, PromptSpec())


@pytest.mark.parametrize("form", FORMS)
def test_whatever_a_catalogs_texts_hold_a_line_of_a_prompt_keeps_its_meaning(
    people: People, tasks: Tasks, catalog: Catalog, form: Any
) -> None:
    """A text with lines of its own could pass for a probe, and braces for a part of the template."""
    texts = [f"I say {{{{ id }}}} {{% if %}}\n\nP02\nB. number {n}\n" for n in range(12)]
    options = tuple(Option((n,), text, str(n)) for n, text in enumerate(texts))
    shown = list(catalog.items)[tasks.demonstrations[0, 0]]
    asked = list(catalog.items)[tasks.probes[0]]
    odd = {name: replace(catalog.items[name], polar=options, refined=options) for name in (shown, asked)}
    other = replace(people, catalog=replace(catalog, items={**catalog.items, **odd}))
    request = next(iter(requests_for(other, tasks, PromptSpec(form))))
    lines = [f"I say {{{{ id }}}} {{% if %}} P02 B. number {n}" for n in range(12)]
    assert request.slots[0].options == tuple(lines)
    written = [f"{letter}. {line}" for letter, line in zip(LETTERS, lines, strict=False)]
    assert set(written) <= set(request.question.splitlines())
    assert bullets(request.context)[0] in lines
    ids = re.findall(r"^P\d\d$", request.question, re.MULTILINE)
    assert ids == [slot.id for slot in request.slots]


def test_a_person_without_demographics_is_one_of_whom_nothing_is_known(people: People, tasks: Tasks) -> None:
    nobody = replace(people, demographics=np.full_like(people.demographics, -1))
    contexts = {request.context for request in requests_for(nobody, tasks, PromptSpec(shown="demographics"))}
    assert contexts == {"Nothing is known about this person."}
    both = next(iter(requests_for(nobody, tasks, PromptSpec(shown="both")))).context
    assert both == next(iter(requests_for(nobody, tasks, PromptSpec(shown="statements")))).context


# How long prompts are


def test_size_counts_characters_and_what_repeats(people: People, tasks: Tasks) -> None:
    requests = list(requests_for(people, tasks, PromptSpec("single", "both"), persons=np.array([0, 1])))
    size = prompt_size(iter(requests))
    lengths = [len(r.system) + len(r.context) + len(r.question) for r in requests]
    assert (size.requests, size.slots) == (len(requests), int(tasks.asked[:2].sum()))
    assert (size.characters, size.longest) == (sum(lengths), max(lengths))
    prefixes = [r.system + r.context for r in requests]
    repeated = sum(
        next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
        for one, other in zip(prefixes[1:], prefixes, strict=False)
    )
    assert size.repeated == repeated
    assert prompt_size([]) == PromptSize()
