"""`refresh-watch list`: the query of the four documents with all its parameters, as a table, JSON or URLs."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from typing import Any

from refresh_watch.errors import BadInput
from refresh_watch.instants import Seconds, format_instant
from refresh_watch.model import ObjectRow, Page, Product
from refresh_watch.product_specs.registry import spec_of
from refresh_watch.products.calling import ApiCaller
from refresh_watch.reports.plain import one_line
from refresh_watch.reports.texts import note_text
from refresh_watch.watching.quota import Quota
from refresh_watch.workflow.task_history import recorded_watch
from refresh_watch_cli.context import CommandContext, read_context
from refresh_watch_cli.list.pages import ListResult, TaskLister
from refresh_watch_cli.list.query import ListRequest, add_query_arguments, read_query
from refresh_watch_cli.list.table import WIDTH, table
from refresh_watch_cli.printing import complain, note

LIST_SECONDS: Seconds = 600
"""What reading all pages may take in all."""

_UNKNOWN_NAMED = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_query_arguments(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object with every field")
    form.add_argument("--urls", action="store_true", help="one URL a line, of all pages, to submit again")
    parser.epilog = (
        "Exit codes: 0 done, 1 an id is unknown, rows may be missing or there was no answer, 2 bad usage or request."
    )


def run(namespace: argparse.Namespace) -> int:
    """Ask and print. 1 when rows may be missing, which is so for an id that the API does not know.

    Raises BadInput, Retryable when there was no usable answer, RefusedForGood, and with --watch NoSuchWatch and
    EngineError.
    """
    asked = _with_an_api(read_query(namespace))
    listed, last = _ask(asked, read_context())
    rows = tuple(row for row in listed.rows if not asked.wanted or row.status in asked.wanted)
    if namespace.urls:
        for path in dict.fromkeys(one_line(row.object_path, 10_000) for row in rows):
            print(path)
    elif namespace.json:
        print(json.dumps(_as_json(asked, replace(listed, rows=rows), last), ensure_ascii=False))
    else:
        for line in table(rows, WIDTH if sys.stdout.isatty() else None):
            print(line)
        more = "" if asked.every or len(listed.rows) >= listed.total else "; --page N or --all shows more"
        note(f"{len(rows)} of {listed.total} rows{more}")
    if last is not None and last.note:
        note(f"note: {note_text(last.note, 'en')}")
    if listed.unknown:
        complain(f"the API shows nothing of {_named(listed.unknown)}; it knows the tasks of the last 3 days")
    if not listed.whole:
        complain("the pages shifted while they were read, so rows may be missing: ask again")
    return 0 if listed.whole and not listed.unknown else 1


def _with_an_api(asked: ListRequest) -> ListRequest:
    """An older action may require a domain and a type; its service's own finds tasks without them."""
    query, spec = asked.query, spec_of(asked.product)
    if not spec.needs_domain_and_type or not asked.task_ids or (query.domain_name and query.object_type):
        return asked
    about = "this task" if len(asked.task_ids) == 1 else "these tasks"
    note(f"note: {asked.product} requires --domain-name and --object-type; asking {spec.service} about {about} instead")
    return replace(asked, product=spec.service)


def _ask(asked: ListRequest, context: CommandContext) -> tuple[ListResult, Page | None]:
    if not asked.watch_id:
        asking = _asking(asked.product, context)
        if len(asked.task_ids) > 1:
            return asking.tasks(asked.task_ids, asked.query), asking.last
        query = replace(asked.query, task_id="".join(asked.task_ids))
        return asking.one(query, every=asked.every), asking.last
    watch = recorded_watch(asked.watch_id, context.engine())
    if watch.request.product is not asked.product:
        raise BadInput("product", asked.product.value, f"{watch.request.product}, the product of that watch")
    asking = _asking(asked.product, context)
    return asking.watch(watch, asked.wanted), asking.last


def _asking(product: Product, context: CommandContext) -> TaskLister:
    from refresh_watch.products.connect import connect

    api = connect(product, context.settings, context.credentials())
    quota, until = Quota(dict(context.settings.quota)), context.clock.now() + LIST_SECONDS
    return TaskLister(api, ApiCaller(api, quota, context.clock, until))


def _as_json(asked: ListRequest, listed: ListResult, last: Page | None) -> dict[str, Any]:
    return {
        "product": asked.product.value,
        "total": listed.total,
        "page": None if asked.every or last is None else last.page_number,
        "page_size": last and last.page_size,
        "request_id": last.request_id if last else "",
        "note": note_text(last.note, "en") if last else "",
        "unknown": list(listed.unknown),
        "tasks": [_row_json(row) for row in listed.rows],
    }


def _row_json(row: ObjectRow) -> dict[str, str | None]:
    return {
        "task_id": row.task_id,
        "object_path": row.object_path,
        "object_type": row.object_type,
        "status": row.status_word,
        "process": row.process,
        "description": row.description,
        "created_at": None if row.created_at is None else format_instant(row.created_at),
    }


def _named(items: tuple[str, ...]) -> str:
    more = len(items) - _UNKNOWN_NAMED
    named = ", ".join(one_line(item, 40) for item in items[:_UNKNOWN_NAMED])
    return f"{named} and {more} more" if more > 0 else named
