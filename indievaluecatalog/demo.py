"""The whole way on synthetic persons: survey file, inspection, dataset, a look at one person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.dataset.build import Build, BuildSettings, build_dataset
from indievaluecatalog.dataset.load import load, person_statements
from indievaluecatalog.dataset.quiet import quiet_datasets
from indievaluecatalog.survey.inspect import inspect_survey, render_inspection
from indievaluecatalog.survey.synthetic import synthesize, write_survey

SENTENCES = 12


@dataclass(frozen=True, slots=True)
class Demo:
    """What a demo run has to show."""

    inspection: str
    build: Build
    sentences: tuple[str, ...]


def run_demo(persons: int, seed: int, out: Path, progress: Callable[[str, float], None]) -> Demo:
    """Write a synthetic .sav beside `out`, build its dataset and pick one person's statements.

    Raises:
        SurveyError, BuildError: as `write_survey` and `build_dataset` do.
    """
    catalog = load_catalog("wvs7")
    out.parent.mkdir(parents=True, exist_ok=True)
    file = out.parent / f"synthetic_{persons}_seed{seed}.sav"
    population = synthesize(catalog, persons, seed=seed, progress=lambda stage, done: progress(stage, 0.3 * done))
    write_survey(population, file)
    progress("inspecting", 0.4)
    inspection = render_inspection(inspect_survey(file, catalog))
    build = build_dataset(
        file,
        out,
        catalog=catalog,
        settings=BuildSettings(seed=seed),
        progress=lambda stage, done: progress(stage, 0.4 + 0.55 * done),
    )
    progress("reading one person back", 0.97)
    with quiet_datasets():
        person = load("refined", split="test", path=out)[0]
    told = list(person_statements(person, catalog).values())
    step = max(len(told) // SENTENCES, 1)
    return Demo(inspection=inspection, build=build, sentences=tuple(told[::step][:SENTENCES]))
