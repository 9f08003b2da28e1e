"""Whether the triggers of s.yaml can work: what Function Compute and our functions ask of them, and no schema says.

Sources: Function Compute's pages on each kind of trigger, the structures of its API 2023-03-30, the examples of the fc3
component. The schema of that component takes any configuration for any kind.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from refresh_watch.product_specs.registry import services
from refresh_watch_cli.deploy.triggers import TAKEN_BY, is_cron

SUBMIT_CALLS = {submit.action for spec in services() for submit in spec.submits if submit.names_urls}
EVENT_KEYS = {"source", "type", "subject", "data"}
SOURCES = {"Default", "MNS"}
"""EventBridge knows more, whose messages intake does not open."""

MODES = {"event-driven", "event-streaming"}
RUN_OPTIONS = {"mode", "errorsTolerance", "retryStrategy", "deadLetterQueue", "batchWindow", "maximumTasks"}
RETRIES = {"BACKOFF_RETRY", "EXPONENTIAL_DECAY_RETRY"}
CDN_EVENTS = {"CachedObjectsRefreshed", "CachedObjectsPushed"}

_ACCOUNT = r"(?:\d+|\$\{config\('AccountID'\)\})"

Lines = Iterator[str]


def check_triggers(key: str, props: Mapping[str, Any]) -> list[str]:
    """What is wrong with the triggers of one function, a line each. `key`: of the resource, the function's folder."""
    triggers = props.get("triggers") or []
    found = []
    names = [str(trigger.get("triggerName")) for trigger in triggers]
    found += [f"triggers: two of the name {name}" for name in sorted({name for name in names if names.count(name) > 1})]
    if [trigger.get("triggerType") for trigger in triggers].count("http") > 1:
        found.append("triggers: two of the kind http; a function can have one")
    for i, trigger in enumerate(triggers):
        found += [f"triggers.{i}.{text}" for text in _check(key, props, trigger)]
    return found


def _check(key: str, props: Mapping[str, Any], trigger: Mapping[str, Any]) -> Lines:
    name, kind = str(trigger.get("triggerName")), str(trigger.get("triggerType"))
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]{0,127}", name) is None:
        yield f"triggerName: {name!r} is no name of a trigger"
    allowed = TAKEN_BY.get(key, ())
    if kind not in allowed:
        yield f"triggerType: {key} cannot read events of {kind}; it can of {', '.join(sorted(allowed)) or 'none'}"
    elif kind in _KINDS:
        yield from _KINDS[kind](props, trigger, trigger.get("triggerConfig") or {})


def _timer(_props: Mapping[str, Any], _trigger: Mapping[str, Any], config: Mapping[str, Any]) -> Lines:
    expression = str(config.get("cronExpression"))
    if not is_cron(expression):
        yield f"triggerConfig.cronExpression: {expression!r}; '@every 30m' or six fields: '0 0 8 * * *'"
    if str(config.get("payload", "")).split()[:1] != ["sweep"]:
        yield f"triggerConfig.payload: {config.get('payload')!r}; 'sweep' and what to sweep"


def _topic(props: Mapping[str, Any], trigger: Mapping[str, Any], _config: Mapping[str, Any]) -> Lines:
    arn = str(trigger.get("sourceArn"))
    if re.fullmatch(rf"acs:mns:{props.get('region')}:{_ACCOUNT}:/topics/[\w-]+", arn) is None:
        yield f"sourceArn: {arn!r}; acs:mns:<this region>:<account>:/topics/<name>"


def _cdn(_props: Mapping[str, Any], trigger: Mapping[str, Any], config: Mapping[str, Any]) -> Lines:
    arn = str(trigger.get("sourceArn"))
    if re.fullmatch(rf"acs:cdn:\*:{_ACCOUNT}", arn) is None:
        yield f"sourceArn: {arn!r}; acs:cdn:*:<account>"
    if config.get("eventName") not in CDN_EVENTS:
        yield f"triggerConfig.eventName: {config.get('eventName')!r}; {', '.join(sorted(CDN_EVENTS))}"
    if config.get("eventVersion") != "1.0.0":
        yield f"triggerConfig.eventVersion: {config.get('eventVersion')!r}; '1.0.0'"
    if not (config.get("filter") or {}).get("domain"):
        yield "triggerConfig.filter.domain: names no domain"


