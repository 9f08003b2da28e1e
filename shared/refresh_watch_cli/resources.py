"""What s.yaml gives each function: the size of its instances, and the triggers that wake it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from refresh_watch.errors import BadInput, Described
from refresh_watch.instants import Seconds
from refresh_watch.limits import MAX_ENVIRONMENT_BYTES
from refresh_watch.settings import Settings
from refresh_watch_emulator.engine.manifest import Resolver, read_manifest

_SWITCHES = ("enable", "triggerEnable")
"""The keys of a trigger's configuration that turn it off (fc3: timer, EventBridge)."""


@dataclass(frozen=True)
class Size:
    """Of an instance: a share of a core, memory in GB, and how long an invocation may take.

    `instances`: its reservedConcurrency, 0 where none is set.
    """

    vcpu: float
    memory: float
    instances: int = 0
    timeout: Seconds = 60


@dataclass(frozen=True)
class Trigger:
    """One way in which a function is woken. `is_on`: not switched off in its own configuration.

    The others are what its configuration says, empty where it says nothing.
    """

    name: str
    kind: str
    is_on: bool
    cron: str = ""
    payload: str = ""
    auth: str = ""
    domains: tuple[str, ...] = ()


@dataclass(frozen=True)
class Resource:
    """One function as it will be deployed. `key` is the name of its folder."""

    key: str
    name: str
    runtime: str
    region: str
    size: Size
    environment: tuple[tuple[str, str], ...]
    triggers: tuple[Trigger, ...]

    @property
    def environment_bytes(self) -> int:
        """Names and values together, as Function Compute counts them."""
        return _bytes_of(dict(self.environment))


def read_resources(path: Path, environment: Mapping[str, str]) -> tuple[Resource, ...]:
    """Read s.yaml; ``environment`` answers its ``${env(...)}``. Raises BadInput that names the place in the file."""
    manifest = read_manifest(path, environment)
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    resolver = Resolver(document, environment)
    found = []
    for function in manifest.functions:
        where = f"resources.{function.key}.props"
        props = resolver.resolve(document["resources"][function.key]["props"])
        cpu = _share(f"{where}.cpu", props.get("cpu"))
        size = Size(cpu, function.memory / 1024, function.reserved_concurrency or 0, function.timeout)
        named = function.key, function.name, function.runtime, function.region
        triggers = _triggers(f"{where}.triggers", props.get("triggers"))
        found.append(Resource(*named, size, function.environment, triggers))
    return tuple(found)


def _share(where: str, value: Any) -> float:
    try:
        share = float(value)
    except (TypeError, ValueError):
        share = 0.0
    if isinstance(value, bool) or not 0.05 <= share <= 16:
        raise BadInput(where, value, "a share of a core from 0.05 to 16")
    return share


def _triggers(where: str, value: Any) -> tuple[Trigger, ...]:
    entries = [] if value is None else value
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise BadInput(where, value, "a list of triggers")
    return tuple(_trigger(entry) for entry in entries)


def _trigger(entry: dict[str, Any]) -> Trigger:
    given = entry.get("triggerConfig")
    config = given if isinstance(given, dict) else {}
    filtered = config.get("filter")
    domains = filtered.get("domain") if isinstance(filtered, dict) else None
    cron, payload, auth = (str(config.get(key) or "") for key in ("cronExpression", "payload", "authType"))
    return Trigger(
        name=str(entry.get("triggerName", "")),
        kind=str(entry.get("triggerType", "")),
        is_on=not any(str(config.get(key)).lower() == "false" for key in _SWITCHES),
        cron=cron,
        payload=payload,
        auth=auth,
        domains=tuple(str(domain) for domain in domains) if isinstance(domains, list) else (),
    )


def check_environment(function: str, environment: Mapping[str, str]) -> None:
    """Raises BadInput when the function could not read its settings, or Function Compute would refuse their size."""
    if environment.get("REFRESH_WATCH_CHANNELS", "").lstrip().startswith("@"):
        allowed = 'the JSON itself in a deployment, since the file is in no package: "$(cat channels.json)"'
        raise BadInput("REFRESH_WATCH_CHANNELS", Described("a file"), allowed)
    Settings.from_environment(environment)
    size = _bytes_of(environment)
    if size > MAX_ENVIRONMENT_BYTES:
        longest = max(environment, key=lambda name: len(environment[name].encode()))
        given = f"{size:,} bytes ({longest} alone has {len(environment[longest].encode()):,})"
        allowed = f"at most {MAX_ENVIRONMENT_BYTES:,} bytes, names and values together"
        raise BadInput(f"environment of {function}", Described(given), allowed)


def _bytes_of(environment: Mapping[str, str]) -> int:
    return sum(len(name.encode()) + len(value.encode()) for name, value in environment.items())
