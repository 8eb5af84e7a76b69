"""Each view shows what is known, and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlencode

import numpy as np
import pytest

from indievaluecatalog.browse.collection import Collection, collection_of
from indievaluecatalog.browse.game import by_chance, majority, nearest, play
from indievaluecatalog.browse.likeness import agreement, most_alike
from indievaluecatalog.browse.shares import distribution
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.dataset.people import People
from indievaluecatalog.survey.answers import REASONS, Answers
from tests.browse.conftest import PERSONS, Open, Page, opener

EVERY = (
    *("/", "/persons", "/person?id=p3", "/compare", "/compare?a=p3", "/compare?a=p3&b=p4", "/items", "/items?q=god"),
    *("/item?id=Q1", "/item?id=Q119&by=Q260", "/game", "/game?round=2&done=1", "/models"),
)


@pytest.mark.parametrize("address", EVERY)
def test_every_view_opens_and_can_be_read_without_eyes(look: Open, address: str) -> None:
    page = look(address)
    assert page.status == 200
    assert len(page.of("h1")) == 1
    assert page.of("html") == [{"lang": "en"}]
    assert "SYNTHETIC PERSONS" in page.text
    assert not page.of("script")
    assert not re.search(r"\sstyle=", page.html)
    ids = [attributes["id"] for _, attributes in page.read.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    unlabelled = re.sub(r"<label>.*?</label>", "", page.html, flags=re.DOTALL)
    assert not re.search(r'<select|<input type="(text|search|radio)"', unlabelled)


@pytest.mark.parametrize("address", EVERY)
def test_links_lead_somewhere(look: Open, address: str) -> None:
    for link in sorted(set(look(address).links))[:40]:
        assert look(link).status == 200, link


def test_persons_are_found_by_demographics(look: Open, people: People, catalog: Catalog) -> None:
    germany = [one.label for one in catalog.demographics["B_COUNTRY"].options].index("Germany")
    women = [one.label for one in catalog.demographics["Q260"].options].index("Female")
    here = (people.demographic("B_COUNTRY") == germany) & (people.demographic("Q260") == women)
    page = look("/persons?is-B_COUNTRY=Germany&is-Q260=Female&page=")
    found = {link.removeprefix("/person?id=") for link in page.links if link.startswith("/person?id=")}
    assert found == set(people.person_ids[here])
    assert len(found) > 0


def test_pages_of_persons_hold_everyone_once(look: Open, people: People) -> None:
    found = []
    for number in (1, 2, 3):
        links = look(f"/persons?page={number}").links
        found += [link.removeprefix("/person?id=") for link in links if link.startswith("/person?id=")]
    assert sorted(found) == sorted(people.person_ids.tolist())


def test_a_person_is_told_with_reasons_for_what_is_missing(
    look: Open, people: People, answers: Answers, catalog: Catalog
) -> None:
    text, row = look("/person?id=p7").text, 7
    for at, item in enumerate(catalog.items.values()):
        if people.refined[at, row] != NO_OPTION:
            assert item.refined[people.refined[at, row]].statement in text
    kinds = np.bincount(answers.reasons[:, row], minlength=len(REASONS))
    assert text.count("Not asked") == kinds[REASONS.index("not_asked")] > 0
    assert text.count("no statement stands for the answer") == kinds[REASONS.index("uncovered")]
    missing = look("/person?id=p7&show=missing").text
    assert "Not asked" in missing
    assert catalog.items["Q1"].refined[people.refined[0, row]].statement not in missing


def test_comparing_counts_what_both_answered(look: Open, people: People) -> None:
    both = (people.refined[:, 3] != NO_OPTION) & (people.refined[:, 4] != NO_OPTION)
    alike = both & (people.refined[:, 3] == people.refined[:, 4])
    found = agreement(people, 3, 4, "refined", np.arange(len(both)))
    assert (found.both, found.alike) == (both.sum(), alike.sum())
    page = look("/compare?a=p3&b=p4")
    assert f"{alike.sum()} of {both.sum()} both answered" in page.text
    kinds = {kind: page.html.count(f'<tr class="{kind}"') for kind in ("agreement", "difference")}
    assert kinds == {"agreement": alike.sum(), "difference": (both & ~alike).sum()}
    assert '<tr class="agreement"' not in look("/compare?a=p3&b=p4&show=differences").html


def test_most_alike_is_who_shares_most(collection: Collection, people: People) -> None:
    every = np.arange(len(people.refined))
    others = [agreement(people, 3, row, "polar", every).share or 0 for row in range(PERSONS) if row != 3]
    found = most_alike(collection, 3, "polar", 5)
    assert [one.agreement.share for one in found] == sorted(others, reverse=True)[:5]
    assert all(agreement(people, 3, one.row, "polar", every) == one.agreement for one in found)


def test_who_answered_little_is_like_nobody(people: People) -> None:
    refined = people.refined.copy()
    refined[5:, 9] = NO_OPTION
    refined[:5, 9] = refined[:5, 3] = 0
    found = most_alike(collection_of(replace(people, refined=refined)), 3, "refined", PERSONS)
    assert 9 not in [one.row for one in found]
    assert len(found) == PERSONS - 2


def test_shares_are_weighted_and_the_page_says_so(look: Open, collection: Collection, people: People) -> None:
    codes, weights = people.refined[0], people.weights["W_WEIGHT"]
    counted = (codes != NO_OPTION) & np.isfinite(weights)
    expected = [weights[counted & (codes == option)].sum() / weights[counted].sum() for option in range(4)]
    found = distribution(collection, 0, "refined", "Q260", "W_WEIGHT")
    assert found.everyone is not None
    np.testing.assert_allclose(found.everyone.shares, expected)
    assert found.everyone.answers == counted.sum()
    plain = distribution(collection, 0, "refined", "", "")
    assert plain.everyone is not None
    np.testing.assert_allclose(plain.everyone.shares, np.bincount(codes[codes >= 0]) / (codes >= 0).sum())
    men = counted & (people.demographic("Q260") == 0)
    np.testing.assert_allclose(found.groups[0].shares[0], weights[men & (codes == 0)].sum() / weights[men].sum())
    assert "weighted by the survey weight W_WEIGHT" in look("/item?id=Q1").text
    assert "no weight" in look("/item?id=Q1&weight=none").text


def test_a_group_that_was_not_asked_is_named(people: People) -> None:
    refined = people.refined.copy()
    refined[0, people.demographic("Q260") == 0] = NO_OPTION
    found = distribution(collection_of(replace(people, refined=refined)), 0, "refined", "Q260", "")
    assert found.silent == ("Male",)
    assert [one.name for one in found.groups] == ["Female"]


def test_groups_come_in_the_order_asked_for(look: Open) -> None:
    def shares(page: Page) -> list[int]:
        return [int(found) for found in re.findall(r"Very important (\d+) %", page.text)][2:]

    assert shares(look("/item?id=Q1&by=Q275&sort=0")) == sorted(shares(look("/item?id=Q1&by=Q275")), reverse=True)


def test_a_round_shows_and_asks_answers_of_one_person(collection: Collection, people: People) -> None:
    for number in range(1, 7):
        game = play(collection, number)
        assert len(game.shown) == 20
        assert len(game.asked) == 10
        assert not set(game.shown) & set(game.asked)
        assert (people.refined[[*game.shown, *game.asked], game.row] != NO_OPTION).all()
        assert game == play(collection, number)


def test_rivals_do_not_see_the_answers(collection: Collection, people: People) -> None:
    game = play(collection, 1)
    changed = people.refined.copy()
    changed[list(game.asked), game.row] = 0
    other = collection_of(replace(people, refined=changed))
    assert majority(other, game, "refined") == majority(collection, game, "refined")
    assert nearest(other, game, "refined") == nearest(collection, game, "refined")


def test_the_most_similar_person_shares_most_of_what_is_shown(collection: Collection, people: People) -> None:
    game = play(collection, 1)
    _, who, shared = nearest(collection, game, "polar")
    train = people.rows_of("train")
    agreeing = (people.refined[list(game.shown)] == people.refined[list(game.shown), game.row][:, None]).sum(axis=0)
    assert shared == agreeing[train[train != game.row]].max() == agreeing[who]
    assert by_chance(collection, game, "refined") < by_chance(collection, game, "polar")


def test_playing_right_is_told(look: Open, collection: Collection, people: People, catalog: Catalog) -> None:
    game = play(collection, 4)
    names = list(catalog.items)
    right = {f"guess-{names[at]}": int(people.polar[at, game.row]) for at in game.asked}
    assert "you got 10 of 10" in look(f"/game?round=4&done=1&{urlencode(right)}").text
    name, value = next(iter(right.items()))
    wrong = {**right, name: int(value == 0)}
    assert "you got 9 of 10" in look(f"/game?round=4&done=1&{urlencode(wrong)}").text
    assert "10 left open" in look("/game?round=4&done=1").text


def test_real_persons_get_a_notice_instead(people: People) -> None:
    real = replace(people, identity=replace(people.identity, synthetic=False))
    for look in opener(collection_of(real)):
        for address in EVERY:
            text = look(address).text
            assert "Do not pass these data on" in text
            assert "SYNTHETIC" not in text
            assert "may not be passed on to third parties" in text
