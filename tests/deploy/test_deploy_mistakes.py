"""`refresh-watch deploy`: mistakes in keys, regions, triggers and programs, each told before anything is made."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from refresh_watch.credentials import Credentials
from refresh_watch.errors import BadInput, Retryable
from refresh_watch.settings import Secret, Settings
from refresh_watch_cli.account.identity import who_am_i
from refresh_watch_cli.account.regions import check_region, doubt
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.world import World
from tests.deploy.newcomer import NOBODY, Newcomer, Ran
from tests.hand_clock import HandClock

TIMER = """
      triggers:
        - triggerName: sweep
          triggerType: timer
          triggerConfig:
            cronExpression: '{cron}'
            enable: true
            payload: {payload}

  intake:
"""


@pytest.fixture
def newcomer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Newcomer]:
    with StandIn(World(time.time(), foreign_tasks=0)) as stand_in:
        yield Newcomer(stand_in, tmp_path, monkeypatch, capfd)


def in_s_yaml(newcomer: Newcomer, old: str, new: str) -> None:
    path = newcomer.project / "s.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def with_timer(newcomer: Newcomer, cron: str = "0 20 * * * *", payload: str = "sweep cdn 3h") -> None:
    in_s_yaml(newcomer, "\n  intake:\n", TIMER.format(cron=cron, payload=payload))


def refused(newcomer: Newcomer, ran: Ran, told: str) -> bool:
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1
    return told in ran.err and newcomer.asked() == [] and not newcomer.s_ran


def test_a_secret_of_another_key_is_told_in_our_words_with_what_to_mend(newcomer: Newcomer) -> None:
    ran = newcomer.deploy(ALIBABA_CLOUD_ACCESS_KEY_SECRET="another")
    assert ran.code == 1
    (line,) = ran.err.splitlines()
    assert "SignatureDoesNotMatch: the secret is not the one that belongs to this access key id" in line
    assert "see whether ALIBABA_CLOUD_ACCESS_KEY_SECRET belongs to ALIBABA_CLOUD_ACCESS_KEY_ID" in line
    assert "***" not in line


def test_a_key_that_is_not_there_is_told_likewise(newcomer: Newcomer) -> None:
    ran = newcomer.deploy(ALIBABA_CLOUD_ACCESS_KEY_ID="nobodys")
    assert ran.code == 1
    assert "there is no such access key id; see in the RAM console" in ran.err


def test_the_half_of_a_key_that_is_missing_is_named(newcomer: Newcomer) -> None:
    alone = {**NOBODY, "ALIBABA_CLOUD_ACCESS_KEY_ID": "testAK"}
    ran = newcomer.deploy_apart("--dry-run", **alone)
    assert ran.code == 0
    assert "ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set, and no others were found" in ran.out
    ran = newcomer.deploy_apart(**alone)
    assert ran.code == 2
    assert "ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set; no Alibaba Cloud credentials were found" in ran.err


def test_the_host_that_was_really_asked_is_named() -> None:
    with pytest.raises(Retryable) as caught:
        who_am_i(
            Settings(sts_endpoint="http://127.0.0.1:9"), Credentials("testAK", Secret("testSK")), clock=HandClock()
        )
    assert str(caught.value).startswith("127.0.0.1:9: ")
    assert "sts.aliyuncs.com" not in str(caught.value)


def test_a_region_that_is_not_known_is_told_with_the_nearest(newcomer: Newcomer) -> None:
    """With a network it is refused, without one it is a warning."""
    ran = newcomer.deploy("--dry-run", REFRESH_WATCH_REGION="cn-hangzou")
    assert "did you mean cn-hangzhou?" in ran.err
    ran = newcomer.deploy(
        "--dry-run", REFRESH_WATCH_REGION="cn-hangzou", REFRESH_WATCH_FC_ENDPOINT="https://fc.example.com"
    )
    assert ran.code == 0
    assert "warning: cn-hangzou is not among" in ran.err
    assert "REFRESH_WATCH_FC_ENDPOINT (fc.example.com)" in ran.out


def test_only_a_region_without_a_host_in_a_network_with_names_is_refused() -> None:
    known, unknown = "fcv3.cn-hangzhou.aliyuncs.com", "fcv3.cn-hangzou.aliyuncs.com"
    with pytest.raises(BadInput, match=r"'cn-hangzou'.*did you mean cn-hangzhou\?"):
        check_region("cn-hangzou", resolve={known}.__contains__)
    check_region("cn-hangzou", resolve={known, unknown}.__contains__)
    check_region("cn-hangzou", resolve=set[str]().__contains__)
    check_region("cn-shanghai", resolve={known}.__contains__)
    assert doubt("eu-west-1") == ""
    assert "did you mean" not in doubt("moon")


def test_serverless_devs_of_an_older_version_is_named(newcomer: Newcomer) -> None:
    newcomer.install_s(version="2.1.0")
    ran = newcomer.deploy()
    assert ran.code == 1
    assert "Serverless Devs 2.1.0 is there, and 3.x is needed: npm install -g" in ran.err


def test_a_dry_run_warns_of_a_missing_serverless_devs(newcomer: Newcomer) -> None:
    (newcomer.programs / "s").unlink()
    ran = newcomer.deploy("--dry-run")
    assert ran.code == 0
    assert "warning: a deployment would stop at this: " in ran.err
    assert newcomer.deploy("--dry-run", "--only-roles").err == ""


def test_a_timer_is_in_the_cost(newcomer: Newcomer) -> None:
    without = newcomer.deploy("--dry-run").out
    assert "CNY a day about 0.04 for 1, 0.72 for 100" in without
    with_timer(newcomer)
    ran = newcomer.deploy("--dry-run")
    assert "CNY a day about 0.26 for 1, 0.72 for 100" in ran.out
    assert "with the timer that wakes watch every hour" in ran.out
    assert "trigger sweep (timer)" in ran.out


@pytest.mark.parametrize(
    ("timer", "told"),
    [
        ({"payload": "sweep cdnn 3h"}, "resources.watch.props.triggers[0].triggerConfig.payload: 'cdnn' is not"),
        ({"payload": "''"}, "triggerConfig.payload is missing; allowed: "),
        ({"cron": "20 * * * *"}, "six fields that begin with seconds"),
    ],
)
def test_a_timer_that_could_not_work_stops_it(newcomer: Newcomer, timer: dict[str, str], told: str) -> None:
    with_timer(newcomer, **timer)
    assert refused(newcomer, newcomer.deploy("--dry-run"), told)
    assert refused(newcomer, newcomer.deploy(), told)


@pytest.mark.parametrize(
    ("kind", "config", "told"),
    [
        ("htpp", "{}", "triggerType: 'htpp' is not allowed; allowed: http, eventbridge"),
        ("oss", "{}", "triggerType: 'oss' is not allowed"),
        ("cdn_events", "{filter: {domain: []}}", "filter.domain is missing; allowed: a list of your"),
    ],
)
def test_a_trigger_that_could_not_work_stops_it(newcomer: Newcomer, kind: str, config: str, told: str) -> None:
    entry = f"{{triggerName: more, triggerType: {kind}, triggerConfig: {config}}}"
    in_s_yaml(newcomer, "        - triggerName: http\n", f"        - {entry}\n        - triggerName: http\n")
    assert refused(newcomer, newcomer.deploy(), told)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("authType: function", "authType: anonymous", "lets the whole Internet call it"),
        (
            "reservedConcurrency: 6",
            "reservedConcurrency: 4",
            "REFRESH_WATCH_INSTANCES is 6 and reservedConcurrency is 4",
        ),
        ("timeout: 180", "timeout: 30", "refresh-watch: a timeout of 30 s"),
    ],
)
def test_what_may_not_be_meant_so_is_warned_of(newcomer: Newcomer, old: str, new: str, told: str) -> None:
    in_s_yaml(newcomer, old, new)
    ran = newcomer.deploy("--dry-run")
    assert ran.code == 0
    (line,) = ran.err.splitlines()
    assert line.startswith("warning: ")
    assert told in line
