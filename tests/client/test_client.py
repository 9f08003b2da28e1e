"""`refresh_watch.client`: watches from your own Python, and how patiently an end is waited for."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from alibabacloud_cdn20180510 import models
from alibabacloud_cdn20180510.client import Client
from alibabacloud_tea_openapi.models import Config

from refresh_watch.client import Watches
from refresh_watch.credentials import Credentials
from refresh_watch.errors import BadInput, NoCredentials
from refresh_watch.model import Outcome
from refresh_watch.report import ReportKind
from refresh_watch.settings import Settings
from tests.cli.gate import Gate
from tests.client.patience import patient
from tests.hand_clock import HandClock
from tests.workflow.house import House

QUICK = {"schedule": "0,1;1", "deadline": "30s"}
LATER = {"schedule": "600;600"}


def submitted(deployed: House) -> models.RefreshObjectCachesResponse:
    """What the product's own SDK answers with."""
    endpoint = deployed.products.endpoint.removeprefix("http://")
    client = Client(Config(access_key_id="testAK", access_key_secret="testSK", endpoint=endpoint, protocol="http"))
    return client.refresh_object_caches(models.RefreshObjectCachesRequest(object_path="http://example.com/a"))


def test_what_the_sdk_answered_is_watched_to_its_end(deployed: House, watches: Watches) -> None:
    answer = submitted(deployed)
    deployed.products.world.settle(answer.body.refresh_task_id)

    started = watches.start("cdn", answer, label="release", **QUICK)
    report = watches.wait(started.watch_id)

    assert not started.already
    assert (report.kind, report.outcome, report.label) == (ReportKind.FINAL, Outcome.COMPLETE, "release")
    assert [task.item for task in report.tasks] == [answer.body.refresh_task_id]


def test_the_same_job_is_the_same_watch_in_every_form(deployed: House, watches: Watches) -> None:
    answer = submitted(deployed)
    ids = answer.body.refresh_task_id
    forms: list[Any] = [
        answer,
        answer.body,
        answer.body.to_map(),
        f'{{"RefreshTaskId": "{ids}"}}',
        f'a warning of the command\n{{\n  "RequestId": "x",\n  "RefreshTaskId": "{ids}"\n}}\n',
        f'"{ids}"\n'.encode(),
        ids,
        int(ids),
        [ids],
    ]

    started = [watches.start("cdn", form, **LATER) for form in forms]

    assert len({one.watch_id for one in started}) == 1
    assert [one.already for one in started] == [False, *[True] * (len(forms) - 1)]


def test_the_answers_of_several_submits_make_one_watch(watches: Watches) -> None:
    printed = '{"PushTaskId": "71", "RequestId": "a"}\n{"PushTaskId": "72,73", "RequestId": "b"}\n'

    assert watches.start("cdn", printed, **LATER).watch_id == watches.start("cdn", "71,72,73").watch_id


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("", "(did the submit fail?)"),
        (None, "submitted is missing; allowed: "),
        (1.5, "(a number was given)"),
        ("ERROR: SDK.ServerError\nErrorCode: Forbidden.RAM\nRecommend: x", "submitted: an error: Forbidden.RAM"),
        ("ERROR: default profile is not configured yet", "an error: default profile is not configured yet"),
        ('{"Code": "Throttling.User", "Message": "slow", "RequestId": "x"}', "submitted.Code: 'Throttling.User'"),
        ('{"RefreshTaskId": "1"}\n{"Code": "Throttling.User"}', "submitted.Code: 'Throttling.User'"),
        ('{"RefreshTaskId": "1"}\n{"PushTaskId": "2"}', "answers of different operations"),
        (
            '{"PreloadTaskId": "1"}\n{"PreloadTaskId": "2"}',
            "submitted.PreloadTaskId: this key with product cdn is not allowed",
        ),
        ('{"RefreshTaskId": "1"}\nERROR: the second failed', "an error: the second failed"),
        ('{"RefreshTaskId": "704225', "text that is not JSON"),
        ('{\n "a":\n [\n  1\n ]\n', "text that is not JSON"),
        ("RefreshTaskId\n-------\n1", "task_ids[0]: 'RefreshTaskId'"),
        ("null", "task_ids[0]: 'null'"),
    ],
)
def test_what_is_no_submitted_job_is_refused_in_one_line_and_never_started(
    gate: Gate, given: object, words: str
) -> None:
    with pytest.raises(BadInput) as refused:
        patient(gate.url, HandClock()).start("cdn", given)

    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
    assert gate.asked == []


def test_what_intake_refuses_is_said_in_its_own_line(watches: Watches) -> None:
    with pytest.raises(BadInput) as refused:
        watches.start("cdn", "704225667", channels=["nosuch"])

    assert str(refused.value) == "channels: 'nosuch' is not allowed; allowed: oncall, audit"


def test_a_key_that_no_request_has_is_named(watches: Watches) -> None:
    with pytest.raises(BadInput, match=r"^lable: this key is not allowed"):
        watches.start("cdn", "704225667", lable="release")


def test_urls_can_be_watched_where_no_id_is_known(watches: Watches) -> None:
    at = {"submitted_at": "2026-11-22T08:00:00Z"}

    assert watches.start("cdn", object_paths=["http://example.com/a"], **at, **LATER).watch_id
    with pytest.raises(BadInput, match="submitted_at is missing"):
        watches.start("cdn", object_paths=["http://example.com/a"])


def test_without_credentials_nothing_is_asked(gate: Gate) -> None:
    def find() -> Credentials:
        raise NoCredentials("no Alibaba Cloud credentials were found")

    unsigned = Watches(Settings(fc_endpoint=gate.url), find, HandClock())
    with pytest.raises(NoCredentials):
        unsigned.start("cdn", "1")
    with pytest.raises(NoCredentials):
        unsigned.wait("0123456789abcdef")
    assert gate.asked == []


def test_arguments_may_be_what_python_has_for_them(watches: Watches) -> None:
    path, at = "http://example.com/of-python", datetime(2026, 11, 22, 8, tzinfo=timezone.utc)
    more = {"schedule": "600;600"}
    written = {"object_paths": [path], "submitted_at": "2026-11-22T08:00:00Z", "deadline": "30m", "channels": ["audit"]}

    started = watches.start(
        "cdn", object_paths=(path,), submitted_at=at, deadline=timedelta(minutes=30), channels={"audit"}, **more
    )

    assert watches.start("cdn", **written, **more).watch_id == started.watch_id
