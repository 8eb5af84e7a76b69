"""Naive Bayes: each demonstration is evidence of its own, and how much it weighs is learned on training persons."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.baselines.compared import demonstration_granularity
from indievaluecatalog.baselines.evidence import best_weight, held_out, log_of_shares, log_ratios, posterior
from indievaluecatalog.baselines.given import Given, Prediction, most_probable, shown_items
from indievaluecatalog.baselines.pairs import indicators, owners, pair_counts, sums_by_item
from indievaluecatalog.baselines.shares import option_counts
from indievaluecatalog.sampling.tasks import Tasks, demonstration_items, draw_tasks


@dataclass(frozen=True, slots=True, eq=False)
class _Counts:
    """Training answers to the probes, (p, k), and together with each demonstrable option, (options, probe options)."""

    alone: NDArray[np.int64]
    pairs: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """Log of each option's share, (p, k), and log-likelihood ratios, (options, probe options)."""

    prior: NDArray[np.float64]
    ratios: NDArray[np.float32]


def predict_naive_bayes(given: Given) -> Prediction:
    """P(option | demonstrations) from P(option) and P(demonstrated option | option), counted on training persons.

    Pairs of answers are drawn towards independence with `smoothing` persons' worth. The sum of the log-likelihood
    ratios is multiplied by the weight with the least log loss on held-out training persons, who are shown
    demonstrations by the same protocol and are not counted while it is chosen.
    """
    held = held_out(len(given.training)) if given.tasks.n_demonstrations else 0
    counts = _counts(given, slice(held, None))
    weight = 0.0
    if held:
        weight = _best_weight(given, _fit(given, counts), held)
        first = _counts(given, slice(0, held))
        counts = _Counts(counts.alone + first.alone, counts.pairs + first.pairs)
    fit = _fit(given, counts)
    evidence = _evidence(given, fit, given.evaluation.of(demonstration_granularity(given)), given.tasks)
    return most_probable(posterior(fit.prior, evidence, weight))


def _demonstrable(given: Given) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Positions and sizes of the items that may be shown in the setup."""
    items = list(given.training.catalog.items.values())
    allowed = np.flatnonzero(demonstration_items(given.training.catalog, given.tasks.setup, given.tasks.protocol))
    granularity = demonstration_granularity(given)
    return allowed, np.array([len(items[at].options(granularity)) for at in allowed], dtype=np.int64)


def _counts(given: Given, persons: slice) -> _Counts:
    allowed, sizes = _demonstrable(given)
    answers = given.training.of(demonstration_granularity(given))[:, persons]
    probes = given.training.of(given.granularity)[given.tasks.probes, persons]
    return _Counts(
        alone=option_counts(probes, given.sizes)[0],
        pairs=pair_counts(answers, allowed, sizes, probes, given.sizes),
    )


def _fit(given: Given, counts: _Counts) -> _Fit:
    smoothing = float(given.settings["smoothing"])
    inside = np.arange(int(given.sizes.max())) < given.sizes[:, None]
    laplace = np.where(inside, counts.alone + 1, 0)
    prior = log_of_shares(laplace / laplace.sum(axis=1, keepdims=True))
    allowed, sizes = _demonstrable(given)
    item, _ = owners(sizes)
    probe, _ = owners(given.sizes)
    # Of the persons who answered both items: how many gave the probe's option, and how many the other's.
    both = sums_by_item(counts.pairs, sizes, axis=0)[item]
    gave = sums_by_item(counts.pairs, given.sizes, axis=1)[:, probe]
    everyone = sums_by_item(sums_by_item(counts.pairs, sizes, axis=0), given.sizes, axis=1)[item][:, probe]
    ratios = log_ratios(counts.pairs, both * gave / np.maximum(everyone, 1), smoothing)
    # An item says nothing of itself: with exclude="asked" it may stand among the demonstrations of another probe.
    ratios[allowed[item][:, None] == given.tasks.probes[probe][None, :]] = 0.0
    return _Fit(prior, ratios)


def _evidence(given: Given, fit: _Fit, answers: NDArray[np.int8], tasks: Tasks) -> NDArray[np.float32]:
    """Summed log-likelihood ratios of n persons' demonstrations, shape (n, p, k).

    Args:
        given: the question.
        fit: the ratios.
        answers: int8, shape (i, n): answers of the persons of `tasks`; only demonstrations are read.
        tasks: theirs.
    """
    allowed, sizes = _demonstrable(given)
    probe, option = owners(given.sizes)
    items = len(given.training.catalog.items)

    def add_up(demonstrations: NDArray[np.int16]) -> NDArray[np.float32]:
        shown = shown_items(demonstrations, items)[:, allowed].T
        said = indicators(np.where(shown, answers[allowed], -1), sizes)
        found: NDArray[np.float32] = said.T @ fit.ratios
        return found

    total = add_up(tasks.demonstrations)
    if tasks.demonstrations.shape[1] > tasks.n_demonstrations:
        # exclude="asked" draws one more: it is shown only with a probe that stands among the others.
        listed = shown_items(tasks.demonstrations, items)[:, tasks.probes]
        total -= np.where(listed[:, probe], 0, add_up(tasks.demonstrations[:, tasks.n_demonstrations :]))
    dense = np.zeros((len(tasks), *fit.prior.shape), np.float32)
    dense[:, probe, option] = total
    return dense


def _best_weight(given: Given, fit: _Fit, held: int) -> float:
    """The weight that suits the first `held` training persons best."""
    people = given.training
    protocol = replace(given.tasks.protocol, order="keyed")
    tasks = draw_tasks(
        people.catalog,
        people.answered[:, :held],
        people.person_ids[:held],
        setup=given.tasks.setup,
        n_demonstrations=given.tasks.n_demonstrations,
        protocol=protocol,
        too_few="fewer",
    )
    evidence = _evidence(given, fit, people.of(demonstration_granularity(given))[:, :held], tasks)
    return best_weight(fit.prior, evidence, given.probe_answers[:, :held])
