"""From training rows to the text of their prompts, as bytes and a block at a time.

A prompt is the one that evaluation asks in its single form, from the same file of texts. Rendering a template for each
of a million rows would take most of an hour's work of a processor, so the template's own words around the sentences are
found once, by rendering it with marks, and the sentences are put between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import GRANULARITIES, Catalog, Granularity
from indievaluecatalog.catalog.probes import SETUPS, probe_setup
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.evaluation.option_order import chosen_orders, possible_orders
from indievaluecatalog.evaluation.prompt_spec import LATEST, OptionOrder, PromptSpec
from indievaluecatalog.evaluation.prompt_texts import PromptTexts, one_line, prompt_texts
from indievaluecatalog.evaluation.request import LETTERS, Slot
from indievaluecatalog.reasoners.training_data.frame import frame_of, known_text
from indievaluecatalog.reasoners.training_data.rows import RowBlock, TrainingRows
from indievaluecatalog.reasoners.training_data.unit import Unit
from indievaluecatalog.sampling.tasks import NOT_SHOWN

Pieces = NDArray[np.object_]
BREAK = "\n\n"


def unit_spec(unit: Unit, version: str = LATEST, option_order: OptionOrder = "coded") -> PromptSpec:
    """The prompt that a unit's rows hold, which is the one to ask its model."""
    return PromptSpec("single", unit.shown, unit.demonstrations, unit.probes, option_order, version)


@dataclass(frozen=True, slots=True, eq=False)
class RowTexts:
    """The texts of a block of n rows.

    Attributes:
        system: the instructions, of every row.
        user: pieces of bytes, shape (n, m), which joined are what the user says; many are empty.
        letters: of the answer, n of them.
    """

    system: str
    user: Pieces
    letters: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Renderer:
    """Renders training rows with one version of the texts; `renderer_of` makes one.

    Attributes:
        rows: what is rendered.
        texts: of the version.
        option_order: in which order options stand.
        statements: granularity -> t[item, option] = sentence, as bytes.
        sentences: t[demographic, option] = sentence, as bytes.
        names: what a row may call its probe, such as "P07": those of a setup, so that a model knows them all.
        questions: what was rendered already, by unit's granularity, item, order and name.
    """

    rows: TrainingRows
    texts: PromptTexts
    option_order: OptionOrder
    statements: dict[Granularity, Pieces]
    sentences: Pieces
    names: tuple[str, ...]
    questions: dict[tuple[Granularity, int, int, int], tuple[bytes, tuple[int, ...]]] = field(default_factory=dict)

    def render(self, block: RowBlock) -> RowTexts:
        """The texts of a block of rows."""
        d, k = len(self.sentences), block.demonstrations.shape[1]
        user = np.full((len(block), d + k + 4), b"", dtype=object)
        orders = self._orders(block)
        letters = [""] * len(block)
        for which, unit in enumerate(self.rows.mixture.units):
            here = np.flatnonzero(block.unit == which)
            if len(here):
                user[here, :-1] = self._known(unit, block.person[here], block.demonstrations[here])
        probes = [unit.probes for unit in self.rows.mixture.units]
        asked = zip(block.unit, block.item, orders, block.chance % np.uint64(len(self.names)), strict=True)
        for row, (unit_at, item, order, name) in enumerate(asked):
            question, places = self._question(probes[unit_at], int(item), int(order), int(name))
            user[row, -1] = question
            letters[row] = LETTERS[places.index(int(block.answer[row]))]
        return RowTexts(self.texts.system["single"], user, tuple(letters))

    def _known(self, unit: Unit, person: NDArray[np.int32], shown: NDArray[np.int16]) -> Pieces:
        """Pieces of what is known of each person, with the break after it, shape (n, d + k + 3)."""
        people, d = self.rows.people, len(self.sentences)
        held = people.demographics[:, person].T
        with_description = unit.shown in ("demographics", "both")
        there = (shown != NOT_SHOWN) & (unit.shown in ("statements", "both"))
        known = (held != NO_OPTION) & with_description
        options = people.of(unit.demonstrations)[shown, person[:, None]]
        statements, said = self.statements[unit.demonstrations], (shown, options)
        sentences, held_by = self.sentences, (np.arange(d)[None, :], held)
        frame = frame_of(self.texts, with_description, bool(there.any()))
        pieces = np.full((len(person), d + shown.shape[1] + 3), b"", dtype=object)
        if frame is None:
            told, described = statements[said], sentences[held_by]
            for row in range(len(person)):
                text = known_text(self.texts, described[row, known[row]], told[row, there[row]])
                pieces[row, 0] = text + BREAK.encode()
            return pieces
        pieces[:, 0] = frame.head
        pieces[:, 1 : d + 1] = _joined(sentences, held_by, known, frame.between_sentences)
        pieces[:, d + 1] = frame.middle
        pieces[:, d + 2 : -1] = _joined(statements, said, there, frame.between_statements)
        pieces[:, -1] = frame.tail + BREAK.encode()
        return pieces

    def _orders(self, block: RowBlock) -> NDArray[np.intp]:
        """Which of the possible orders of options each row has."""
        orders = np.zeros(len(block), dtype=np.intp)
        if self.option_order != "rotated":
            return orders
        people, probes = self.rows.people, [unit.probes for unit in self.rows.mixture.units]
        items = list(people.catalog.items.values())
        for item in np.unique(block.item):
            for granularity in GRANULARITIES:
                asked = np.array([one == granularity for one in probes])[block.unit] & (block.item == item)
                ids, seed = people.person_ids[block.person[asked]], self.rows.drawing.protocol.seed
                options = [len(items[item].options(granularity))]
                orders[asked] = chosen_orders("rotated", seed, ids, [items[item].id], options)[:, 0]
        return orders

    def _question(self, granularity: Granularity, item: int, order: int, name: int) -> tuple[bytes, tuple[int, ...]]:
        """What is asked, and the options' positions in the order shown."""
        key = (granularity, item, order, name)
        if key not in self.questions:
            asked = list(self.rows.people.catalog.items.values())[item]
            statements = [one_line(option.statement) for option in asked.options(granularity)]
            places = possible_orders(len(statements), self.option_order)[order]
            slot = Slot(self.names[name], asked.id, tuple(statements[at] for at in places), places)
            self.questions[key] = self.texts.single(slot, self.texts.probe(slot)).encode(), places
        return self.questions[key]


