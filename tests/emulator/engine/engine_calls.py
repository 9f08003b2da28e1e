"""The official SDK as the client of an engine, and what the tests of the engine share besides."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_fc20230330 import models
from alibabacloud_fc20230330.client import Client
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.runtime import RuntimeOptions

from refresh_watch_emulator.engine.engine import FAKE_KEYS, EmbeddedEngine

MANIFEST = Path(__file__).parent / "s.yaml"
Start = Callable[..., EmbeddedEngine]


class Calls:
    """The official SDK, pointed at an engine."""

    def __init__(self, url: str, keys: tuple[str, str, str] = FAKE_KEYS) -> None:
        key_id, secret, token = keys
        self.client = Client(
            Config(
                access_key_id=key_id,
                access_key_secret=secret,
                security_token=token or None,
                endpoint=url.removeprefix("http://"),
                protocol="http",
            )
        )

    def invoke(
        self,
        function: str,
        event: Any,
        *,
        kind: str | None = None,
        task_id: str | None = None,
        delay: str | None = None,
        **headers: str,
    ) -> Any:
        common = {name.replace("_", "-"): value for name, value in headers.items()}
        if delay is not None:
            common["x-fc-async-delay"] = delay
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        return self.client.invoke_function_with_options(
            function,
            models.InvokeFunctionRequest(body=body, qualifier="LATEST"),
            models.InvokeFunctionHeaders(common_headers=common, x_fc_invocation_type=kind, x_fc_async_task_id=task_id),
            RuntimeOptions(),
        )

    def run(self, function: str, event: Any) -> Any:
        """Invoke and wait; the answer's JSON."""
        answer = self.invoke(function, event)
        return json.loads(answer.body.read())

    def start(self, function: str, event: Any, task_id: str | None = None, delay: str | None = None) -> Any:
        return self.invoke(function, event, kind="Async", task_id=task_id, delay=delay)

    def get(self, function: str, task_id: str) -> Any:
        return self.client.get_async_task(function, task_id, models.GetAsyncTaskRequest()).body

    def list(self, function: str, **wishes: Any) -> Any:
        return self.client.list_async_tasks(function, models.ListAsyncTasksRequest(**wishes)).body

    def stop(self, function: str, task_id: str) -> Any:
        return self.client.stop_async_task(function, task_id, models.StopAsyncTaskRequest())


class Clock:
    """The real time, and what a test adds to it."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


def refusal(action: Callable[[], object]) -> tuple[int, str]:
    """The status and code that the engine answers with."""
    with pytest.raises(ClientException) as caught:
        action()
    return caught.value.status_code, caught.value.code


def until(what: Callable[[], object], seconds: float = 60) -> Any:
    """Wait until something holds; give it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        seen = what()
        if seen:
            return seen
        time.sleep(0.01)
    pytest.fail(f"{what} did not come to hold")


def lines(path: Path) -> list[str]:
    """The lines of a note that handlers write; none before the first."""
    return path.read_text().splitlines() if path.exists() else []
