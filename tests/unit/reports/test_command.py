"""The one command that lists what failed."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace

from hypothesis import given

from refresh_watch.model import Outcome
from refresh_watch.report import Counts, Report, TaskReport
from refresh_watch.reports.command import MOST_IDS, command
from refresh_watch.reports.message import LONGEST_COMMAND
from refresh_watch.reports.wire import bounded
from tests.unit.reports.sample_reports import (
    BROKEN,
    BY_PATH,
    COMPLETE,
    FAILED_PATHS,
    FEW,
    INTERIM,
    NO_PERMISSION,
    OVERDUE,
    PARTLY_FAILED,
    REJECTED,
    reports,
)

BY_WATCH = "refresh-watch list cdn --watch 0a1b2c3d --status failed --urls"


def _failing(count: int, *, complete: int = 0, objects: int = 1) -> Report:
    failing = (TaskReport(str(7_000 + n), Outcome.FAILED, objects, failed_left_out=objects) for n in range(count))
    others = (TaskReport(str(9_000 + n), Outcome.COMPLETE, 1) for n in range(complete))
    counts = Counts(complete=complete, failed=count * objects)
    return replace(PARTLY_FAILED, counts=counts, tasks=(*failing, *others))


def test_up_to_twenty_failing_tasks_are_named_in_one_command() -> None:
    ids = ",".join(str(7_000 + n) for n in range(MOST_IDS))
    assert command(_failing(MOST_IDS, complete=30)) == f"refresh-watch list cdn --task-id {ids} --status failed --urls"
    assert command(_failing(MOST_IDS + 1)) == BY_WATCH


def test_where_the_report_had_to_leave_failing_tasks_out_the_watch_names_them() -> None:
    report = _failing(3)
    assert command(replace(report, tasks=report.tasks[:2], tasks_left_out=1)) == BY_WATCH
    assert command(replace(report, tasks=(), tasks_left_out=3)) == BY_WATCH


def test_where_only_other_tasks_were_left_out_the_failing_ones_are_still_named() -> None:
    report = bounded(_failing(2, complete=900, objects=2000))
    assert report.tasks_left_out
    assert command(report) == "refresh-watch list cdn --task-id 7000,7001 --status failed --urls"


def test_a_task_that_still_runs_but_shows_failures_is_among_them() -> None:
    running = TaskReport("704222905", None, 9, failed_left_out=3)
    report = replace(INTERIM, counts=Counts(failed=9, running=6), tasks=(*PARTLY_FAILED.tasks, running))
    assert " --task-id 704222904,704222905 " in command(report)


def test_a_watch_by_path_names_the_tasks_that_its_paths_are_bound_to_each_once() -> None:
    one = BY_PATH.tasks[0]
    report = replace(BY_PATH, counts=Counts(failed=2), tasks=(one, replace(one, item="http://example.com/1.txt")))
    assert command(report) == "refresh-watch list cdn --task-id 704222904 --status failed --urls"
    unbound = replace(one, item="http://example.com/1.txt", task_ids=())
    assert command(replace(report, tasks=(one, unbound))) == BY_WATCH


def test_a_watch_that_function_compute_does_not_know_is_never_asked_for() -> None:
    report = replace(_failing(300), recorded=False)
    said = command(report)
    assert said.count(",") == 299
    assert "--watch" not in said
    assert len(said) > LONGEST_COMMAND
    assert command(replace(report, tasks=report.tasks[:5], tasks_left_out=295)) == ""


def test_without_a_failed_object_there_is_nothing_to_submit_again() -> None:
    assert [command(report) for report in (COMPLETE, OVERDUE, NO_PERMISSION, REJECTED)] == ["", "", "", ""]
    assert command(BROKEN)


@FEW
@given(report=reports())
def test_whatever_a_report_says_the_command_is_one_line_of_harmless_words(report: Report) -> None:
    said = command(report)
    assert re.fullmatch(
        r"|refresh-watch list [a-z-]+ --(task-id [0-9,]+|watch [0-9A-Za-z]+) --status failed --urls", said
    )
    assert shlex.split(said) == said.split()


def test_every_failing_task_is_in_it_or_the_watch_is() -> None:
    many = tuple(TaskReport(str(n), Outcome.PARTLY_FAILED, 6, failed=FAILED_PATHS) for n in range(1, 400))
    for count in (1, 5, 20, 21, 399):
        report = replace(PARTLY_FAILED, counts=Counts(failed=6 * count), tasks=many[:count])
        said = command(bounded(report))
        named = re.findall(r"--task-id ([0-9,]+)", said)
        assert said == BY_WATCH if not named else len(named[0].split(",")) == count
