"""Which hosts and addresses may be connected to."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_PROTOCOLS = ipaddress.IPv4Network("192.0.0.0/24")  # some clouds have their metadata server there
_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All of IPv6 that is given out for hosts of the Internet. `is_global` holds for most of the rest too: for site-local
addresses, and for networks' own translations of IPv4 (64:ff9b:1::/48, ::ffff:0:a.b.c.d)."""


def host_allowed(url: str, allowed_hosts: tuple[str, ...]) -> bool:
    """The URL's host, or ``host:port``, is among those that the deployment names."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return host in allowed_hosts or (parts.port is not None and f"{host}:{parts.port}" in allowed_hosts)


def is_public(address: str) -> bool:
    """The address is globally reachable, and so is every IPv4 address that it stands for.

    `is_global` alone lets through IPv4 addresses mapped into IPv6, NAT64, 6to4 and multicast: among them Alibaba
    Cloud's metadata server, 100.100.100.200.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _inner(ip) if isinstance(ip, ipaddress.IPv6Address) else None
    if inner is not None:
        return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and (ip in _UNICAST if ip.version == 6 else ip not in _PROTOCOLS)


def _inner(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address carries, if it does."""
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip.teredo is not None:
        return ip.teredo[1]
    return ip.ipv4_mapped or ip.sixtofour or _compatible(ip)


def _compatible(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    # ::a.b.c.d, deprecated; :: and ::1 are themselves
    return ipaddress.IPv4Address(int(ip)) if 1 < int(ip) <= 0xFFFFFFFF else None
