"""What is wrong with a trigger: Function Compute refuses it, or the function cannot read its events; and what may be.

No schema says it. Sources: Function Compute's pages on timers and on HTTP triggers, the schema of the fc3 component for
the kinds, our functions for what they can read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from refresh_watch.errors import BadInput, as_word, missing
from refresh_watch.instants import Seconds
from refresh_watch.workflow.sweep.request import read_payload
from refresh_watch.workflow.task_ids import INTAKE, WATCH
from refresh_watch_cli.resources import Resource, Trigger

KINDS = ("http", "timer", "eventbridge", "oss", "log", "mns_topic", "cdn_events", "tablestore")
TAKEN_BY = {INTAKE: ("http", "eventbridge", "mns_topic", "cdn_events"), WATCH: ("timer",)}
"""Which kinds our functions can read; a function that is not ours may read any."""

LEAST_TIMEOUT: Seconds = 60
"""Of the function watch: a look alone may take this long where a listing has many rows."""

_EVERY = re.compile(r"@every [1-9]\d*m")
_FIELD = r"[\d*/,\-?LW#A-Za-z]+"
_CRON = re.compile(rf"(?:CRON_TZ=[A-Za-z_]+/[A-Za-z_/]+ )?{_FIELD}(?: {_FIELD}){{5}}")
_INSTANCES = "REFRESH_WATCH_INSTANCES"


def is_cron(expression: str) -> bool:
    """Function Compute's timers take it: `@every 30m`, or six fields that begin with seconds."""
    return bool(_EVERY.fullmatch(expression) or _CRON.fullmatch(expression))


def wrong(resource: Resource) -> Iterator[BadInput]:
    """What cannot work, each with its place in s.yaml."""
    for number, trigger in enumerate(resource.triggers):
        yield from _wrong(resource.key, trigger, f"resources.{resource.key}.props.triggers[{number}]")


def doubtful(resource: Resource) -> Iterator[str]:
    """What works, and may not be meant so: a line each."""
    for trigger in resource.triggers:
        if trigger.auth == "anonymous":
            yield (
                f"trigger {trigger.name} of {resource.name}: authType anonymous lets the whole Internet call it; "
                "`function` asks for a signature"
            )
    given = dict(resource.environment).get(_INSTANCES, "")
    reserved = resource.size.instances
    if given.isdigit() and int(given) != reserved:
        has = f"reservedConcurrency is {reserved}" if reserved else "no reservedConcurrency is set"
        yield f"{resource.name}: {_INSTANCES} is {given} and {has}: instances share a quota by that number"
    if resource.key == WATCH and resource.size.timeout < LEAST_TIMEOUT:
        yield f"{resource.name}: a timeout of {resource.size.timeout:g} s may cut off a look; at least 60 s are needed"


def _wrong(key: str, trigger: Trigger, where: str) -> Iterator[BadInput]:
    allowed = TAKEN_BY.get(key, KINDS)
    if trigger.kind not in allowed:
        field, kinds = f"{where}.triggerType", ", ".join(allowed)
        yield BadInput(field, as_word(trigger.kind), kinds) if trigger.kind else missing(field, kinds)
    elif trigger.kind == "timer":
        if not is_cron(trigger.cron):
            allowed_cron = "'@every 30m', or six fields that begin with seconds: '0 20 * * * *'"
            field = f"{where}.triggerConfig.cronExpression"
            yield BadInput(field, trigger.cron, allowed_cron) if trigger.cron else missing(field, allowed_cron)
        if key == WATCH:
            try:
                read_payload(trigger.payload)
            except BadInput as problem:
                yield problem.reworded(field=f"{where}.triggerConfig.payload")
    elif trigger.kind == "cdn_events" and not trigger.domains:
        yield missing(f"{where}.triggerConfig.filter.domain", "a list of your domains")
