"""What a deployment consists of, read and checked before anything is asked of the account or made in it."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from refresh_watch.checks import one_of
from refresh_watch.errors import BadInput, Described, as_word
from refresh_watch_cli.build.runtimes import RUNTIMES
from refresh_watch_cli.deploy.triggers import wrong
from refresh_watch_cli.project import Project
from refresh_watch_cli.resources import Resource, check_environment, read_resources

ROLE_NAME = re.compile(r"[A-Za-z0-9.-]{1,64}")
"""RAM's rule for roles; that for policies has no dot (api-ram-2015-05-01-createrole, -createpolicy)."""

_FUNCTION_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_OURS = "REFRESH_WATCH_"
RUNTIME = "REFRESH_WATCH_RUNTIME"
_ENDING = "_ENDPOINT"
_ALLOWED = "none for a deployment (unset it), or an https URL that the functions can reach"
_SAMPLE_PREFIX = "functions/refresh-"  # as the policy files have it


@dataclass(frozen=True)
class FunctionPlan:
    """One function and the role that it takes on."""

    resource: Resource
    role: str  # also the name of the role's only policy
    trust: str  # policies as JSON, with the prefix put in
    policy: str

    @property
    def actions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(action for statement in statements(self.policy) for action in statement))


def deployable(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment that s.yaml is to be read with: our variables without space around them, and no empty one.

    So the settings read them, and Serverless Devs takes an empty one for one that is not set. Raises BadInput for `${`:
    it would run what follows as a program, and print the whole value where it cannot (3.1.10).
    """
    ours = {name: value.strip() for name, value in environment.items() if name.startswith(_OURS)}
    for name, value in ours.items():
        if "${" in value:
            raise BadInput(name, Described("a text with ${"), "no ${, which s.yaml would take for an expression")
    others = {name: value for name, value in environment.items() if name not in ours}
    return others | {name: value for name, value in ours.items() if value}


def read_plan(project: Project, environment: Mapping[str, str]) -> tuple[FunctionPlan, ...]:
    """Read s.yaml and the policies of the project, in the order of s.yaml.

    Raises BadInput for whatever Function Compute or RAM would refuse, and for settings that a function could not read.
    """
    if environment.get(RUNTIME):
        one_of(RUNTIME, environment[RUNTIME], [runtime.name for runtime in RUNTIMES])
    resources = read_resources(project.manifest, environment)
    for resource in resources:
        if _FUNCTION_NAME.fullmatch(resource.name) is None:
            allowed = "letters, digits, - and _, beginning with a letter or _, at most 64"
            raise BadInput(f"resources.{resource.key}.props.functionName", resource.name, allowed)
        if not resource.name.endswith(f"-{resource.key}"):
            allowed = f"a prefix and -{resource.key}: the functions find each other by that"
            raise BadInput(f"resources.{resource.key}.props.functionName", resource.name, allowed)
        check_environment(resource.name, dict(resource.environment))
        check_endpoints(resource)
        for problem in wrong(resource):
            raise problem
    functions = project.folder / "functions"
    trust = _policy(functions / "trust.json")
    return tuple(
        FunctionPlan(resource, _role(resource), trust, _policy(functions / resource.key / "policy.json", resource))
        for resource in resources
    )


def statements(policy: str) -> list[tuple[str, ...]]:
    found = (statement["Action"] for statement in json.loads(policy)["Statement"])
    return [(actions,) if isinstance(actions, str) else tuple(actions) for actions in found]


def _role(resource: Resource) -> str:
    # the fc3 component writes a role's ARN in small letters, whatever s.yaml says
    name = resource.name.lower()
    if ROLE_NAME.fullmatch(name) is None:
        allowed = "letters, digits and hyphens, at most 64: RAM's roles are named so"
        raise BadInput(f"resources.{resource.key}.props.functionName", resource.name, allowed)
    return name


def _policy(path: Path, resource: Resource | None = None) -> str:
    try:
        text = path.read_text(encoding="utf-8")
        document: Any = json.loads(text)
    except (OSError, ValueError) as error:
        raise BadInput("policy", str(path), f"a readable JSON file ({type(error).__name__})") from None
    compact = json.dumps(document, separators=(",", ":"))
    if resource is None:
        return compact
    return compact.replace(_SAMPLE_PREFIX, f"functions/{resource.name.removesuffix(resource.key)}")


def check_endpoints(resource: Resource) -> None:
    """Raises BadInput for one of this machine, or that is not encrypted: a stand-in's, from a shell that had a demo."""
    for name, value in resource.environment:
        if name.endswith(_ENDING) and value and (_is_here(_host(value)) or value.lower().startswith("http:")):
            raise BadInput(name, value if "@" not in value else as_word(value), _ALLOWED)


def variables_of(resource: Resource) -> list[str]:
    """The names of the variables that the function gets a value for; of endpoints the host, too."""
    set_ones = [(name, value) for name, value in resource.environment if value]
    return [f"{name} ({_host(value)})" if name.endswith(_ENDING) else name for name, value in set_ones]


def _host(value: str) -> str:
    try:
        return urlsplit(value if "://" in value else f"https://{value}").hostname or ""
    except ValueError:
        return ""


def _is_here(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
