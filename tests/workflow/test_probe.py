"""What the deployed functions do with a probe: they say what they saw, and tell nobody."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from refresh_watch.clock import SystemClock
from refresh_watch.credentials import Credentials
from refresh_watch.function_compute.inspecting import Inspecting, Recorded
from refresh_watch.function_compute.tasks import MAX_PAYLOAD, Started, TaskStatus
from refresh_watch.settings import Secret, Settings
from refresh_watch.workflow.probing.probe import Attended, attend, event_of, kept
from refresh_watch.workflow.probing.shape import Do, find, without_probes
from refresh_watch_emulator.engine.manifest import ACCOUNT_ID
from refresh_watch_emulator.engine.roles import Roles
from refresh_watch_emulator.engine.switches import Switches
from refresh_watch_emulator.products import faults
from tests.workflow.house import KEYS, ROOT, House, house, wait_for
from tests.workflow.scenario import add, many

ID = "probe0123456789a"


@pytest.fixture(scope="module")
def roles() -> Roles:
    """What the functions' own roles may not do."""
    return Roles()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, roles: Roles) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("probe"), engine=Switches(retry_interval=0.1), roles=roles) as opened:
        yield opened


def inspecting(home: House) -> Inspecting:
    settings = Settings(fc_endpoint=home.engine_url, region="cn-hangzhou")
    return Inspecting(settings, Credentials(KEYS[0], Secret(KEYS[1])), SystemClock())


def probe(do: str, name: str = ID) -> dict[str, Any]:
    return {"probe": {"id": name, "do": do}}


def saw(home: House, name: str, what: str) -> dict[str, Any]:
    """What the one task of a probe whose id begins so keeps, once it is there."""
    (found,) = wait_for(lambda: home.tasks("notify", f"p-{name}-{what}"), 20, f"no {what} of {name}")
    task = home.fc.task("notify", found.id)
    assert task is not None
    assert task.payload is not None
    return kept(task.payload)


def test_an_echo_says_what_notify_found_around_it_and_no_value(home: House) -> None:
    answer = inspecting(home).send("notify", event_of(ID, Do.ECHO), waits=True)

    said = json.loads(answer.body)
    assert (said["probe"], said["function"], said["shape"]) == (ID, "notify", [])
    assert answer.sent_at <= said["at"] <= answer.answered_at
    assert {"FC_REGION", "FC_ACCOUNT_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"} <= set(said["runtime"]["variables"])
    assert "account_id" in said["runtime"]["context"]
    assert re.fullmatch(r"3\.\d+\.\d+", said["runtime"]["python"])
    text = answer.body.decode()
    for value in (ACCOUNT_ID, *KEYS[:2], "cn-hangzhou", "access_token", "fake", home.engine_url):
        assert value not in text


MESSAGE = json.dumps(probe("shape"))
ENCODED = base64.b64encode(MESSAGE.encode()).decode()
EVENTS: dict[str, tuple[Any, list[str]]] = {
    "plain": (probe("shape"), []),
    "custom event": ({"specversion": "1.0", "type": "any", "data": probe("shape")}, ["CloudEvent"]),
    "queue, streaming": (
        [{"specversion": "1.0", "type": "mns:Queue:SendMessage", "data": {"messageBody": MESSAGE}}],
        ["list of 1", "CloudEvent mns:Queue:SendMessage", "queue message", "text"],
    ),
    "queue, base64": (
        {"specversion": "1.0", "type": "mns:Queue:SendMessage", "data": {"messageBody": ENCODED}},
        ["CloudEvent mns:Queue:SendMessage", "queue message", "base64"],
    ),
    "topic with attributes": ({"body": MESSAGE, "attrs": {"Extend": "x"}}, ["topic message with attributes", "text"]),
    "topic, JSON": ({"Message": MESSAGE, "TopicName": "t", "MessageId": "1"}, ["topic message", "text"]),
    "timer": ({"triggerTime": "2026-11-22T08:00:00Z", "triggerName": "sweep", "payload": MESSAGE}, ["timer", "text"]),
}


