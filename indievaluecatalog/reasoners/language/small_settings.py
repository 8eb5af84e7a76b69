"""How a small language model over statements is built and trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, get_args

from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.language.sequences import Said


@dataclass(frozen=True, slots=True)
class SmallSettings:
    """Size of the model and of its training. The defaults train in minutes on a processor.

    Attributes:
        width, inner, layers, heads: of the Llama.
        dropout: of attention.
        said: "refined" statements alone, or "both" granularities.
        length: statements of a person that a sequence holds; 0 for all.
        batch: persons a step of the optimizer, over all devices.
        at_once: most persons in memory of a device at once; a batch is done in parts. 0 for no limit.
        steps: of the optimizer.
        learning_rate: the highest, after `warmup` steps; falls to 0 along a cosine.
        warmup: steps.
        weight_decay: of AdamW.
        held_out: training persons whose loss is watched and who are not learned from; at most a tenth of all.
        watch_every: steps between looks at them, and between checkpoints. The best of these weights are kept.
        seed: of weights and orders.
    """

    width: int = 128
    inner: int = 352
    layers: int = 3
    heads: int = 4
    dropout: float = 0.0
    said: Said = "refined"
    length: int = 0
    batch: int = 8
    at_once: int = 0
    steps: int = 800
    learning_rate: float = 2e-3
    warmup: int = 40
    weight_decay: float = 0.1
    held_out: int = 200
    watch_every: int = 100
    seed: int = 0

    def __post_init__(self) -> None:
        whole = ("width", "inner", "layers", "heads", "batch", "steps", "watch_every")
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name == "said":
                if value not in get_args(Said):
                    raise ReasonerError(f"said is one of {', '.join(get_args(Said))}, not {value!r}")
                continue
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise ReasonerError(f"{one.name} is a number, not {value!r}")
            if one.type == "int" and not isinstance(value, int):
                raise ReasonerError(f"{one.name} is a whole number, not {value!r}")
            if value < (1 if one.name in whole else 0):
                raise ReasonerError(f"{one.name} is at least {1 if one.name in whole else 0}, not {value!r}")
        if self.width % self.heads or (self.width // self.heads) % 2:
            raise ReasonerError(
                f"width is an even multiple of heads, so that each head has an even share: not {self.width} and "
                f"{self.heads}"
            )
        if self.dropout >= 1:
            raise ReasonerError(f"dropout is below 1, not {self.dropout}")

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for files."""
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> SmallSettings:
        """Settings from plain values, such as `to_dict` gives.

        Raises:
            ReasonerError: a name that is no setting, or a value that does not fit.
        """
        known = [one.name for one in fields(cls)]
        unknown = [name for name in plain if name not in known]
        if unknown:
            raise ReasonerError(f"no setting {unknown[0]!r} of a small language model; there are {', '.join(known)}")
        return cls(**plain)


LARGE = SmallSettings(
    width=512, inner=1_408, layers=8, heads=8, said="both", batch=256, steps=12_000, learning_rate=1e-3, warmup=500
)
"""For a GPU: some 28 million weights."""
