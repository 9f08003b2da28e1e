"""What STS and RAM say of a key that is not good, in our words, and what to do about it.

Alibaba's own words for it hold the text that was signed, and what is left of them after redaction says little.
"""

from __future__ import annotations

from collections.abc import Mapping

KEY_ID, KEY_SECRET, TOKEN = (
    f"ALIBABA_CLOUD_{name}" for name in ("ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "SECURITY_TOKEN")
)

_SAID = {
    "SignatureDoesNotMatch": "the secret is not the one that belongs to this access key id",
    "IncompleteSignature": "the secret is not the one that belongs to this access key id",
    "InvalidAccessKeyId.Inactive": "this access key is disabled",
    "InvalidAccessKeyId": "there is no such access key id",
    "InvalidSecurityToken": "the security token has expired, or belongs to another key",
    "MissingSecurityToken": "a temporary key without its security token",
}


def said_of_key(code: str) -> str:
    """In our words what is wrong with the key; empty for a code about something else."""
    return next((said for begins, said in _SAID.items() if code.startswith(begins)), "")


def mend_key(code: str) -> str:
    """What to do about it; empty likewise."""
    if code.startswith("InvalidTimeStamp"):
        return "set this machine's clock"
    if "SecurityToken" in code:
        return f"take a new temporary key, and set {TOKEN} with it"
    if code.startswith("InvalidAccessKeyId"):
        return f"see in the RAM console whether the key of {KEY_ID} still exists and is enabled"
    return f"see whether {KEY_SECRET} belongs to {KEY_ID}" if said_of_key(code) else ""


def missing_half(environment: Mapping[str, str]) -> str:
    """Which of the two variables of a key is not set where the other one is; empty where both or none are."""
    missing = [name for name in (KEY_ID, KEY_SECRET) if not environment.get(name, "").strip()]
    return f"{missing[0]} is not set" if len(missing) == 1 else ""
