"""What bad input gets: one line that names the field, what was given and what is allowed; exit 2."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from refresh_watch_emulator.chat_wall import ChatWall
from tests.all_products import ALL_WORDS, endpoint_variables
from tests.cli.answering import answering
from tests.cli.command_line import PROJECT, CommandLine, Ran

WRONG = [
    (("fly",), "COMMAND", "fly", "watch"),
    (("watch", "oss", "1"), "PRODUCT", "oss", ALL_WORDS),
    (("watch", "cdn"), "IDS", "is missing", "one of IDS, -, --object-path"),
    (("watch", "cdn", ""), "IDS", "''", "digits"),
    (("watch", "cdn", " ，,", ","), "IDS", "，", "digits"),
    (("watch", "cdn", "12a"), "IDS", "12a", "digits"),
    (("watch", "cdn", "1", "--deadline", "4d"), "--deadline", "4d", "at most 3d"),
    (("watch", "cdn", "1", "--deadline", "soon"), "--deadline", "soon", "30m"),
    (("watch", "cdn", "1", "--kind", "purge"), "--kind", "purge", "refresh, prefetch"),
    (("watch", "cdn", "1", "--schedule", "5,1"), "--schedule", "5,1", "0,15,45"),
    (("watch", "cdn", "1", "--channel", "nobody"), "--channel", "nobody", "REFRESH_WATCH_CHANNELS"),
    (("watch", "cdn", "1", "--submitted-at", "noon"), "--submitted-at", "noon", "2026-11-22T08:00:00Z"),
    (("watch", "cdn", "--object-path", "http://a.example.com/"), "--submitted-at", "is missing", "--object-path need"),
    (("watch", "dcdn", "1", "--resource-group-id", "rg-1"), "--resource-group-id", "rg-1", "with product cdn only"),
    (("watch", "vod-legacy", "1"), "--domain-name", "is missing", "vod-legacy requires it"),
    (("watch", "cdn", "1", "-"), "IDS", "1 -", "- alone"),
    (("list", "oss"), "PRODUCT", "oss", "cdn"),
    (("list", "cdn", "--task-id", "12,x3"), "--task-id", "'x3'", "digits"),
    (("list", "cdn", "--task-id", "，,"), "--task-id", "，", "joined by commas"),
    (("list", "cdn", "--task-id", "12", "--task-id", ""), "--task-id", "''", "joined by commas"),
    (("list", "cdn", "--task-id", "12,13", "--page", "2"), "--page", "2", "several ids"),
    (("list", "cdn", "--watch", "a", "--task-id", "12"), "--task-id", "12", "nothing with --watch"),
    (("list", "cdn", "--watch", "a", "--page-size", "12"), "--page-size", "12", "nothing with --watch"),
    (("list", "cdn", "--watch", "a b"), "WATCH_ID", "a b", "letters and digits"),
    (("list", "cdn", "--task-id", ""), "--task-id", "''", "digits"),
    (("list", "cdn", "--task-id", "704225667", "--object-path", ""), "--object-path", "''", "exactly as submitted"),
    (("list", "cdn", "--object-path", " "), "--object-path", "' '", "exactly as submitted"),
    (("list", "cdn", "--domain-name", "", "--object-type", "file"), "--domain-name", "''", "domain name"),
    (("list", "cdn", "--object-type", ""), "--object-type", "''", "directory"),
    (("list", "cdn", "--status", ""), "--status", "''", "failed"),
    (("list", "cdn", "--start-time", ""), "--start-time", "''", "2026-11-22T08:00:00Z"),
    (("list", "cdn", "--resource-group-id", ""), "--resource-group-id", "''", "resource group"),
    (("list", "cdn", "--status", "done"), "--status", "done", "complete"),
    (("list", "cdn", "--domain-name", "a.example.com"), "--object-type", "is missing", "with --domain-name or status"),
    (("list", "cdn", "--start-time", "2026-11-22T08:00:00Z"), "--end-time", "is missing", "--start-time and --end"),
    (("list", "cdn", "--start-time", "today"), "--start-time", "today", "2026-11-22T08:00:00Z"),
    (("list", "cdn", "--page-size", "101"), "--page-size", "101", "1 to 100"),
    (("list", "dcdn", "--page-size", "51"), "--page-size", "51", "1 to 50"),
    (("list", "cdn", "--page", "2", "--urls"), "--page", "2", "--urls"),
    (("list", "cdn", "--page", "0"), "--page", "0", "1 to"),
    (("preview", "--kind", "pigeon"), "--kind", "pigeon", "dingtalk"),
    (("list", "vod-legacy"), "--domain-name", "is missing", "requires --domain-name and --object-type"),
    (("start", "cdn", ","), "IDS", "','", "digits"),
    (("start", "cdn", "x"), "IDS", "x", "digits"),
    (("start", "cdn", "1", "--again", "--request-id", "r1"), "--again", "r1", "one of them"),
    (("stop", "../etc"), "WATCH_ID", "../etc", "letters and digits"),
    (("stop", "abc", "--by", ""), "--by", "''", "printable"),
    (("replay", "a b"), "WATCH_ID", "a b", "letters and digits"),
    (("test-channel",), "REFRESH_WATCH_CHANNELS", "is missing", "dingtalk"),
    (("test-channel", "nobody"), "NAME", "nobody", "REFRESH_WATCH_CHANNELS"),
    (("doctor", "--project", "/nowhere"), "--project", "/nowhere", "holds s.yaml"),
    (("doctor", "--schedule", "soon"), "--schedule", "soon", "0,15,45"),
    (("doctor", "--quick"), "--quick", "the option without --probe", "together with --probe"),
    (("doctor", "--probe", "--product", "cdn", "--product", "vod"), "--product", "cdn, vod", "one product"),
    (("doctor", "--probe", "--delay", "90s"), "--delay", "90s", "1s to 60s, such as 10s\n"),
    (("doctor", "--probe", "--delay", "soon"), "--delay", "soon", "1s to 60s"),
    (("doctor", "--probe", "--patience", "2h"), "--patience", "2h", "1s to 3600s, such as 8m\n"),
    (("doctor", "--probe", "--patience", "0"), "--patience", "0", "1s to 3600s"),
    (("doctor", "--probe", "--refresh-url", "example.com/a"), "--refresh-url", "example.com/a", "http or https"),
    (("doctor", "--probe", "--refresh-url", ""), "--refresh-url", "''", "http or https"),
    (("doctor", "--probe", "--refresh-url", "http://a", "--product", "vod-legacy"), "--product", "vod-legacy", "cdn"),
    (("serve", "--port", "70000"), "--port", "70000", "65535"),
    (("serve", "--host", "0.0.0.0"), "--host", "0.0.0.0", "REFRESH_WATCH_SERVE_TOKEN"),
    (("serve", "--file", "/no/such/folder/q.sqlite"), "--file", "/no/such/folder/q.sqlite", "folder that exists"),
]


@pytest.mark.parametrize(("arguments", "field", "given", "allowed"), WRONG)
def test_a_wrong_value_is_one_line_with_field_given_and_allowed(
    call: Callable[..., Ran], arguments: tuple[str, ...], field: str, given: str, allowed: str
) -> None:
    ran = call(*arguments)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert ran.err.startswith(f"refresh-watch: {field}")
    assert given in ran.err
    assert "is missing; allowed: " in ran.err or " is not allowed; allowed: " in ran.err
    assert allowed in ran.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "a command is missing"),
        (("--verbose",), "--verbose"),
        (("watch",), "PRODUCT"),
        (("watch", "cdn", "1", "--fast"), "--fast"),
        (("list", "cdn", "--page", "two"), "two"),
        (("list", "cdn", "--json", "--urls"), "--urls"),
        (("stop",), "WATCH_ID"),
        (("list", "cdn", "--status", "failed", "--status", "timeout"), "--status: given twice"),
        (("list", "cdn", "--watch", "a", "--all", "--watch", "b"), "--watch: given twice"),
        (("list", "cdn", "--page", "1", "--page", "1"), "--page: given twice"),
        (("doctor", "--product", "oss"), "--product"),
        (("preview", "--language", "fr"), "argument --language: invalid choice: 'fr'"),
        (("preview", "--output"), "--output"),
        (("preview", "x.html"), "x.html"),
        (("test-channel", "--report", "nice"), "partly_failed"),
    ],
)
def test_a_usage_error_is_one_line_that_says_where_to_read_more(
    call: Callable[..., Ran], arguments: tuple[str, ...], words: str
) -> None:
    ran = call(*arguments)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert words in ran.err
    assert ran.err.rstrip().endswith("--help)")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("REFRESH_WATCH_CHANNELS", "no json"),
        ("REFRESH_WATCH_CHANNELS", '[{"name":"a","kind":"webhook","url":"http://hooks.example.com/T0PSECRET"}]'),
        ("REFRESH_WATCH_CDN_ENDPOINT", "ftp://example.com"),
        ("REFRESH_WATCH_QUOTA", "cdn.list=fast"),
        ("REFRESH_WATCH_LANGUAGE", "fr"),
    ],
)
def test_a_wrong_variable_is_named_and_no_secret_in_it_is_shown(
    call: Callable[..., Ran], variable: str, value: str
) -> None:
    ran = call("watch", "cdn", "1", **{variable: value})

    assert ran.refuses()
    assert ran.err.startswith(f"refresh-watch: {variable}")
    assert "T0PSECRET" not in ran.err


@pytest.mark.parametrize("text", ["", " ，, ", "{", '{"TaskId": "1"}', "a b", "[true]"])
def test_standard_input_that_holds_no_ids_is_refused(cli: CommandLine, text: str) -> None:
    ran = cli.run("watch", "cdn", "-", stdin=text)

    assert ran.refuses()
    assert "; allowed: " in ran.err or ": must be " in ran.err


def test_without_credentials_list_says_what_to_set(cli: CommandLine) -> None:
    ran = cli.run_alone(
        "list", "cdn", ALIBABA_CLOUD_ACCESS_KEY_ID="", HOME="/nonexistent", ALIBABA_CLOUD_ECS_METADATA_DISABLED="true"
    )

    assert (ran.code, ran.out) == (2, "")
    assert "ALIBABA_CLOUD_ACCESS_KEY_ID" in ran.err


def test_without_credentials_watch_ends_before_its_first_look_and_sends_no_report(
    cli: CommandLine, wall: ChatWall, tmp_path: Path
) -> None:
    asked: list[str] = []

    def unknown(method: str, path: str) -> tuple[int, bytes]:
        """A metadata service that knows nothing, as on hosts of other clouds."""
        asked.append(path)
        return 404, b""

    with answering(unknown) as proxy:
        ran = cli.run_alone(
            *("watch", "cdn", "123", "--channel", "oncall"),
            ALIBABA_CLOUD_ACCESS_KEY_ID="",
            HOME=str(tmp_path),
            **endpoint_variables(""),
            HTTP_PROXY=proxy,
            HTTPS_PROXY=proxy,
        )

    assert ran.refuses("no Alibaba Cloud credentials were found; set ALIBABA_CLOUD_ACCESS_KEY_ID")
    assert any("meta-data" in path for path in asked)
    assert not any("aliyuncs" in path for path in asked)
    assert wall.posts == ()


def test_the_version_is_that_of_the_package(cli: CommandLine) -> None:
    ran = cli.run_alone("--version")

    declared = re.search(r'^version = "(.+)"$', (PROJECT / "pyproject.toml").read_text(), re.MULTILINE)
    assert declared
    assert (ran.code, ran.out, ran.err) == (0, f"refresh-watch {declared[1]}\n", "")


def test_help_and_mistakes_import_no_heavy_library() -> None:
    rows = [["--version"], ["--help"], *([name, "--help"] for name in ("watch", "list", "start", "doctor", "stop"))]
    rows += [["list", "cdn", "--page", "two"], ["watch", "cdn"], ["doctor", "--product", "oss"], ["replay", "a b"]]
    script = (
        "import sys\n"
        "from refresh_watch_cli.main import main\n"
        f"codes = [main(row) for row in {rows!r}]\n"
        "heavy = ('alibabacloud', 'darabonba', 'Tea', 'rich', 'jinja2', 'yaml', 'waitress')\n"
        "print('codes', codes, [name for name in sys.modules if name.split('.')[0].startswith(heavy)])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, timeout=30, check=True
    )

    assert done.stdout.splitlines()[-1] == f"codes {[0] * 7 + [2] * 4} []"
    assert done.stdout.count("usage: refresh-watch") == 6
