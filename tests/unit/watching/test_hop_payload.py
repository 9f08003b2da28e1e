"""A watch as a payload: it survives the way, and stays far below Function Compute's limit."""

from __future__ import annotations

import json
import random
import string
from dataclasses import replace

import pytest

from refresh_watch.errors import BadInput
from refresh_watch.limits import MAX_PAYLOAD
from refresh_watch.model import FailedObject, Kind, Note, Outcome, Product, Reason, Refusal, WatchRequest
from refresh_watch.observation import Hints
from refresh_watch.watch import Pace, Watch, WatchedItem, open_watch, watch_id
from refresh_watch.watching.advance import MAX_SAMPLE_BYTES, MAX_SAMPLES
from refresh_watch.watching.hop_payload import Hop, read_hop, write_hop
from refresh_watch.watching.reporting import bounded_samples
from refresh_watch.watching.request import MAX_IDS, MAX_PATH_BYTES

ACCEPTED = 1_790_000_000.0
ONE = open_watch("refresh", WatchRequest(Product.CDN, task_ids=("1",)), ACCEPTED)


def test_every_field_survives() -> None:
    request = WatchRequest(Product.DCDN, task_ids=("1", "2", "3"), label="发布 1", deadline=60.0, channels=("oncall",))
    watch = replace(
        open_watch("refresh", request, ACCEPTED),
        items=(
            WatchedItem("1", Outcome.PARTLY_FAILED, None, 3, 1, 0, "Failed", ACCEPTED + 12.0, None),
            WatchedItem("2", None, None, 0, 0, 2, "Refreshing", None, ACCEPTED + 60.0),
            WatchedItem("3", Outcome.UNVERIFIABLE, Reason.NO_PERMISSION, settled_at=ACCEPTED + 1.0),
        ),
        kind=Kind.REFRESH,
        looks=7,
        api_calls=9,
        interim_published=True,
        next_item=1,
        samples=(("1", FailedObject("http://example.com/目录", "Failed", "OriginTimeout")),),
        refusal=Refusal(Reason.NO_PERMISSION, "Forbidden.RAM", "not authorized", "dcdn:DescribeDcdnRefreshTasks", "R"),
        problem="HTTP 503",
        request_id="174F6032",
        notes=("a note", Note("vod_legacy_fallback"), Note("stopped_by", (("who", "alice"),))),
        hints=Hints((ACCEPTED - 3.0, ACCEPTED + 1.0), window_rows=1007, by_id_cut=True),
        pace=Pace(59.3, 20.9, 17.0, ((38.4, 11.0), (59.3, 17.0)), pending=True, again=True, paired=True, lags=False),
    )
    assert read_hop(write_hop(Hop(watch, 12))) == Hop(watch, 12)
    assert read_hop(write_hop(Hop(watch, 3, is_guard=True))).is_guard


def test_notes_of_ours_stand_where_an_older_version_does_not_stumble_over_them() -> None:
    written = json.loads(write_hop(Hop(replace(ONE, notes=("a note", Note("vod_legacy_fallback"))), 1)))
    assert written["watch"]["notes"] == ["a note"]
    assert written["watch"]["noted"] == [["vod_legacy_fallback", {}]]


def test_a_path_keeps_the_task_ids_it_is_bound_to() -> None:
    request = WatchRequest(Product.CDN, object_paths=("http://example.com/a",), submitted_at=ACCEPTED)
    watch = open_watch("refresh", request, ACCEPTED)
    watch = replace(watch, items=(replace(watch.items[0], running=1, task_ids=("7", "8")),))
    assert read_hop(write_hop(Hop(watch, 1))).watch.items[0].task_ids == ("7", "8")


def busiest(request: WatchRequest, chance: random.Random) -> Watch:
    watch = open_watch("refresh", request, ACCEPTED)
    by_path = bool(request.object_paths)
    counts = (0, 0, 1) if by_path else (1999, 1999, 2000)
    url = f"http://example.com/{'x' * 1000}"
    samples = [(one, FailedObject(one if by_path else url, "Canceled", "Y" * 40)) for one in request.items]
    items = []
    for one in request.items:
        bound = (str(chance.randrange(10**10, 10**11)),) if by_path else ()
        late = ACCEPTED + 1800 + chance.randrange(600)
        items.append(WatchedItem(one, None, None, *counts, "Refreshing", None, late, bound))
    return replace(
        watch,
        items=tuple(items),
        samples=bounded_samples(samples, MAX_SAMPLES, MAX_SAMPLE_BYTES),
        refusal=Refusal(
            Reason.MALFORMED_ID, "InvalidTaskId.Malformed", "m" * 300, "cdn:DescribeRefreshTasks", "R" * 36
        ),
        problem="p" * 300,
        notes=("n" * 200,) * 5,
    )


