"""Whether what `s preview` made of s.yaml can be deployed: check_manifest.py FC3_SCHEMA.json PREVIEW.json…

The component's own schema lets unknown keys pass, and any trigger configuration: here both are errors. The other
checks are limits of Function Compute that no schema states, and names that have to exist.
"""

from __future__ import annotations

import copy
import json
import re
import sys
from pathlib import Path
from typing import Any

from check_triggers import check_triggers
from jsonschema import Draft7Validator

PROJECT = Path(__file__).resolve().parent.parent
ENVIRONMENT_BYTES = 4096
MAX_EVENT_AGE = 604800  # Function Compute's own; the schema of the component allows more
TOP_KEYS = {"edition", "name", "access", "vars", "resources"}
RESOURCE_KEYS = {"component", "props", "actions"}
TRIGGER_CONFIGS = {
    "cdn_events": "ICdnTriggerConfig",
    "eventbridge": "IEventBridge",
    "http": "IHttpTriggerConfig",
    "log": "ILogTriggerConfig",
    "mns_topic": "IMnsTriggerConfig",
    "oss": "IOssTriggerConfig",
    "tablestore": "IOtsConfig",
    "timer": "ITimerTriggerConfig",
}


def read_preview(text: str) -> dict[str, Any]:
    """The document that `s preview -o json` printed, after the warnings that it may print first."""
    start = re.search(r"^\{", text, re.MULTILINE)
    if start is None:
        raise ValueError("s preview printed no JSON: " + text.strip()[:300])
    document: dict[str, Any] = json.loads(text[start.start() :])
    return document


def strict(schema: dict[str, Any]) -> dict[str, Any]:
    """The component's schema, but no object takes an unnamed key, and a trigger's type decides its configuration."""
    closed: dict[str, Any] = copy.deepcopy(schema)
    _close(closed)
    # the component's own examples leave these out
    closed["definitions"]["IEventBridge"].pop("required", None)
    trigger = closed["definitions"]["ITrigger"]
    trigger["properties"]["triggerConfig"] = {"type": "object"}
    trigger["allOf"] = [
        {
            "if": {"properties": {"triggerType": {"const": kind}}},
            "then": {"properties": {"triggerConfig": {"$ref": f"#/definitions/{name}"}}},
        }
        for kind, name in TRIGGER_CONFIGS.items()
    ]
    return closed


def _close(node: object) -> None:
    if isinstance(node, list):
        for item in node:
            _close(item)
    elif isinstance(node, dict):
        if node.get("type") == "object" and node.get("properties"):
            node.setdefault("additionalProperties", False)
        for key, item in node.items():
            if key != "if":  # a condition describes a part of what it looks at
                _close(item)


def check(document: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    """What is wrong, a line each. With an empty schema only what we know by ourselves."""
    found = [f"{key}: unknown key" for key in sorted(document.keys() - TOP_KEYS)]
    resources = document.get("resources") or {}
    validator = Draft7Validator(strict(schema) if schema else {})
    names = {resource["props"].get("functionName"): key for key, resource in resources.items()}
    if len(names) != len(resources):
        found.append("resources: two functions of one name")
    for key, resource in resources.items():
        found += [f"resources.{key}.{other}: unknown key" for other in sorted(resource.keys() - RESOURCE_KEYS)]
        props = resource["props"]
        for error in validator.iter_errors(props):
            place = ".".join([f"resources.{key}.props", *(str(part) for part in error.absolute_path)])
            found.append(f"{place}: {error.message}")
        found += [f"resources.{key}.props.{text}" for text in _limits(props)]
        found += [f"resources.{key}.props.{text}" for text in check_triggers(key, props)]
        found += [f"resources.{key}.props.{text}" for text in _references(key, props, resources, names)]
    entries = {entry.parent.name for entry in (PROJECT / "functions").glob("*/index.py")}
    found += [f"functions/{name}: no resource of s.yaml deploys it" for name in sorted(entries - resources.keys())]
    return found


def _limits(props: dict[str, Any]) -> list[str]:
    found = []
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]{0,63}", props.get("functionName", "")) is None:
        found.append(f"functionName: {props.get('functionName')!r} is no name of a function")
    environment = props.get("environmentVariables", {})
    found += [
        f"environmentVariables.{name}: letters, digits, _, beginning with a letter, not with FC_"
        for name in environment
        if re.fullmatch(r"(?!FC_)[A-Za-z][A-Za-z0-9_]*", name) is None
    ]
    size = sum(len(name.encode()) + len(str(value).encode()) for name, value in environment.items())
    if size > ENVIRONMENT_BYTES:
        found.append(f"environmentVariables: {size} bytes, at most {ENVIRONMENT_BYTES}")
    cpu, memory = props.get("cpu", 0.35), props.get("memorySize", 512) / 1024
    if not cpu <= memory <= 4 * cpu:
        found.append(f"memorySize: {memory} GB for {cpu} vCPU; from 1 to 4 GB a vCPU")
    if props.get("asyncInvokeConfig", {}).get("maxAsyncEventAgeInSeconds", 0) > MAX_EVENT_AGE:
        found.append(f"asyncInvokeConfig.maxAsyncEventAgeInSeconds: at most {MAX_EVENT_AGE}")
    return found


def _references(key: str, props: dict[str, Any], resources: dict[str, Any], names: dict[str, str]) -> list[str]:
    found = []
    for event, place in props.get("asyncInvokeConfig", {}).get("destinationConfig", {}).items():
        arn = place.get("destination", "")
        parts = re.fullmatch(r"acs:fc:([a-z0-9-]+):.*:functions/([\w-]+)", arn)
        where = f"asyncInvokeConfig.destinationConfig.{event}"
        if parts is None or parts[2] not in names:
            found.append(f"{where}: '{arn}' is none of {', '.join(sorted(names))}")
        elif parts[1] != props.get("region"):
            found.append(f"{where}: another region than {props.get('region')}")
        elif any(t.get("triggerType") == "http" for t in resources[names[parts[2]]]["props"].get("triggers", [])):
            found.append(f"{where}: {parts[2]} has an HTTP trigger, and a destination must be an event function")
    if props.get("code") != f"./.build/{key}":
        found.append(f"code: '{props.get('code')}'; `refresh-watch build` writes ./.build/{key}")
    if not (PROJECT / "functions" / key / "index.py").is_file():
        found.append(f"code: there is no functions/{key}/index.py")
    if not (PROJECT / "functions" / key / "policy.json").is_file():
        found.append(f"role: there is no functions/{key}/policy.json")
    return found


def main(arguments: list[str]) -> int:
    """Print every complaint. 0 when there is none."""
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    schema = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    wrong = False
    for name in arguments[1:]:
        document = read_preview(Path(name).read_text(encoding="utf-8"))
        found = check(document, schema)
        wrong = wrong or bool(found)
        print("\n".join(f"{Path(name).stem}: {text}" for text in found) or f"{Path(name).stem}: {_summary(document)}")
    return 1 if wrong else 0


def _summary(document: dict[str, Any]) -> str:
    resources = document["resources"].items()
    triggers = [trigger["triggerName"] for _, each in resources for trigger in each["props"].get("triggers") or []]
    return f"{', '.join(key for key, _ in resources)} can be deployed; triggers: {', '.join(triggers)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
