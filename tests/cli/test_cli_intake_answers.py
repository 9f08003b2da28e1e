"""`start` understands every form in which intake's answer may come back from Function Compute."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.answering import answering
from tests.cli.command_line import CommandLine

STARTED = {"watch_id": "0123456789abcdef", "status_url": None}
REFUSED = {"type": "about:blank", "title": "Bad Request", "status": 400, "detail": "channels: 'x' is not allowed"}


def http_shaped(status: int, body: Any) -> dict[str, Any]:
    return {"statusCode": status, "headers": {}, "isBase64Encoded": False, "body": json.dumps(body)}


@pytest.mark.parametrize("body", [STARTED, http_shaped(202, STARTED)])
@pytest.mark.parametrize("status", [200, 202])
def test_a_started_watch_is_understood_plain_and_as_an_http_response(
    cli: CommandLine, body: dict[str, Any], status: int
) -> None:
    with answering(lambda *_: (status, body)) as url:
        ran = cli.run("start", "cdn", "1", REFRESH_WATCH_FC_ENDPOINT=url)

    assert ran.code == 0
    assert "watch 0123456789abcdef started" in ran.out


def test_a_deployment_without_channels_is_warned_of(cli: CommandLine) -> None:
    warning = "REFRESH_WATCH_CHANNELS is empty: no message will be sent"
    with answering(lambda *_: (202, {**STARTED, "warning": warning})) as url:
        ran = cli.run("start", "cdn", "1", REFRESH_WATCH_FC_ENDPOINT=url)

    assert (ran.code, ran.out.splitlines()[-1]) == (0, warning)


@pytest.mark.parametrize(("status", "body"), [(200, REFUSED), (200, http_shaped(400, REFUSED)), (400, REFUSED)])
def test_a_refusal_is_one_line_and_exit_2(cli: CommandLine, status: int, body: dict[str, Any]) -> None:
    with answering(lambda *_: (status, body)) as url:
        ran = cli.run("start", "cdn", "1", REFRESH_WATCH_FC_ENDPOINT=url)

    assert (ran.code, ran.out, ran.err) == (2, "", "refresh-watch: --channel: 'x' is not allowed\n")


@pytest.mark.parametrize(
    ("status", "body", "headers", "words"),
    [
        (
            200,
            b'{"errorMessage":"secret-words"}',
            {"X-Fc-Error-Type": "UnhandledInvocationError"},
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
    with answering(lambda *_: (status, body), headers) as url:
        ran = cli.run("start", "cdn", "1", REFRESH_WATCH_FC_ENDPOINT=url)

    assert ran.refuses(words, code=1)
    assert "secret-words" not in ran.err
