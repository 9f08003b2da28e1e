"""s.yaml → the functions that it deploys, as far as the engine needs to know them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from refresh_watch.errors import BadInput, wrong_type
from refresh_watch.instants import Seconds
from refresh_watch.limits import LONGEST_TIMEOUT, MAX_EVENT_AGE, MAX_RETRIES

ACCOUNT_ID = "1234567890123456"
"""What ``${config('AccountID')}`` becomes here."""
RUNTIMES = ("python3.10", "python3.12")
DEFAULT_AGE: Seconds = 86400
DEFAULT_RETRIES = 3

_QUOTED = r"""'[^']*'|"[^"]*\""""
_EXPRESSION = re.compile(rf"\$\{{((?:[^{{}}'\"]|{_QUOTED})*)\}}")
_CALL = re.compile(rf"(env|config)\(\s*({_QUOTED}|[^,'\"()]+?)\s*(?:,\s*({_QUOTED}|[^,'\"()]*?)\s*)?\)")
_MAX_DEPTH = 20


@dataclass(frozen=True)
class HttpTrigger:
    """How a function is reached over plain HTTP."""

    methods: tuple[str, ...]
    auth_type: str


@dataclass(frozen=True)
class Function:
    """One function. Times in seconds, memory in MB."""

    key: str  # of the resource: the name of its folder
    name: str
    handler: str
    runtime: str
    region: str
    timeout: Seconds = 3
    memory: int = 512
    environment: tuple[tuple[str, str], ...] = ()
    async_task: bool = False
    max_retries: int = DEFAULT_RETRIES
    max_age: Seconds = DEFAULT_AGE
    on_failure: str = ""  # the name of a function
    reserved_concurrency: int | None = None
    http: HttpTrigger | None = None

    @property
    def arn(self) -> str:
        """As tasks and destinations name it."""
        return f"acs:fc:{self.region}:{ACCOUNT_ID}:functions/{self.name}"


@dataclass(frozen=True)
class Manifest:
    """The functions of one s.yaml."""

    functions: tuple[Function, ...]

    def named(self, name: str) -> Function | None:
        """The function deployed under that name."""
        return next((function for function in self.functions if function.name == name), None)

    def keyed(self, key: str) -> Function | None:
        """The function of that resource key."""
        return next((function for function in self.functions if function.key == key), None)


