"""Learning curves: accuracy by the number of persons learned from."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from indievaluecatalog.dataset.people import DatasetIdentity, People
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.ceiling.limit import FEWEST_SIZES, ExtrapolatedLimit, extrapolated_limits
from indievaluecatalog.reasoners.figures.side_by_side import CEILING
from indievaluecatalog.reasoners.statistical.linear import LinearSettings
from indievaluecatalog.reasoners.statistical.predict import predict_tasks
from indievaluecatalog.reasoners.statistical.train import FEWEST_PERSONS, train_reasoner, training_rows
from indievaluecatalog.scoring.report.canvas import Plot, draw, standalone
from indievaluecatalog.scoring.report.figures import WIDTH, times
from indievaluecatalog.scoring.report.plots import Series, lines, lines_height, look
from indievaluecatalog.scoring.report.wording import SYNTHETIC
from indievaluecatalog.scoring.results import read_results
from indievaluecatalog.scoring.score import score
from indievaluecatalog.scoring.scores import Figure, Scores
from indievaluecatalog.whole_file import whole_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

Progress = Callable[[str, float], None]
PERSONS = (500, 1_500, 5_000, 15_000, 50_000)
SIZES = (0, 50, 200)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Accuracy (shares of one) of a reasoner that learned from `n_training` persons, with `shown` statements."""

    n_training: int
    shown: int
    polar: Figure
    refined: Figure
    mean: Figure
    calibration_error: float


@dataclass(frozen=True, slots=True)
class LearningCurve:
    """All points.

    Attributes:
        dataset: whose persons.
        points: by number of persons, then of statements.
        limits: by number of statements, mean accuracy in percent with infinitely many persons, as a power law has
            it: the limit of this family of models, not of the task.
        ceilings: by number of statements, the best possible mean accuracy in percent, of synthetic persons.
    """

    dataset: DatasetIdentity
    points: tuple[CurvePoint, ...]
    limits: dict[int, ExtrapolatedLimit]
    ceilings: dict[int, float]


