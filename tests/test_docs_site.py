"""docs/ as a site: builds without a warning, offline, loads nothing from elsewhere, and fits a phone."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browse.chromium import Browser, browser, found

pytestmark = pytest.mark.slow
for library in ("sphinx", "furo", "myst_parser"):
    pytest.importorskip(library, reason="the extra `docs` is not installed; `make docs` installs it")

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages as `make docs` makes them; a link that leads nowhere or a docstring that does not parse fails here."""
    folder = tmp_path_factory.mktemp("docs")
    command = (sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet", "-b", "html")
    done = subprocess.run(
        [*command, "-d", folder / "cache", "docs", folder / "site"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if found() is None:
        pytest.skip("no Chromium on this machine")
    with browser(tmp_path_factory.mktemp("profile")) as one:
        yield one


def test_building_the_pages_imports_no_model_library() -> None:
    program = (
        "import sys; from sphinx.cmd.build import main; import tempfile;"
        "folder = tempfile.mkdtemp(); main(['-q', '-b', 'dummy', '-d', folder, 'docs', folder]);"
        "print([m for m in ('torch', 'transformers', 'inspect_ai', 'openai') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")


def test_no_page_names_a_script_style_picture_or_font_elsewhere(site: Path) -> None:
    loads = re.compile(
        r"<(?:script|img|iframe|source)[^>]*\ssrc=[\"']?(?:https?:)?//|@import|url\([\"']?(?:https?:)?//"
    )
    linked = re.compile(r"<link[^>]*rel=[\"']?(?:stylesheet|preload|icon|preconnect)[^>]*href=[\"']?(?:https?:)?//")
    pages = [*site.rglob("*.html"), *site.rglob("*.css")]
    assert len(pages) > 25
    for page in pages:
        text = page.read_text("utf-8")
        assert not loads.search(text), page
        assert not linked.search(text), page


def test_pages_fit_a_phone_and_ask_for_nothing_elsewhere(site: Path, chromium: Browser) -> None:
    for page in sorted(site.rglob("*.html")):
        for width in (400, 1200):
            chromium.size(width)
            chromium.open(page.as_uri())
            assert chromium.run("document.documentElement.scrollWidth") <= width, f"{page.name} at {width}"
    assert all(address.startswith(("file:", "data:")) for address in chromium.asked)
    assert chromium.complaints == []


def test_a_word_is_found_by_the_search(site: Path, chromium: Browser) -> None:
    chromium.size(1200)
    chromium.open(f"{(site / 'search.html').as_uri()}?q=demonstrations")
    # A promise that holds once there are results, since the search runs after the page is whole.
    script = """new Promise((done) => {
        const look = setInterval(() => {
            const found = document.querySelectorAll("#search-results li").length;
            if (found) { clearInterval(look); done(found); }
        }, 50);
    })"""
    answer = chromium.command(
        "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, timeout=20_000
    )
    assert answer["result"]["value"] >= 5
