"""What the deployed functions do with a probe: they say what they saw, and send no message."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from refresh_watch.clock import SystemClock
from refresh_watch.function_compute.tasks import Started, TaskStatus
from refresh_watch.workflow.first_bytes import may_be_probe
from refresh_watch.workflow.probing.probe import Do, answer_probe, event_of, kept
from refresh_watch_cli.doctor.probe.inspector import Inspector, Recorded
from refresh_watch_emulator.engine.manifest import ACCOUNT_ID
from refresh_watch_emulator.engine.roles import Roles
from refresh_watch_emulator.engine.switches import EngineSwitches
from refresh_watch_emulator.products import faults
from tests.workflow.house import KEYS, ROOT, House, house, transport_to, wait_for

ID = "probe0123456789a"


@pytest.fixture(scope="module")
def roles() -> Roles:
    """What the functions' own roles may not do."""
    return Roles()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, roles: Roles) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("probe"), engine=EngineSwitches(retry_interval=0.1), roles=roles) as opened:
        yield opened


def inspector(home: House) -> Inspector:
    return Inspector(transport_to(home.engine_url), SystemClock())


def probe(do: str, name: str = ID) -> dict[str, Any]:
    return {"probe": {"id": name, "do": do}}


def saw(home: House, name: str, what: str) -> dict[str, Any]:
    """What the one task of a probe whose id begins so keeps, once it is there."""
    (found,) = wait_for(lambda: home.tasks("notify", f"p-{name}-{what}"), f"no {what} of {name}")
    task = home.fc.task("notify", found.id)
    assert task is not None
    assert task.payload is not None
    return kept(task.payload)


def test_an_echo_says_what_notify_found_around_it_and_no_value(home: House) -> None:
    answer = inspector(home).send("notify", event_of(ID, Do.ECHO), waits=True)

    said = json.loads(answer.body)
    assert (said["probe"], said["function"]) == (ID, "notify")
    assert answer.sent_at <= said["at"] <= answer.answered_at
    assert {"FC_REGION", "FC_ACCOUNT_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"} <= set(said["runtime"]["variables"])
    assert "account_id" in said["runtime"]["context"]
    assert re.fullmatch(r"3\.\d+\.\d+", said["runtime"]["python"])
    text = answer.body.decode()
    for value in (ACCOUNT_ID, *KEYS[:2], "cn-hangzhou", "access_token", "fake", home.engine_url):
        assert value not in text


QUEUED = {"specversion": "1.0", "type": "mns:Queue:SendMessage", "data": {"messageBody": json.dumps(probe("fail"))}}


def test_in_an_envelope_a_probe_is_an_event_as_any_other_and_the_log_says_how_it_came(home: House) -> None:
    status, answer = home.post(probe("fail"))

    assert status == 400
    assert answer["detail"].startswith("probe: ")
    status, answer = home.post([QUEUED])
    assert status == 400
    assert answer["detail"].startswith("[0].data.messageBody.probe: ")
    assert home.tasks("notify", f"p-{ID}-try-") == []
    log = "\n".join(home.log)
    assert '"kind": "HTTP request > object"' in log
    assert '"kind": "HTTP request > list > CloudEvent mns:Queue:SendMessage > queue message > JSON text"' in log


def test_a_failure_that_was_asked_for_is_tried_four_times_and_its_envelope_kept_and_not_reported(home: House) -> None:
    home.fc.start_later("intake", json.dumps(probe("fail")).encode(), 0, "p-fails")

    envelope = saw(home, ID, "envelope")
    assert envelope["keys"] == ["requestContext", "requestPayload", "responseContext", "responsePayload", "timestamp"]
    assert envelope["function"] == "acs:fc:<region>:<account>:functions/refresh-intake"
    assert (envelope["invocations"], envelope["statusCode"], envelope["requestPayload"]) == (4, 200, "text")
    assert envelope["functionError"] == "UnhandledInvocationError"
    assert len(home.tasks("notify", f"p-{ID}-try-")) == 4
    assert home.tasks("notify", "b-") == []
    assert home.wall.messages == ()


def tried(home: House, function: str, name: str) -> dict[tuple[str, str], tuple[str, str]]:
    """What a function says of its own role: (action, on) -> (result, code)."""
    answer = inspector(home).send(function, event_of(name, Do.GRANTS), waits=True)
    assert answer.is_accepted
    return {(each["action"], each["on"]): (each["result"], each["code"]) for each in json.loads(answer.body)["grants"]}


def granted(function: str) -> set[tuple[str, str]]:
    """What a function's policy allows, as (action, function or product); logs are written by Function Compute."""
    policy = json.loads((ROOT / "functions" / function / "policy.json").read_text(encoding="utf-8"))
    found = set()
    for statement in policy["Statement"]:
        actions, resources = statement["Action"], statement["Resource"]
        for action in [actions] if isinstance(actions, str) else actions:
            for resource in [resources] if isinstance(resources, str) else resources:
                on = re.search(r"functions/refresh-(\w+)", resource)
                found.add((action, on[1] if on else "" if resource == "*" else resource))
    return {grant for grant in found if grant[0] != "log:PostLogStoreLogs"}


@pytest.mark.parametrize("function", ["intake", "watch", "notify"])
def test_a_function_tries_every_action_that_its_policy_names_and_no_other(home: House, function: str) -> None:
    found = tried(home, function, f"grants{function}")

    known = {"intake", "watch", "notify"}
    assert {(action, on if on in known else "") for action, on in found} == granted(function)
    assert set(found.values()) == {("ok", "")}


