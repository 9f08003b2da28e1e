"""The probe's steps about a product's API. They spend one URL of the refresh quota, so they are asked for by a URL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from refresh_watch.credentials import Credentials
from refresh_watch.errors import RefreshWatchError, Retryable
from refresh_watch.instants import Instant, Seconds, format_duration
from refresh_watch.model import Kind, ListQuery, ObjectRow, Page, Product, Reason
from refresh_watch.product_specs.registry import spec_of
from refresh_watch.products.api import ProductApi
from refresh_watch.products.connect import connect
from refresh_watch.products.refusals import RefusedForGood
from refresh_watch.settings import Settings
from refresh_watch_cli.doctor.probe.run import Probing, Same
from refresh_watch_cli.printing import note
from refresh_watch_cli.submitting import submit

_UNKNOWN_ID = "999999999999"
_INVISIBLE: Seconds = 60
_HOUR: Seconds = 3600


def submit_refresh(product: Product, url: str, settings: Settings, credentials: Credentials) -> str:
    """Submit a refresh of one URL; answers the task's id. Raises Retryable and RefusedForGood."""
    spec = spec_of(product)
    endpoint = settings.endpoint_of(product) or f"https://{spec.host}"
    _, answer = submit(spec, Kind.REFRESH, [url], credentials, endpoint)
    ids = (str(value) for key, value in answer.items() if spec.kind_of_answer(key) is not None)
    task_id = next(ids, "").partition(",")[0]
    if not task_id.isdecimal():
        raise Retryable("the answer to the submission has no task id")
    return task_id


@dataclass
class Refresh:
    run: Probing
    api: ProductApi
    task_id: str
    submitted_at: Instant

    def by_id(self) -> Page:
        """By the operation that takes ids, or, where there is none, by the list."""
        return self.api.by_ids([self.task_id]) if self.api.spec.ids_per_call else self.by_list()

    def by_list(self) -> Page:
        return self.api.list_page(ListQuery(task_id=self.task_id))

    def by_time(self, start: Seconds, end: Seconds) -> Page:
        """By the list operation's time range, in seconds from the submission."""
        size = self.api.spec.list.page_size
        query = ListQuery(start_time=self.submitted_at + start, end_time=self.submitted_at + end, page_size=size)
        return self.api.list_page(query)

    def row(self, page: Page) -> ObjectRow | None:
        return next((row for row in page.rows if row.task_id == self.task_id), None)


def refresh(
    run: Probing, url: str, product: Product, settings: Settings, credentials: Credentials, *, quick: bool
) -> None:
    """Submit a refresh of `url` and follow it. What the API refuses leaves a gap in the table."""
    note(f"submitting a refresh of one URL to {product}; it spends one URL of your quota")
    try:
        api = connect(product, settings, credentials)
        task_id = submit_refresh(product, url, settings, credentials)
        found = Refresh(run, api, task_id, run.clock.now())
        _unknown_id(found)
        seen = _visible(found)
        if seen is not None:
            _time_filter(found)
            if not quick:
                _follow(found, seen)
    except RefreshWatchError as error:
        run.unseen(f"{product} refresh", str(error))


def _visible(found: Refresh) -> ObjectRow | None:
    """Ask by id and by list until both have shown it; answers what the last answer by id showed."""
    ways: dict[str, Callable[[], Page]] = {"list": found.by_list}
    if found.api.spec.ids_per_call:
        ways = {"id": found.by_id, **ways}
    first: dict[str, ObjectRow] = {}
    last: ObjectRow | None = None
    rounds = 0
    until = found.submitted_at + _INVISIBLE
    while len(first) < len(ways) and found.run.clock.now() < until:
        if rounds:
            found.run.clock.sleep(min(1.0, found.run.delay / 4))
        rounds += 1
        for way, ask in ways.items():
            last = (row := found.row(_answer(ask))) or last
            if row is None or way in first:
                continue
            first[way] = row
            after = found.run.clock.now() - found.submitted_at
            when = "at once" if rounds == 1 else "not at once: seen"
            seen = f"{when} {after:.1f} s after it was submitted, {_state(row)}"
            found.run.compare(f"invisible_seconds, by {way}", seen, "seen at once", rounds == 1)
    for way in ways:
        if way not in first:
            why = f"not seen within {_INVISIBLE:.0f} s"
            found.run.found(f"invisible_seconds, by {way}", why, "seen at once", Same.OTHER)
    return last


def _time_filter(found: Refresh) -> None:
    inside, outside = found.row(found.by_time(-60, 60)), found.row(found.by_time(-2 * _HOUR, -_HOUR))
    if outside is not None:
        found.run.found("time_filter", "no: a range of an hour ago shows the new task", "yes", Same.OTHER)
    elif inside is None:
        found.run.unseen("time_filter", "a range around the submission does not show the task (yet)", "yes")
    else:
        found.run.found("time_filter", "yes", "yes", Same.YES)


def _unknown_id(found: Refresh) -> None:
    if not found.api.spec.ids_per_call:
        return
    try:
        rows = found.api.by_ids([_UNKNOWN_ID]).rows
    except RefreshWatchError as error:
        found.run.found("unknown_id", str(error), "an empty answer", Same.OTHER)
    else:
        seen = f"{len(rows)} rows" if rows else "an empty answer"
        found.run.compare("unknown_id", seen, "an empty answer", not rows, Same.NO)


def _follow(found: Refresh, before: ObjectRow) -> None:
    """Ask in pairs with a pause before each: a stale first answer shows less than the second, a fresh one as much."""
    run = found.run
    pause = 3.0 * run.delay
    note(f"following it to its end with pauses of {format_duration(pause)}, at most {format_duration(run.patience)}")
    until = run.clock.now() + run.patience
    stale: bool | None = None
    seen, forms = "", {before.process}
    while not before.status.is_final and run.clock.now() + pause < until:
        run.clock.sleep(pause)
        pair = []
        for _ in range(2):
            pair.append(found.row(_answer(found.by_id)) or before)
            run.clock.sleep(run.pause)
        first, second = pair
        forms |= {first.process, second.process}
        jumps = _height(first) - _height(before), _height(second) - _height(first)
        if stale is None and max(jumps) > 0:
            stale = jumps[1] > jumps[0]
            seen = f"before a pause {_state(before)}; after it {_state(first)}, then {_state(second)}"
        before = second
    if stale is None:
        run.unseen("stale_answers", "it did not move between two answers", "no")
    else:
        run.compare("stale_answers", f"{'yes' if stale else 'no'}: {seen}", "no", not stale)
    took, state = run.clock.now() - found.submitted_at, _state(before)
    ended = f"{state}, within {took:.0f} s" if before.status.is_final else f"still {state} after {took:.0f} s"
    run.found("how it ended", ended)
    texts = sorted(repr(form) for form in forms if form)
    run.found("process_form", ", ".join(texts[:6]) or "absent", "such as '100%'")


def _answer(ask: Callable[[], Page]) -> Page:
    """An answer, or an empty one where there was none this time, or the id was refused as unknown."""
    try:
        return ask()
    except Retryable:
        return Page((), 0)
    except RefusedForGood as error:
        if error.refusal.reason is not Reason.MALFORMED_ID:
            raise
        return Page((), 0)


def _height(row: ObjectRow) -> float:
    """How far a row says that it is; Pending before 0 %, an end above 100 %."""
    if row.status.is_final:
        return 101.0
    return -1.0 if row.status_word == "Pending" else row.progress or 0.0


def _state(row: ObjectRow) -> str:
    return f"{row.status_word} {row.process}".strip()
