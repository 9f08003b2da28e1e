"""`start` understands every form in which intake's answer may come back from Function Compute."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from refresh_watch_emulator.engine.engine import EmbeddedEngine
from refresh_watch_emulator.engine.switches import ApiEvent, EngineSwitches
from tests.cli.conftest import PROJECT, CommandLine

STARTED = {"watch_id": "0123456789abcdef", "status_url": None}
REFUSED = {"type": "about:blank", "title": "Bad Request", "status": 400, "detail": "channels: 'x' is not allowed"}


@contextmanager
def answering(status: int, body: bytes, **headers: str) -> Iterator[str]:
    """A Function Compute that gives this answer to whatever it is asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def http_shaped(status: int, body: Any) -> dict[str, Any]:
    return {"statusCode": status, "headers": {}, "isBase64Encoded": False, "body": json.dumps(body)}


@pytest.mark.parametrize("body", [STARTED, http_shaped(202, STARTED)])
@pytest.mark.parametrize("status", [200, 202])
def test_a_started_watch_is_understood_plain_and_as_an_http_response(
    cli: CommandLine, body: dict[str, Any], status: int
) -> None:
    with answering(status, json.dumps(body).encode()) as url:
        ran = cli.run("start", "cdn", "1", REFRESH_WATCH_FC_ENDPOINT=url)

    assert ran.code == 0
    assert "watch 0123456789abcdef started" in ran.out


@pytest.mark.parametrize(("status", "body"), [(200, REFUSED), (200, http_shaped(400, REFUSED)), (400, REFUSED)])
def test_a_refusal_is_one_line_and_exit_2(cli: CommandLine, status: int, body: dict[str, Any]) -> None:
    with answering(status, json.dumps(body).encode()) as url:
        ran = cli.run("start", "cdn", "1", REFRESH_WATCH_FC_ENDPOINT=url)

    assert (ran.code, ran.out, ran.err) == (2, "", "refresh-watch: --channel: 'x' is not allowed\n")


@pytest.mark.parametrize(
    ("status", "body", "headers", "words"),
    [
        (
            200,
            b'{"errorMessage":"secret-words"}',
            {"X_Fc_Error_Type": "UnhandledInvocationError"},
            "refresh-intake failed",
        ),
        (200, b"<html>", {}, "no JSON"),
        (404, b'{"Code":"FunctionNotFound","Message":"none"}', {}, "FunctionNotFound"),
        (403, b'{"Code":"AccessDenied","Message":"none"}', {}, "AccessDenied"),
    ],
)
def test_a_failing_intake_is_one_line_and_exit_1(
    cli: CommandLine, status: int, body: bytes, headers: dict[str, str], words: str
) -> None:
    with answering(status, body, **headers) as url:
        ran = cli.run("start", "cdn", "1", REFRESH_WATCH_FC_ENDPOINT=url)

    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert words in ran.err
    assert "secret-words" not in ran.err


@pytest.mark.parametrize("event", [ApiEvent.PLAIN, ApiEvent.HTTP_SHAPED])
def test_start_works_whichever_way_an_api_call_reaches_a_function_with_an_http_trigger(
    cli: CommandLine, tmp_path: Path, event: ApiEvent
) -> None:
    settings = {name: value for name, value in cli.environment.items() if name.startswith("REFRESH_WATCH_")}
    engine = EmbeddedEngine(
        PROJECT / "s.yaml",
        tmp_path / "queue.sqlite",
        environment=settings,
        credentials=lambda: ("testAK", "testSK", ""),
        switches=EngineSwitches(api_event=event),
        log=lambda _: None,
    )
    with engine:
        good = cli.run("start", "cdn", "704225667", "--json", REFRESH_WATCH_FC_ENDPOINT=engine.url)
        bad = cli.run("start", "cdn", "704225667", "--channel", "nobody", REFRESH_WATCH_FC_ENDPOINT=engine.url)

    assert (good.code, sorted(good.json)) == (0, ["status_url", "watch_id"])
    assert bad.code == 2
    assert "'nobody' is not allowed; allowed: oncall, audit" in bad.err
