"""`refresh-watch serve`: the functions on this machine, on the embedded engine with a SQLite file."""

from __future__ import annotations

import argparse
import signal
import socket
import sqlite3
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from refresh_watch.clock import Clock
from refresh_watch.credentials import Credentials
from refresh_watch.errors import BadInput, Described, NoCredentials
from refresh_watch.instants import Instant, Seconds
from refresh_watch.product_specs.registry import services
from refresh_watch.settings import Settings
from refresh_watch_cli.context import LOOPBACK, CommandContext, read_context
from refresh_watch_cli.printing import called_as, note
from refresh_watch_cli.project import find_project
from refresh_watch_emulator.engine.engine import EmbeddedEngine
from refresh_watch_emulator.engine.environment import Keys
from refresh_watch_emulator.engine.fork_server import ForkServer
from refresh_watch_emulator.engine.worker import LogLine

ROUTES = {"/watches": "intake"}
LOCAL_REGION = "local"
"""Where a watch of this machine is watched from, unless REFRESH_WATCH_REGION says otherwise."""
DEFAULT_PORT = 8080
DEFAULT_FILE = Path("refresh-watch.sqlite")

FRESH: Seconds = 30
SHORTEST_TOKEN = 16
EVERY_INTERFACE = ("0.0.0.0", "::")  # noqa: S104 - compared with, never bound

_SQLITE = b"SQLite format 3\0"
_TABLES = {"task", "step", "mark"}
_KEPT_BACK = ("REFRESH_WATCH_SERVE_TOKEN", "REFRESH_WATCH_FC_ENDPOINT", "REFRESH_WATCH_INSTANCES")
"""Not for the functions: they need no token to be called, the engine itself says where it is, and s.yaml how many
instances it runs."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", metavar="N", type=int, default=DEFAULT_PORT, help=f"default: {DEFAULT_PORT}")
    parser.add_argument("--file", metavar="PATH", type=Path, default=DEFAULT_FILE, help=f"default: {DEFAULT_FILE}")
    parser.add_argument("--host", metavar="IP", default=LOOPBACK[0], help="another needs REFRESH_WATCH_SERVE_TOKEN")


def run(namespace: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM. Raises BadInput and NoCredentials before anything listens."""
    context = read_context()
    check_address(namespace.host, namespace.port, context.settings)
    check_file(namespace.file)
    context.channels(tuple(channel.name for channel in context.settings.channels))
    keys = MachineKeys(context.credentials, context.clock)
    keys()
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    forks = fork_server()
    engine = EmbeddedEngine(
        find_project().manifest,
        namespace.file,
        host=namespace.host,
        port=namespace.port,
        environment=functions_environment(context.environment),
        credentials=keys,
        routes=ROUTES,
        bearer=context.settings.serve_token.value if context.settings.serve_token else None,
        log=log_line,
        fork_server=forks,
    )
    try:
        engine.start()
    except OSError as error:
        given, allowed = f"{namespace.host}:{namespace.port}", f"a free port of this machine ({error.strerror})"
        raise BadInput("--port", given, allowed) from None
    try:
        print(introduction(engine.url, namespace.file, context), flush=True)
        ended.wait()
    finally:
        engine.stop()
        forks.close()
    note("stopped; the next `refresh-watch serve` on this file goes on where it was")
    return 0


def fork_server() -> ForkServer:
    """What instances are forked from: it has imported what a deployed instance imports by itself, sooner or later."""
    return ForkServer(
        [
            "refresh_watch.workflow.intake",
            "refresh_watch.workflow.hop",
            "refresh_watch.workflow.guard",
            "refresh_watch.workflow.notify",
            "refresh_watch.function_compute.client",
            "refresh_watch.channels.transport.post",
            "refresh_watch.products.client",
            *(f"{spec.sdk}.client" for spec in services()),
        ]
    )


def check_address(host: str, port: int, settings: Settings) -> None:
    """Raise BadInput for a port out of range, an address beyond loopback without a token, and a short token."""
    if not 0 <= port <= 65535:
        raise BadInput("--port", port, "0 to 65535 (0: any free one)")
    if host not in LOOPBACK and settings.serve_token is None:
        raise BadInput("--host", host, f"{', '.join(LOOPBACK)}; any other only with REFRESH_WATCH_SERVE_TOKEN set")
    if settings.serve_token is not None and len(settings.serve_token.value) < SHORTEST_TOKEN:
        given = Described(f"a text of {len(settings.serve_token.value)} characters")
        allowed = f"at least {SHORTEST_TOKEN} characters, such as what `openssl rand -hex 16` prints"
        raise BadInput("REFRESH_WATCH_SERVE_TOKEN", given, allowed)


