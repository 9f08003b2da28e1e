"""What the stand-in products know: tasks, how their objects progress, and which of them a question may see.

Pure: no socket, no clock. Instants are handed in, so the same world runs in real and in virtual time. After
the API documents and the comments of the SDKs.
"""

from __future__ import annotations

import itertools
import random
import threading
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import urlsplit

from refresh_watch.instants import Instant, Seconds
from refresh_watch_emulator.products.account import Account
from refresh_watch_emulator.products.allowance import Allowance
from refresh_watch_emulator.products.catalog import DEFAULT_QUOTA, SERVICES, service_of

WINDOW: Seconds = 3 * 86400
"""Older tasks are in no answer."""
MOST_URLS = {"preload": 500}
MOST_REFRESH_URLS = 2000
FAILURES = ("Failed", "Timeout", "Canceled")
NEVER = "never"
_PENDING_SHARE = 0.1
_NEVER_PACE: Seconds = 60.0


@dataclass(frozen=True)
class RowState:
    """What one object's row would say: status, progress from 0 to 100, and why it failed."""

    status: str
    process: float
    description: str = ""


@dataclass(frozen=True)
class ObjectPlan:
    """How one object is going to end.

    `ends` is the last status (any word is possible) or ``never``; `after` counts from the task's creation (with
    ``never``: when half is done). Failures without a description get the documents' ``Origin Timeout``. Until then
    Process is the share of that time that has passed, to the power of `shape`: below 1 it slows down, above it hurries.
    """

    path: str = ""
    ends: str = "Complete"
    after: Seconds = 0.0
    description: str = ""
    shape: float = 1.0

    @cached_property
    def end(self) -> RowState:
        """What its row says in the end."""
        if self.ends == "Complete":
            return RowState("Complete", 100.0, self.description)
        if self.ends in FAILURES:
            return RowState(self.ends, 0.0, self.description or "Origin Timeout")
        return RowState(self.ends, 50.0, self.description)


@dataclass
class SubmittedTask:
    """One task of one service; it is the world's to change."""

    id: str
    service: str
    object_type: str
    created_at: Instant
    plans: list[ObjectPlan]
    held: bool = False
    told: list[RowState] = field(default_factory=list)  # what the last question brought up to date

    def states(self, now: Instant) -> list[RowState]:
        """The truth at `now`, one a plan."""
        return [_state(plan, now - self.created_at, held=self.held) for plan in self.plans]

    def last_told(self) -> list[RowState]:
        """What the last question about the task saw; Pending before the first."""
        return [*self.told, *(RowState("Pending", 0.0) for _ in self.plans[len(self.told) :])]

    def asked(self, now: Instant, *, stale: bool) -> list[RowState]:
        """What an answer shows; `stale`: what the previous question triggered, Pending at the first."""
        truth = self.states(now)
        shown = self.last_told() if stale else truth
        self.told = truth
        return shown


