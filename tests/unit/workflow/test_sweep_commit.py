"""What is reported once: by one sweep in ten minutes, of one product in a day, of one wrong payload at all."""

from __future__ import annotations

from refresh_watch.function_compute.tasks import TaskStatus
from refresh_watch.model import Product, WatchRequest
from refresh_watch.reports.from_wire import decode
from refresh_watch.workflow.sweep.commit import SLOT, commit, note_unfinished, publish_rejection, publish_unable
from tests.hand_clock import HandClock
from tests.record import Record

REQUEST = WatchRequest(Product.CDN, ("7",), label="sweep")


def problems(record: Record) -> list[str]:
    return [decode(payload).problem for payload in record.payloads("notify", "r-")]


def committed(record: Record, clock: HandClock, product: Product = Product.CDN) -> bool:
    return commit(product, [REQUEST], engine=record, now=clock.now())


def test_one_sweep_of_a_product_commits_in_ten_minutes_wherever_the_hour_ends() -> None:
    for minute in range(20):
        record, clock = Record(TaskStatus.SUCCEEDED), HandClock(1_795_000_000.0 + 60 * minute)
        assert committed(record, clock)
        assert committed(record, clock, Product.DCDN)
        for _ in range(10):
            clock.sleep(59)
            assert not committed(record, clock)
        clock.sleep(2 * SLOT)
        assert committed(record, clock)


def test_two_deliveries_of_a_timers_event_on_the_hour_fall_together() -> None:
    hour = 1_795_000_000.0 - 1_795_000_000.0 % 3600
    record = Record(TaskStatus.SUCCEEDED)
    assert committed(record, HandClock(hour - 1))
    assert not committed(record, HandClock(hour + 1))
    assert len(record.kept) == 1


def test_no_sweep_commits_while_what_was_handed_on_still_waits_for_an_instance() -> None:
    record, clock = Record(), HandClock(1_795_000_000.0)
    assert committed(record, clock)
    clock.sleep(5 * SLOT)
    assert not committed(record, clock)
    for function, task_id in list(record.kept):
        record.set(function, task_id, TaskStatus.SUCCEEDED)
    assert committed(record, clock)


def test_a_sweep_that_cannot_work_is_reported_once_a_day_and_product() -> None:
    record, clock = Record(TaskStatus.SUCCEEDED), HandClock(1_795_000_000.0 - 1_795_000_000.0 % 86400)
    for _ in range(24):
        for product in (Product.CDN, Product.VOD):
            publish_unable(product, "Forbidden.RAM", engine=record, now=clock.now())
        clock.sleep(3600)
    assert problems(record) == ["sweep cdn: Forbidden.RAM", "sweep vod: Forbidden.RAM"]
    publish_unable(Product.CDN, "Forbidden.RAM", engine=record, now=clock.now())
    assert len(problems(record)) == 3


def test_a_sweep_that_is_never_finished_is_reported_at_the_third_time_and_once_a_day() -> None:
    record, clock = Record(TaskStatus.SUCCEEDED), HandClock(1_795_000_000.0 - 1_795_000_000.0 % 86400)
    counts = []
    for _ in range(24):
        note_unfinished(Product.CDN, "HTTP 400: Throttling.User", engine=record, now=clock.now())
        counts.append(len(problems(record)))
        clock.sleep(3600)
    assert counts == [0, 0, *[1] * 22]
    assert problems(record) == ["sweep cdn: not finished 3 times today: HTTP 400: Throttling.User"]


def test_a_wrong_payload_is_reported_once_however_often_the_timer_fires() -> None:
    record = Record(TaskStatus.SUCCEEDED)
    for payload in ("swept", "swept", "sweep x", None):
        publish_rejection(payload, f"payload: {payload}", engine=record, now=HandClock().now())
    assert problems(record) == ["payload: swept", "payload: sweep x", "payload: None"]
