"""An entrance to the engine for one instance alone."""

from __future__ import annotations

from collections.abc import Callable

from refresh_watch_emulator.engine.api import MOST_BODY_BYTES
from refresh_watch_emulator.engine.crash import WorkerKills
from refresh_watch_emulator.web.messages import HttpRequest, HttpResponse
from refresh_watch_emulator.web.server import HttpServer


class InstanceGate:
    """Tells one instance's calls from others'. After each that was carried out, its process may be due to be killed."""

    def __init__(
        self,
        answer: Callable[[HttpRequest], HttpResponse],
        failed: Callable[[Exception], None],
        kills: WorkerKills,
    ) -> None:
        """Listen on a port of its own."""
        self._answer = answer
        self._kills = kills
        self._task_id = ""
        self._calls = 0
        self._crash: Callable[[], None] = lambda: None
        self._server = HttpServer(self._carry_out, most_body_bytes=MOST_BODY_BYTES, failed=failed).start()
        self.url = self._server.url

    def begin(self, task_id: str, crash: Callable[[], None]) -> None:
        """A run of that task starts; ``crash`` kills its process."""
        self._task_id, self._calls, self._crash = task_id, 0, crash

    def close(self) -> None:
        """The instance has gone."""
        self._server.stop()

    def _carry_out(self, request: HttpRequest) -> HttpResponse:
        response = self._answer(request)
        self._calls += 1
        if self._kills.due(self._task_id, self._calls):
            self._crash()
        return response
