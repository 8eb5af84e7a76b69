"""Write the reference part of `docs/commands/*.md` from the commands' own `--help`.

`python -m docs.cli_reference` rewrites it, `--check` only says whether it is stale. The words above the reference are
written by hand and stay.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from indievaluecatalog.cli import app

PROGRAM = "indievaluecatalog"
FOLDER = Path(__file__).parent / "commands"
PAGES = {
    "The dataset": "dataset.md",
    "The task": "task.md",
    "Language models": "language_models.md",
    "Reasoners": "reasoners.md",
    "Look and publish": "look_and_publish.md",
    "Catalogs": "catalogs.md",
}
"""The page of each group of commands, by the title that --help gives the group."""

START = "<!-- From here on written by `python -m docs.cli_reference` from the help of the commands. -->\n"


def reference_of(page: str, program: Any = None) -> str:
    """The reference part of one page, as Markdown."""
    root = program or get_command(app)
    parts = [
        "\n".join(_command(command, f"{PROGRAM} {name}"))
        for title, name, command in commands_of(root)
        if PAGES[title] == page
    ]
    return "\n\n".join(parts) + "\n"


def commands_of(root: Any) -> Iterator[tuple[str, str, Any]]:
    """(title of its group, name, command) of every command that does something, those of groups by both names."""
    for name, command in root.commands.items():
        inner = getattr(command, "commands", None)
        for below, one in (inner or {"": command}).items():
            yield command.rich_help_panel, f"{name} {below}".strip(), one


def _command(command: Any, name: str) -> Iterator[str]:
    context = command.context_class(command, info_name=name)
    anchor = name.removeprefix(f"{PROGRAM} ")
    yield f"(command-{anchor.replace(' ', '-')})="
    yield f"### {anchor}"
    yield ""
    yield _plain(command.help)
    yield ""
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"```text\n{name} {usage}\n```"
    panels: dict[str, list[str]] = {}
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is None or parameter.name == "help":
            continue
        usual = "Arguments" if parameter.param_type_name == "argument" else "Options"
        panels.setdefault(getattr(parameter, "rich_help_panel", None) or usual, []).append(_entry(*record))
    for title, entries in panels.items():
        yield f"\n**{title}**\n"
        yield "\n\n".join(entries)


def _entry(names: str, told: str) -> str:
    """One argument or option: its names, then what it does and what it is by default."""
    parted = re.fullmatch(r"(.*?)\s*(?:\[([^\[\]]*(?:\[[^\]]*\])?[^\[\]]*)\])?", told.strip(), re.DOTALL)
    words, extra = parted.groups() if parted else (told, None)
    note = f" ({_defaults(extra)})" if extra else ""
    return f"`{names}`\n: {_plain(words)}{note}"


def _defaults(extra: str) -> str:
    """`default: 5000; x>=1` with the values set as code."""
    told = [part.partition(": ") for part in extra.split("; ")]
    return "; ".join(
        f"{key}: `{value}`" if colon else (key if key.isalpha() else f"`{key}`") for key, colon, value in told
    )


def _plain(words: str) -> str:
    """Help as Markdown: what would be read as markup is escaped, code stays code, options become code."""
    text = re.sub(r"[ \t]+", " ", words.strip())
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else _escaped(part) for part in parts)


def _escaped(part: str) -> str:
    coded = re.split(r"((?<![\w-])--[a-z][\w-]*)", part)
    return "".join(f"`{one}`" if one.startswith("--") else re.sub(r"([*_<>\[\]{}])", r"\\\1", one) for one in coded)


def renewed(page: Path, program: Any = None) -> str:
    """What a page should hold: its words by hand, and the reference as the commands are now.

    Raises:
        ValueError: the page has no line where the reference starts.
    """
    words, found, _ = page.read_text("utf-8").partition(START)
    if not found:
        raise ValueError(f"{page}: has no line {START!r}")
    return f"{words}{START}\n{reference_of(page.name, program)}"


def main(arguments: list[str]) -> int:
    """Rewrite the pages, or with --check tell the stale ones."""
    stale = [path for path in (FOLDER / name for name in PAGES.values()) if path.read_text("utf-8") != renewed(path)]
    for path in stale:
        if "--check" in arguments:
            print(f"{path}: is stale; run python -m docs.cli_reference")
        else:
            path.write_text(renewed(path), "utf-8")
    return int(bool(stale) and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
