"""Views of evaluated models: all of them, and what they said of one person."""

from __future__ import annotations

from indievaluecatalog.browse.collection import Collection
from indievaluecatalog.browse.predictions import Guess, guesses
from indievaluecatalog.browse.problems import AddressError
from indievaluecatalog.browse.query import Query
from indievaluecatalog.browse.view import View
from indievaluecatalog.browse.view_person import granularity_of
from indievaluecatalog.catalog.model import GRANULARITIES, Item

SOME = 24


def models(collection: Collection, query: Query) -> View:
    """The files of predictions and their accuracy, and some of the persons they are about."""
    lines = [
        (one, [one.accuracy(granularity) for granularity in GRANULARITIES], len(one.places))
        for one in collection.evaluated
    ]
    everyone = list(dict.fromkeys(name for one in collection.evaluated for name in one.places))
    return View(
        "models.html.j2",
        "Models",
        {"lines": lines, "persons": everyone[:SOME], "more": max(0, len(everyone) - SOME), "left": collection.left_out},
    )


def predictions(collection: Collection, query: Query) -> View:
    """What models said of one person: every model's accuracy, and one model's choices in full.

    Raises:
        AddressError: nobody has the id, no model was asked about this person, or there is no such model.
    """
    name = query.text("id")
    if not name:
        raise AddressError("Whose predictions? The address names nobody (id=...).", way_out=("models", "Models"))
    collection.row(name)
    granularity = granularity_of(query)
    about = [one for one in collection.evaluated if name in one.places]
    if not about:
        raise AddressError(
            f"No file of predictions given to this page is about the person “{name}”.", way_out=("models", "Models")
        )
    chosen = query.choice("model", [one.key for one in about], about[0].key)
    model = next(one for one in about if one.key == chosen)
    by_setup: dict[int, list[tuple[Guess, Item, str, str]]] = {}
    for guess in guesses(model, name, granularity):
        options = collection.items[guess.item].options(granularity)
        said = "" if guess.prediction is None else options[guess.prediction].statement
        line = (guess, collection.items[guess.item], options[guess.truth].statement, said)
        by_setup.setdefault(guess.setup, []).append(line)
    opened = query.opened(len(by_setup)) if by_setup else ()
    return View(
        "predictions.html.j2",
        f"Predictions for {name}",
        {
            "id": name,
            "granularity": granularity,
            "model": model,
            "table": [(one, [one.accuracy(g, name) for g in GRANULARITIES]) for one in about],
            "setups": list(zip(by_setup.items(), opened, strict=True)),
            "expected": model.cells.run.decision == "expected",
        },
    )
