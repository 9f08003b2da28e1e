"""Our secrets taken out of what a channel answers, before anything reads it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from refresh_watch.channels.responses import ChannelResponse
from refresh_watch.settings import ChannelSetting

MASK = b"***"
_SHORTEST_QUERY = 6  # a shorter query value is no secret: a page number, a version
_SHORTEST_PIECE = 12  # a shorter piece of a path is a word such as `services`
_ESCAPED = re.compile(rb"(?<!\\)((?:\\\\)*)\\u00([2-6][0-9a-fA-F]|7[0-9a-eA-E])")


def redacted(response: ChannelResponse, channel: ChannelSetting, *urls: str) -> ChannelResponse:
    """The response without the channel's secret and without what is secret in its URL and in `urls`.

    Each is found as it is, percent-encoded (twice, too), as JSON and as HTML write it, in capitals or not.
    """
    secrets = {value for url in (channel.url.value, *urls) for value in _parts(url)}
    if channel.secret is not None:
        secrets.update(channel.secret.value.split())
    body = _ESCAPED.sub(_plain, response.body)
    in_lower_case = body.lower()
    # a signed URL is another at each post, and hardly an answer holds a secret: a pattern of all forms costs too much
    found = {form for secret in secrets for form in _forms(secret) if form.lower() in in_lower_case}
    if found:
        longest_first = sorted(found, key=len, reverse=True)
        body = re.sub(b"|".join(map(re.escape, longest_first)), MASK, body, flags=re.IGNORECASE)
    return replace(response, body=body)


def _plain(escaped: re.Match[bytes]) -> bytes:
    """JSON's escape of a printable character as the character; a quote and a backslash have to stay escaped."""
    character = bytes([int(escaped[2], 16)])
    return escaped[0] if character in b'"\\' else escaped[1] + character


def _parts(url: str) -> set[str]:
    parts = urlsplit(url)
    # a plain number names a chat or a thread: it is no secret, and a mask in its place would leave the answer no JSON
    query = (value for _, value in parse_qsl(parts.query) if not re.fullmatch("-?[0-9]+", value))
    values = {value for value in query if len(value) >= _SHORTEST_QUERY}
    # a Telegram bot's token is `123456:…`, and stands behind `bot` in the path
    pieces = {piece for segment in parts.path.split("/") for piece in (unquote(segment), *unquote(segment).split(":"))}
    return {url} | values | {piece for piece in pieces if len(piece) >= _SHORTEST_PIECE}


def _forms(secret: str) -> set[bytes]:
    encoded = quote(secret, safe="")
    in_html = secret.replace("&", "&amp;")
    forms = {secret, encoded, quote_plus(secret), quote(encoded, safe=""), in_html}
    forms.add(in_html.replace("=", "&#x3D;").replace("/", "&#x2F;"))
    forms |= {json.dumps(form)[1:-1] for form in forms} | {form.replace("/", "\\/") for form in forms}
    return {form.encode("utf-8", "replace") for form in forms if form}
