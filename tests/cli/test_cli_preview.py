"""`refresh-watch preview` as a process: a page that anyone can open, made without settings and without a network."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from refresh_watch.channels.registry import kinds
from refresh_watch_cli.sample_reports import LABELS, NAMES
from tests.cli.command_line import CommandLine, Ran, clean_environment
from tests.unit.chat_page.reading import Reading, read

RUNGS = ("fewer samples", "no URLs", "plain text")


@dataclass(frozen=True)
class Previewed:
    file: Path
    ran: Ran
    page: str
    reading: Reading


def previewed(file: Path, *arguments: str) -> Previewed:
    ran = CommandLine(clean_environment()).run("preview", "--output", str(file), *arguments)
    assert (ran.code, ran.err) == (0, "")
    page = file.read_text(encoding="utf-8")
    return Previewed(file, ran, page, read(page))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Previewed:
    return previewed(tmp_path_factory.mktemp("preview") / "page.html")


@pytest.fixture
def bare() -> CommandLine:
    return CommandLine(clean_environment())


def anchors(reading: Reading) -> set[str]:
    return {each.attributes["id"] for each in reading.elements if each.tag == "article"}


def test_every_channel_outcome_language_and_rung_is_on_the_page(whole: Previewed) -> None:
    reading = whole.reading
    count = len(kinds()) * (len(NAMES) + len(RUNGS)) * 2
    assert whole.ran.out == f"{whole.file}: {count} messages\n"
    abouts = [name.replace("_", " ") for name in NAMES] + [f"partly failed, {rung}" for rung in RUNGS]
    assert anchors(reading) == {f"{kind}-{about.replace(' ', '-')}" for kind in kinds() for about in abouts}
    assert reading.of("language").count("English") == reading.of("language").count("中文") == count // 2
    assert len(reading.of("lock")) == count
    assert reading.of("raw") == []


def test_every_message_says_that_it_is_a_test_in_its_own_language(whole: Previewed, tmp_path: Path) -> None:
    articles = [each for each in whole.reading.elements if each.tag == "article"]
    # the lowest rung holds no words of others, and so no label
    marked = [each.words for each in articles if not each.attributes["id"].endswith("plain-text")]
    assert len(marked) == len(articles) - len(kinds())
    assert all(label in words for words in marked for label in LABELS.values())
    for language, label in LABELS.items():
        others = [other for other in LABELS.values() if other != label]
        chosen = previewed(tmp_path / f"{language}.html", "--kind", "slack", "--language", language).page
        assert label in chosen
        assert [other for other in others if other in chosen] == []


def test_a_file_that_is_no_earlier_page_is_left_alone(bare: CommandLine, tmp_path: Path) -> None:
    page, notes, empty = (tmp_path / name for name in ("page.html", "notes.html", "empty.html"))
    previewed(page, "--kind", "webhook")
    previewed(page, "--kind", "webhook")
    empty.touch()
    previewed(empty, "--kind", "webhook")
    notes.write_text("<title>my notes</title> about refresh-watch preview\n")

    ran = bare.run("preview", "--kind", "webhook", "--output", str(notes))

    assert ran.refuses()
    assert ran.err.startswith("refresh-watch: --output: ")
    assert "allowed: a file that does not exist yet, or an earlier page of preview" in ran.err
    assert notes.read_text() == "<title>my notes</title> about refresh-watch preview\n"


def test_one_language_and_some_kinds_may_be_chosen(tmp_path: Path) -> None:
    chosen = ("--language", "zh", "--kind", "slack", "--kind", "dingtalk", "--kind", "slack")
    made = previewed(tmp_path / "x.html", *chosen)
    assert made.ran.out.endswith(": 24 messages\n")
    assert {anchor.partition("-")[0] for anchor in anchors(made.reading)} == {"slack", "dingtalk"}
    assert set(made.reading.of("language")) == {"中文"}


def test_without_a_name_the_page_is_in_the_folder_that_one_is_in(bare: CommandLine, tmp_path: Path) -> None:
    command = bare.command("preview", "--kind", "webhook")
    ran = subprocess.run(command, env=bare.environment, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout == f"{tmp_path / 'refresh-watch-preview.html'}: 24 messages\n"
    assert (tmp_path / "refresh-watch-preview.html").stat().st_size > 10_000


def test_settings_that_cannot_be_used_do_not_matter(bare: CommandLine, tmp_path: Path) -> None:
    ran = bare.run("preview", "--output", str(tmp_path / "x.html"), "--kind", "wecom", REFRESH_WATCH_CHANNELS="no json")
    assert ran.code == 0


@pytest.mark.parametrize("name", ["", "missing/page.html", "x" * 300])
def test_a_file_that_cannot_be_written_is_one_line(bare: CommandLine, tmp_path: Path, name: str) -> None:
    ran = bare.run("preview", "--kind", "webhook", "--output", str(tmp_path / name))
    assert ran.refuses()
    assert ran.err.startswith("refresh-watch: --output: '")
