"""`refresh-watch deploy`: mistakes in keys, regions, triggers and programs, and no secret in what is printed."""

from __future__ import annotations

import pytest

from refresh_watch.errors import BadInput
from refresh_watch_cli.account.regions import check_region, doubt
from refresh_watch_cli.deploy.serverless_devs import without_secrets
from tests.deploy.newcomer import NOBODY, Newcomer

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


def in_s_yaml(newcomer: Newcomer, old: str, new: str) -> None:
    path = newcomer.project / "s.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def with_timer(newcomer: Newcomer, cron: str = "0 20 * * * *", payload: str = "sweep cdn 3h") -> None:
    in_s_yaml(newcomer, "\n  intake:\n", TIMER.format(cron=cron, payload=payload))


def test_a_secret_of_another_key_is_reported_in_our_words_with_what_to_mend(newcomer: Newcomer) -> None:
    ran = newcomer.deploy(ALIBABA_CLOUD_ACCESS_KEY_SECRET="another")
    assert ran.code == 1
    (line,) = ran.err.splitlines()
    assert "SignatureDoesNotMatch: the secret is not the one that belongs to this access key id" in line
    assert "see whether ALIBABA_CLOUD_ACCESS_KEY_SECRET belongs to ALIBABA_CLOUD_ACCESS_KEY_ID" in line
    assert "***" not in line


def test_a_key_that_is_not_there_is_reported_likewise(newcomer: Newcomer) -> None:
    ran = newcomer.deploy(ALIBABA_CLOUD_ACCESS_KEY_ID="nobodys")
    assert ran.code == 1
    assert "there is no such access key id; see in the RAM console" in ran.err


def test_the_half_of_a_key_that_is_missing_is_named(newcomer: Newcomer) -> None:
    alone = {**NOBODY, "ALIBABA_CLOUD_ACCESS_KEY_ID": "testAK"}
    ran = newcomer.deploy("--dry-run", alone=True, **alone)
    assert ran.code == 0
    assert "ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set, and no others were found" in ran.out
    ran = newcomer.deploy(alone=True, **alone)
    assert ran.code == 2
    assert "ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set; no Alibaba Cloud credentials were found" in ran.err


def test_a_region_that_is_not_known_is_reported_with_the_nearest(newcomer: Newcomer) -> None:
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
    assert newcomer.refuses(newcomer.deploy("--dry-run"), told)
    assert newcomer.refuses(newcomer.deploy(), told)


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
    assert newcomer.refuses(newcomer.deploy(), told)


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


PRINTED = '[{"url": "https://oapi.dingtalk.com/robot/send?access_token=made-up", "secret": "SEC-made-up"}]'
SHOWN = '[{"url": "https://oapi.dingtalk.com/***", "secret": "***"}]'


@pytest.mark.parametrize("place", range(0, len(PRINTED) + 30, 3))
def test_no_secret_is_seen_wherever_the_text_was_cut(place: int) -> None:
    text = f"channels: {PRINTED} key made-up-key\nDone\n"
    seen = "".join(without_secrets([text[:place], text[place:]], ["made-up-key"]))
    assert seen == f"channels: {SHOWN} key ***\nDone\n"


def test_a_question_is_seen_before_its_answer_and_the_url_of_a_function_as_it_is() -> None:
    asked, *_ = without_secrets(["https://intake.cn-hangzhou.fcapp.run deployed\nDeploy it? (Y/n) ", "y\n"], [])
    assert asked == "https://intake.cn-hangzhou.fcapp.run deployed\nDeploy it? (Y/n) "
