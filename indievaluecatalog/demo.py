"""The whole way on synthetic persons: survey file, inspection, dataset, one person, baselines, scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from indievaluecatalog.baselines.files import run_baselines
from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.dataset.build import Build, BuildSettings, build_dataset
from indievaluecatalog.dataset.load import load, person_statements
from indievaluecatalog.dataset.people import read_people
from indievaluecatalog.dataset.quiet import quiet_datasets
from indievaluecatalog.dataset.register import real_build_registered
from indievaluecatalog.scoring.report.render import write_report
from indievaluecatalog.scoring.sheet import Sheet, score_files
from indievaluecatalog.survey.inspect import inspect_survey, render_inspection
from indievaluecatalog.survey.synthetic import synthesize, write_survey

SENTENCES = 12
BASELINES = ("random", "majority", "resemblance-k")


@dataclass(frozen=True, slots=True)
class Demo:
    """What a demo run has to show."""

    inspection: str
    build: Build
    sentences: tuple[str, ...]
    sheet: Sheet
    report: Path


def run_demo(persons: int, seed: int, out: Path, progress: Callable[[str, float], None]) -> Demo:
    """Write a synthetic .sav beside `out`, build its dataset, pick one person, predict and score all the others.

    Raises:
        SurveyError, BuildError: as `write_survey` and `build_dataset` do.
        SamplingError: too few persons for anyone to be set aside and predicted.
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
        # Synthetic persons never take the bare name from real ones.
        register=not real_build_registered(),
        progress=lambda stage, done: progress(stage, 0.4 + 0.3 * done),
    )
    people = read_people(out)
    files = run_baselines(
        BASELINES, people, out.parent / "results", progress=lambda stage, done: progress(stage, 0.7 + 0.15 * done)
    )
    sheet = score_files(files, people, progress=lambda stage, done: progress(stage, 0.85 + 0.08 * done))
    report = out.parent / "report.html"
    write_report(sheet.scores, sheet.comparisons, report, notes=sheet.notes)
    progress("reading one person back", 0.97)
    with quiet_datasets():
        person = load("refined", split="test", path=out)[0]
    told = list(person_statements(person, catalog).values())
    step = max(len(told) // SENTENCES, 1)
    sentences = tuple(told[::step][:SENTENCES])
    return Demo(inspection=inspection, build=build, sentences=sentences, sheet=sheet, report=report)
