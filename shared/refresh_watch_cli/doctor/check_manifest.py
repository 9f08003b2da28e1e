"""s.yaml as it would be deployed from this environment."""

from __future__ import annotations

from collections.abc import Iterator

from refresh_watch.errors import BadInput
from refresh_watch.instants import format_duration
from refresh_watch.limits import MAX_ENVIRONMENT_BYTES
from refresh_watch_cli.deploy.triggers import doubtful, wrong
from refresh_watch_cli.doctor.check import RUNTIME, DoctorContext, Finding, bad, ok, skipped, warning
from refresh_watch_cli.resources import Resource, check_environment, read_resources

WITHOUT_PYTHON_312 = {"ap-southeast-1": "Singapore", "ap-southeast-5": "Jakarta", "ap-southeast-3": "Kuala Lumpur"}
"""Regions that the page of the Python runtimes leaves out for 3.12 (2026-06-02), among others."""


def check_manifest(context: DoctorContext) -> Iterator[Finding]:
    """One finding a function: its size, the bytes of its environment, what wakes it."""
    try:
        resources = read_resources(context.project.manifest, context.environment)
    except BadInput as problem:
        if RUNTIME in context.problems and problem.field.endswith(".runtime"):
            yield skipped("s.yaml", f"not examined: {RUNTIME} cannot be used (see Settings above)")
            return
        yield bad("s.yaml", str(problem), "mend that place of s.yaml, or the variable that it takes it from")
        return
    for resource in resources:
        yield _function(resource)
    yield _triggers(resources)
    for resource in resources:
        for mistake in wrong(resource):
            yield bad("triggers", str(mistake), "mend that place of s.yaml: a deployment stops at it")
        for line in doubtful(resource):
            yield warning("s.yaml", line, "mend it in s.yaml, unless it is meant so")
    for region, runtime in sorted({(resource.region, resource.runtime) for resource in resources}):
        if runtime == "python3.12" and region in WITHOUT_PYTHON_312:
            said = f"{WITHOUT_PYTHON_312[region]} ({region}) is not among the regions with {runtime}, says its page"
            yield warning("runtime", said, "set REFRESH_WATCH_RUNTIME=python3.10 and deploy again")


def _function(resource: Resource) -> Finding:
    size = resource.size
    said = ", ".join(
        [
            resource.runtime,
            f"{size.vcpu:g} vCPU",
            f"{size.memory * 1024:.0f} MB",
            format_duration(size.timeout),
            f"{resource.environment_bytes:,} of {MAX_ENVIRONMENT_BYTES:,} bytes of environment",
        ]
    )
    try:
        check_environment(resource.name, dict(resource.environment))
    except BadInput as problem:
        return bad(resource.name, str(problem), "mend that variable before you deploy; fewer channels take less room")
    return ok(resource.name, said)


def _triggers(resources: tuple[Resource, ...]) -> Finding:
    on = [
        f"{trigger.name} ({trigger.kind}) on {each.key}"
        for each in resources
        for trigger in each.triggers
        if trigger.is_on
    ]
    off = [f"{trigger.name} ({trigger.kind})" for each in resources for trigger in each.triggers if not trigger.is_on]
    words = ", ".join(on) or "none: only calls of the API wake it"
    return ok("triggers", f"{words}; switched off: {', '.join(off)}" if off else words)
