"""What a handler sees: context, environment, warm instances, its output."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from refresh_watch.errors import BadInput, NoCredentials
from refresh_watch_emulator.engine.engine import FAKE_KEYS
from refresh_watch_emulator.engine.switches import EngineSwitches
from refresh_watch_emulator.engine.worker import Code, LogLine
from tests.emulator.engine.engine_calls import Calls, Start, lines, until


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_3_12_context_has_a_logger_on_demand_and_no_credentials(engine: Start) -> None:
    shown = Calls(engine(log=lambda _: None).url).run("test-act", {"do": "show_context"})
    assert shown.pop("request_id").startswith("1-")
    assert shown == {
        "region": "cn-hangzhou",
        "account_id": "1234567890123456",
        "log_project": "",
        "log_store": "",
        "function": {
            "name": "test-act",
            "handler": "index.handler",
            "memory": 256,
            "timeout": 20,
            "version_id": "LATEST",
            "qualifier": "LATEST",
        },
        "logger_at_first": None,
        "logger_later": True,
    }


def test_a_3_10_context_has_credentials_and_service_and_no_logger(engine: Start) -> None:
    shown = Calls(engine().url).run("test-old", {"do": "show_context"})
    assert shown["credentials"] == {
        "access_key_id": "LTAI-embedded-engine",
        "access_key_secret": "embedded-engine-secret",
        "security_token": "",
    }
    assert set(shown["service"]) == {"log_project", "log_store", "qualifier", "version_id"}
    assert set(shown["function"]) == {"name", "handler", "memory", "timeout"}
    assert "tracing" in shown
    assert "log_project" not in shown
    assert "logger_at_first" not in shown


def test_a_handler_sees_its_variables_the_overrides_and_what_function_compute_sets(engine: Start) -> None:
    running = engine(environment={"NUMBER": "8", "ENGINE_TEST_PREFIX": "own"})
    names = ["GREETING", "NUMBER", "FC_FUNCTION_NAME", "FC_FUNCTION_MEMORY_SIZE", "FC_REGION", "FC_FUNCTION_VERSION"]
    names += ["REFRESH_WATCH_FC_ENDPOINT", "ALIBABA_CLOUD_ACCESS_KEY_ID", "HTTP_PROXY"]
    seen = Calls(running.url).run("own-act", {"do": "environment", "names": names})
    assert list(seen.values()) == [
        "hello own",
        "8",
        "own-act",
        "256",
        "cn-hangzhou",
        "LATEST",
        running.url,
        "LTAI-embedded-engine",
        None,
    ]


def test_module_globals_are_kept_across_warm_calls_and_lost_after_a_crash(engine: Start) -> None:
    calls = Calls(engine().url)
    first = calls.run("test-act", {"do": "count"})
    second = calls.run("test-act", {"do": "count"})
    assert (first["calls"], second["calls"], second["pid"]) == (1, 2, first["pid"])
    calls.run("test-act", {"do": "fail"})  # an exception keeps the instance
    assert calls.run("test-act", {"do": "count"}) == {"calls": 4, "pid": first["pid"]}
    calls.run("test-act", {"do": "die"})
    assert calls.run("test-act", {"do": "count"})["calls"] == 1


def test_an_engine_goes_on_when_the_process_that_it_forks_instances_from_is_killed(engine: Start) -> None:
    calls = Calls(engine().url)
    forks = calls.run("test-act", {"do": "parent"})
    warm = calls.run("test-act", {"do": "count"})["pid"]
    os.kill(forks, signal.SIGKILL)
    until(lambda: calls.run("test-act", {"do": "count"}).get("pid", warm) != warm)
    assert calls.run("test-act", {"do": "parent"}) != forks


def test_what_a_handler_prints_is_logged_with_its_request_id(engine: Start) -> None:
    log: list[LogLine] = []
    calls = Calls(engine(log=log.append).url)
    request_id = calls.invoke("test-act", {"do": "say"}).headers["x-fc-request-id"]
    assert {(line.request_id, line.function) for line in log} == {(request_id, "test-act")}
    assert sorted(line.text for line in log) == ["to stderr", "to stdout"]
    assert str(log[0]).startswith(request_id)


def test_a_handler_that_cannot_be_imported_fails_with_the_reason(engine: Start, tmp_path: Path) -> None:
    (tmp_path / "index.py").write_text("import no_such_module\n")
    running = engine(code_of=lambda _: Code(tmp_path), switches=EngineSwitches(retry_interval=0.01))
    body = Calls(running.url).run("test-act", {})
    assert (body["errorType"], "no_such_module" in body["errorMessage"]) == ("ModuleNotFoundError", True)


def test_a_handlers_own_modules_are_found_before_any_of_the_engines(engine: Start, tmp_path: Path) -> None:
    (tmp_path / "store.py").write_text("NAME = 'mine'\n")
    (tmp_path / "index.py").write_text(
        "import store, sys\n"
        "def handler(event, context):\n"
        "    return [store.NAME, sys.path[0], isinstance(event, bytes)]\n"
    )
    running = engine(code_of=lambda _: Code(tmp_path))
    assert Calls(running.url).run("test-act", {}) == ["mine", str(tmp_path), True]


def test_a_function_without_source_is_named_before_anything_starts(engine: Start, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"resources\.catch: source"):
        engine(code_of=lambda _: Code(tmp_path))


def test_a_run_for_which_there_are_no_credentials_fails_with_the_reason(engine: Start) -> None:
    keys = iter([FAKE_KEYS])

    def credentials() -> tuple[str, str, str]:
        for found in keys:
            return found
        raise NoCredentials("there are no credentials any more")

    running = engine(credentials=credentials)
    calls = Calls(running.url)
    calls.start("test-catch", {}, "w-1")
    assert running.wait_idle(60)
    assert calls.get("test-catch", "w-1").task_error_message == "there are no credentials any more"


def test_a_handler_reaches_the_engine_with_the_official_sdk(engine: Start) -> None:
    running = engine()
    calls = Calls(running.url)
    event = {"do": "call", "function": "test-catch", "tasks": ["n-1", "n-2", "n-1"]}
    assert calls.run("test-act", event) == [202, 202, 409]
    assert running.wait_idle(60)
    assert calls.get("test-catch", "n-2").status == "Succeeded"


def test_no_process_outlives_the_engine(engine: Start, tmp_path: Path) -> None:
    running = engine()
    calls = Calls(running.url)
    warm = calls.run("test-old", {"do": "count"})["pid"]
    calls.start("test-act", {"do": "wait_for", "file": str(tmp_path / "never"), "note": str(tmp_path / "note")}, "w-1")
    until(lambda: lines(tmp_path / "note"))
    running.stop(grace=0)
    assert gone(warm)
    again = engine()
    (tmp_path / "never").touch()
    assert again.wait_idle(60)
    task = Calls(again.url).get("test-act", "w-1")
    assert (task.status, task.already_retried_times) == ("Succeeded", 0)  # its end with the engine was no failure
    assert len(lines(tmp_path / "note")) == 2


def test_a_stop_lets_a_running_handler_end(engine: Start, tmp_path: Path) -> None:
    running = engine()
    Calls(running.url).start("test-act", {"do": "sleep", "seconds": 0.3, "note": str(tmp_path / "note")}, "w-1")
    until(lambda: lines(tmp_path / "note"))
    running.stop(grace=10)
    again = engine()
    assert Calls(again.url).get("test-act", "w-1").return_payload == "slept"
