"""Small groups: kept back where persons are real, marked where they are synthetic."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from indievaluecatalog.browse.collection import FEW, collection_of
from indievaluecatalog.browse.shares import distribution
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.dataset.people import People
from indievaluecatalog.survey.answers import Answers
from tests.baselines.conftest import people_of
from tests.browse.conftest import opener
from tests.people import random_answers

SEX, MEN, WOMEN = "Q260", 0, 1
AGE = "X003R"


@pytest.fixture(scope="module")
def everybody(catalog: Catalog) -> Answers:
    return random_answers(catalog, 200, seed=5, missing=0.0)


@pytest.fixture(scope="module")
def real(catalog: Catalog, everybody: Answers) -> People:
    """Two hundred real persons who all answered the first item."""
    found = people_of(catalog, everybody, np.zeros(200, np.int8))
    refined = found.refined.copy()
    refined[0] = np.arange(200) % 4
    return replace(found, refined=refined, identity=replace(found.identity, synthetic=False))


def grouped(people: People, name: str, sizes: dict[int, int], *, unknown: int = 0) -> People:
    """The same persons in groups of given sizes; the last so many have no group."""
    codes = np.concatenate([np.full(size, code) for code, size in sizes.items()] + [np.full(unknown, NO_OPTION)])
    demographics = people.demographics.copy()
    demographics[list(people.catalog.demographics).index(name)] = codes
    return replace(people, demographics=demographics)


def shown(people: People, name: str, **options: int) -> dict[str, int]:
    found = distribution(collection_of(people, **options), 0, "refined", name, "")
    return {spread.name: spread.answers for spread in found.groups}


def labels(people: People, name: str) -> list[str]:
    return [option.label for option in people.catalog.demographics[name].options]


def test_a_small_group_of_real_persons_is_named_and_not_shown(real: People) -> None:
    people = grouped(real, AGE, {0: 100, 1: 29, 2: 40}, unknown=31)
    names = labels(people, AGE)
    assert shown(people, AGE) == {names[0]: 100, names[2]: 40}
    assert distribution(collection_of(people), 0, "refined", AGE, "").hidden == (names[1],)
    for look in opener(collection_of(people)):
        text = look(f"/item?id=Q1&by={AGE}&weight=none").text
        assert f"Not shown: {names[1]}." in text
        assert "Groups of fewer than 30 answers are not shown" in text
        assert "--smallest-group" in text


def test_a_small_group_is_not_told_by_subtracting_the_others(real: People) -> None:
    names = labels(real, AGE)
    alone = grouped(real, AGE, {0: 100, 1: 10, 2: 90})
    assert shown(alone, AGE) == {names[0]: 100}
    # Those of whom the group is not known hide it as well.
    assert shown(grouped(real, AGE, {0: 100, 1: 10, 2: 70}, unknown=20), AGE) == {names[0]: 100, names[2]: 70}
    # Two groups, one of them small: either of them tells the other.
    assert shown(grouped(real, SEX, {MEN: 195, WOMEN: 5}), SEX) == {}


def test_the_limit_can_be_changed_and_synthetic_persons_have_none(real: People) -> None:
    people = grouped(real, AGE, {0: 100, 1: 5, 2: 95})
    names = labels(people, AGE)
    assert shown(people, AGE, smallest_group=1) == {names[0]: 100, names[1]: 5, names[2]: 95}
    synthetic = replace(people, identity=replace(people.identity, synthetic=True))
    assert collection_of(people).smallest_group == FEW
    for look in opener(collection_of(synthetic)):
        page = look(f"/item?id=Q1&by={AGE}&weight=none")
        assert f"{names[1]} n = 5, unreliable" in page.text
        assert "n = 95" not in page.text
        assert "are not shown" not in page.text
    assert shown(synthetic, AGE, smallest_group=30) == {names[0]: 100}


def test_shares_of_real_persons_are_whole_per_cent_in_the_markup_too(real: People) -> None:
    people = grouped(real, AGE, {0: 67, 1: 66, 2: 67})
    found = distribution(collection_of(people), 0, "refined", AGE, "")
    assert found.everyone is not None
    for spread in (found.everyone, *found.groups):
        np.testing.assert_allclose(np.round(spread.shares, 2), spread.shares, atol=1e-12)
        assert sum(spread.shares) == pytest.approx(1, abs=0.02)


def test_bars_are_full_though_rounded_shares_do_not_add_up(real: People) -> None:
    people = grouped(real, AGE, {0: 67, 1: 66, 2: 67})
    found = distribution(collection_of(people), 0, "refined", AGE, "")
    assert any(sum(spread.shares) != pytest.approx(1) for spread in found.groups)
    for look in opener(collection_of(people)):
        bars = re.findall(r"<svg[^>]*>(.*?)</svg>", look(f"/item?id=Q1&by={AGE}&weight=none").html, flags=re.DOTALL)
        widths = [[float(width) for width in re.findall(r'y="0" width="([\d.]+)%"', bar)] for bar in bars]
        assert [sum(each) for each in widths if each] == pytest.approx([100] * 4, abs=0.01)


def test_nobody_and_a_few_of_many_read_alike_where_persons_are_real(real: People) -> None:
    refined = real.refined.copy()
    refined[0] = 0
    same = replace(real, refined=refined)
    pages = [look("/item?id=Q1&by=none&weight=none").text for look in opener(collection_of(same))]
    assert pages[0].count("Not at all important < 1 %") == 1
    assert " 0 %" not in pages[0]
    synthetic = replace(same, identity=replace(real.identity, synthetic=True))
    for look in opener(collection_of(synthetic)):
        assert look("/item?id=Q1&by=none&weight=none").text.count("Not at all important 0 %") == 1


def test_too_few_persons_altogether_are_not_shown(real: People) -> None:
    few = grouped(real, SEX, {MEN: 100, WOMEN: 100}).take(np.arange(20))
    found = distribution(collection_of(few), 0, "refined", SEX, "")
    assert (found.everyone, found.groups, found.withheld) == (None, (), True)
    for look in opener(collection_of(few)):
        page = look("/item?id=Q1&weight=none")
        assert "Fewer than 30 persons answered: not shown." in page.text
        assert "%" not in page.text.split("Show", 1)[1].split("Groups of fewer", 1)[0]


def test_that_nobody_of_a_handful_answered_is_not_told(real: People) -> None:
    people = grouped(real, AGE, {0: 100, 1: 6, 2: 94})
    refined = people.refined.copy()
    refined[0, 100:106] = NO_OPTION
    refined[0, 106:] = NO_OPTION
    found = distribution(collection_of(replace(people, refined=refined)), 0, "refined", AGE, "")
    names = labels(people, AGE)
    assert (found.silent, found.hidden) == ((names[2],), (names[1],))


def test_within_a_country(real: People) -> None:
    country = real.catalog.wave.country_demographic
    people = grouped(real, country, {3: 120, 5: 80})
    names = labels(people, country)
    members = people.demographic(country) == 3
    found = distribution(collection_of(people), 0, "refined", SEX, "", members)
    assert found.everyone is not None
    assert found.everyone.answers == 120
    sexes = people.demographic(SEX)[members]
    assert [spread.answers for spread in found.groups] == [(sexes == MEN).sum(), (sexes == WOMEN).sum()]
    for look in opener(collection_of(people)):
        page = look(f"/item?id=Q1&where={names[3]}&by={SEX}&weight=none".replace(" ", "+"))
        assert f"All in {names[3]}" in page.text
        assert "120 persons answered" in page.text
        # Within a country, countries are no groups.
        assert look(f"/item?id=Q1&where={names[3]}&by={country}".replace(" ", "+")).status == 200
