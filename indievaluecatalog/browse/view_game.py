"""The view of the probe game: a round to play, and how it went."""

from __future__ import annotations

from indievaluecatalog.browse.collection import Collection
from indievaluecatalog.browse.game import Rival, by_chance, majority, nearest, play, score
from indievaluecatalog.browse.query import Query
from indievaluecatalog.browse.view import View
from indievaluecatalog.browse.view_person import granularity_of

GUESS = "guess-"
"""Before an item's id in an address, so that none can be taken for another choice."""


def game(collection: Collection, query: Query) -> View:
    """One round. The address holds the guesses, as `guess-ITEM=position`, and `done=1` when they are given.

    Raises:
        AddressError: a round, option or granularity that there is not.
    """
    granularity = granularity_of(query, "polar")
    number = query.number("round", 1, len(collection.people), 1)
    this = play(collection, number)
    people = collection.people
    items = collection.items
    guesses: dict[int, int | None] = {}
    for at in this.asked:
        last = len(items[at].options(granularity)) - 1
        name = GUESS + items[at].id
        guesses[at] = query.number(name, 0, last, 0, f"option of {items[at].id}") if query.text(name) else None
    done = query.choice("done", ("1",), "") == "1" and bool(this.asked)
    values = {
        "round": number,
        "rounds": len(people),
        "granularity": granularity,
        "done": done,
        "person": str(people.person_ids[this.row]),
        "shown": [items[at].refined[int(people.refined[at, this.row])].statement for at in this.shown],
        "questions": [(items[at], items[at].options(granularity)) for at in this.asked],
        "guesses": {items[at].id: guess for at, guess in guesses.items()},
    }
    if not done:
        return View("game.html.j2", f"Game, round {number}", values)
    similar, who, shared = nearest(collection, this, granularity)
    players = (Rival("You", guesses), majority(collection, this, granularity), similar)
    truth = people.of(granularity)[:, this.row]
    lines = []
    for at in this.asked:
        options, right = items[at].options(granularity), int(truth[at])
        said = []
        for player in players:
            guess = player.guesses[at]
            said.append(("no answer" if guess is None else options[guess].statement, guess == right))
        lines.append((items[at], options[right].statement, said))
    return View(
        "played.html.j2",
        f"Game, round {number}: the answers",
        {
            **values,
            "players": [player.name for player in players],
            "scores": [(player.name, score(collection, this, granularity, player.guesses)) for player in players],
            "chance": by_chance(collection, this, granularity),
            "lines": lines,
            "similar": None if who is None else str(people.person_ids[who]),
            "shared": shared,
            "unanswered": sum(guess is None for guess in guesses.values()),
            "next": number % len(people) + 1,
        },
    )
