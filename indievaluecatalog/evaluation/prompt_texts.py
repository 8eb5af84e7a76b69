"""The texts of one version of the prompts: from the YAML file to templates that render."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

from indievaluecatalog.catalog.files import read_yaml
from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.prompt_spec import prompt_file
from indievaluecatalog.evaluation.request import Form, Slot

if TYPE_CHECKING:
    from jinja2 import Environment, Template


@dataclass(frozen=True, slots=True, eq=False)
class PromptTexts:
    """One version, ready to render.

    Attributes:
        system: the instructions, by form.
        templates: by place in the file: known, probe, question.joint, question.single.
    """

    system: Mapping[Form, str]
    templates: Mapping[str, Template]

    def known(self, description: Sequence[str], statements: Sequence[str]) -> str:
        """What is known of a person, from sentences of demographics and statements of answers, if any."""
        return self.templates["known"].render(description=description, statements=statements).strip()

    def probe(self, slot: Slot) -> str:
        """One probe with its options."""
        return self.templates["probe"].render(id=slot.id, letters=slot.letters, options=slot.options).strip()

    def joint(self, slots: Sequence[Slot], probes: Sequence[str]) -> str:
        """All probes, of which `probes` are the blocks, and how to answer."""
        return self.templates["question.joint"].render(ids=[slot.id for slot in slots], probes=probes).strip()

    def single(self, slot: Slot, probe: str) -> str:
        """One probe, of which `probe` is the block, and how to answer."""
        return self.templates["question.single"].render(letters=slot.letters, probe=probe).strip()


def one_line(text: str) -> str:
    """A text of a catalog as prompts show it: on one line, whatever its file holds, since every line has a meaning."""
    return " ".join(text.split())


_GIVEN = {
    "known": {"description", "statements"},
    "probe": {"id", "letters", "options"},
    "question.joint": {"ids", "probes"},
    "question.single": {"letters", "probe"},
}
"""The variables of each template, as `PromptTexts` gives them."""


@lru_cache(maxsize=4)
def prompt_texts(version: str) -> PromptTexts:
    """The texts of a version that ships with the package; 20 ms the first time.

    Raises:
        EvaluationError: the file is faulty: see `read_texts`.
    """
    return read_texts(prompt_file(version), version)


def read_texts(file: Traversable, version: str) -> PromptTexts:
    """The texts of a file.

    Args:
        file: YAML of the form of `prompts.schema.json`.
        version: the one it should be of.

    Raises:
        EvaluationError: the file does not follow its schema, is of another version, or holds a template that is none
            or uses other variables than it is given.
    """
    from jinja2 import Environment, StrictUndefined

    problems: list[str] = []
    data = read_yaml(file, problems)
    if not problems:
        problems = _schema_problems(data)
    if not problems and data["version"] != version:
        problems = [f"holds version {data['version']}, not {version}"]
    if problems:
        raise EvaluationError(f"{file.name}: " + "; ".join(problems[:5]))
    environment = Environment(undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True)
    texts = {"known": data["known"], "probe": data["probe"]}
    texts |= {f"question.{form}": text for form, text in data["question"].items()}
    return PromptTexts(
        system=data["system"],
        templates={
            place: _template(environment, f"{file.name}: {place}", text, _GIVEN[place]) for place, text in texts.items()
        },
    )


def _schema_problems(data: Any) -> list[str]:
    from jsonschema import Draft202012Validator

    text = files("indievaluecatalog.evaluation").joinpath("prompts", "prompts.schema.json").read_text("utf-8")
    errors = Draft202012Validator(json.loads(text)).iter_errors(data)
    return sorted(f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in errors)


def _template(environment: Environment, place: str, text: str, given: set[str]) -> Template:
    """A template that uses all it is given, so that no text can leave out the options or what is known."""
    from jinja2 import TemplateSyntaxError
    from jinja2.meta import find_undeclared_variables

    try:
        used = find_undeclared_variables(environment.parse(text))
        if used != given:
            named = ", ".join(sorted(used)) or "none"
            raise EvaluationError(f"{place} uses the variables {named}; it is given {', '.join(sorted(given))}")
        return environment.from_string(text)
    except TemplateSyntaxError as error:
        raise EvaluationError(f"{place}: line {error.lineno}: {error.message}") from error
