"""The engine client: the official FC SDK against the embedded engine."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from refresh_watch.credentials import Credentials
from refresh_watch.errors import BadInput, EngineError
from refresh_watch.function_compute.client import FunctionCompute
from refresh_watch.function_compute.invoke import invoke
from refresh_watch.function_compute.tasks import Started, TaskStatus
from refresh_watch.function_compute.transport import Transport
from refresh_watch.limits import MAX_PAYLOAD
from refresh_watch.settings import Secret, Settings
from refresh_watch_cli.doctor.probe.inspector import Inspector
from refresh_watch_emulator.engine.engine import FAKE_KEYS, EmbeddedEngine
from refresh_watch_emulator.engine.switches import Duplicate, EngineSwitches
from tests.hand_clock import HandClock

MANIFEST = Path(__file__).parents[1] / "emulator" / "engine" / "s.yaml"
SLEEP = b'{"do": "nothing"}'


def given(url: str) -> tuple[Settings, Credentials, HandClock]:
    settings = Settings(fc_endpoint=url, region="cn-hangzhou", prefix="test")
    return settings, Credentials(FAKE_KEYS[0], Secret(FAKE_KEYS[1])), HandClock()


def client(url: str) -> FunctionCompute:
    return FunctionCompute(Transport(*given(url)))


@pytest.fixture(params=list(Duplicate), ids=str)
def fc(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FunctionCompute]:
    switches = EngineSwitches(duplicate=request.param)
    with EmbeddedEngine(MANIFEST, tmp_path / "q.sqlite", switches=switches, log=lambda line: None) as engine:
        yield client(engine.url)


def test_a_start_and_its_duplicate_are_distinguished_and_the_record_shows_both_ends(fc: FunctionCompute) -> None:
    assert fc.start_later("act", SLEEP, 3000, "w-1-h0001") is Started.STARTED
    assert fc.start_later("act", b"{}", 0, "w-1-h0001") is Started.ALREADY
    task = fc.task("act", "w-1-h0001")
    assert task is not None
    assert (task.status, task.payload) == (TaskStatus.ENQUEUED, SLEEP)
    assert fc.task("act", "w-1-h0002") is None
    for n in range(120):
        fc.start_later("act", SLEEP, 3599.7, f"w-2-h{n:04d}")
    assert [t.id for t in sorted(fc.tasks("act", "w-2-"), key=lambda t: t.id)] == [f"w-2-h{n:04d}" for n in range(120)]
    fc.stop("act", "w-1-h0001")
    fc.stop("act", "nothing-of-that-name")
    assert [(t.id, t.status) for t in fc.tasks("act", "w-1-")] == [("w-1-h0001", TaskStatus.STOPPED)]
    fc.stop("act", "w-1-h0001")


def test_a_payload_over_the_limit_never_leaves(fc: FunctionCompute) -> None:
    with pytest.raises(BadInput, match="at most 65536 bytes"):
        fc.start_later("act", b"x" * (MAX_PAYLOAD + 1), 0, "w-1-h0001")
    assert fc.tasks("act", "w-1-") == []


def test_a_function_that_is_not_deployed_is_named_in_one_line(fc: FunctionCompute) -> None:
    for call in (lambda: fc.start_later("nobody", b"{}", 0, "a-1"), lambda: fc.tasks("nobody", "a-")):
        with pytest.raises(EngineError) as caught:
            call()
        assert "404" in str(caught.value)
        assert "deploy first, or set REFRESH_WATCH_PREFIX and REFRESH_WATCH_REGION" in str(caught.value)
        assert "\n" not in str(caught.value)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.parametrize("does", ["start", "invoke", "list"])
def test_an_engine_that_does_not_listen_is_named_with_what_happened(does: str) -> None:
    host = f"127.0.0.1:{closed_port()}"
    transport = Transport(*given(f"http://{host}"))
    calls = {
        "start": lambda: FunctionCompute(transport).start_later("act", SLEEP, 0, "w-1-h0001"),
        "invoke": lambda: invoke(transport, "act", SLEEP),
        "list": lambda: Inspector(transport, HandClock()).listed("act", "w-"),
    }
    with pytest.raises(EngineError) as caught:
        calls[does]()
    assert str(caught.value).endswith(f": the connection was refused ({host})")


def test_a_host_that_there_is_not_is_named_and_not_a_word_of_the_sdk() -> None:
    with pytest.raises(EngineError) as caught:
        client("http://nobody.invalid").task("act", "w-1-h0001")
    said = "Function Compute did not read w-1-h0001: the host name could not be resolved (nobody.invalid)"
    assert str(caught.value) == said


@pytest.mark.parametrize("answer", [b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 13\r\n\r\n<html></html>", b""])
def test_an_engine_that_does_not_answer_is_asked_again_and_then_named_in_one_line(answer: bytes) -> None:
    asked = []

    class Broken(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(time.time())
            self.wfile.write(answer)
            self.close_connection = True

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Broken)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        with pytest.raises(EngineError) as caught:
            client(f"http://127.0.0.1:{server.server_port}").start_later("act", SLEEP, 0, "w-1-h0001")
    finally:
        server.shutdown()
        server.server_close()
    assert 2 <= len(asked) <= 3, "a connection that the server closed may cost a try"
    assert FAKE_KEYS[1] not in str(caught.value)
    assert "\n" not in str(caught.value)
