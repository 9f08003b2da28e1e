"""Every variable of ours that is set: right, wrong, or probably misspelt."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from refresh_watch.errors import as_word
from refresh_watch.settings import Settings
from refresh_watch_cli.doctor.check import PREFIX, DoctorContext, Finding, bad, known_names, ok, warning

_SHOWN = ("REGION", "PREFIX", "ENVIRONMENT", "LANGUAGE", "RUNTIME", "QUOTA", "INSTANCES", "ALLOWED_HOSTS")
"""What is no secret, and is shown as it was given."""


def check_settings(context: DoctorContext) -> Iterator[Finding]:
    known = known_names(context.project.manifest)
    for name in sorted(name for name in context.environment if name.startswith(PREFIX)):
        value = context.environment[name].strip()
        problem = context.problems.get(name)
        if problem is not None:
            yield bad(name, str(problem), f"set {name} to what is allowed, or unset it")
        elif name not in known:
            nearest = difflib.get_close_matches(name, known, n=1)
            meant = f"did you mean {nearest[0]}?" if nearest else "nothing reads it"
            yield warning(
                name, f"no setting of refresh-watch: {meant}", f"rename it to {nearest[0]}" if nearest else ""
            )
        elif value:
            yield ok(name, _shown(name.removeprefix(PREFIX), value, context.settings))
    if context.environment.get("DEBUG", "").lower() == "sdk":
        yield warning("DEBUG=sdk", "Alibaba's SDKs print the Authorization header of every call", "unset DEBUG")
    if not any(name.startswith(PREFIX) and value for name, value in context.environment.items()):
        yield ok("settings", "none is set: every default holds")


def _shown(name: str, value: str, settings: Settings) -> str:
    if name == "CHANNELS":
        count = len(settings.channels) + len(settings.broken_channels)
        return f"{count} channel{'' if count == 1 else 's'}, see below"
    if name.endswith("_ENDPOINT"):
        return str(getattr(settings, name.lower(), "set"))  # s.yaml may have one of its own
    if name in _SHOWN:
        return ", ".join(as_word(part) for part in value.split(","))
    return "set"
