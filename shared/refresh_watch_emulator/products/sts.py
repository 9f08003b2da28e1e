"""STS 2015-04-01: GetCallerIdentity, which needs no permission (help: api-sts-2015-04-01-getcalleridentity)."""

from __future__ import annotations

from typing import Any

from refresh_watch_emulator.products.account import Account

VERSION = "2015-04-01"


def caller_identity(account: Account) -> dict[str, Any]:
    """Who signed the call. UserId is there for accounts and users only, RoleId for roles only."""
    caller = account.caller
    is_role = caller.kind == "AssumedRoleUser"
    own_id = account.id if caller.kind == "Account" else caller.id
    return {
        "IdentityType": caller.kind,
        "AccountId": account.id,
        "PrincipalId": f"{own_id}:session" if is_role else own_id,
        "Arn": account.caller_arn,
        **({"RoleId": own_id} if is_role else {"UserId": own_id}),
    }