def test_the_shape_of_every_event_is_left_as_a_task_and_nothing_is_started_or_told(home: House) -> None:
    names = {event: f"shape{i:03d}" for i, event in enumerate(EVENTS)}
    for event, (body, _) in EVENTS.items():
        text = json.dumps(body).replace(ID, names[event]).replace(ENCODED, _encoded(names[event]))
        home.fc.start_later("intake", text.encode(), 0, f"e-{names[event]}")
    # the same again is the same shape
    home.fc.start_later("intake", json.dumps(probe("shape", names["plain"])).encode(), 0, "e-again")

    for event, (_, forms) in EVENTS.items():
        kept_of = saw(home, names[event], "shape-intake-")
        assert kept_of["function"] == "intake"
        assert [layer["form"] for layer in kept_of["shape"]] == forms, event
    assert saw(home, names["timer"], "shape-")["shape"][0]["keys"] == ["payload", "triggerName", "triggerTime"]
    assert wait_for(lambda: home.fc.task("intake", "e-again").status is TaskStatus.SUCCEEDED, 20, "not run")
    assert {task.id[:2] for function in ("watch", "notify") for task in home.tasks(function, "")} == {"p-"}
    assert home.wall.messages == ()


def _encoded(name: str) -> str:
    return base64.b64encode(MESSAGE.replace(ID, name).encode()).decode()


def test_by_the_http_trigger_a_probe_is_answered_with_its_shape_and_the_names_of_its_headers(home: House) -> None:
    status, said = home.post(probe("echo"), {"X-Own": "a-value"})

    assert status == 200
    assert [layer["form"] for layer in said["shape"]] == ["HTTP v1", "text"]
    assert {"content-type", "x-own"} <= set(said["shape"][0]["headers"])
    assert "a-value" not in json.dumps(said)


def test_a_failure_that_was_asked_for_is_tried_four_times_and_its_envelope_kept_and_not_told(home: House) -> None:
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
    answer = inspecting(home).send(function, event_of(name, Do.GRANTS), waits=True)
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


def test_trying_starts_tasks_that_only_echo_and_tells_nobody(home: House) -> None:
    tried(home, "watch", "grantsechoes")

    started = {"watch": "p-grantsechoes-grant-watch-watch", "notify": "p-grantsechoes-grant-watch-notify"}
    for function, name in started.items():
        assert [task.id for task in home.tasks(function, "p-grantsechoes-")] == [name]
        ended = wait_for(partial(_over, home, function, name), 20, f"{name} has not ended")
        assert ended.status is TaskStatus.SUCCEEDED
        assert json.loads(ended.returned)["function"] == function
    assert home.tasks("watch", "w-") == home.tasks("watch", "g-") == []
    assert home.wall.messages == ()


def _over(home: House, function: str, name: str) -> Recorded | None:
    task = inspecting(home).recorded(function, name)
    return task if task is not None and task.is_over else None


