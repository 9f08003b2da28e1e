"""RAM 2015-05-01: roles and policies (help: api-ram-2015-05-01-…; codes of help 28754, the RAM error page)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from refresh_watch.instants import Instant, format_instant
from refresh_watch_emulator.products.account import MOST_VERSIONS, Account, Policy, PolicyVersion, Role
from refresh_watch_emulator.products.call import ApiError, Call, bad

VERSION = "2015-05-01"
LONGEST_DOCUMENT = 6144
LONGEST_TRUST = 2048
LONGEST_DESCRIPTION = 1024

_NAMES = {"RoleName": (r"[A-Za-z0-9.-]+", 64), "PolicyName": (r"[A-Za-z0-9-]+", 128)}


def answer_ram(account: Account, call: Call, now: Instant, entity_exists: str) -> dict[str, Any]:
    """Do what is asked. `entity_exists`: how the codes for what exists already begin. Raises ApiError."""
    action = ACTIONS.get(call.action)
    if action is None:
        raise ApiError(404, "InvalidAction.NotFound", "Specified api is not found, please check your url and method.")
    if f"ram:{call.action}" in account.denied:
        raise _no_permission(account, f"ram:{call.action}")
    try:
        return action(account, call, now)
    except _Exists as what:
        raise ApiError(409, f"{entity_exists}.{what}", f"The {what} does already exist.") from None


class _Exists(Exception):
    """``Role``, ``Policy`` or ``Role.Policy``: the documents write the rest of the code in two ways."""


def _create_role(account: Account, call: Call, now: Instant) -> dict[str, Any]:
    name = _name(call, "RoleName")
    trust = _document(call, "AssumeRolePolicyDocument", LONGEST_TRUST, "Principal")
    description = _description(call, "Description")
    if name in account.roles:
        raise _Exists("Role")
    role = Role(name, str(next(account.role_numbers)), trust, description, now)
    account.roles[name] = role
    return {"Role": _role_json(account, role)}


def _get_role(account: Account, call: Call, _now: Instant) -> dict[str, Any]:
    return {"Role": _role_json(account, _role(account, call))}


def _update_role(account: Account, call: Call, _now: Instant) -> dict[str, Any]:
    role = _role(account, call)
    if call.get("NewAssumeRolePolicyDocument"):
        role.trust = _document(call, "NewAssumeRolePolicyDocument", LONGEST_TRUST, "Principal")
    if call.get("NewDescription"):
        role.description = _description(call, "NewDescription")
    return {"Role": _role_json(account, role)}


def _create_policy(account: Account, call: Call, now: Instant) -> dict[str, Any]:
    name = _name(call, "PolicyName")
    document = _document(call, "PolicyDocument", LONGEST_DOCUMENT, "Resource")
    description = _description(call, "Description")
    if name in account.policies:
        raise _Exists("Policy")
    policy = Policy(name, description, now, [PolicyVersion("v1", document, now)], "v1")
    account.policies[name] = policy
    return {"Policy": _policy_json(account, policy)}


def _get_policy(account: Account, call: Call, _now: Instant) -> dict[str, Any]:
    policy = _policy(account, call)
    default = next(version for version in policy.versions if version.id == policy.default)
    return {
        "Policy": _policy_json(account, policy),
        "DefaultPolicyVersion": {**_version_json(policy, default), "PolicyDocument": default.document},
    }


def _create_policy_version(account: Account, call: Call, now: Instant) -> dict[str, Any]:
    policy = _policy(account, call)
    document = _document(call, "PolicyDocument", LONGEST_DOCUMENT, "Resource")
    if len(policy.versions) >= MOST_VERSIONS:
        message = "The count of policy version beyond the current limits."
        raise ApiError(409, "LimitExceeded.Policy.Version", message)
    version = PolicyVersion(f"v{next(policy.numbers)}", document, now)
    policy.versions.append(version)
    if call.get("SetAsDefault").lower() == "true":
        policy.default = version.id
    return {"PolicyVersion": {**_version_json(policy, version), "PolicyDocument": document}}


def _list_policy_versions(account: Account, call: Call, _now: Instant) -> dict[str, Any]:
    _policy_type(call)
    policy = _policy(account, call)
    # no order is promised
    return {"PolicyVersions": {"PolicyVersion": [_version_json(policy, each) for each in reversed(policy.versions)]}}


def _delete_policy_version(account: Account, call: Call, _now: Instant) -> dict[str, Any]:
    policy = _policy(account, call)
    version = call.get("VersionId")
    if version == policy.default:
        message = "The default policy version CAN NOT been deleted directly."
        raise ApiError(409, "DeleteConflict.Policy.Version.Default", message)
    if version not in [each.id for each in policy.versions]:
        raise ApiError(404, "EntityNotExist.Policy.Version", "The policy version does not exist.")
    policy.versions = [each for each in policy.versions if each.id != version]
    return {}


def _attach_policy_to_role(account: Account, call: Call, _now: Instant) -> dict[str, Any]:
    _policy_type(call)
    role, policy = _role(account, call), _policy(account, call)
    if policy.name in role.policies:
        raise _Exists("Role.Policy")
    role.policies.append(policy.name)
    return {}


def _list_policies_for_role(account: Account, call: Call, now: Instant) -> dict[str, Any]:
    role = _role(account, call)
    attached = [_policy_json(account, account.policies[name]) for name in role.policies]
    return {"Policies": {"Policy": [{**each, "AttachDate": format_instant(now)} for each in attached]}}


ACTIONS: Mapping[str, Callable[[Account, Call, Instant], dict[str, Any]]] = {
    "CreateRole": _create_role,
    "GetRole": _get_role,
    "UpdateRole": _update_role,
    "CreatePolicy": _create_policy,
    "GetPolicy": _get_policy,
    "CreatePolicyVersion": _create_policy_version,
    "ListPolicyVersions": _list_policy_versions,
    "DeletePolicyVersion": _delete_policy_version,
    "AttachPolicyToRole": _attach_policy_to_role,
    "ListPoliciesForRole": _list_policies_for_role,
}


def _role(account: Account, call: Call) -> Role:
    role = account.roles.get(_name(call, "RoleName"))
    if role is None:
        raise ApiError(404, "EntityNotExist.Role", "The role does not exist.")
    return role


def _policy(account: Account, call: Call) -> Policy:
    if call.action == "GetPolicy":
        _policy_type(call)
    policy = account.policies.get(_name(call, "PolicyName"))
    if policy is None:
        raise ApiError(404, "EntityNotExist.Policy", "The policy does not exist.")
    return policy


def _policy_type(call: Call) -> None:
    # system policies are not kept here
    if call.get("PolicyType") not in ("Custom", "System"):
        raise bad("InvalidParameter.PolicyType", 'The parameter - "PolicyType" is incorrect.')


def _name(call: Call, parameter: str) -> str:
    name = call.get(parameter)
    pattern, longest = _NAMES[parameter]
    if not name:
        raise bad(f"Missing{parameter}", f"{parameter} is mandatory for this action.")
    if len(name) > longest:
        raise bad(f"InvalidParameter.{parameter}.Length", f'The parameter - "{parameter}" beyond the length limit.')
    if re.fullmatch(pattern, name) is None:
        raise bad(
            f"InvalidParameter.{parameter}.InvalidChars", f'The parameter - "{parameter}" contains invalid chars.'
        )
    return name


def _description(call: Call, parameter: str) -> str:
    text = call.get(parameter)
    if len(text) > LONGEST_DESCRIPTION:
        raise bad(f"InvalidParameter.{parameter}.Length", f'The parameter - "{parameter}" beyond the length limit.')
    return text


def _document(call: Call, parameter: str, longest: int, needs: str) -> str:
    text = call.get(parameter)
    if not text:
        raise bad(f"Missing{parameter}", f"{parameter} is mandatory for this action.")
    if len(text) > longest:
        raise bad(f"InvalidParameter.{parameter}.Length", f'The parameter - "{parameter}" beyond the length limit.')
    try:
        statements = _statements(json.loads(text))
    except (ValueError, TypeError, KeyError):
        raise bad("MalformedPolicyDocument", "The policy document is no policy of version 1.") from None
    for statement in statements:
        if statement.get("Effect") not in ("Allow", "Deny") or not statement.get("Action") or not statement.get(needs):
            raise bad("MalformedPolicyDocument", f"A statement needs Effect, Action and {needs}.")
    return text


def _statements(document: Any) -> list[dict[str, Any]]:
    statements = document["Statement"]
    if document["Version"] != "1" or not statements or not all(isinstance(each, dict) for each in statements):
        raise ValueError(document)
    return list(statements)


def _no_permission(account: Account, action: str) -> ApiError:
    detail = {
        "AccessDeniedDetail": {
            "AuthAction": action,
            "AuthPrincipalType": "SubUser",
            "AuthPrincipalDisplayName": account.caller.id,
            "AuthPrincipalOwnerId": account.id,
            "PolicyType": "AccountLevelIdentityBasedPolicy",
            "NoPermissionType": "ImplicitDeny",
        }
    }
    return ApiError(403, "NoPermission", "You are not authorized to do this action.", detail=detail)


def _role_json(account: Account, role: Role) -> dict[str, Any]:
    return {
        "RoleId": role.id,
        "RoleName": role.name,
        "Arn": account.arn(f"role/{role.name}"),
        "Description": role.description,
        "AssumeRolePolicyDocument": role.trust,
        "MaxSessionDuration": 3600,
        "CreateDate": format_instant(role.created_at),
    }


def _policy_json(account: Account, policy: Policy) -> dict[str, Any]:
    return {
        "PolicyName": policy.name,
        "PolicyType": "Custom",
        "Description": policy.description,
        "DefaultVersion": policy.default,
        "CreateDate": format_instant(policy.created_at),
        "AttachmentCount": sum(policy.name in role.policies for role in account.roles.values()),
    }


def _version_json(policy: Policy, version: PolicyVersion) -> dict[str, Any]:
    return {
        "VersionId": version.id,
        "IsDefaultVersion": version.id == policy.default,
        "CreateDate": format_instant(version.created_at),
    }
