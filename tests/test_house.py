"""The rooms: arrows point one way, no circles, and importing the package stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "indievaluecatalog"
ROOMS = (
    *("errors", "whole_file", "keyed_hash", "catalog", "survey", "waves", "sampling", "dataset", "publish"),
    *("scoring", "baselines", "evaluation", "reasoners", "studies", "browse", "demo", "cli"),
)
"""A room knows only those before it, and itself."""

MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")


def imports(path: Path) -> set[str]:
    """Modules of the package that a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return {name for name in found if name.startswith("indievaluecatalog.")}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_arrows_point_one_way(path: Path) -> None:
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    allowed = ROOMS[: ROOMS.index(room) + 1]
    for name in imports(path):
        assert name.split(".")[1] in allowed, f"{path.name} imports {name}"


def test_no_circles_between_modules() -> None:
    graph = {
        ".".join(("indievaluecatalog", *path.relative_to(PACKAGE).with_suffix("").parts)): imports(path)
        for path in MODULES
    }
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, f"circle: {' -> '.join((*trail, name))}"
        if name in done:
            return
        for target in graph.get(name, set()):
            visit(target, (*trail, name))
        done.add(name)

    for name in graph:
        visit(name, ())


def test_importing_the_package_is_light() -> None:
    heavy = ("datasets", "pandas", "matplotlib", "polars", "torch", "pyreadstat", "numpy")
    program = f"import sys, indievaluecatalog, indievaluecatalog.cli; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_public_names_are_there() -> None:
    import indievaluecatalog

    for name in indievaluecatalog.__all__:
        assert getattr(indievaluecatalog, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        indievaluecatalog.nothing  # noqa: B018
