"""Commands that share many options take them in groups: dataclasses whose fields are options."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, get_type_hints


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """Spread each parameter that is a dataclass into its fields, as the command line is to see them.

    Every field needs a default. Help lists the options in the order of the parameters.
    """
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, type[Any]] = {}
    seen: list[inspect.Parameter] = []
    for parameter in inspect.signature(command).parameters.values():
        kind = hints[parameter.name]
        if not (isinstance(kind, type) and is_dataclass(kind)):
            seen.append(parameter.replace(annotation=kind, kind=inspect.Parameter.KEYWORD_ONLY))
            continue
        groups[parameter.name] = kind
        inside = get_type_hints(kind, include_extras=True)
        for one in fields(kind):
            if one.default is MISSING:
                raise TypeError(f"{kind.__name__}.{one.name} has no default")
            seen.append(
                inspect.Parameter(
                    one.name, inspect.Parameter.KEYWORD_ONLY, default=one.default, annotation=inside[one.name]
                )
            )

    @functools.wraps(command)
    def spread(**values: Any) -> None:
        made = {name: kind(**{one.name: values.pop(one.name) for one in fields(kind)}) for name, kind in groups.items()}
        command(**values, **made)

    spread.__signature__ = inspect.Signature(seen)  # type: ignore[attr-defined]
    spread.__annotations__ = {one.name: one.annotation for one in seen}
    return spread
