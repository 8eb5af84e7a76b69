"""Surveys of other kinds: without country, demographics or weights, of one person, of another wave."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from indievaluecatalog.browse.collection import collection_of
from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.catalog.model import Catalog, EvaluationRule, WaveFacts
from indievaluecatalog.dataset.people import People
from tests.baselines.conftest import people_of
from tests.browse.conftest import opener
from tests.people import random_answers


def small_survey(catalog: Catalog) -> People:
    """Forty people, thirty questions: nothing known of anyone, no weights, no name of anything."""
    items = dict(list(catalog.items.items())[:30])
    wave = WaveFacts(id="own", title="", period="", licence="", citation="", key_variables=(), missing_reasons={})
    small = replace(
        catalog,
        wave=wave,
        items=items,
        demographics={},
        categories=tuple(dict.fromkeys(item.category for item in items.values())),
        evaluation=EvaluationRule(persons=4, min_answers=10),
    )
    whole = people_of(catalog, random_answers(catalog, 40, seed=1), np.zeros(40, np.int8))
    return replace(
        whole,
        catalog=small,
        refined=whole.refined[:30],
        polar=whole.polar[:30],
        demographics=np.empty((0, 40), np.int16),
        weights={},
    )


VIEWS = ("/", "/persons", "/person?id=p1", "/compare?a=p1", "/compare?a=p1&b=p2", "/items", "/game?done=1", "/models")


def test_a_survey_without_country_demographics_or_weights(catalog: Catalog) -> None:
    for look in opener(collection_of(small_survey(catalog))):
        for address in (*VIEWS, "/item?id=Q1", "/game"):
            assert look(address).status == 200, address
        assert "knows nothing of its persons" in look("/persons").text
        assert "no weight" in look("/item?id=Q1").text
        assert "No answer known" in look("/person?id=p1&show=missing").text


def test_one_person_alone(catalog: Catalog) -> None:
    alone = small_survey(catalog).take(np.array([1]))
    for look in opener(collection_of(alone)):
        for address in VIEWS:
            page = look(address)
            assert page.status == (404 if "b=p2" in address else 200), address
        assert "nobody to compare" in look("/compare?a=p1").text


def test_somebody_who_answered_nothing(people: People) -> None:
    refined, polar = people.refined.copy(), people.polar.copy()
    refined[:, 3] = polar[:, 3] = -1
    silent = collection_of(replace(people, refined=refined, polar=polar))
    number = int(silent.places[3]) + 1
    for look in opener(silent):
        for address in ("/person?id=p3", "/compare?a=p3", "/compare?a=p3&b=p4"):
            assert look(address).status == 200
        assert "Nothing to show: nothing was answered." in look("/person?id=p3&show=answered").text
        assert "Nothing to show" not in look("/person?id=p3&show=missing").text
        for address in (f"/game?round={number}", f"/game?round={number}&done=1"):
            assert "answered none of this round" in look(address).text


def test_another_wave() -> None:
    wave = load_catalog("wvs6")
    other = people_of(wave, random_answers(wave, 40, seed=2), np.zeros(40, np.int8))
    first = next(iter(wave.items))
    for look in opener(collection_of(other)):
        for address in (*VIEWS, f"/item?id={first}"):
            assert look(address).status == 200, address
