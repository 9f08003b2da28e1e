"""This machine's clock beside that of the APIs: a signature is refused when they differ by more than 15 minutes."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from refresh_watch.deadline import within
from refresh_watch.instants import Instant, Seconds, format_duration
from refresh_watch.model import Product
from refresh_watch.product_specs.registry import spec_of
from refresh_watch_cli.account.regions import host_of_region
from refresh_watch_cli.account.services import HOSTS
from refresh_watch_cli.doctor.check import DoctorContext, Finding, bad, ok, skipped, warning

TOLERATED: Seconds = 60.0
NEARLY_REFUSED: Seconds = 600.0
CLOCK_SECONDS: Seconds = 6.0
_SET_IT = "set this machine's clock (NTP): Alibaba Cloud refuses signatures that are 15 minutes off"


def check_clock(context: DoctorContext) -> Iterator[Finding]:
    """Asks without a signature, which is answered, with a date, however wrong the clock is."""
    settings = context.settings
    hosts = {
        "sts": settings.sts_endpoint or f"https://{HOSTS['sts']}",
        "cdn": settings.endpoint_of(Product.CDN) or f"https://{spec_of(Product.CDN).host}",
        "fc": settings.fc_endpoint or (f"https://{host_of_region(settings.region)}" if settings.region else ""),
    }
    for word, url in hosts.items():
        ahead = _ahead(url, context) if url else None
        if ahead is not None:
            yield _judged(word, ahead)
            return
    yield skipped("clock", f"none of {', '.join(hosts)} gave an answer with a date")


def _judged(word: str, ahead: Seconds) -> Finding:
    apart = abs(ahead)
    if apart <= TOLERATED:
        return ok("clock", f"as {word} has it (within {max(2, round(apart))} s)")
    said = f"{format_duration(apart)} {'ahead of' if ahead > 0 else 'behind'} that of {word}"
    return bad("clock", said, _SET_IT) if apart > NEARLY_REFUSED else warning("clock", said, _SET_IT)


def _ahead(url: str, context: DoctorContext) -> Seconds | None:
    """How far this clock is ahead; None without an answer that has a date."""
    asked_at = context.clock.now()
    try:
        date = within(CLOCK_SECONDS, lambda: _date(url))
    except Exception:  # whatever the network does: another API is asked
        return None
    return None if date is None else (asked_at + context.clock.now()) / 2 - date


def _date(url: str) -> Instant | None:
    request = urllib.request.Request(url, headers={"User-Agent": "refresh-watch"})  # noqa: S310 - http(s), checked
    try:
        with urllib.request.urlopen(request, timeout=CLOCK_SECONDS) as answer:  # noqa: S310
            text = answer.headers.get("Date")
    except urllib.error.HTTPError as refused:  # as it should be: nothing is signed
        text = refused.headers.get("Date")
        refused.close()
    return parsedate_to_datetime(text).timestamp() if text else None
