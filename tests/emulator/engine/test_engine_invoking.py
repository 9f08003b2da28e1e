"""Invocations over sockets, with the official SDK as the client."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from refresh_watch_emulator.engine.switches import Duplicate, EngineSwitches
from tests.emulator.engine.engine_calls import Calls, Clock, Start, lines, refusal, until

DAY = 86400


def test_a_sync_call_gives_the_handlers_answer(engine: Start) -> None:
    answer = Calls(engine().url).invoke("test-act", {"do": "echo", "a": 1})
    assert answer.status_code == 200
    assert json.loads(answer.body.read()) == {"do": "echo", "a": 1}
    assert re.fullmatch(r"1-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{12}", answer.headers["x-fc-request-id"])
    assert "x-fc-error-type" not in answer.headers


def test_a_sync_call_of_a_handler_that_raises_is_a_200_with_the_error_in_header_and_body(engine: Start) -> None:
    answer = Calls(engine().url).invoke("test-act", {"do": "fail", "why": "no luck"})
    assert answer.status_code == 200
    assert answer.headers["x-fc-error-type"] == "UnhandledInvocationError"
    body = json.loads(answer.body.read())
    assert (body["errorMessage"], body["errorType"]) == ("no luck", "ValueError")
    assert "in fail" in body["stackTrace"][-1][0]


def test_an_async_call_is_accepted_before_it_runs_and_then_runs(engine: Start) -> None:
    running = engine()
    calls = Calls(running.url)
    answer = calls.start("test-act", {"do": "count"}, "w-1-h0001")
    assert answer.status_code == 202
    assert answer.headers["x-fc-async-task-id"] == "w-1-h0001"
    assert answer.body is None or answer.body.read() == b""
    assert running.wait_idle(60)
    task = calls.get("test-act", "w-1-h0001")
    assert task.status == "Succeeded"
    assert task.request_id == answer.headers["x-fc-request-id"]
    assert json.loads(task.return_payload)["calls"] == 1
    assert [event.status for event in task.events] == ["Enqueued", "Dequeued", "Running", "Succeeded"]


def test_a_task_without_an_id_is_given_one(engine: Start) -> None:
    calls = Calls(engine().url)
    first = calls.start("test-act", {}).headers["x-fc-async-task-id"]
    second = calls.start("test-act", {}).headers["x-fc-async-task-id"]
    assert first != second
    assert calls.get("test-act", first).task_id == first


@pytest.mark.parametrize("task_id", ["1abc", "a.b", "a:b", "a/b", "a" * 129, "a b"])
def test_a_malformed_task_id_is_refused(engine: Start, task_id: str) -> None:
    assert refusal(lambda: Calls(engine().url).start("test-act", {}, task_id)) == (400, "InvalidArgument")


@pytest.mark.parametrize("delay", ["0", "3600", "-1", "soon", "0.0", "1e2", "99999"])
def test_a_delay_out_of_range_is_refused(engine: Start, delay: str) -> None:
    assert refusal(lambda: Calls(engine().url).start("test-act", {}, "a", delay)) == (400, "InvalidArgument")


def test_an_unknown_function_is_not_found(engine: Start) -> None:
    calls = Calls(engine().url)
    assert refusal(lambda: calls.start("test-unknown", {})) == (404, "FunctionNotFound")
    assert refusal(lambda: calls.list("test-unknown")) == (404, "FunctionNotFound")


def test_128_kb_are_accepted_asynchronously_and_a_byte_more_is_not(engine: Start) -> None:
    calls = Calls(engine().url)
    assert calls.start("test-door", b"x" * 128 * 1024).status_code == 202
    assert refusal(lambda: calls.start("test-door", b"x" * (128 * 1024 + 1))) == (400, "EntityTooLarge")
    assert calls.run("test-act", {"big": "x" * 300_000})["big"] == "x" * 300_000


def test_an_unknown_invocation_type_is_refused(engine: Start) -> None:
    assert refusal(lambda: Calls(engine().url).invoke("test-act", {}, kind="Later")) == (400, "InvalidArgument")


@pytest.mark.parametrize(
    ("position", "status", "code"),
    [
        (Duplicate.CONFLICT, 409, "Conflict"),
        (Duplicate.BAD_REQUEST, 400, "StatefulAsyncInvocationAlreadyExists"),
        (Duplicate.OLD_BODY, 409, "None"),  # the SDK finds no Code in a body of the 2.0 form
    ],
)
def test_a_known_task_id_is_refused_and_not_run_again(
    engine: Start, tmp_path: Path, position: Duplicate, status: int, code: str
) -> None:
    running = engine(switches=EngineSwitches(duplicate=position))
    calls = Calls(running.url)
    event = {"note": str(tmp_path / "note")}
    calls.start("test-act", event, "w-1")
    assert refusal(lambda: calls.start("test-act", event, "w-1")) == (status, code)
    assert running.wait_idle(60)
    assert refusal(lambda: calls.start("test-act", event, "w-1")) == (status, code)
    assert running.wait_idle(60)
    assert len(lines(tmp_path / "note")) == 1


def test_task_ids_are_those_of_one_function(engine: Start) -> None:
    calls = Calls(engine().url)
    assert calls.start("test-act", {}, "same").status_code == 202
    assert calls.start("test-catch", {}, "same").status_code == 202


def test_a_task_id_is_remembered_for_seven_days(engine: Start) -> None:
    clock = Clock()
    running = engine(clock=clock)
    calls = Calls(running.url)
    calls.start("test-act", {}, "w-1")
    assert running.wait_idle(60)
    clock.ahead = 7 * DAY - 60
    running.wake()
    assert refusal(lambda: calls.start("test-act", {}, "w-1"))[0] == 409
    assert calls.get("test-act", "w-1").status == "Succeeded"
    clock.ahead = 7 * DAY + 3600
    running.wake()
    until(lambda: not calls.list("test-act").tasks)
    assert calls.start("test-act", {}, "w-1").status_code == 202


def test_without_task_mode_nothing_is_deduplicated_or_listed(engine: Start, tmp_path: Path) -> None:
    running = engine()
    calls = Calls(running.url)
    for _ in range(2):
        answer = calls.start("test-door", {"a": 1}, "same")
        assert answer.status_code == 202
        assert "x-fc-async-task-id" not in answer.headers
    assert running.wait_idle(60)
    assert calls.list("test-door").tasks == []


def test_a_request_signed_with_other_keys_is_refused(engine: Start) -> None:
    url = engine().url
    assert (
        refusal(lambda: Calls(url, ("LTAI-other", "secret", "")).run("test-act", {}))[1]
        == "InvalidAccessKeyId.NotFound"
    )
    wrong = ("LTAI-embedded-engine", "wrong-secret", "")
    assert refusal(lambda: Calls(url, wrong).run("test-act", {}))[1] == "SignatureDoesNotMatch"


def test_credentials_with_a_token_may_rotate_while_runs_use_the_old_ones(engine: Start) -> None:
    keys = [("STS.one", "secret-one", "token-one")]
    running = engine(credentials=lambda: keys[0])
    calls = Calls(running.url, keys[0])
    names = {"do": "environment", "names": ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_SECURITY_TOKEN"]}
    assert list(calls.run("test-act", names).values()) == ["STS.one", "token-one"]
    keys[0] = ("STS.two", "secret-two", "token-two")
    assert list(calls.run("test-act", names).values()) == ["STS.two", "token-two"]
    assert refusal(lambda: Calls(running.url, ("STS.two", "secret-two", "token-one")).run("test-act", {}))[0] == 400
