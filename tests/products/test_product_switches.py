"""What no document says for sure, in every position: what a look shows is right in each."""

from __future__ import annotations

import pytest

from refresh_watch.model import Product, Reason
from refresh_watch.observation import Answer
from refresh_watch_emulator.products.world import NEVER, ObjectPlan
from tests.products.polling import Polled, PolledAs, actions, counts, look_at, paths


@pytest.mark.parametrize(("limit", "total"), [(None, "full"), (20, "full"), (20, "cut"), (50, "cut"), (5, "full")])
def test_a_big_id_is_whole_whether_by_id_answers_are_cut_or_not(limit: int | None, total: str, by_id: Polled) -> None:
    by_id.switch(by_id_row_limit=limit, by_id_total=total)
    plans = [ObjectPlan(path) for path in paths(119)] + [ObjectPlan("http://example.com/last.txt", "Failed")]
    task_id = by_id.add(*plans)
    observed = by_id.sight(task_id)
    assert (counts(observed), observed.whole) == ((119, 1, 0), True)


def test_a_running_object_beyond_the_cut_keeps_the_task_open(by_id: Polled) -> None:
    by_id.switch(by_id_row_limit=20, by_id_total="cut")
    plans = [ObjectPlan(path) for path in paths(20)] + [ObjectPlan("http://example.com/last.txt", NEVER)]
    task_id = by_id.add(*plans)
    assert counts(by_id.sight(task_id)) == (20, 0, 1)


def test_an_id_that_a_cut_answer_hides_is_found_by_the_list(by_id: Polled) -> None:
    by_id.switch(by_id_row_limit=20, by_id_total="cut")
    big = by_id.add(*[ObjectPlan(path) for path in paths(30)])
    small = by_id.add()
    first, second = by_id.look(big, small).items
    assert (counts(first), first.whole) == ((30, 0, 0), True)
    assert (counts(second), second.whole) == ((1, 0, 0), True)


def test_a_task_that_still_runs_needs_no_second_question(by_id: Polled) -> None:
    plans = [ObjectPlan(path, NEVER) for path in paths(3)]
    ids = by_id.add_many(10, *plans)
    observation = by_id.look(*ids)
    assert [counts(observed) for observed in observation.items] == [(0, 0, 3)] * 10
    assert len(by_id.calls) == 1


@pytest.mark.parametrize("total", ["full", "cut"])
def test_failures_beyond_the_cut_are_seen_while_an_object_before_it_runs(total: str, by_id: Polled) -> None:
    by_id.switch(by_id_row_limit=20, by_id_total=total)
    first, *others = paths(130)
    plans = [ObjectPlan(first, NEVER)] + [
        ObjectPlan(p, "Failed" if i >= 99 else "Complete") for i, p in enumerate(others)
    ]
    task_id = by_id.add(*plans)
    observed = by_id.sight(task_id)
    assert (counts(observed), observed.whole) == ((99, 30, 1), True)


def test_an_id_that_is_cut_in_the_middle_is_read_whole_at_the_deadline(by_id: Polled) -> None:
    by_id.switch(by_id_row_limit=20, by_id_total="cut")
    plans = [ObjectPlan(f"http://example.com/{n}", NEVER if n < 10 else "Failed") for n in range(15)]
    ids = by_id.add_many(2, *plans)
    watch = by_id.watch(*ids, deadline=60.0)
    cut = look_at(by_id.api, watch, by_id.time).items
    assert [(counts(observed), observed.whole) for observed in cut] == [((0, 5, 10), False), ((0, 0, 5), False)]
    by_id.time.sleep(61.0)
    late = look_at(by_id.api, watch, by_id.time).items
    assert [(counts(observed), observed.whole) for observed in late] == [((0, 5, 10), True)] * 2


@pytest.mark.parametrize("form", ["list", "wrapped"])
@pytest.mark.parametrize("numeric", [False, True])
def test_by_id_answers_are_read_in_either_form(form: str, numeric: bool, by_id: Polled) -> None:
    by_id.switch(by_id_form=form, numeric_ids=numeric)
    task_id = by_id.add()
    assert counts(by_id.sight(task_id)) == (1, 0, 0)
    assert len(by_id.calls) == 1


