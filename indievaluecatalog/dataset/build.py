"""From a survey file to a finished dataset folder."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from indievaluecatalog.catalog.load import load_catalog, waves
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.card import write_card
from indievaluecatalog.dataset.features import CONFIGS, config_features
from indievaluecatalog.dataset.manifest import describe, file_digest, write_manifest
from indievaluecatalog.dataset.place import building
from indievaluecatalog.dataset.register import register_build
from indievaluecatalog.dataset.splits import Splits, assign_splits, shown_by_default
from indievaluecatalog.dataset.tables import Indices, index_answers
from indievaluecatalog.dataset.write import write_catalog_configs, write_person_configs, write_tasks
from indievaluecatalog.errors import BuildError, SamplingError
from indievaluecatalog.sampling.protocol import Protocol, named_protocol
from indievaluecatalog.survey.answers import Answers
from indievaluecatalog.survey.duplicates import drop_duplicate_ids
from indievaluecatalog.survey.engines import Engine
from indievaluecatalog.survey.read import read_survey

Progress = Callable[[str, float], None]

DEFAULT_NAME = "indievaluecatalog"


@dataclass(frozen=True, slots=True)
class BuildSettings:
    """Everything that decides what is built, beside the file and the catalog.

    Attributes:
        protocol: "ours" keeps rows that share an interview id; "paper" keeps the first of
            them only, as the published code did.
        seed: enters the keyed hash that chooses the evaluation persons and what they are shown.
        evaluation_persons: how many; None for the catalog's own number.
        selection: "all" evaluates persons who answered every probe item; "answered" those who answered
            enough, and asks them the probes they answered, so that no country is left out for one question.
    """

    protocol: str = "ours"
    seed: int = 0
    evaluation_persons: int | None = None
    selection: Literal["all", "answered"] = "all"

    def __post_init__(self) -> None:
        try:
            self.drawing  # noqa: B018 - checks the choices
        except SamplingError as error:
            raise BuildError(str(error)) from None
        if self.evaluation_persons is not None and self.evaluation_persons < 0:
            raise BuildError(f"the number of evaluation persons cannot be negative: {self.evaluation_persons}")

    @property
    def drawing(self) -> Protocol:
        """The protocol by which persons and demonstrations are chosen."""
        return replace(named_protocol(self.protocol), seed=self.seed, selection=self.selection)


@dataclass(frozen=True, slots=True)
class Build:
    """A finished dataset folder and its manifest.

    Attributes:
        path: the folder.
        manifest: what manifest.json holds: digests, settings, counts, splits, files.
        registered: whether `load_dataset("indievaluecatalog")` finds it from any folder.
    """

    path: Path
    manifest: dict[str, Any]
    registered: bool = False

    @property
    def synthetic(self) -> bool:
        """Whether the persons in it are invented."""
        return bool(self.manifest["synthetic"])


def build_dataset(
    path: str | Path,
    out: str | Path,
    *,
    catalog: Catalog | str | Path = "wvs7",
    settings: BuildSettings = BuildSettings(),
    engine: Engine = "auto",
    register: bool = True,
    progress: Progress | None = None,
) -> Build:
    """Build the Hugging Face dataset of one survey file.

    Args:
        path: the survey file: .sav, .zsav, .dta, .csv, .parquet, or a .zip around one.
        out: folder to write; an earlier build there is replaced only once the new one is whole.
        catalog: a `Catalog`, the name of a shipped wave, or a catalog folder.
        settings: see `BuildSettings`.
        engine: how SPSS files are read: "auto", "pyreadstat" or "fast".
        register: also make `load_dataset("indievaluecatalog")` find the build from any folder.
        progress: called with a stage's name and how much of the whole is done, 0 to 1.

    Raises:
        SurveyError: the file cannot be read or is not of the catalog's wave.
        CatalogError: the catalog has problems.
        BuildError: the folder cannot be written, or is in use.
    """
    say = progress or (lambda stage, done: None)
    source, place = Path(path), Path(out).absolute()
    asked = catalog if isinstance(catalog, Catalog) else load_catalog(catalog)
    with building(place) as folder, ThreadPoolExecutor(1) as side:
        say("reading the survey file", 0.0)
        # Reading leaves Python's lock for seconds: time enough to import what writing and drawing need.
        side.submit(import_module, "datasets")
        side.submit(import_module, "matplotlib.backends.backend_agg")
        answers = read_survey(source, asked, engine=engine, progress=lambda stage, done: say(stage, done * 0.4))
        digest = side.submit(file_digest, source)
        answers, dropped = _persons(answers, settings)
        say("choosing evaluation persons", 0.42)
        splits = assign_splits(
            asked,
            answers,
            seed=settings.seed,
            evaluation_persons=settings.evaluation_persons,
            selection=settings.selection,
        )
        indices = index_answers(asked, answers)
        synthetic = answers.report.synthetic
        rows = _write_data(folder, asked, answers, indices, splits, synthetic, settings, say)
        content = describe(
            name=f"{DEFAULT_NAME}-synthetic" if synthetic else DEFAULT_NAME,
            catalog=asked,
            answers=answers,
            indices=indices,
            splits=splits,
            synthetic=synthetic,
            source={"file": source.name, "format": answers.report.format, "sha256": digest.result()},
            settings=asdict(settings),
            protocol=settings.drawing,
            rows=rows,
            dropped_duplicates=dropped,
        )
        say("drawing the card", 0.9)
        named = isinstance(catalog, (str, Path)) and str(catalog) in waves()
        write_card(folder, content, asked, answers, indices, shipped=named or None)
        manifest = write_manifest(folder, content)
    build = Build(path=place, manifest=manifest, registered=register)
    if register:
        say("registering the build", 0.95)
        register_build(build.path)
    say("done", 1.0)
    return build


def _persons(answers: Answers, settings: BuildSettings) -> tuple[Answers, int]:
    if settings.drawing.shared_ids == "kept":
        return answers, 0
    kept = drop_duplicate_ids(answers)
    return kept, len(answers) - len(kept)


def _write_data(
    folder: Path,
    catalog: Catalog,
    answers: Answers,
    indices: Indices,
    splits: Splits,
    synthetic: bool,
    settings: BuildSettings,
    say: Progress,
) -> dict[str, dict[str, int]]:
    features = {config: config_features(catalog, config, list(answers.weights)) for config in CONFIGS}
    data = folder / "data"
    rows = write_person_configs(
        data, features, catalog, answers, indices, splits, synthetic, lambda stage, done: say(stage, 0.45 + 0.45 * done)
    )
    rows["tasks"] = write_tasks(
        data / "tasks",
        features["tasks"],
        catalog,
        answers,
        indices,
        splits,
        synthetic,
        settings.drawing,
        shown_by_default(catalog),
    )
    return rows | write_catalog_configs(data, catalog, features)
