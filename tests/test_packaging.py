"""What is handed out: a wheel and an sdist, really built here and offline, and what they say of themselves."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
import yaml

from indievaluecatalog import __version__

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "indievaluecatalog"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
DATA = {".css", ".j2", ".jinja", ".json", ".sha256", ".txt", ".typed", ".yaml"}
"""Kinds of files that the package reads beside its modules; py.typed counts by its ending."""
FOLDERS = {"benchmarks", "dataset_card", "docs", "indievaluecatalog", "tests"}
FILES = {
    *("CHANGELOG.md", "CITATION.cff", "LICENSE", "Makefile", "PKG-INFO", "README.md", "RELEASING.md"),
    *("constraints.txt", "pyproject.toml", ".gitignore"),
}
STRAY = (
    *(".hypothesis/examples/1", ".pytest_cache/v/lastfailed", ".venv/bin/python", "build/report.html", "dist/old.whl"),
    *("indievaluecatalog/.ipynb_checkpoints/a.py", "indievaluecatalog/__pycache__/a.cpython-311.pyc"),
    *("indievaluecatalog/catalog/.DS_Store", "indievaluecatalog/errors.py~", "indievaluecatalog/errors.py.orig"),
    *("dataset_card/.README.md.j2.swp", "dataset_card/README.md.j2.bak", "tests/__pycache__/a.pyc", "wave7.sav"),
    "indievaluecatalog.egg-info/PKG-INFO",
)


@dataclass(frozen=True, slots=True)
class Built:
    """A wheel and an sdist."""

    wheel: Path
    sdist: Path

    @property
    def in_wheel(self) -> dict[str, bytes]:
        with zipfile.ZipFile(self.wheel) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    @property
    def in_sdist(self) -> set[str]:
        """Files by their path below the sdist's one folder."""
        with tarfile.open(self.sdist) as archive:
            return {one.name.split("/", 1)[1] for one in archive if one.isfile()}

    @property
    def metadata(self) -> Message:
        return Parser().parsestr(self.in_wheel[f"indievaluecatalog-{__version__}.dist-info/METADATA"].decode())


def build(checkout: Path, out: Path, *targets: str) -> Path:
    """Wheel and sdist of a checkout, by the build backend alone: nothing is fetched."""
    pytest.importorskip("hatchling")
    words = [word for target in targets for word in ("-t", target)]
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(out), *words]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


def built_in(folder: Path) -> Built:
    return Built(next(folder.glob("*.whl")), next(folder.glob("*.tar.gz")))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return built_in(build(ROOT, tmp_path_factory.mktemp("dist")))


def sources(folder: Path) -> set[str]:
    """Files of a folder, without what running Python leaves there."""
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return {name for name in found if "__pycache__" not in name}


def test_the_wheel_holds_the_package_and_nothing_else(built: Built) -> None:
    about = f"indievaluecatalog-{__version__}.dist-info"
    expected = {f"indievaluecatalog/{name}" for name in sources(PACKAGE) - {"README.md"}}
    expected |= {f"indievaluecatalog/dataset_card/{name}" for name in sources(ROOT / "dataset_card")}
    expected |= {f"{about}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")}
    assert set(built.in_wheel) == expected


def test_no_file_in_the_package_is_of_an_unknown_kind(built: Built) -> None:
    """A new kind of data is added to DATA on purpose; a stray file is not."""
    inside = {Path(name) for name in built.in_wheel if name.startswith("indievaluecatalog/")}
    named = {path for path in inside if path.suffix == ".py" or (path.suffix or Path(f"_{path.name}").suffix) in DATA}
    assert inside == named
    assert {path.suffix for path in inside} == DATA | {".py"}


def test_the_sdist_holds_what_making_and_testing_need_and_nothing_else(built: Built) -> None:
    expected = {f"{folder}/{name}" for folder in FOLDERS for name in sources(ROOT / folder)}
    assert built.in_sdist == expected | FILES


