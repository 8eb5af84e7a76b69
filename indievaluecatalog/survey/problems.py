"""What stands against reading a file: raised at once when it is to be read, collected when it is inspected."""

from __future__ import annotations

from collections.abc import Iterable

from indievaluecatalog.errors import SurveyError


class Problems:
    """Takes each problem as it is found.

    Attributes:
        found: the problems so far, for a file that is only inspected.
    """

    def __init__(self, shown: str, *, strict: bool) -> None:
        self.shown = shown
        self.strict = strict
        self.found: list[str] = []

    def add(self, *problems: str) -> None:
        """Keep problems, or raise them.

        Raises:
            SurveyError: where strict, with everything given, each line naming the file.
        """
        if problems and self.strict:
            raise SurveyError("\n".join(f"{self.shown}: {problem}" for problem in problems))
        self.found += problems

    def extend(self, problems: Iterable[str]) -> None:
        """The same for any number of problems."""
        self.add(*problems)
