"""The roles of the functions and their policies: what is there, what differs, and making it so.

First everything is read, then everything that differs is written: a role that this command did not make stops it before
anything has changed. Run twice, the second time changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from refresh_watch.errors import RefreshWatchError
from refresh_watch_cli.account.services import AccountRefusal
from refresh_watch_cli.deploy.plan import FunctionPlan

MADE_BY = "Made by refresh-watch deploy"
"""How the description of each role and policy of ours begins."""

MOST_VERSIONS = 5
"""Of one policy (RAM's error page, LimitExceeded.Policy.Version)."""

Ram = Callable[[str, Mapping[str, str]], Mapping[str, Any]]
"""Asks RAM: action and parameters → the answer. Raises AccountRefusal, Retryable."""


class NotOurs(RefreshWatchError):
    """A role or a policy of that name is there, and this command did not make it."""


@dataclass(frozen=True)
class Change:
    """One call that is needed. `text` says to people what it brings."""

    text: str
    action: str
    params: Mapping[str, str]


def changes_of(ram: Ram, plan: FunctionPlan) -> list[Change]:
    """What has to change for one function; empty when all is as it should be. Only reads.

    Raises NotOurs, AccountRefusal, Retryable.
    """
    return [*_role_changes(ram, plan), *_policy_changes(ram, plan), *_attachment(ram, plan)]


def apply(ram: Ram, change: Change) -> None:
    """Make it so. Raises AccountRefusal, Retryable."""
    try:
        ram(change.action, change.params)
    except AccountRefusal as refused:
        # it was not there a moment ago: the answer to an earlier try of this very call was lost
        if not refused.code.startswith("EntityAlreadyExist"):
            raise


def _role_changes(ram: Ram, plan: FunctionPlan) -> list[Change]:
    name = {"RoleName": plan.role}
    found = _or_none(ram, "GetRole", name, "Role")
    if found is None:
        params = {**name, "AssumeRolePolicyDocument": plan.trust, "Description": _description(plan)}
        return [Change(f"new role {plan.role}", "CreateRole", params)]
    _check_ours("role", plan, found)
    if _same(found.get("AssumeRolePolicyDocument"), plan.trust):
        return []
    text = f"role {plan.role}: taken on by Function Compute only, as functions/trust.json says"
    return [Change(text, "UpdateRole", {**name, "NewAssumeRolePolicyDocument": plan.trust})]


def _policy_changes(ram: Ram, plan: FunctionPlan) -> list[Change]:
    name = {"PolicyName": plan.role}
    try:
        answer = ram("GetPolicy", {**name, "PolicyType": "Custom"})
    except AccountRefusal as refused:
        if not refused.code.startswith("EntityNotExist"):
            raise
        params = {**name, "PolicyDocument": plan.policy, "Description": _description(plan)}
        return [Change(f"new policy {plan.role}", "CreatePolicy", params)]
    _check_ours("policy", plan, _object(answer, "Policy"))
    if _same(_object(answer, "DefaultPolicyVersion").get("PolicyDocument"), plan.policy):
        return []
    new = {**name, "PolicyDocument": plan.policy, "SetAsDefault": "true"}
    text = f"policy {plan.role}: a new default version"
    return [*_room(ram, plan), Change(text, "CreatePolicyVersion", new)]


def _room(ram: Ram, plan: FunctionPlan) -> list[Change]:
    answer = ram("ListPolicyVersions", {"PolicyName": plan.role, "PolicyType": "Custom"})
    versions = _list(answer, "PolicyVersions", "PolicyVersion")
    spare = sorted(
        (str(version.get("VersionId") or "") for version in versions if not version.get("IsDefaultVersion")),
        key=lambda version: (len(version), version),  # v9 is older than v10
    )
    if len(versions) < MOST_VERSIONS or not spare:
        return []
    params = {"PolicyName": plan.role, "VersionId": spare[0]}
    text = f"policy {plan.role}: version {spare[0]} removed, the oldest of {MOST_VERSIONS}, which is RAM's limit"
    return [Change(text, "DeletePolicyVersion", params)]


def _attachment(ram: Ram, plan: FunctionPlan) -> list[Change]:
    try:
        attached = _list(ram("ListPoliciesForRole", {"RoleName": plan.role}), "Policies", "Policy")
    except AccountRefusal as refused:  # it is about to be made
        if not refused.code.startswith("EntityNotExist"):
            raise
        attached = []
    if plan.role in [policy.get("PolicyName") for policy in attached if policy.get("PolicyType") == "Custom"]:
        return []
    params = {"PolicyType": "Custom", "PolicyName": plan.role, "RoleName": plan.role}
    return [Change(f"policy {plan.role}: given to its role", "AttachPolicyToRole", params)]


def _check_ours(what: str, plan: FunctionPlan, found: Mapping[str, Any]) -> None:
    description = str(found.get("Description") or "")
    if not description.startswith(MADE_BY):
        raise NotOurs(
            f"the {what} {plan.role} is there already and was not made by this command, so it is left alone; "
            f"set REFRESH_WATCH_PREFIX to another prefix, or see docs/deploying.md for how to hand it over"
        )
    whose = description.removeprefix(MADE_BY)
    if whose and plan.resource.name not in whose.split():
        # Team-a and team-A are two deployments, whose roles would have one name
        raise NotOurs(
            f"the {what} {plan.role} is that of another deployment, whose prefix differs in capital letters only; "
            f"set REFRESH_WATCH_PREFIX to another prefix"
        )


def _description(plan: FunctionPlan) -> str:
    return f"{MADE_BY}: what the function {plan.resource.name} may do"


def _or_none(ram: Ram, action: str, params: Mapping[str, str], key: str) -> Mapping[str, Any] | None:
    try:
        return _object(ram(action, params), key)
    except AccountRefusal as refused:
        if refused.code.startswith("EntityNotExist"):
            return None
        raise


def _object(answer: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = answer.get(key)
    return found if isinstance(found, dict) else {}


def _list(answer: Mapping[str, Any], key: str, inner: str) -> list[Mapping[str, Any]]:
    found = _object(answer, key).get(inner)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _same(found: object, other: str) -> bool:
    try:
        return _meaning(json.loads(str(found))) == _meaning(json.loads(other))
    except (ValueError, TypeError):
        return False


def _meaning(found: Any) -> frozenset[Any]:
    """What a policy says: no order counts in it, and one word is a list of one."""
    each = found if isinstance(found, list) else [found]
    return frozenset(
        frozenset((key, _meaning(value)) for key, value in one.items()) if isinstance(one, dict) else one
        for one in each
    )
