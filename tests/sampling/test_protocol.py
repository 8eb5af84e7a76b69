"""A protocol is one object that says every choice, and knows itself again."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from indievaluecatalog.errors import SamplingError
from indievaluecatalog.sampling.protocol import NAMED, OURS, PAPER, Protocol, chosen_protocol, named_protocol


def test_the_two_named_ones_differ_where_the_published_code_does() -> None:
    ours, paper = OURS.to_dict(), PAPER.to_dict()
    assert {name: (ours[name], paper[name]) for name in ours if ours[name] != paper[name]} == {
        "name": ("ours", "paper"),
        "digest": (OURS.digest, PAPER.digest),
        "exclude": ("setup", "asked"),
        "sizes": ("nested", "independent"),
        "shared_ids": ("kept", "first"),
        "missing": ("ignored", "counted"),
        "neighbours_see": ("demonstrations", "all_others"),
    }


@pytest.mark.parametrize("protocol", [*NAMED.values(), replace(OURS, only_categories=("Corruption",), seed=3)])
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


def test_a_variation_is_named_after_what_differs_however_it_came_about() -> None:
    varied = replace(OURS, seed=3, only_categories=("Security", "Corruption"))
    assert varied.name == "ours (seed=3, only_categories=Security+Corruption)"
    assert replace(PAPER, shared_ids="kept").name == "paper (shared_ids=kept)"
    again = replace(replace(OURS, seed=5, order="informative"), seed=0)
    assert (again.name, again.digest) == ("ours (order=informative)", replace(OURS, order="informative").digest)


def test_persons_are_those_of_the_dataset_whatever_is_asked_for() -> None:
    own = replace(OURS, seed=4, selection="answered")
    assert chosen_protocol(None, own) == own
    assert chosen_protocol("paper", own) == replace(PAPER, seed=4, selection="answered", shared_ids="kept")
    assert chosen_protocol(PAPER, own).seed == 0
    with pytest.raises(SamplingError, match="no protocol 'theirs'"):
        chosen_protocol("theirs", own)


def test_names_find_them() -> None:
    assert named_protocol("ours") is OURS
    assert named_protocol("paper") is PAPER
    with pytest.raises(SamplingError, match="no protocol 'theirs'; there are ours and paper"):
        named_protocol("theirs")


def test_unknown_choices_are_refused() -> None:
    with pytest.raises(SamplingError, match="exclude is one of setup, asked, not 'none'"):
        replace(OURS, exclude="none")  # type: ignore[arg-type]
    for wrong in ({**OURS.to_dict(), "colour": "red"}, {"seed": 1}, ["name"], None):
        with pytest.raises(SamplingError, match="a protocol has the choices exclude"):
            Protocol.from_dict(wrong)
    with pytest.raises(SamplingError, match="a tuple of names, not 'Migration'"):
        replace(OURS, only_categories="Migration")  # type: ignore[arg-type]
    with pytest.raises(SamplingError, match="seed is a whole number"):
        replace(OURS, seed=1.5)  # type: ignore[arg-type]
    with pytest.raises(SamplingError, match="informative order is made for a setup's probes"):
        replace(PAPER, order="informative")
