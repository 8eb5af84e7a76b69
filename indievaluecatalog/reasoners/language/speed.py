"""How fast a training runs: tokens a second, memory, and the share of what the device could do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

TERA = 1e12


@dataclass(frozen=True, slots=True)
class Speed:
    """What a training was measured to do; what a resumed one did since it was last begun.

    Attributes:
        device: its name, and how many of them there were.
        seconds: of training steps, without looks at held-out persons.
        tokens: that were read.
        tokens_a_second: over all devices.
        memory_gib: most memory taken on one device; of a processor, of the whole process.
        share_of_peak: floating-point operations done, of those that the devices could do; None where a device's peak
            is not known or operations were not counted.
    """

    device: str
    seconds: float
    tokens: int
    tokens_a_second: float
    memory_gib: float
    share_of_peak: float | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for files."""
        return asdict(self)


@lru_cache(maxsize=1)
def peaks() -> Mapping[str, float]:
    """Peak in operations a second by device's name."""
    text = files("indievaluecatalog.reasoners.language").joinpath("peaks.yaml").read_text("utf-8")
    return MappingProxyType({name: TERA * value for name, value in yaml.safe_load(text).items()})


def peak_of(device: str) -> float | None:
    """Peak of a device by its full name, such as "NVIDIA H200"; None for one that is not listed."""
    known = [name for name in peaks() if re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", device)]
    return peaks()[max(known, key=len)] if known else None


def operations_a_token(weights: int, layers: int, width: int, length: float, *, trained: float = 1.0) -> float:
    """Floating-point operations that training does for a token.

    Two for each weight forwards, two backwards for what it reads, two more for what of it is trained; and the same
    for attention over the half of a sequence that a token sees on average.

    Args:
        weights: that a token goes through: without the table of embeddings, with the output's.
        layers, width: of the model.
        length: tokens of a sequence.
        trained: share of the weights that are trained, small for LoRA.
    """
    return (4.0 + 2.0 * trained) * weights + 6.0 * layers * width * length


def measured(torch: Any, *, seconds: float, tokens: int, operations: float | None = None, devices: int = 1) -> Speed:
    """The speed of a training on the device that torch uses.

    Args:
        torch: the library.
        seconds: taken.
        tokens: read on all devices together.
        operations: a token; None where they were not counted.
        devices: how many there are.
    """
    rate = tokens / seconds if seconds else 0.0
    if torch.cuda.is_available():
        name = torch.cuda.get_device_name()
        memory = torch.cuda.max_memory_allocated() / 2**30
        peak = peak_of(name)
    else:
        name, memory, peak = "processor", process_memory(), None
    return Speed(
        device=name if devices == 1 else f"{devices} x {name}",
        seconds=round(seconds, 1),
        tokens=tokens,
        tokens_a_second=round(rate, 1),
        memory_gib=round(memory, 3),
        share_of_peak=None if peak is None or operations is None else round(rate * operations / (peak * devices), 4),
    )


def process_memory() -> float:
    """Most memory this process has held, in GiB; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0.0
    import sys

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**30 if sys.platform == "darwin" else 2**20)
