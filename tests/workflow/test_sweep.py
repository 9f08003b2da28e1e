"""The sweep on the embedded engine: a failure that had no watch is reported once, one that had a watch is not."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from refresh_watch.credentials import Credentials
from refresh_watch.function_compute.connect import connect
from refresh_watch.instants import format_instant
from refresh_watch.settings import Secret, Settings
from refresh_watch.triggers.read import as_http_event, open_event
from refresh_watch.workflow.sweep import watch_index
from refresh_watch.workflow.sweep.sweeper import Sweeper
from refresh_watch_emulator.engine.switches import EngineSwitches
from refresh_watch_emulator.products.faults import error
from refresh_watch_emulator.products.world import ObjectPlan
from tests.all_products import SWEPT_WORDS, everywhere
from tests.hand_clock import HandClock
from tests.workflow.house import KEYS, QUICK, House, house, transport_to, wait_for

HOUR = 3600.0
URL = "http://example.com"
FAST: dict[str, Any] = {
    "quota": {},
    "more": {"REFRESH_WATCH_QUOTA": "cdn.list=500,dcdn.list=500,vod.list=500"},
}
"""The pace of an account's quota has tests of its own."""
FOUND = "Found by the sweep: this job had no watch when it failed"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """Each test has its own: a sweep finds whatever failed in the account."""
    with house(tmp_path, **FAST) as opened:
        yield opened


def add(home: House, product: str, *ends: str, ago: float = HOUR, object_type: str = "file", path: str = "") -> str:
    """A task that was submitted a while ago, one object for each word."""
    objects = [ObjectPlan(path or f"{URL}/{n}", end, description="OriginTimeout") for n, end in enumerate(ends)]
    return home.products.world.add_task(product, objects=objects, object_type=object_type, created_at=time.time() - ago)


def timer(payload: object = "sweep cdn 3h") -> bytes:
    """The event of a timer trigger."""
    event = {"triggerTime": format_instant(time.time()), "triggerName": "sweep", "payload": payload}
    return json.dumps(event).encode()


def sweep(home: House, name: str, *events: bytes) -> None:
    """Let the timer fire, for all events at the same moment, and wait until they have been carried out."""
    task_ids = [f"t-{name}-{n}" for n in range(len(events))]
    for task_id, event in zip(task_ids, events, strict=True):
        home.fc.start_later("watch", event, 0, task_id)
    for task_id in task_ids:
        wait_for(lambda: _succeeded(home, task_id), f"{task_id} to end")  # noqa: B023


def _succeeded(home: House, task_id: str) -> bool:
    task = home.fc.task("watch", task_id)
    assert task is not None
    assert not task.status.is_dead, task.error
    return task.status == "Succeeded"


def reported(home: House, product: str) -> list[dict[str, Any]]:
    """The final reports of the watches that a sweep has started."""
    finals = [m.body["data"] for m in home.wall.messages if m.body.get("type") == "refresh_watch.final"]
    return [data for data in finals if data["product"] == product and FOUND in data.get("notes", [])]


def ids(final: dict[str, Any]) -> set[str]:
    return {task["task_id"] for task in final["tasks"]}


def said(home: House, message: str, product: str) -> list[dict[str, Any]]:
    """What sweeps wrote to the log."""
    lines = [json.loads(line.split(": ", 1)[1]) for line in home.log if ": {" in line and "refresh_watch.sweep" in line]
    return [line for line in lines if line["message"] == message and line["product"] == product]


def in_process(home: House, clock: HandClock, timeout: float = 180.0) -> Sweeper:
    """The same code with a clock that is moved by hand, on the same engine and stand-ins."""
    endpoint = home.products.endpoint
    settings = Settings(
        fc_endpoint=home.engine_url,
        region="cn-hangzhou",
        product_endpoints=everywhere(endpoint),
        quota=(("cdn.list", 1000.0), ("cdn.by_id", 1000.0), ("dcdn.list", 1000.0), ("dcdn.by_id", 1000.0), ("vod.list", 1000.0)),
    )  # fmt: skip

    def credentials() -> Credentials:
        return Credentials(KEYS[0], Secret(KEYS[1]))

    engine = connect(settings, credentials, clock)
    return Sweeper(settings, engine, credentials, clock, began=clock.now(), timeout=timeout)


