"""Whether a region is one of Function Compute's, before anything is made for functions that could not be there."""

from __future__ import annotations

import difflib
import socket
from collections.abc import Callable

from refresh_watch.deadline import DeadlinePassed, within
from refresh_watch.errors import BadInput
from refresh_watch.instants import Seconds

REGIONS = (
    "ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3",
    "ap-southeast-5", "ap-southeast-7", "cn-beijing", "cn-chengdu", "cn-hangzhou", "cn-hangzhou-finance",
    "cn-heyuan-acdr-1", "cn-hongkong", "cn-huhehaote", "cn-qingdao", "cn-shanghai", "cn-shanghai-finance-1",
    "cn-shenzhen", "cn-wulanchabu", "cn-zhangjiakou", "eu-central-1", "eu-west-1", "me-central-1", "us-east-1",
    "us-west-1",
)  # fmt: skip
"""Those that the official SDK has an endpoint for (alibabacloud_fc20230330). There may be newer ones."""

RESOLVE_SECONDS: Seconds = 5.0
_KNOWN = "cn-hangzhou"
"""The region whose host is looked up to tell a wrong name from a network without DNS."""

Resolve = Callable[[str], bool]
"""Whether a host has an address; False also where DNS does not answer."""


def host_of_region(region: str) -> str:
    """Where Function Compute is asked in it."""
    return f"fcv3.{region}.aliyuncs.com"


def doubt(region: str) -> str:
    """What to say of a region that is not known here; empty for one that is."""
    if region in REGIONS:
        return ""
    return f"{region} is not among the regions of Function Compute that are known here{_meant(region)}"


def resolves(host: str) -> bool:
    try:
        return bool(within(RESOLVE_SECONDS, lambda: socket.getaddrinfo(host, 443)))
    except (OSError, UnicodeError, DeadlinePassed):
        return False


def check_region(region: str, resolve: Resolve = resolves) -> None:
    """Raises BadInput for a region that is not known and has no host, while that of a known one is found."""
    if not doubt(region) or resolve(host_of_region(region)) or not resolve(host_of_region(_KNOWN)):
        return
    allowed = f"a region of Function Compute{_meant(region) or f' such as {_KNOWN}'}"
    raise BadInput("REFRESH_WATCH_REGION", region, f"{allowed} ({host_of_region(region)} has no address)")


def _meant(region: str) -> str:
    nearest = difflib.get_close_matches(region, REGIONS, n=1)
    return f"; did you mean {nearest[0]}?" if nearest else ""
