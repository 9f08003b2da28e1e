"""What looks show of the pace, and whether answers lag one question: a task in its answers, second by second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from refresh_watch.model import Kind, Product, WatchRequest
from refresh_watch.observation import Answer, ItemObservation, Observation
from refresh_watch.watch import Pace, Watch, open_watch
from refresh_watch.watching.advance import LookAgain, Publish, Step, advance
from refresh_watch.watching.hop_payload import Hop, read_hop, write_hop
from refresh_watch.watching.schedule import first_look

ACCEPTED = 1_790_000_000.0
START = 0.3

Shown = tuple[str, float]


@dataclass(frozen=True)
class Ended:
    """How a watch of one task went: when each look was, and when the report came after the task had ended."""

    at: tuple[float, ...]
    lag: float
    watch: Watch


def watch_of(*ids: str, kind: Kind = Kind.REFRESH) -> Watch:
    return open_watch("refresh", WatchRequest(Product.CDN, task_ids=ids, kind=kind), ACCEPTED)


def running(item: str, progress: float | None, word: str = "Refreshing") -> ItemObservation:
    return ItemObservation(item, Answer.SEEN, True, running=1, status_word=word, progress=progress)


def look(watch: Watch, age: float, *shown: ItemObservation) -> Step:
    return advance(watch, Observation(shown, ACCEPTED + age, ACCEPTED + age, 1), ACCEPTED + age)


def moving(ends: float, shape: float = 1.0) -> Callable[[float], Shown]:
    """Pending for the first tenth, then progress in whole per cent."""

    def state(age: float) -> Shown:
        if age >= ends:
            return "Complete", 100.0
        share = age / ends
        return ("Pending", 0.0) if share < 0.1 else ("Refreshing", float(int(min(99.0, 100 * share**shape))))

    return state


def jumping(ends: float) -> Callable[[float], Shown]:
    """Refreshing, 0 %, until it is Complete, 100 %."""
    return lambda age: ("Complete", 100.0) if age >= ends else ("Pending" if age < ends / 10 else "Refreshing", 0.0)


def follow(state: Callable[[float], Shown], ends: float, *, stale: bool = False) -> Ended:
    watch = watch_of("1")
    age, shown, at = first_look(watch, ACCEPTED), ("Pending", 0.0), []
    while True:
        age += START
        at.append(age)
        truth = state(age)
        word, progress = shown if stale else truth
        shown = truth
        done = word == "Complete"
        observed = replace(running("1", progress, word), complete=int(done), running=int(not done), kind=Kind.REFRESH)
        step = look(watch, age, observed)
        watch = step.watch
        (effect,) = step.effects
        if isinstance(effect, Publish):
            return Ended(tuple(at), age - ends, watch)
        assert isinstance(effect, LookAgain)
        age += effect.after


@pytest.mark.parametrize("shape", [0.7, 1.0, 1.4])
@pytest.mark.parametrize("stale", [False, True], ids=["fresh", "stale"])
@pytest.mark.parametrize("ends", [120.0, 290.0, 337.0, 460.0])
def test_progress_that_moves_saves_looks_and_brings_the_end_sooner(ends: float, stale: bool, shape: float) -> None:
    informed = follow(moving(ends, shape), ends, stale=stale)
    blind = follow(jumping(ends), ends, stale=stale)
    assert informed.lag < 15
    if ends > 300:
        assert len(informed.at) < len(blind.at)


def test_progress_that_jumps_from_nothing_to_all_is_not_taken_for_a_pace() -> None:
    ended = follow(jumping(330), 330)
    assert ended.watch.pace.points == ()
    assert ended.lag < 20


def test_a_task_that_was_pending_at_first_and_moved_seconds_later_shows_that_answers_lag() -> None:
    assert follow(jumping(330), 330, stale=True).watch.pace.lags is True
    assert follow(moving(330), 330, stale=True).watch.pace.lags is True


def test_a_task_whose_answers_are_fresh_is_not_looked_at_in_pairs() -> None:
    ended = follow(moving(330), 330)
    assert ended.watch.pace.lags is False
    assert follow(jumping(330), 330).watch.pace.lags is None


def test_a_task_that_waits_in_a_queue_is_looked_at_twice_once_and_no_more() -> None:
    def queued(age: float) -> Shown:
        return ("Complete", 100.0) if age >= 330 else ("Pending", 0.0)

    ended = follow(queued, 330)
    pairs = [later - earlier for earlier, later in zip(ended.at, ended.at[1:], strict=False) if later - earlier < 4]
    assert len(pairs) == 1


def test_a_pace_that_stalls_gives_way_to_the_schedule() -> None:
    def stalls(age: float) -> Shown:
        return ("Complete", 100.0) if age >= 900 else ("Refreshing", float(int(min(60.0, age / 5))))

    ended = follow(stalls, 900)
    assert ended.lag < 60
    assert len(ended.at) < 60


def test_of_several_items_the_slowest_sets_the_pace() -> None:
    watch = replace(watch_of("1", "2"), pace=Pace(looked_at=50, gap=50, progress=20, points=((50, 20.0),), lags=False))
    step = look(watch, 100, running("1", 90.0), running("2", 40.0))
    assert step.watch.pace.points == ((50, 20.0), (100, 40.0))


def test_a_look_that_did_not_show_every_item_tells_nothing_of_the_pace() -> None:
    step = look(watch_of("1", "2"), 100, running("1", 50.0), ItemObservation("2", Answer.NO_ANSWER))
    assert step.watch.pace == Pace()


def test_an_item_that_is_never_seen_does_not_stop_the_pace_of_the_others() -> None:
    watch = replace(watch_of("1", "2"), pace=Pace(lags=False))
    for age, progress in ((50.0, 20.0), (100.0, 40.0)):
        watch = look(watch, age, running("1", progress), ItemObservation("2", Answer.NOT_SEEN)).watch
    assert watch.pace.points == ((50, 20.0), (100, 40.0))
    after = look(watch, 120, ItemObservation("1", Answer.NOT_SEEN), ItemObservation("2", Answer.NOT_SEEN)).watch
    assert after.pace == replace(watch.pace, again=False)


@given(
    steps=st.lists(
        st.tuples(
            st.one_of(st.floats(-2, 200), st.sampled_from([0.0, 0.04, 3.0])),
            st.sampled_from(["Pending", "Refreshing", "Odd"]),
            st.one_of(st.none(), st.floats(0, 100), st.sampled_from([0.0, 0.004, 3.0, 50.0, 99.996, 100.0])),
        ),
        min_size=1,
        max_size=8,
    ),
    kind=st.sampled_from(Kind),
)
@example(
    steps=[
        (20.0, "Pending", None),
        (3.0, "Refreshing", None),
        (9.0, "Refreshing", 3.0),
        (3.0, "Refreshing", 3.0),
        (9.0, "Refreshing", 0.004),
        (3.0, "Refreshing", 0.004),
        (9.0, "Refreshing", 3.5),
        (3.0, "Refreshing", 3.5),
    ],
    kind=Kind.REFRESH,
)
def test_there_is_a_next_look_after_each_hop_for_any_progress(
    steps: list[tuple[float, str, float | None]], kind: Kind
) -> None:
    """Each look's pace goes through the payload of a hop, which rounds it."""
    watch, age = watch_of("1", kind=kind), 0.0
    for later, word, progress in steps:
        age += later
        step = look(watch, age, running("1", progress, word))
        (effect,) = step.effects
        assert isinstance(effect, LookAgain)
        assert 0 < effect.after < 3600
        watch = read_hop(write_hop(Hop(step.watch, 1))).watch


def test_progress_that_stands_still_just_before_its_end_is_not_asked_about_every_other_second() -> None:
    def nearly(age: float) -> Shown:
        return ("Complete", 100.0) if age >= 420 else ("Refreshing", float(int(min(97.0, age / 3))))

    ended = follow(nearly, 420)
    assert ended.lag < 30
    assert len([at for at in ended.at if 291 < at < 420]) <= 20
