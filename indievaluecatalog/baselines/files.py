"""Several baselines run on one dataset, a file of predictions each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from indievaluecatalog.baselines.listing import BASELINES, named_baseline
from indievaluecatalog.baselines.run import Progress, run_together
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.catalog.probes import SETUPS
from indievaluecatalog.dataset.people import People
from indievaluecatalog.dataset.splits import EVALUATION_SPLITS, shown_by_default
from indievaluecatalog.errors import SamplingError
from indievaluecatalog.sampling.protocol import Protocol, chosen_protocol
from indievaluecatalog.sampling.tasks import TooFew
from indievaluecatalog.scoring.results import write_results
from indievaluecatalog.survey.synthetic import read_traits


def run_baselines(
    names: Sequence[str],
    people: People,
    out: str | Path,
    *,
    sizes: Sequence[int] | None = None,
    setups: Sequence[int] = SETUPS,
    splits: Sequence[str] = EVALUATION_SPLITS,
    protocol: Protocol | str | None = None,
    changes: Mapping[str, Any] = MappingProxyType({}),
    too_few: TooFew = "error",
    traits: str | Path | None = None,
    progress: Progress | None = None,
    note: Callable[[str], None] | None = None,
) -> tuple[Path, ...]:
    """Run baselines and write `NAME-SIZE.parquet` (or `NAME.parquet` where nothing is demonstrated) into a folder.

    Args:
        names: which; none for all that the survey has what they need for (`truth` only where its traits are given).
        people: train and evaluation persons.
        out: the folder; files of the same name are replaced once the new ones are whole.
        sizes: numbers of demonstrations; None for the one that the dataset was built for.
        setups: which of 0, 1, 2.
        splits: whose tasks.
        protocol: how they are drawn; None for the protocol the dataset was built by.
        changes: choices of the protocol made differently.
        too_few: what becomes of persons with fewer answers to show.
        traits: the file of true traits of synthetic persons, for `truth`.
        progress: called with a stage's name and how much of the whole is done, 0 to 1.

        note: called with a line for each baseline that is left out although all were asked for.

    Raises:
        SamplingError: as `run_baseline` does; an unknown name is found before anything is run.
        ResultsError: the folder cannot be written.
        SurveyError: a file of traits that cannot be read.
    """
    say = progress or (lambda stage, done: None)
    wanted = names or _possible(people.catalog, traits is not None, note or (lambda line: None))
    sizes = (shown_by_default(people.catalog),) if sizes is None else sizes
    baselines = list({name: named_baseline(name) for name in wanted}.values())
    if not sizes:
        raise SamplingError("no number of demonstrations was asked for")
    known = None if traits is None else read_traits(traits)
    rounds = [(size, [one for one in baselines if one.needs_demonstrations]) for size in dict.fromkeys(sizes)]
    rounds[0] = (rounds[0][0], baselines)
    written = []
    for at, (size, together) in enumerate(rounds):
        if not together:
            continue
        made = run_together(
            {one.name: None for one in together},
            people,
            n_demonstrations=size,
            setups=setups,
            splits=splits,
            protocol=chosen_protocol(protocol, people.protocol, **changes),
            too_few=too_few,
            traits=known,
            progress=_part_of(say, at, len(rounds)),
        )
        for one, results in zip(together, made, strict=True):
            path = Path(out) / (f"{one.name}-{size}.parquet" if one.needs_demonstrations else f"{one.name}.parquet")
            write_results(results, path)
            written.append(path)
    return tuple(written)


def _possible(catalog: Catalog, traits: bool, note: Callable[[str], None]) -> list[str]:
    """Names of the baselines that can predict persons of a survey; of the others, a note why."""
    found = []
    for one in BASELINES:
        if why := one.cannot(catalog):
            note(f"left out {one.name}: {why}")
        elif one.name != "truth" or traits:
            found.append(one.name)
    return found


def _part_of(say: Progress, at: int, rounds: int) -> Progress:
    """The progress of one round as that of the whole."""
    return lambda stage, done: say(stage, (at + done) / rounds)
