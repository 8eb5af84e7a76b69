"""Memory that runs out, and the share of what a device can do."""

from __future__ import annotations

import pytest

from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.language.memory import memory_advice
from indievaluecatalog.reasoners.language.speed import operations_a_token, peak_of, peaks


class OutOfMemoryError(RuntimeError):
    """As torch calls it."""


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OutOfMemoryError("no more"),
        RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"),
    ],
)
def test_running_out_of_memory_says_what_to_lower_and_in_which_order(error: BaseException) -> None:
    told = r"training ran out of memory\. In this order: a lower batch; LoRA"
    with pytest.raises(ReasonerError, match=told), memory_advice("training", ("a lower batch", "LoRA")):
        raise error


def test_any_other_error_stays_what_it_is() -> None:
    with pytest.raises(RuntimeError, match="shapes differ"), memory_advice("training", ("a lower batch",)):
        raise RuntimeError("shapes differ")


@pytest.mark.parametrize(
    ("device", "name"), [("NVIDIA H200", "H200"), ("NVIDIA H100 PCIe", "H100 PCIe"), ("NVIDIA L40S", "L40S")]
)
def test_a_device_is_known_by_its_longest_name(device: str, name: str) -> None:
    assert peak_of(device) == peaks()[name]


def test_a_device_that_is_not_listed_has_no_peak() -> None:
    assert peak_of("NVIDIA H2000") is None


def test_lora_saves_the_gradients_of_what_is_not_trained() -> None:
    assert operations_a_token(100, 1, 0, 10) == 600
    assert operations_a_token(100, 1, 0, 10, trained=0.0) == 400
