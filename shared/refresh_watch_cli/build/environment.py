"""Whether the environment that will be deployed can work, asked before anything is built."""

from __future__ import annotations

from collections.abc import Mapping

from refresh_watch.errors import BadInput, Described
from refresh_watch.limits import MAX_ENVIRONMENT_BYTES
from refresh_watch.settings import Settings


def check_environment(function: str, environment: Mapping[str, str]) -> None:
    """Raises BadInput when the function could not read its settings, or Function Compute would refuse their size."""
    if environment.get("REFRESH_WATCH_CHANNELS", "").lstrip().startswith("@"):
        allowed = 'the JSON itself in a deployment, since the file is in no package: "$(cat channels.json)"'
        raise BadInput("REFRESH_WATCH_CHANNELS", Described("a file"), allowed)
    Settings.from_environment(environment)
    size = sum(len(name.encode()) + len(value.encode()) for name, value in environment.items())
    if size > MAX_ENVIRONMENT_BYTES:
        longest = max(environment, key=lambda name: len(environment[name].encode()))
        given = f"{size:,} bytes ({longest} alone has {len(environment[longest].encode()):,})"
        allowed = f"at most {MAX_ENVIRONMENT_BYTES:,} bytes, names and values together"
        raise BadInput(f"environment of {function}", Described(given), allowed)
