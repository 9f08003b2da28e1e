"""Who calls, and the account's roles and policies: what the stand-ins of STS and RAM know."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from refresh_watch.instants import Instant

MOST_VERSIONS = 5
"""Of one policy (RAM's error page, LimitExceeded.Policy.Version)."""


@dataclass(frozen=True)
class Identity:
    """Whose key signs the calls. `kind` is STS's IdentityType: Account, RAMUser or AssumedRoleUser."""

    kind: str = "RAMUser"
    name: str = "deployer"
    id: str = "200000000000000001"


@dataclass
class PolicyVersion:
    """One text of a policy."""

    id: str  # v1, v2, …
    document: str
    created_at: Instant


@dataclass
class Policy:
    """A custom policy: its versions, oldest first, and which one counts."""

    name: str
    description: str
    created_at: Instant
    versions: list[PolicyVersion]
    default: str
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(2))

    @property
    def document(self) -> str:
        """The text that counts."""
        return next(version.document for version in self.versions if version.id == self.default)


@dataclass
class Role:
    """A role, who may take it, and the names of its policies."""

    name: str
    id: str
    trust: str
    description: str
    created_at: Instant
    policies: list[str] = field(default_factory=list)


@dataclass
class Account:
    """What tests look at, and may change while a gateway serves it (with the world's lock)."""

    id: str = "1234567890123456"
    caller: Identity = field(default_factory=Identity)
    roles: dict[str, Role] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    """RAM actions that the caller may not do, such as ``ram:CreateRole``."""
    role_numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(300000000000000001))

    def arn(self, name: str) -> str:
        """What RAM calls it, such as ``role/refresh-watch``."""
        return f"acs:ram::{self.id}:{name}"

    @property
    def caller_arn(self) -> str:
        """The caller's ARN."""
        names = {"Account": "root", "RAMUser": f"user/{self.caller.name}"}
        return self.arn(names.get(self.caller.kind, f"assumed-role/{self.caller.name}/session"))
