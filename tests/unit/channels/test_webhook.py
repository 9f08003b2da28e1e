"""What is sent to a signed webhook. The oracle is the `standardwebhooks` package."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import replace

import pytest
from hypothesis import given
from standardwebhooks import Webhook, WebhookVerificationError

from refresh_watch.channels.contract import ChannelRequest
from refresh_watch.channels.webhook import sign, webhook_id
from refresh_watch.deployment import Deployment
from refresh_watch.model import FailedObject, Outcome
from refresh_watch.report import Counts, Report, TaskReport
from refresh_watch.reports.from_wire import from_json
from refresh_watch.reports.wire import to_json
from refresh_watch.settings import ChannelSetting, Secret
from tests.channels.judging import rendered
from tests.unit.reports.sample_reports import EVERY_KIND, FEW, PARTLY_FAILED, reports

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + base64.b64encode(b"fake fake fake fake fake fake 32").decode()
CHANNEL = ChannelSetting("audit", "webhook", Secret("https://hooks.example.com/in"), Secret(SECRET))
MOST_BYTES = 20_000


def _sent(report: Report, channel: ChannelSetting = CHANNEL, step: int = 0, now: float | None = None) -> ChannelRequest:
    return rendered(report, channel, language="en", deployment=Deployment("prod"), now=now or time.time(), step=step)


@pytest.mark.parametrize(
    ("identity", "timestamp", "body", "signature"),
    [
        (
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "1614265330",
            b'{"test": 2432232314}',
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
        (
            "msg_01TEST",
            "1700000000",
            b'{"type":"cdn.refresh.completed","timestamp":"2026-01-01T00:00:00Z","data":{"batch":"b1"}}',
            "v1,fX97WguxUK6wzra6PIstcnOMkxEp9oaZ+rtwOh+/hzk=",
        ),
    ],
)
def test_the_signature_is_that_of_the_vectors(identity: str, timestamp: str, body: bytes, signature: str) -> None:
    assert sign(SECRET, identity, timestamp, body) == signature


@pytest.mark.parametrize("report", EVERY_KIND, ids=lambda report: report.id)
def test_the_official_package_verifies_every_kind_of_report(report: Report) -> None:
    request = _sent(report)
    body = Webhook(SECRET).verify(request.body, dict(request.headers))
    assert body["type"] == f"refresh_watch.{report.kind}"
    assert body["timestamp"].endswith("Z")
    assert from_json(body["data"]) == replace(report, channels=())


def test_while_secrets_rotate_either_verifies() -> None:
    request = _sent(PARTLY_FAILED, replace(CHANNEL, secret=Secret(f"{SECRET} {OTHER}")))
    for secret in (SECRET, OTHER):
        Webhook(secret).verify(request.body, dict(request.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + base64.b64encode(b"x" * 32).decode()).verify(request.body, dict(request.headers))


def test_a_retry_has_the_same_id_and_body_and_a_timestamp_of_its_own() -> None:
    first, again = _sent(PARTLY_FAILED, now=1_700_000_000.0), _sent(PARTLY_FAILED, now=1_700_003_600.9)
    assert first.body == again.body
    one, two = dict(first.headers), dict(again.headers)
    assert one["webhook-id"] == two["webhook-id"] == "msg_f-0a1b2c3d"
    assert (one["webhook-timestamp"], two["webhook-timestamp"]) == ("1700000000", "1700003600")
    assert one["webhook-signature"] != two["webhook-signature"]


def test_an_id_holds_no_dot() -> None:
    assert webhook_id(replace(PARTLY_FAILED, id="f.1 é")) == "msg_f_1__"


def test_the_data_is_the_report_of_the_contract() -> None:
    data = json.loads(_sent(PARTLY_FAILED).body)["data"]
    assert data == to_json(replace(PARTLY_FAILED, channels=()))


@FEW
@given(report=reports())
def test_any_report_stays_under_20_kb_on_every_rung(report: Report) -> None:
    for step in range(4):
        request = _sent(report, step=step)
        assert len(request.body) < MOST_BYTES
        data = json.loads(request.body)["data"]
        counts = report.counts
        assert (data["counts"]["complete"], data["counts"]["failed"]) == (counts.complete, counts.failed)
        left_out = data.get("tasks_left_out", 0)
        assert len(data["tasks"]) + left_out == len(report.tasks) + report.tasks_left_out


def test_a_thousand_failed_tasks_stay_under_20_kb_with_counts_and_lower_rungs_are_smaller() -> None:
    failed = (FailedObject("http://example.com/" + "a" * 200, "Failed", "OriginTimeout"),)
    tasks = tuple(TaskReport(str(10**9 + n), Outcome.FAILED, 1, failed=failed) for n in range(1000))
    report = replace(PARTLY_FAILED, outcome=Outcome.FAILED, counts=Counts(failed=1000), tasks=tasks)
    sizes = [len(_sent(report, step=step).body) for step in range(4)]
    assert MOST_BYTES > sizes[0] > sizes[1] > sizes[2] > sizes[3]
    assert json.loads(_sent(report, step=3).body)["data"]["tasks_left_out"] == 1000
