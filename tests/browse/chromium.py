"""A real browser, driven over a pipe by its own protocol: no library and no port."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def found() -> str | None:
    """Where Chromium is on this machine."""
    return next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


class Browser:
    """One tab. `asked` are the addresses it asked for, `complaints` what it wrote to its console."""

    def __init__(self, send: int, receive: int) -> None:
        self._send, self._receive, self._buffer, self._number = send, receive, b"", 0
        self._session: str | None = None
        self.asked: list[str] = []
        self.complaints: list[str] = []
        target = self.command("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.command("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime", "Accessibility"):
            self.command(f"{domain}.enable")

    def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send one command and wait for its answer, keeping what happens meanwhile."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._send, json.dumps(message).encode() + b"\0")
        while True:
            found = self._next()
            if found.get("id") == self._number:
                assert "error" not in found, found
                result: dict[str, Any] = found["result"]
                return result
            if found.get("method") == "Network.requestWillBeSent":
                self.asked.append(found["params"]["request"]["url"])
            if found.get("method") == "Log.entryAdded":
                self.complaints.append(found["params"]["entry"]["text"])

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            part = os.read(self._receive, 1 << 20)
            assert part, "the browser is gone"
            self._buffer += part
        first, self._buffer = self._buffer.split(b"\0", 1)
        found: dict[str, Any] = json.loads(first)
        return found

    def run(self, script: str) -> Any:
        """The value of a piece of JavaScript, which the browser runs past the page's policy."""
        return self.command("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def leave(self, act: Callable[[], object]) -> None:
        """Do what leads to another page, and wait until that one is whole."""
        self.run("window.here = true")
        act()
        until = time.monotonic() + 20
        while self.run("window.here === true || document.readyState !== 'complete'"):
            assert time.monotonic() < until, "no other page came"
            time.sleep(0.02)

    def open(self, address: str) -> None:
        self.leave(lambda: self.command("Page.navigate", url=address))

    def click(self, selector: str) -> None:
        """Follow a link or press a button that leads to another page."""
        self.leave(lambda: self.run(f"document.querySelector({json.dumps(selector)}).click()"))

    def key(self, name: str, code: int, text: str = "") -> None:
        for kind in ("keyDown", "keyUp"):
            extra = {"text": text} if text and kind == "keyDown" else {}
            self.command("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code, **extra)

    def size(self, width: int) -> None:
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=1300, deviceScaleFactor=1, mobile=width < 500
        )

    def picture(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.command("Page.captureScreenshot", format="png")["data"]))

    def names(self) -> list[tuple[str, str]]:
        """Role and name of everything that takes input, as a screen reader is told."""
        roles = ("combobox", "textbox", "searchbox", "radio", "button", "link")
        nodes = self.command("Accessibility.getFullAXTree")["nodes"]
        told = [(node.get("role", {}).get("value", ""), node.get("name", {}).get("value", "")) for node in nodes]
        return [(role, name) for role, name in told if role in roles]


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser with a profile of its own in a folder."""
    to_read, send = os.pipe()
    receive, to_write = os.pipe()
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", f"--user-data-dir={folder}")
    # The protocol's pipes are the descriptors 3 and 4.
    start = f'exec "$0" "$@" 3<&{to_read} 4>&{to_write}'
    with subprocess.Popen(
        ["bash", "-c", start, found() or "", *options],
        pass_fds=(to_read, to_write),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as running:
        os.close(to_read)
        os.close(to_write)
        try:
            yield Browser(send, receive)
        finally:
            running.terminate()
            running.wait(timeout=20)
            os.close(send)
            os.close(receive)
