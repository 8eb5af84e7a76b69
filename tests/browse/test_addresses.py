"""Edited addresses, other hosts, hostile names: a clear page, and nothing that runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from indievaluecatalog.browse.collection import Collection, collection_of
from indievaluecatalog.browse.problems import BrowseError
from indievaluecatalog.browse.query import Query, link
from indievaluecatalog.browse.serve import check_host, listen
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import BuildError
from tests.browse.conftest import Open, opener

HOSTILE = "<script>alert(1)</script>\"'&"

WRONG: Mapping[str, tuple[int, str]] = {
    "/person?id=nobody": (404, "Nobody here has the id “nobody”"),
    "/person": (404, "names nobody"),
    "/person?id=../../etc/passwd": (404, "Nobody here"),
    "/person?id=p1&show=more": (400, "It is one of: all, answered, missing"),
    "/compare?a=p1&b=nobody": (404, "Nobody here"),
    "/compare?a=p1&granularity=fine": (400, "refined, polar"),
    "/item": (404, "Which item?"),
    "/item?id=Q9999": (404, "There is no item “Q9999”"),
    "/item?id=Q1&by=Q1": (400, "There is no group “Q1”"),
    "/item?id=Q1&where=Atlantis": (400, "There is no country “Atlantis”"),
    "/person?id=p1&open=99": (400, "There is no part “99”"),
    "/items?open=x": (400, "There is no part “x”"),
    "/item?id=Q1&weight=S": (400, "W_WEIGHT, none"),
    "/item?id=Q1&sort=4": (400, "There is no sort “4”"),
    "/persons?page=0": (404, "There is no page 0: they go from 1 to 3"),
    "/persons?page=-1": (400, "whole number"),
    "/persons?page=4": (404, "There is no page 4: they go from 1 to 3"),
    "/persons?page=99999999999": (404, "There is no page"),
    "/persons?page=" + "9" * 5_000: (400, "whole number"),
    "/persons?page=²": (400, "whole number"),
    "/persons?is-B_COUNTRY=Atlantis": (400, "There is no Country of interview “Atlantis”"),
    "/game?round=0": (404, "There is no round 0"),
    "/game?round=61": (404, "from 1 to 60"),
    "/predictions": (404, "names nobody"),
    "/predictions?id=p1": (404, "No file of predictions"),
    "/nothing": (404, "no page at the address /nothing"),
    "/a/b/c": (404, "no page at the address"),
    "/..%2f..%2fetc/passwd": (404, "no page"),
    "/%3Cscript%3E": (404, "no page"),
}


@pytest.mark.parametrize("address", WRONG, ids=lambda address: address[:40])
def test_an_edited_address_gets_a_page_that_says_what_is_wrong(look: Open, address: str) -> None:
    status, told = WRONG[address]
    page = look(address)
    assert page.status == status
    assert told in page.text
    assert look(page.links[-1]).status == 200


def test_a_guess_that_is_no_option_is_refused(look: Open, collection: Collection) -> None:
    from indievaluecatalog.browse.game import play

    name = collection.items[play(collection, 1).asked[0]].id
    page = look(f"/game?round=1&guess-{name}=99&done=1")
    assert page.status == 404
    assert f"There is no option of {name} 99" in page.text


@pytest.mark.parametrize("address", ["/person?id=", "/items?q=", "/compare?a=", "/item?id=", "/persons?page=", "/"])
def test_what_an_address_holds_is_text_and_never_markup(look: Open, address: str) -> None:
    from urllib.parse import quote

    page = look(address + quote(HOSTILE))
    assert page.status in (200, 400, 404)
    assert "<script" not in page.html


def test_what_a_dataset_holds_is_text_and_never_markup(people: People) -> None:
    names = people.person_ids.astype("<U60").copy()
    names[:] = [f"{HOSTILE}{at}" for at in range(len(names))]
    for look in opener(collection_of(replace(people, person_ids=names))):
        page = look(link("/person", id=names[3]))
        assert page.status == 200
        assert HOSTILE in page.text
        for address in (page.address, "/", "/persons", link("/compare", a=names[3], b=names[4]), "/game?done=1"):
            assert "<script" not in look(address).html
        assert look(next(one for one in page.links if one.startswith("/compare"))).status == 200


def test_only_looking_is_allowed_and_nothing_may_be_loaded_from_elsewhere(collection: Collection) -> None:
    pytest.importorskip("starlette")
    from starlette.testclient import TestClient

    from indievaluecatalog.browse.app import create_app

    with TestClient(create_app(collection), base_url="http://127.0.0.1") as client:
        assert client.post("/persons", json={}).status_code == 405
        for address in ("/", "/nothing", "/browse.css"):
            headers = client.get(address).headers
            assert "default-src 'none'" in headers["content-security-policy"]
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["cache-control"] == "no-store"
            assert "set-cookie" not in headers
        assert client.get("/", headers={"host": "evil.example"}).status_code == 400
        assert "http" not in client.get("/browse.css").text


def test_a_space_is_reached_by_its_own_name(collection: Collection) -> None:
    for look in opener(collection, hosts=("*",)):
        assert look("http://org-name.hf.space/").status == 200


def test_an_unforeseen_error_gets_a_page_too(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("starlette")
    from starlette.testclient import TestClient

    from indievaluecatalog.browse.app import create_app

    broken = replace(collection, order=np.empty(0, np.intp))
    with TestClient(create_app(broken), base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        answer = client.get("/")
        assert answer.status_code == 500
        assert "Something went wrong" in answer.text


def test_real_persons_are_not_shown_to_other_machines_unless_somebody_answers_for_it() -> None:
    for local in ("127.0.0.1", "localhost", "::1", "127.0.0.2"):
        check_host(local, synthetic=False, may_be_shown=False)
    for host in ("0.0.0.0", "::", "192.168.0.7", "machine"):
        with pytest.raises(BrowseError, match="terms forbid passing its data on"):
            check_host(host, synthetic=False, may_be_shown=False)
        check_host(host, synthetic=False, may_be_shown=True)
        check_host(host, synthetic=True, may_be_shown=False)


def test_a_port_that_is_taken_is_told() -> None:
    taken = listen("127.0.0.1", 0)
    port = taken.getsockname()[1]
    try:
        with pytest.raises(BrowseError, match=f"port {port} of 127.0.0.1 is taken.*--port"):
            listen("127.0.0.1", port)
    finally:
        taken.close()
    for host in ("no such host", "192.0.2.1"):
        with pytest.raises(BrowseError, match=f"does not have the address {host}"):
            listen(host, 0)


def test_nobody_is_no_collection(people: People) -> None:
    with pytest.raises(BuildError, match="no person"):
        collection_of(people.take(np.empty(0, np.intp)))


def test_links_leave_out_what_is_not_chosen() -> None:
    assert link("persons", page=2, by="") == "persons?page=2"
    assert link("person", id="a b&c/é") == "person?id=a+b%26c%2F%C3%A9"
    assert Query({"q": "  x "}).text("q") == "x"