@pytest.mark.parametrize("by_path", [False, True])
def test_the_largest_watch_stays_under_the_limit_even_in_an_envelope(by_path: bool) -> None:
    chance = random.Random(1)
    words = {"label": "发" * 200, "channels": tuple(f"channel_{i}" for i in range(20)), "request_id": "r" * 128}
    if by_path:
        letters = string.ascii_letters + string.digits
        width = MAX_PATH_BYTES // MAX_IDS - len("http://e.cn/")
        paths = tuple(f"http://e.cn/{''.join(chance.choices(letters, k=width))}" for _ in range(MAX_IDS))
        request = WatchRequest(Product.CDN, object_paths=paths, submitted_at=ACCEPTED, **words)
    else:
        ids = tuple(str(chance.randrange(10**19, 10**20)) for _ in range(MAX_IDS))
        request = WatchRequest(Product.CDN, task_ids=ids, **words)
    watch = busiest(request, chance)
    payload = write_hop(Hop(watch, 9999))
    assert len(payload) <= MAX_PAYLOAD
    assert len(json.dumps({"requestPayload": payload.decode()}).encode()) < 128 * 1024
    assert read_hop(payload) == Hop(watch, 9999)


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"[]", b"{}", b'{"hop": 1}', b'{"hop":"x","watch":{}}', b"\xff", b"null", b'{"packed":"x"}',
        b'{"packed":"eJw="}', b"[" * 9999,
    ],
)  # fmt: skip
def test_garbage_is_refused_in_one_line(payload: bytes) -> None:
    with pytest.raises(BadInput, match="a hop's payload"):
        read_hop(payload)


def test_the_watch_id_names_what_is_watched() -> None:
    request = WatchRequest(Product.CDN, task_ids=("1", "2"))
    same = [replace(request, task_ids=("2", "1")), replace(request, label="x", deadline=5.0, channels=("oncall",))]
    other = [
        replace(request, task_ids=("1",)),
        replace(request, request_id="again"),
        replace(request, product=Product.DCDN),
    ]
    assert {watch_id("refresh", one) for one in same} == {watch_id("refresh", request)}
    assert len({watch_id("refresh", one) for one in [request, *other]} | {watch_id("staging", request)}) == 5
    by_path = WatchRequest(Product.CDN, object_paths=("http://a.com/1",), submitted_at=1.0)
    assert watch_id("refresh", by_path) != watch_id("refresh", replace(by_path, submitted_at=2.0))


def test_why_objects_failed_survives_with_real_numbers() -> None:
    reasons = (("internal_error", 70), ("origin_timeout", 30), ("other", 2))
    watch = replace(ONE, items=(replace(ONE.items[0], failed=102, running=1, reasons=reasons),))
    assert read_hop(write_hop(Hop(watch, 1))).watch.items[0].reasons == reasons


def test_a_payload_of_before_hints_pace_and_places_is_read() -> None:
    watch = {"id": "0123456789abcdef", "request": {"product": "cdn", "task_ids": ["1", "2"]}, "accepted_at": ACCEPTED}
    payload = {"hop": 12, "watch": {**watch, "items": "ck3t330;r1sR", "kind": "refresh", "looks": 7, "api_calls": 9}}
    hop = read_hop(json.dumps(payload).encode())
    assert (hop.number, hop.due, hop.booked) == (12, None, False)
    assert (hop.watch.hints, hop.watch.pace) == (Hints(), Pace())
    assert [item.outcome for item in hop.watch.items] == [Outcome.COMPLETE, None]


def test_when_a_hop_was_due_and_that_it_has_its_turn_survives() -> None:
    hop = Hop(ONE, 3, due=ACCEPTED + 9.5)
    assert read_hop(write_hop(hop)) == hop
    assert read_hop(write_hop(replace(hop, booked=True))).booked
