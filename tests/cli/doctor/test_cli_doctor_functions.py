"""What `refresh-watch doctor` says of Function Compute and the functions there, as people read it."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

from tests.cli.answering import answering
from tests.cli.command_line import Ran
from tests.cli.doctor.conftest import found


def test_functions_that_are_not_deployed_are_no_matter_of_permission(doctor: Callable[..., Ran]) -> None:
    ran = doctor("--product", "cdn", REFRESH_WATCH_PREFIX="other")

    assert ran.code == 1
    for function in ("other-intake", "other-watch", "other-notify"):
        said, do = found(ran, "bad", function)
        assert said == "there is no such function in cn-hangzhou"
        assert "make deploy" in do
    assert "fc:GetAsyncTask" not in ran.out
    assert "none of the functions was found" in found(ran, "skipped", "roles")[0]


def test_function_compute_out_of_reach_is_reported_once(doctor: Callable[..., Ran]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    ran = doctor("--product", "cdn", REFRESH_WATCH_FC_ENDPOINT=f"http://127.0.0.1:{port}")

    assert ran.code == 1
    said, do = found(ran, "bad", "fc:InvokeFunction refresh-intake")
    assert said == "no answer: the connection was refused"
    assert "REFRESH_WATCH_FC_ENDPOINT" in do
    assert f"127.0.0.1:{port} is asked" in do
    assert "REFRESH_WATCH_REGION" not in do
    assert ran.out.count("the connection was refused") == 1
    assert "none of the functions was found" in found(ran, "skipped", "roles")[0]


def denied(method: str, path: str) -> tuple[int, dict[str, Any]]:
    """As RAM refuses it; a stop without naming the action."""
    body: dict[str, Any] = {"Code": "AccessDenied", "Message": "the caller is not authorized", "RequestId": "1-0"}
    if method != "PUT":
        action = (
            "InvokeFunction" if method == "POST" else "ListAsyncTasks" if "async-tasks?" in path else "GetAsyncTask"
        )
        body["AccessDeniedDetail"] = {"AuthAction": f"fc:{action}"}
    return 403, body


class Misconfigured:
    """Functions whose own settings are wrong, and that have no tasks; the first call meets a cold start."""

    def __init__(self, cold: float) -> None:
        self._cold = cold

    def __call__(self, method: str, path: str) -> tuple[int, dict[str, Any]]:
        if method == "POST":
            cold, self._cold = self._cold, 0.0
            time.sleep(cold)
        return misconfigured(method, path)


def misconfigured(method: str, path: str) -> tuple[int, dict[str, Any]]:
    if method == "POST":
        return 200, {"type": "about:blank", "status": 503, "detail": "REFRESH_WATCH_LANGUAGE: 'de' is not allowed"}
    return (200, {"tasks": []}) if "async-tasks?" in path else (404, {"Code": "AsyncTaskNotFound", "Message": "none"})


def test_actions_on_the_functions_that_are_refused_are_named_with_the_resource_to_grant(
    doctor: Callable[..., Ran],
) -> None:
    with answering(denied) as url:
        ran = doctor("--product", "cdn", REFRESH_WATCH_FC_ENDPOINT=url)

    assert ran.code == 1
    place = "acs:fc:cn-hangzhou:1234567890123456:functions"
    said, do = found(ran, "bad", "fc:InvokeFunction refresh-intake")
    assert said == "RAM refuses it: fc:InvokeFunction is needed for start"
    assert f"on {place}/refresh-intake and {place}/refresh-intake/* to acs:ram::" in do
    for action in ("ListAsyncTasks", "GetAsyncTask", "StopAsyncTask"):
        assert f"{place}/refresh-watch/async-tasks/*" in found(ran, "bad", f"fc:{action} refresh-watch")[1]
    assert "fc:InvokeFunction on refresh-notify" in found(ran, "skipped", "refresh-notify")[0]
    assert "it needs refresh-notify for that" in found(ran, "skipped", "refresh-watch")[0]


def test_a_deployed_function_whose_own_settings_are_wrong_says_so_however_slowly_it_starts(
    doctor: Callable[..., Ran],
) -> None:
    # longer than any other call to Function Compute may take
    with answering(Misconfigured(cold=3.2)) as url:
        ran = doctor("--product", "cdn", REFRESH_WATCH_FC_ENDPOINT=url)

    assert ran.code == 1
    said, do = found(ran, "bad", "fc:InvokeFunction refresh-intake")
    assert said == "it answers HTTP 503: REFRESH_WATCH_LANGUAGE: 'de' is not allowed"
    assert "deploy again" in do
    assert found(ran, "ok", "fc:StopAsyncTask refresh-watch")[0] == "allowed"
    assert "it answers HTTP 503" in found(ran, "skipped", "refresh-notify")[0]


def older(method: str, path: str) -> tuple[int, dict[str, Any]]:
    """Functions that know no probe."""
    return (400, {"detail": "probe: not known"}) if method == "POST" else misconfigured(method, path)


def test_functions_of_a_version_that_cannot_try_their_roles_are_passed_over(doctor: Callable[..., Ran]) -> None:
    with answering(older) as url:
        ran = doctor("--product", "cdn", REFRESH_WATCH_FC_ENDPOINT=url)

    assert ran.code == 0
    said, do = found(ran, "skipped", "refresh-notify")
    assert said == "its role was not tried: this version of it cannot"
    assert "make deploy" in do
    for function in ("refresh-watch", "refresh-intake"):
        assert "its role was not tried: it needs " in found(ran, "skipped", function)[0]
