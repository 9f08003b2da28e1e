"""A report as its reader sees it."""

from __future__ import annotations

from refresh_watch.deployment import Deployment
from refresh_watch.report import Report
from refresh_watch.reports.compose import compose
from refresh_watch.reports.message import Message


def message_of(report: Report, language: str = "en", environment: str = "prod", region: str = "cn-hangzhou") -> Message:
    return compose(report, language=language, deployment=Deployment(environment, region))


def fact_of(message: Message, label: str) -> str:
    return next((fact.value for fact in message.facts if fact.label == label), "")
