"""A made-up population of a survey wave, with the truth behind its answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.errors import SurveyError
from indievaluecatalog.survey.synthetic.background import background_columns, technical_columns
from indievaluecatalog.survey.synthetic.countries import country_of_rows
from indievaluecatalog.survey.synthetic.facts import Facts, facts_for
from indievaluecatalog.survey.synthetic.fit import fit_model, unit_scale
from indievaluecatalog.survey.synthetic.lives import make_lives
from indievaluecatalog.survey.synthetic.missingness import draw_missing, reason_codes, reluctance
from indievaluecatalog.survey.synthetic.model import Model, probabilities
from indievaluecatalog.survey.synthetic.responses import draw_item, draw_limited
from indievaluecatalog.survey.synthetic.traits import Traits, draw_traits

Progress = Callable[[str, float], None]
MOST_PERSONS = 5_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """n made-up persons: what a survey file would hold of them, and the truth behind it.

    Attributes:
        catalog: what they were asked.
        facts: what the generator was told about the wave.
        seed: what they were drawn with.
        columns: raw codes by variable, each of shape (n,): technical variables, items, demographics. Whole
            numbers, except weights (float64) and a few texts.
        traits: true traits, on the model's scale.
        model: what turned traits into answers.
    """

    catalog: Catalog
    facts: Facts
    seed: int
    columns: Mapping[str, NDArray[Any]]
    traits: Traits
    model: Model

    def __len__(self) -> int:
        return len(self.traits)


def synthesize(
    catalog: Catalog,
    persons: int,
    seed: int = 0,
    progress: Progress | None = None,
    *,
    facts: Facts | None = None,
) -> Population:
    """A population of `persons` made-up respondents.

    The same catalog, size, seed and numpy give the same population; a smaller one is no prefix of it.

    Args:
        catalog: what they are asked; any catalog will do.
        persons: how many, 1 or more.
        seed: another seed, other persons, countries' leanings and, where the facts leave them open, levels.
        progress: called with the stage's name and the fraction done, 0 to 1.
        facts: what to tell the generator; by default what ships for the wave, or else plain defaults.

    Raises:
        SurveyError: a number of persons that is no whole number from 1 to five million.
        CatalogError: the shipped facts of the wave cannot be read.
    """
    if isinstance(persons, bool) or not isinstance(persons, int | np.integer) or not 1 <= persons <= MOST_PERSONS:
        raise SurveyError(f"the number of persons must be a whole number from 1 to {MOST_PERSONS:,}, not {persons!r}")
    tell = progress or (lambda stage, fraction: None)
    known = facts or facts_for(catalog)
    tell("model", 0.0)
    model = fit_model(known, catalog, seed)
    tell("lives", 0.1)
    country = country_of_rows(known, int(persons))
    lives = make_lives(known, catalog, country, seed, "persons")
    tell("traits", 0.2)
    traits = unit_scale(model, draw_traits(known, country, lives, seed, "persons"))
    reluctant = reluctance(known, lives, seed)
    answers = _answers(catalog, known, model, traits, reluctant, seed, tell)
    columns: dict[str, NDArray[Any]] = dict(technical_columns(known, catalog, country, seed))
    columns |= {catalog.items[name].variable: codes for name, codes in answers.items()}
    for variable, codes in background_columns(known, catalog, lives, reluctant, seed).items():
        columns.setdefault(variable, codes)
    tell("done", 1.0)
    return Population(catalog, known, seed, columns, traits, model)


def _answers(
    catalog: Catalog,
    facts: Facts,
    model: Model,
    traits: Traits,
    reluctant: NDArray[np.float32],
    seed: int,
    tell: Progress,
) -> dict[str, NDArray[np.int8]]:
    drawn: dict[str, NDArray[np.int8]] = {}
    groups: dict[str, str] = {}
    for limit in model.limits:
        drawn |= draw_limited(model, limit, traits, seed)
        groups |= dict.fromkeys(limit.items, limit.items[0])
    seconds = model.second_choices
    order = sorted(catalog.items, key=lambda name: name in seconds)
    answers: dict[str, NDArray[np.int8]] = {}
    reasons = reason_codes(catalog)
    for index, name in enumerate(order):
        if name not in drawn:
            first = drawn[seconds[name]] if name in seconds else None
            drawn[name] = draw_item(model, model.items[name], traits, seed, first)
        missing = draw_missing(facts, catalog, name, traits.country, reluctant, seed, groups.get(name, ""))
        if name in seconds:
            declared = catalog.items[name].missing
            skipped = next((reasons[r] for r in ("not_applicable", "no_answer") if reasons.get(r) in declared), 0)
            unasked = missing == reasons.get("not_asked", 0)
            missing = np.where((answers[seconds[name]] < 0) & ~unasked, np.int8(skipped), missing)
        answers[name] = np.where(missing < 0, missing, drawn[name]).astype(np.int8)
        if index % 16 == 0:
            tell("answers", 0.25 + 0.7 * index / len(order))
    return {name: answers[name] for name in catalog.items}


def true_probabilities(population: Population | TrueModel, item_id: str) -> NDArray[np.float32]:
    """Each person's true probability of each code of an item, given an answer, shape (n, codes).

    Columns follow the catalog's `item.codes`, codes that no option covers among them; rows add up to one.
    For items drawn together (at most so many picks, a second choice) they are the marginal ones, knowing the
    traits and none of the other answers.

    Raises:
        KeyError: no such item.
    """
    return probabilities(population.model, population.traits, item_id)


@dataclass(frozen=True, slots=True, eq=False)
class TrueModel:
    """The truth behind a population, without its answers; what `read_traits` returns."""

    traits: Traits
    model: Model
    interview_ids: NDArray[np.int64]

    def take(self, rows: NDArray[np.intp]) -> TrueModel:
        """The same for some persons, in the order asked for."""
        return replace(self, traits=take_traits(self.traits, rows), interview_ids=self.interview_ids[rows])


def take_traits(traits: Traits, rows: NDArray[np.intp]) -> Traits:
    """Traits of some persons, in the order asked for."""
    return Traits(traits.factors[rows], traits.acquiescence[rows], traits.extremeness[rows], traits.country[rows])
