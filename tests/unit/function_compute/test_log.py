"""Logs: one JSON line an event, with what is bound on each."""

from __future__ import annotations

import json
import logging

from refresh_watch.function_compute import log


def line_of(**extra: object) -> dict[str, object]:
    record = logging.makeLogRecord(
        {"name": "refresh_watch.watch", "levelname": "INFO", "msg": "looked\nagain", **extra}
    )
    text = log.JsonLines().format(record)
    assert "\n" not in text
    return json.loads(text)  # type: ignore[no-any-return]


def test_the_request_id_and_the_watch_id_stand_on_every_line() -> None:
    log.bind(request_id="1-abc", watch_id="0123456789abcdef")
    line = line_of()
    assert (line["request_id"], line["watch_id"], line["message"]) == ("1-abc", "0123456789abcdef", "looked\nagain")


def test_fields_are_flat_and_values_are_cut() -> None:
    line = line_of(fields={"api_calls": 3}, hop=2, problem="x" * 50_000)
    assert (line["api_calls"], line["hop"], len(str(line["problem"]))) == (3, 2, 2000)


def test_an_exception_is_named_without_its_values() -> None:
    error = ValueError("https://robot.example/send?access_token=fake-token")
    line = line_of(exc_info=(type(error), error, None))
    assert line["error"] == "ValueError"
    assert "fake-token" not in json.dumps(line)
