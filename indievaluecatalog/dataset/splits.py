"""Who is evaluated: the balanced test and validation persons, and the rest for training.

The rule is the catalog's `evaluation` section. Order within a group comes from the keyed hash, so the choice
depends on the seed and the persons' keys, never on the order of rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.catalog.probes import SETUPS, all_probe_items, probe_setup
from indievaluecatalog.dataset.lookup import NO_OPTION, demographic_indices
from indievaluecatalog.keyed_hash import keyed_hash
from indievaluecatalog.survey.answers import ANSWERED, Answers
from indievaluecatalog.survey.person_keys import has_twin

SPLITS = ("train", "validation", "test")
EVALUATION_SPLITS = SPLITS[1:]
TRAIN, VALIDATION, TEST = 0, 1, 2

EVERYONE = "the survey"
"""What notes call the one group of a survey without continents."""

MAX_SHARE = 0.2
"""No more than this share of a small population is set aside for evaluation."""


@dataclass(frozen=True, slots=True)
class GroupCoverage:
    """How many persons a group (a country or a continent) has, may evaluate, and gives."""

    persons: int
    eligible: int
    chosen: int


@dataclass(frozen=True, slots=True, eq=False)
class Splits:
    """The split of every person, and how the evaluation persons came about.

    Attributes:
        assignment: int8, shape (n,): index into SPLITS.
        asked_for: evaluation persons wanted.
        chosen: evaluation persons found.
        by_continent, by_country: coverage by option label.
        notes: what a reader must know, such as a continent that falls short.
    """

    assignment: NDArray[np.int8]
    asked_for: int
    chosen: int
    by_continent: Mapping[str, GroupCoverage]
    by_country: Mapping[str, GroupCoverage]
    notes: tuple[str, ...]

    def rows(self, split: str) -> NDArray[np.intp]:
        """Row numbers of one split, in file order."""
        return np.flatnonzero(self.assignment == SPLITS.index(split))


def assign_splits(
    catalog: Catalog,
    answers: Answers,
    *,
    seed: int = 0,
    evaluation_persons: int | None = None,
    selection: Literal["all", "answered"] = "all",
) -> Splits:
    """Choose the evaluation persons; half are test, half validation, everyone else is train.

    Args:
        catalog: the wave's catalog, whose `evaluation` rule is followed.
        answers: n persons.
        seed: enters the keyed hash.
        evaluation_persons: how many to choose; by default the rule's number. Of a small population no more
            than a fifth, whatever was asked for.
        selection: "all" asks for a valid answer to every probe item; "answered" for enough valid answers to show
            in every setup, so that countries where a probe was not asked take part with the others.

    Raises:
        ValueError: a negative number of evaluation persons.
    """
    rule = catalog.evaluation
    wanted = rule.persons if evaluation_persons is None else evaluation_persons
    if wanted < 0:
        raise ValueError(f"the number of evaluation persons cannot be negative: {wanted}")
    asked = min(wanted, int(len(answers) * MAX_SHARE))
    notes = []
    if asked < wanted:
        notes.append(f"{len(answers)} persons are few: at most {asked} are set aside, not {wanted}")

    eligible = _eligible(catalog, answers) if selection == "all" else _eligible_on_answered(catalog, answers)
    lacking = [item for item in all_probe_items(catalog) if item in answers.report.absent_items]
    if lacking and selection == "all":
        notes.append(f"the file lacks the probe items {', '.join(lacking)}; the others were asked for")
    twins = has_twin(answers.person_ids)
    if twins.any():
        notes.append(f"{int(twins.sum())} persons answer just as another of the same interview id; all are in train")
        eligible &= ~twins
    order = keyed_hash(seed, "evaluation persons", answers.person_ids.tolist())
    continents = _groups(catalog, answers, catalog.wave.continent_demographic)
    pools = _pools(catalog, answers, eligible, continents, order)
    quotas = fair_quotas({name: len(rows) for name, rows in pools.items()}, asked)
    share = asked / max(len(pools), 1)
    for name in sorted(pools):
        if len(pools[name]) < share and asked:
            notes.append(
                f"{name} has {len(pools[name])} persons to choose from, fewer than an equal share of {share:.0f}"
            )
    chosen = np.concatenate([np.array([], dtype=np.intp), *(pools[name][: quotas[name]] for name in sorted(pools))])
    assignment = np.zeros(len(answers), dtype=np.int8)
    halves = chosen[np.argsort(keyed_hash(seed, "test or validation", answers.person_ids[chosen].tolist()))]
    assignment[halves[: len(halves) // 2]] = VALIDATION
    assignment[halves[len(halves) // 2 :]] = TEST
    countries = _groups(catalog, answers, catalog.wave.country_demographic)
    by_country = _coverage(catalog, catalog.wave.country_demographic, countries, eligible, assignment)
    nowhere = [name for name, row in by_country.items() if not row.eligible]
    if nowhere and selection == "all" and asked:
        few = ", ".join(nowhere[:5]) + (f" and {len(nowhere) - 5} more" if len(nowhere) > 5 else "")
        notes.append(
            f"in {len(nowhere)} countries nobody answered every probe item ({few}); selection by answered probes "
            f"(--selection answered) lets them take part"
        )
    if len(chosen) < asked:
        notes.append(f"{len(chosen)} evaluation persons were found, not {asked}")

    return Splits(
        assignment=assignment,
        asked_for=wanted,
        chosen=len(chosen),
        by_continent=_coverage(catalog, catalog.wave.continent_demographic, continents, eligible, assignment),
        by_country=by_country,
        notes=tuple(notes),
    )


def _eligible(catalog: Catalog, answers: Answers) -> NDArray[np.bool_]:
    """Every probe item that the file has validly answered, and enough valid answers in all."""
    absent = answers.report.absent_items
    probes = [answers.item_ids.index(item) for item in all_probe_items(catalog) if item not in absent]
    enough = (answers.reasons == ANSWERED).sum(axis=0) >= catalog.evaluation.min_answers
    eligible: NDArray[np.bool_] = enough & (answers.reasons[probes] == ANSWERED).all(axis=0)
    return eligible


def _eligible_on_answered(catalog: Catalog, answers: Answers) -> NDArray[np.bool_]:
    """In every setup some probe validly answered, and as many answers beside the probes as the rule leaves."""
    answered = answers.reasons == ANSWERED
    eligible = np.ones(len(answers), dtype=np.bool_)
    for setup in SETUPS:
        ids = probe_setup(catalog, setup)
        asked = np.isin(answers.item_ids, ids)
        eligible &= answered[asked].any(axis=0)
        eligible &= answered[~asked].sum(axis=0) >= shown_by_default(catalog)
    return eligible


def shown_by_default(catalog: Catalog) -> int:
    """Demonstrations that every evaluation person has: the answers asked of them less a setup's probes."""
    return max(catalog.evaluation.min_answers - max(len(set(probe_setup(catalog, s))) for s in SETUPS), 0)


