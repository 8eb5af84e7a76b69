"""The report: one file, complete, safe to open."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import matplotlib
import pytest

from indievaluecatalog.errors import ResultsError
from indievaluecatalog.scoring.report import write_report
from indievaluecatalog.scoring.report.plots import apart
from indievaluecatalog.scoring.scores import Comparison, Figure, Part
from tests.scoring.fake_scores import fake_comparisons, fake_scores, many_scores
from tests.scoring.report_page import Page, percent, written

PART = Part("a part", 100, Figure(0.5), Figure(0.4), Figure(0.45))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(tmp_path_factory.mktemp("many"), many_scores(), fake_comparisons())


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(tmp_path_factory.mktemp("one"), [fake_scores()])


def test_it_is_well_formed(many: str, one: str) -> None:
    for text in (many, one):
        assert text.startswith("<!DOCTYPE html>")
        page = Page(text)
        ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
        assert len(ids) == len(set(ids))


def test_every_reference_inside_the_page_has_its_target(many: str) -> None:
    page = Page(many)
    ids = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
    used = {str(attrs["href"])[1:] for _, attrs in page.tags if str(attrs.get("href", "")).startswith("#")}
    used |= set(re.findall(r"url\(#([^)]+)\)", many))
    used |= {str(attrs["aria-labelledby"]) for _, attrs in page.tags if "aria-labelledby" in attrs}
    assert used
    assert used <= ids


def test_it_loads_nothing_and_runs_nothing(many: str) -> None:
    page = Page(many)
    assert not {tag for tag, _ in page.tags} & {"script", "iframe", "object", "embed", "link", "img", "base", "form"}
    for tag, attrs in page.tags:
        for name, value in attrs.items():
            assert not name.startswith("on"), f"{tag} {name}"
            if name in {"src", "href", "xlink:href", "srcset", "action"}:
                assert str(value).startswith("#"), f"{tag} {name}={value}"
    assert "://" not in many
    assert "@import" not in many
    policy = next(attrs for attrs in page.of("meta") if attrs.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in str(policy["content"])


def test_every_figure_of_every_run_is_there(many: str) -> None:
    text = Page(many).text
    for entry in many_scores():
        for accuracy in entry.accuracy.values():
            assert percent(accuracy.strict) in text
            assert accuracy.strict.low is not None
            assert f"[{100 * accuracy.strict.low:.2f}, " in text
            assert percent(accuracy.weighted["W_WEIGHT"]) in text
        for part in (*entry.by_category, *entry.by_item, *entry.by_country, *entry.by_setup):
            assert part.mean is not None
            assert percent(part.mean) in text
        for parts in entry.by_group.values():
            assert all(part.mean is not None and percent(part.mean) in text for part in parts)
        for probability in entry.probability.values():
            assert f"{probability.log_loss.value:.3f}" in text
            assert f"{100 * probability.calibration_error:.2f}" in text
        for match in entry.match.values():
            assert all(f"{100 * one.total_variation:.2f}" in text for one in match.by_country)
        for inequity in entry.inequity.values():
            assert f"{inequity.plain:.2f}" in text
            assert f"{inequity.debiased.value:.2f}" in text
        for dimension in entry.inequity["mean"].dimensions:
            assert dimension.plain is not None
            assert f"{dimension.plain:.2f}" in text
        assert entry.run.digest in text
        assert entry.run.protocol.digest in text
        assert entry.run.dataset.digest in text


def test_comparisons_are_there_with_corrected_p_values(many: str, one: str) -> None:
    text = Page(many).text
    for figure in ("+5.12", "[+4.31, +5.98]", "<0.001", "0.412", "798", "Holm"):
        assert figure in text
    assert "Holm" not in Page(one).text


def test_each_figure_is_explained(one: str) -> None:
    text = Page(one).text
    for words in ("It is strict", "floor is what it reads", "plain indices from different numbers of persons cannot"):
        assert words in text


def test_valid_only_is_explained_where_it_matters(many: str, one: str) -> None:
    assert "Valid only leaves such answers out" in Page(many).text
    assert "Valid only leaves such answers out" not in Page(one).text


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</svg></style><script>x</script>",
    "{{ 7 * 7 }}",
    "$\\frac{1}{0}$ --> & 'quoted' \"twice\"",
    "\x00\x1b[31m\n\u202e",
    "个人价值 " * 20,
]


def test_texts_from_results_are_escaped(tmp_path: Path) -> None:
    scores = [
        fake_scores(
            name, sees_also=name, settings={name: name}, prompt={"name": name}, notes=(name,), parts=False, seed=seed
        )
        for seed, name in enumerate(HOSTILE)
    ]
    scores = [replace(entry, by_category=(replace(PART, name=entry.run.model),)) for entry in scores]
    text = written(tmp_path, scores, [Comparison(name, "x", "polar", 9, Figure(0.1), 0.5, 0.5) for name in HOSTILE])
    page = Page(text)
    assert not page.of("script")
    assert not page.of("img")
    for name in HOSTILE:
        visible = " ".join("".join(c if c.isprintable() else " " for c in name).split())
        assert page.text.count(visible) > 5
    assert not re.search("[\x00\x1b\u202e]", html.unescape(text))


def test_people_who_cannot_see_the_plots_are_told_what_they_show(many: str) -> None:
    page = Page(many)
    drawings = page.of("svg")
    assert len(drawings) > 10
    for attrs in drawings:
        assert attrs["role"] == "img"
        assert len(str(attrs["aria-label"])) > 40
    assert all("scope" in attrs for attrs in page.of("th"))
    assert len(page.of("caption")) == len(page.of("table"))
    assert len(page.of("h1")) == 1
    assert page.of("html")[0]["lang"] == "en"


def test_the_same_scores_give_the_same_bytes_whatever_the_readers_settings(tmp_path: Path, one: str) -> None:
    with matplotlib.rc_context({"lines.linewidth": 9, "svg.hashsalt": "other", "font.size": 30}):
        again = written(tmp_path, [fake_scores()])
        assert matplotlib.rcParams["lines.linewidth"] == 9
    assert again == one


@pytest.mark.parametrize("granularity", ["polar", "refined"])
def test_one_granularity_alone(tmp_path: Path, granularity: str) -> None:
    entry = fake_scores(granularities=(granularity,), parts=False)  # type: ignore[arg-type]
    text = Page(written(tmp_path, [entry])).text
    assert percent(entry.accuracy[granularity].strict) in text
    assert f"{granularity} accuracy, on 800" in text


def test_a_bare_run(tmp_path: Path) -> None:
    entry = fake_scores(probabilities=False, inequity=False, parts=False, intervals=False)
    page = Page(written(tmp_path, [entry]))
    assert percent(entry.accuracy["mean"].strict) in page.text
    titles = {attrs["id"] for attrs in page.of("h2")}
    assert titles == {"accuracy", "identity"}
    assert "intervals" not in page.text


def test_lines_by_demonstrations_only_where_their_number_differs(many: str, one: str) -> None:
    assert 'id="demonstrations"' in many
    assert 'id="demonstrations"' not in one


def test_the_same_run_twice_keeps_two_names(tmp_path: Path) -> None:
    assert "majority (2)" in Page(written(tmp_path, [fake_scores(parts=False), fake_scores(parts=False)])).text


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="at least one run"):
        write_report([], [], tmp_path / "x.html")
    with pytest.raises(ResultsError, match=r"as \.html"):
        write_report([fake_scores()], [], tmp_path / "x.pdf")
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError, match="cannot be written"):
        write_report([fake_scores()], [], tmp_path / "file" / "x.html")


def test_p_values_and_intervals_of_evenness_may_disagree_and_it_says_so(one: str) -> None:
    assert "p is of the plain index and the interval of the debiased one" in Page(one).text


def test_comparisons_that_were_corrected_together_are_counted(tmp_path: Path) -> None:
    scores = [fake_scores(name, 0.5 + at / 50, parts=False) for at, name in enumerate("abcd")]
    pairs = [(one, other) for one in "abcd" for other in "abcd" if one < other]
    every = [Comparison(*pair, "mean", 800, Figure(at / 100), 0.5, 0.5) for at, pair in enumerate(pairs)]
    text = written(tmp_path, scores, every)
    assert "Holm&#39;s correction is over all 6 pairs; shown are those with d, the most accurate run." in text
    tables = [Page(table).text for table in re.findall(r"<table.*?</table>", text, re.DOTALL)]
    first, second = (table for table in tables if table.startswith("Differences between runs"))
    assert "+1.00" not in first
    assert all(f"+{at}.00" in second for at in range(6))


def test_names_beside_lines_do_not_overlap() -> None:
    rooms = [2.0, 4.0, 2.0, 2.0]
    places = apart([1.0, 1.1, 1.2, 9.9], rooms, 0.0, 12.0)
    assert places == pytest.approx([1.0, 4.0, 7.0, 9.9])
    crowded = apart([9.0, 9.5, 9.8, 9.9], rooms, 0.0, 10.0)
    assert crowded == pytest.approx([1.0, 4.0, 7.0, 9.0])
    assert apart([], [], 0, 1) == []
    assert apart([5.0], [2.0], 0, 10) == [5.0]