def check_file(path: Path) -> None:
    """Raise BadInput when the file is there and is not one of ours: nothing of others is written into."""
    allowed = "a file of refresh-watch serve, or one that does not exist yet"
    if not path.exists():
        if not path.absolute().parent.is_dir():
            raise BadInput("--file", str(path), "a file in a folder that exists")
        return
    try:
        with path.open("rb") as file:
            head = file.read(len(_SQLITE))
    except OSError as error:
        raise BadInput("--file", str(path), f"{allowed} ({error.strerror})") from None
    if not head:
        return
    if head != _SQLITE:
        raise BadInput("--file", str(path), f"{allowed} (it is no SQLite database)")
    try:
        connection = sqlite3.connect(path, timeout=0.5)
        try:
            rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
            tables = {row[0] for row in rows}
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise BadInput("--file", str(path), f"{allowed}, that no other serve uses ({error})") from None
    if tables - _TABLES:
        raise BadInput("--file", str(path), f"{allowed} (it is a database of something else)")


def functions_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What the functions see of this process's environment: our settings, and the way to the products."""
    # s.yaml's own default names a region of Alibaba Cloud, which people would read as the place of this machine
    seen = {"REFRESH_WATCH_REGION": LOCAL_REGION} | {
        name: value
        for name, value in environment.items()
        if name.startswith("REFRESH_WATCH_") and name not in _KEPT_BACK and (name != "REFRESH_WATCH_REGION" or value)
    }
    channels = seen.get("REFRESH_WATCH_CHANNELS", "")
    if channels.startswith("@"):
        # the functions run in folders of their own
        seen["REFRESH_WATCH_CHANNELS"] = f"@{Path(channels[1:]).absolute()}"
    # HTTP_PROXY is left out: the SDK would ask it for this engine too, and knows no NO_PROXY
    return seen | {name: environment[name] for name in ("HTTPS_PROXY", "https_proxy") if name in environment}


def reachable(url: str) -> str:
    """The same address for a program of this machine: one that means every interface cannot be asked everywhere."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{LOOPBACK[0]}:{parts.port}" if parts.hostname in EVERY_INTERFACE else url


def introduction(bound: str, file: Path, context: CommandContext) -> str:
    """What to know first: where, how to submit, whom it tells. `bound` is the URL of what it listens on."""
    url = reachable(bound)
    # what another machine may call the address, where its network knows this one by its name
    there = f"{urlsplit(bound).scheme}://{socket.gethostname()}:{urlsplit(bound).port}"
    elsewhere = [] if url == bound else [f"  elsewhere {there} (it listens on every address)"]
    settings = context.settings
    token = "$REFRESH_WATCH_SERVE_TOKEN" if settings.serve_token else ""
    channels = ", ".join(f"{channel.name} ({channel.kind})" for channel in settings.channels)
    return "\n".join(
        [
            f"refresh-watch serves at {url}, its queue is {file}; Ctrl-C ends it",
            *elsewhere,
            f"  submit    {curl_lines(url, token)}",
            f"  tells     {channels or 'no channel: set REFRESH_WATCH_CHANNELS'}",
            f"  commands  export REFRESH_WATCH_FC_ENDPOINT={url}",
            *(f"            {called_as()} {name} ..." for name in ("start", "stop", "replay")),
        ]
    )


def curl_lines(url: str, token: str = "") -> str:
    """How a request is submitted, on lines of at most 80 columns. With curl's own Content-Type it would be a form."""
    body = '{"product": "cdn", "task_ids": ["704225667"]}'
    words = [f"curl {url}/watches", "-H 'Content-Type: application/json'", f"-d '{body}'"]
    if token:
        words.insert(1, f'-H "Authorization: Bearer {token}"')
    return " \\\n    ".join(words)


def log_line(line: LogLine) -> None:
    print(line.text, file=sys.stderr, flush=True)


class MachineKeys:
    """Access key id, secret and token (or nothing): the engine asks at every request, and they are looked up anew when
    they are older than FRESH."""

    def __init__(self, find: Callable[[], Credentials], clock: Clock) -> None:
        self._find = find
        self._clock = clock
        self._lock = threading.Lock()
        self._found: tuple[Instant, Keys] | None = None

    def __call__(self) -> Keys:
        """The keys. Raises NoCredentials when none were ever found; those found before outlive a failing chain."""
        with self._lock:
            now = self._clock.now()
            if self._found is not None and now - self._found[0] < FRESH:
                return self._found[1]
            try:
                found = self._find()
            except NoCredentials:
                if self._found is None:
                    raise
                keys = self._found[1]
            else:
                token = found.security_token.value if found.security_token else ""
                keys = (found.access_key_id, found.access_key_secret.value, token)
            self._found = (now, keys)
            return keys
