"""Commands that share many options take them in groups: dataclasses whose fields are options."""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from typing import Annotated, Any, get_args, get_type_hints


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """Spread each parameter that is a dataclass into its fields, as the command line is to see them.

    Every field needs a default. Help lists the options in the order of the parameters, those of a group under its
    `panel` if the class names one and the option none of its own.
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
        inside, panel = get_type_hints(kind, include_extras=True), getattr(kind, "panel", None)
        for one in fields(kind):
            if one.default is MISSING:
                raise TypeError(f"{kind.__name__}.{one.name} has no default")
            seen.append(
                inspect.Parameter(
                    one.name,
                    inspect.Parameter.KEYWORD_ONLY,
                    default=one.default,
                    annotation=_under(panel, inside[one.name]),
                )
            )

    @functools.wraps(command)
    def spread(**values: Any) -> None:
        made = {name: kind(**{one.name: values.pop(one.name) for one in fields(kind)}) for name, kind in groups.items()}
        command(**values, **made)

    spread.__signature__ = inspect.Signature(seen)  # type: ignore[attr-defined]
    spread.__annotations__ = {one.name: one.annotation for one in seen}
    return spread


def _under(panel: str | None, annotation: Any) -> Any:
    """An option's annotation, with help under a panel unless it has one."""
    kind, *extras = get_args(annotation)
    option = copy.copy(extras[0])
    option.rich_help_panel = option.rich_help_panel or panel
    return Annotated[kind, option]
