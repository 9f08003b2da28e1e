"""The variables of ours that are set: each read by itself, so that a wrong one does not hide the next."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from refresh_watch.checks import one_of
from refresh_watch.errors import BadInput
from refresh_watch.settings import Settings
from refresh_watch_cli.build.runtimes import RUNTIMES

PREFIX = "REFRESH_WATCH_"
_HOSTS = f"{PREFIX}ALLOWED_HOSTS"
RUNTIME = f"{PREFIX}RUNTIME"


@dataclass(frozen=True)
class SettingsReading:
    """The settings that the right variables make, and what is wrong with the others."""

    settings: Settings
    problems: Mapping[str, BadInput]  # by variable


def read_settings(environment: Mapping[str, str]) -> SettingsReading:
    """Read them all; nothing is raised."""
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
    return SettingsReading(Settings.from_environment(given, lenient_channels=True), problems)


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
