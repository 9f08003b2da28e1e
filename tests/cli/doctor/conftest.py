"""A whole deployment that `refresh-watch doctor` examines, and what its report says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from refresh_watch_emulator.engine.roles import Roles
from tests.cli.command_line import CommandLine, Ran, account_environment
from tests.workflow.house import House, house

SECRETS = ("testSK", "fake-token", "a-fake-serve-token", "fake-secret")


def found(ran: Ran, level: str, what: str) -> tuple[str, str]:
    """What a line of the report says, and what it says to do (empty: nothing)."""
    lines = ran.out.splitlines()
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        match = re.fullmatch(rf"  {level} +{re.escape(what)}  +(.*)", line)
        if match:
            return match[1], below.partition("-> ")[2]
    raise AssertionError(ran.out + ran.err)


def no_secret(ran: Ran) -> bool:
    return not any(secret in ran.out + ran.err for secret in SECRETS)


@pytest.fixture(scope="module")
def roles() -> Roles:
    """What the deployed functions' own roles may not do."""
    return Roles()


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory, roles: Roles) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("engine"), roles=roles) as running:
        yield running


@pytest.fixture(scope="module")
def doctor(deployed: House) -> Callable[..., Ran]:
    """The command, in a process of its own, where all is well unless variables say otherwise."""
    environment = {
        **account_environment(deployed.products, deployed.wall),
        "REFRESH_WATCH_STS_ENDPOINT": deployed.products.endpoint,
        "REFRESH_WATCH_FC_ENDPOINT": deployed.engine_url,
        "REFRESH_WATCH_REGION": "cn-hangzhou",
        "REFRESH_WATCH_SERVE_TOKEN": "a-fake-serve-token",
        "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
    }
    cli = CommandLine(environment)

    def run(*arguments: str, without: tuple[str, ...] = (), **variables: str) -> Ran:
        left = {name: value for name, value in environment.items() if name not in without}
        # the credentials' chain reads its variables when it is imported
        ran = (CommandLine(left).run_alone if without else cli.run)("doctor", *arguments, **variables)
        assert no_secret(ran), ran.out
        return ran

    return run
