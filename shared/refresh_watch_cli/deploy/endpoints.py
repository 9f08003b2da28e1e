"""Whether the functions could reach the endpoints that they would be given."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from refresh_watch.errors import BadInput, as_word
from refresh_watch_cli.resources import Resource

_ENDING = "_ENDPOINT"
_ALLOWED = "none for a deployment (unset it), or an https URL that the functions can reach"


def check_endpoints(resource: Resource) -> None:
    """Raises BadInput for one of this machine, or that is not encrypted: a stand-in's, from a shell that had a demo."""
    for name, value in resource.environment:
        if name.endswith(_ENDING) and value and (_is_here(_host(value)) or value.lower().startswith("http:")):
            raise BadInput(name, value if "@" not in value else as_word(value), _ALLOWED)


def variables_of(resource: Resource) -> list[str]:
    """The names of the variables that the function gets a value for; of endpoints the host, too."""
    set_ones = [(name, value) for name, value in resource.environment if value]
    return [f"{name} ({_host(value)})" if name.endswith(_ENDING) else name for name, value in set_ones]


def _host(value: str) -> str:
    try:
        return urlsplit(value if "://" in value else f"https://{value}").hostname or ""
    except ValueError:
        return ""


def _is_here(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
