"""An invented survey of a town: no country, no wave, no weight, and 9 for "don't know"."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.waves.draft import Draft, draft_wave
from indievaluecatalog.waves.match import match_codebook
from indievaluecatalog.waves.read_codebook import read_codebook

AGREE = {1: "Strongly agree", 2: "Agree", 3: "Neither agree nor disagree", 4: "Disagree", 5: "Strongly disagree"}
AGREE |= {9: "Don't know"}
OFTEN = {1: "Never", 2: "Rarely", 3: "Sometimes", 4: "Often", 5: "Always"}
TRUST = {1: "No trust at all", 10: "Complete trust"}
CLAIMS = ("Bus rides should be free", "Shops should open on Sundays", "Rents are fair", "My street is noisy",
          "Neighbours help each other")  # fmt: skip
HABITS = ("Take the bus", "Ride a bicycle", "Walk to work", "Drive alone", "Read the local news")
BODIES = ("Town council", "Local police", "Local newspaper", "Housing office", "Hospital")


def write_town(path: Path, n: int = 300) -> Path:
    """Write the survey as .sav."""
    rng = np.random.default_rng(1)
    columns: dict[str, object] = {"id": np.arange(1, n + 1)}
    labels, values = {"id": "Respondent number"}, {}
    lean = rng.normal(size=n)
    batteries = (
        ("a", "Agree", CLAIMS, 5, AGREE),
        ("h", "How often", HABITS, 5, OFTEN),
        ("t", "Trust", BODIES, 10, TRUST),
    )
    for letter, stem, topics, steps, codes in batteries:
        for at, topic in enumerate(topics, 1):
            name = f"{letter}{at}"
            answers = np.clip(np.round((steps + 1) / 2 + steps / 9 * lean + rng.normal(size=n)), 1, steps)
            columns[name] = np.where(rng.random(n) < 0.01, 9, answers) if letter == "a" else answers
            labels[name], values[name] = f"{stem}: {topic}", codes
    columns["sex"], labels["sex"], values["sex"] = rng.integers(1, 3, n), "Sex of respondent", {1: "Male", 2: "Female"}
    columns["age"], labels["age"] = rng.integers(15, 90, n), "Age in years"
    pyreadstat.write_sav(
        pd.DataFrame(columns),
        str(path),
        file_label="SYNTHETIC respondents",
        column_labels=labels,
        variable_value_labels=values,
    )
    return path


def draft_town(file: Path, folder: Path) -> Draft:
    """Draft its catalog against wave 7."""
    known = load_catalog("wvs7")
    return draft_wave(match_codebook(read_codebook(file), known), "wvs7", folder, wave_id="town", title="Town")


def fill(folder: Path) -> None:
    """Stand for a person who reads every TODO and is content."""
    for file in folder.glob("*.yaml"):
        text = re.sub(r'\n *note: "TODO[^\n]*', "", file.read_text("utf-8")).replace("TODO_", "")
        file.write_text(re.sub(r'"TODO: [^"]*"', "Invented", text), "utf-8")
