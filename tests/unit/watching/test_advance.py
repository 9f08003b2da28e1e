"""The core: what a look makes of a watch. Instants are seconds after an arbitrary acceptance."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refresh_watch.model import FailedObject, Kind, Note, Outcome, Product, Reason, Refusal, WatchRequest
from refresh_watch.observation import Answer, ItemObservation, Observation
from refresh_watch.report import ReportKind
from refresh_watch.watch import Watch, open_watch
from refresh_watch.watching.advance import (
    APPEARS_WITHIN,
    NO_ANSWER_GRACE,
    THROTTLED_GRACE,
    LookAgain,
    Publish,
    Step,
    advance,
    stop_watch,
)
from refresh_watch.watching.reporting import final_report
from refresh_watch.watching.schedule import CONFIRM_AFTER, QUERY_WINDOW

ACCEPTED = 1_790_000_000.0
MALFORMED = Refusal(Reason.MALFORMED_ID, "InvalidTaskId.Malformed", "Specified TaskId is malformed.")
NO_PERMISSION = Refusal(Reason.NO_PERMISSION, "Forbidden.RAM", "not authorized", "cdn:DescribeRefreshTaskById")


def watch_of(*ids: str, **request: object) -> Watch:
    given_request = WatchRequest(Product.CDN, task_ids=ids, **request)  # type: ignore[arg-type]
    return open_watch("refresh", given_request, ACCEPTED)


def seen(item: str, complete: int = 0, failed: int = 0, running: int = 0, *, whole: bool = True) -> ItemObservation:
    failures = tuple(FailedObject(f"http://example.com/{item}/{i}", "Failed", "OriginTimeout") for i in range(failed))
    word = "Refreshing" if running else "Failed" if failed else "Complete"
    return ItemObservation(item, Answer.SEEN, whole, complete, failed, running, failures, word, kind=Kind.REFRESH)


def look(watch: Watch, *observations: ItemObservation, after: float) -> Step:
    now = ACCEPTED + after
    return advance(watch, Observation(observations, started_at=now, ended_at=now, api_calls=1), now)


def reports(step: Step) -> list[ReportKind]:
    return [effect.report.kind for effect in step.effects if isinstance(effect, Publish)]


def test_a_task_is_complete_only_when_every_object_is() -> None:
    watch = watch_of("1")
    step = look(watch, seen("1", complete=2, running=1), after=15)
    assert step.watch.open_items
    assert reports(step) == []
    step = look(step.watch, seen("1", complete=3), after=45)
    assert step.watch.items[0].outcome is Outcome.COMPLETE
    assert reports(step) == [ReportKind.FINAL]
    assert not any(isinstance(effect, LookAgain) for effect in step.effects)


NOT_SEEN = ItemObservation("1", Answer.NOT_SEEN)
CALLED_MALFORMED = ItemObservation("1", Answer.REFUSED, refusal=MALFORMED)
UNANSWERED = ItemObservation("1", Answer.NO_ANSWER, problem="HTTP 503")
THROTTLED = ItemObservation("1", Answer.NO_ANSWER, problem="Throttling", throttled=True)
RUNNING, DONE = seen("1", running=1), seen("1", complete=1)

# the looks at a task whose deadline is 60 s after acceptance, and how it ends: None is still open
STORIES = {
    "rows that were not all read settle nothing": ([(15, seen("1", complete=100, whole=False))], None, None),
    "an empty answer is not an end": ([(59, NOT_SEEN)], None, None),
    "a late look that sees the end wins over the clock": ([(60, RUNNING), (3000, DONE)], Outcome.COMPLETE, None),
    "seen, then gone": ([(15, RUNNING), (60, NOT_SEEN), (65, NOT_SEEN)], Outcome.OVERDUE, None),
    "never seen": ([(15, NOT_SEEN), (60, NOT_SEEN), (65, NOT_SEEN)], Outcome.UNVERIFIABLE, Reason.NEVER_SEEN),
    "not seen for three days": ([(QUERY_WINDOW + 1, NOT_SEEN)], Outcome.UNVERIFIABLE, Reason.TOO_OLD),
    "an id may be new": ([(APPEARS_WITHIN - 1, CALLED_MALFORMED)], None, None),
    "a new id": ([(APPEARS_WITHIN - 1, CALLED_MALFORMED), (APPEARS_WITHIN, DONE)], Outcome.COMPLETE, None),
    "a malformed id": ([(APPEARS_WITHIN, CALLED_MALFORMED)], Outcome.UNVERIFIABLE, Reason.MALFORMED_ID),
    "no answer is waited for": ([(59 + NO_ANSWER_GRACE, UNANSWERED)], None, None),
    "no answer at all": ([(60 + NO_ANSWER_GRACE, UNANSWERED)], Outcome.UNVERIFIABLE, Reason.NO_ANSWER),
    "throttled for long": ([(59 + THROTTLED_GRACE, THROTTLED)], None, None),
    "throttled, then complete": ([(59, THROTTLED), (60 + THROTTLED_GRACE, DONE)], Outcome.COMPLETE, None),
    "throttled to the end": ([(60 + THROTTLED_GRACE, THROTTLED)], Outcome.UNVERIFIABLE, Reason.NO_ANSWER),
}


@pytest.mark.parametrize("name", STORIES)
def test_a_task_ends_as_its_looks_show(name: str) -> None:
    looks, outcome, reason = STORIES[name]
    watch = watch_of("1", deadline=60.0)
    for after, observed in looks:
        assert watch.open_items, "only the last look ends it"
        step = look(watch, observed, after=after)
        watch = step.watch
    item = watch.items[0]
    assert (item.outcome, item.reason) == (outcome, reason)
    assert reports(step) == ([ReportKind.FINAL] if outcome else [])
    assert item.status_word == "Refreshing" or outcome is not Outcome.OVERDUE, "the last status of what is gone"


def test_the_first_failure_is_published_at_once_and_once() -> None:
    step = look(watch_of("1", "2"), seen("1", complete=1, failed=1), seen("2", running=1), after=15)
    assert reports(step) == [ReportKind.INTERIM]
    step = look(step.watch, seen("2", running=2, failed=1), after=45)
    assert reports(step) == []
    step = look(step.watch, seen("2", complete=3), after=90)
    assert reports(step) == [ReportKind.FINAL]


def test_a_failure_that_settles_the_watch_is_only_in_the_final() -> None:
    step = look(watch_of("1"), seen("1", failed=1), after=15)
    assert reports(step) == [ReportKind.FINAL]
    assert final_report(step.watch, ACCEPTED + 15).outcome is Outcome.FAILED


def test_reports_come_before_the_successor() -> None:
    step = look(watch_of("1", "2"), seen("1", failed=1), seen("2", running=1), after=15)
    assert isinstance(step.effects[0], Publish)
    assert isinstance(step.effects[-1], LookAgain)


def test_a_settled_verdict_is_never_changed_by_a_later_answer() -> None:
    step = look(watch_of("1", "2"), seen("1", complete=1), seen("2", running=1), after=15)
    step = look(step.watch, seen("1", failed=1), seen("2", running=1), after=45)
    assert step.watch.items[0].outcome is Outcome.COMPLETE
    assert step.watch.items[0].failed == 0


def test_overdue_needs_two_late_answers_some_seconds_apart() -> None:
    watch = watch_of("1", deadline=60.0)
    step = look(watch, seen("1", running=1), after=59)
    assert step.effects == (LookAgain(1.0),), "the last look is pulled onto the deadline"
    step = look(step.watch, seen("1", running=1), after=60)
    assert step.watch.open_items
    assert step.effects == (LookAgain(CONFIRM_AFTER),)
    step = look(step.watch, seen("1", running=1), after=60 + CONFIRM_AFTER)
    assert step.watch.items[0].outcome is Outcome.OVERDUE


def test_a_refusal_for_good_ends_the_watch_at_once() -> None:
    observations = [ItemObservation(item, Answer.REFUSED, refusal=NO_PERMISSION) for item in ("1", "2")]
    step = look(watch_of("1", "2"), *observations, after=0)
    report = step.effects[0].report  # type: ignore[union-attr]
    assert report.outcome is Outcome.UNVERIFIABLE
    assert report.refusal == NO_PERMISSION


def test_a_refusal_leaves_what_is_settled_as_it_is() -> None:
    step = look(watch_of("1", "2"), seen("1", complete=2), seen("2", complete=1, running=1), after=15)
    step = look(step.watch, ItemObservation("2", Answer.REFUSED, refusal=NO_PERMISSION), after=45)
    report = step.effects[0].report  # type: ignore[union-attr]
    assert report.outcome is Outcome.UNVERIFIABLE
    assert (report.counts.complete, report.counts.unverifiable) == (3, 1)


def test_items_that_were_not_reached_come_first_and_at_once() -> None:
    watch = watch_of("1", "2", "3")
    two, three = ItemObservation("2", Answer.NOT_REACHED), ItemObservation("3", Answer.NOT_REACHED)
    step = look(watch, RUNNING, two, three, after=15)
    assert [item.item for item in step.watch.turn] == ["2", "3", "1"]
    assert step.effects == (LookAgain(0.0),)


def test_a_watch_that_does_not_fit_into_a_look_pauses_after_each_round() -> None:
    watch = replace(watch_of("1", "2", "3"), next_item=2)
    step = look(watch, seen("3", running=1), seen("1", running=1), ItemObservation("2", Answer.NOT_REACHED), after=15)
    assert [item.item for item in step.watch.turn] == ["2", "3", "1"]
    (effect,) = step.effects
    assert isinstance(effect, LookAgain)
    assert effect.after > 5


def test_a_look_without_any_answer_waits_for_the_schedule() -> None:
    watch = watch_of("1", "2", schedule="0,15,45;15")
    step = look(watch, ItemObservation("1", Answer.NO_ANSWER), ItemObservation("2", Answer.NOT_REACHED), after=15)
    assert step.effects == (LookAgain(30.0),)


def test_the_first_row_gives_the_kind_and_with_it_the_deadline() -> None:
    prefetched = replace(seen("1", running=1), kind=Kind.PREFETCH)
    step = look(watch_of("1"), prefetched, after=15)
    assert step.watch.kind is Kind.PREFETCH
    step = look(step.watch, prefetched, after=30 * 60 + 1)
    step = look(step.watch, prefetched, after=30 * 60 + 60)
    assert step.watch.open_items, "a prefetch has two hours"


def test_a_stopped_watch_says_by_whom() -> None:
    step = look(watch_of("1", "2"), seen("1", complete=1), seen("2", running=1), after=15)
    report = final_report(stop_watch(step.watch, ACCEPTED + 20, "the release engineer"), ACCEPTED + 20)
    assert report.outcome is Outcome.UNVERIFIABLE
    assert report.refusal is not None
    assert "the release engineer" in report.refusal.message
    assert report.notes == (Note("stopped_by", (("who", "the release engineer"),)),)


@pytest.mark.parametrize("submitted_at", [None, ACCEPTED - 30.0])
def test_a_report_says_whether_the_time_of_submission_is_known(submitted_at: float | None) -> None:
    step = look(watch_of("1", submitted_at=submitted_at), seen("1", complete=1), after=15)
    report = final_report(step.watch, ACCEPTED + 15)
    assert report.submission_unknown is (submitted_at is None)
    assert report.submitted_at == (submitted_at or ACCEPTED)


def test_counts_are_of_objects_and_a_task_that_never_showed_one_counts_as_one() -> None:
    watch = watch_of("1", "2", "3", deadline=60.0)
    for after in (60, 65):
        two, three = seen("2", complete=1, running=4), ItemObservation("3", Answer.NOT_SEEN)
        step = look(watch, seen("1", complete=3, failed=1), two, three, after=after)
        watch = step.watch
    report = step.effects[-1].report  # type: ignore[union-attr]
    counts = report.counts
    assert (counts.complete, counts.failed, counts.overdue, counts.unverifiable) == (4, 1, 4, 1)
    assert report.outcome is Outcome.PARTLY_FAILED
    assert {task.item: task.outcome for task in report.tasks} == {
        "1": Outcome.PARTLY_FAILED,
        "2": Outcome.OVERDUE,
        "3": Outcome.UNVERIFIABLE,
    }


answers = st.sampled_from(
    [
        lambda item: seen(item, complete=2),
        lambda item: seen(item, complete=1, failed=1),
        lambda item: seen(item, complete=1, running=1),
        lambda item: seen(item, complete=1, whole=False),
        lambda item: ItemObservation(item, Answer.NOT_SEEN),
        lambda item: ItemObservation(item, Answer.NO_ANSWER, problem="HTTP 503"),
        lambda item: ItemObservation(item, Answer.NO_ANSWER, problem="Throttling", throttled=True),
        lambda item: ItemObservation(item, Answer.NOT_REACHED),
        lambda item: ItemObservation(item, Answer.REFUSED, refusal=MALFORMED),
    ]
)


@given(st.lists(st.lists(answers, min_size=3, max_size=3), min_size=1, max_size=40))
def test_verdicts_only_move_forward_and_the_watch_ends(plan: list[list[object]]) -> None:
    watch = watch_of("1", "2", "3")
    now, published = ACCEPTED, []
    for n in range(3000):
        makers = plan[min(n, len(plan) - 1)]
        observations = tuple(make(item.item) for make, item in zip(makers, watch.items, strict=True))  # type: ignore[operator]
        step = advance(watch, Observation(observations, now, now, 3), now)
        for before, after in zip(watch.items, step.watch.items, strict=True):
            assert before.is_open or before == after
        published += reports(step)
        watch = step.watch
        again = [effect for effect in step.effects if isinstance(effect, LookAgain)]
        if not again:
            break
        now += max(1.0, again[0].after)
    assert published.count(ReportKind.FINAL) == 1
    assert published.count(ReportKind.INTERIM) <= 1
    for item in watch.items:
        # complete only ever follows a whole reading in which everything was complete
        assert item.outcome is not Outcome.COMPLETE or (item.complete, item.failed, item.running) == (2, 0, 0)


def test_a_reading_that_is_not_whole_takes_nothing_back() -> None:
    step = look(watch_of("1", deadline=60.0), seen("1", complete=99, failed=30, running=1), after=15)
    step = look(step.watch, seen("1", complete=20, whole=False), after=45)
    item = step.watch.items[0]
    assert (item.complete, item.failed, item.running, item.status_word) == (99, 30, 1, "Refreshing")
    for after in (60, 65):
        step = look(step.watch, seen("1", complete=19, running=1, whole=False), after=after)
    report = step.effects[-1].report  # type: ignore[union-attr]
    assert report.outcome is Outcome.PARTLY_FAILED
    assert (report.counts.complete, report.counts.failed, report.counts.overdue) == (99, 30, 1)


def test_a_reading_that_is_not_whole_still_adds_what_is_new() -> None:
    step = look(watch_of("1"), seen("1", complete=2, running=98), after=15)
    step = look(step.watch, seen("1", complete=15, failed=5, whole=False), after=45)
    item = step.watch.items[0]
    assert (item.complete, item.failed, item.running) == (15, 5, 80)
    assert reports(step) == [ReportKind.INTERIM]
    step = look(step.watch, seen("1", complete=97, failed=5), after=90)
    item = step.watch.items[0]
    assert (item.outcome, item.complete, item.failed) == (Outcome.PARTLY_FAILED, 97, 5)


def test_a_partial_reading_keeps_the_failed_urls_that_are_known() -> None:
    step = look(watch_of("1"), seen("1", complete=1, failed=3, running=1), after=15)
    step = look(step.watch, seen("1", complete=1, running=1, whole=False), after=45)
    assert len(step.watch.samples) == 3
    step = look(step.watch, seen("1", complete=5), after=90)
    assert step.watch.samples == ()
