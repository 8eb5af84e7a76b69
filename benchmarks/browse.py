"""How long the local page takes to open, and each of its views, as a browser waits for it: over a socket.

    python -m benchmarks.browse DIR [--results FOLDER] [--repeats 20]

DIR is a built dataset. Each view is opened of several persons, items and rounds, in one process that serves and
another that asks. Printed: milliseconds (median, slowest), the size of the page, and the peak memory of the server.
"""

from __future__ import annotations

import argparse
import http.client
import multiprocessing
import resource
import statistics
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

ADDRESSES = {
    "start": "/",
    "persons": "/persons?page={number}",
    "persons by country": "/persons?is-{country}={label}",
    "person": "/person?id={person}",
    "most alike": "/compare?a={person}",
    "compare two": "/compare?a={person}&b={other}",
    "search items": "/items?q=god",
    "item, all": "/item?id={item}&by=none",
    "item by country": "/item?id={item}&by={country}",
    "game": "/game?round={number}",
    "game, scored": "/game?round={number}&done=1",
    "models": "/models",
    "predictions": "/predictions?id={evaluated}",
}


def serve(place: Connection, folder: Path, results: Path | None) -> None:
    from indievaluecatalog.browse.collection import open_collection
    from indievaluecatalog.browse.serve import serve as show

    start = time.perf_counter()
    collection = open_collection(folder, results=results)
    seconds = time.perf_counter() - start
    country = collection.catalog.wave.country_demographic
    labels = [option.label for option in collection.catalog.demographics[country].options]
    people = [str(collection.people.person_ids[row]) for row in collection.order[:200]]
    found = collection.people.demographic(country)[collection.order[:200]]
    facts: dict[str, Any] = {
        "seconds": seconds,
        "persons": len(collection.people),
        "ids": people,
        "labels": [labels[at] for at in found],
        "country": country,
        "items": list(collection.catalog.items),
        "evaluated": [name for one in collection.evaluated for name in one.places][:200],
    }

    def started(address: str) -> None:
        facts["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        facts["port"] = int(address.rsplit(":", 1)[1].strip("/"))
        place.send(facts)

    show(collection, port=0, started=started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--results", type=Path)
    parser.add_argument("--repeats", type=int, default=20)
    given = parser.parse_args()
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there, given.folder, given.results))
    server.start()
    facts = here.recv()
    print(f"{facts['persons']:,} persons opened in {facts['seconds']:.1f} s, peak {facts['memory']:.0f} MB")
    print(f"{'view':<20} {'median ms':>10} {'slowest ms':>11} {'kB':>6}")
    for name, address in ADDRESSES.items():
        if name == "predictions" and not facts["evaluated"]:
            continue
        times, size = [], 0
        for at in range(given.repeats):
            path = address.format(
                number=at + 1,
                country=facts["country"],
                label=facts["labels"][at].replace(" ", "+"),
                person=facts["ids"][at],
                other=facts["ids"][-at - 1],
                item=facts["items"][at * 7 % len(facts["items"])],
                evaluated=(facts["evaluated"] or [""])[at % max(1, len(facts["evaluated"]))],
            )
            connection = http.client.HTTPConnection("127.0.0.1", facts["port"])
            start = time.perf_counter()
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
            times.append(1000 * (time.perf_counter() - start))
            connection.close()
            if answer.status != 200:
                raise SystemExit(f"{path}: {answer.status}")
            size = max(size, len(body))
        print(f"{name:<20} {statistics.median(times):>10.1f} {max(times):>11.1f} {size / 1000:>6.0f}")
    server.terminate()
    server.join()


if __name__ == "__main__":
    main()
