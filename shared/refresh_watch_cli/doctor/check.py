"""What a check is given, the environment and what earlier ones have learned, and what it finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from refresh_watch.checks import one_of
from refresh_watch.clock import Clock, SystemClock
from refresh_watch.credentials import Credentials
from refresh_watch.errors import BadInput
from refresh_watch.model import Product, Word
from refresh_watch.settings import Secret, Settings
from refresh_watch_cli.build.runtimes import RUNTIMES
from refresh_watch_cli.project import Project

PREFIX = "REFRESH_WATCH_"
_HOSTS = f"{PREFIX}ALLOWED_HOSTS"
RUNTIME = f"{PREFIX}RUNTIME"
_SECRET = ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN", "REFRESH_WATCH_SERVE_TOKEN")


def read_settings(environment: Mapping[str, str]) -> tuple[Settings, dict[str, BadInput]]:
    """The settings that the right variables make, and by variable what is wrong with the others."""
    problems: dict[str, BadInput] = {}
    given = dict(environment)
    hosts = {_HOSTS: given.get(_HOSTS, "")}
    for name in sorted(name for name in environment if name.startswith(PREFIX)):
        # channels are checked against the allowed hosts, and hosts by themselves
        together = {name: environment[name]} if name == _HOSTS else {**hosts, name: environment[name]}
        try:
            if name == RUNTIME and environment[name].strip():
                one_of(RUNTIME, environment[name].strip(), [runtime.name for runtime in RUNTIMES])
            Settings.from_environment(together, lenient_channels=True)
        except BadInput as problem:
            problems[name] = problem
            given.pop(name)
            if name == _HOSTS:
                hosts = {}
    return Settings.from_environment(given, lenient_channels=True), problems


def known_names(manifest: Path) -> set[str]:
    """Every variable that means something: those that the settings are read from, and those of s.yaml."""
    asked = _Asked()
    Settings.from_environment(asked)
    names = {name for name in asked.names if name.startswith(PREFIX)} | {RUNTIME}
    try:
        text = manifest.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        text = ""
    return names | set(re.findall(rf"env\(\s*['\"]?({PREFIX}[A-Z0-9_]+)", text))


class _Asked(Mapping[str, str]):
    """An environment in which nothing is set, and that remembers what it was asked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@dataclass
class DoctorContext:
    """One deployment as this machine sees it."""

    environment: Mapping[str, str]
    products: tuple[Product, ...]
    project: Project
    send: bool = False
    schedule: str = ""
    clock: Clock = field(default_factory=SystemClock)
    credentials: Credentials | None = None  # once they are found
    account: str = ""
    arn: str = ""
    deployed: set[str] = field(default_factory=set)  # the functions that were found, by their folders

    def __post_init__(self) -> None:
        """Read the settings, leaving out what is wrong, so that one mistake does not hide the next."""
        self.settings, self.problems = read_settings(self.environment)

    @property
    def whom(self) -> str:
        return self.arn or "the identity of these credentials"

    def masked(self, text: str) -> str:
        """The text without any secret that is known here: whatever goes wrong, none is printed."""
        for secret in self._secrets():
            text = text.replace(secret, "***")
        return text

    def _secrets(self) -> list[str]:
        held: list[Secret | None] = [self.settings.serve_token]
        for channel in self.settings.channels:
            held += [channel.url, channel.secret]
        if self.credentials is not None:
            held += [self.credentials.access_key_secret, self.credentials.security_token]
        values = [secret.value for secret in held if secret is not None]
        values += [self.environment.get(name, "").strip() for name in _SECRET]
        # a shorter one would mask the words of the report
        return sorted({value for value in values if len(value) >= 6}, key=len, reverse=True)


class Level(Word):
    """How bad it is. Only `bad` makes the command fail."""

    OK = "ok"
    WARNING = "warning"  # it may be meant so, or works for now
    BAD = "bad"
    SKIPPED = "skipped"  # it was not looked at


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, what was found, and what to do about it. No secret is in it."""

    level: Level
    what: str
    said: str
    do: str = ""


Check = Callable[[DoctorContext], Iterable[Finding]]
"""One check. It may raise: what it had found before that is kept."""

ok = partial(Finding, Level.OK)
warning = partial(Finding, Level.WARNING)
bad = partial(Finding, Level.BAD)
skipped = partial(Finding, Level.SKIPPED)
