"""What `refresh-watch list` was asked: its arguments, checked, as a query of the product's API."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from refresh_watch.errors import BadInput
from refresh_watch.instants import Instant, parse_instant
from refresh_watch.model import ListQuery, Product, Status
from refresh_watch.product_specs.registry import with_groups
from refresh_watch.watching.submitted import split_ids
from refresh_watch_cli.stop import read_watch_id

_ALLOWED_FILTERS = {
    "--task-id": "digits; several are joined by commas",
    "--object-path": "a URL or directory, exactly as submitted",
    "--domain-name": "one domain name",
    "--object-type": "a type such as file, directory, preload",
    "--status": "",  # its words, below
    "--start-time": "an instant such as 2026-11-22T08:00:00Z",
    "--end-time": "an instant such as 2026-11-22T09:00:00Z",
    "--resource-group-id": "the id of a resource group",
}
"""What each filter takes. One that is given must hold something."""

STATUSES = {
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
class ListRequest:
    """The question. `query` holds neither task ids nor our own filter, which is `wanted`: no statuses mean all."""

    product: Product
    task_ids: tuple[str, ...]  # each once, in the order given
    watch_id: str
    query: ListQuery
    wanted: tuple[Status, ...]
    every: bool  # all pages


class _Once(argparse.Action):
    """Given twice, the first value would be dropped without a word, and the answer be about something else."""

    def __call__(
        self,
        _parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        _option: str | None = None,
    ) -> None:
        if getattr(namespace, self.dest) is not None:
            raise argparse.ArgumentError(self, "given twice; it takes one value")
        setattr(namespace, self.dest, values)


def add_query_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("product", metavar="PRODUCT", help=", ".join(product.value for product in Product))
    parser.add_argument(
        "--task-id", metavar="ID", action="append", help="one task, or several joined by commas (repeatable)"
    )
    parser.add_argument(
        "--watch", action=_Once, metavar="WATCH_ID", help="the tasks of a watch, from its own record of 7 days"
    )
    parser.add_argument("--object-path", action=_Once, metavar="URL", help="one URL or directory, exactly as submitted")
    parser.add_argument("--domain-name", action=_Once, metavar="NAME", help="needs --object-type")
    parser.add_argument("--object-type", action=_Once, metavar="TYPE", help="file, directory, preload, ...")
    words = ", ".join(STATUSES)
    parser.add_argument("--status", action=_Once, metavar="WORD", help=f"{words} (failed: timeout and canceled too)")
    parser.add_argument("--start-time", action=_Once, metavar="TIME", help="2026-11-22T08:00:00Z; with --end-time")
    parser.add_argument("--end-time", action=_Once, metavar="TIME", help="2026-11-22T09:00:00Z; with --start-time")
    parser.add_argument("--page", action=_Once, metavar="N", type=int, help="which page (default: 1)")
    parser.add_argument("--page-size", action=_Once, metavar="N", type=int, help="rows a page (default: the API's, 20)")
    parser.add_argument("--resource-group-id", action=_Once, metavar="ID", help=f"{with_groups()} only")
    parser.add_argument("--all", action="store_true", help="all pages")


def read_query(namespace: argparse.Namespace) -> ListRequest:
    """The question that the arguments ask. Raises BadInput."""
    products = [product.value for product in Product]
    if namespace.product not in products:
        raise BadInput("product", namespace.product, ", ".join(products))
    filters = _filters(namespace)
    wanted = _wanted(filters["--status"])
    task_ids = _task_ids(filters["--task-id"])
    query = _query(filters, namespace.page, namespace.page_size)
    watch_id = "" if namespace.watch is None else _watch_id(namespace.watch, filters, namespace.page_size)
    every = namespace.all or namespace.urls or len(task_ids) > 1 or bool(watch_id)
    if every and namespace.page is not None:
        allowed = "nothing with --all, --urls, --watch or several ids: they read every page"
        raise BadInput("--page", namespace.page, allowed)
    # a filter of ours would leave holes in a page of theirs
    every = every or (namespace.page is None and bool(wanted) and not query.status)
    return ListRequest(Product(namespace.product), task_ids, watch_id, query, wanted, every)


def _watch_id(text: str, filters: dict[str, str], page_size: int | None) -> str:
    beside = {option: given for option, given in filters.items() if given and option != "--status"}
    if page_size is not None:
        beside["--page-size"] = str(page_size)
    for option, given in beside.items():
        raise BadInput(option, given, "nothing with --watch, whose record names its tasks and filters")
    return read_watch_id(text)


def _filters(namespace: argparse.Namespace) -> dict[str, str]:
    """The filters by their options; those that were not given are empty."""
    filters = {}
    for option, allowed in _ALLOWED_FILTERS.items():
        given = getattr(namespace, option[2:].replace("-", "_"))
        values = given if isinstance(given, list) else [] if given is None else [given]
        for value in values:
            # an empty filter would be left out of the question, and the answer be everybody's tasks
            if not value.strip():
                raise BadInput(option, value, allowed or ", ".join(STATUSES))
        filters[option] = ",".join(values)
    return filters


def _wanted(word: str) -> tuple[Status, ...]:
    if word.lower() not in ("", *STATUSES):
        raise BadInput("--status", word, ", ".join(STATUSES))
    return STATUSES.get(word.lower(), ())


def _task_ids(text: str) -> tuple[str, ...]:
    ids = tuple(dict.fromkeys(split_ids(text)))
    if text and not ids:
        raise BadInput("--task-id", text, _ALLOWED_FILTERS["--task-id"])
    for task_id in ids:
        if not (task_id.isascii() and task_id.isdigit()):
            raise BadInput("--task-id", task_id, _ALLOWED_FILTERS["--task-id"])
    return ids


def _query(filters: dict[str, str], page: int | None, page_size: int | None) -> ListQuery:
    object_type = filters["--object-type"].lower()
    return ListQuery(
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
