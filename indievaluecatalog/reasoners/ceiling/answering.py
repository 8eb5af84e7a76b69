"""The true model of a population laid out for many persons at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog, Item
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.ceiling.choices import Choice, make_choices
from indievaluecatalog.reasoners.ceiling.graded import Graded, make_graded
from indievaluecatalog.reasoners.ceiling.picks import Picks
from indievaluecatalog.survey.synthetic.model import Model

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Answering:
    """How all items of a catalog are answered: each belongs to `graded` or to one of `choices`.

    `lone` tells, for each graded item, whether it is answered apart from all others given the traits; those that
    are not belong to one of `picks`.
    """

    graded: Graded
    lone: NDArray[np.bool_]
    picks: tuple[Picks, ...]
    choices: tuple[Choice, ...]

    def pooled(self, shares: NDArray[np.float64]) -> Answering:
        """The same with one country only, which leans as the average person's does."""

        def mean(values: Floats) -> Floats:
            return np.tensordot(shares, values, axes=1)[None].astype(np.float32)

        graded = replace(self.graded, lean=mean(self.graded.lean), on=mean(self.graded.on), off=mean(self.graded.off))
        choices = tuple(
            replace(
                one,
                utilities=mean(one.utilities),
                on=(mean(one.on[0]), mean(one.on[1])),
                off=(mean(one.off[0]), mean(one.off[1])),
            )
            for one in self.choices
        )
        return replace(self, graded=graded, choices=choices)


def make_answering(model: Model, catalog: Catalog) -> Answering:
    """The model laid out for a catalog's items.

    Raises:
        ReasonerError: the model lacks an item, or limits the picks of items with more than two codes.
    """
    items: dict[str, tuple[int, Item]] = {name: (at, item) for at, (name, item) in enumerate(catalog.items.items())}
    lacking = [name for name in items if name not in model.items]
    if lacking:
        raise ReasonerError(f"the true model says nothing of {', '.join(lacking[:5])}: it is of another catalog")
    named = [name for name in items if model.items[name].graded]
    graded = make_graded(model, [items[name][1] for name in named], [items[name][0] for name in named])
    picks = []
    lone = np.ones(len(named), np.bool_)
    for limit in model.limits:
        members = [name for name in limit.items if name in items]
        models = [model.items[name] for name in members]
        wide = [one.item_id for one in models if len(one.codes) != 2]
        if wide or len(members) < len(limit.items):
            raise ReasonerError(
                f"of {', '.join(limit.items[:3])}, ... at most {limit.most} are picked: such items must all be in the "
                f"catalog and have two codes, which {', '.join(wide) or 'not all are and do'} do not"
            )
        at = np.array([named.index(name) for name in members])
        lone[at] = False
        options = [items[name][1].option_index(limit.picked, "refined") for name in members]
        picks.append(
            Picks(
                members=at,
                option=np.array([-2 if option is None else option for option in options], np.intp),
                sign=np.array([1 if one.codes[1] == limit.picked else -1 for one in models], np.float32),
                most=limit.most,
            )
        )
    return Answering(graded, lone, tuple(picks), make_choices(model, items))