def _groups(catalog: Catalog, answers: Answers, demographic: str) -> NDArray[np.int16]:
    """Each person's group, shape (n,); NO_OPTION throughout where the survey does not ask."""
    if not demographic:
        return np.full(len(answers), NO_OPTION, np.int16)
    return demographic_indices(answers, catalog.demographics[demographic])


def _pools(
    catalog: Catalog,
    answers: Answers,
    eligible: NDArray[np.bool_],
    continents: NDArray[np.int16],
    order: NDArray[np.uint64],
) -> dict[str, NDArray[np.intp]]:
    """Candidates of each continent, in keyed order, after the demographic and religion limits."""
    rule = catalog.evaluation
    religions = _groups(catalog, answers, rule.religion_demographic)
    named = _labels(catalog, rule.religion_demographic)
    described = (answers.demographic_reasons == ANSWERED).sum(axis=0) >= rule.min_demographics
    large = [index for index, label in enumerate(named) if label in rule.religion_groups]
    pools = {}
    continent = catalog.wave.continent_demographic
    # Without continents there is one pool.
    pairs = list(enumerate(_labels(catalog, continent))) if continent else [(NO_OPTION, EVERYONE)]
    for index, label in pairs:
        here = eligible & (continents == index)
        if label in rule.whole_continents:
            rows = np.flatnonzero(here)
        else:
            groups = []
            for group in large:
                members = np.flatnonzero(here & described & (religions == group))
                groups.append(members[np.argsort(order[members])][: rule.max_per_religion])
            rows = np.concatenate(groups) if groups else np.flatnonzero(here & described)
        if len(rows) or (continents == index).any():
            pools[label] = rows[np.argsort(order[rows])]
    return pools


def _labels(catalog: Catalog, demographic: str) -> list[str]:
    return [option.label for option in catalog.demographics[demographic].options] if demographic else []


def fair_quotas(available: Mapping[str, int], total: int) -> dict[str, int]:
    """Equal numbers a group where all have enough; a short group gives all, the others share the rest."""
    quotas = dict.fromkeys(sorted(available), 0)
    left = min(total, sum(available.values()))
    while left:
        open_groups = [name for name in quotas if quotas[name] < available[name]]
        step = max(left // len(open_groups), 1)
        for name in open_groups:
            give = min(step, available[name] - quotas[name], left)
            quotas[name] += give
            left -= give
    return quotas


def _coverage(
    catalog: Catalog,
    demographic: str,
    groups: NDArray[np.int16],
    eligible: NDArray[np.bool_],
    assignment: NDArray[np.int8],
) -> dict[str, GroupCoverage]:
    if not demographic:
        return {}
    labels = [*_labels(catalog, demographic), "(none)"]
    coverage = {}
    for index in np.unique(groups):
        here = groups == index
        name = labels[-1] if index == NO_OPTION else labels[index]
        coverage[name] = GroupCoverage(
            persons=int(here.sum()),
            eligible=int((here & eligible).sum()),
            chosen=int((here & (assignment != TRAIN)).sum()),
        )
    return dict(sorted(coverage.items()))
