"""The tasks as a folder that lm-evaluation-harness runs, with the same prompts as everywhere in this package.

The folder holds survey answers: statements in the prompts, and the targets.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indievaluecatalog.catalog.model import Granularity
from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.job import Job
from indievaluecatalog.evaluation.lm_eval_files import (
    IDENTITY,
    NAME,
    VARIANTS,
    Identity,
    documents_name,
    filled,
    group_name,
    task_name,
)
from indievaluecatalog.evaluation.request import ModelSpec, Request
from indievaluecatalog.whole_file import check_place, whole_file

UNKNOWN = ModelSpec(name="unknown", kind="lm_eval")


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes:
        folder: where.
        identity: what it holds.
        size_bytes: of the documents.
    """

    folder: Path
    identity: Identity
    size_bytes: int


def export_lm_eval(job: Job, folder: str | Path, *, chat: bool = False) -> Exported:
    """Write a folder for `lm_eval --include_path`.

    Args:
        job: what is asked; its prompts are of the single form.
        folder: a new or empty one.
        chat: write prompts as messages for a chat template, instead of whole texts.

    Raises:
        EvaluationError: the joint form, a folder with something in it, or one that cannot be written.
    """
    target = Path(folder)
    if any(prompt.form != "single" for prompt in job.prompts.values()):
        raise EvaluationError("lm_eval is given one probe a prompt: use the single form")
    if target.is_dir() and any(target.iterdir()):
        raise EvaluationError(f"{target}: is not empty; name a new folder")
    check_place(target / IDENTITY, EvaluationError)
    identity, size = _documents(job, target, chat)
    for name, text in _texts(identity):
        with whole_file(target / name, EvaluationError) as beside:
            beside.write_text(text, "utf-8")
    return Exported(target, identity, size)


def _documents(job: Job, target: Path, chat: bool) -> tuple[Identity, int]:
    rows: dict[Granularity, int] = {}
    digests: dict[Granularity, str] = {}
    persons: set[str] = set()
    size = 0
    for granularity in job.prompts:
        digest, count = hashlib.sha256(), 0
        with whole_file(target / documents_name(granularity), EvaluationError) as beside, beside.open("wb") as file:
            for document in _of(job, granularity, chat):
                line = (json.dumps(document, ensure_ascii=False) + "\n").encode()
                file.write(line)
                digest.update(line)
                size += len(line)
                count += 1
                persons.add(document["person_id"])
        rows[granularity], digests[granularity] = count, digest.hexdigest()
    return Identity(job.run(UNKNOWN), chat, len(persons), rows, digests), size


def _of(job: Job, granularity: Granularity, chat: bool) -> Iterator[dict[str, Any]]:
    """The documents of a granularity: a prompt, the options, and which of them is right."""
    people = job.people
    columns = {name: at for at, name in enumerate(people.person_ids.tolist())}
    items = {item: at for at, item in enumerate(people.catalog.items)}
    answers = people.of(granularity)
    for request in job.requests():
        if request.granularity == granularity:
            slot = request.slots[0]
            said = int(answers[items[slot.item], columns[request.person_id]])
            yield {
                "id": document_id(request),
                "person_id": request.person_id,
                "setup": request.setup,
                "granularity": granularity,
                "slot": slot.id,
                "item": slot.item,
                "letters": list(slot.letters),
                "options": list(slot.options),
                "order": list(slot.order),
                "target": slot.order.index(said),
                **_prompt(request, chat),
            }


def document_id(request: Request) -> str:
    """What a document is called, such as "0/polar/P07/PERSON"."""
    return f"{request.setup}/{request.granularity}/{request.slots[0].id}/{request.person_id}"


def _prompt(request: Request, chat: bool) -> dict[str, str]:
    if not chat:
        return {"prompt": request.plain()}
    system, user = request.messages()
    return {"system": system["content"], "prompt": user["content"]}


def _texts(identity: Identity) -> Iterator[tuple[str, str]]:
    """Names and contents of all files but the documents."""
    run = identity.run.to_dict()
    told = {name: run[name] for name in ("dataset", "protocol", "prompt", "shown", "n_demonstrations", "setups")}
    granularities = identity.run.granularities
    for variant in VARIANTS:
        for granularity in granularities:
            task = task_name(granularity, variant)
            yield (
                f"{task}.yaml",
                filled(
                    "task.yaml.jinja",
                    task=task,
                    documents=documents_name(granularity),
                    variant=variant,
                    chat=identity.chat,
                    metadata={"version": 1, **told},
                ),
            )
        yield (
            f"group_{variant}.yaml",
            filled(
                "group.yaml.jinja",
                group=group_name(variant),
                tasks=[task_name(granularity, variant) for granularity in granularities],
                metric="exact_match" if variant == "generate" else "acc",
                filter="letter" if variant == "generate" else "none",
                metadata={"version": 1},
            ),
        )
    yield "documents.py", filled("documents.py.txt")
    yield (
        "README.md",
        filled(
            "README.md.jinja",
            name=NAME,
            chat=identity.chat,
            synthetic=identity.run.dataset.synthetic,
            granularities=granularities,
            rows=sum(identity.rows.values()),
            persons=identity.persons,
            **told,
        ),
    )
    # Last, since it tells that the folder is whole.
    yield IDENTITY, identity.to_text()
