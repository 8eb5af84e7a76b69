"""The golden prompts: one person's, in every form, so that a change of wording shows as a diff."""

from __future__ import annotations

from pathlib import Path

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.evaluation.prompt_spec import PromptSpec
from indievaluecatalog.evaluation.render import requests_for
from indievaluecatalog.evaluation.request import Request
from indievaluecatalog.sampling.tasks import draw_tasks
from indievaluecatalog.survey.read import read_survey
from tests.scoring.conftest import people_from

FOLDER = Path(__file__).with_name("prompts")
PERSON_FILE = Path(__file__).with_name("person.csv")
PROBE = "P36"
"""Which probe the single form shows: one with several options, at both granularities."""

SPECS = (
    *(PromptSpec(form, shown) for form in ("joint", "single") for shown in ("none", "statements", "demographics")),
    *(PromptSpec(form, "both", "polar", "refined") for form in ("joint", "single")),
    *(PromptSpec(form, option_order=order) for form in ("joint", "single") for order in ("reversed", "rotated")),
)


def golden_prompts() -> dict[str, str]:
    """File name -> text: each prompt as chat messages, and one of each form as plain text."""
    catalog = load_catalog("wvs7")
    people = people_from(read_survey(PERSON_FILE, catalog), catalog)
    tasks = draw_tasks(catalog, people.answered, people.person_ids, n_demonstrations=3)
    found = {}
    for spec in SPECS:
        requests = [
            one for one in requests_for(people, tasks, spec) if spec.form == "joint" or one.slots[0].id == PROBE
        ]
        name = f"{spec.form}-{spec.shown}-{spec.demonstrations}-{spec.probes}-{spec.option_order}"
        found[f"{name}.txt"] = _as_messages(requests[0])
        if spec == PromptSpec(spec.form):
            found[f"{name}.plain.txt"] = requests[0].plain() + "\n"
    return found


def _as_messages(request: Request) -> str:
    return "".join(f"[{message['role']}]\n{message['content']}\n" for message in request.messages())


def rewrite_prompts() -> None:
    """Write the golden prompts anew and remove those that are none any more."""
    found = golden_prompts()
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.txt"):
        if path.name not in found:
            path.unlink()
    for name, text in found.items():
        (FOLDER / name).write_text(text, "utf-8")