def test_what_tools_and_editors_leave_behind_stays_behind(built: Built, tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    with tarfile.open(built.sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (tmp_path / f"indievaluecatalog-{__version__}").rename(checkout)
    for name in STRAY:
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_text("stray")
    again = built_in(build(checkout, tmp_path / "out"))
    assert set(again.in_wheel) == set(built.in_wheel)
    assert again.in_sdist == built.in_sdist


def test_the_sdist_builds_the_very_same_wheel(built: Built, tmp_path: Path) -> None:
    with tarfile.open(built.sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    again = build(tmp_path / f"indievaluecatalog-{__version__}", tmp_path / "out", "wheel")
    assert (again / built.wheel.name).read_bytes() == built.wheel.read_bytes()


def test_the_version_has_one_place_and_everything_names_it(built: Built) -> None:
    assert built.metadata["Version"] == __version__
    assert "version" in PROJECT["dynamic"]
    assert str(CITATION["version"]) == __version__
    assert re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)[0] == __version__


def test_what_an_index_shows(built: Built) -> None:
    about = built.metadata
    assert about["License-Expression"] == CITATION["license"] == "MIT"
    assert about.get_all("License-File") == ["LICENSE"]
    assert about["Description-Content-Type"] == "text/markdown"
    assert about.get_payload() == (ROOT / "README.md").read_text("utf-8")
    assert set(about.get_all("Provides-Extra", [])) == set(PROJECT["optional-dependencies"])


def test_the_commands_are_installed(built: Built) -> None:
    entries = built.in_wheel[f"indievaluecatalog-{__version__}.dist-info/entry_points.txt"].decode()
    assert "indievaluecatalog = indievaluecatalog.cli:main" in entries
    assert "indievaluecatalog = indievaluecatalog.evaluation.inspect_registry" in entries


def test_files_that_the_readme_links_to_are_in_the_sdist(built: Built) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)]+)\)", (ROOT / "README.md").read_text("utf-8"))
    assert targets
    for target in targets:
        assert any(name == target or name.startswith(target) for name in built.in_sdist), target


def missing_extras() -> list[tuple[str, str | None, str]]:
    """(module, package, extra) of every error that names what to install; None for what is no literal or constant."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        constants = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "MissingExtraError":
                named = (constants.get(one.id) if isinstance(one, ast.Name) else one for one in node.args[:2])
                package, extra = (str(one.value) if isinstance(one, ast.Constant) else None for one in named)
                # A function that is handed the extra cannot be read here: those who call it are tested where they live.
                if extra is not None:
                    found.append((path.name, package, extra))
    return found


@pytest.mark.parametrize(("module", "package", "extra"), missing_extras())
def test_an_extra_that_an_error_names_brings_the_package(module: str, package: str | None, extra: str) -> None:
    brought = {re.split(r"[<>=\[; ]", line)[0] for line in PROJECT["optional-dependencies"][extra]}
    assert package is None or package in brought


def test_the_citation_has_what_its_format_asks_for() -> None:
    assert CITATION["cff-version"] == "1.2.0"
    assert CITATION["message"]
    assert CITATION["title"] == PROJECT["name"]
    assert all(one.get("name") or one.get("family-names") for one in CITATION["authors"])
    for reference in CITATION["references"]:
        assert {"authors", "title", "type", "url"} <= set(reference)


def test_the_citation_names_the_paper_and_the_survey_as_the_catalog_does() -> None:
    from indievaluecatalog.catalog.load import load_catalog

    paper, survey = CITATION["references"]
    assert paper["url"] in (ROOT / "README.md").read_text("utf-8")
    named = load_catalog("wvs7").wave.citation
    assert survey["title"] in named
    assert [f"{one['family-names']}, {one['given-names']}" for one in survey["authors"]] == re.findall(
        r"[\w-]+, \w\.(?= [&e]|,)", named.split("(eds.)")[0]
    )


def test_the_release_checklist_names_files_and_targets_that_exist() -> None:
    text = (ROOT / "RELEASING.md").read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"^make ([\w-]+)", text, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    files = re.findall(r"`((?:\w+/)*[\w-]+\.(?:py|md|cff|toml|txt))`", text)
    assert files
    for name in files:
        assert (ROOT / name).is_file(), name
