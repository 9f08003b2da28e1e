"""Which addresses a webhook may be at."""

from __future__ import annotations

import pytest

from refresh_watch.channels.transport.addresses import host_allowed, is_public


@pytest.mark.parametrize("address", ["8.8.8.8", "47.96.0.1", "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_pass(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.100.100.200",  # Alibaba Cloud's metadata server
        "::ffff:100.100.100.200",
        "64:ff9b::6464:64c8",
        "64:ff9b:1::808:808",
        "2002:6464:64c8::1",
        "2001:0:6464:64c8:0:0:9b9b:9b37",
        "::ffff:0:100.100.100.200",
        "fec0::1",
        "192.0.0.192",  # another cloud's metadata server
        "::100.100.100.200",
        "::",
        "::1",
        "0.0.0.0",
        "224.0.0.1",
        "ff02::1",
        "ff0e::1",
        "fd00:ec2::254",
        "fe80::1%eth0",
        "255.255.255.255",
        "no address",
    ],
)
def test_everything_else_is_refused(address: str) -> None:
    assert not is_public(address)


def test_a_host_is_allowed_by_name_or_by_name_and_port() -> None:
    assert host_allowed("http://127.0.0.1:8080/x", ("127.0.0.1",))
    assert host_allowed("http://127.0.0.1:8080/x", ("127.0.0.1:8080",))
    assert host_allowed("https://[::1]:8080/x", ("::1",))
    assert not host_allowed("http://127.0.0.1:8081/x", ("127.0.0.1:8080", "localhost"))
