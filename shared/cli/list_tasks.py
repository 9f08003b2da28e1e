"""`refresh-watch list`: the query of the four documents with all its parameters, as a table, JSON or URLs."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, replace
from typing import Any

from shared.cli.listing_table import WIDTH, table
from shared.cli.printing import complain, note
from shared.cli.surroundings import Surroundings, surroundings
from shared.errors import BadInput
from shared.instants import Instant, Seconds, format_instant, parse_instant
from shared.model import ListQuery, ObjectRow, Page, Product, Status
from shared.reports.plain import one_line
from shared.watching.quota import Quota

LIST_SECONDS: Seconds = 600
"""What reading all pages may take in all."""

_ALLOWED_FILTERS = {
    "--task-id": "digits",
    "--object-path": "a URL or directory, exactly as submitted",
    "--domain-name": "one domain name",
    "--object-type": "a type such as file, directory, preload",
    "--status": "",  # its words, below
    "--start-time": "an instant such as 2026-11-22T08:00:00Z",
    "--end-time": "an instant such as 2026-11-22T09:00:00Z",
    "--resource-group-id": "the id of a resource group",
}
"""What each filter takes. One that is given must hold something."""

_FILTERED_BY_US = {
    "failed": (Status.FAILED, Status.TIMEOUT, Status.CANCELED),
    "timeout": (Status.TIMEOUT,),
    "canceled": (Status.CANCELED,),
    "pending": (Status.PENDING,),
    "complete": (Status.COMPLETE,),
    "refreshing": (Status.REFRESHING,),
}
"""What a word of --status means. The documents' filter knows Complete, Refreshing and Failed only, and wants ObjectType
beside it; what we filter ourselves needs neither."""

_SENT = {"complete": Status.COMPLETE.value, "refreshing": Status.REFRESHING.value}
"""The words that the API filters as we mean them. `failed` is not among them: Timeout and Canceled belong to it."""


@dataclass(frozen=True)
class Listed:
    """What was read. `total` is the API's count, before our own filter."""

    rows: tuple[ObjectRow, ...]
    total: int
    page: Page | None  # the last answer; the notes and ids of the API
    whole: bool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("product", metavar="PRODUCT", help=", ".join(product.value for product in Product))
    parser.add_argument("--task-id", metavar="ID", help="one task")
    parser.add_argument("--object-path", metavar="URL", help="one URL or directory, exactly as submitted")
    parser.add_argument("--domain-name", metavar="NAME", help="needs --object-type")
    parser.add_argument("--object-type", metavar="TYPE", help="file, directory, preload, ...")
    words = ", ".join(_FILTERED_BY_US)
    parser.add_argument("--status", metavar="WORD", help=f"{words} (failed: timeout and canceled too)")
    parser.add_argument("--start-time", metavar="TIME", help="2026-11-22T08:00:00Z; with --end-time")
    parser.add_argument("--end-time", metavar="TIME", help="2026-11-22T09:00:00Z; with --start-time")
    parser.add_argument("--page", metavar="N", type=int, help="which page (default: 1)")
    parser.add_argument("--page-size", metavar="N", type=int, help="rows a page (default: the API's, 20)")
    parser.add_argument("--resource-group-id", metavar="ID", help="cdn only")
    parser.add_argument("--all", action="store_true", help="all pages")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object with every field")
    form.add_argument("--urls", action="store_true", help="one URL a line, of all pages, to submit again")


def run(namespace: argparse.Namespace) -> int:
    """Ask and print. 1 when rows may be missing.

    Raises BadInput, AskAgain when there was no usable answer, RefusedForGood.
    """
    if namespace.product not in [product.value for product in Product]:
        raise BadInput("product", namespace.product, ", ".join(product.value for product in Product))
    filters = _filters(namespace)
    wanted = _wanted(filters["--status"])
    query = _query(filters, namespace.page, namespace.page_size)
    every = namespace.all or namespace.urls
    if every and namespace.page is not None:
        raise BadInput("--page", namespace.page, "nothing with --all or --urls: they read every page")
    # a filter of ours would leave holes in a page of theirs
    every = every or (namespace.page is None and bool(wanted) and not query.status)
    product = Product(namespace.product)
    if product is Product.VOD_LEGACY and query.task_id and not (query.domain_name and query.object_type):
        note(f"note: {product} requires --domain-name and --object-type; asking {Product.VOD} about this task instead")
        product = Product.VOD
    listed = _ask(surroundings(), product, query, every=every)
    rows = tuple(row for row in listed.rows if not wanted or row.status in wanted)
    if namespace.urls:
        for path in dict.fromkeys(one_line(row.object_path, 10_000) for row in rows):
            print(path)
    elif namespace.json:
        print(json.dumps(_as_json(product, replace(listed, rows=rows), every=every), ensure_ascii=False))
    else:
        for line in table(rows, WIDTH if sys.stdout.isatty() else None):
            print(line)
        note(_count(rows, listed, every=every))
    if listed.page is not None and listed.page.note:
        note(f"note: {listed.page.note}")
    if not listed.whole:
        complain("the pages shifted while they were read, so rows may be missing: ask again")
        return 1
    return 0


