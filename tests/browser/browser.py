"""A headless Chromium, spoken to over its own pipe (Chrome DevTools Protocol), so that no driver is needed.

It comes out of an npm package with the libraries and the font that it needs: a machine has to have node and npm, and
nothing else. CHROMIUM names another one to use.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

FOLDER = Path(__file__).parent
PACKED = FOLDER / "node_modules" / "@sparticuz" / "chromium" / "bin"
UNPACKED = FOLDER / "node_modules" / ".unpacked"
ARGUMENTS = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-sandbox",  # it sees pages of ours only, and root, which CI may be, has no sandbox
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--no-first-run",
)


@dataclass
class Page:
    """One page that was opened, and what it asked of the network and wrote to its console."""

    browser: Browser
    session: str
    asked: list[str] = field(default_factory=list)
    complained: list[str] = field(default_factory=list)

    def evaluate(self, script: str) -> Any:
        """The value of a JavaScript expression. The page's own policy does not bind it."""
        answer = self.browser.call("Runtime.evaluate", self.session, expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")


class Browser:
    """Answers come in the order of the calls; what comes in between goes to the page that it is about."""

    def __init__(self, calls: IO[bytes], answers: IO[bytes]) -> None:
        self._calls, self._answers = calls, answers
        self._count = 0
        self._pages: dict[str, Page] = {}

    def open(self, file: Path, width: int, *, dark: bool = False) -> Page:
        """The page of that file, loaded."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = self._pages[session] = Page(self, session)
        for part in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{part}.enable", session)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", session, features=scheme)
        self.call(
            "Emulation.setDeviceMetricsOverride", session, width=width, height=800, deviceScaleFactor=1, mobile=False
        )
        self.call("Page.navigate", session, url=file.as_uri())
        while self._next()["method"] != "Page.loadEventFired":
            pass
        return page

    def call(self, method: str, session: str = "", **parameters: Any) -> Any:
        """The result of one call of the protocol."""
        self._count += 1
        call = {
            "id": self._count,
            "method": method,
            "params": parameters,
            **({"sessionId": session} if session else {}),
        }
        self._calls.write(json.dumps(call).encode() + b"\0")
        self._calls.flush()
        while (told := self._next()).get("id") != self._count:
            pass
        assert "error" not in told, told["error"]
        return told["result"]

    def _next(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self._read())
        page = self._pages.get(told.get("sessionId", ""))
        if page is not None and told.get("method") == "Network.requestWillBeSent":
            page.asked.append(told["params"]["request"]["url"])
        if page is not None and told.get("method") in ("Log.entryAdded", "Runtime.consoleAPICalled"):
            page.complained.append(json.dumps(told["params"]))
        return told

    def _read(self) -> bytes:
        read = bytearray()
        while (byte := self._answers.read(1)) != b"\0":
            assert byte, "the browser has ended"
            read += byte
        return bytes(read)


@contextmanager
def running() -> Iterator[Browser]:
    """A browser with a profile of its own. Raises what npm or the browser say when there is none to be had."""
    program, more = _program()
    # its children may still be writing there when it has gone
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        calls_out, calls_in = os.pipe()
        answers_out, answers_in = os.pipe()
        # the browser reads calls from 3 and writes answers to 4
        command = ["bash", "-c", f'exec "$@" 3<&{calls_out} 4>&{answers_in}', "bash", str(program), *ARGUMENTS]
        process = subprocess.Popen(
            [*command, f"--user-data-dir={profile}"],
            pass_fds=(calls_out, answers_in),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": profile, **more},
            start_new_session=True,
        )
        os.close(calls_out)
        os.close(answers_in)
        with os.fdopen(calls_in, "wb") as calls, os.fdopen(answers_out, "rb") as answers:
            try:
                yield Browser(calls, answers)
            finally:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _program() -> tuple[Path, dict[str, str]]:
    """The browser, and what its environment needs besides."""
    if os.environ.get("CHROMIUM"):
        return Path(os.environ["CHROMIUM"]), {}
    with (Path(tempfile.gettempdir()) / f"refresh-watch-browser-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several of pytest's workers may come at once
        if not (UNPACKED / "whole").exists():
            _unpack()
    libraries = {"LD_LIBRARY_PATH": str(UNPACKED / "lib"), "FONTCONFIG_FILE": str(UNPACKED / "fonts.conf")}
    return UNPACKED / "chromium", libraries


def _unpack() -> None:
    shutil.rmtree(UNPACKED, ignore_errors=True)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=FOLDER, check=True)
    UNPACKED.mkdir(parents=True)
    for packed in ("chromium", "al2023.tar", "fonts.tar"):
        to = UNPACKED / packed
        subprocess.run(["node", str(FOLDER / "unpack.mjs"), str(PACKED / f"{packed}.br"), str(to)], check=True)
        if packed.endswith(".tar"):
            with tarfile.open(to) as archive:
                archive.extractall(UNPACKED)
            to.unlink()
    (UNPACKED / "chromium").chmod(0o755)
    fonts = f"<fontconfig><dir>{UNPACKED / 'fonts'}</dir><cachedir>{UNPACKED / 'cache'}</cachedir></fontconfig>"
    (UNPACKED / "fonts.conf").write_text(fonts, encoding="utf-8")
    (UNPACKED / "whole").touch()