def _eventbridge(props: Mapping[str, Any], trigger: Mapping[str, Any], config: Mapping[str, Any]) -> Lines:
    source = config.get("eventSourceConfig") or {}
    kind = source.get("eventSourceType")
    if kind not in SOURCES:
        yield f"triggerConfig.eventSourceConfig.eventSourceType: {kind!r}; {', '.join(sorted(SOURCES))}"
    yield from _run_options(kind, config.get("runOptions") or {})
    schema = ((config.get("eventSinkConfig") or {}).get("deliveryOption") or {}).get("eventSchema", "CloudEvents")
    if schema not in ("CloudEvents", "RawData"):
        yield f"triggerConfig.eventSinkConfig.deliveryOption.eventSchema: {schema!r}; CloudEvents, RawData"
    pattern = _pattern(config.get("eventRuleFilterPattern"))
    where = "triggerConfig.eventRuleFilterPattern"
    if pattern is None:
        yield f"{where}: no JSON object whose values are lists, or objects of lists"
        return
    yield from (f"{where}.{name}: unknown key; {', '.join(sorted(EVENT_KEYS))}" for name in pattern.keys() - EVENT_KEYS)
    if kind == "MNS":
        expected = [f"MNS-{props.get('functionName')}-{trigger.get('triggerName')}"]
        if pattern.get("source") != expected:
            yield f"{where}.source: {pattern.get('source')}; {expected}, <function>-<trigger>"
        queue = (source.get("eventSourceParameters") or {}).get("sourceMNSParameters") or {}
        if queue.get("RegionId") != props.get("region") or not queue.get("QueueName"):
            yield "triggerConfig.eventSourceConfig…sourceMNSParameters: a QueueName in this region"
    if kind == "Default":
        calls = (pattern.get("data") or {}).get("eventName")
        if not calls or not set(calls) <= SUBMIT_CALLS:
            yield f"{where}.data.eventName: {calls}; some of {', '.join(sorted(SUBMIT_CALLS))}"
        if not pattern.get("type"):
            yield f"{where}.type: not there, so events of every kind would come"


def _run_options(kind: object, options: Mapping[str, Any]) -> Lines:
    where = "triggerConfig.runOptions"
    yield from (
        f"{where}.{name}: unknown key; {', '.join(sorted(RUN_OPTIONS))}" for name in options.keys() - RUN_OPTIONS
    )
    mode = options.get("mode")
    if mode not in MODES or (kind == "Default" and mode != "event-driven"):
        yield f"{where}.mode: {mode!r}; {', '.join(sorted(MODES))}; the default bus knows event-driven alone"
    if options.get("errorsTolerance", "NONE") not in ("NONE", "ALL"):
        yield f"{where}.errorsTolerance: {options['errorsTolerance']!r}; NONE, ALL"
    retry = (options.get("retryStrategy") or {}).get("PushRetryStrategy", "BACKOFF_RETRY")
    if retry not in RETRIES:
        yield f"{where}.retryStrategy.PushRetryStrategy: {retry!r}; {', '.join(sorted(RETRIES))}"


def _pattern(text: object) -> dict[str, Any] | None:
    try:
        pattern = json.loads(str(text))
    except ValueError:
        return None
    return pattern if isinstance(pattern, dict) and all(_lists(value) for value in pattern.values()) else None


def _lists(value: object) -> bool:
    if isinstance(value, dict):
        return all(_lists(inner) for inner in value.values())
    return isinstance(value, list) and bool(value)


_KINDS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]], Lines]] = {
    "timer": _timer,
    "mns_topic": _topic,
    "cdn_events": _cdn,
    "eventbridge": _eventbridge,
}
