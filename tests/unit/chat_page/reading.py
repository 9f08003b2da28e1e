"""An HTML page or fragment as a browser without scripts would take it: is it whole, and what is on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_ALONE = ("br", "hr", "meta")


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    words: str = ""

    @property
    def kinds(self) -> list[str]:
        return self.attributes.get("class", "").split()


@dataclass
class Reading:
    elements: list[Element] = field(default_factory=list)
    words: str = ""

    def of(self, kind: str) -> list[str]:
        """The text of every element of that class."""
        return [" ".join(each.words.split()) for each in self.elements if kind in each.kinds]

    @property
    def tags(self) -> set[str]:
        return {each.tag for each in self.elements}

    @property
    def links(self) -> list[str]:
        return [each.attributes["href"] for each in self.elements if "href" in each.attributes]

    @property
    def lock(self) -> str:
        """The notification's line."""
        (line,) = self.of("line")
        return line


def read(markup: str) -> Reading:
    """Fails where a tag is not closed where it was opened."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    assert [each.tag for each in reader.open] == [], "these are not closed"
    return reader.reading


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.reading = Reading()
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        assert len(attrs) == len(element.attributes), f"an attribute of {tag} stands there twice"
        self.reading.elements.append(element)
        if tag not in _ALONE:
            self.open.append(element)
        elif tag == "br":
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()
        self.handle_data(" " if tag in ("p", "div", "li", "td") else "")

    def handle_data(self, data: str) -> None:
        if any(element.tag == "style" for element in self.open):
            return
        self.reading.words += data
        for element in self.open:
            element.words += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment")

    def handle_pi(self, data: str) -> None:
        raise AssertionError("a processing instruction")
