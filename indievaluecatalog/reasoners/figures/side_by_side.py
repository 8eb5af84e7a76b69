"""Predictors side by side at several numbers of demonstrations, beneath the ceiling where there is one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from indievaluecatalog.baselines.listing import named_baseline
from indievaluecatalog.baselines.run import run_baseline
from indievaluecatalog.catalog.probes import SETUPS
from indievaluecatalog.dataset.people import DatasetIdentity, People
from indievaluecatalog.dataset.splits import EVALUATION_SPLITS
from indievaluecatalog.errors import ReasonerError, ResultsError
from indievaluecatalog.reasoners.ceiling.run import run_ceiling
from indievaluecatalog.scoring.results import Results, read_results, write_results
from indievaluecatalog.scoring.score import score
from indievaluecatalog.scoring.scores import Figure
from indievaluecatalog.survey.synthetic import read_traits

Progress = Callable[[str, float], None]
Predictor = Callable[[int], Results]
"""Results at a number of demonstrations."""
BASELINES = ("random", "majority", "resemblance-k", "naive-bayes")
SIZES = (0, 50, 100, 150, 200)
CEILING = "ceiling"


@dataclass(frozen=True, slots=True)
class Row:
    """One predictor at one number of demonstrations.

    Attributes:
        predictor: its name.
        shown: how many statements it was shown; None where it is shown nothing, whatever the number.
        accuracy: by "polar", "refined", "mean", shares of one.
        inequity: the Value Inequity Index over both granularities, points, without noise; None without groups.
    """

    predictor: str
    shown: int | None
    accuracy: Mapping[str, Figure]
    inequity: Figure | None


@dataclass(frozen=True, slots=True)
class SideBySide:
    """All rows, predictors in the order of the table."""

    dataset: DatasetIdentity
    n_persons: int
    n_training: int
    sizes: tuple[int, ...]
    rows: tuple[Row, ...]

    @property
    def predictors(self) -> tuple[str, ...]:
        """Their names, in order."""
        return tuple(dict.fromkeys(row.predictor for row in self.rows))

    def row(self, predictor: str, shown: int) -> Row | None:
        """A predictor's row at a number of demonstrations, or at any where the number says nothing to it."""
        mine = [row for row in self.rows if row.predictor == predictor and row.shown in (None, shown)]
        return mine[0] if mine else None


def side_by_side(
    people: People,
    out: str | Path,
    *,
    more: Mapping[str, Predictor] | None = None,
    traits: str | Path | None = None,
    baselines: Sequence[str] = BASELINES,
    sizes: Sequence[int] = SIZES,
    resamples: int = 1_000,
    progress: Progress | None = None,
) -> SideBySide:
    """Predict all tasks of the splits validation and test with each predictor, and score them.

    Every prediction is kept in `out` as a file of results, which `score` reads too; one that is there already, of
    the same dataset, tasks and model, is not made again.

    Args:
        people: train and evaluation persons.
        out: folder for the files of results.
        more: trained predictors by name; see `read_predictors`.
        traits: true traits of synthetic persons, for the ceiling; none without.
        baselines: which.
        sizes: numbers of demonstrations.
        resamples: of persons, for the intervals; 0 for none.
        progress: called with a stage and the share done.

    Raises:
        ReasonerError: no sizes; a ceiling of real persons; as the predictors do.
        SamplingError: as the baselines do.
    """
    tell = progress or (lambda stage, done: None)
    if not sizes:
        raise ReasonerError("no number of demonstrations was asked for")
    rows: list[Row] = []
    plan = _plan(people, more or {}, traits, baselines, tuple(dict.fromkeys(sizes)))
    for at, (name, shown, predictor) in enumerate(plan):
        tell(f"{name}, {shown or 0} shown", at / len(plan))
        results = _kept(Path(out) / f"{name}{'' if shown is None else f'-{shown}'}.parquet", people, predictor, shown)
        found = score(results, people, resamples=resamples)
        index = found.inequity.get("mean")
        rows.append(
            Row(
                name, shown, {key: one.strict for key, one in found.accuracy.items()}, index.debiased if index else None
            )
        )
    tell("done", 1.0)
    return SideBySide(
        dataset=people.identity,
        n_persons=len(people.rows_of("validation", "test")),
        n_training=len(people.rows_of("train")),
        sizes=tuple(dict.fromkeys(sizes)),
        rows=tuple(rows),
    )


def _plan(
    people: People,
    more: Mapping[str, Predictor],
    traits: str | Path | None,
    baselines: Sequence[str],
    sizes: tuple[int, ...],
) -> list[tuple[str, int | None, Predictor]]:
    """What is run: (name, demonstrations, predictor)."""
    found: list[tuple[str, int | None, Predictor]] = []
    for name in baselines:
        needs = named_baseline(name).needs_demonstrations

        def baseline(size: int, name: str = name) -> Results:
            return run_baseline(name, people, n_demonstrations=size)

        found += [(name, size, baseline) for size in sizes if size] if needs else [(name, None, baseline)]
    found += [(name, size, predictor) for name, predictor in more.items() for size in sizes]
    if traits is not None:
        known = read_traits(traits)
        found += [(CEILING, size, lambda size: run_ceiling(people, known, n_demonstrations=size)) for size in sizes]
    return found


def _kept(path: Path, people: People, predictor: Predictor, shown: int | None) -> Results:
    """The results in a file if they are those asked for, else made and written."""
    if path.exists() and path.name.startswith((CEILING, *BASELINES)):
        # What has learned anew could have the same name; these cannot.
        try:
            kept = read_results(path)
        except ResultsError:
            pass
        else:
            whole = (kept.run.splits, kept.run.setups, kept.run.n_demonstrations) == (
                EVALUATION_SPLITS,
                SETUPS,
                shown or 0,
            )
            if whole and kept.run.dataset == people.identity and kept.run.protocol == people.protocol:
                return kept
    results = predictor(shown or 0)
    write_results(results, path)
    return results