def renderer_of(rows: TrainingRows, *, version: str = LATEST, option_order: OptionOrder = "coded") -> Renderer:
    """A renderer of training rows.

    Args:
        rows: what is to be rendered.
        version: of the prompts' texts.
        option_order: see `PromptSpec`.

    Raises:
        EvaluationError: no such version or order.
        ReasonerError: an item has more options than there are letters.
    """
    for unit in rows.mixture.units:
        unit_spec(unit, version, option_order)
    catalog = rows.people.catalog
    for granularity in {unit.probes for unit in rows.mixture.units}:
        for item in catalog.items.values():
            if len(item.options(granularity)) > len(LETTERS):
                raise ReasonerError(f"item {item.id} has more options than there are letters ({len(LETTERS)})")
    return Renderer(
        rows=rows,
        texts=prompt_texts(version),
        option_order=option_order,
        statements={
            granularity: _table([[option.statement for option in item.options(granularity)] for item in items])
            for items in (list(catalog.items.values()),)
            for granularity in GRANULARITIES
        },
        sentences=_table([[option.statement for option in one.options] for one in catalog.demographics.values()]),
        names=probe_names(catalog),
    )


def probe_names(catalog: Catalog) -> tuple[str, ...]:
    """What probes are called where a setup of this catalog is asked, whichever the setup."""
    probes = max(len(probe_setup(catalog, setup)) for setup in SETUPS)
    width = max(2, len(str(probes)))
    return tuple(f"P{at:0{width}}" for at in range(1, probes + 1))


def _table(sentences: Sequence[Sequence[str]]) -> Pieces:
    table = np.full((len(sentences), max(map(len, sentences), default=0)), b"", dtype=object)
    for row, options in enumerate(sentences):
        table[row, : len(options)] = [one_line(sentence).encode() for sentence in options]
    return table


def _joined(table: Pieces, chosen: tuple[Any, Any], there: NDArray[np.bool_], between: bytes) -> Pieces:
    """The entries chosen of a table, with `between` before each but a row's first, and nothing where there is none."""
    with_break = np.array([[between + one for one in row] for row in table.tolist()], dtype=object).reshape(table.shape)
    found: Pieces = with_break[chosen]
    found[~there] = b""
    rows = np.flatnonzero(there.any(axis=1))
    if len(rows):
        first = there[rows].argmax(axis=1)
        found[rows, first] = table[tuple(np.broadcast_to(part, there.shape)[rows, first] for part in chosen)]
    return found