def _filters(namespace: argparse.Namespace) -> dict[str, str]:
    """The filters by their options; those that were not given are empty."""
    filters = {}
    for option, allowed in _ALLOWED_FILTERS.items():
        given = getattr(namespace, option[2:].replace("-", "_"))
        # an empty filter would be left out of the question, and the answer be everybody's tasks
        if given is not None and not given.strip():
            raise BadInput(option, given, allowed or ", ".join(_FILTERED_BY_US))
        filters[option] = given or ""
    return filters


def _wanted(word: str) -> tuple[Status, ...]:
    if not word:
        return ()
    if word.lower() not in _FILTERED_BY_US:
        raise BadInput("--status", word, ", ".join(_FILTERED_BY_US))
    return _FILTERED_BY_US[word.lower()]


def _query(filters: dict[str, str], page: int | None, page_size: int | None) -> ListQuery:
    task_id, object_type = filters["--task-id"], filters["--object-type"].lower()
    if task_id and not (task_id.isascii() and task_id.isdigit()):
        raise BadInput("--task-id", task_id, _ALLOWED_FILTERS["--task-id"])
    return ListQuery(
        task_id=task_id,
        object_path=filters["--object-path"],
        object_type=object_type,
        domain_name=filters["--domain-name"],
        status=_SENT.get(filters["--status"].lower(), "") if object_type else "",
        start_time=_instant("--start-time", filters["--start-time"]),
        end_time=_instant("--end-time", filters["--end-time"]),
        page_number=page,
        page_size=page_size,
        resource_group_id=filters["--resource-group-id"],
    )


def _instant(option: str, text: str) -> Instant | None:
    try:
        return parse_instant(text) if text else None
    except (ValueError, OverflowError):
        raise BadInput(option, text, _ALLOWED_FILTERS[option]) from None


def _ask(around: Surroundings, product: Product, query: ListQuery, *, every: bool) -> Listed:
    from shared.products.connect import connect
    from shared.products.listing import list_tasks
    from shared.products.looking.reading import read_all

    api = connect(product, around.settings, around.credentials())
    quota = Quota(dict(around.settings.quota))
    until = around.clock.now() + LIST_SECONDS
    answers: list[Page] = []

    def ask(number: int | None) -> Page:
        asked = replace(query, page_number=number)
        answers.append(list_tasks(api, asked, quota=quota, clock=around.clock, until=until))
        return answers[-1]

    def belongs(row: ObjectRow) -> bool:
        return query.task_id in ("", row.task_id)

    if not every:
        page = ask(query.page_number)
        return Listed(tuple(row for row in page.rows if belongs(row)), page.total, page, whole=True)
    query = replace(query, page_size=query.page_size or api.page_size)
    reading = read_all(ask, belongs)
    return Listed(reading.rows, answers[-1].total, answers[-1], reading.whole)


def _as_json(product: Product, listed: Listed, *, every: bool) -> dict[str, Any]:
    page = listed.page
    return {
        "product": product.value,
        "total": listed.total,
        "page": None if every or page is None else page.page_number,
        "page_size": page and page.page_size,
        "request_id": page.request_id if page else "",
        "note": page.note if page else "",
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


def _count(rows: tuple[ObjectRow, ...], listed: Listed, *, every: bool) -> str:
    line = f"{len(rows)} of {listed.total} rows"
    return line if every or len(listed.rows) >= listed.total else f"{line}; --page N or --all shows more"
