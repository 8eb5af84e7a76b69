"""From tasks to requests: what each person's prompts say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Item
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.known import check_tasks, known_texts, shows_statements, some_tasks
from indievaluecatalog.evaluation.option_order import chosen_orders, possible_orders
from indievaluecatalog.evaluation.prompt_spec import PromptSpec
from indievaluecatalog.evaluation.prompt_texts import PromptTexts, one_line, prompt_texts
from indievaluecatalog.evaluation.request import LETTERS, Request, Slot
from indievaluecatalog.sampling.tasks import Tasks


@dataclass(frozen=True, slots=True)
class _Probe:
    """A probe with its options in one order, as the joint form shows it and as the single form asks it."""

    slot: Slot
    block: str
    question: str


def requests_for(
    people: People,
    tasks: Tasks,
    spec: PromptSpec,
    *,
    attempt: int = 0,
    persons: NDArray[np.intp] | None = None,
) -> Iterator[Request]:
    """The requests of one setup, person by person, and of a person in the order of the probes.

    Of a person's answers only those to the demonstrations enter; of the probes, only which of them were answered.
    A slot's id is the probe's place in the setup, whoever is asked. All requests of a person share one `context`
    string, unless the protocol has exclude="asked". Attempts differ by their number alone.

    Args:
        people: the persons that `tasks.rows` counts in.
        tasks: of one setup.
        spec: which prompt.
        attempt: see `Request`.
        persons: positions within `tasks`, in the order wanted; None for all.

    Returns:
        joint: one request a person, with the probes that can be asked; none for a person without any.
        single: one request a person and such probe.

    Raises:
        EvaluationError: a joint prompt where answers to some of its probes would be shown (exclude="asked"); tasks
            that are not of these people or show what they should not; an item with more options than there are
            letters; texts that do not follow their schema.
    """
    if spec.form == "joint" and tasks.protocol.exclude == "asked" and shows_statements(tasks, spec):
        raise EvaluationError(
            "the protocol's exclude='asked' shows answers to the other probes of a setup, so that they cannot be asked "
            "together: use the form 'single', or a protocol with exclude='setup'"
        )
    if persons is not None:
        if len(persons) and not 0 <= persons.min() <= persons.max() < len(tasks):
            raise EvaluationError(f"the tasks are of {len(tasks)} persons; there is none at {persons.max()}")
        tasks = some_tasks(tasks, persons)
    check_tasks(people, tasks, spec)
    texts = prompt_texts(spec.version)
    items = [list(people.catalog.items.values())[at] for at in tasks.probes]
    width = max(2, len(str(len(items))))
    probes = [_probe(item, f"P{at:0{width}}", spec, texts) for at, item in enumerate(items, start=1)]
    orders = chosen_orders(
        spec.option_order,
        tasks.protocol.seed,
        people.person_ids[tasks.rows],
        [item.id for item in items],
        [len(item.options(spec.probes)) for item in items],
    )
    return _requests(people, tasks, spec, attempt, texts, probes, orders)


def _probe(item: Item, name: str, spec: PromptSpec, texts: PromptTexts) -> tuple[_Probe, ...]:
    """A probe in every order that some person may be shown."""
    statements = [one_line(option.statement) for option in item.options(spec.probes)]
    if len(statements) > len(LETTERS):
        raise EvaluationError(f"item {item.id} has {len(statements)} options, but there are {len(LETTERS)} letters")
    made = []
    for order in possible_orders(len(statements), spec.option_order):
        slot = Slot(id=name, item=item.id, options=tuple(statements[at] for at in order), order=order)
        block = texts.probe(slot)
        made.append(_Probe(slot, block, texts.single(slot, block)))
    return tuple(made)


def _requests(
    people: People,
    tasks: Tasks,
    spec: PromptSpec,
    attempt: int,
    texts: PromptTexts,
    probes: list[tuple[_Probe, ...]],
    orders: NDArray[np.intp],
) -> Iterator[Request]:
    ids = people.person_ids[tasks.rows].tolist()
    for row, (person, known) in enumerate(zip(ids, known_texts(people, tasks, spec, texts), strict=True)):
        chosen = [probe[which] for probe, which in zip(probes, orders[row].tolist(), strict=True)]
        asked = np.flatnonzero(tasks.asked[row]).tolist()
        if spec.form == "single":
            for at in asked:
                yield Request(
                    person_id=person,
                    setup=tasks.setup,
                    granularity=spec.probes,
                    form="single",
                    slots=(chosen[at].slot,),
                    system=texts.system["single"],
                    context=known[at],
                    question=chosen[at].question,
                    attempt=attempt,
                )
        elif asked:
            slots = tuple(chosen[at].slot for at in asked)
            yield Request(
                person_id=person,
                setup=tasks.setup,
                granularity=spec.probes,
                form="joint",
                slots=slots,
                system=texts.system["joint"],
                context=known[asked[0]],
                question=texts.joint(slots, [chosen[at].block for at in asked]),
                attempt=attempt,
            )
