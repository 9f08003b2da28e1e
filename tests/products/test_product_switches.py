"""What nobody outside Alibaba Cloud knows for sure, in every position: the sighting is right in each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from refresh_watch.model import Product, Reason
from refresh_watch.observation import Answer
from refresh_watch.products.api import ProductApi
from refresh_watch_emulator.products.faults import Fault
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import NEVER, ObjectPlan
from tests.all_products import WITH_BY_ID
from tests.hand_clock import HandClock
from tests.products.polling import EVERY_PRODUCT, actions, counts, look_at, paths, sight, watch_of

ApiOf = Callable[[Product], ProductApi]


@pytest.mark.parametrize("product", WITH_BY_ID)
@pytest.mark.parametrize(("limit", "total"), [(None, "full"), (20, "full"), (20, "cut"), (50, "cut"), (5, "full")])
def test_a_big_id_is_whole_whether_by_id_answers_are_cut_or_not(
    product: Product, limit: int | None, total: str, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    stand_in.switches = Switches(by_id_row_limit=limit, by_id_total=total)  # type: ignore[arg-type]
    plans = [ObjectPlan(path) for path in paths(119)] + [ObjectPlan("http://example.com/last.txt", "Failed")]
    task_id = stand_in.world.add_task(product.value, objects=plans, created_at=time.now())
    observed = sight(api_of(product), time, task_id)
    assert (counts(observed), observed.whole) == ((119, 1, 0), True)


@pytest.mark.parametrize("product", WITH_BY_ID)
def test_a_running_object_beyond_the_cut_keeps_the_task_open(
    product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    stand_in.switches = Switches(by_id_row_limit=20, by_id_total="cut")
    plans = [ObjectPlan(path) for path in paths(20)] + [ObjectPlan("http://example.com/last.txt", NEVER)]
    task_id = stand_in.world.add_task(product.value, objects=plans, created_at=time.now())
    assert counts(sight(api_of(product), time, task_id)) == (20, 0, 1)


@pytest.mark.parametrize("product", WITH_BY_ID)
def test_an_id_that_a_cut_answer_hides_is_found_by_the_list(
    product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    stand_in.switches = Switches(by_id_row_limit=20, by_id_total="cut")
    big = stand_in.world.add_task(
        product.value, objects=[ObjectPlan(path) for path in paths(30)], created_at=time.now()
    )
    small = stand_in.world.add_task(product.value, created_at=time.now())
    first, second = look_at(api_of(product), watch_of(product, big, small), time).items
    assert (counts(first), first.whole) == ((30, 0, 0), True)
    assert (counts(second), second.whole) == ((1, 0, 0), True)


@pytest.mark.parametrize("product", WITH_BY_ID)
def test_a_task_that_still_runs_needs_no_second_question(
    product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    plans = [ObjectPlan(path, NEVER) for path in paths(3)]
    ids = [stand_in.world.add_task(product.value, objects=plans, created_at=time.now()) for _ in range(10)]
    observation = look_at(api_of(product), watch_of(product, *ids), time)
    assert [counts(observed) for observed in observation.items] == [(0, 0, 3)] * 10
    assert len(stand_in.calls) == 1


@pytest.mark.parametrize("product", WITH_BY_ID)
@pytest.mark.parametrize("total", ["full", "cut"])
def test_failures_beyond_the_cut_are_seen_while_an_object_before_it_runs(
    product: Product, total: str, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    stand_in.switches = Switches(by_id_row_limit=20, by_id_total=total)  # type: ignore[arg-type]
    first, *others = paths(130)
    plans = [ObjectPlan(first, NEVER)] + [
        ObjectPlan(p, "Failed" if i >= 99 else "Complete") for i, p in enumerate(others)
    ]
    task_id = stand_in.world.add_task(product.value, objects=plans, created_at=time.now())
    observed = sight(api_of(product), time, task_id)
    assert (counts(observed), observed.whole) == ((99, 30, 1), True)


@pytest.mark.parametrize("product", WITH_BY_ID)
def test_an_id_that_is_cut_in_the_middle_is_read_whole_at_the_deadline(
    product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    stand_in.switches = Switches(by_id_row_limit=20, by_id_total="cut")
    plans = [ObjectPlan(f"http://example.com/{n}", NEVER if n < 10 else "Failed") for n in range(15)]
    ids = [stand_in.world.add_task(product.value, objects=plans, created_at=time.now()) for _ in range(2)]
    watch = watch_of(product, *ids, deadline=60.0)
    cut = look_at(api_of(product), watch, time).items
    assert [(counts(observed), observed.whole) for observed in cut] == [((0, 5, 10), False), ((0, 0, 5), False)]
    time.sleep(61.0)
    late = look_at(api_of(product), watch, time).items
    assert [(counts(observed), observed.whole) for observed in late] == [((0, 5, 10), True)] * 2


@pytest.mark.parametrize("product", WITH_BY_ID)
def test_a_list_that_knows_less_of_a_running_task_takes_nothing_back(
    product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    plans = [ObjectPlan(path, NEVER) for path in paths(30)]
    task_id = stand_in.world.add_task(product.value, objects=plans, created_at=time.now())
    list_action = "DescribeRefreshTasks" if product is Product.CDN else "DescribeDcdnRefreshTasks"

    def without_rows(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "Tasks": {key: [] for key in body["Tasks"]}, "TotalCount": 0}

    stand_in.faults.add(Fault("no rows", mangle=without_rows), action=list_action)
    observed = sight(api_of(product), time, task_id)
    assert (observed.answer, counts(observed), observed.whole) == (Answer.SEEN, (0, 0, 30), False)


@pytest.mark.parametrize("form", ["list", "wrapped"])
@pytest.mark.parametrize("numeric", [False, True])
@pytest.mark.parametrize("product", WITH_BY_ID)
def test_by_id_answers_are_read_in_either_form(
    product: Product, form: str, numeric: bool, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    stand_in.switches = Switches(by_id_form=form, numeric_ids=numeric)  # type: ignore[arg-type]
    task_id = stand_in.world.add_task(product.value, created_at=time.now())
    assert counts(sight(api_of(product), time, task_id)) == (1, 0, 0)
    assert len(stand_in.calls) == 1


@pytest.mark.parametrize("product", EVERY_PRODUCT)
@pytest.mark.parametrize("numeric", [False, True])
def test_ids_compare_as_strings(
    product: Product, numeric: bool, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    stand_in.switches = Switches(numeric_ids=numeric)
    task_id = stand_in.world.add_task(product.value, created_at=time.now())
    request = {"domain_name": "example.com", "object_type": "file"}  # asks the list
    observed = sight(api_of(product), time, task_id, **request)
    assert (observed.task_ids, counts(observed)) == ((task_id,), (1, 0, 0))


@pytest.mark.parametrize("product", EVERY_PRODUCT)
@pytest.mark.parametrize("unknown", ["empty", "malformed"])
def test_an_unknown_id_is_told_apart_from_the_known_ones(
    product: Product, unknown: str, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    stand_in.switches = Switches(unknown_id=unknown)  # type: ignore[arg-type]
    task_id = stand_in.world.add_task(product.value, created_at=time.now())
    known, lost = look_at(api_of(product), watch_of(product, task_id, "999999999999"), time).items
    assert counts(known) == (1, 0, 0)
    if unknown == "empty":
        assert lost.answer is Answer.NOT_SEEN
    else:
        assert lost.refusal is not None
        assert lost.refusal.reason is Reason.MALFORMED_ID


@pytest.mark.parametrize("product", EVERY_PRODUCT)
@pytest.mark.parametrize("stale", [False, True])
def test_an_answer_that_is_one_question_stale_is_never_ahead_of_the_truth(
    product: Product, stale: bool, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    stand_in.switches = Switches(stale_answers=stale)
    task_id = stand_in.world.add_task(product.value, created_at=time.now())
    api = api_of(product)
    first, second = sight(api, time, task_id), sight(api, time, task_id)
    assert counts(first) == ((0, 0, 1) if stale else (1, 0, 0))
    assert counts(second) == (1, 0, 0)


@pytest.mark.parametrize("product", EVERY_PRODUCT)
def test_a_task_that_is_not_visible_yet_is_not_seen(
    product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    stand_in.switches = Switches(invisible_seconds=10.0)
    task_id = stand_in.world.add_task(product.value, created_at=time.now())
    api = api_of(product)
    assert sight(api, time, task_id).answer is Answer.NOT_SEEN
    time.sleep(11.0)
    assert counts(sight(api, time, task_id)) == (1, 0, 0)


@pytest.mark.parametrize("product", EVERY_PRODUCT)
@pytest.mark.parametrize("own_words", [True, False])
def test_a_timeout_is_a_failure_under_either_word(
    product: Product, own_words: bool, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    stand_in.switches = Switches(timeout_and_canceled=own_words)
    plans = [ObjectPlan("http://example.com/a", "Timeout"), ObjectPlan("http://example.com/b", "Canceled")]
    task_id = stand_in.world.add_task(product.value, objects=plans, created_at=time.now())
    observed = sight(api_of(product), time, task_id)
    assert counts(observed) == (0, 2, 0)
    assert [failure.status for failure in observed.failures] == (
        ["Timeout", "Canceled"] if own_words else ["Failed"] * 2
    )


@pytest.mark.parametrize(("form", "word"), [("percent", "100%"), ("plain", "100"), ("decimal", "100%"), ("int", "100")])
def test_process_is_read_in_every_form(form: str, word: str, api_of: ApiOf, stand_in: StandIn, time: HandClock) -> None:
    stand_in.switches = Switches(process_form=form)  # type: ignore[arg-type]
    task_id = stand_in.world.add_task("dcdn", created_at=time.now())
    api = api_of(Product.DCDN)
    assert sight(api, time, task_id).progress == 100.0
    assert api.by_ids([task_id]).rows[0].process == word


@pytest.mark.parametrize("product", EVERY_PRODUCT)
def test_an_error_text_beside_complete_does_not_make_a_failure(
    product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    stand_in.switches = Switches(description_when_fine="error", description_form="joined", directory_word="path")
    task_id = stand_in.world.add_task(product.value, created_at=time.now())
    observed = sight(api_of(product), time, task_id)
    assert (counts(observed), observed.failures) == ((1, 0, 0), ())


@pytest.mark.parametrize("known", ["known", "gone"])
@pytest.mark.parametrize("requires", [False, True])
def test_the_older_vod_action_ends_the_same_whether_it_is_known_or_gone(
    known: str, requires: bool, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    stand_in.switches = Switches(legacy_action=known, legacy_requires_domain=requires)  # type: ignore[arg-type]
    ids = [stand_in.world.add_task("vod", created_at=time.now()) for _ in range(3)]
    observation = look_at(api_of(Product.VOD_LEGACY), watch_of(Product.VOD_LEGACY, *ids), time)
    assert [counts(observed) for observed in observation.items] == [(1, 0, 0)] * 3
    assert len(observation.notes) == (known == "gone")
    asked = actions(stand_in)
    assert asked.count("DescribeRefreshTasks") == (1 if known == "gone" else len(asked))


@pytest.mark.parametrize("as_status", ["400", "429", "503"])
@pytest.mark.parametrize("told", [False, True])
def test_a_quota_that_others_use_up_too_only_delays(
    as_status: str, told: bool, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    stand_in.switches = Switches(throttled_as=as_status, tell_retry_after=told)  # type: ignore[arg-type]
    stand_in.world.allowance._rates["vod.list"] = 2.0
    ids = [stand_in.world.add_task("vod", created_at=time.now()) for _ in range(12)]
    observation = look_at(api_of(Product.VOD), watch_of(Product.VOD, *ids), time)
    assert [counts(observed) for observed in observation.items] == [(1, 0, 0)] * 12
