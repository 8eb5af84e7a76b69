"""A report taken apart: its text, tags and ids."""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

from indievaluecatalog.scoring.report import write_report
from indievaluecatalog.scoring.scores import Comparison, Figure, Scores

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
    folder: Path,
    scores: Sequence[Scores],
    comparisons: Sequence[Comparison] = (),
    *,
    notes: Sequence[str] = (),
    published: bool = True,
) -> str:
    path = folder / "report.html"
    write_report(scores, comparisons, path, notes=notes, published=published)
    assert [file.name for file in folder.iterdir()] == ["report.html"]
    return path.read_text("utf-8")


def percent(figure: Figure) -> str:
    return f"{100 * figure.value:.2f}"