def read_manifest(path: Path, environment: Mapping[str, str]) -> Manifest:
    """Read s.yaml; ``environment`` answers its ``${env(...)}``.

    Raises BadInput that names the place in the file.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("manifest", str(path), f"a readable s.yaml ({type(error).__name__})") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise BadInput("manifest", f"{path}{where}", "YAML") from None
    resources = document.get("resources") if isinstance(document, dict) else None
    if not isinstance(resources, dict) or not resources:
        raise BadInput("manifest", str(path), "a file with resources")
    resolver = Resolver(document, environment)
    functions = tuple(
        _function(str(key), _Fields(f"resources.{key}.props", resolver.resolve(resource.get("props") or {})))
        for key, resource in resources.items()
        if isinstance(resource, dict) and resource.get("component") == "fc3"
    )
    if not functions:
        raise BadInput("manifest", str(path), "at least one resource of the component fc3")
    manifest = Manifest(functions)
    for function in functions:
        if function.on_failure and manifest.named(function.on_failure) is None:
            names = ", ".join(known.name for known in functions)
            raise BadInput(f"resources.{function.key}: destination onFailure", function.on_failure, names)
    return manifest


class Resolver:
    """Replaces the expressions of one document."""

    def __init__(self, document: dict[str, Any], environment: Mapping[str, str]) -> None:
        self._document = document
        self._environment = environment

    def resolve(self, value: Any, depth: int = 0) -> Any:
        if depth > _MAX_DEPTH:
            raise BadInput("manifest", value, "expressions that do not refer to each other in a circle")
        if isinstance(value, dict):
            return {key: self.resolve(item, depth) for key, item in value.items()}
        if isinstance(value, list):
            return [self.resolve(item, depth) for item in value]
        if not isinstance(value, str):
            return value
        whole = _EXPRESSION.fullmatch(value)
        if whole:  # keeps the type: a number stays one
            return self._expression(whole.group(1).strip(), depth)
        return _EXPRESSION.sub(lambda match: str(self._expression(match.group(1).strip(), depth)), value)

    def _expression(self, expression: str, depth: int) -> Any:
        call = _CALL.fullmatch(expression)
        if call:
            return self._call(call.group(1), _unquoted(call.group(2)), call.group(3))
        if not expression.startswith(("vars.", "resources.")):
            allowed = "env('X'), env('X','default'), vars.x, resources.x.props.y, config('AccountID')"
            raise BadInput("manifest", f"${{{expression}}}", allowed)
        value: Any = self._document
        for part in expression.split("."):
            if not isinstance(value, dict) or part not in value:
                raise BadInput("manifest", f"${{{expression}}}", "a path that stands in the file")
            value = value[part]
        return self.resolve(value, depth + 1)

    def _call(self, name: str, argument: str, default: str | None) -> str:
        if name == "config":
            if argument != "AccountID":
                raise BadInput("manifest", f"${{config('{argument}')}}", "config('AccountID')")
            return ACCOUNT_ID
        given = self._environment.get(argument)
        if given:  # `s` too takes what is set to nothing for not set
            return given
        if default is None:
            raise BadInput("manifest", f"${{env('{argument}')}}", f"{argument} set in the environment, or a default")
        return _unquoted(default)


class _Fields:
    """The props of one resource, read field by field."""

    def __init__(self, where: str, values: Any) -> None:
        self._where = where
        if not isinstance(values, dict):
            raise wrong_type(where, values, "a mapping")
        self._values: dict[str, Any] = values

    def part(self, name: str) -> _Fields:
        return _Fields(f"{self._where}.{name}", self._values.get(name) or {})

    def items(self) -> list[tuple[str, Any]]:
        return list(self._values.items())

    def parts(self, name: str) -> list[_Fields]:
        return [_Fields(f"{self._where}.{name}[{i}]", item) for i, item in enumerate(self._values.get(name) or [])]

    def raw(self, name: str) -> Any:
        return self._values.get(name)

    def text(self, name: str, default: str | None = None) -> str:
        value = self._values.get(name, default)
        if not isinstance(value, str) or not value:
            raise BadInput(f"{self._where}.{name}", value, "text")
        return value

    def number(self, name: str, default: int, lowest: int, highest: int) -> int:
        value = self._values.get(name, default)
        try:
            number = int(value)
        except (TypeError, ValueError):
            number = lowest - 1
        if isinstance(value, bool) or not lowest <= number <= highest:
            raise BadInput(f"{self._where}.{name}", value, f"a whole number from {lowest} to {highest}")
        return number

    def flag(self, name: str) -> bool:
        value = self._values.get(name, False)
        if value not in (True, False, "true", "false"):
            raise BadInput(f"{self._where}.{name}", value, "true, false")
        return value in (True, "true")

    def bad(self, name: str, allowed: str) -> BadInput:
        return BadInput(f"{self._where}.{name}", self._values.get(name), allowed)


def _function(key: str, props: _Fields) -> Function:
    runtime = props.text("runtime")
    if runtime not in RUNTIMES:
        raise props.bad("runtime", ", ".join(RUNTIMES))
    handler = props.text("handler")
    if re.fullmatch(r"\w+\.\w+", handler) is None:
        raise props.bad("handler", "file.function, such as index.handler")
    asynchronous = props.part("asyncInvokeConfig")
    concurrency = props.part("concurrencyConfig")
    reserved = concurrency.raw("reservedConcurrency") is not None
    return Function(
        key=key,
        name=props.text("functionName"),
        handler=handler,
        runtime=runtime,
        region=props.text("region"),
        timeout=props.number("timeout", 3, 1, int(LONGEST_TIMEOUT)),
        memory=props.number("memorySize", 512, 128, 32768),
        environment=tuple((name, _scalar(value)) for name, value in props.part("environmentVariables").items()),
        async_task=asynchronous.flag("asyncTask"),
        max_retries=asynchronous.number("maxAsyncRetryAttempts", DEFAULT_RETRIES, 0, MAX_RETRIES),
        max_age=asynchronous.number("maxAsyncEventAgeInSeconds", int(DEFAULT_AGE), 1, int(MAX_EVENT_AGE)),
        on_failure=_destination(asynchronous),
        reserved_concurrency=concurrency.number("reservedConcurrency", 0, 0, 100000) if reserved else None,
        http=_http_trigger(props),
    )


def _destination(asynchronous: _Fields) -> str:
    on_failure = asynchronous.part("destinationConfig").part("onFailure")
    if on_failure.raw("destination") is None:
        return ""
    match = re.fullmatch(r"acs:fc:[^:]*:[^:]*:functions/([\w-]+)", on_failure.text("destination"))
    if match is None:
        raise on_failure.bad("destination", "acs:fc:<region>:<account>:functions/<name>")
    return match.group(1)


def _http_trigger(props: _Fields) -> HttpTrigger | None:
    for trigger in props.parts("triggers"):
        if trigger.raw("triggerType") == "http":
            config = trigger.part("triggerConfig")
            methods = config.raw("methods")
            if not isinstance(methods, list) or not all(isinstance(method, str) for method in methods):
                raise config.bad("methods", "a list of HTTP methods")
            return HttpTrigger(tuple(method.upper() for method in methods), config.text("authType", "function"))
    return None


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _unquoted(text: str) -> str:
    return text[1:-1] if text[:1] in ("'", '"') else text
