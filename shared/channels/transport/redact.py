"""Our secrets taken out of what a channel answers, before anything reads it."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from shared.channels.delivery.outcome import Response
from shared.settings import ChannelSetting

MASK = b"***"
_SHORTEST_QUERY = 6  # a shorter query value is no secret: a page number, a version
_SHORTEST_SEGMENT = 12  # a shorter piece of a path is a word such as `services`


def redacted(response: Response, channel: ChannelSetting, *urls: str) -> Response:
    """The response without the channel's secret and without what is secret in its URL and in `urls`.

    Each is found as it is, percent-encoded, and as JSON writes it.
    """
    secrets = {value for url in (channel.url.value, *urls) for value in _parts(url)}
    if channel.secret is not None:
        secrets.update(channel.secret.value.split())
    body = response.body
    forms = {form for secret in secrets for form in _forms(secret)}
    for form in sorted(forms, key=len, reverse=True):
        body = body.replace(form, MASK)
    return replace(response, body=body)


def _parts(url: str) -> set[str]:
    parts = urlsplit(url)
    values = {value for _, value in parse_qsl(parts.query) if len(value) >= _SHORTEST_QUERY}
    segments = {unquote(segment) for segment in parts.path.split("/") if len(segment) >= _SHORTEST_SEGMENT}
    return {url} | values | segments


def _forms(secret: str) -> set[bytes]:
    forms = {secret, quote(secret, safe=""), quote_plus(secret)}
    forms |= {json.dumps(form)[1:-1] for form in forms} | {form.replace("/", "\\/") for form in forms}
    return {form.encode("utf-8", "replace") for form in forms if form}
