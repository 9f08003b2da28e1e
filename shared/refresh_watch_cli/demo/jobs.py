"""The jobs of the demo: what is submitted, how its objects end in the stand-in, and what the watch has to say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from refresh_watch.instants import Seconds
from refresh_watch.model import Kind, Outcome, Product
from refresh_watch.product_specs.registry import spec_of
from refresh_watch_emulator.products.world import NEVER, ObjectPlan

SCHEDULE = "1,3,5;2"
UNKNOWN_ID = "99999999"
LONG = "40s"


@dataclass(frozen=True)
class Job:
    """One job and its watch. Without `plans` nothing is submitted: the id is one that was never given out."""

    label: str
    product: Product
    kind: Kind
    domain: str
    plans: tuple[ObjectPlan, ...]
    expected: Outcome
    deadline: str = LONG

    @property
    def urls(self) -> tuple[str, ...]:
        return tuple(plan.path for plan in self.plans)

    def request(self, submitted: dict[str, Any] | None) -> dict[str, Any]:
        """The watch request (docs/contracts.md); `submitted` is the submit operation's answer."""
        body: dict[str, Any] = {"product": self.product.value, "label": self.label, "deadline": self.deadline}
        body["schedule"] = SCHEDULE
        if submitted is None:
            body["task_ids"] = [UNKNOWN_ID]
        else:
            body["submitted"] = submitted
        if spec_of(self.product).needs_domain_and_type:
            body["domain_name"] = self.domain
            body["object_type"] = "preload" if self.kind is Kind.PREFETCH else "file"
        return body


def jobs() -> tuple[Job, ...]:
    """Refresh and prefetch on all four products: each outcome, each reason, an id of many objects."""
    cdn, dcdn, vod, legacy = Product.CDN, Product.DCDN, Product.VOD, Product.VOD_LEGACY
    refresh, prefetch = Kind.REFRESH, Kind.PREFETCH
    origin_5xx = "Origin Return StatusCode 5XX"
    return (
        _job(cdn, refresh, "release 2026.11.22", Outcome.COMPLETE, _ends("app.js", 3), _ends("index.html", 5)),
        _job(
            *(cdn, prefetch, "summer sale", Outcome.PARTLY_FAILED),
            _ends("a.mp4", 2, "Failed", "Origin Timeout"),
            _ends("b.mp4", 6),
            _ends("c.mp4", 9),
        ),
        _job(
            *(dcdn, refresh, "hotfix", Outcome.FAILED),
            _ends("cart.js", 4, "Failed", origin_5xx),
            _ends("pay.js", 4, "Failed", "Internal Error"),
        ),
        _job(
            *(dcdn, prefetch, "90 images, one task", Outcome.COMPLETE),
            *(_ends(f"{i}.png", 3 + i / 15) for i in range(90)),
        ),
        _job(
            *(vod, refresh, "hangs", Outcome.OVERDUE),
            _ends("intro.m3u8", 3),
            _ends("stuck.m3u8", 0, NEVER),
            deadline="7s",
        ),
        _job(
            *(vod, prefetch, "course videos", Outcome.PARTLY_FAILED),
            _ends("1.ts", 3, "Timeout"),
            _ends("2.ts", 5, "Canceled"),
            _ends("3.ts", 8),
        ),
        _job(legacy, refresh, "older action", Outcome.COMPLETE, _ends("list.json", 4)),
        _job(legacy, prefetch, "older action too", Outcome.COMPLETE, _ends("trailer.mp4", 6)),
        Job("mistyped id", cdn, refresh, "", (), Outcome.UNVERIFIABLE, "5s"),
    )


def _job(product: Product, kind: Kind, label: str, expected: Outcome, *plans: ObjectPlan, deadline: str = LONG) -> Job:
    # a domain for each: the products put the URLs of one domain and one second under one id
    domain = f"{kind}.{product}.example.com"
    placed = tuple(replace(plan, path=f"http://{domain}/{plan.path}") for plan in plans)
    return Job(label, product, kind, domain, placed, expected, deadline)


def _ends(path: str, after: Seconds, ends: str = "Complete", description: str = "") -> ObjectPlan:
    return ObjectPlan(path, ends, after, description)
