"""The embedded engine as one object: s.yaml in, Function Compute at a local URL out."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType

from refresh_watch.errors import BadInput, EngineError
from refresh_watch.instants import Instant, Seconds
from refresh_watch_emulator.engine.api import MOST_BODY_BYTES, PREFIX, Api
from refresh_watch_emulator.engine.crash import Crash, Crashes, KillWorker, WorkerKills
from refresh_watch_emulator.engine.dispatcher import Dispatcher
from refresh_watch_emulator.engine.environment import ENDPOINT_VARIABLE, Keys
from refresh_watch_emulator.engine.fork_server import ForkServer
from refresh_watch_emulator.engine.front import Front
from refresh_watch_emulator.engine.gate import InstanceGate
from refresh_watch_emulator.engine.keys import KnownKeys
from refresh_watch_emulator.engine.manifest import Function, read_manifest
from refresh_watch_emulator.engine.roles import Roles
from refresh_watch_emulator.engine.store import Store
from refresh_watch_emulator.engine.switches import EngineSwitches
from refresh_watch_emulator.engine.worker import Code, Gate, LogLine
from refresh_watch_emulator.engine.workers import Workers
from refresh_watch_emulator.web.messages import HttpRequest, HttpResponse
from refresh_watch_emulator.web.server import HttpServer

FAKE_KEYS: Keys = ("LTAI-embedded-engine", "embedded-engine-secret", "")
"""What functions are given, and requests have to be signed with, when no other credentials are named."""
GRACE: Seconds = 5
"""How long `stop` lets running handlers end by themselves."""


def fake_keys() -> Keys:
    """Give credentials that open nothing but this engine."""
    return FAKE_KEYS


def print_line(line: LogLine) -> None:
    """Write a handler's line to stderr."""
    sys.stderr.write(f"{line}\n")


class EmbeddedEngine:
    """Function Compute on this machine. Use it as a context manager, or `start` and `stop` it."""

    def __init__(
        self,
        manifest: Path,
        database: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        environment: Mapping[str, str] | None = None,
        credentials: Callable[[], Keys] = fake_keys,
        switches: EngineSwitches = EngineSwitches(),  # noqa: B008 - frozen
        routes: Mapping[str, str] | None = None,
        bearer: str | None = None,
        log: Callable[[LogLine], None] = print_line,
        code_of: Callable[[str], Code] | None = None,
        instances: int = 8,
        clock: Callable[[], Instant] = time.time,
        crashes: Sequence[Crash] = (),
        kills: Sequence[KillWorker] = (),
        roles: Roles | None = None,
        fork_server: ForkServer | None = None,
    ) -> None:
        """Read the manifest. Raises BadInput.

        ``environment`` answers the manifest's ``${env()}`` before this process's own does, and is what every handler
        sees over its function's variables. ``credentials`` gives access key id, secret and token (empty: none); it is
        asked at each invocation, so it should remember what it looked up. ``routes`` maps front-door paths to resource
        keys; ``bearer`` guards the front door. ``code_of`` maps a resource key to its source (default: functions/<key>
        next to the manifest, with the manifest's folder on the path). ``instances`` bounds the handlers that run at
        once. ``crashes`` kill this whole process, so they are for an engine in a process of its own. ``roles`` says
        what each function's own role may not do. Instances are forked from ``fork_server`` (default: one of the
        engine's own, with nothing imported); it stays open.
        """
        root = manifest.resolve().parent
        given = dict(environment or {})
        self.manifest = read_manifest(manifest, {**os.environ, **given})
        self._database = database
        self._address = (host, port)
        self._environment = given
        self._keys = KnownKeys(credentials)
        self._switches = switches
        self._routes = dict(routes or {})
        self._bearer = bearer
        self._log = log
        self._code_of = code_of or (lambda key: Code(root / "functions" / key, (root,)))
        self._instances = instances
        self._clock = clock
        self._crashes = tuple(crashes)
        self._kills = WorkerKills(tuple(kills))
        self._roles = roles
        self._fork_server = fork_server or ForkServer()
        self._closes_fork_server = fork_server is None
        self._parts: tuple[Store, Dispatcher, HttpServer] | None = None
        self._api: Api | None = None
        self._front: Front | None = None

    def start(self) -> EmbeddedEngine:
        """Listen, give back to the queue what the last engine had under way, and run what is due.

        Raises BadInput when the file or a function's source cannot be used, OSError when the port cannot.
        """
        for function in self.manifest.functions:
            source = self._code_of(function.key).folder / f"{function.handler.partition('.')[0]}.py"
            if not source.is_file():
                raise BadInput(f"resources.{function.key}: source", str(source), "a file that can be read")
        store = Store(self._database)
        try:
            server = HttpServer(
                self._answer,
                host=self._address[0],
                port=self._address[1],
                most_body_bytes=MOST_BODY_BYTES,
                name="refresh-watch",
                failed=self._failed,
            )
        except OSError:
            store.close()
            raise
        workers = Workers(
            self._code_of,
            {**self._environment, ENDPOINT_VARIABLE: server.url},
            self._log,
            fork_server=self._fork_server,
            most_idle=self._instances,
            new_gate=self._new_gate,
        )
        crashes = Crashes(self._crashes, store.mark)
        dispatcher = Dispatcher(
            self.manifest,
            store,
            workers,
            self._switches,
            crashes,
            keys=self._keys.current,
            clock=self._clock,
            most_running=self._instances,
            log=self._log,
        )
        self._api = Api(
            self.manifest,
            store,
            dispatcher,
            self._switches,
            crashes,
            keys=self._keys,
            roles=self._roles or Roles(),
            clock=self._clock,
        )
        self._front = Front(
            self.manifest, dispatcher, self._api, routes=self._routes, bearer=self._bearer, clock=self._clock
        )
        self._parts = (store, dispatcher, server)
        self._fork_server.start()
        server.start()
        dispatcher.start()
        return self

    def stop(self, grace: Seconds = GRACE) -> None:
        """End: running handlers get ``grace`` seconds, then are killed; the next engine on this file runs their tasks
        again. No process is left behind.
        """
        if self._parts is None:
            return
        store, dispatcher, server = self._parts
        self._parts = None
        dispatcher.close(grace)
        server.stop()
        store.close()
        if self._closes_fork_server:
            self._fork_server.close()

    def __enter__(self) -> EmbeddedEngine:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    @property
    def url(self) -> str:
        """Where the engine listens, such as http://127.0.0.1:43210."""
        return self._running()[2].url

    def wait_idle(self, timeout: Seconds, within: Seconds | None = None) -> bool:
        """Wait until nothing runs and nothing waits to start; False when that takes too long.

        With ``within``, what is to start later than in that many seconds does not count.
        """
        return self._running()[1].wait_idle(timeout, within)

    def wake(self) -> None:
        """Look at the clock again, after it was set."""
        self._running()[1].wake()

    def _running(self) -> tuple[Store, Dispatcher, HttpServer]:
        if self._parts is None:
            raise EngineError("the embedded engine is not running")
        return self._parts

    def _answer(self, request: HttpRequest, role: str = "") -> HttpResponse:
        if self._api is None or self._front is None:
            raise EngineError("the embedded engine is not running")
        if request.path.startswith(PREFIX):
            return self._api.answer(request, role)
        return self._front.answer(request)

    def _failed(self, error: Exception) -> None:
        self._log(LogLine("engine", "-", f"{type(error).__name__}: {error}"))

    def _new_gate(self, function: Function) -> Gate | None:
        if self._roles is None and not self._kills.armed:
            return None
        return InstanceGate(partial(self._answer, role=function.key), self._failed, self._kills)
