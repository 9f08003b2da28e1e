"""Other people's error texts made fit to show: one line, bounded, without keys, tokens and signatures."""

from __future__ import annotations

import re

_SECRETS = (
    # a failed signature is answered with the canonical request: every signed header, the security token among them
    re.compile(r"(?i)((?:server )?(?:string to sign|canonical\s*request)(?: is)?\s*:).*", re.DOTALL),
    re.compile(r"(?i)(x-acs-(?:security-token|accesskey-id|bearer-token|signature\S*)\W{1,4})[^\s'\",}]+"),
    re.compile(r"(?i)(authorization\W{1,4})(?:ACS3-HMAC-SHA256\s+|acs\s+|bearer\s+)?[^\s'\"}]+"),
    re.compile(
        r"(?i)((?:credential|signature|accesskeyid|accesskeysecret|securitytoken|security_token)\W{1,4})[^\s,&'\"}]+"
    ),
    re.compile(r"()\b(?:LTAI|STS\.|CAIS)[A-Za-z0-9+/=]{8,}"),
)


def redact(text: str, at_most: int = 300) -> str:
    """The text on one line, at most that long, with whatever may be a secret replaced by ``***``."""
    for secret in _SECRETS:
        text = secret.sub(r"\1***", text)
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= at_most else text[: at_most - 3] + "..."
