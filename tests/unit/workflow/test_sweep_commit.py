"""What is told once: by one sweep in ten minutes, of one product in a day, of one wrong payload at all."""

from __future__ import annotations

from refresh_watch.function_compute.tasks import Started, Task, TaskStatus
from refresh_watch.model import Product, WatchRequest
from refresh_watch.reports.wire import decode
from refresh_watch.workflow.sweep.commit import SLOT, commit, note_unfinished, publish_rejection, publish_unable
from tests.hand_clock import HandClock

REQUEST = WatchRequest(Product.CDN, ("7",), label="sweep")


class Record:
    """Function Compute's record: what was started, all of it in one state."""

    def __init__(self, status: TaskStatus = TaskStatus.SUCCEEDED) -> None:
        self.started: dict[str, bytes] = {}
        self.status = status

    def start_later(self, function: str, payload: bytes, delay: float, task_id: str) -> Started:
        if task_id in self.started:
            return Started.ALREADY
        self.started[task_id] = payload
        return Started.STARTED

    def task(self, function: str, task_id: str) -> Task | None:
        return Task(task_id, self.status, self.started[task_id]) if task_id in self.started else None

    def tasks(self, function: str, prefix: str) -> list[Task]:
        return [Task(task_id, self.status) for task_id in self.started if task_id.startswith(prefix)]

    def stop(self, function: str, task_id: str) -> None: ...

    @property
    def told(self) -> list[str]:
        return [decode(payload).problem for task_id, payload in self.started.items() if task_id.startswith("r-")]


def committed(record: Record, clock: HandClock, product: Product = Product.CDN) -> bool:
    return commit(product, [REQUEST], engine=record, now=clock.now())


def test_one_sweep_of_a_product_speaks_in_ten_minutes_wherever_the_hour_ends() -> None:
    for minute in range(20):
        record, clock = Record(), HandClock(1_795_000_000.0 + 60 * minute)
        assert committed(record, clock)
        assert committed(record, clock, Product.DCDN)
        for _ in range(10):
            clock.sleep(59)
            assert not committed(record, clock)
        clock.sleep(2 * SLOT)
        assert committed(record, clock)


def test_two_deliveries_of_a_timers_event_on_the_hour_fall_together() -> None:
    hour = 1_795_000_000.0 - 1_795_000_000.0 % 3600
    record = Record()
    assert committed(record, HandClock(hour - 1))
    assert not committed(record, HandClock(hour + 1))
    assert len(record.started) == 1


def test_nobody_speaks_while_what_was_handed_on_still_waits_for_an_instance() -> None:
    record, clock = Record(TaskStatus.ENQUEUED), HandClock(1_795_000_000.0)
    assert committed(record, clock)
    clock.sleep(5 * SLOT)
    assert not committed(record, clock)
    record.status = TaskStatus.SUCCEEDED
    assert committed(record, clock)


def test_a_sweep_that_cannot_work_is_told_once_a_day_and_product() -> None:
    record, clock = Record(), HandClock(1_795_000_000.0 - 1_795_000_000.0 % 86400)
    for _ in range(24):
        for product in (Product.CDN, Product.VOD):
            publish_unable(product, "Forbidden.RAM", engine=record, now=clock.now())
        clock.sleep(3600)
    assert record.told == ["sweep cdn: Forbidden.RAM", "sweep vod: Forbidden.RAM"]
    publish_unable(Product.CDN, "Forbidden.RAM", engine=record, now=clock.now())
    assert len(record.told) == 3


def test_a_sweep_that_is_never_finished_is_told_at_the_third_time_and_once_a_day() -> None:
    record, clock = Record(), HandClock(1_795_000_000.0 - 1_795_000_000.0 % 86400)
    told = []
    for _ in range(24):
        note_unfinished(Product.CDN, "HTTP 400: Throttling.User", engine=record, now=clock.now())
        told.append(len(record.told))
        clock.sleep(3600)
    assert told == [0, 0, *[1] * 22]
    assert record.told == ["sweep cdn: not finished 3 times today: HTTP 400: Throttling.User"]


def test_a_wrong_payload_is_told_once_however_often_the_timer_fires() -> None:
    record = Record()
    for payload in ("swept", "swept", "sweep x", None):
        publish_rejection(payload, f"payload: {payload}", engine=record, now=HandClock().now())
    assert record.told == ["payload: swept", "payload: sweep x", "payload: None"]
