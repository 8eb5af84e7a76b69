"""Several baselines run on one dataset, a file of predictions each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from indievaluecatalog.baselines.listing import BASELINES, named_baseline
from indievaluecatalog.baselines.run import Progress, run_baseline
from indievaluecatalog.dataset.people import People
from indievaluecatalog.sampling.protocol import OURS, Protocol
from indievaluecatalog.scoring.results import write_results
from indievaluecatalog.survey.synthetic import read_traits


def run_baselines(
    names: Sequence[str],
    people: People,
    out: str | Path,
    *,
    sizes: Sequence[int] = (200,),
    protocol: Protocol = OURS,
    traits: str | Path | None = None,
    progress: Progress | None = None,
) -> tuple[Path, ...]:
    """Run baselines and write `NAME-SIZE.parquet` (or `NAME.parquet` where nothing is demonstrated) into a folder.

    Args:
        names: which; none for all (`truth` only where its traits are given).
        people: train and evaluation persons.
        out: the folder; files of the same name are replaced once the new ones are whole.
        sizes: numbers of demonstrations.
        protocol: how they are drawn.
        traits: the file of true traits of synthetic persons, for `truth`.
        progress: called with a stage's name and how much of the whole is done, 0 to 1.

    Raises:
        SamplingError: as `run_baseline` does; an unknown name is found before anything is run.
        ResultsError: the folder cannot be written.
        SurveyError: a file of traits that cannot be read.
    """
    say = progress or (lambda stage, done: None)
    wanted = names or [one.name for one in BASELINES if one.name != "truth" or traits is not None]
    jobs = []
    for baseline in map(named_baseline, wanted):
        if baseline.needs_demonstrations:
            jobs += [(baseline.name, size, f"{baseline.name}-{size}.parquet") for size in sizes]
        else:
            jobs.append((baseline.name, 0, f"{baseline.name}.parquet"))
    known = None if traits is None else read_traits(traits)
    written = []
    for at, (name, size, file) in enumerate(jobs):
        results = run_baseline(
            name,
            people,
            n_demonstrations=size,
            protocol=protocol,
            traits=known,
            progress=_part_of(say, name, at, len(jobs)),
        )
        path = Path(out) / file
        write_results(results, path)
        written.append(path)
    return tuple(written)


def _part_of(say: Progress, name: str, at: int, jobs: int) -> Progress:
    """The progress of one job as that of the whole."""
    return lambda stage, done: say(f"{name}: {stage}", (at + done) / jobs)
