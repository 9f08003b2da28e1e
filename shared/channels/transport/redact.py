"""Our secrets taken out of what a channel answers, before anything reads it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from shared.channels.delivery.outcome import Response
from shared.settings import ChannelSetting

MASK = b"***"
_SHORTEST_QUERY = 6  # a shorter query value is no secret: a page number, a version
_SHORTEST_PIECE = 12  # a shorter piece of a path is a word such as `services`


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
    # a plain number names a chat or a thread: it is no secret, and a mask in its place would leave the answer no JSON
    query = (value for _, value in parse_qsl(parts.query) if not re.fullmatch("-?[0-9]+", value))
    values = {value for value in query if len(value) >= _SHORTEST_QUERY}
    # a Telegram bot's token is `123456:…`, and stands behind `bot` in the path
    pieces = {piece for segment in parts.path.split("/") for piece in (unquote(segment), *unquote(segment).split(":"))}
    return {url} | values | {piece for piece in pieces if len(piece) >= _SHORTEST_PIECE}


def _forms(secret: str) -> set[bytes]:
    forms = {secret, quote(secret, safe=""), quote_plus(secret)}
    forms |= {json.dumps(form)[1:-1] for form in forms} | {form.replace("/", "\\/") for form in forms}
    return {form.encode("utf-8", "replace") for form in forms if form}
