"""Rewrites the golden files. Run it after a change of wording that is meant, and read the diff."""

from __future__ import annotations

from pathlib import Path

from indievaluecatalog.catalog.listing import listing
from indievaluecatalog.catalog.load import PASSED, files_digest, find_catalog, load_catalog, read_catalog, waves
from indievaluecatalog.dataset.tables import index_answers
from indievaluecatalog.survey.answers import REASONS
from indievaluecatalog.survey.read import read_survey
from tests.golden.prompts import rewrite_prompts
from tests.golden.training import rewrite_training_row

HERE = Path(__file__).parent
STATEMENTS = {wave: HERE / f"{wave}_statements.txt" for wave in waves()}
PERSON_FILE = HERE / "person.csv"
"""One synthetic person's raw codes, as a survey file has them."""
PERSON = HERE / "person.txt"


def person_text() -> str:
    """Everything the package says of the person in PERSON_FILE: sentences, or why there is none."""
    catalog = load_catalog("wvs7")
    answers = read_survey(PERSON_FILE, catalog)
    indices = index_answers(catalog, answers)
    lines = [str(answers.person_ids[0])]
    for at, demographic in enumerate(catalog.demographics.values()):
        index, reason = indices.demographics[at, 0], REASONS[answers.demographic_reasons[at, 0]]
        lines.append(f"{demographic.id}\t{demographic.options[index].statement if index >= 0 else f'({reason})'}")
    for at, item in enumerate(catalog.items.values()):
        reason = REASONS[answers.reasons[at, 0]]
        for granularity in ("refined", "polar"):
            index = (indices.refined if granularity == "refined" else indices.polar)[at, 0]
            options = item.refined if granularity == "refined" else item.polar
            lines.append(f"{item.id}\t{granularity}\t{options[index].statement if index >= 0 else f'({reason})'}")
    return "\n".join(lines) + "\n"


def note_what_passed_the_schema() -> None:
    """Let `load_catalog` skip the schema for the shipped files, once they have passed it."""
    for wave in waves():
        folder = find_catalog(wave)
        _, problems = read_catalog(folder)
        if problems:
            raise SystemExit("\n".join(problems))
        Path(str(folder.joinpath(PASSED))).write_text(files_digest(folder) + "\n", "utf-8")


def main() -> None:
    rewrite_prompts()
    rewrite_training_row()
    note_what_passed_the_schema()
    for wave, file in STATEMENTS.items():
        file.write_text(listing(load_catalog(wave)), "utf-8")
    PERSON.write_text(person_text(), "utf-8")


if __name__ == "__main__":
    main()