def test_what_a_role_is_refused_is_told_apart_from_a_product_that_is_not_open_and_from_no_answer(
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
        ("dcdn:DescribeDcdnRefreshTasks", "dcdn"): ("no answer", "AskAgain"),
        ("dcdn:DescribeDcdnRefreshTaskById", "dcdn"): ("no answer", "AskAgain"),
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


def test_trying_is_over_in_time_and_asks_no_more_where_there_is_no_answer() -> None:
    engine = Hanging()
    try:
        said = attend(event_of(ID, Do.GRANTS), function="intake", engine=engine, clock=SystemClock(), seconds=0.1)
    finally:
        engine.end.set()

    assert said is not None
    assert [each["result"] for each in said.body["grants"]] == ["no answer"] * 5
    assert engine.asked == [f"p-{ID}-grant-intake-watch"]


def test_a_batch_with_a_probe_in_it_starts_its_watches_and_rejects_nothing(tmp_path: Any) -> None:
    with house(tmp_path) as home:
        tasks = add(home, "cdn", *many("Complete", 1, after=0))
        request = {"product": "cdn", "task_ids": tasks, "schedule": "0,1;1", "label": json.dumps(probe("fail"))}
        home.fc.start_later("intake", json.dumps([probe("shape"), request]).encode(), 0, "e-batch")

        assert saw(home, ID, "shape-")["shape"] == [{"form": "list of 2"}]
        told = wait_for(lambda: [m.body for m in home.wall.messages if m.chat == "audit"], 30, "nothing was told")
        assert [message["type"] for message in told] == ["refresh_watch.final"]
        # a label is no probe, in whatever it is written
        assert told[0]["data"]["label"] == request["label"]
        assert home.tasks("notify", f"p-{ID}-try-") == []


class NoEngine:
    """An engine that keeps what it is asked to start."""

    def __init__(self) -> None:
        self.started: dict[str, bytes] = {}

    def start_later(self, function: str, payload: bytes, delay: float, task_id: str) -> Started:
        assert (function, delay) == ("notify", 0)
        self.started[task_id] = payload
        return Started.STARTED

    def task(self, function: str, task_id: str) -> None:
        raise AssertionError(task_id)

    def tasks(self, function: str, prefix: str) -> list[Any]:
        raise AssertionError(prefix)

    def stop(self, function: str, task_id: str) -> None:
        raise AssertionError(task_id)


def attended(event: Any) -> tuple[Attended | None, dict[str, bytes]]:
    engine = NoEngine()
    text = event if isinstance(event, bytes) else json.dumps(event).encode()
    return attend(text, function="intake", engine=engine, clock=SystemClock()), engine.started


NO_PROBES: list[Any] = [
    {"probe": {"id": "short", "do": "echo"}},
    {"probe": {"id": "../../etc/passwd", "do": "shape"}},
    {"probe": {"id": "A" * 16, "do": "shape"}},
    {"probe": {"id": "a" * 33, "do": "shape"}},
    {"probe": {"id": ID, "do": "stop"}},
    {"probe": {"id": ID, "do": ["echo"]}},
    {"probe": {"id": [ID], "do": "echo"}},
    {"probe": {"id": ID, "do": "shape", "task_id": "w-1-h0000"}},
    {"probe": {"id": ID, "do": "shape"}, "product": "cdn"},
    {"probe": ID},
    {"product": "cdn", "task_ids": "1", "label": MESSAGE},
    {"requestParameters": {"ObjectPath": MESSAGE}},
    [],
    [[]],
    [probe("shape")] * 33,
    b'{"probe": \xff',
    b"[" * 100_000 + b'"probe"',
    json.dumps({"body": "x" * 128 * 1024, "data": probe("shape")}).encode(),
]


@pytest.mark.parametrize("event", NO_PROBES, ids=lambda event: str(event)[:40])
def test_what_only_looks_like_a_probe_goes_its_own_way_and_starts_nothing(event: Any) -> None:
    assert attended(event) == (None, {})


def test_a_probe_wrapped_as_deep_as_any_way_of_arriving_is_found() -> None:
    queue = [{"specversion": "1.0", "type": "mns:Queue:SendMessage", "data": {"messageBody": ENCODED}}]
    wrapped = {"version": "v1", "requestContext": {"http": {}}, "headers": {}, "body": json.dumps(queue)}
    envelope = {"requestContext": {}, "requestPayload": json.dumps(wrapped)}

    found, alone = find(json.dumps(envelope).encode())

    assert (len(found), alone) == (1, True)
    assert found[0].envelope == envelope
    assert not found[0].is_wrapped


def test_what_is_kept_is_bounded_and_holds_no_value_whatever_a_stranger_sends() -> None:
    keys = {f"\x1b[31m{n}-{'k' * 100}": "a-secret-value" for n in range(250)}
    layers: Any = {**keys, "data": {**keys, "payload": {**keys, "Message": probe("shape")}}}

    answer, started = attended(layers)

    assert answer is not None
    ((name, payload),) = started.items()
    assert name.startswith(f"p-{ID}-shape-intake-")
    assert len(payload) < 8 * 1024 < MAX_PAYLOAD
    assert "secret" not in payload.decode() + json.dumps(answer.body)
    assert "\\u001b" not in payload.decode()


def test_a_task_that_only_keeps_starts_nothing_when_it_runs() -> None:
    _, first = attended(probe("shape"))
    ((_, payload),) = first.items()

    answer, started = attended(payload)

    assert (answer is not None, started) == (True, {})


def test_probes_are_taken_out_of_a_batch_and_of_nothing_else() -> None:
    request = {"product": "cdn", "task_ids": "1"}

    assert without_probes([probe("shape"), request]) == [request]
    assert without_probes(request) == request
    assert without_probes([request, {"data": probe("echo")}]) == [request]
