"""Reading an address: every choice checked, so that an edited one gets an answer that says what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from indievaluecatalog.browse.problems import AddressError

LONGEST = 200
"""Characters of a value that are repeated to the reader, or searched for."""


def link(page: str, /, **values: object) -> str:
    """A relative address of a page; what is None or empty is left out, in the order given."""
    given = {name: str(value) for name, value in values.items() if value not in (None, "")}
    return f"{page}?{urlencode(given)}" if given else page


@dataclass(frozen=True, slots=True)
class Query:
    """The choices in an address. An empty one, as forms send them, counts as not made."""

    values: Mapping[str, str]

    def text(self, name: str) -> str:
        """A free text without spaces around it, or ""."""
        return self.values.get(name, "").strip()[:LONGEST]

    def choice(self, name: str, known: Sequence[str], default: str, called: str = "") -> str:
        """One of several words; `called` is what the reader knows the choice as.

        Raises:
            AddressError: another word.
        """
        found = self.text(name)
        if found and found not in known:
            told = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
            raise AddressError(f"There is no {called or name} “{found}”. It is one of: {told}.", status=400)
        return found or default

    def number(
        self,
        name: str,
        least: int,
        most: int,
        default: int,
        called: str = "",
        way_out: tuple[str, str] = ("./", "Start"),
    ) -> int:
        """A whole number; `called` is what the reader knows it as, `way_out` the link beside a refusal.

        Raises:
            AddressError: no whole number, or one outside least..most.
        """
        found = self.text(name)
        if not found:
            return default
        # Longer ones are outside anyway, and Python refuses to read very long ones.
        if not (found.isascii() and found.isdigit()) or len(found) > 12:
            raise AddressError(
                f"The {called or name} is a whole number from {least} to {most}, not “{found}”.",
                status=400,
                way_out=way_out,
            )
        value = int(found)
        if not least <= value <= most:
            raise AddressError(
                f"There is no {called or name} {value}: they go from {least} to {most}.", way_out=way_out
            )
        return value

    def opened(self, count: int, default: str = "1") -> tuple[bool, ...]:
        """Which of several folded parts are open: `open=all`, or the number of one.

        Raises:
            AddressError: a part that there is not.
        """
        found = self.choice("open", ["all", *(str(number) for number in range(1, count + 1))], default, "part")
        return tuple(found in ("all", str(number)) for number in range(1, count + 1))
