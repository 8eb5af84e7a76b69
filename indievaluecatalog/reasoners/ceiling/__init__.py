"""How far anyone could go: the best possible prediction of synthetic persons, and a limit estimated for real ones."""

from indievaluecatalog.reasoners.ceiling.limit import (
    ExtrapolatedLimit,
    Halves,
    extrapolated_limit,
    extrapolated_limits,
    variance_of_halves,
)
from indievaluecatalog.reasoners.ceiling.run import run_ceiling

__all__ = [
    "ExtrapolatedLimit",
    "Halves",
    "extrapolated_limit",
    "extrapolated_limits",
    "run_ceiling",
    "variance_of_halves",
]
