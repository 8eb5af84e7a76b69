"""Requests a second that the asking sustains, and what it costs a request, against a server that answers at once.

    python -m benchmarks.asking [--requests 2400]

The server runs in a process of its own and answers every request with the same 39 letters; the prompts are as long as
those of the joint form with 200 statements (about 20 kB). Ways: the `openai` client alone, as many requests at a time,
nothing kept; our asking with its store; the store alone. CPU seconds are those of the asking process. With a server
that takes 200 ms, the share of the ideal (requests at a time / 0.2 s) says whether the asking holds it up.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

FOLDER = Path("build/bench")
ANSWER = json.dumps({f"P{n:02}": "A" for n in range(1, 40)})


def requests(count: int) -> Iterator[Any]:
    """Prompts of random statements, three setups a person."""
    from indievaluecatalog.catalog.load import load_catalog
    from indievaluecatalog.catalog.probes import probe_setup
    from indievaluecatalog.evaluation.request import Request, Slot

    catalog = load_catalog("wvs7")
    chance = np.random.default_rng(0)
    shown = [[option.statement for option in item.options("refined")] for item in catalog.items.values()]
    system = "You predict what one particular person says about themselves. " * 12
    slots, questions = [], []
    for setup in range(3):
        probes = [catalog.items[item] for item in probe_setup(catalog, setup)]
        told = [tuple(option.statement for option in item.options("polar")) for item in probes]
        slots.append(
            tuple(
                Slot(f"P{at + 1:02}", item.id, options, tuple(range(len(options))))
                for at, (item, options) in enumerate(zip(probes, told, strict=True))
            )
        )
        questions.append("\n\n".join("\n".join(options) for options in told))
    for number in range(count):
        said = [shown[item][chance.integers(len(shown[item]))] for item in chance.permutation(len(shown))[:200]]
        context = "What this person said:\n- " + "\n- ".join(said)
        setup = number % 3
        yield Request(f"p{number // 3}", setup, "polar", "joint", slots[setup], system, context, questions[setup])


async def serve(wait_s: float) -> None:
    """As little of HTTP as the client needs."""
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": ANSWER}}
    usage = {"prompt_tokens": 5000, "completion_tokens": 280}
    content = json.dumps({"id": "x", "choices": [choice], "usage": usage}).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n".encode()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                lines = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
                (length,) = [int(line[15:]) for line in lines if line.startswith(b"content-length:")]
                await reader.readexactly(length)
                if wait_s:
                    await asyncio.sleep(wait_s)
                writer.write(head + content)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def client_alone(url: str, asked: list[Any], concurrency: int) -> None:
    """The plain way: the client, a semaphore, nothing kept."""
    from openai import AsyncOpenAI

    async def run() -> None:
        gate = asyncio.Semaphore(concurrency)
        async with AsyncOpenAI(api_key="none", base_url=url) as client:

            async def one(request: Any) -> None:
                async with gate:
                    await client.chat.completions.create(model="m", messages=request.messages(), temperature=0, seed=0)

            await asyncio.gather(*map(one, asked))

    asyncio.run(run())


def our_asking(url: str, asked: list[Any], concurrency: int, path: Path) -> None:
    from indievaluecatalog.evaluation.openai_model import OpenAIModel
    from indievaluecatalog.evaluation.runner import ask
    from indievaluecatalog.evaluation.store import RunStore

    model = OpenAIModel("m", base_url=url, server="bench", structured="none", concurrency=concurrency)
    with RunStore(path) as store:
        done = ask(model, asked, store)
    assert done.asked == len(asked)


def store_alone(asked: list[Any], path: Path) -> None:
    from indievaluecatalog.evaluation.request import Response
    from indievaluecatalog.evaluation.store import RunStore

    with RunStore(path) as store:
        for at, request in enumerate(asked):
            store.add(Response(f"{at:064}", ANSWER), request)


def timed(work: Any) -> dict[str, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu}


def measure(asked: list[Any], wait_s: float, concurrency: int, ways: tuple[str, ...]) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "benchmarks.asking", "--serve", str(wait_s)]
    found = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server, TemporaryDirectory() as folder:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{int(server.stdout.readline())}/v1"
        path = Path(folder) / "run.sqlite"
        try:
            client_alone(url, asked[:64], concurrency)
            for way in ways:
                run = {
                    "client": lambda: client_alone(url, asked, concurrency),
                    "ours": lambda: our_asking(url, asked, concurrency, path),
                    "ours, all answered": lambda: our_asking_again(url, asked, path),
                    "store": lambda: store_alone(asked, path.with_name("store.sqlite")),
                }[way]
                found.append({"way": way, "wait_s": wait_s, "concurrency": concurrency, **timed(run)})
                if way == "ours":
                    found[-1]["store_mb"] = path.stat().st_size / 1e6
        finally:
            server.kill()
    for one in found:
        one["per_second"] = len(asked) / one["seconds"]
        one["cpu_ms_a_request"] = one["cpu_seconds"] / len(asked) * 1e3
        if wait_s:
            one["share_of_ideal"] = one["per_second"] / (concurrency / wait_s)
    return found


def our_asking_again(url: str, asked: list[Any], path: Path) -> None:
    from indievaluecatalog.evaluation.openai_model import OpenAIModel
    from indievaluecatalog.evaluation.runner import ask
    from indievaluecatalog.evaluation.store import RunStore

    with RunStore(path) as store:
        done = ask(OpenAIModel("m", base_url=url, server="bench", structured="none"), asked, store)
    assert done.already == len(asked)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=2_400)
    parser.add_argument("--serve", type=float, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.serve is not None:
        asyncio.run(serve(wanted.serve))
        return
    asked = list(requests(wanted.requests))
    characters = sum(len(one.plain()) for one in asked)
    print(f"{len(asked)} requests of {characters / len(asked) / 1e3:.1f} kB")
    runs = measure(asked, 0, 16, ("client", "ours", "ours, all answered", "store"))
    runs += measure(asked, 0.2, 16, ("ours",)) + measure(asked, 0.2, 64, ("client", "ours"))
    for run in runs:
        print(json.dumps({key: round(value, 3) if isinstance(value, float) else value for key, value in run.items()}))
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "asking.json").write_text(json.dumps({"characters": characters, "runs": runs}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
