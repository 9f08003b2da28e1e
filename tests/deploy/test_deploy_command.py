"""`refresh-watch deploy` against the stand-ins of STS and RAM, with a program `s` that notes what it was given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from refresh_watch_cli.build.runtimes import CannotBuild
from refresh_watch_emulator.products.account import Identity, Role
from tests.deploy.newcomer import CHANNELS, FUNCTIONS, NOBODY, PROJECT, Newcomer, done

MANY = json.dumps([{**json.loads(CHANNELS)[0], "name": f"team{number}"} for number in range(40)])


def test_one_command_makes_the_roles_and_hands_over_to_serverless_devs(newcomer: Newcomer) -> None:
    ran = newcomer.deploy()
    assert ran.code == 0, ran.err
    assert "account 1234567890123456, as acs:ram::1234567890123456:user/deployer" in ran.out
    assert ran.err == ""
    for name in FUNCTIONS:
        role = newcomer.account.roles[f"refresh-{name}"]
        assert json.loads(role.trust) == json.loads((PROJECT / "functions/trust.json").read_text())
        assert role.policies == [f"refresh-{name}"]
        policy = json.loads(newcomer.account.policies[f"refresh-{name}"].document)
        assert policy == json.loads((PROJECT / f"functions/{name}/policy.json").read_text())
    # the program's own output is seen, between ours
    assert "deploys refresh-notify, refresh-watch, refresh-intake to cn-hangzhou" in ran.out
    assert "s says: deployed" in ran.out
    assert newcomer.noted["folder"] == str(newcomer.project)
    assert newcomer.noted["arguments"][:3] == ["deploy", "-t", "s.yaml"]
    # the packages are there: the actions of s.yaml would build them again
    assert newcomer.built == [newcomer.project]
    assert "--skip-actions" in newcomer.noted["arguments"]
    assert [line for line in ran.out.splitlines() if " doctor" in line or " test-channel" in line or " start " in line]


def test_the_credentials_go_by_the_environment_alone_in_the_form_that_keeps_a_token(newcomer: Newcomer) -> None:
    newcomer.deploy(ALIBABA_CLOUD_SECURITY_TOKEN="temporary", SecurityToken="another", AccessKeyID="another")
    arguments, environment = newcomer.noted["arguments"], newcomer.noted["environment"]
    access = arguments[arguments.index("-a") + 1]
    # serverless devs reads any variable of this ending as an access of that name
    assert access.endswith("_serverless_devs_key")
    assert json.loads(environment[access]) == {
        "AccountID": "1234567890123456",
        "AccessKeyID": "testAK",
        "AccessKeySecret": "testSK",
        "SecurityToken": "temporary",
    }
    assert "testSK" not in " ".join(arguments)
    assert {"AccessKeyID", "AccessKeySecret", "SecurityToken", "AccountID"}.isdisjoint(environment)


def test_the_second_run_changes_nothing_and_says_so(newcomer: Newcomer) -> None:
    newcomer.deploy()
    before = newcomer.written()
    ran = newcomer.deploy()
    assert ran.code == 0
    assert "nothing changed" in ran.out
    assert (done(ran), newcomer.written()) == ([], before)


def test_the_prefix_is_in_the_names_and_in_what_the_policies_reach(newcomer: Newcomer) -> None:
    newcomer.deploy("--only-roles", REFRESH_WATCH_PREFIX="Team-A")
    # the fc3 component writes roles in small letters; functions keep theirs
    assert sorted(newcomer.account.roles) == [f"team-a-{name}" for name in FUNCTIONS]
    for policy in newcomer.account.policies.values():
        assert "functions/Team-A-notify" in policy.document
        assert "functions/refresh-" not in policy.document
    assert not newcomer.s_ran


def test_of_five_versions_the_oldest_that_does_not_count_makes_room(newcomer: Newcomer) -> None:
    newcomer.deploy("--only-roles")
    policy = newcomer.account.policies["refresh-watch"]
    for number in range(1, 11):
        newcomer.change_policy(number)
        assert done(newcomer.deploy("--only-roles"))[-1] == "policy refresh-watch: a new default version"
        assert "cdn:Describe" + str(number) in policy.document
    assert [version.id for version in policy.versions] == ["v7", "v8", "v9", "v10", "v11"]
    # an operator went back to an older one: that one counts, and stays
    policy.default = "v7"
    newcomer.change_policy(99)
    assert done(newcomer.deploy("--only-roles"))[0].startswith("policy refresh-watch: version v8 removed")
    assert [version.id for version in policy.versions] == ["v7", "v9", "v10", "v11", "v12"]


def test_what_others_changed_on_our_role_is_set_right(newcomer: Newcomer) -> None:
    newcomer.deploy("--only-roles")
    role = newcomer.account.roles["refresh-notify"]
    role.trust, role.policies = role.trust.replace("fc.aliyuncs.com", "ecs.aliyuncs.com"), []
    ran = newcomer.deploy("--only-roles")
    assert len(done(ran)) == 2
    assert "fc.aliyuncs.com" in role.trust
    assert role.policies == ["refresh-notify"]


@pytest.mark.parametrize("what", ["role", "policy"])
def test_what_others_made_is_left_alone_and_nothing_else_is_made(newcomer: Newcomer, what: str) -> None:
    newcomer.deploy("--only-roles")
    if what == "role":
        newcomer.account.roles = {"refresh-intake": Role("refresh-intake", "1", "{}", "the web team's", 0.0)}
        newcomer.account.policies = {}
    else:
        newcomer.account.policies["refresh-intake"].description = "the web team's"
    before = newcomer.written()
    ran = newcomer.deploy()
    assert ran.code == 1
    assert f"the {what} refresh-intake is there already and was not made by this command" in ran.err
    assert len(ran.err.splitlines()) == 1
    assert (newcomer.written(), newcomer.s_ran) == (before, False)


def test_a_denied_action_is_named(newcomer: Newcomer) -> None:
    newcomer.account.denied.add("ram:CreatePolicy")
    ran = newcomer.deploy()
    assert ran.code == 1
    assert "missing RAM action: ram:CreatePolicy" in ran.err
    assert not newcomer.s_ran
    newcomer.account.denied.clear()
    assert newcomer.deploy().code == 0, "what was made so far does not stand in the way"


def test_a_dry_run_shows_what_would_be_made_and_allowed_and_changes_nothing(newcomer: Newcomer) -> None:
    ran = newcomer.deploy("--dry-run")
    assert ran.code == 0
    for line in (
        "function refresh-watch: cn-hangzhou, python3.12",
        "role refresh-notify may: fc:InvokeFunction",
        "trigger http (http)",
        "of 4,096 bytes",
        "    REFRESH_WATCH_CHANNELS",
        "would come: new role refresh-intake",
        "cost: CNY a day",
        "nothing was changed",
    ):
        assert line in ran.out
    assert (newcomer.written(), newcomer.s_ran) == ([], False)
    newcomer.deploy("--only-roles")
    assert "would come" not in newcomer.deploy("--dry-run").out


def test_a_dry_run_needs_no_account(newcomer: Newcomer) -> None:
    ran = newcomer.deploy("--dry-run", alone=True, **NOBODY)
    assert ran.code == 0
    assert "no credentials were found" in ran.out
    assert newcomer.asked() == []


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"REFRESH_WATCH_CHANNELS": CHANNELS.replace("oncall", "oncall" * 700)}, "REFRESH_WATCH_CHANNELS[0].name"),
        ({"REFRESH_WATCH_CHANNELS": CHANNELS.replace('"slack"', '"carrier"')}, "channel oncall: kind"),
        ({"REFRESH_WATCH_RUNTIME": "python3.11"}, "REFRESH_WATCH_RUNTIME: 'python3.11' is not allowed"),
        ({"REFRESH_WATCH_PREFIX": "team_a"}, "REFRESH_WATCH_PREFIX: 'team_a' is not allowed; allowed: letters, digits"),
        ({"REFRESH_WATCH_CDN_ENDPOINT": "http://127.0.0.1:41234"}, "CDN_ENDPOINT: 'http://127.0.0.1:41234' is not"),
        ({"REFRESH_WATCH_FC_ENDPOINT": "https://localhost"}, "none for a deployment (unset it)"),
        ({"REFRESH_WATCH_VOD_ENDPOINT": "http://vod.cn-shanghai.aliyuncs.com"}, "REFRESH_WATCH_VOD_ENDPOINT"),
        ({"REFRESH_WATCH_QUOTA": "cdn.list=many"}, "REFRESH_WATCH_QUOTA"),
        ({"REFRESH_WATCH_LANGUAGE": "fr"}, "en, zh"),
        ({"REFRESH_WATCH_REGION": "Hangzhou!"}, "REFRESH_WATCH_REGION"),
        ({"REFRESH_WATCH_ENVIRONMENT": "${vars.prefix}"}, "REFRESH_WATCH_ENVIRONMENT: a text with ${ is not allowed"),
        ({"REFRESH_WATCH_CHANNELS": CHANNELS.replace("oncall", "${process.exit(3)}")}, "REFRESH_WATCH_CHANNELS"),
        ({"REFRESH_WATCH_CHANNELS": MANY}, "environment of refresh-notify: 4,"),
    ],
)
def test_settings_that_cannot_work_stop_it_before_anything(
    newcomer: Newcomer, variables: dict[str, str], told: str
) -> None:
    assert newcomer.refuses(newcomer.deploy(**variables), told)


def test_channels_in_a_file_are_refused_since_the_file_is_in_no_package(newcomer: Newcomer, tmp_path: Path) -> None:
    (tmp_path / "channels.json").write_text(CHANNELS)
    ran = newcomer.deploy(REFRESH_WATCH_CHANNELS=f"@{tmp_path / 'channels.json'}")
    assert newcomer.refuses(ran, "the JSON itself")


def test_no_credentials_and_no_channels_are_reported(newcomer: Newcomer) -> None:
    ran = newcomer.deploy(alone=True, REFRESH_WATCH_CHANNELS="", **NOBODY)
    assert ran.code == 2
    warning, refusal = ran.err.splitlines()
    assert "REFRESH_WATCH_CHANNELS is not set" in warning
    assert "ALIBABA_CLOUD_ACCESS_KEY_ID" in refusal


def test_the_accounts_own_keys_are_warned_of(newcomer: Newcomer) -> None:
    newcomer.account.caller = Identity("Account")
    ran = newcomer.deploy()
    assert ran.code == 0
    assert "the account itself" in ran.err


def test_without_s_npx_fetches_the_pinned_one(newcomer: Newcomer) -> None:
    (newcomer.programs / "s").unlink()
    assert newcomer.refuses(newcomer.deploy(), "npm install -g @serverless-devs/s@3.1.10", code=1)
    newcomer.install_s("npx")
    assert newcomer.deploy().code == 0
    assert newcomer.noted["arguments"][:3] == ["--yes", "@serverless-devs/s@3.1.10", "deploy"]


@pytest.mark.parametrize("says", ["search 1.0", "@serverless-devs/s: 2.1.18"])
def test_another_program_of_that_name_is_not_taken_for_it(newcomer: Newcomer, says: str) -> None:
    newcomer.install("s", f"#!/bin/sh\necho {says}\n")
    newcomer.install_s("npx")
    assert newcomer.deploy().code == 0
    assert newcomer.noted["arguments"][0] == "--yes"


def test_packages_that_cannot_be_built_stop_it_before_a_role_is_made(newcomer: Newcomer) -> None:
    newcomer.cannot_build = CannotBuild("uv: no such version")
    ran = newcomer.deploy()
    assert (ran.code, ran.err) == (1, "refresh-watch: uv: no such version\n")
    assert newcomer.written() == []
    assert not newcomer.s_ran


def test_the_exit_code_of_serverless_devs_is_passed_on(newcomer: Newcomer) -> None:
    ran = newcomer.deploy(S_EXIT="101")
    assert ran.code == 101
    assert "run the same command again" in ran.err
    assert "next:" not in ran.out


def test_what_serverless_devs_shows_of_the_environment_is_seen_without_secrets(newcomer: Newcomer) -> None:
    """It shows a function as it is deployed, and what differs from the deployment before."""
    old = '[{"url": "https://oapi.dingtalk.com/robot/send?access_token=token-of-old", "secret": "token-of-old"}]'
    ran = newcomer.deploy(S_PRINTS=f"- {old}\n+ testSK {json.dumps(old)} and the rest")
    assert "https://hooks.slack.com/***" in ran.out
    assert "https://oapi.dingtalk.com/robot" not in ran.out
    assert "and the rest" in ran.out


def test_variables_that_are_set_to_nothing_are_as_if_they_were_not_set(newcomer: Newcomer) -> None:
    """So a pipeline has them where they were not filled in; and Windows leaves ends of lines."""
    names = ("REFRESH_WATCH_REGION", "REFRESH_WATCH_RUNTIME", "REFRESH_WATCH_QUOTA")
    ran = newcomer.deploy(REFRESH_WATCH_PREFIX="team\r\n", **dict.fromkeys(names, " "))
    assert ran.code == 0, ran.err
    assert sorted(newcomer.account.roles) == [f"team-{name}" for name in FUNCTIONS]
    environment = newcomer.noted["environment"]
    assert environment["REFRESH_WATCH_PREFIX"] == "team"
    assert environment.keys().isdisjoint(names)


def test_a_policy_that_says_the_same_in_another_order_is_no_change(newcomer: Newcomer) -> None:
    newcomer.deploy("--only-roles")
    for name in FUNCTIONS:
        role = newcomer.account.roles[f"refresh-{name}"]
        role.trust = role.trust.replace('["fc.aliyuncs.com"]', '"fc.aliyuncs.com"')
        (version,) = newcomer.account.policies[f"refresh-{name}"].versions
        document = json.loads(version.document)
        document["Statement"] = [dict(reversed(each.items())) for each in reversed(document["Statement"])]
        for each in document["Statement"]:
            each["Action"] = (
                sorted(each["Action"], reverse=True) if isinstance(each["Action"], list) else [each["Action"]]
            )
        version.document = json.dumps(document, indent=2)
    before = newcomer.written()
    assert "nothing changed" in newcomer.deploy("--only-roles").out
    assert newcomer.written() == before
    newcomer.account.roles["refresh-watch"].trust = '{"Version": "1", "Statement": [[]]}'
    assert len(done(newcomer.deploy("--only-roles"))) == 1


def test_a_deployment_whose_prefix_differs_in_capitals_only_keeps_its_roles(newcomer: Newcomer) -> None:
    """Functions keep their capitals, and roles do not: the two would share the roles."""
    newcomer.deploy("--only-roles", REFRESH_WATCH_PREFIX="Team-A")
    before = newcomer.written()
    ran = newcomer.deploy("--only-roles", REFRESH_WATCH_PREFIX="team-a")
    assert ran.code == 1
    assert "is that of another deployment" in ran.err
    assert newcomer.written() == before
    assert newcomer.deploy("--only-roles", REFRESH_WATCH_PREFIX="Team-A").code == 0


def test_without_a_standard_input_it_asks_nothing(newcomer: Newcomer) -> None:
    assert newcomer.deploy(stdin=None).code == 0
    assert "-y" in newcomer.noted["arguments"]
