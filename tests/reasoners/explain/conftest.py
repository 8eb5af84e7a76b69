"""The synthetic persons and the quick reasoner of the statistical reasoner's tests."""

from tests.reasoners.statistical.conftest import people, reasoner

__all__ = ["people", "reasoner"]