class World:
    """One Alibaba Cloud account. Can be changed from any thread while a gateway serves it."""

    def __init__(
        self, now: Instant, *, foreign_tasks: int = 25, quota: Mapping[str, float] = DEFAULT_QUOTA, seed: int = 1
    ) -> None:
        """Every service starts with `foreign_tasks` finished tasks of other people, all older than an hour."""
        self.plan_for: Callable[[str], ObjectPlan] = lambda url: ObjectPlan(url, after=300.0)
        self.allowance = Allowance(quota)
        self.account = Account()
        self.lock = threading.RLock()  # the gateway holds it for the length of a call
        self._random = random.Random(seed)  # noqa: S311 - request ids, not secrets
        self._numbers = itertools.count(704225667)
        self._tasks: dict[str, dict[str, SubmittedTask]] = {service.name: {} for service in SERVICES}
        self._open: dict[tuple[str, str, str, int], SubmittedTask] = {}  # still takes URLs of its domain and second
        self.foreign_ids: tuple[str, ...] = tuple(
            self.add_task(
                service.name,
                objects=[ObjectPlan(f"http://other.example.com/{service.name}/{number}.txt")],
                created_at=now - 3600 - 60 * number,
            )
            for service in SERVICES
            for number in range(foreign_tasks)
        )

    def add_task(
        self,
        product: str,
        *,
        task_id: str = "",
        objects: Iterable[ObjectPlan] = (ObjectPlan("http://example.com/a.txt"),),
        object_type: str = "file",
        created_at: Instant,
    ) -> str:
        """Make a task with one row a plan and answer its id; ids come from the account's counter if not given."""
        service = service_of(product).name
        task_id = task_id or str(next(self._numbers))
        with self.lock:
            self._tasks[service][task_id] = SubmittedTask(task_id, service, object_type, created_at, list(objects))
        return task_id

    def submit(self, product: str, urls: Iterable[str], object_type: str, now: Instant) -> tuple[str, ...]:
        """Take URLs in; `plan_for` says how each will end. Answers the task ids, each once, in order.

        URLs of one domain and one second share an id, up to 2,000 (refresh) or 500 (prefetch) an id; a directory or a
        pattern gets an id of its own.
        """
        service = service_of(product).name
        most = MOST_URLS.get(object_type, MOST_REFRESH_URLS)
        ids: dict[str, None] = {}
        with self.lock:
            self._open = {key: task for key, task in self._open.items() if key[3] >= int(now) - 1}
            for url in urls:
                key = (service, object_type, domain_of(url), int(now))
                task = self._open.get(key)
                if task is None or len(task.plans) >= most or object_type not in ("file", "preload"):
                    task_id = self.add_task(service, objects=(), object_type=object_type, created_at=now)
                    task = self._open[key] = self._tasks[service][task_id]
                task.plans.append(replace(self.plan_for(url), path=url))
                ids[task.id] = None
        return tuple(ids)

    def hold(self, task_id: str) -> None:
        """Keep the task running, whatever its plans say."""
        self._find(task_id).held = True

    def release(self, task_id: str) -> None:
        """Let a held task go on as planned."""
        self._find(task_id).held = False

    def settle(self, task_id: str, status: str = "Complete", *, path: str = "", description: str = "") -> None:
        """Give all objects of the task, or the one of that path, this status from now on."""
        with self.lock:
            task = self._find(task_id)
            task.held = False
            task.plans = [
                ObjectPlan(plan.path, status, 0.0, description) if path in ("", plan.path) else plan
                for plan in task.plans
            ]

    def remove(self, task_id: str) -> None:
        """Let the task vanish: its id is as unknown as one never given out."""
        with self.lock:
            del self._tasks[self._find(task_id).service][task_id]

    def knows(self, product: str, task_id: str) -> bool:
        """Whether that id was given out, be it visible or not."""
        return task_id in self._tasks[service_of(product).name]

    def visible(
        self, product: str, now: Instant, invisible_seconds: Seconds, ids: Collection[str] = ()
    ) -> list[SubmittedTask]:
        """The tasks that a question can see (`ids`: of these), newest first: not too new, not older than 3 days."""
        with self.lock:
            of_product = self._tasks[service_of(product).name]
            tasks = [of_product[task_id] for task_id in ids if task_id in of_product] if ids else of_product.values()
            seen = [task for task in tasks if now - WINDOW <= task.created_at <= now - invisible_seconds]
        return sorted(seen, key=lambda task: task.created_at, reverse=True)

    def request_id(self) -> str:
        """A new RequestId, 8-4-4-4-12 in upper case."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4)).upper()

    def _find(self, task_id: str) -> SubmittedTask:
        with self.lock:
            for tasks in self._tasks.values():
                if task_id in tasks:
                    return tasks[task_id]
        raise KeyError(task_id)


def domain_of(url: str) -> str:
    """The host of a URL, with or without a scheme; empty when there is none."""
    return urlsplit(url if "://" in url else f"//{url}").hostname or ""


def by_words_in_url(after: Seconds) -> Callable[[str], ObjectPlan]:
    """Answer a `plan_for`: ``fail``, ``timeout``, ``cancel`` or ``hang`` in the URL decide; the rest completes."""
    words = {"fail": "Failed", "timeout": "Timeout", "cancel": "Canceled", "hang": NEVER}

    def plan(url: str) -> ObjectPlan:
        path = urlsplit(url).path
        return ObjectPlan(url, next((ends for word, ends in words.items() if word in path), "Complete"), after)

    return plan


def _state(plan: ObjectPlan, age: Seconds, *, held: bool) -> RowState:
    if plan.ends == NEVER:
        age = max(age, 0.0)
        return _running(age / (age + (plan.after or _NEVER_PACE)), plan.shape)
    if age < plan.after:
        return _running(max(age, 0.0) / plan.after, plan.shape)
    if held:
        return _running(0.99, plan.shape)
    return plan.end


def _running(share: float, shape: float) -> RowState:
    if share < _PENDING_SHARE:
        return RowState("Pending", 0.0)
    return RowState("Refreshing", min(share**shape * 100, 99.0))
