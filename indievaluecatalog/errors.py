"""Errors a user can act on. The command line prints their message and nothing else."""

from __future__ import annotations


class IndieValueCatalogError(Exception):
    """Base of every error this package raises on purpose; the message says what to do."""


class CatalogError(IndieValueCatalogError):
    """A catalog does not follow the schema or one of the rules; holds every problem found."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        shown = "\n".join(f"  - {problem}" for problem in problems[:40])
        more = f"\n  ... and {len(problems) - 40} more" if len(problems) > 40 else ""
        head = f"the catalog has {len(problems)} problems:\n{shown}{more}"
        super().__init__(problems[0] if len(problems) == 1 else head)


class SurveyError(IndieValueCatalogError):
    """A survey file cannot be read, or is not what the catalog asks for."""


class BuildError(IndieValueCatalogError):
    """A dataset cannot be built, or a folder is no finished build."""


class SamplingError(IndieValueCatalogError):
    """Tasks cannot be drawn as asked for: an unknown item, setup or category, or a person with too few answers."""


class ResultsError(IndieValueCatalogError):
    """A file of predictions cannot be read, does not fit the tasks, or is compared with one it cannot be."""


class EvaluationError(IndieValueCatalogError):
    """A model cannot be evaluated as asked for, or its server or library refuses for good."""


class ReasonerError(IndieValueCatalogError):
    """A reasoner cannot be trained, read or asked as wanted, or training data cannot be made."""


class MissingExtraError(IndieValueCatalogError):
    """An optional dependency is not installed; the message holds the `pip install` line."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs the package {package!r}. Install it with: pip install 'indievaluecatalog[{extra}]'"
        )
