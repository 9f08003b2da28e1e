"""Whose credentials these are (STS GetCallerIdentity, which needs no permission)."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from refresh_watch.clock import Clock
from refresh_watch.credentials import Credentials
from refresh_watch.errors import Retryable
from refresh_watch.instants import Instant
from refresh_watch.settings import Settings
from refresh_watch_cli.account.rpc import call, host_of


class CallerKind(enum.Enum):
    """Who can own an access key. The values are STS's IdentityType."""

    ACCOUNT = "Account"
    USER = "RAMUser"
    ROLE = "AssumedRoleUser"
    UNKNOWN = ""


@dataclass(frozen=True)
class AccountCaller:
    """Who the credentials belong to."""

    account: str  # the number of the Alibaba Cloud account
    arn: str
    kind: CallerKind
    user_id: str  # empty for a role
    date: Instant | None = None  # STS's own clock, when it answered

    @property
    def is_root(self) -> bool:
        """The account itself: its key may do everything, and cannot be limited."""
        return self.kind is CallerKind.ACCOUNT


def who_am_i(settings: Settings, credentials: Credentials, *, clock: Clock | None = None) -> AccountCaller:
    """Ask STS. Raises rpc.Refused for keys that are not good, Retryable when there is no usable answer."""
    answer = call("sts", "GetCallerIdentity", {}, settings, credentials, clock=clock)
    account = str(answer.body.get("AccountId") or "")
    if not account.isdigit():
        raise Retryable(f"{host_of('sts', settings)}: no usable answer: GetCallerIdentity without an AccountId")
    return AccountCaller(
        account=account,
        arn=str(answer.body.get("Arn") or ""),
        kind=_kind(str(answer.body.get("IdentityType") or "")),
        user_id=str(answer.body.get("UserId") or ""),
        date=answer.date,
    )


def _kind(text: str) -> CallerKind:
    # an edition of the document writes RamUser
    return next((kind for kind in CallerKind if kind.value.lower() == text.lower()), CallerKind.UNKNOWN)
