"""How long the local page takes to open, and each of its views, as a browser waits for it, beside a plain way.

    python -m benchmarks.browse [DIR] [--results FOLDER] [--repeats 20] [--persons N]

DIR is a built dataset; without one, 97,220 synthetic persons are built in build/bench. Each view is asked for over a
socket, of several persons, items and rounds, in one process that serves and another that asks. The plain way is in this
one: a pandas table of all persons, and a mask, a groupby or a comparison per request, without making a page of it
(`held`: the table stays in memory; `read`: the columns it needs are read from Parquet each time). Printed:
milliseconds (median, slowest), the plain way's medians and their ratio to ours, the size of the page, and peak memory.
"""

from __future__ import annotations

import argparse
import http.client
import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.plain_browse import plain_ways

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
    from indievaluecatalog.browse.collection import Collection
    from indievaluecatalog.browse.serve import browse

    start = time.perf_counter()

    def started(address: str, collection: Collection) -> None:
        country = collection.catalog.wave.country_demographic
        labels = [option.label for option in collection.catalog.demographics[country].options]
        found = collection.people.demographic(country)[collection.order[:200]].tolist()
        facts: dict[str, Any] = {
            "seconds": time.perf_counter() - start,
            "persons": len(collection.people),
            "ids": [str(collection.people.person_ids[row]) for row in collection.order[:200]],
            "codes": found,
            "labels": [labels[at] for at in found],
            "country": country,
            "items": list(collection.catalog.items),
            "weight": next(iter(collection.weights), ""),
            "evaluated": [name for one in collection.evaluated for name in one.places][:200],
            "memory": peak(),
            "port": int(address.rsplit(":", 1)[1].strip("/")),
        }
        place.send(facts)

    browse(folder, results=results, port=0, started=started)


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(act: Callable[..., object], *given: object) -> float:
    start = time.perf_counter()
    act(*given)
    return 1000 * (time.perf_counter() - start)


def choices(facts: Mapping[str, Any], at: int) -> dict[str, Any]:
    """What the request number `at` is about."""
    return {
        "number": at + 1,
        "country": facts["country"],
        "code": facts["codes"][at],
        "label": facts["labels"][at].replace(" ", "+"),
        "person": facts["ids"][at],
        "other": facts["ids"][-at - 1],
        "item": facts["items"][at * 7 % len(facts["items"])],
        "evaluated": (facts["evaluated"] or [""])[at % max(1, len(facts["evaluated"]))],
    }


def ask(port: int, path: str) -> int:
    """Open an address; the bytes of its page."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path)
    answer = connection.getresponse()
    size = len(answer.read())
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status}")
    return size


def ours(folder: Path, results: Path | None, repeats: int) -> tuple[dict[str, Any], dict[str, tuple[list[float], int]]]:
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there, folder, results))
    server.start()
    facts = here.recv()
    found = {}
    for name, address in ADDRESSES.items():
        if name == "predictions" and not facts["evaluated"]:
            continue
        paths = [address.format(**choices(facts, at)) for at in range(repeats)]
        times = [timed(ask, facts["port"], path) for path in paths]
        found[name] = (times, max(ask(facts["port"], path) for path in paths))
    server.terminate()
    server.join()
    return facts, found


def build(folder: Path, persons: int) -> None:
    from indievaluecatalog.catalog.load import load_catalog
    from indievaluecatalog.dataset.build import build_dataset
    from indievaluecatalog.survey.synthetic import synthesize, write_survey

    write_survey(synthesize(load_catalog("wvs7"), persons, seed=0), folder.with_suffix(".sav"))
    build_dataset(folder.with_suffix(".sav"), folder, register=False)


def built(persons: int) -> Path:
    """A build of its own process, so that its memory is not counted here."""
    folder = Path("build/bench/browse")
    folder.parent.mkdir(parents=True, exist_ok=True)
    process = multiprocessing.get_context("spawn").Process(target=build, args=(folder, persons))
    process.start()
    process.join()
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--results", type=Path)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--persons", type=int, default=97_220, help="of those that are built where DIR is left away")
    given = parser.parse_args()
    folder = given.folder or built(given.persons)
    facts, found = ours(folder, given.results, given.repeats)
    held, opening = plain_ways(folder, facts, held=True)
    plain_memory = peak()
    read, _ = plain_ways(folder, facts, held=False)
    print(f"{facts['persons']:,} persons opened in {facts['seconds']:.1f} s, peak {facts['memory']:.0f} MB")
    print(f"plain: the table read in {opening:.1f} s, peak {plain_memory:.0f} MB")
    heads = ("median ms", "slowest ms", "kB", "plain held ms", "x ours", "plain read ms", "x ours")
    print(f"| view | {' | '.join(heads)} |\n|---|{'---:|' * len(heads)}")
    for name, (times, size) in found.items():
        median = statistics.median(times)
        cells = [f"{median:.1f}", f"{max(times):.1f}", f"{size / 1000:.0f}"]
        for ways in (held, read):
            if name not in ways:
                cells += ["", ""]
                continue
            plain = statistics.median([timed(ways[name], choices(facts, at)) for at in range(given.repeats)])
            cells += [f"{plain:.1f}", f"{plain / median:.1f}"]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
