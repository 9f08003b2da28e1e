"""What the channels really send, drawn: read by the vendors' rules, each message says and does what it should."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refresh_watch.channels.contract import create_draft
from refresh_watch.channels.registry import adapter, check_one, kinds
from refresh_watch.deployment import Deployment
from refresh_watch.instants import parse_instant
from refresh_watch.report import Report
from refresh_watch.reports.compose import compose
from refresh_watch.reports.message import LAST_STEP, Message
from refresh_watch_cli.sample_channels import sample_channel
from refresh_watch_cli.sample_reports import LABELS, NAMES, sample_report
from refresh_watch_emulator.chat_page.page import draw
from tests.unit.chat_page.reading import Reading, read
from tests.unit.reports.sample_reports import FEW, reports

NOW = parse_instant("2026-11-22T08:05:30Z")
HERE = Deployment("prod", "cn-hangzhou", "1234567890123456")
FOR_PEOPLE = [kind for kind in kinds() if kind != "webhook"]
STEPS = range(LAST_STEP + 1)


def drawn(report: Report, kind: str, language: str = "en", step: int = 0) -> Reading:
    draft = create_draft(report, sample_channel(kind), language=language, deployment=HERE, now=NOW)
    request = adapter(kind).render(draft, step)
    return read(draw(kind, json.loads(request.body)))


def message_of(report: Report, language: str = "en") -> Message:
    return compose(report, language=language, deployment=HERE)


def complaints(reading: Reading) -> list[str]:
    """That the vendor would refuse the message, or a phone not show it."""
    return [note for note in reading.of("note") if "would refuse" in note or "show nothing" in note]


@pytest.mark.parametrize("kind", kinds())
def test_each_kind_has_a_sample_channel_that_could_be_real(kind: str) -> None:
    check_one(sample_channel(kind), ())


@pytest.mark.parametrize("kind", kinds())
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_of_a_message_is_left_undrawn_on_any_rung(kind: str, name: str, language: str) -> None:
    for step in STEPS:
        reading = drawn(sample_report(name, NOW, "1", language), kind, language, step)
        assert (reading.of("raw"), complaints(reading)) == ([], [])


@pytest.mark.parametrize("kind", FOR_PEOPLE)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_reader_sees_what_the_report_says(kind: str, name: str, language: str) -> None:
    report = sample_report(name, NOW, "1", language)
    message = message_of(report, language)
    reading = drawn(report, kind, language)
    assert message.heading in reading.lock
    assert message.heading in reading.words
    assert LABELS[language] in reading.words
    assert message.summary in reading.words
    for step in message.next_steps:
        assert step in " ".join(reading.words.split())
    for group in message.groups:
        assert str(group.count) in reading.words
        assert all(sample in reading.words for sample in group.samples)
    assert all(link.url in reading.links for link in message.links)


@pytest.mark.parametrize("kind", FOR_PEOPLE)
@pytest.mark.parametrize("name", NAMES)
def test_people_are_called_on_failure_and_on_nothing_else(kind: str, name: str) -> None:
    report = sample_report(name, NOW, "1", "en")
    for step in STEPS:
        called = drawn(report, kind, step=step).of("mention")
        wanted = bool(sample_channel(kind).mention) and message_of(report).is_failure
        assert len(called) == (1 if wanted else 0), step


@pytest.mark.parametrize("kind", FOR_PEOPLE)
@FEW
@given(report=reports(), step=st.sampled_from(STEPS))
def test_words_of_others_neither_call_nor_lead_anywhere(kind: str, report: Report, step: int) -> None:
    message = message_of(report)
    reading = drawn(report, kind, step=step)
    assert (reading.of("raw"), complaints(reading)) == ([], [])
    assert len(reading.of("mention")) <= (len(sample_channel(kind).mention) if message.is_failure else 0)
    assert set(reading.links) <= {link.url for link in message.links}
    assert message.heading in reading.words
    if kind != "pagerduty" or step < LAST_STEP:  # whose last rung is the title alone: the incident's own summary
        assert re.sub(r"\s+", " ", message.summary) in re.sub(r"\s+", " ", reading.words)
