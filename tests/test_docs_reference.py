"""What docs/ says of commands, public names, messages and statements is what the package has."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

import indievaluecatalog
from docs.cli_reference import FOLDER, PAGES, commands_of, reference_of, renewed
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.cli import app

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PACKAGE = ROOT / "indievaluecatalog"
COMMANDS = {name: PAGES[title] for title, name, _ in commands_of(get_command(app))}


@pytest.mark.parametrize("page", PAGES.values())
def test_reference_of_the_commands_is_as_their_help(page: str) -> None:
    stale = "the help of a command has changed: run `make docs`, or python -m docs.cli_reference"
    assert (FOLDER / page).read_text("utf-8") == renewed(FOLDER / page), stale


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_that_help_shows_is_in_the_reference(name: str) -> None:
    shown = CliRunner().invoke(app, [*name.split(), "--help"], env={"COLUMNS": "250", "TERM": "dumb"}).stdout
    options = set(re.findall(r"^│ (?:\*\s+)?\s*(--[\w-]+)", shown, re.MULTILINE)) - {"--help"}
    whole = (FOLDER / COMMANDS[name]).read_text("utf-8")
    part = whole.split(f"\n### {name}\n")[1].split("\n### ")[0]
    assert options <= set(re.findall(r"--[\w-]+", " ".join(re.findall(r"^`([^`\n]+)`$", part, re.MULTILINE))))


def test_a_changed_help_makes_the_reference_stale(tmp_path: Path) -> None:
    other = typer.Typer()

    @other.command(rich_help_panel="The task")
    def draw(many: int = typer.Option(3, help="How *many* [of them].")) -> None:
        """Draw."""

    @other.command(rich_help_panel="The dataset")
    def build() -> None:
        """Build."""

    found = reference_of("task.md", get_command(other))
    assert "### draw" in found
    assert "### build" not in found
    assert "`--many <int>`\n: How \\*many\\* \\[of them\\]. (default: `3`)" in found
    page = tmp_path / "task.md"
    page.write_text((FOLDER / "task.md").read_text("utf-8"), "utf-8")
    assert renewed(page, get_command(other)) != page.read_text("utf-8")
    page.write_text("# No line", "utf-8")
    with pytest.raises(ValueError, match=r"task\.md: has no line"):
        renewed(page)


def test_every_public_name_has_its_place_in_the_reference_of_python() -> None:
    listed: list[str] = []
    for page in sorted((DOCS / "api").glob("*.md")):
        module = ""
        for kind, name in re.findall(r"^\.\. ([\w:]+):: ([\w.]+)", page.read_text("utf-8"), re.MULTILINE):
            if kind == "currentmodule":
                module = name
            elif module == "indievaluecatalog" and "." not in name:
                listed.append(name)
    assert sorted([*listed, "__version__"]) == sorted(indievaluecatalog.__all__)


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Every text in the code that reads, builds and pushes, the parts of an f-string between its values apart."""
    found = []
    for path in (path for room in ("survey", "dataset", "publish") for path in (PACKAGE / room).rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        found += [
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
    return found


@pytest.mark.parametrize("page", ["real_file.md", "publishing.md"])
def test_messages_that_a_guide_explains_are_those_of_the_package(page: str, texts: list[str]) -> None:
    rows = re.findall(
        r"^\| `([^`]+)` \|", (DOCS / page).read_text("utf-8").split("## What can go wrong")[1], re.MULTILINE
    )
    assert len(rows) >= 9
    for row in rows:
        for part in filter(None, (part.strip() for part in row.split("…"))):
            assert any(part in text for text in texts), f"no message has {part!r}"


@pytest.mark.parametrize("page", ["index.md", "concepts.md"])
def test_statements_that_a_page_quotes_are_those_of_the_catalog(page: str, catalog: Catalog) -> None:
    text = (DOCS / page).read_text("utf-8")
    known = {option.statement for item in catalog.items.values() for option in (*item.refined, *item.polar)}
    quoted = re.findall(r"^(?:-|\d\.) (.+\.)$", text.split("## Where to begin")[0], re.MULTILINE)
    if page == "concepts.md":
        quoted = re.findall(r"\| ([A-Z][^|]+\.) (?=\|)", text.split("### Catalog")[0])
    assert len(quoted) >= 6
    assert set(quoted) <= known


def test_links_between_pages_lead_somewhere() -> None:
    """The generator's strict mode checks headings too; this needs no generator."""
    for page in [*DOCS.rglob("*.md"), ROOT / "README.md"]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
