"""The environment: what each variable may be, and the refusal of a wrong one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from refresh_watch.errors import BadInput
from refresh_watch.model import Outcome, Product
from refresh_watch.product_specs.registry import default_quota
from refresh_watch.settings import DEFAULT_QUOTA, Secret, Settings

SECRET = "T0PSECRET"
URL = f"https://oapi.dingtalk.com/robot/send?access_token={SECRET}{SECRET}"
CHANNEL = {"name": "oncall", "kind": "dingtalk", "url": URL, "secret": f"SEC{SECRET}"}


def read(*, lenient_channels: bool = False, **variables: str) -> Settings:
    environment = {f"REFRESH_WATCH_{name}": value for name, value in variables.items()}
    return Settings.from_environment(environment, lenient_channels=lenient_channels)


def channels(*entries: Any) -> str:
    return json.dumps(entries)


def changed(**more: Any) -> str:
    return channels({**CHANNEL, **more})


def refusal(**variables: str) -> str:
    """The one line of the refusal; it holds nothing of a secret."""
    with pytest.raises(BadInput) as caught:
        read(**variables)
    line = str(caught.value)
    assert line.isprintable()
    assert SECRET not in line + repr(caught.value)
    return line


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = Settings.from_environment({})
    assert settings == Settings()
    assert (settings.prefix, settings.language, settings.region) == ("refresh", "en", "")
    assert (settings.channels, settings.allowed_hosts, settings.serve_token) == ((), (), None)
    assert {settings.endpoint_of(product) for product in Product} | {settings.fc_endpoint} == {""}
    assert dict(settings.quota) == DEFAULT_QUOTA


def test_every_variable_is_read() -> None:
    settings = read(
        CDN_ENDPOINT="http://127.0.0.1:8080",
        DCDN_ENDPOINT="https://dcdn.example.com/",
        VOD_ENDPOINT="vod.example.com",
        FC_ENDPOINT="http://[::1]:9000",
        REGION="cn-shanghai",
        PREFIX="Team-a-refresh",
        ENVIRONMENT=" 预发 ",
        LANGUAGE="zh",
        CHANNELS=changed(mention="13800000000", on=["failed", "overdue"], language="zh", keyword="refresh"),
        QUOTA="cdn.list=2.5, vod.list=1000,",
        ALLOWED_HOSTS="Hooks.internal, 127.0.0.1:8080\n::1",
        SERVE_TOKEN=SECRET,
    )
    assert [settings.endpoint_of(Product(word)) for word in ("cdn", "dcdn", "vod", "vod-legacy")] == [
        "http://127.0.0.1:8080", "https://dcdn.example.com", "https://vod.example.com", "https://vod.example.com"
    ]  # fmt: skip
    assert settings.fc_endpoint == "http://[::1]:9000"
    assert (settings.region, settings.function_name("watch")) == ("cn-shanghai", "Team-a-refresh-watch")
    assert (settings.environment, settings.language) == ("预发", "zh")
    assert settings.calls_per_second("cdn.list") == 2.5
    assert settings.calls_per_second("vod.list") == 1000
    assert settings.calls_per_second("cdn.by_id") == DEFAULT_QUOTA["cdn.by_id"]
    assert settings.allowed_hosts == ("hooks.internal", "127.0.0.1:8080", "::1")
    assert settings.serve_token == Secret(SECRET)
    (oncall,) = settings.channels
    assert (oncall.name, oncall.kind, oncall.url, oncall.host) == (
        "oncall", "dingtalk", Secret(URL), "oapi.dingtalk.com",
    )  # fmt: skip
    assert (oncall.secret, oncall.mention) == (Secret(f"SEC{SECRET}"), ("13800000000",))
    assert (oncall.on, oncall.language, oncall.keyword) == ((Outcome.FAILED, Outcome.OVERDUE), "zh", "refresh")


def test_the_region_is_that_of_function_compute_where_none_is_set() -> None:
    assert Settings.from_environment({"FC_REGION": "cn-beijing"}).region == "cn-beijing"
    both = {"FC_REGION": "cn-beijing", "REFRESH_WATCH_REGION": "cn-hangzhou"}
    assert Settings.from_environment(both).region == "cn-hangzhou"


AN_ENDPOINT = "allowed: a URL such as https://host or http://127.0.0.1:8080"
QUOTAS = f"allowed: {', '.join(default_quota())}, each = calls a second (over 0, up to 1000)"
KEYS = "allowed: name, kind, url, secret, mention, on, language, keyword, fallback"
OUTCOMES = "allowed: complete, failed, partly_failed, overdue, unverifiable"
NAME = "allowed: [a-z][a-z0-9_]{0,31}"

PREFIXES = "allowed: letters, digits and hyphens, beginning with a letter, at most 41"

# the variable, its value, and of the refusal: the field, what was given, what is allowed
WRONG: list[tuple[str, str, str, str, str]] = [
    ("CDN_ENDPOINT", f"https://user:{SECRET}@host", "", "a URL with a user name", AN_ENDPOINT),
    ("DCDN_ENDPOINT", f"{SECRET}@host", "", "a URL with a user name", AN_ENDPOINT),
    ("VOD_ENDPOINT", URL, "", "a URL with a path or a query, to oapi.dingtalk.com", AN_ENDPOINT),
    ("VOD_ENDPOINT", f"https://host?key={SECRET}", "", "a URL with a path or a query, to host", AN_ENDPOINT),
    ("FC_ENDPOINT", f"ftp://host/{SECRET}", "", "text that is not an http(s) URL", AN_ENDPOINT),
    ("FC_ENDPOINT", f"https://host:{SECRET}", "", "text that is not a URL", AN_ENDPOINT),
    ("FC_ENDPOINT", "https://", "", "text that is not an http(s) URL", AN_ENDPOINT),
    ("FC_ENDPOINT", "two words", "", "text that is not an http(s) URL", AN_ENDPOINT),
    ("FC_ENDPOINT", "http://[::1", "", "text that is not a URL", AN_ENDPOINT),
    ("REGION", "cn hangzhou", "", "'cn hangzhou'", "allowed: a region such as cn-hangzhou"),
    ("REGION", URL, "", "a URL", "allowed: a region such as cn-hangzhou"),
    ("PREFIX", "1st", "", "'1st'", PREFIXES),
    ("PREFIX", "my_prefix", "", "'my_prefix'", PREFIXES),
    ("PREFIX", "p" * 42, "", "a text of 42 characters", PREFIXES),
    ("ENVIRONMENT", "a\tb", "", "'a?b'", "allowed: at most 64 printable characters"),
    ("ENVIRONMENT", SECRET * 8, "", "a text of 72 characters", "allowed: at most 64 printable characters"),
    ("LANGUAGE", "EN", "", "'EN'", "allowed: en, zh"),
    ("ALLOWED_HOSTS", f"hooks.internal,https://{SECRET}", "", "a URL", "allowed: hosts such as hooks.internal"),
    ("ALLOWED_HOSTS", "*.internal", "", "'*.internal'", "allowed: hosts such as hooks.internal"),
    ("INSTANCES", "0", "", "'0'", "allowed: a whole number from 1 to 300"),
    ("INSTANCES", "four", "", "'four'", "allowed: a whole number from 1 to 300"),
    ("QUOTA", "cdn.list=fast", "", "'cdn.list=fast'", QUOTAS),
    ("QUOTA", "cdn.list", "", "'cdn.list'", QUOTAS),
    ("QUOTA", "scdn.list=5", "", "'scdn.list=5'", QUOTAS),
    ("QUOTA", "vod.by_id=5", "", "'vod.by_id=5'", QUOTAS),
    ("QUOTA", "cdn.list=5,cdn.by_id=0", "", "'cdn.by_id=0'", QUOTAS),
    ("QUOTA", "cdn.list=-1", "", "'cdn.list=-1'", QUOTAS),
    ("QUOTA", "cdn.list=nan", "", "'cdn.list=nan'", QUOTAS),
    ("QUOTA", "cdn.list=1e999", "", "'cdn.list=1e999'", QUOTAS),
    ("QUOTA", "cdn.list=1000.1", "", "'cdn.list=1000.1'", QUOTAS),
    ("QUOTA", "cdn.list=" + "9" * 5000, "", "a text of 5009 characters", QUOTAS),
    ("CHANNELS", f"[{URL}", "", "text that is not JSON (line 1)", "allowed: a JSON array of channels"),
    ("CHANNELS", "[" * 100_000, "", "text that is not JSON (line 1)", "allowed: a JSON array of channels"),
    ("CHANNELS", "[" + "9" * 5000 + "]", "", "is not allowed", "allowed:"),
    ("CHANNELS", "{}", "", "(an object was given)", "must be a JSON array of channels"),
    ("CHANNELS", f"@{json.dumps([CHANNEL])}", "", "@ without the name of a file", "allowed: @ and a readable JSON file"),
    ("CHANNELS", f"@{URL}", "", "@ without the name of a file", "allowed: @ and a readable JSON file"),
    ("CHANNELS", "@no-such.json", "", "'@no-such.json'", "a readable JSON file (FileNotFoundError)"),
    ("CHANNELS", channels(URL), "[0]", "(a string was given)", "must be an object with name, kind and url"),
    ("CHANNELS", channels(CHANNEL, None), "[1]", "(null was given)", "must be an object with name, kind and url"),
    ("CHANNELS", changed(colour="red"), "[0]: key", "'colour'", KEYS),
    ("CHANNELS", channels({URL: "oncall"}), "[0]: key", "a URL", KEYS),
    ("CHANNELS", channels({SECRET * 7: "oncall"}), "[0]: key", "a text of 63 characters", KEYS),
    ("CHANNELS", changed(name=URL, url="oncall"), "[0].name", "a URL", NAME),
    ("CHANNELS", changed(name=f"SEC{SECRET * 7}"), "[0].name", "a text of 66 characters", NAME),
    ("CHANNELS", changed(name=f"access_token={SECRET}"), "[0].name", "a text of 22 characters", NAME),
    ("CHANNELS", changed(name="On Call"), "[0].name", "'On Call'", NAME),
    ("CHANNELS", channels({"kind": "dingtalk", "url": URL}), "[0].name", " is missing", "allowed: a string"),
    ("CHANNELS", changed(name=7), "[0].name", "(a number was given)", "must be a string"),
    ("CHANNELS", channels(CHANNEL, CHANNEL), "[1].name", "'oncall'", "allowed: a name that no other channel has"),
    ("CHANNELS", changed(kind=URL), "[0].kind", "a URL", "allowed: a kind such as dingtalk"),
    ("CHANNELS", changed(kind="Ding"), "[0].kind", "'Ding'", "allowed: a kind such as dingtalk"),
    ("CHANNELS", changed(kind=["dingtalk"]), "[0].kind", "(a list was given)", "must be a string"),
    ("CHANNELS", changed(url=""), "[0].url", " is missing", "allowed: a string"),
    ("CHANNELS", changed(url=SECRET), "[0].url", "text that is not an http(s) URL", "allowed: an https URL"),
    ("CHANNELS", changed(url=f"https://h:{SECRET}/"), "[0].url", "text that is not a URL", "allowed: an https URL"),
    ("CHANNELS", changed(url=f"https://u:{SECRET}@h/"), "[0].url", "a URL with a user name, to h", "allowed: a URL without"),
    ("CHANNELS", changed(url=f"https://@h/{SECRET}"), "[0].url", "a URL with a user name, to h", "allowed: a URL without"),
    ("CHANNELS", changed(url=f"https://审计.cn/{SECRET}"), "[0].url", "a URL whose host has other", "allowed: an https URL"),
    ("CHANNELS", changed(url=f"https://a b/{SECRET}"), "[0].url", "a URL whose host has other", "allowed: an https URL"),
    ("CHANNELS", changed(url=f"http://h/{SECRET}"), "[0].url", "http to h", "allowed: https, or a host named in REFRESH"),
    ("CHANNELS", changed(url=None), "[0].url", "(null was given)", "must be a string"),
    ("CHANNELS", changed(secret=[SECRET]), "[0].secret", "(a list was given)", "must be a string"),
    ("CHANNELS", changed(mention={"a": 1}), "[0].mention", "(an object was given)", "must be a list of strings"),
    ("CHANNELS", changed(mention=["13800000000", 13800000000]), "[0].mention[1]", "(a number was given)", "must be a string"),
    ("CHANNELS", changed(on="done"), "[0].on", "'done'", OUTCOMES),
    ("CHANNELS", changed(on=["failed", "Overdue"]), "[0].on", "'Overdue'", OUTCOMES),
    ("CHANNELS", changed(on=[URL]), "[0].on", "a URL", OUTCOMES),
    ("CHANNELS", changed(on=5), "[0].on", "(a number was given)", "must be a list of strings"),
    ("CHANNELS", changed(language="fr"), "[0].language", "'fr'", "allowed: en, zh"),
    ("CHANNELS", changed(keyword="a\nb"), "[0].keyword", "'a?b'", "allowed: at most 64 printable characters"),
    ("CHANNELS", changed(keyword=URL + SECRET), "[0].keyword", "a URL", "allowed: at most 64 printable characters"),
    ("CHANNELS", changed(fallback=["audit"]), "[0].fallback", "(a list was given)", "must be a string"),
    ("CHANNELS", changed(fallback="oncall"), "[0].fallback", "'oncall'", "allowed: no fallback: there is no other channel"),
    ("CHANNELS", channels(CHANNEL, {**CHANNEL, "name": "audit", "fallback": "onca1l"}), "[1].fallback", "'onca1l'", "allowed: oncall"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("variable", "value", "field", "given", "allowed"), WRONG, ids=[f"{row[0]}-{n}" for n, row in enumerate(WRONG)]
)
def test_a_refusal_names_the_variable_what_was_given_and_what_is_allowed(
    variable: str, value: str, field: str, given: str, allowed: str
) -> None:
    line = refusal(**{variable: value})
    assert line.startswith((f"REFRESH_WATCH_{variable}{field}: ", f"REFRESH_WATCH_{variable}{field} is missing; "))
    assert given in line
    assert allowed in line


def test_a_json_error_names_its_line() -> None:
    assert "(line 3)" in refusal(CHANNELS=f'[\n{{"name": "oncall",\n"url": {URL}}}]')


def test_channels_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "channels.json"
    file.write_text(channels(CHANNEL), encoding="utf-8")
    assert read(CHANNELS=f"@{file}") == read(CHANNELS=channels(CHANNEL))
    file.write_bytes(b"\xff\xfe" + SECRET.encode())
    assert "UnicodeDecodeError" in refusal(CHANNELS=f"@{file}")
    file.write_text(URL, encoding="utf-8")
    assert "text that is not JSON" in refusal(CHANNELS=f"@{file}")
    assert "IsADirectoryError" in refusal(CHANNELS=f"@{tmp_path}")


@pytest.mark.parametrize("allowed", ["hooks.internal", "hooks.internal:8080"])
def test_plain_http_is_for_hosts_that_are_allowed(allowed: str) -> None:
    plain = channels({**CHANNEL, "url": f"http://hooks.internal:8080/{SECRET}"})
    assert read(CHANNELS=plain, ALLOWED_HOSTS=allowed).channels[0].host == "hooks.internal"
    assert "http to hooks.internal" in refusal(CHANNELS=plain, ALLOWED_HOSTS="hooks.internal:9090")


def test_a_fallback_may_stand_anywhere_in_the_list_and_read_leniently_a_missing_one_stops_no_other() -> None:
    first = {**CHANNEL, "fallback": "audit"}
    settings = read(CHANNELS=channels(first, {**CHANNEL, "name": "audit"}))
    assert settings.channel("oncall").fallback == "audit"
    alone = read(CHANNELS=channels(first), lenient_channels=True)
    assert [channel.name for channel in alone.channels] == ["oncall"]


def test_nothing_that_is_shown_of_the_settings_holds_a_secret() -> None:
    settings = read(CHANNELS=channels(CHANNEL, {**CHANNEL, "name": URL}), SERVE_TOKEN=SECRET, lenient_channels=True)
    for shown in (repr(settings), str(settings), f"{settings.channels}", f"{settings.channels[0].url}"):
        assert SECRET not in shown
    assert repr(Secret("one")) != repr(Secret("two"))


def test_a_channel_that_is_not_configured_is_refused_with_those_that_are() -> None:
    settings = read(CHANNELS=channels(CHANNEL, {**CHANNEL, "name": "audit"}))
    assert settings.channel("audit").name == "audit"
    with pytest.raises(BadInput, match=r"^channels: 'nosuch' is not allowed; allowed: oncall, audit$"):
        settings.channel("nosuch")
    with pytest.raises(BadInput, match=r"^channels: a URL is not allowed"):
        settings.channel(URL)
    with pytest.raises(BadInput, match=r"none is configured \(REFRESH_WATCH_CHANNELS\)"):
        Settings().channel("oncall")


def test_read_leniently_a_wrong_channel_leaves_the_others_and_says_why_when_asked_for() -> None:
    wrong = {**CHANNEL, "name": "pager", "url": f"http://hooks.example.com/{SECRET}"}
    settings = read(CHANNELS=channels(wrong, CHANNEL), lenient_channels=True)
    assert [channel.name for channel in settings.channels] == ["oncall"]
    assert [name for name, _ in settings.broken_channels] == ["pager"]
    with pytest.raises(
        BadInput, match=r"REFRESH_WATCH_CHANNELS\[0\]\.url: http to hooks\.example\.com is not"
    ) as caught:
        settings.channel("pager")
    assert SECRET not in str(caught.value)
    assert settings.channel("oncall").name == "oncall"


def test_read_leniently_a_wrong_channel_without_a_name_gets_one_that_no_channel_has() -> None:
    taken = {**CHANNEL, "kind": "Ding"}
    settings = read(CHANNELS=channels(taken, URL, {**CHANNEL, "name": URL}, CHANNEL), lenient_channels=True)
    assert [channel.name for channel in settings.channels] == ["oncall"]
    names = [name for name, _ in settings.broken_channels]
    assert names == [f"entry_{i}_of_refresh_watch_channels" for i in range(3)]
    with pytest.raises(BadInput, match=r"\[0\]\.name: .* is not allowed"):
        read(CHANNELS=changed(name=names[0]))
    assert SECRET not in "".join(str(problem) for _, problem in settings.broken_channels)


def test_read_leniently_channels_that_are_no_list_of_entries_are_still_refused() -> None:
    for text in ("[{", "{}", "@no-such.json"):
        with pytest.raises(BadInput, match=r"^REFRESH_WATCH_CHANNELS: "):
            read(CHANNELS=text, lenient_channels=True)
