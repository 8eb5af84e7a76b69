"""Which of a person's answers moved the prediction of another one: each is left out in turn."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog, Granularity
from indievaluecatalog.catalog.probes import SETUPS, probe_setup
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.dataset.people import People
from indievaluecatalog.dataset.sample import draw_setups
from indievaluecatalog.dataset.splits import shown_by_default
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.explain.explanation import Effect, Explanation
from indievaluecatalog.reasoners.explain.shown import LEAST_CHANCE, given_columns, item_position, option_chances
from indievaluecatalog.reasoners.statistical.columns import columns_of
from indievaluecatalog.reasoners.statistical.predict import shown_answers
from indievaluecatalog.reasoners.statistical.reasoner import Reasoner
from indievaluecatalog.sampling.protocol import Protocol, chosen_protocol
from indievaluecatalog.scoring.run import Shown


def explain_prediction(
    reasoner: Reasoner,
    people: People,
    person: str,
    probe: str,
    *,
    setup: int | None = None,
    n_demonstrations: int | None = None,
    shown: Shown = "statements",
    granularity: Granularity = "refined",
    option: int | None = None,
    protocol: Protocol | str | None = None,
) -> Explanation:
    """What moved the prediction of a probe, for one person of a dataset.

    Args:
        reasoner: trained on the same catalog.
        people: the dataset.
        person: the person's key; not of the split train.
        probe: the item asked.
        setup: whose demonstrations are shown; None for the first setup that asks the probe. Of a probe that no setup
            asks, all the person's other answers are shown.
        n_demonstrations: how many statements are shown; None for as many as the dataset was built for.
        shown: "statements", "demographics" or "both".
        granularity: of the probe's options.
        option: code of the answer to explain, as in the survey file; None for the most probable one.
        protocol: how demonstrations are drawn; None for the one the dataset was built by.

    Raises:
        ReasonerError: no such person or item, a person the reasoner learned from, a probe among its own
            demonstrations, a code without an option, or another catalog.
        SamplingError: no such setup or protocol.
    """
    at = item_position(people.catalog, probe)
    row = _row_of(people, person)
    columns = columns_of(people.take(row), reasoner.model.layout)
    drawing = chosen_protocol(protocol, people.protocol)
    visible = _visible(people, row, columns, at, setup, n_demonstrations, shown, drawing)
    answered = int(people.of(granularity)[at, row[0]])
    return _explained(
        reasoner,
        people.catalog,
        columns,
        visible,
        at,
        granularity,
        option,
        {
            "person": person,
            "synthetic": people.identity.synthetic,
            "answered": None if answered == NO_OPTION else answered,
        },
    )


def explain_answers(
    reasoner: Reasoner,
    catalog: Catalog,
    answers: Mapping[str, int],
    probe: str,
    *,
    granularity: Granularity = "refined",
    option: int | None = None,
) -> Explanation:
    """What moved the prediction of a probe, for answers given as they are.

    Args:
        reasoner: trained on this catalog.
        catalog: for the statements.
        answers: item or demographic id -> code of the answer, as in the survey file; ids that are neither are ignored
            and listed.
        probe: the item asked, which is not among the answers.
        granularity: of the probe's options.
        option: code of the answer to explain; None for the most probable one.

    Raises:
        ReasonerError: no such item, a probe among its own demonstrations, a code without an option, or another
            catalog.
    """
    at = item_position(catalog, probe)
    if probe in answers:
        raise ReasonerError(f"the probe {probe} is among the answers that are shown: leave it out of them")
    columns, ignored = given_columns(reasoner, catalog, answers)
    facts = {"person": "", "synthetic": reasoner.origin.dataset.synthetic, "answered": None, "ignored": ignored}
    return _explained(reasoner, catalog, columns, columns[0] >= 0, at, granularity, option, facts)


def _row_of(people: People, person: str) -> NDArray[np.intp]:
    """The row of a person, shape (1,)."""
    found = np.flatnonzero(people.person_ids == person)[:1]
    if not len(found):
        raise ReasonerError(f"no person {person!r} among the {len(people):,} of {people.identity.name}")
    if len(people.take(found).rows_of("train")):
        raise ReasonerError(
            f"person {person} is of the split train, which is learned from: name one of validation or test, or give "
            f"the person's answers by themselves"
        )
    return found


def _visible(
    people: People,
    row: NDArray[np.intp],
    columns: NDArray[np.int16],
    probe: int,
    setup: int | None,
    n_demonstrations: int | None,
    shown: Shown,
    protocol: Protocol,
) -> NDArray[np.bool_]:
    """Which variables of one person are shown, shape (variables,)."""
    catalog = people.catalog
    name = list(catalog.items)[probe]
    n_items, n_variables = len(catalog.items), columns.shape[1]
    asking = next((number for number in SETUPS if name in probe_setup(catalog, number)), None)
    number = asking if setup is None else setup
    if number is None:
        visible = np.zeros(n_variables, np.bool_)
        visible[:n_items] = shown in ("statements", "both")
        visible[n_items:] = shown in ("demographics", "both")
        visible[probe] = False
        visible &= columns[0] >= 0
        return visible
    size = shown_by_default(catalog) if n_demonstrations is None else n_demonstrations
    size = size if shown in ("statements", "both") else 0
    tasks = draw_setups(people, row, (number,), size, protocol, "fewer")[0]
    places = np.flatnonzero(tasks.probes == probe)
    drawn = tasks.shown_to(int(places[0])) if len(places) else tasks.demonstrations[:, :size]
    found: NDArray[np.bool_] = shown_answers(drawn, n_items, n_variables, shown)[0] & (columns[0] >= 0)
    if found[probe]:
        raise ReasonerError(
            f"the probe {name} is among its own demonstrations: setup {number} does not ask it; "
            f"{f'setup {asking} does' if asking is not None else 'no setup does, so name none'}"
        )
    return found


def _explained(
    reasoner: Reasoner,
    catalog: Catalog,
    columns: NDArray[np.int16],
    visible: NDArray[np.bool_],
    probe: int,
    granularity: Granularity,
    option: int | None,
    facts: dict[str, object],
) -> Explanation:
    item = list(catalog.items.values())[probe]
    options = item.options(granularity)
    used = np.flatnonzero(visible)
    d = len(used)
    # Rows: everything, nothing, without each one, each one alone.
    masks = np.zeros((2 + 2 * d, len(visible)), np.bool_)
    masks[[0, *range(2, 2 + d)]] = visible
    masks[2 + np.arange(d), used] = False
    masks[2 + d + np.arange(d), used] = True
    chances = option_chances(reasoner, catalog, probe, granularity, np.repeat(columns, len(masks), axis=0), masks)
    predicted = int(chances[0].argmax())
    explained = predicted if option is None else item.option_index(option, granularity)
    if explained is None:
        known = ", ".join(str(code) for one in options for code in one.codes)
        raise ReasonerError(f"{item.id} has no option for the code {option!r}; it has {known}")
    odds = _log_odds(chances[:, explained])
    change = 100 * (chances[0] - chances[2 : 2 + d])
    named = _statements(reasoner, catalog, columns[0], used)
    effects = [
        Effect(
            *named[at],
            log_odds=float(odds[0] - odds[2 + at]),
            points=float(change[at, explained]),
            alone=float(odds[2 + d + at] - odds[1]),
            towards=options[int(change[at].argmax())].statement,
            gained=float(change[at].max()),
            moved=float(np.abs(change[at]).sum() / 2),
        )
        for at in range(d)
    ]
    return Explanation(
        reasoner=(reasoner.name, reasoner.digest),
        probe=item.id,
        label=item.label,
        category=item.category,
        granularity=granularity,
        statements=tuple(one.statement for one in options),
        probabilities=tuple(chances[0].tolist()),
        before=tuple(chances[1].tolist()),
        predicted=predicted,
        explained=explained,
        effects=tuple(sorted(effects, key=lambda effect: -abs(effect.log_odds))),
        **facts,  # type: ignore[arg-type]
    )


def _log_odds(chance: NDArray[np.float64]) -> NDArray[np.float64]:
    inside = np.clip(chance, LEAST_CHANCE, 1 - LEAST_CHANCE)
    found: NDArray[np.float64] = np.log(inside / (1 - inside))
    return found


def _statements(
    reasoner: Reasoner, catalog: Catalog, columns: NDArray[np.int16], used: NDArray[np.intp]
) -> list[tuple[str, str, str]]:
    """Id, category and statement of each variable shown."""
    layout = reasoner.model.layout
    items, demographics = list(catalog.items.values()), list(catalog.demographics.values())
    found = []
    for at in used.tolist():
        place = int(columns[at] - layout.offsets[at])
        if at < layout.n_items:
            item = items[at]
            found.append((item.id, item.category, item.refined[place].statement))
            continue
        demographic = demographics[at - layout.n_items]
        pooled = [
            option.label
            for option, where in zip(demographic.options, layout.pooled[at - layout.n_items], strict=True)
            if where == place
        ]
        label = pooled[0] if len(pooled) == 1 else f"one of {len(pooled)} rare answers"
        found.append((demographic.id, "", f"{demographic.label}: {label}"))
    return found
