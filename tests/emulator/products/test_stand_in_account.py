"""STS and RAM on the socket of the products, asked through the caller that the commands use."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from refresh_watch.credentials import Credentials
from refresh_watch.errors import Retryable
from refresh_watch.settings import Secret, Settings
from refresh_watch_cli.account.services import MAX_TRIES, AccountRefusal, call, who_am_i
from refresh_watch_emulator.products.account import Identity
from refresh_watch_emulator.products.faults import HTML, Fault, Wire, internal_error, throttling_user
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import World
from tests.hand_clock import HandClock

KEYS = Credentials("testAK", Secret("testSK"))
TRUST = json.dumps(
    {
        "Version": "1",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": ["fc.aliyuncs.com"]}}],
    }
)


def document(action: str = "fc:InvokeFunction") -> str:
    return json.dumps({"Version": "1", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})


@pytest.fixture
def account_services() -> Iterator[StandIn]:
    with StandIn(World(time.time(), foreign_tasks=0)) as running:
        yield running


class Asking:
    """What a command sees of the services."""

    def __init__(self, stand_in: StandIn) -> None:
        self.settings = Settings(sts_endpoint=stand_in.endpoint, ram_endpoint=stand_in.endpoint)
        self.clock = HandClock()

    def ram(self, action: str, **params: str) -> Any:
        return call("ram", action, params, self.settings, KEYS, clock=self.clock)

    def refused(self, action: str, **params: str) -> str:
        with pytest.raises(AccountRefusal) as refused:
            self.ram(action, **params)
        return refused.value.code


@pytest.fixture
def ask(account_services: StandIn) -> Asking:
    return Asking(account_services)


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        (Identity("Account"), "root"),
        (Identity(name="ci"), "user/ci"),
        (Identity("AssumedRoleUser", "ops"), "assumed-role/ops/session"),
    ],
)
def test_who_calls_is_known(account_services: StandIn, ask: Asking, identity: Identity, name: str) -> None:
    account_services.world.account.caller = identity
    caller = who_am_i(ask.settings, KEYS, clock=ask.clock)
    assert (caller.account, caller.arn) == ("1234567890123456", f"acs:ram::1234567890123456:{name}")
    assert caller.is_root == (identity.kind == "Account")


def test_a_wrong_secret_is_refused_in_one_line_that_repeats_no_part_of_it(ask: Asking) -> None:
    wrong = Credentials("testAK", Secret("not-the-secret"))
    with pytest.raises(AccountRefusal) as refused:
        who_am_i(ask.settings, wrong, clock=ask.clock)
    assert refused.value.code == "SignatureDoesNotMatch"
    assert "\n" not in str(refused.value)
    assert "not-the-secret" not in str(refused.value)
    with pytest.raises(AccountRefusal, match=r"InvalidAccessKeyId\.NotFound"):
        who_am_i(ask.settings, Credentials("otherAK", Secret("x")), clock=ask.clock)


def test_a_busy_service_is_asked_again_and_given_up_after_a_few_tries(account_services: StandIn, ask: Asking) -> None:
    account_services.faults.add(internal_error(), times=1)
    account_services.faults.add(throttling_user(retry_after_ms=2500), times=1)
    account_services.faults.add(Fault("page", raw=HTML, status=502), times=1)
    began = ask.clock.now()
    assert who_am_i(ask.settings, KEYS, clock=ask.clock).account
    assert ask.clock.now() - began >= 2.5
    account_services.faults.add(Fault("gone", wire=Wire.CLOSED))
    with pytest.raises(Retryable, match=r"^127\.0\.0\.1:\d+: no usable answer"):
        who_am_i(ask.settings, KEYS, clock=ask.clock)
    assert len(account_services.calls) == 4 + MAX_TRIES


def test_an_identity_without_an_account_is_no_answer(account_services: StandIn, ask: Asking) -> None:
    account_services.faults.add(Fault("empty", mangle=lambda _: {"RequestId": "x"}))
    with pytest.raises(Retryable, match="without an AccountId"):
        who_am_i(ask.settings, KEYS, clock=ask.clock)


def test_what_may_not_be_done_is_named(account_services: StandIn, ask: Asking) -> None:
    account_services.world.account.denied.add("ram:CreateRole")
    with pytest.raises(AccountRefusal, match=r"^NoPermission: .* \(missing RAM action: ram:CreateRole\)$") as refused:
        ask.ram("CreateRole", RoleName="a", AssumeRolePolicyDocument=TRUST)
    assert refused.value.action == "ram:CreateRole"


def test_a_role_is_made_once_read_and_changed(ask: Asking) -> None:
    assert ask.refused("GetRole", RoleName="refresh-watch") == "EntityNotExist.Role"
    made = ask.ram("CreateRole", RoleName="refresh-watch", AssumeRolePolicyDocument=TRUST, Description="ours")["Role"]
    assert made["Arn"] == "acs:ram::1234567890123456:role/refresh-watch"
    assert (
        ask.refused("CreateRole", RoleName="refresh-watch", AssumeRolePolicyDocument=TRUST) == "EntityAlreadyExist.Role"
    )
    ask.ram("UpdateRole", RoleName="refresh-watch", NewDescription="still ours")
    role = ask.ram("GetRole", RoleName="refresh-watch")["Role"]
    assert (role["Description"], role["AssumeRolePolicyDocument"]) == ("still ours", TRUST)


def test_the_codes_for_what_exists_can_be_those_of_the_error_page(account_services: StandIn, ask: Asking) -> None:
    account_services.switches = Switches(entity_exists="EntityAlreadyExists")
    ask.ram("CreatePolicy", PolicyName="p", PolicyDocument=document())
    assert ask.refused("CreatePolicy", PolicyName="p", PolicyDocument=document()) == "EntityAlreadyExists.Policy"


def test_a_policy_has_five_versions_at_most_and_its_default_one_stays(ask: Asking) -> None:
    ask.ram("CreatePolicy", PolicyName="p", PolicyDocument=document())
    for number in range(2, 6):
        new = document(f"fc:Number{number}")
        ask.ram("CreatePolicyVersion", PolicyName="p", PolicyDocument=new, SetAsDefault="true")
    extra = {"PolicyName": "p", "PolicyDocument": document()}
    assert ask.refused("CreatePolicyVersion", **extra) == "LimitExceeded.Policy.Version"
    assert ask.refused("DeletePolicyVersion", PolicyName="p", VersionId="v5") == "DeleteConflict.Policy.Version.Default"
    assert ask.refused("DeletePolicyVersion", PolicyName="p", VersionId="v9") == "EntityNotExist.Policy.Version"
    ask.ram("DeletePolicyVersion", PolicyName="p", VersionId="v1")
    ask.ram("CreatePolicyVersion", **extra)
    versions = ask.ram("ListPolicyVersions", PolicyName="p", PolicyType="Custom")["PolicyVersions"]["PolicyVersion"]
    assert {each["VersionId"] for each in versions} == {"v2", "v3", "v4", "v5", "v6"}
    assert [each["VersionId"] for each in versions if each["IsDefaultVersion"]] == ["v5"]
    found = ask.ram("GetPolicy", PolicyName="p", PolicyType="Custom")
    assert (found["Policy"]["DefaultVersion"], found["DefaultPolicyVersion"]["PolicyDocument"]) == (
        "v5",
        document("fc:Number5"),
    )


def test_a_policy_is_attached_once(ask: Asking) -> None:
    attachment = {"PolicyType": "Custom", "PolicyName": "p", "RoleName": "r"}
    assert ask.refused("AttachPolicyToRole", **attachment) == "EntityNotExist.Role"
    ask.ram("CreateRole", RoleName="r", AssumeRolePolicyDocument=TRUST)
    assert ask.refused("AttachPolicyToRole", **attachment) == "EntityNotExist.Policy"
    ask.ram("CreatePolicy", PolicyName="p", PolicyDocument=document())
    assert ask.ram("ListPoliciesForRole", RoleName="r")["Policies"]["Policy"] == []
    ask.ram("AttachPolicyToRole", **attachment)
    assert ask.refused("AttachPolicyToRole", **attachment) == "EntityAlreadyExist.Role.Policy"
    (attached,) = ask.ram("ListPoliciesForRole", RoleName="r")["Policies"]["Policy"]
    assert (attached["PolicyName"], attached["PolicyType"]) == ("p", "Custom")


@pytest.mark.parametrize(
    ("action", "params", "code"),
    [
        ("CreateRole", {"AssumeRolePolicyDocument": TRUST}, "MissingRoleName"),
        (
            "CreateRole",
            {"RoleName": "a_b", "AssumeRolePolicyDocument": TRUST},
            "InvalidParameter.RoleName.InvalidChars",
        ),
        ("CreateRole", {"RoleName": "a" * 65, "AssumeRolePolicyDocument": TRUST}, "InvalidParameter.RoleName.Length"),
        ("CreateRole", {"RoleName": "a"}, "MissingAssumeRolePolicyDocument"),
        ("CreateRole", {"RoleName": "a", "AssumeRolePolicyDocument": document()}, "MalformedPolicyDocument"),
        (
            "CreatePolicy",
            {"PolicyName": "a.b", "PolicyDocument": document()},
            "InvalidParameter.PolicyName.InvalidChars",
        ),
        ("CreatePolicy", {"PolicyName": "a", "PolicyDocument": "{}"}, "MalformedPolicyDocument"),
        ("CreatePolicy", {"PolicyName": "a", "PolicyDocument": "no json"}, "MalformedPolicyDocument"),
        ("CreatePolicy", {"PolicyName": "a", "PolicyDocument": "x" * 6145}, "InvalidParameter.PolicyDocument.Length"),
        ("GetPolicy", {"PolicyName": "a"}, "InvalidParameter.PolicyType"),
        ("GetPolicy", {"PolicyName": "a", "PolicyType": "Custom"}, "EntityNotExist.Policy"),
        ("DeleteRole", {"RoleName": "a"}, "InvalidAction.NotFound"),
    ],
)
def test_what_the_documents_do_not_allow_is_refused(
    ask: Asking, action: str, params: dict[str, str], code: str
) -> None:
    assert ask.refused(action, **params) == code
