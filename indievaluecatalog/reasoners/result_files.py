"""Predictions of a reasoner or a ceiling, one file of results for each number of demonstrations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from indievaluecatalog.catalog.probes import SETUPS
from indievaluecatalog.dataset.people import People
from indievaluecatalog.dataset.splits import EVALUATION_SPLITS, shown_by_default
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.ceiling.run import run_ceiling
from indievaluecatalog.reasoners.language.small.folder import FACTS, read_small
from indievaluecatalog.reasoners.language.small.predict import NAME as SMALL
from indievaluecatalog.reasoners.language.small.predict import predict_small
from indievaluecatalog.reasoners.statistical.model_file import read_reasoner
from indievaluecatalog.reasoners.statistical.predict import predict_tasks
from indievaluecatalog.sampling.protocol import Protocol, chosen_protocol
from indievaluecatalog.sampling.tasks import TooFew
from indievaluecatalog.scoring.results import Results, write_results
from indievaluecatalog.scoring.run import Shown
from indievaluecatalog.survey.synthetic import read_traits
from indievaluecatalog.whole_file import check_place

Progress = Callable[[str, float], None]


def predict_to_files(
    folder: str | Path,
    people: People,
    out: str | Path,
    *,
    sizes: Sequence[int] | None = None,
    shown: Shown = "statements",
    setups: Sequence[int] = SETUPS,
    splits: Sequence[str] = EVALUATION_SPLITS,
    protocol: Protocol | str | None = None,
    changes: Mapping[str, Any] = MappingProxyType({}),
    too_few: TooFew = "error",
    progress: Progress | None = None,
) -> tuple[Path, ...]:
    """Predict every task and write `NAME-SIZE.parquet` into a folder, for each number of demonstrations.

    Where demographics are shown, the name says so. Files of the same name are replaced once the new ones are whole.

    Args:
        folder: of a trained reasoner: a statistical one, or a small language model, which is shown statements only.
        people: the persons asked.
        out: the folder.
        sizes: numbers of demonstrations; None for the one that the dataset was built for.
        shown, setups, splits, too_few: see `predict_tasks`.
        protocol: how tasks are drawn; None for the protocol the dataset was built by.
        changes: choices of the protocol made differently.
        progress: called with a stage's name and the share of the whole done.

    Raises:
        ReasonerError, SamplingError: as `predict_tasks` and `predict_small` do.
        MissingExtraError: a model that needs torch, where it is not installed.
        ResultsError: the folder cannot be written.
    """
    wanted = _sizes(people, sizes) if shown in ("statements", "both") else (0,)
    drawing = chosen_protocol(protocol, people.protocol, **changes)
    suffix = "" if shown in ("statements", "none") else f"-{shown}"

    if (Path(folder) / FACTS).exists():
        if shown != "statements":
            raise ReasonerError(f"{folder}: a small language model reads statements only, not {shown}")
        small = read_small(folder, people.catalog)

        def one(size: int, tell: Progress) -> Results:
            return predict_small(
                small,
                people,
                n_demonstrations=size,
                splits=splits,
                setups=setups,
                protocol=drawing,
                too_few=too_few,
                progress=tell,
            )

        return _written(one, {size: Path(out) / f"{SMALL}-{size}.parquet" for size in wanted}, progress)
    reasoner = read_reasoner(folder)

    def reasoned(size: int, tell: Progress) -> Results:
        return predict_tasks(
            reasoner,
            people,
            n_demonstrations=size,
            shown=shown,
            splits=splits,
            setups=setups,
            protocol=drawing,
            too_few=too_few,
            progress=tell,
        )

    places = {size: Path(out) / f"{reasoner.name}-{size}{suffix}.parquet" for size in wanted}
    return _written(reasoned, places, progress)


def ceiling_to_files(
    people: People,
    traits: str | Path,
    out: str | Path,
    *,
    sizes: Sequence[int] | None = None,
    setups: Sequence[int] = SETUPS,
    splits: Sequence[str] = EVALUATION_SPLITS,
    protocol: Protocol | str | None = None,
    changes: Mapping[str, Any] = MappingProxyType({}),
    too_few: TooFew = "error",
    samples: int = 256,
    seed: int = 0,
    progress: Progress | None = None,
) -> tuple[Path, ...]:
    """The best possible prediction of synthetic persons, `ceiling-SIZE.parquet` for each number of demonstrations.

    Args:
        people: synthetic persons.
        traits: the file of their true traits (`synth --traits`).
        out: the folder.
        sizes, protocol, changes: see `predict_to_files`.
        setups, splits, too_few, samples, seed: see `run_ceiling`.
        progress: called with a stage's name and the share of the whole done.

    Raises:
        ReasonerError, SamplingError, SurveyError: as `run_ceiling` does.
        ResultsError: the folder cannot be written.
    """
    if people.identity.synthetic is not True:
        raise ReasonerError(
            f"{people.identity.name}: a ceiling is known for synthetic persons only; for real ones "
            f"`indievaluecatalog reasoner curve` extrapolates a limit"
        )
    known = read_traits(traits)
    drawing = chosen_protocol(protocol, people.protocol, **changes)

    def one(size: int, tell: Progress) -> Results:
        return run_ceiling(
            people,
            known,
            n_demonstrations=size,
            setups=setups,
            splits=splits,
            protocol=drawing,
            too_few=too_few,
            samples=samples,
            seed=seed,
            progress=tell,
        )

    return _written(one, {size: Path(out) / f"ceiling-{size}.parquet" for size in _sizes(people, sizes)}, progress)


def _sizes(people: People, sizes: Iterable[int] | None) -> tuple[int, ...]:
    wanted = (shown_by_default(people.catalog),) if sizes is None else tuple(dict.fromkeys(sizes))
    if not wanted:
        raise ReasonerError("no number of demonstrations was asked for")
    return wanted


def _written(
    one: Callable[[int, Progress], Results], places: Mapping[int, Path], progress: Progress | None
) -> tuple[Path, ...]:
    tell = progress or (lambda stage, done: None)
    for path in places.values():
        check_place(path, ReasonerError)
    for at, (size, path) in enumerate(places.items()):
        done_before = at / len(places)
        write_results(
            one(size, lambda stage, done, before=done_before: tell(stage, before + done / len(places))),  # type: ignore[misc]
            path,
        )
    return tuple(places.values())
