"""The report: one file, complete, safe to open, honest about what its figures are of."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import matplotlib
import pytest

from indievaluecatalog.errors import ResultsError
from indievaluecatalog.scoring.report import write_report
from indievaluecatalog.scoring.report.published import published_figures
from indievaluecatalog.scoring.scores import Comparison, Figure, Part, Scores
from tests.scoring.fake_scores import fake_comparisons, fake_scores, many_scores

PART = Part("a part", 100, Figure(0.5), Figure(0.4), Figure(0.45))
VOID = {"meta", "br", "hr", "img", "link", "input"}


class Page(HTMLParser):
    """A page's text, tags and ids; a tag that is closed by another one's end is an error."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute twice in {tag}"
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def written(
    folder: Path, scores: Sequence[Scores], comparisons: Sequence[Comparison] = (), *, published: bool = True
) -> str:
    path = folder / "report.html"
    write_report(scores, comparisons, path, published=published)
    assert [file.name for file in folder.iterdir()] == ["report.html"]
    return path.read_text("utf-8")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(tmp_path_factory.mktemp("many"), many_scores(), fake_comparisons())


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(tmp_path_factory.mktemp("one"), [fake_scores()])


def percent(figure: Figure) -> str:
    return f"{100 * figure.value:.2f}"


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


@pytest.mark.parametrize("synthetic", [True, False])
def test_synthetic_persons_are_marked_loudly_and_real_ones_not(tmp_path: Path, synthetic: bool) -> None:
    text = Page(written(tmp_path, [fake_scores(synthetic=synthetic, parts=False)])).text
    assert ("SYNTHETIC PERSONS" in text) == synthetic
    assert ("synthetic" in text.lower().replace("dataset.synthetic", "")) == synthetic
    # The mark comes before any figure.
    assert not synthetic or text.index("SYNTHETIC") < re.search(r"\d\d\.\d\d", text).start()  # type: ignore[union-attr]


def test_a_plot_taken_out_of_the_page_still_says_synthetic(one: str) -> None:
    drawings = re.findall(r"<svg.*?</svg>", one, re.DOTALL)
    assert len(drawings) > 5
    assert all(">synthetic persons</text>" in drawing for drawing in drawings)


def test_plots_of_many_runs_show_the_best_and_say_so(many: str, one: str) -> None:
    assert "Drawn are the 6 most accurate of 12 runs" in many
    assert "most accurate" not in one


def test_published_figures_are_marked_as_published(one: str) -> None:
    published = published_figures("wvs7")
    assert published is not None
    tables = re.findall(r"<table.*?</table>", one, re.DOTALL)
    marked = Page("".join(table for table in tables if table.startswith('<table class="published"'))).text
    for row in published.accuracy:
        assert f"{100 * row.refined:.2f}" in marked
    for index in published.inequity:
        assert f"{index.index:.2f}" in marked
    assert marked.count("(published)") == len(published.accuracy) + len(published.inequity)
    assert "PUBLISHED, on other persons" in one
    text = Page(one).text
    assert "cannot be compared with the published ones number by number" in text
    assert "2410.03868" in text


@pytest.mark.parametrize(("wave", "published"), [("wvs7", False), ("wvs99", True)])
def test_no_published_figures_where_there_are_none_or_none_are_asked_for(
    tmp_path: Path, wave: str, published: bool
) -> None:
    text = written(tmp_path, [fake_scores(wave=wave, parts=False)], published=published)
    assert "GPT-4o" not in text
    assert "PUBLISHED" not in text


def test_what_is_missing_comes_first(tmp_path: Path) -> None:
    text = Page(written(tmp_path, [fake_scores("half done", predicted=90_000, parts=False)])).text
    warning = text.index("half done: 90,000 of 187,200 tasks, 123 of 800 persons")
    assert warning < text.index("Brackets hold 95% intervals")


def test_runs_on_other_tasks_are_no_ranking(tmp_path: Path, many: str) -> None:
    assert "Not all runs are about the same tasks" not in many
    text = written(tmp_path, [fake_scores(parts=False), fake_scores("other", splits=("test",), parts=False)])
    assert "Not all runs are about the same tasks" in text


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
