"""How a small language model over statements is built and trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, get_args

from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.language.small.sequences import Said


@dataclass(frozen=True, slots=True)
class SmallSettings:
    """Size of the model and of its training. The defaults train in minutes on a processor.

    Attributes:
        width: numbers that stand for a token.
        inner: width of the part of each layer that looks at one step alone.
        layers, heads: of attention.
        said: "refined" statements are read, or "both" granularities.
        length: most statements of a person that are read.
        looks: after how many of them the person is asked all the rest.
        batch: persons a step of the optimizer.
        steps: of the optimizer.
        learning_rate: the highest, after `warmup` steps; falls to 0 along a cosine.
        warmup: steps.
        weight_decay: of the optimizer.
        held_out: training persons whose loss is watched and who are not learned from; at most a tenth of all.
        watch_every: steps between looks at them, and between checkpoints. The best of these weights are kept.
        seed: of weights and of the order of persons.
    """

    width: int = 256
    inner: int = 512
    layers: int = 1
    heads: int = 2
    said: Said = "refined"
    length: int = 200
    looks: int = 6
    batch: int = 128
    steps: int = 1_000
    learning_rate: float = 0.015
    warmup: int = 30
    weight_decay: float = 0.05
    held_out: int = 1_000
    watch_every: int = 100
    seed: int = 0

    def __post_init__(self) -> None:
        for one in fields(self):
            value, least = getattr(self, one.name), 0 if one.name in ("warmup", "held_out", "seed") else 1
            if one.name == "said":
                if value not in get_args(Said):
                    raise ReasonerError(f"said is one of {', '.join(get_args(Said))}, not {value!r}")
            elif one.type == "float":
                if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1:
                    raise ReasonerError(f"{one.name} is a number from 0 to below 1, not {value!r}")
            elif isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ReasonerError(f"{one.name} is a whole number of at least {least}, not {value!r}")
        if self.width % self.heads:
            raise ReasonerError(f"width is a multiple of heads, which {self.width} is not of {self.heads}")

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for files."""
        return asdict(self)

    def changed(self, **changes: Any) -> SmallSettings:
        """With some values set differently; None changes nothing, which suits a command's options.

        Raises:
            ReasonerError: a name that is no setting, or a value that does not fit.
        """
        known = [one.name for one in fields(self)]
        unknown = [name for name in changes if name not in known]
        if unknown:
            raise ReasonerError(f"no setting {unknown[0]!r} of a small language model; there are {', '.join(known)}")
        return replace(self, **{name: value for name, value in changes.items() if value is not None})

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> SmallSettings:
        """Settings from plain values, such as `to_dict` gives.

        Raises:
            ReasonerError: as `changed` does.
        """
        return cls().changed(**plain)
