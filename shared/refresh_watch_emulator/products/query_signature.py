"""The older form of a signed call: everything in the query, HMAC-SHA1.

The aliyun command line still signs so, by GET too, as does the SDK with ``Config(signature_algorithm="v2")``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from urllib.parse import quote

from refresh_watch.instants import Instant
from refresh_watch_emulator.signature import (
    Nonces,
    SignatureRefused,
    check_date,
    check_nonce,
    check_token,
    incomplete_signature,
    signature_mismatch,
)

COMMON_PARAMETERS = (
    "AccessKeyId",
    "Format",
    "Signature",
    "SignatureMethod",
    "SignatureNonce",
    "SignatureVersion",
    "Timestamp",
)


def verify_query(
    method: str,
    params: Mapping[str, str],
    *,
    secret_of: Callable[[str], str | None],
    now: Instant,
    nonces: Nonces,
    token_of: Callable[[str], str | None] | None = None,
) -> None:
    """Return when the call is let in, else raise SignatureRefused. `params`: the query's and the form body's."""
    given = params.get("Signature", "")
    if not given or params.get("SignatureMethod") != "HMAC-SHA1" or params.get("SignatureVersion") != "1.0":
        raise incomplete_signature("SignatureMethod must be HMAC-SHA1 and SignatureVersion 1.0.")
    key_id = params.get("AccessKeyId", "")
    secret = secret_of(key_id)
    if secret is None:
        raise SignatureRefused(400, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
    if not hmac.compare_digest(sign_query(secret, string_to_sign(method, params)).encode(), given.encode()):
        raise signature_mismatch("The query was signed with another secret, or changed.")
    check_date(params.get("Timestamp", ""), now)
    if token_of is not None:
        check_token(params.get("SecurityToken", ""), token_of(key_id))
    check_nonce(params.get("SignatureNonce", ""), nonces, now)


def string_to_sign(method: str, params: Mapping[str, str]) -> str:
    """Write the text that is signed."""
    pairs = sorted((key, value) for key, value in params.items() if key != "Signature")
    query = "&".join(f"{quote(key, safe='~')}={quote(value, safe='~')}" for key, value in pairs)
    return f"{method}&%2F&{quote(query, safe='~')}"


def sign_query(secret: str, text: str) -> str:
    """Sign it; base64."""
    return base64.b64encode(hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha1).digest()).decode()
