"""A protocol is one object that says every choice, and knows itself again."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from indievaluecatalog.errors import SamplingError
from indievaluecatalog.sampling.protocol import OURS, PAPER, PROTOCOLS, Protocol, named_protocol


def test_the_two_named_ones_differ_where_the_published_code_does() -> None:
    ours, paper = OURS.to_dict(), PAPER.to_dict()
    assert {name: (ours[name], paper[name]) for name in ours if ours[name] != paper[name]} == {
        "name": ("ours", "paper"),
        "exclude": ("setup", "asked"),
        "sizes": ("nested", "independent"),
        "shared_ids": ("kept", "first"),
        "missing": ("ignored", "counted"),
        "neighbours_see": ("demonstrations", "all_others"),
    }


@pytest.mark.parametrize("protocol", [*PROTOCOLS, replace(OURS, name="mine", only_categories=("Corruption",), seed=3)])
def test_it_survives_being_written(protocol: Protocol) -> None:
    again = Protocol.from_dict(protocol.to_dict())
    assert again == protocol
    assert again.digest == protocol.digest


def test_every_choice_is_in_the_digest() -> None:
    others = [
        replace(OURS, seed=1),
        replace(OURS, siblings="left_out"),
        replace(OURS, without_categories=("Security",)),
        PAPER,
    ]
    assert len({OURS.digest, *(other.digest for other in others)}) == 1 + len(others)


def test_the_digest_is_the_same_in_another_process() -> None:
    program = "from indievaluecatalog.sampling.protocol import PAPER; print(PAPER.digest)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == PAPER.digest


def test_a_variation_is_named_after_what_differs() -> None:
    assert OURS.vary(seed=0) is OURS
    varied = OURS.vary(seed=3, only_categories=("Security", "Corruption"), order="keyed")
    assert varied.name == "ours (only_categories=Security+Corruption, seed=3)"
    assert varied.seed == 3
    assert OURS.vary(name="mine", seed=1).name == "mine"
    with pytest.raises(SamplingError, match="has no colour"):
        OURS.vary(colour="red")


def test_names_find_them() -> None:
    assert named_protocol("ours") is OURS
    assert named_protocol("paper") is PAPER
    with pytest.raises(SamplingError, match="no protocol 'theirs'; there are ours and paper"):
        named_protocol("theirs")


def test_unknown_choices_are_refused() -> None:
    with pytest.raises(SamplingError, match="exclude is one of setup, asked, not 'none'"):
        replace(OURS, exclude="none")  # type: ignore[arg-type]
    with pytest.raises(SamplingError, match="unknown colour"):
        Protocol.from_dict({"name": "x", "colour": "red"})
    with pytest.raises(SamplingError, match="no name"):
        Protocol.from_dict({"seed": 1})
    with pytest.raises(SamplingError, match="informative order is made for a setup's probes"):
        replace(PAPER, order="informative")
