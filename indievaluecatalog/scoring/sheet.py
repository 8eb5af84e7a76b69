"""Several files of predictions scored and compared together: what the `score` command shows."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ResultsError
from indievaluecatalog.scoring.cells import Cells
from indievaluecatalog.scoring.chance import check_resamples
from indievaluecatalog.scoring.compare import Compared, compare_cells, run_names
from indievaluecatalog.scoring.read_runs import read_cells
from indievaluecatalog.scoring.report.render import check_report_path
from indievaluecatalog.scoring.score import score
from indievaluecatalog.scoring.scores import Comparison, Scores, to_plain
from indievaluecatalog.whole_file import check_place, whole_file

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Sheet:
    """Scores in the order of the files, and what they were compared in.

    Attributes:
        scores: a run each.
        comparisons: every pair, or each run with the reference; those of one granularity are corrected together.
        notes: what a reader must know of the runs together, such as pairs that could not be compared.
        reference: name of the run that the others were compared with; None for every pair.
    """

    scores: tuple[Scores, ...]
    comparisons: tuple[Comparison, ...]
    notes: tuple[str, ...] = ()
    reference: str | None = None

    def to_json(self) -> str:
        """Everything, as JSON text."""
        plain = {
            "format": FORMAT,
            "scores": to_plain(self.scores),
            "comparisons": to_plain(self.comparisons),
            "reference": self.reference,
            "notes": list(self.notes),
        }
        return json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def score_files(
    paths: Sequence[str | Path],
    dataset: str | Path | People | None = None,
    *,
    catalog: Catalog | str | Path | None = None,
    partial: bool = False,
    reference: str | None = None,
    mixed_protocols: bool = False,
    resamples: int = 1_000,
    seed: int = 0,
    min_group: int = 5,
    more_dimensions: bool = False,
    progress: Callable[[str, float], None] | None = None,
) -> Sheet:
    """Score files of predictions about one dataset, and compare each with each, or each with one.

    A file that holds the same predictions of the same run as one before it is left out with a note, and so are pairs
    of runs without a common task.

    Args:
        paths: results files.
        dataset: the build's folder or its persons; None for ./build/indievaluecatalog or else the last one built.
        catalog: the catalog the dataset was built with, where that is not a shipped one.
        partial: score a run of which predictions are missing on those there are.
        reference: the run that each other is compared with, by its name in tables, its file's name with or without
            the ending, or its model; None for every pair. Fewer comparisons need less correction.
        mixed_protocols: compare runs whose demonstrations were drawn by different protocols.
        resamples: of persons, for the intervals; 0 for none, else at least 10.
        seed: of all resampling.
        min_group: persons a group needs in the inequity index.
        more_dimensions: also score the groups of demographics with many or very small groups.
        progress: called with a stage's name and how much of the whole is done, 0 to 1.

    Raises:
        ResultsError: no file, one that cannot be read or does not fit the dataset, two with different predictions
            of the same run, runs of different datasets or protocols, or no such reference.
        BuildError: no build, or one of another catalog.
    """
    say = progress or (lambda stage, done: None)
    if not paths:
        raise ResultsError("no file of predictions was named")
    check_resamples(resamples)
    say("reading", 0.0)
    runs, twice = _each_once(paths, read_cells(paths, dataset, catalog=catalog, partial=partial))
    cells = [each for _, each in runs]
    names = run_names([each.run for each in cells])
    place = None if reference is None else _place(reference, names, runs)
    compared = Compared(())
    if len(cells) > 1:
        say("comparing", 0.05)
        compared = compare_cells(
            cells, reference=place, mixed_protocols=mixed_protocols, resamples=resamples, seed=seed
        )
    scores = []
    for at, each in enumerate(cells):
        say(f"scoring {each.run.model}", 0.2 + 0.8 * at / len(cells))
        scores.append(score(each, resamples=resamples, seed=seed, min_group=min_group, more_dimensions=more_dimensions))
    say("done", 1.0)
    return Sheet(
        scores=tuple(scores),
        comparisons=compared.comparisons,
        notes=(*twice, *compared.left_out, *compared.notes),
        reference=None if place is None else names[place],
    )


def _each_once(paths: Sequence[str | Path], cells: Sequence[Cells]) -> tuple[list[tuple[Path, Cells]], tuple[str, ...]]:
    """The runs without those given before, and a sentence for each of these."""
    kept: dict[str, tuple[Path, Cells]] = {}
    notes = []
    for path, each in zip(map(Path, paths), cells, strict=True):
        before, same = kept.setdefault(each.run.digest, (path, each))
        if same is each:
            continue
        if not _same_predictions(same, each):
            raise ResultsError(
                f"{before} and {path} hold different predictions of the same run ({each.run.model}, "
                f"{each.run.digest[:12]}): give one of them, or tell them apart in the run's settings"
            )
        notes.append(f"{path} is the same run as {before}, given twice: it is scored once")
    return list(kept.values()), tuple(notes)


def _same_predictions(first: Cells, second: Cells) -> bool:
    if not (np.array_equal(first.given, second.given) and np.array_equal(first.prediction, second.prediction)):
        return False
    mine, yours = first.probabilities, second.probabilities
    if mine is None or yours is None:
        return mine is yours
    return np.array_equal(mine, yours, equal_nan=True)


def _place(reference: str, names: Sequence[str], runs: Sequence[tuple[Path, Cells]]) -> int:
    """Which run is meant; what tells most comes first."""
    for told in (
        list(names),
        [str(path) for path, _ in runs],
        [path.name for path, _ in runs],
        [path.stem for path, _ in runs],
        [each.run.model for _, each in runs],
    ):
        found = [at for at, name in enumerate(told) if name == reference]
        if len(found) > 1:
            several = "; ".join(names[at] for at in found)
            raise ResultsError(f"the reference {reference!r} may be any of these runs: {several}. Name one")
        if found:
            return found[0]
    raise ResultsError(f"there is no run {reference!r} to compare with; there are {'; '.join(names)}")


def check_outputs(report: str | Path | None = None, json_out: str | Path | None = None) -> None:
    """Say before the work what writing its outcome would say after it; makes nothing.

    Raises:
        ResultsError: another ending than .html of the report or .json of the figures, or a place that cannot be
            written.
    """
    if report is not None:
        check_report_path(report)
    if json_out is not None:
        check_json_path(json_out)


def check_json_path(path: str | Path) -> None:
    """Refuse where `write_json` cannot write.

    Raises:
        ResultsError: another ending than .json, or a place that cannot be written.
    """
    target = Path(path)
    if target.suffix != ".json":
        raise ResultsError(f"{str(target)!r}: the figures are written as .json")
    check_place(target, ResultsError)


def write_json(sheet: Sheet, path: str | Path) -> None:
    """Write a sheet as JSON; the file appears only when it is whole.

    Raises:
        ResultsError: another ending than .json, or a place that cannot be written.
    """
    check_json_path(path)
    with whole_file(Path(path), ResultsError) as beside:
        beside.write_text(sheet.to_json(), "utf-8")
