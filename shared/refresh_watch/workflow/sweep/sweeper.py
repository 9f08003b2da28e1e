"""The sweep: finds tasks that failed in the account in the last hours and that no watch follows; reported once.

Its only memory is Function Compute's record: the guards of all watches, among them those that earlier sweeps started.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from refresh_watch.clock import Clock
from refresh_watch.credentials import Credentials
from refresh_watch.errors import BadInput, EngineError, NoSuchWatch
from refresh_watch.function_compute.tasks import Engine
from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import ObjectRow, Product
from refresh_watch.products.calling import ApiCaller
from refresh_watch.products.polling.window import Window
from refresh_watch.products.refusals import RefusedForGood
from refresh_watch.settings import Settings
from refresh_watch.triggers.read import Event
from refresh_watch.watch import Watch
from refresh_watch.workflow.hop import LOOK_SHARE, quota_of_instance
from refresh_watch.workflow.sweep.commit import carry_out, commit, note_unfinished, publish_rejection, publish_unable
from refresh_watch.workflow.sweep.request import COMMITTED, read_payload
from refresh_watch.workflow.sweep.unwatched import Unwatched, bound_to
from refresh_watch.workflow.task_history import recorded_watch

log = logging.getLogger("refresh_watch.sweep")

READ_SHARE = 0.85
"""Of the function's time-out: until then the record is read. The rest is for what is to be published."""

EARLIER: Seconds = 3600
"""A watch by path may be accepted so long before the task that it follows is submitted."""


class Sweeper:
    """One sweep: what it is given by the function, in one place."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        find_credentials: Callable[[], Credentials],
        clock: Clock,
        *,
        began: Instant,
        timeout: Seconds,
    ) -> None:
        """`began`, `timeout`: of the invocation."""
        self._settings = settings
        self._engine = engine
        self._find_credentials = find_credentials
        self._clock = clock
        self._look_until = began + LOOK_SHARE * timeout
        self._read_until = began + READ_SHARE * timeout

    def run(self, event: Event) -> str:
        """Carry out a timer's event, or what a sweep has handed on; answers in a few words what was found.

        What a product refuses is reported, and ends only that product's sweep. Raises EngineError and NoCredentials
        where no report can be sent: Function Compute then runs the event again, and its task reads Failed.
        """
        if COMMITTED in event.body:
            return carry_out(event.body[COMMITTED], settings=self._settings, engine=self._engine, clock=self._clock)
        payload = event.body["payload"]
        try:
            sweep = read_payload(payload)
        except BadInput as error:
            log.warning("rejected", extra={"problem": str(error)})
            if not event.awaited:
                publish_rejection(payload, str(error), engine=self._engine, now=self._clock.now())
            return str(error)
        window = sweep.window(self._clock.now())
        found = []
        for waiting, product in zip(range(len(sweep.products), 0, -1), sweep.products, strict=True):
            share = (self._look_until - self._clock.now()) / waiting
            found.append(self._failed(product, window, self._clock.now() + share))
        self._take_out_watched([unwatched for unwatched in found if unwatched.rows])
        return "; ".join(self._commit(unwatched) for unwatched in found)

    def _failed(self, product: Product, window: Window, until: Instant) -> Unwatched:
        from refresh_watch.products.connect import connect
        from refresh_watch.workflow.sweep.failed_rows import sweep

        api = connect(product, self._settings, self._find_credentials())
        caller = ApiCaller(api, quota_of_instance(self._settings), self._clock, until)
        try:
            swept = sweep(api, window, caller=caller)
        except (RefusedForGood, BadInput) as error:
            log.warning("refused", extra={"product": product.value, "problem": str(error)})
            publish_unable(product, str(error), engine=self._engine, now=self._clock.now())
            return Unwatched(product, ())
        unwatched = Unwatched(product, swept.failed)
        fields = {"rows": swept.rows, "calls": swept.calls, "failed_rows": len(swept.failed)}
        log.info("swept", extra={"product": product.value, **fields, "failed_tasks": len(unwatched.task_ids)})
        if swept.left_out:
            note_unfinished(product, swept.left_out, engine=self._engine, now=self._clock.now())
        return unwatched

    def _take_out_watched(self, found: list[Unwatched]) -> None:
        """Leave what no watch follows; nothing where that is not certain, since the next sweep sees it again."""
        if not found:
            return
        from refresh_watch.function_compute.transport import Transport
        from refresh_watch.workflow.sweep.watch_index import Unread, WatchIndex

        transport = Transport(self._settings, self._find_credentials(), self._clock)
        index = WatchIndex(transport, self._clock, self._read_until)
        created = [row.created_at or 0.0 for unwatched in found for row in unwatched.rows]
        read = 0
        try:
            for watch in index.watches(min(created) - EARLIER):
                read += 1
                for unwatched in found:
                    unwatched.take_out(_followed(watch, unwatched.named_by(watch), index.engine))
                if not any(unwatched.rows for unwatched in found):
                    break
        except (Unread, EngineError) as error:
            for unwatched in found:
                unwatched.take_out(unwatched.rows)
                note_unfinished(
                    unwatched.product, f"the record of watches: {error}", engine=self._engine, now=self._clock.now()
                )
        log.info("record read", extra={"watches": read, "calls": index.count})

    def _commit(self, unwatched: Unwatched) -> str:
        tasks = len(unwatched.task_ids)
        if not tasks:
            return f"{unwatched.product}: nothing to report"
        committed = commit(unwatched.product, unwatched.requests(), engine=self._engine, now=self._clock.now())
        done = "reported" if committed else "left to the next sweep: another has just reported"
        log.info(done, extra={"product": unwatched.product.value, "tasks": tasks})
        return f"{unwatched.product}: {tasks} failed and not watched, {done}"


def _followed(watch: Watch, rows: list[ObjectRow], record: Engine) -> list[ObjectRow]:
    if not rows or watch.request.task_ids:
        return rows
    try:
        return bound_to(recorded_watch(watch.id, record), rows)
    except (NoSuchWatch, BadInput):
        return rows  # its hops are not listed yet, or cannot be read: it may follow any of them
