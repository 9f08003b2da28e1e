"""What `serve` hands to the functions: settings and keys of this machine, and nothing that is not for them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from refresh_watch.credentials import Credentials
from refresh_watch.errors import BadInput, NoCredentials
from refresh_watch.settings import Secret, Settings
from refresh_watch_cli.printing import called_as
from refresh_watch_cli.serve import FRESH, MachineKeys, check_address, curl_lines, functions_environment, reachable
from tests.hand_clock import HandClock


def test_the_functions_see_our_settings_but_neither_the_token_nor_a_proxy_for_http() -> None:
    seen = functions_environment(
        {
            "REFRESH_WATCH_LANGUAGE": "zh",
            "REFRESH_WATCH_SERVE_TOKEN": "a-fake-token",
            "REFRESH_WATCH_INSTANCES": "1",  # s.yaml's own says how many there are
            "REFRESH_WATCH_FC_ENDPOINT": "https://elsewhere.example.com",
            "HTTP_PROXY": "http://proxy.example.com:3128",
            "HTTPS_PROXY": "http://proxy.example.com:3128",
            "EDITOR": "ed",
        }
    )

    assert seen == {
        "REFRESH_WATCH_REGION": "local",  # unless one is set
        "REFRESH_WATCH_LANGUAGE": "zh",
        "HTTPS_PROXY": "http://proxy.example.com:3128",
    }
    assert functions_environment({"REFRESH_WATCH_REGION": ""}) == {"REFRESH_WATCH_REGION": "local"}
    assert functions_environment({"REFRESH_WATCH_REGION": "cn-beijing"}) == {"REFRESH_WATCH_REGION": "cn-beijing"}


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://0.0.0.0:8080", "http://127.0.0.1:8080"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://192.0.2.7:8080", "http://192.0.2.7:8080"),
    ],
)
def test_the_address_that_is_printed_can_be_asked(url: str, shown: str) -> None:
    assert reachable(url) == shown


def test_only_loopback_needs_no_token_and_any_other_one_that_is_long_enough() -> None:
    for host in ("127.0.0.1", "localhost", "::1"):
        check_address(host, 8080, Settings())
    for host in ("0.0.0.0", "::", "192.0.2.7", "::2", "example.com"):
        with pytest.raises(BadInput, match="REFRESH_WATCH_SERVE_TOKEN"):
            check_address(host, 8080, Settings())
        with pytest.raises(BadInput, match="at least 16 characters"):
            check_address(host, 8080, Settings(serve_token=Secret("short")))
        check_address(host, 8080, Settings(serve_token=Secret("a-fake-token-of-a-test")))


def test_the_command_is_printed_as_it_was_called_or_by_its_name_where_that_is_on_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "with space" / "refresh-watch"
    program.parent.mkdir()
    program.touch(0o755)
    monkeypatch.setattr(sys, "argv", [str(program), "demo"])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert called_as() == f"'{program}'"
    monkeypatch.setenv("PATH", str(program.parent))
    assert called_as() == "refresh-watch"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "argv", ["with space/refresh-watch", "demo"])
    assert called_as() == "'with space/refresh-watch'"


def test_a_token_is_named_on_a_line_of_its_own() -> None:
    lines = curl_lines("http://127.0.0.1:65535", "$REFRESH_WATCH_SERVE_TOKEN").splitlines()
    assert max(map(len, lines)) <= 78  # they stand 2 columns in
    assert '    -H "Authorization: Bearer $REFRESH_WATCH_SERVE_TOKEN" \\' in lines


def test_a_file_of_channels_is_found_by_functions_that_run_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    seen = functions_environment({"REFRESH_WATCH_CHANNELS": "@channels.json"})

    assert seen["REFRESH_WATCH_CHANNELS"] == f"@{tmp_path}/channels.json"


def test_keys_are_looked_up_anew_and_outlive_a_chain_that_fails() -> None:
    clock = HandClock()
    found = [Credentials("key-1", Secret("fake-1")), Credentials("key-2", Secret("fake-2"), Secret("token-2"))]

    def find() -> Credentials:
        if not found:
            raise NoCredentials("none")
        return found.pop(0)

    keys = MachineKeys(find, clock)

    assert keys() == ("key-1", "fake-1", "")
    assert keys() == ("key-1", "fake-1", "")
    clock.sleep(FRESH)
    assert keys() == ("key-2", "fake-2", "token-2")
    clock.sleep(FRESH)
    assert keys() == ("key-2", "fake-2", "token-2")


def test_without_any_keys_serve_does_not_begin() -> None:
    def find() -> Credentials:
        raise NoCredentials("none")

    with pytest.raises(NoCredentials):
        MachineKeys(find, HandClock())()
