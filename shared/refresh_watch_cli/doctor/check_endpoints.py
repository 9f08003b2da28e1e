"""Where each API is asked, and whether that is right for the product and the region."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from refresh_watch.product_specs.registry import spec_named, spec_of
from refresh_watch_cli.account.regions import doubt, host_of_region
from refresh_watch_cli.account.services import HOSTS
from refresh_watch_cli.doctor.check import DoctorContext, Finding, ok, skipped, warning

OWN_DOMAIN = ".aliyuncs.com"

WITHOUT_TASKS = {"cn-huhehaote": "Hohhot", "ap-southeast-2": "Sydney", "ap-south-1": "Mumbai"}
"""Regions without asynchronous tasks, among others (Function Compute's page "Asynchronous task", overview-25)."""


def check_endpoints(context: DoctorContext) -> Iterator[Finding]:
    settings = context.settings
    for product in dict.fromkeys(spec_of(product).service for product in context.products):
        spec = spec_of(product)
        yield _endpoint(product, spec.endpoint_variable, settings.endpoint_of(product), spec.host)
    yield from _function_compute(context)
    yield _endpoint("sts", "REFRESH_WATCH_STS_ENDPOINT", settings.sts_endpoint, HOSTS["sts"])
    proxy = context.environment.get("HTTPS_PROXY") or context.environment.get("https_proxy")
    if proxy:
        yield ok("HTTPS_PROXY", f"calls of APIs go through {_host(proxy) or 'it'}; the SDKs know no NO_PROXY")


def _function_compute(context: DoctorContext) -> Iterator[Finding]:
    settings = context.settings
    region = settings.region
    if not region and not settings.fc_endpoint:
        yield skipped(
            "fc", "no region: REFRESH_WATCH_REGION is not set", "set it before start, stop and replay are used"
        )
        return
    yield _endpoint("fc", "REFRESH_WATCH_FC_ENDPOINT", settings.fc_endpoint, host_of_region(region))
    asked = urlsplit(settings.fc_endpoint).hostname or ""
    if region and asked.endswith(OWN_DOMAIN) and region not in asked:
        said = f"REFRESH_WATCH_REGION is {region}, and {asked} is that of another"
        yield warning("fc: region", said, "unset REFRESH_WATCH_FC_ENDPOINT, or name the region that it belongs to")
    elif region in WITHOUT_TASKS:
        said = f"{WITHOUT_TASKS[region]} has no asynchronous tasks, says their page: watches could not wait there"
        yield warning("fc: region", said, "deploy to another region; it may watch tasks of all")
    elif region and doubt(region):
        yield warning("fc: region", doubt(region), "see whether REFRESH_WATCH_REGION is spelt right")
    elif region:
        yield ok("fc: region", region)


def _endpoint(word: str, variable: str, given: str, default: str) -> Finding:
    """`given`: a URL, or empty for the `default` host."""
    if not given:
        return ok(word, default)
    parts = urlsplit(given)
    host = parts.hostname or ""
    if parts.scheme == "http":
        return warning(word, f"{given}: not encrypted", f"unset {variable}, unless it is a stand-in of this network")
    if not host.endswith(OWN_DOMAIN):
        return warning(word, f"{host} is no host of Alibaba Cloud", f"unset {variable}, unless it is meant so")
    spec = spec_named(word)
    if spec is not None and spec.only_host_because and host != default:
        said = f"{host}: {spec.only_host_because}"
        return warning(word, said, f"unset {variable}: {default} is asked by itself")
    if spec is not None and host.partition(".")[0].partition("-")[0] != word:
        said = f"{host} is the host of another service"
        return warning(word, said, f"unset {variable}: {default} is asked by itself")
    return ok(word, host)


def _host(url: str) -> str:
    """Host and port of a URL that may hold a password."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return f"{parts.hostname or ''}{port}"
