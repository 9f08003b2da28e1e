"""Each file of tests/events leads to exactly these starts, refusals and silences: plain, and wrapped as HTTP."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from refresh_watch.instants import format_instant
from refresh_watch.settings import ChannelSetting, Secret, Settings
from refresh_watch.triggers.read import open_event, read_event
from refresh_watch.triggers.result import EventResult, Ignored, Rejected, Requested
from refresh_watch.watch import watch_id
from tests.all_products import ALL_WORDS
from tests.unit.triggers.reading import EVENTS, http_event, read

SETTINGS = Settings(
    account="123456789",
    channels=tuple(
        ChannelSetting(name, "dingtalk", Secret("https://oapi.dingtalk.com/robot/send")) for name in ("oncall", "audit")
    ),
)
TWO = "704222904,704225667"
A, B = "http://example.com/a.txt", "https://example.com/dir/b.txt"
AT = "2026-11-22T08:00:00Z"
INSTEAD = "an event that names tasks: the answer of the submit call, or ActionTrail through EventBridge"
OF_OSS = f"{INSTEAD}; OSS tells of files, not of tasks, and what OSS itself refreshes never shows in the product's API"
OF_TIMER = f"{INSTEAD}; a timer names none: remove the trigger from this function"
JSON = "JSON: a watch request or a list of them"
BESIDE = "the product that the body names, or none"


def starts(
    product: str,
    items: str,
    kind: str = "unknown",
    label: str = "",
    *,
    at: str = "",
    at_once: bool = False,
    to: str = "",
) -> str:
    """One watch: what is followed, what was submitted and when, what people know it by, and its channels."""
    return f"start {product} {items} kind={kind} label={label!r} at={at} at_once={at_once} to={to}"


def refuses(field: str, given: str, allowed: str) -> str:
    return f"refuse {field}: {given} is not allowed; allowed: {allowed}"


def misses(field: str, allowed: str) -> str:
    return f"refuse {field} is missing; allowed: {allowed}"


def ignores(reason: str) -> str:
    return f"ignore {reason}"


REFRESHED = starts("cdn", TWO, "refresh")
UNKNOWN = starts("cdn", TWO)
OF_ALICE = starts("cdn", TWO, "refresh", "alice: example.com/a.txt +1", at=AT)

EXPECTED: dict[str, list[str]] = {
    # our own JSON, and what the submit calls answer
    "direct_one": [starts("cdn", TWO, "refresh", "release 2026.11.22", at=AT, to="oncall")],
    "direct_list": [starts("cdn", "704225667"), starts("dcdn", "123")],
    "direct_list_mixed": [UNKNOWN, refuses("[1].product", "'cdnn'", ALL_WORDS), starts("vod", "704225667")],
    "direct_paths": [starts("dcdn", "http://example.com/examplefile.txt", at=AT)],
    "direct_submit_answer_refresh": [REFRESHED],
    "direct_submit_answer_push": [starts("cdn", "704225667", "prefetch")],
    "direct_submit_answer_preload": [starts("vod", "704225667", "prefetch")],
    "direct_raw_answer_refresh": [REFRESHED],
    "direct_raw_answer_push": [starts("cdn", TWO, "prefetch", "warm up")],
    "direct_raw_answer_preload": [starts("dcdn", TWO, "prefetch")],
    "direct_raw_answer_without_product": [misses("product", ALL_WORDS)],
    "direct_raw_answer_of_a_refusal": [refuses("Code", "'Throttling.User'", "the answer of a submit that succeeded")],
    "direct_vod_legacy": [starts("vod-legacy", "704225667")],
    "direct_key_twice": [refuses("task_ids", "given twice", "each key once")],
    "direct_not_a_number": [refuses("deadline", "NaN", "a number")],
    "hop": [
        refuses(
            "hop",
            "this key",
            "product, task_ids, object_paths, submitted, kind, submitted_at, label, deadline, channels, request_id, "
            "domain_name, object_type, resource_group_id, schedule",
        )
    ],
    # HTTP
    "http_trigger": [starts("cdn", "704225667")],
    "http_base64": [UNKNOWN],
    "http_form": [starts("cdn", TWO, label="release 7")],
    "http_query_and_raw_answer": [starts("cdn", TWO, "refresh", "release 7", to="oncall,audit")],
    "http_query_alone": [UNKNOWN],
    "http_query_of_another_product": [refuses("product", "'dcdn'", BESIDE)],
    "api_call_http_shaped": [starts("cdn", "704225667")],
    # EventBridge
    "eventbridge_custom": [starts("cdn", TWO, label="release 7")],
    "eventbridge_custom_submit_answer": [REFRESHED],
    "eventbridge_custom_batch": [UNKNOWN, starts("dcdn", "95248880", "prefetch")],
    "eventbridge_custom_data_is_text": [REFRESHED],
    "eventbridge_custom_data_base64": [REFRESHED],
    "eventbridge_custom_data_is_a_list": [REFRESHED, starts("vod", "95248880")],
    "eventbridge_custom_without_data": [misses("data", f"{JSON}, as text, in base64 or as it is")],
    "eventbridge_oss": [refuses("type", "'oss:ObjectCreated:PutObject'", OF_OSS)],
    "eventbridge_of_another_service": [
        refuses("type", "'ecs:Instance:StateChange'", f"{INSTEAD}; narrow the rule to what is meant for this function")
    ],
    "eventbridge_scheduled": [refuses("type", "'eventbridge:Events:ScheduledEvent'", OF_TIMER)],
    # SMQ queue
    "queue_one": [UNKNOWN],
    "queue_one_base64": [REFRESHED],
    "queue_body_is_an_object": [REFRESHED],
    "queue_batch": [REFRESHED, starts("vod", "95248880")],
    "queue_batch_base64": [REFRESHED, starts("vod", "95248880")],
    "queue_batch_with_a_bad_one": [
        REFRESHED,
        refuses("[1].data.messageBody.product", "'cdnn'", ALL_WORDS),
        refuses("[2].data.messageBody", "text that is not JSON (line 1 column 1)", JSON),
    ],
    "queue_raw_data": [REFRESHED],
    "queue_without_a_body": [misses("data.messageBody", f"{JSON}, or base64 of it")],
    # SMQ topic
    "topic_stream": [REFRESHED],
    "topic_stream_attributes": [starts("cdn", TWO, "refresh", "release 7")],
    "topic_stream_attributes_base64": [REFRESHED],
    "topic_json": [REFRESHED],
    "topic_json_attributes": [starts("cdn", TWO, "refresh", to="audit")],
    "topic_json_of_another_product": [refuses("Message.product", "'dcdn'", BESIDE)],
    "topic_json_text": [refuses("Message", "text that is not JSON (line 1 column 1)", JSON)],
    # native CDN events
    "cdn_events_refreshed": [
        starts("cdn", "2089687230", "refresh", "example.com/2018/03/16/13/33b430c57e7.mp4 +1",
               at="2018-03-16T06:12:49Z", at_once=True)
    ],
    "cdn_events_pushed": [
        starts("cdn", "2089687231", "prefetch", "example.com/a.mp4", at="2018-03-16T06:12:49Z", at_once=True)
    ],
    "cdn_events_two": [
        starts("cdn", "2089687230", "refresh", "example.com/2018/03/16/13/33b430c57e7.mp4 +1",
               at="2018-03-16T06:12:49Z", at_once=True),
        starts("cdn", "2089687232", "refresh", at_once=True),
    ],
    "cdn_events_without_a_task": [ignores("events[0].eventParameter.taskId: the event names no task")],
    "cdn_events_of_no_task": [
        refuses("events[0].eventParameter.taskId[0]", "'-1'", "1 to 1000 ids of 1 to 20 digits")
    ],
    "cdn_events_of_a_domain": [
        refuses("events[0].eventName", "'CdnDomainStopped'",
                "CachedObjectsRefreshed, CachedObjectsPushed; set the trigger's eventName to one of them")
    ],
    # ActionTrail
    "action_trail_refresh_with_id": [OF_ALICE],
    "action_trail_refresh_by_path": [starts("cdn", f"{A},{B}", "refresh", "alice: example.com/a.txt +1", at=AT)],
    "action_trail_push_with_id": [starts("cdn", TWO, "prefetch", "alice: example.com/a.txt", at=AT)],
    "action_trail_refresh_dcdn": [starts("dcdn", "95248880", "refresh", "alice: example.com/a.txt", at=AT)],
    "action_trail_preload_dcdn_without_answer": [
        starts("dcdn", f"{A},{B}", "prefetch", "alice: example.com/a.txt +1", at=AT)
    ],
    "action_trail_refresh_vod": [starts("vod", f"{A},{B}", "refresh", "alice: example.com/a.txt +1", at=AT)],
    "action_trail_preload_vod": [starts("vod", "95248881", "prefetch", "alice: example.com/a.txt", at=AT)],
    "action_trail_as_text": [OF_ALICE],
    "action_trail_raw_data": [OF_ALICE],
    "action_trail_in_a_queue": [OF_ALICE],
    "action_trail_failed": [
        ignores("data.errorCode: RefreshObjectCaches failed with QuotaExceeded.Refresh: nothing to watch")
    ],
    "action_trail_of_something_else": [ignores("data.eventName: AddCdnDomain submits no refresh or prefetch")],
    "action_trail_of_another_account": [
        refuses("data.userIdentity.accountId", "'987654321'",
                "123456789, the account where this is deployed: the API shows its tasks only")
    ],
    "action_trail_without_a_time": [
        refuses("data.eventTime", "'yesterday'",
                "an instant such as 2026-11-22T08:00:00Z: without a task id the paths alone do not say which submission")
    ],
    "action_trail_without_paths": [refuses("data.requestParameters.ObjectPath", "no URL", "URLs, one a line")],
    # what names no submission
    "oss_object_created": [refuses("events[0].eventSource", "'acs:oss'", OF_OSS)],
    "timer": [refuses("triggerName", "'timer-trigger'", OF_TIMER)],
    "timer_of_the_sweep": [
        refuses("triggerName", "'sweep'", "the sweep's timer on the function watch: move the trigger there")
    ],
    "log_service": [
        refuses("source.logstoreName", "'log-en'", f"{INSTEAD}; a log trigger hands over cursors, not submissions")
    ],
}  # fmt: skip

NOT_EVENTS = {"storm"}
"""Events of other tests in that folder."""


def take(event: bytes) -> list[EventResult]:
    """What an event comes to, as intake reads it."""
    return list(read_event(open_event(event), SETTINGS))


def as_text(item: EventResult) -> str:
    if isinstance(item, Rejected):
        return f"refuse {item.problem}"
    if isinstance(item, Ignored):
        return f"ignore {item.reason}"
    request = item.request
    at = "" if request.submitted_at is None else format_instant(request.submitted_at)
    return starts(
        request.product.value,
        ",".join(request.items),
        request.kind.value,
        request.label,
        at=at,
        at_once=item.at_once,
        to=",".join(request.channels),
    )


@pytest.mark.parametrize("name", sorted(EXPECTED))
@pytest.mark.parametrize("wrap", ["plain", "over HTTP", "over HTTP in base64"])
def test_an_event_leads_to_exactly_this(name: str, wrap: str) -> None:
    text = (EVENTS / f"{name}.json").read_text()
    event = text.encode() if wrap == "plain" else http_event(text, encoded=wrap.endswith("base64"))
    assert [as_text(item) for item in take(event)] == EXPECTED[name]


def test_every_event_of_the_folder_is_in_the_table() -> None:
    assert {path.stem for path in EVENTS.glob("*.json")} - NOT_EVENTS == set(EXPECTED)


def test_the_same_product_and_ids_are_one_watch_by_every_trigger() -> None:
    alike = {name for name, lines in EXPECTED.items() if any(f"start cdn {TWO} " in line for line in lines)}
    assert {name.partition("_")[0] for name in alike} == {"direct", "http", "eventbridge", "queue", "topic", "action"}
    watches = {
        watch_id("refresh", item.request)
        for name in alike
        for item in take((EVENTS / f"{name}.json").read_bytes())
        if isinstance(item, Requested) and item.request.items == tuple(TWO.split(",")) and not item.request.request_id
    }
    assert len(watches) == 1
    told_by_cdn = take((EVENTS / "cdn_events_refreshed.json").read_bytes())
    direct = take(b'{"product": "cdn", "task_ids": "2089687230"}')
    assert len({watch_id("refresh", item.request) for item in told_by_cdn + direct if isinstance(item, Requested)}) == 1


PAGE = (Path(__file__).parents[3] / "docs" / "triggers.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```json\n(.+?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_every_example_of_the_page_on_triggers_starts_a_watch() -> None:
    items = [item for example in EXAMPLES for item in read(open_event(example.encode()).body, SETTINGS)]
    assert [type(item) for item in items] == [Requested] * 6, items