def test_a_failure_without_a_watch_is_reported_once_however_often_it_is_swept(home: House) -> None:
    by_one, by_several = add(home, "cdn", "Failed"), add(home, "cdn", "Failed")
    add(home, "cdn", "Failed", path=f"{URL}/path")
    watches = [
        home.start("cdn", [by_one]),
        home.start("cdn", [add(home, "cdn", "Complete"), by_several]),
        start_by_path(home, "cdn", f"{URL}/path"),
    ]
    assert [home.final(watch)["outcome"] for watch in watches] == ["failed", "partly_failed", "failed"]
    files = {
        add(home, "cdn", "Failed"),
        add(home, "cdn", "Timeout", ago=2.5 * HOUR, object_type="directory"),
        add(home, "cdn", *["Complete"] * 120, "Canceled", *["Complete"] * 30, ago=0.5 * HOUR),
        add(home, "cdn", "Failed", path=f"{URL}/path", ago=0.4 * HOUR),  # not the one that was followed by its path
    }
    prefetched = add(home, "cdn", "Failed", object_type="preload")
    add(home, "cdn", "Complete"), add(home, "cdn", "never")
    add(home, "cdn", "Failed", ago=600), add(home, "cdn", "Failed", ago=3.5 * HOUR), add(home, "dcdn", "Failed")

    sweep(home, "first", timer(), timer())
    finals = wait_for(lambda: (found := reported(home, "cdn"))[1:] and found, "two final reports")
    sweep(home, "later", timer(), as_http_event(timer()))
    time.sleep(1.0)
    assert reported(home, "cdn") == finals
    refresh, prefetch = sorted(finals, key=lambda data: str(data["kind"]), reverse=True)
    assert (ids(refresh), refresh["outcome"], refresh["label"]) == (files, "partly_failed", "sweep")
    assert (refresh["counts"]["failed"], refresh["counts"]["complete"]) == (4, 150)
    assert (ids(prefetch), prefetch["kind"], prefetch["outcome"]) == ({prefetched}, "prefetch", "failed")
    swept = said(home, "swept", "cdn")
    assert [line["failed_tasks"] for line in swept] == [8, 8, 8, 8], "each sweep saw them all"
    assert {line["rows"] for line in swept} == {161 + 25}
    assert len(said(home, "reported", "cdn")) == 1


def test_several_products_are_swept_over_the_hours_asked_for(home: House) -> None:
    inside = {product: add(home, product, "Failed", ago=4.5 * HOUR) for product in ("dcdn", "vod")}
    add(home, "vod", "Failed", ago=5.5 * HOUR)
    legacy = home.start("vod-legacy", add(home, "vod", "Failed", ago=4 * HOUR))
    assert home.final(legacy)["outcome"] == "failed"
    sweep(home, "products", timer("sweep 5h vod dcdn"))
    (vod,) = wait_for(lambda: reported(home, "vod"), "the final report of vod")
    (dcdn,) = wait_for(lambda: reported(home, "dcdn"), "the final report of dcdn")
    assert [ids(vod), ids(dcdn)] == [{inside["vod"]}, {inside["dcdn"]}]


def test_a_wrong_payload_is_reported_once_and_answered_where_a_caller_waits(home: House) -> None:
    sweep(home, "wrong", timer("sweep vod-legacy"), timer("sweep vod-legacy"))
    sweep(home, "wrong-again", timer("sweep vod-legacy"))
    (rejected,) = wait_for(lambda: home.messages("", "rejected"), "a rejected report")
    allowed = f"allowed: sweep, then products ({SWEPT_WORDS}) and one number of hours (1h to 71h)"
    assert f"payload: 'vod-legacy' is not allowed; {allowed}" in rejected["problem"]
    answer = in_process(home, HandClock()).run(open_event(as_http_event(timer("sweep 99h"))))
    assert answer.startswith("payload: '99h' is not allowed")
    time.sleep(1.0)
    assert home.messages("", "rejected") == [rejected]


def test_a_later_sweep_reports_what_has_failed_since_and_knows_what_earlier_ones_reported(home: House) -> None:
    clock = HandClock(time.time() + 3 * HOUR)
    add(home, "dcdn", "Failed")
    payload = timer("sweep dcdn 12h")
    assert in_process(home, clock).run(open_event(payload)) == "dcdn: 1 failed and not watched, reported"
    handed_on = max((task.id for task in home.tasks("watch", "s-dcdn-")), key=lambda name: int(name[7:]))
    wait_for(lambda: _succeeded(home, handed_on), "the watch to be started")
    assert in_process(home, clock).run(open_event(payload)) == "dcdn: nothing to report"
    add(home, "dcdn", "Failed")
    said = "dcdn: 1 failed and not watched, left to the next sweep: another has just reported"
    assert in_process(home, clock).run(open_event(payload)) == said
    clock.sleep(HOUR)
    assert in_process(home, clock).run(open_event(payload)) == "dcdn: 1 failed and not watched, reported"


