"""`refresh-watch start`: starts a watch on the deployed functions, or on `refresh-watch serve`."""

from __future__ import annotations

import argparse
import json
import sys
import uuid
from typing import Any

from shared.cli.printing import complain
from shared.cli.request_arguments import add_request_arguments, read_request_arguments
from shared.cli.surroundings import surroundings
from shared.errors import BadInput
from shared.triggers.envelope import as_http_event
from shared.workflow.names import INTAKE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    add_request_arguments(parser)
    parser.add_argument("--request-id", metavar="ID", help="the same ids with another request id are another watch")
    parser.add_argument("--again", action="store_true", help="watch the same ids again: makes a new request id")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")


def run(namespace: argparse.Namespace) -> int:
    """Hand the request to intake and print the watch's id. 2 when it was refused, 1 when it could not be started.

    Raises BadInput, NoCredentials, EngineError.
    """
    from shared.function_compute.invoke import Invoking

    if namespace.again and namespace.request_id:
        raise BadInput("--again", f"--again with --request-id {namespace.request_id}", "one of them")
    if namespace.again:
        namespace.request_id = uuid.uuid4().hex
    body = read_request_arguments(namespace, sys.stdin).body
    around = surroundings()
    engine = Invoking(around.settings, around.credentials(), around.clock)
    answer = engine.invoke(INTAKE, as_http_event(json.dumps(body).encode()))
    if answer.status >= 400 or not isinstance(answer.body, dict) or "watch_id" not in answer.body:
        complain(_problem(answer.body) or f"intake answered HTTP {answer.status}")
        return 2 if answer.status == 400 else 1
    print(json.dumps(answer.body) if namespace.json else _said(answer.body))
    return 0


def _problem(body: Any) -> str:
    return str(body.get("detail") or body.get("error") or "") if isinstance(body, dict) else ""


def _said(body: dict[str, Any]) -> str:
    watch_id = body["watch_id"]
    if body.get("already"):
        line = f"watch {watch_id} is known already: {body.get('state')} (--again watches the same ids anew)"
    else:
        line = f"watch {watch_id} started; end it with: refresh-watch stop {watch_id}"
    return "\n".join([line, *(str(body[key]) for key in ("status_url", "warning") if body.get(key))])
