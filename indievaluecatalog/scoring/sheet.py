"""Several files of predictions scored and compared together: what the `score` command shows."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.people import People, read_people
from indievaluecatalog.errors import ResultsError
from indievaluecatalog.scoring.cells import lay_out
from indievaluecatalog.scoring.compare import compare
from indievaluecatalog.scoring.results import read_results
from indievaluecatalog.scoring.score import score
from indievaluecatalog.scoring.scores import Comparison, Scores, to_plain
from indievaluecatalog.whole_file import whole_file

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Sheet:
    """Scores in the order of the files, and every pair of them compared."""

    scores: tuple[Scores, ...]
    comparisons: tuple[Comparison, ...]

    def to_json(self) -> str:
        """Everything, as JSON text."""
        plain = {"format": FORMAT, "scores": to_plain(self.scores), "comparisons": to_plain(self.comparisons)}
        return json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def score_files(
    paths: Sequence[str | Path],
    dataset: str | Path | People | None = None,
    *,
    catalog: Catalog | str | Path | None = None,
    partial: bool = False,
    mixed_protocols: bool = False,
    resamples: int = 1_000,
    seed: int = 0,
    min_group: int = 5,
    more_dimensions: bool = False,
    progress: Callable[[str, float], None] | None = None,
) -> Sheet:
    """Score files of predictions about one dataset, and compare each with each.

    Args:
        paths: results files.
        dataset: the build's folder or its persons; None for ./build/indievaluecatalog or else the last one built.
        catalog: the catalog the dataset was built with, where that is not a shipped one.
        partial: score a run of which predictions are missing on those there are.
        mixed_protocols: compare runs whose demonstrations were drawn by different protocols.
        resamples: of persons, for the intervals.
        seed: of all resampling.
        min_group: persons a group needs in the inequity index.
        more_dimensions: also score the groups of demographics with many or very small groups.
        progress: called with a stage's name and how much of the whole is done, 0 to 1.

    Raises:
        ResultsError: no file, one that cannot be read or does not fit the dataset, or runs that cannot be compared.
        BuildError: no build, or one of another catalog.
    """
    say = progress or (lambda stage, done: None)
    if not paths:
        raise ResultsError("no file of predictions was named")
    say("reading", 0.0)
    found = [read_results(path) for path in paths]
    wanted = {split for results in found for split in results.run.splits}
    people = dataset if isinstance(dataset, People) else read_people(dataset, splits=sorted(wanted), catalog=catalog)
    cells = [
        lay_out(results, people, partial=partial, source=str(path)) for results, path in zip(found, paths, strict=True)
    ]
    comparisons: tuple[Comparison, ...] = ()
    if len(cells) > 1:
        say("comparing", 0.05)
        comparisons = compare(cells, mixed_protocols=mixed_protocols, resamples=resamples, seed=seed)
    scores = []
    for at, each in enumerate(cells):
        say(f"scoring {each.run.model}", 0.2 + 0.8 * at / len(cells))
        scores.append(score(each, resamples=resamples, seed=seed, min_group=min_group, more_dimensions=more_dimensions))
    say("done", 1.0)
    return Sheet(scores=tuple(scores), comparisons=comparisons)


def write_json(sheet: Sheet, path: str | Path) -> None:
    """Write a sheet as JSON; the file appears only when it is whole.

    Raises:
        ResultsError: the place cannot be written.
    """
    with whole_file(Path(path), ResultsError) as beside:
        beside.write_text(sheet.to_json(), "utf-8")
