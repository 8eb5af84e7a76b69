"""Published figures: facts of a wave, marked with where they come from, never taken on trust."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from indievaluecatalog.errors import ResultsError
from indievaluecatalog.scoring.report.published import published_figures

SHIPPED = Path(published_figures.__code__.co_filename).with_name("published.yaml")


def write(folder: Path, change: tuple[str, str]) -> Path:
    text = SHIPPED.read_text("utf-8")
    assert text.count(change[0]) >= 1
    path = folder / "published.yaml"
    path.write_text(text.replace(*change, 1), "utf-8")
    return path


def test_wave_7_has_the_figures_of_the_paper() -> None:
    found = published_figures("wvs7")
    assert found is not None
    assert "2410.03868" in found.source
    rows = {(row.name, row.shown): row for row in found.accuracy}
    random = rows["Random", "none"]
    assert (random.polar, random.refined, random.mean) == pytest.approx((0.4537, 0.2787, 0.3662))
    assert rows["GPT-4o", "statements"].statements == 200
    assert rows["Most similar people", "statements"].statements is None
    indices = {row.name: row.index for row in found.inequity}
    assert indices["GPT-4o (0806)"] == 3.03
    assert indices["Fine-tuned reasoner"] == 2.22


def test_notes_say_why_they_are_no_ranking() -> None:
    found = published_figures("wvs7")
    assert found is not None
    notes = " ".join(found.notes)
    assert "real persons" in notes
    assert "27.87" in notes
    assert "27.15" in notes


def test_a_wave_without_published_figures_is_fine() -> None:
    assert published_figures("wvs99") is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("polar: 45.37", "polar: 145.37"), "145.37"),
        (("polar: 45.37, ", ""), "'polar' is a required property"),
        (("shown: none", "shown: everything"), "everything"),
        (("mean: 36.62", "mean: 37.62"), "Random: the mean of 45.37 and 27.87 is not 37.62"),
        (("index: 3.03", "index: high"), "high"),
        (("index: 3.03", "index: 3.03, colour: red"), "colour"),
    ],
)
def test_a_file_that_breaks_the_schema_is_refused(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    with pytest.raises(ResultsError, match=r"published\.yaml") as caught:
        published_figures("wvs7", write(tmp_path, change))
    assert message in str(caught.value)


def test_every_wave_in_the_file_loads() -> None:
    for wave in yaml.safe_load(SHIPPED.read_text("utf-8")):
        assert published_figures(wave) is not None
