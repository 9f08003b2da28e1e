"""The pages hold together: links lead somewhere, both languages say the same of commands and settings, one screen is one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from refresh_watch_cli.main import COMMANDS
from tests.deploy.snippets import PROJECT, fences

PAGES = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")])
BOTH = [
    ("README.md", "README.zh.md"),
    *((f"docs/{page.name}", f"docs/zh/{page.name}") for page in (PROJECT / "docs/zh").glob("*.md")),
]


def anchor(heading: str) -> str:
    """What GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).strip().replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {anchor(heading) for heading in re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)}


def names(page: Path, table: str) -> list[str]:
    """The first column's code spans, in order, of the tables whose rows begin so."""
    return re.findall(rf"^\| `({table}[^`]*)`", page.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_every_link_leads_to_a_page_and_a_heading_that_exist(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)\s]*)\)|(?:srcset|src)=\"([^\"]+)\"", page.read_text("utf-8"))
    for target, _, heading in ((link or image).partition("#") for link, image in links):
        file = (page.parent / target) if target else page
        assert file.exists(), f"{page}: {target}"
        assert not heading or heading in anchors(file), f"{page}: {target}#{heading}"


@pytest.mark.parametrize(("english", "chinese"), BOTH)
def test_what_a_chinese_page_has_people_paste_is_what_the_english_one_has(english: str, chinese: str) -> None:
    def bare(text: str) -> str:
        return re.sub(r"  +# .*| REFRESH_WATCH_LANGUAGE=zh", "", text)

    there = {bare(fence.text) for fence in fences(PROJECT / english)}
    pasted = [bare(fence.text) for fence in fences(PROJECT / chinese) if fence.kind]
    assert [text for text in pasted if text not in there] == []


@pytest.mark.parametrize(("page", "table"), [("settings.md", "[A-Z]"), ("commands.md", ""), ("outcomes.md", "[a-z_]+")])
def test_both_languages_name_the_same_settings_commands_and_outcomes(page: str, table: str) -> None:
    english, chinese = (names(PROJECT / "docs" / folder / page, table) for folder in ("", "zh"))
    assert english
    assert english == chinese


def test_the_commands_page_names_every_command() -> None:
    text = (PROJECT / "docs/commands.md").read_text("utf-8")
    assert {name for name in COMMANDS if f"`{name}" not in text} == set()


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_a_readme_is_one_screen(page: str) -> None:
    assert len((PROJECT / page).read_text("utf-8").splitlines()) < 110