def test_nothing_is_reported_while_the_record_cannot_be_read_to_its_end(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = HandClock(time.time() + 3 * HOUR)
    add(home, "vod", "Failed")
    payload = timer("sweep vod 8h")
    with monkeypatch.context() as patched:
        patched.setattr(watch_index, "MOST_READS", 1)
        assert in_process(home, clock).run(open_event(payload)) == "vod: nothing to report"
    assert in_process(home, clock).run(open_event(payload)) == "vod: 1 failed and not watched, reported"


def test_a_watch_that_is_still_open_is_found_however_long_ago_it_was_accepted(home: House) -> None:
    ended = home.start("vod", add(home, "vod", "Complete"), deadline="2s")
    home.final(ended)
    wait_for(lambda: home.tasks("watch", f"g-{ended}")[0].status == "Succeeded", "the guard to end")
    still_open = home.start("vod", add(home, "vod", "never"), deadline="2h")
    soon = time.time() + 60

    def known(until: float) -> watch_index.WatchIndex:
        return watch_index.WatchIndex(transport_to(home.engine_url), HandClock(), until)

    since = {watch.id for watch in known(soon).watches(soon)}
    assert still_open in since
    assert ended not in since
    assert ended in {watch.id for watch in known(soon).watches(soon - HOUR)}
    with pytest.raises(watch_index.Unread):
        next(known(0).watches(soon - HOUR))


def test_where_lists_hold_no_payloads_the_watches_are_read_one_by_one(tmp_path: Path) -> None:
    with house(tmp_path, engine=EngineSwitches(list_payloads=False), **FAST) as home:
        watched = [add(home, "cdn", "Failed") for _ in range(3)]
        unwatched = add(home, "cdn", "Failed")
        home.final(home.start("cdn", watched[:2])), home.final(home.start("cdn", watched[2]))
        sweep(home, "first", timer())
        (final,) = wait_for(lambda: reported(home, "cdn"), "the final report")
        assert ids(final) == {unwatched}


def test_where_lists_lag_behind_two_sweeps_still_tell_once(tmp_path: Path) -> None:
    with house(tmp_path, engine=EngineSwitches(list_lag=60.0), **FAST) as home:
        add(home, "cdn", "Failed")
        sweep(home, "first", timer())
        finals = wait_for(lambda: reported(home, "cdn"), "the final report")
        add(home, "cdn", "Failed")
        sweep(home, "second", timer(), timer())
        time.sleep(1.0)
        assert reported(home, "cdn") == finals
        assert [line["tasks"] for line in said(home, "left to the next sweep: another has just reported", "cdn")] == [
            2,
            2,
        ]


def test_a_sweep_that_is_refused_is_reported_once_a_day_and_stops_no_other_product(tmp_path: Path) -> None:
    with house(tmp_path, **FAST) as home:
        denied = {"AccessDeniedDetail": {"AuthAction": "cdn:DescribeRefreshTasks"}}
        refused = error(403, "Forbidden.RAM", "User not authorized.", detail=denied)
        home.products.faults.add(refused, action="DescribeRefreshTasks", version="2018-05-10")
        failed = add(home, "dcdn", "Failed")
        for n in range(2):
            sweep(home, f"refused-{n}", timer("sweep cdn dcdn"))
        (final,) = wait_for(lambda: reported(home, "dcdn"), "the final report of dcdn")
        assert ids(final) == {failed}
        (rejected,) = wait_for(lambda: home.messages("", "rejected"), "a rejected report")
        assert "sweep cdn: Forbidden.RAM: User not authorized." in rejected["problem"]
        assert "missing RAM action: cdn:DescribeRefreshTasks" in rejected["problem"]
        assert "remove the product from the timer's payload" in rejected["notes"][0]
        time.sleep(1.0)
        assert home.messages("", "rejected") == [rejected]


def start_by_path(home: House, product: str, path: str) -> str:
    """A watch of what was submitted an hour ago, by its URL."""
    submitted = format_instant(time.time() - HOUR - 5)
    request = {"product": product, "object_paths": [path], "submitted_at": submitted, "schedule": QUICK}
    _, answer = home.post({**request, "deadline": "20s"})
    return str(answer["watch_id"])


def test_what_a_watch_by_path_was_bound_to_is_asked_within_the_same_bounds(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There may be hundreds of them, where a trail starts one for each submission."""
    clock = HandClock(time.time() + 3 * HOUR)
    add(home, "cdn", "Failed", path=f"{URL}/bounds")
    home.final(start_by_path(home, "cdn", f"{URL}/bounds"))
    add(home, "cdn", "Failed", path=f"{URL}/bounds", ago=HOUR - 60)
    listed = len(home.tasks("watch", "g-")) // 100 + 2
    with monkeypatch.context() as patched:
        patched.setattr(watch_index, "MOST_READS", listed)
        assert in_process(home, clock).run(open_event(timer("sweep cdn 8h"))) == "cdn: nothing to report"


def test_a_record_that_cannot_be_read_stops_no_sweep_and_is_no_alarm(home: House) -> None:
    clock = HandClock(time.time() + 3 * HOUR)
    watched = add(home, "dcdn", "Failed", path=f"{URL}/unreadable")
    watch = start_by_path(home, "dcdn", f"{URL}/unreadable")
    home.final(watch)
    unwatched = add(home, "dcdn", "Failed")
    home.fc.start_later("watch", b'{"hop":1}', 3000, f"w-{watch}-h0090")
    clock.sleep(4 * HOUR)  # past what other sweeps have reported
    assert in_process(home, clock).run(open_event(timer("sweep dcdn 12h"))).endswith("failed and not watched, reported")
    handed_on = home.fc.task("watch", max(task.id for task in home.tasks("watch", "s-dcdn-")))
    assert handed_on is not None
    assert handed_on.payload is not None
    assert unwatched in handed_on.payload.decode()
    assert watched not in handed_on.payload.decode()
