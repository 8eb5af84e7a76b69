"""Settings that cannot be meant are refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.language.small.settings import SmallSettings


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"batch": 0}, "batch is a whole number of at least 1, not 0"),
        ({"steps": 1.5}, "steps is a whole number"),
        ({"looks": True}, "looks is a whole number"),
        ({"learning_rate": 1.0}, "learning_rate is a number from 0 to below 1"),
        ({"weight_decay": "much"}, "weight_decay is a number"),
        ({"said": "polar"}, "said is one of refined, both, not 'polar'"),
        ({"width": 10, "heads": 3}, "width is a multiple of heads"),
        ({"widht": 10}, "no setting 'widht' of a small language model; there are width"),
    ],
)
def test_a_wrong_setting_is_named(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ReasonerError, match=message):
        SmallSettings().changed(**changed)


def test_settings_survive_a_file_and_options_that_were_not_given_change_nothing() -> None:
    settings = SmallSettings().changed(width=64, steps=None)
    assert settings.width == 64
    assert settings.steps == SmallSettings().steps
    assert SmallSettings.from_dict(settings.to_dict()) == settings