@pytest.mark.parametrize("numeric", [False, True])
def test_ids_compare_as_strings(numeric: bool, polled: Polled) -> None:
    polled.switch(numeric_ids=numeric)
    task_id = polled.add()
    request = {"domain_name": "example.com", "object_type": "file"}  # asks the list
    observed = polled.sight(task_id, **request)
    assert (observed.task_ids, counts(observed)) == ((task_id,), (1, 0, 0))


@pytest.mark.parametrize("unknown", ["empty", "malformed"])
def test_an_unknown_id_is_told_apart_from_the_known_ones(unknown: str, polled: Polled) -> None:
    polled.switch(unknown_id=unknown)
    task_id = polled.add()
    known, lost = polled.look(task_id, "999999999999").items
    assert counts(known) == (1, 0, 0)
    if unknown == "empty":
        assert lost.answer is Answer.NOT_SEEN
    else:
        assert lost.refusal is not None
        assert lost.refusal.reason is Reason.MALFORMED_ID


@pytest.mark.parametrize("stale", [False, True])
def test_an_answer_that_is_one_question_stale_is_never_ahead_of_the_truth(stale: bool, polled: Polled) -> None:
    polled.switch(stale_answers=stale)
    task_id = polled.add()
    first, second = polled.sight(task_id), polled.sight(task_id)
    assert counts(first) == ((0, 0, 1) if stale else (1, 0, 0))
    assert counts(second) == (1, 0, 0)


def test_a_task_that_is_not_visible_yet_is_not_seen(polled: Polled) -> None:
    polled.switch(invisible_seconds=10.0)
    task_id = polled.add()
    assert polled.sight(task_id).answer is Answer.NOT_SEEN
    polled.time.sleep(11.0)
    assert counts(polled.sight(task_id)) == (1, 0, 0)


@pytest.mark.parametrize("own_words", [True, False])
def test_a_timeout_is_a_failure_under_either_word(own_words: bool, polled: Polled) -> None:
    polled.switch(timeout_and_canceled=own_words)
    plans = [ObjectPlan("http://example.com/a", "Timeout"), ObjectPlan("http://example.com/b", "Canceled")]
    task_id = polled.add(*plans)
    observed = polled.sight(task_id)
    assert counts(observed) == (0, 2, 0)
    assert [failure.status for failure in observed.failures] == (
        ["Timeout", "Canceled"] if own_words else ["Failed"] * 2
    )


@pytest.mark.parametrize(("form", "word"), [("percent", "100%"), ("plain", "100"), ("decimal", "100%"), ("int", "100")])
def test_process_is_read_in_every_form(form: str, word: str, cdn: Polled) -> None:
    cdn.switch(process_form=form)
    task_id = cdn.add()
    assert cdn.sight(task_id).progress == 100.0
    assert cdn.api.by_ids([task_id]).rows[0].process == word


def test_an_error_text_beside_complete_does_not_make_a_failure(polled: Polled) -> None:
    polled.switch(description_when_fine="error", description_form="joined", directory_word="path")
    task_id = polled.add()
    observed = polled.sight(task_id)
    assert (counts(observed), observed.failures) == ((1, 0, 0), ())


@pytest.mark.parametrize("known", ["known", "gone"])
@pytest.mark.parametrize("requires", [False, True])
def test_the_older_vod_action_ends_the_same_whether_it_is_known_or_gone(
    known: str, requires: bool, polled_as: PolledAs
) -> None:
    legacy = polled_as(Product.VOD_LEGACY)
    legacy.switch(legacy_action=known, legacy_requires_domain=requires)
    observation = legacy.look(*legacy.add_many(3))
    assert [counts(observed) for observed in observation.items] == [(1, 0, 0)] * 3
    assert len(observation.notes) == (known == "gone")
    asked = actions(legacy.stand_in)
    assert asked.count("DescribeRefreshTasks") == (1 if known == "gone" else len(asked))


@pytest.mark.parametrize("as_status", ["400", "429", "503"])
@pytest.mark.parametrize("told", [False, True])
def test_a_quota_that_others_use_up_too_only_delays(as_status: str, told: bool, vod: Polled) -> None:
    vod.switch(throttled_as=as_status, tell_retry_after=told)
    vod.stand_in.world.allowance._rates["vod.list"] = 2.0
    ids = vod.add_many(12)
    observation = vod.look(*ids)
    assert [counts(observed) for observed in observation.items] == [(1, 0, 0)] * 12