def test_trying_starts_tasks_that_only_echo_and_sends_no_message(home: House) -> None:
    tried(home, "watch", "grantsechoes")

    started = {"watch": "p-grantsechoes-grant-watch-watch", "notify": "p-grantsechoes-grant-watch-notify"}
    for function, name in started.items():
        assert [task.id for task in home.tasks(function, "p-grantsechoes-")] == [name]
        ended = wait_for(partial(_over, home, function, name), f"{name} has not ended")
        assert ended.status is TaskStatus.SUCCEEDED
        assert json.loads(ended.returned)["function"] == function
    assert home.tasks("watch", "w-") == home.tasks("watch", "g-") == []
    assert home.wall.messages == ()


def _over(home: House, function: str, name: str) -> Recorded | None:
    task = inspector(home).recorded(function, name)
    return task if task is not None and task.is_over else None


def test_what_a_role_is_refused_is_distinguished_from_a_product_that_is_not_open_and_from_no_answer(
    home: House, roles: Roles
) -> None:
    roles.deny("watch", "fc:GetAsyncTask", "notify")
    home.products.faults.add(faults.no_permission("cdn:x"), action="DescribeRefreshTaskById", version="2018-05-10")
    home.products.faults.add(faults.not_opened(), version="2017-03-21")
    home.products.faults.add(faults.closed(), version="2018-01-15")
    try:
        found = tried(home, "watch", "grantsrefused")
        of_notify = tried(home, "notify", "grantsnotify2")
    finally:
        roles.clear()
        home.products.faults.clear()

    assert {key: result for key, result in found.items() if result[0] != "ok"} == {
        ("fc:GetAsyncTask", "notify"): ("refused", "AccessDenied"),
        ("cdn:DescribeRefreshTaskById", "cdn"): ("refused", "Forbidden.RAM"),
        ("dcdn:DescribeDcdnRefreshTasks", "dcdn"): ("no answer", "Retryable"),
        ("dcdn:DescribeDcdnRefreshTaskById", "dcdn"): ("no answer", "Retryable"),
        ("vod:DescribeVodRefreshTasks", "vod"): ("not opened", "OperationDenied"),
        ("vod:DescribeRefreshTasks", "vod-legacy"): ("not opened", "OperationDenied"),
    }
    assert set(of_notify.values()) == {("ok", "")}


class Hanging:
    """An engine that answers nothing in time."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.end = threading.Event()

    def start_later(self, function: str, payload: bytes, delay: float, task_id: str) -> Started:
        self.asked.append(task_id)
        self.end.wait(20)
        return Started.STARTED

    def task(self, function: str, task_id: str) -> None:
        self.asked.append(task_id)

    def tasks(self, function: str, prefix: str) -> list[Any]:
        self.asked.append(prefix)
        return []

    def stop(self, function: str, task_id: str) -> None: ...


def answered(event: bytes, engine: Any, seconds: float = 10.0) -> dict[str, Any] | None:
    answer = answer_probe(
        event, "intake", engine=engine, clock=SystemClock(), environment={}, context=object(), seconds=seconds
    )
    return None if answer is None else json.loads(answer)


def test_trying_is_over_in_time_and_asks_no_more_where_there_is_no_answer() -> None:
    engine = Hanging()
    try:
        said = answered(event_of(ID, Do.GRANTS), engine, seconds=0.1)
    finally:
        engine.end.set()

    assert said is not None
    assert [each["result"] for each in said["grants"]] == ["no answer"] * 5
    assert engine.asked == [f"p-{ID}-grant-intake-watch"]


NO_PROBES: list[Any] = [
    {"probe": {"id": "short", "do": "echo"}},
    {"probe": {"id": "../../etc/passwd", "do": "echo"}},
    {"probe": {"id": "A" * 16, "do": "echo"}},
    {"probe": {"id": "a" * 33, "do": "echo"}},
    {"probe": {"id": ID, "do": "stop"}},
    {"probe": {"id": ID, "do": ["echo"]}},
    {"probe": {"id": [ID], "do": "echo"}},
    {"probe": {"id": ID, "do": "echo", "task_id": "w-1-h0000"}},
    {"probe": {"id": ID, "do": "echo"}, "product": "cdn"},
    {"probe": ID},
    b'{"probe": \xff',
    b'{"probe":' + b"[" * 100_000,
]


@pytest.mark.parametrize("event", NO_PROBES, ids=lambda event: str(event)[:40])
def test_what_only_looks_like_a_probe_goes_its_own_way_and_starts_nothing(event: Any) -> None:
    engine = Hanging()
    text = event if isinstance(event, bytes) else json.dumps(event).encode()

    assert may_be_probe(text)
    assert answered(text, engine) is None
    assert engine.asked == []


@pytest.mark.parametrize(
    "event", [[probe("echo")], {"product": "cdn", "probe": {}}, {"label": json.dumps(probe("fail"))}]
)
def test_the_first_bytes_of_any_other_event_say_that_it_is_no_probe(event: Any) -> None:
    assert not may_be_probe(json.dumps(event).encode())


def test_a_task_that_only_keeps_starts_nothing_when_it_runs() -> None:
    engine = Hanging()
    event = {"probe": {"id": ID, "do": "keep", "saw": {"at": 1}}}

    assert answered(json.dumps(event).encode(), engine) is not None
    assert engine.asked == []
