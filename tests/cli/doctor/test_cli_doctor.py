"""`refresh-watch doctor` as people run it, against the stand-ins: each fault by the line that they would read."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

from refresh_watch_emulator.engine.roles import Roles
from refresh_watch_emulator.products import faults
from refresh_watch_emulator.products.account import Identity
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.world import World
from tests.cli.command_line import Ran
from tests.cli.doctor.conftest import found
from tests.workflow.house import House

BEHIND = 1200
"""Seconds that a clock is off, more than a signature may be."""


class Behind:
    """A clock that is wrong."""

    def now(self) -> float:
        return time.time() - BEHIND

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def chance(self) -> float:
        return 0.0


def test_where_all_is_well_it_says_so_and_changes_nothing(deployed: House, doctor: Callable[..., Ran]) -> None:
    ran = doctor()

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[-1].endswith(" 0 bad, 1 skipped: nothing has to be mended")
    for action in (
        "cdn:DescribeRefreshTasks", "cdn:DescribeRefreshTaskById", "dcdn:DescribeDcdnRefreshTasks",
        "dcdn:DescribeDcdnRefreshTaskById", "vod:DescribeVodRefreshTasks", "fc:ListAsyncTasks refresh-watch",
        "fc:GetAsyncTask refresh-watch", "fc:StopAsyncTask refresh-watch", "fc:ListAsyncTasks refresh-notify",
        "fc:GetAsyncTask refresh-notify",
    ):  # fmt: skip
        assert found(ran, "ok", action) == ("allowed", "")
    for function in ("refresh-intake", "refresh-notify"):
        assert found(ran, "ok", f"fc:InvokeFunction {function}")[0] == "allowed; the function answers"
    assert found(ran, "ok", "credentials")[0] == "a permanent key, from the environment (ALIBABA_CLOUD_ACCESS_KEY_ID)"
    assert "user/deployer of account 1234567890123456" in found(ran, "ok", "identity")[0]
    for function, tried in (("notify", 3), ("watch", 12), ("intake", 5)):
        assert found(ran, "ok", f"role of refresh-{function}")[0] == f"may do all {tried} actions that were tried"
    assert found(ran, "skipped", "log:PostLogStoreLogs")[0].startswith("cannot be tried")
    assert found(ran, "ok", "clock")[0].startswith("as sts has it")
    assert "127.0.0.1 is reached" in found(ran, "ok", "oncall (dingtalk)")[0]
    assert found(ran, "ok", "REFRESH_WATCH_SERVE_TOKEN")[0] == "set"
    assert "python3.12, 0.35 vCPU, 384 MB" in found(ran, "ok", "refresh-watch")[0]
    assert "http (http) on intake" in found(ran, "ok", "triggers")[0]
    assert "not encrypted" in found(ran, "warning", "cdn")[0]
    assert deployed.wall.messages == ()
    # by these the functions tried what their roles may do
    assert {task.id[:2] for function in ("watch", "notify") for task in deployed.tasks(function, "")} == {"p-"}
    assert deployed.tasks("intake", "") == []


def test_with_send_each_channel_says_what_it_takes(deployed: House, doctor: Callable[..., Ran]) -> None:
    deployed.wall.chat("dingtalk", "closed", access_token="another-fake-token")
    channels = [deployed.wall.entry("webhook", "audit2"), deployed.wall.entry("dingtalk", "closed")]
    deployed.wall.chat("dingtalk", "closed", access_token="yet-another-fake-token")

    ran = doctor("--send", "--product", "cdn", REFRESH_WATCH_CHANNELS=json.dumps(channels))

    assert ran.code == 1
    assert found(ran, "ok", "audit2 (webhook)")[0].startswith("delivered (HTTP 20")
    assert len(deployed.chats("audit2")) == 1
    said, do = found(ran, "bad", "closed (dingtalk)")
    assert "300005" in said
    assert do


def test_a_refused_action_is_named_with_what_to_grant_and_a_product_that_is_not_open_is_no_fault(
    deployed: House, doctor: Callable[..., Ran]
) -> None:
    action = "dcdn:DescribeDcdnRefreshTaskById"
    deployed.products.faults.add(faults.no_permission(action), action="DescribeDcdnRefreshTaskById")
    deployed.products.faults.add(faults.not_opened(), version="2017-03-21")
    try:
        ran = doctor(
            REFRESH_WATCH_LANGUAGE="de",
            REFRESH_WATCH_CHANEL="x",
            REFRESH_WATCH_FC_ENDPOINT="",
            REFRESH_WATCH_REGION="",
            REFRESH_WATCH_CHANNELS=json.dumps(
                [
                    {"name": "oncall", "kind": "slack", "url": "https://hooks.example.com/services/T0/B0/fake-token"},
                    {"name": "second", "kind": "webhook", "url": "ftp://x/fake-token"},
                    {**deployed.wall.entry("webhook", "audit"), "fallback": "nobody"},
                    {**deployed.wall.entry("webhook", "third"), "fallback": "second"},
                ]
            ),
        )
    finally:
        deployed.products.faults.clear()

    assert ran.code == 1
    said, do = found(ran, "bad", action)
    assert said == f"RAM refuses it (Forbidden.RAM): {action} is needed for watch and list"
    assert do == f"grant {action} on * to acs:ram::1234567890123456:user/deployer"
    assert found(ran, "ok", "dcdn:DescribeDcdnRefreshTasks")[0] == "allowed"
    said, do = found(ran, "warning", "vod:DescribeVodRefreshTasks")
    assert said == "vod is not open in this account: Your account does not open VOD service yet."
    assert "--product" in do
    assert "'de' is not allowed; allowed: en, zh" in found(ran, "bad", "REFRESH_WATCH_LANGUAGE")[0]
    assert "did you mean REFRESH_WATCH_CHANNELS?" in found(ran, "warning", "REFRESH_WATCH_CHANEL")[0]
    assert "hooks.slack.com" in found(ran, "bad", "oncall (slack)")[0]
    assert "not an http(s) URL" in found(ran, "bad", "second")[0]
    assert "`fallback` names no other channel" in found(ran, "bad", "audit (webhook)")[0]
    said, do = found(ran, "bad", "third (webhook)")
    assert "its `fallback`, second, is set wrong" in said
    assert do == "mend second in REFRESH_WATCH_CHANNELS"
    assert "REFRESH_WATCH_REGION is not set" in found(ran, "skipped", "functions")[0]


def test_what_a_functions_own_role_is_refused_is_named_though_the_caller_may_do_it(
    deployed: House, doctor: Callable[..., Ran], roles: Roles
) -> None:
    action = "cdn:DescribeRefreshTasks"
    deployed.products.faults.add(faults.no_permission(action), action="DescribeRefreshTasks", version="2018-05-10")
    roles.deny("watch", "fc:InvokeFunction", "notify")
    try:
        with StandIn(World(time.time())) as others:
            ran = doctor("--product", "cdn", REFRESH_WATCH_CDN_ENDPOINT=others.endpoint)
    finally:
        deployed.products.faults.clear()
        roles.clear()

    assert ran.code == 1
    assert found(ran, "ok", action)[0] == found(ran, "ok", "fc:GetAsyncTask refresh-notify")[0] == "allowed"
    said, do = found(ran, "bad", f"refresh-watch: {action}")
    assert said == ("RAM refuses it to the function's role (Forbidden.RAM): watches of cdn cannot see their tasks")
    assert "make deploy DEPLOY=--only-roles" in do
    said, do = found(ran, "bad", "refresh-watch: fc:InvokeFunction refresh-notify")
    assert said == "RAM refuses it to the function's role (AccessDenied): no report is sent"
    assert "make deploy DEPLOY=--only-roles" in do
    assert found(ran, "ok", "role of refresh-notify")[0] == "may do all 3 actions that were tried"
    assert ran.out.count("RAM refuses it") == 2


def test_a_product_that_is_not_open_is_no_fault_of_a_role_and_one_out_of_reach_is_not_known(
    deployed: House, call: Callable[..., Ran]
) -> None:
    deployed.products.faults.add(faults.not_opened(), version="2017-03-21")
    deployed.products.faults.add(faults.internal_error(), action="DescribeDcdnRefreshTasks")
    elsewhere = {"REFRESH_WATCH_REGION": "cn-hangzhou", "REFRESH_WATCH_FC_ENDPOINT": deployed.engine_url}
    try:
        ran = call("doctor", "--product", "vod", REFRESH_WATCH_STS_ENDPOINT=deployed.products.endpoint, **elsewhere)
        other = call("doctor", "--product", "dcdn", REFRESH_WATCH_STS_ENDPOINT=deployed.products.endpoint, **elsewhere)
    finally:
        deployed.products.faults.clear()

    assert (ran.code, other.code) == (0, 0)
    said, _ = found(ran, "ok", "role of refresh-watch")
    assert said == "may do all 6 actions that were tried; vod: not open in this account"
    said, do = found(other, "warning", "refresh-watch: dcdn:DescribeDcdnRefreshTasks")
    assert said == "not known whether its role may: no answer that says so (InternalError)"
    assert "again in a minute" in do


def test_without_credentials_it_says_what_to_set_and_examines_the_rest(
    doctor: Callable[..., Ran], tmp_path: Path
) -> None:
    ran = doctor(without=("ALIBABA_CLOUD_ACCESS_KEY_SECRET",), HOME=str(tmp_path))

    assert ran.code == 1
    said, do = found(ran, "bad", "credentials")
    assert said.startswith("no Alibaba Cloud credentials were found (Alibaba's credential chain: ")
    assert do == "export ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or run `aliyun configure`"
    assert "ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set" in found(ran, "warning", "ALIBABA_CLOUD_ACCESS_KEY_ID")[0]
    assert "without credentials" in found(ran, "skipped", "products")[0]
    assert "without credentials" in found(ran, "skipped", "functions")[0]
    assert "is reached" in found(ran, "ok", "oncall (dingtalk)")[0]


def test_the_profile_that_the_credentials_are_from_is_named_and_the_accounts_own_key_is_warned_of(
    deployed: House, doctor: Callable[..., Ran], tmp_path: Path
) -> None:
    profile = {"name": "release", "mode": "AK", "access_key_id": "testAK", "access_key_secret": "testSK"}
    (tmp_path / ".aliyun").mkdir()
    (tmp_path / ".aliyun/config.json").write_text(json.dumps({"current": "release", "profiles": [profile]}))
    before, deployed.products.world.account.caller = deployed.products.world.account.caller, Identity("Account")
    try:
        ran = doctor(
            "--product",
            "cdn",
            without=("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "REFRESH_WATCH_REGION"),
            HOME=str(tmp_path),
            REFRESH_WATCH_FC_ENDPOINT="",
        )
    finally:
        deployed.products.world.account.caller = before

    assert ran.code == 0
    assert found(ran, "ok", "credentials")[0] == "a permanent key, from the profile release of ~/.aliyun/config.json"
    said, do = found(ran, "warning", "identity")
    assert said.startswith("the account 1234567890123456 itself")
    assert "RAM user" in do


def test_a_wrong_clock_is_reported_with_what_follows_from_it(doctor: Callable[..., Ran]) -> None:
    with StandIn(World(time.time()), clock=Behind()) as late:
        ran = doctor(
            "--product",
            "cdn",
            REFRESH_WATCH_CDN_ENDPOINT=late.endpoint,
            REFRESH_WATCH_STS_ENDPOINT=late.endpoint,
            REFRESH_WATCH_FC_ENDPOINT="",
            REFRESH_WATCH_REGION="",
        )

    assert ran.code == 1
    said, do = found(ran, "bad", "clock")
    assert re.fullmatch(r"(20m|19m 5\ds|20m \ds) ahead of that of sts", said)
    assert "15 minutes" in do
    assert "clock" in found(ran, "bad", "cdn:DescribeRefreshTasks")[1]
    assert "clock" in found(ran, "bad", "identity")[1]


def test_programs_read_the_same_as_json(deployed: House, call: Callable[..., Ran]) -> None:
    ran = call(
        "doctor", "--json", "--product", "vod", "--schedule", "0,60;60", REFRESH_WATCH_REGION="cn-huhehaote",
        REFRESH_WATCH_STS_ENDPOINT=deployed.products.endpoint, REFRESH_WATCH_FC_ENDPOINT=deployed.engine_url,
    )  # fmt: skip

    assert ran.code == 0
    assert ran.json["counts"]["bad"] == 0
    by_name = {finding["what"]: finding for finding in ran.json["findings"]}
    assert by_name["vod:DescribeVodRefreshTasks"]["level"] == "ok"
    assert "cdn:DescribeRefreshTasks" not in by_name
    assert "asynchronous tasks" in by_name["fc: region"]["said"]
    assert by_name["channels"]["level"] == "warning"
    hops = {schedule: _hops(call, deployed, schedule) for schedule in ("0,60;60", "0,10;10")}
    assert hops["0,60;60"] < 8 < 20 < hops["0,10;10"]


def _hops(call: Callable[..., Ran], deployed: House, schedule: str) -> int:
    ran = call(
        "doctor", "--json", "--product", "vod", "--schedule", schedule,
        REFRESH_WATCH_STS_ENDPOINT=deployed.products.endpoint,
    )  # fmt: skip
    (said,) = (finding["said"] for finding in ran.json["findings"] if finding["what"] == "a watch")
    match = re.match(r"about (\d+) hops", said)
    assert match
    return int(match[1])
