"""ACS3-HMAC-SHA256, as Alibaba Cloud's gateways verify it.

Generic over method, path, query, headers and body: the stand-in products and the embedded engine both use it.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Callable, Iterable
from urllib.parse import parse_qsl, quote

from refresh_watch.instants import Instant, Seconds, parse_instant

ALGORITHM = "ACS3-HMAC-SHA256"
MAX_SKEW: Seconds = 15 * 60
Headers = Iterable[tuple[str, str]]

_ALWAYS_SIGNED = ("host", "x-acs-date")
_SIGNED_IF_SENT = (
    "x-acs-action",
    "x-acs-version",
    "x-acs-signature-nonce",
    "x-acs-content-sha256",
    "x-acs-security-token",
    "x-acs-accesskey-id",
)


class SignatureRefused(Exception):
    """The request is not let in. `status`, `code` and `message` are the gateway's own words."""

    def __init__(self, status: int, code: str, message: str) -> None:
        """Carry the answer that the caller gets."""
        self.status = status
        self.code = code
        self.message = message
        super().__init__(f"{status} {code}: {message}")


class Nonces:
    """The nonces used lately. One object for all threads of a server."""

    def __init__(self) -> None:
        """Start with none used."""
        self._lock = threading.Lock()
        self._used: dict[str, Instant] = {}

    def use(self, nonce: str, now: Instant) -> bool:
        """Take a nonce; False when it was taken before. Forgotten once its date could no longer pass."""
        with self._lock:
            while self._used:  # insertion order is order of time
                oldest = next(iter(self._used))
                if self._used[oldest] >= now - 2 * MAX_SKEW:
                    break
                del self._used[oldest]
            if nonce in self._used:
                return False
            self._used[nonce] = now
            return True


def verify(
    method: str,
    path: str,
    query: str,
    headers: Headers,
    body: bytes,
    *,
    secret_of: Callable[[str], str | None],
    now: Instant,
    nonces: Nonces | None,
    token_of: Callable[[str], str | None] | None = None,
) -> None:
    """Return when the request is signed with a known key, fresh, and not a repetition; else raise SignatureRefused.

    `path` is as on the wire, without the query; `query` is the raw query string; `headers` are pairs in any case and
    order. `secret_of` gives the secret of an access key id, `token_of` the security token that goes with it (None: a
    key without one); without `token_of` tokens are not compared. With `nonces` None, repetitions are let in.
    """
    values = _by_name(headers)
    key_id, signed, given = _authorization(_one(values, "authorization"))
    secret = secret_of(key_id)
    if secret is None:
        raise SignatureRefused(400, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
    for name in (*_ALWAYS_SIGNED, *(name for name in _SIGNED_IF_SENT if name in values)):
        if name not in signed:
            raise incomplete_signature(f"The header {name} is not signed.")
    payload = hashlib.sha256(body).hexdigest()
    if _one(values, "x-acs-content-sha256", payload) != payload:
        raise signature_mismatch("x-acs-content-sha256 is not the digest of the body.")
    canonical = canonical_request(method, path, query, values=values, signed=signed, payload=payload)
    if not hmac.compare_digest(sign(secret, canonical).encode(), given.encode()):
        raise signature_mismatch(f"server string to sign is: {_string_to_sign(canonical)!r}")
    check_date(_one(values, "x-acs-date"), now)
    if token_of is not None:
        if _one(values, "x-acs-accesskey-id", key_id) != key_id:
            raise _token_mismatch()
        check_token(_one(values, "x-acs-security-token"), token_of(key_id))
    if nonces is not None:
        check_nonce(_one(values, "x-acs-signature-nonce"), nonces, now)


def canonical_request(
    method: str, path: str, query: str, *, values: dict[str, list[str]], signed: tuple[str, ...], payload: str
) -> str:
    """Write the text that is signed. `values` is by lower-case header name, `payload` the body's SHA-256 in hex."""
    # compared on decoded values: the SDK's clients encode the same query differently
    pairs = sorted(parse_qsl(query, keep_blank_values=True))
    canonical_query = "&".join(f"{quote(key, safe='~')}={quote(value, safe='~')}" for key, value in pairs)
    lines = "".join(f"{name}:{','.join(sorted(values.get(name, [])))}\n" for name in signed)
    return "\n".join((method, path, canonical_query, lines, ";".join(signed), payload))


def sign(secret: str, canonical: str) -> str:
    """Sign a canonical request; hex."""
    return hmac.new(secret.encode(), _string_to_sign(canonical).encode(), hashlib.sha256).hexdigest()


def _string_to_sign(canonical: str) -> str:
    return f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"


def _by_name(headers: Headers) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in headers:
        values.setdefault(name.lower(), []).append(value.strip())
    return values


def _one(values: dict[str, list[str]], name: str, default: str = "") -> str:
    return values.get(name, [default])[0]


def _authorization(text: str) -> tuple[str, tuple[str, ...], str]:
    algorithm, _, rest = text.partition(" ")
    if algorithm != ALGORITHM:
        raise incomplete_signature(f"Authorization must start with {ALGORITHM}.")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    if not all(parts.get(name) for name in ("Credential", "SignedHeaders", "Signature")):
        raise incomplete_signature("Authorization must hold Credential, SignedHeaders and Signature.")
    return parts["Credential"], tuple(parts["SignedHeaders"].split(";")), parts["Signature"]


def check_date(date: str, now: Instant) -> None:
    """Refuse a date that is none or more than 15 minutes off."""
    try:
        signed_at = parse_instant(date)
    except ValueError:
        raise SignatureRefused(400, "InvalidTimeStamp.Format", "Specified time stamp is not well formatted.") from None
    if abs(now - signed_at) > MAX_SKEW:
        raise SignatureRefused(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")


def check_token(given: str, expected: str | None) -> None:
    """Refuse a security token that does not go with the key."""
    if expected and not given:
        raise SignatureRefused(400, "MissingSecurityToken", "SecurityToken is mandatory for this action.")
    if given != (expected or ""):
        raise _token_mismatch()


def check_nonce(nonce: str, nonces: Nonces, now: Instant) -> None:
    """Refuse a nonce that is missing or was used before."""
    if not nonce:
        raise SignatureRefused(400, "MissingSignatureNonce", "SignatureNonce is mandatory for this action.")
    if not nonces.use(nonce, now):
        raise SignatureRefused(400, "SignatureNonceUsed", "Specified signature nonce was used already.")


def _token_mismatch() -> SignatureRefused:
    message = "Specified SecurityToken is mismatch with AccessKey."
    return SignatureRefused(400, "InvalidSecurityToken.MismatchWithAccessKey", message)


def incomplete_signature(why: str) -> SignatureRefused:
    """The signature's parts are not all there."""
    return SignatureRefused(
        400, "IncompleteSignature", f"The request signature does not conform to Aliyun standards. {why}"
    )


def signature_mismatch(why: str) -> SignatureRefused:
    """The signature is another than ours."""
    return SignatureRefused(400, "SignatureDoesNotMatch", f"Specified signature does not match our calculation. {why}")
