"""The road that the shipped catalog of wave 6 was made by: match, a person's decisions, build, compare."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from indievaluecatalog.baselines.run import run_baseline
from indievaluecatalog.catalog.load import find_catalog, load_catalog
from indievaluecatalog.dataset.build import build_dataset
from indievaluecatalog.dataset.people import read_people
from indievaluecatalog.dataset.trend import trend_table
from indievaluecatalog.scoring.score import score
from indievaluecatalog.survey.synthetic import synthesize, write_survey
from indievaluecatalog.waves.check import check_wave
from indievaluecatalog.waves.codebook import Codebook, Variable
from indievaluecatalog.waves.match import match_codebook
from indievaluecatalog.waves.person_decisions import decided, read_decisions

VARIABLES = Path(__file__).parents[2] / "benchmarks" / "data" / "wvs6_variables.yaml"


def test_matching_and_the_decisions_kept_beside_it_give_the_shipped_concepts() -> None:
    told = yaml.safe_load(VARIABLES.read_text("utf-8"))
    variables = tuple(
        Variable(
            one["name"],
            one["label"],
            at,
            {int(code): label for code, label in one["codes"].items() if "." not in code},
            {-1: "Don't know", -2: "No answer"},
            {},
        )
        for at, one in enumerate(told)
    )
    shipped = load_catalog("wvs6")
    decisions = read_decisions(str(find_catalog("wvs6").joinpath("decisions.yaml")))
    found = decided(
        match_codebook(Codebook("wvs6", "yaml", 0, variables), load_catalog("wvs7")), load_catalog("wvs7"), decisions
    )
    items = {
        match.variable.name: match.known.concept
        for match in found.matches
        if match.known is not None and match.known.role == "item"
    }
    assert not [match.variable.name for match in found.matches if match.status == "doubtful"]
    assert items == {item.id: item.concept for item in shipped.items.values() if item.concept.startswith("wvs7/")}
    new = {match.variable.name for match in found.matches if match.status == "new"}
    assert new >= {item.id for item in shipped.items.values() if item.concept.startswith("wvs6/")}


@pytest.mark.slow
def test_wave_6_goes_the_whole_way_and_stands_beside_wave_7(tmp_path: Path) -> None:
    builds = []
    for wave in ("wvs6", "wvs7"):
        catalog = load_catalog(wave)
        file = tmp_path / f"{wave}.sav"
        write_survey(synthesize(catalog, 400, seed=2), file)
        checked = check_wave(find_catalog(wave), file, like="wvs7")
        assert checked.errors == 0, checked.findings
        build_dataset(file, tmp_path / wave, catalog=catalog)
        builds.append(tmp_path / wave)
    people = read_people(builds[0])
    assert people.identity.synthetic
    scores = {
        name: score(run_baseline(name, people, n_demonstrations=50), people, resamples=0).accuracy["mean"].strict.value
        for name in ("random", "majority", "naive-bayes")
    }
    assert scores["random"] < scores["majority"] < scores["naive-bayes"]
    trend = trend_table(builds)
    assert set(trend["wave"]) == {"wvs6", "wvs7"}
    assert "wvs7/Q1" in trend.column_names
    assert trend.features["wvs7/Q33"].names[0].startswith("I agree or strongly agree")
