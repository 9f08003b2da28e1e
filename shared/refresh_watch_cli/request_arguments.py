"""A watch request from the command line: written as the JSON of docs/contracts.md and read as every other one is.

So a bad value is refused in the same words everywhere: field, given, allowed.
"""

from __future__ import annotations

import argparse
from typing import Any, TextIO

from refresh_watch.errors import BadInput, Described
from refresh_watch.model import Product, WatchRequest
from refresh_watch.product_specs.registry import with_groups
from refresh_watch.watching.request import read_request
from refresh_watch.watching.submitted import SUBMITTED_ALLOWED, read_submitted, split_ids

FROM_INPUT = "-"
_STANDARD_INPUT = "standard input"


def add_request_arguments(parser: argparse.ArgumentParser) -> None:
    products = ", ".join(product.value for product in Product)
    parser.add_argument("product", metavar="PRODUCT", help=products)
    parser.add_argument(
        "ids", metavar="IDS", nargs="*", help=f"task ids, joined by commas or apart; {FROM_INPUT} reads standard input"
    )
    parser.add_argument("--object-path", metavar="URL", action="append", help="watch by URL instead (repeatable)")
    parser.add_argument(
        "--submitted-at", metavar="TIME", help="2026-11-22T08:00:00Z, with its zone; --object-path needs it"
    )
    parser.add_argument("--kind", metavar="KIND", help="refresh or prefetch (default: what the first row says)")
    parser.add_argument("--label", metavar="TEXT", help="what people will know it by")
    parser.add_argument("--deadline", metavar="TIME", help="90s, 30m, 2h; at most 3d")
    parser.add_argument("--schedule", metavar="SECONDS", help='when to look: "0,15,45,90,150,210,240;15"')
    parser.add_argument("--channel", metavar="NAME", action="append", help="a configured channel (repeatable)")
    parser.add_argument("--domain-name", metavar="NAME", help="passed to the query")
    parser.add_argument("--object-type", metavar="TYPE", help="passed to the query: file, directory, preload, ...")
    parser.add_argument("--resource-group-id", metavar="ID", help=f"passed to the query ({with_groups()} only)")


def read_request_arguments(namespace: argparse.Namespace, standard_input: TextIO | None) -> WatchRequest:
    """The request that the arguments make. Raises BadInput."""
    body: dict[str, Any] = {
        "product": namespace.product,
        "object_paths": namespace.object_path,
        "submitted_at": namespace.submitted_at,
        "kind": namespace.kind,
        "label": namespace.label,
        "deadline": namespace.deadline,
        "schedule": namespace.schedule,
        "channels": namespace.channel,
        "domain_name": namespace.domain_name,
        "object_type": namespace.object_type,
        "resource_group_id": namespace.resource_group_id,
        "request_id": getattr(namespace, "request_id", None),
        **_items(namespace.ids, standard_input),
    }
    return read_request({key: value for key, value in body.items() if value is not None})


def _items(ids: list[str], standard_input: TextIO | None) -> dict[str, Any]:
    if FROM_INPUT not in ids:
        found = split_ids(",".join(ids))
        if ids and not found:
            raise BadInput("IDS", " ".join(ids), SUBMITTED_ALLOWED)
        return {"task_ids": found} if found else {}
    if ids != [FROM_INPUT]:
        raise BadInput("IDS", " ".join(ids), f"{FROM_INPUT} alone, or ids")
    try:
        text = standard_input.read() if standard_input is not None else ""  # None where the shell has closed it
    except UnicodeDecodeError:
        raise BadInput(_STANDARD_INPUT, Described("bytes that are not UTF-8"), SUBMITTED_ALLOWED) from None
    return read_submitted(text, _STANDARD_INPUT)