def learning_curve(
    people: People,
    *,
    persons: Sequence[int] | None = None,
    sizes: Sequence[int] = SIZES,
    settings: LinearSettings | None = None,
    ceilings: dict[int, float] | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> LearningCurve:
    """Train the linear reasoner on more and more persons and score each on the evaluation persons.

    Args:
        people: train and evaluation persons.
        persons: numbers to learn from; None for 500 to 50,000 and all, as far as there are so many.
        sizes: numbers of demonstrations.
        settings: of the reasoner.
        ceilings: best possible mean accuracy in percent by number of demonstrations, where it is known.
        seed: of the training.
        progress: called with a stage and the share done.

    Raises:
        ReasonerError: fewer persons asked for than a reasoner needs, or more than there are.
    """
    tell = progress or (lambda stage, done: None)
    there = len(training_rows(people, None, seed)[0])
    wanted = (*(n for n in PERSONS if n < there), there) if persons is None else tuple(dict.fromkeys(persons))
    for n in wanted:
        if not FEWEST_PERSONS <= n <= there:
            raise ReasonerError(
                f"there are {there:,} persons to learn from, and {FEWEST_PERSONS} are needed: not {n:,}"
            )
    points = []
    for at, n in enumerate(wanted):

        def part(stage: str, done: float, at: int = at, n: int = n) -> None:
            tell(f"{n:,} persons: {stage}", (at + done) / len(wanted))

        reasoner = train_reasoner(people, settings=settings, persons=n, seed=seed, progress=part)
        for size in sizes:
            found = score(predict_tasks(reasoner, people, n_demonstrations=size), people, permutations=10)
            points.append(_point(n, size, found))
    return LearningCurve(people.identity, tuple(points), _limits(people, points), ceilings or {})


def known_ceilings(results: Sequence[str | Path], people: People) -> dict[int, float]:
    """Best possible mean accuracy in percent by number of demonstrations, from results of `reasoner ceiling`.

    Raises:
        ReasonerError: results of something else.
        ResultsError: a file that cannot be read or is about another dataset.
    """
    found = {}
    for path in results:
        kept = read_results(path)
        if kept.run.model != CEILING:
            raise ReasonerError(f"{path}: holds predictions of {kept.run.model}, not of a ceiling")
        mean = score(kept, people, resamples=0, permutations=10).accuracy["mean"]
        found[kept.run.n_demonstrations] = 100 * mean.strict.value
    return found


def _point(n: int, shown: int, found: Scores) -> CurvePoint:
    polar, refined, mean = (found.accuracy[key].strict for key in ("polar", "refined", "mean"))
    errors = [one.calibration_error for one in found.probability.values()]
    return CurvePoint(n, shown, polar, refined, mean, sum(errors) / len(errors))


def _limits(people: People, points: Sequence[CurvePoint]) -> dict[int, ExtrapolatedLimit]:
    """By number of statements; none where nothing was shown, as there is next to nothing to learn then."""
    rows = [{"n_train": one.n_training, "d": one.shown, "accuracy": 100 * one.mean.value} for one in points]
    if len({row["n_train"] for row in rows}) < FEWEST_SIZES:
        return {}
    found = extrapolated_limits(rows, all_answers=float(len(people.catalog.items)))["persons"]
    return {int(size): limit for size, limit in found.items() if size}


def curve_csv(curve: LearningCurve) -> str:
    """One line a point; accuracies in percent with 95% intervals."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    keys = ("polar", "refined", "mean")
    parts = [f"{key}{end}" for key in keys for end in ("", "_low", "_high")]
    ends = ["calibration_error", "limit_of_family", "ceiling", "synthetic"]
    writer.writerow(["n_training", "shown", *parts, *ends])
    for one in curve.points:
        figures = [getattr(one, key) for key in keys]
        cells = ["" if value is None else f"{100 * value:.3f}" for f in figures for value in (f.value, f.low, f.high)]
        limit, ceiling = curve.limits.get(one.shown), curve.ceilings.get(one.shown)
        more = ["" if limit is None else f"{limit.limit:.2f}", "" if ceiling is None else f"{ceiling:.2f}"]
        error = f"{100 * one.calibration_error:.3f}"
        writer.writerow([one.n_training, one.shown, *cells, error, *more, curve.dataset.synthetic])
    return text.getvalue()


def curve_plot(curve: LearningCurve) -> Plot:
    """Mean accuracy by the number of persons learned from, a line a number of statements; ceilings dashed."""
    series: list[tuple[Series, tuple[int, ...]]] = []
    for at, size in enumerate(dict.fromkeys(one.shown for one in curve.points)):
        mine = [one for one in curve.points if one.shown == size]
        figures = tuple(times(one.mean, 100) for one in mine)
        series.append((Series(f"{size} shown", figures, look(at)), tuple(one.n_training for one in mine)))
        if size in curve.ceilings:
            ceiling = Series(f"ceiling, {size} shown", (Figure(curve.ceilings[size]),), look(at), flat=True)
            series.append((ceiling, (mine[0].n_training,)))
    height = lines_height([one.name for one, _ in series])
    note = SYNTHETIC if curve.dataset.synthetic else ""

    def paint(figure: Drawing) -> None:
        figure.get_layout_engine().set(rect=(0, 0, 1, 1 - (0.2 / height if note else 0)))  # type: ignore[union-attr,call-arg]
        axes = figure.add_subplot()
        lines(axes, series, "persons learned from", "accuracy (mean), %", height, ratios=True)

    alt = f"Lines: accuracy by persons learned from, {len(series)} lines. The table holds the numbers."
    caption = "Accuracy (mean of polar and refined) by number of persons learned from, with 95% intervals"
    return draw("learning-curve", caption, alt, WIDTH, height, paint, note)


def write_curve(curve: LearningCurve, out: str | Path) -> tuple[Path, ...]:
    """Write `curve.csv` and `curve.svg` into a folder.

    Raises:
        ReasonerError: the folder cannot be written.
    """
    made = {"curve.csv": curve_csv(curve), "curve.svg": standalone(curve_plot(curve))}
    for name, text in made.items():
        with whole_file(Path(out) / name, ReasonerError) as beside:
            beside.write_text(text, "utf-8")
    return tuple(Path(out) / name for name in made)
