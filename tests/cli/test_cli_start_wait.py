"""`start --wait`: how a pipeline hears of the end, and that it stops on a failed refresh."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from refresh_watch_emulator.products.world import NEVER, ObjectPlan
from tests.cli.command_line import PROJECT, CommandLine, Ran, clean_environment
from tests.cli.gate import Gate
from tests.workflow.house import House, house, wait_for

QUICK = ("--schedule", "0,1;1")
GOOD, BAD, STUCK = "http://example.com/good", "http://example.com/bad", "http://example.com/stuck"


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The deployed functions, for all tests of this file."""
    with house(tmp_path_factory.mktemp("deployed")) as running:
        yield running


@pytest.fixture(scope="module")
def pipeline(deployed: House) -> CommandLine:
    """The command in a pipeline: no terminal, and no settings but where the functions are."""
    return CommandLine(
        {
            **clean_environment(),
            "ALIBABA_CLOUD_ACCESS_KEY_ID": "testAK",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "testSK",
            "REFRESH_WATCH_FC_ENDPOINT": deployed.engine_url,
        }
    )


def task(deployed: House, product: str, *objects: ObjectPlan) -> str:
    return deployed.products.world.add_task(product, objects=list(objects), created_at=time.time())


def waiting(pipeline: CommandLine, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    return pipeline.start("start", *arguments, "--wait", **variables)


def ended(process: subprocess.Popen[str]) -> Ran:
    out, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    return Ran(process.returncode, out, err)


@pytest.fixture(scope="module")
def endings(deployed: House, pipeline: CommandLine) -> dict[str, Ran]:
    """Four watches that end differently, followed at the same time."""
    failed = ObjectPlan(BAD, "Failed", 1, "Origin Timeout")
    running = {
        "complete": waiting(
            pipeline, "cdn", task(deployed, "cdn", ObjectPlan(GOOD, after=1)), "--label", "good", *QUICK
        ),
        "failed": waiting(pipeline, "dcdn", task(deployed, "dcdn", failed), "--label", "bad", "--json", *QUICK),
        "overdue": waiting(
            pipeline, "vod", task(deployed, "vod", ObjectPlan(STUCK, NEVER)), "--deadline", "2s", *QUICK
        ),
        "unverifiable": waiting(pipeline, "cdn", "99000001", "--deadline", "2s", "--json", *QUICK),
    }
    return {name: ended(process) for name, process in running.items()}


@pytest.mark.parametrize(("outcome", "code"), [("complete", 0), ("failed", 1), ("overdue", 3), ("unverifiable", 4)])
def test_the_exit_code_says_how_it_ended(endings: dict[str, Ran], outcome: str, code: int) -> None:
    assert endings[outcome].code == code, endings[outcome]


@pytest.mark.parametrize("outcome", ["failed", "unverifiable"])
def test_json_is_the_report_and_nothing_else(endings: dict[str, Ran], outcome: str) -> None:
    ran = endings[outcome]

    assert ran.out.count("\n") == 1
    assert (ran.json["report"], ran.json["outcome"]) == ("final", outcome)
    assert ran.err.startswith(f"watch {ran.json['watch_id']} started; end it with: ")


def test_a_failed_refresh_is_reported_with_its_url_and_reason(endings: dict[str, Ran]) -> None:
    (failed,) = endings["failed"].json["tasks"]

    assert failed["failed"][0]["object_path"] == BAD
    assert endings["failed"].json["failed_by_reason"] == {"origin_timeout": 1}


@pytest.mark.parametrize(("outcome", "words"), [("complete", "[CDN refresh]"), ("overdue", "[VOD refresh]")])
def test_as_text_it_is_the_message_that_people_get(endings: dict[str, Ran], outcome: str, words: str) -> None:
    ran = endings[outcome]

    assert ran.out.startswith(words)
    assert f"[{outcome}" in ran.out.splitlines()[0]
    assert " look " not in ran.out


def test_a_log_has_a_line_for_each_change_and_no_spinner(endings: dict[str, Ran]) -> None:
    said = endings["overdue"].err

    assert "\r" not in said
    assert "\x1b" not in said
    looks = [line for line in said.splitlines() if line.startswith("look ")]
    assert looks
    assert len(looks) == len(set(looks))
    assert "1 running of 1" in looks[-1]


def test_who_waits_for_a_settled_watch_is_answered_at_once(
    deployed: House, pipeline: CommandLine, endings: dict[str, Ran]
) -> None:
    watched = endings["failed"].json
    with Gate(deployed.engine_url) as gate:
        arguments = ("dcdn", watched["tasks"][0]["task_id"], "--json")
        ran = ended(waiting(pipeline, *arguments, REFRESH_WATCH_FC_ENDPOINT=gate.url))

    assert (ran.code, ran.json) == (1, watched)
    assert f"watch {watched['watch_id']} is known already: settled" in ran.err
    assert len(gate.paths("/async-tasks/")) == 1


def test_ctrl_c_ends_the_waiting_and_not_the_watch(deployed: House, pipeline: CommandLine) -> None:
    task_id = task(deployed, "cdn", ObjectPlan(STUCK, NEVER))
    process = waiting(pipeline, "cdn", task_id, *QUICK)
    assert process.stderr is not None
    started, *_ = heard = [process.stderr.readline()]
    while not heard[-1].startswith("look "):
        heard.append(process.stderr.readline())
        assert heard[-1], heard
    watch_id = started.split()[1]

    process.send_signal(signal.SIGINT)
    first = ended(process)

    assert (first.code, first.out) == (130, "")
    assert f"watch {watch_id} goes on; end it with: " in first.err
    assert f" stop {watch_id}\n" in first.err
    second = waiting(pipeline, "cdn", task_id, "--json", *QUICK)
    assert second.stderr is not None
    assert "watching" in second.stderr.readline()
    assert pipeline.run("stop", watch_id, "--by", "release-bot").code == 0
    told = ended(second)
    assert (told.code, told.json["outcome"]) == (4, "unverifiable")
    assert "stopped by release-bot" in told.json["notes"][0]


def test_an_engine_that_goes_away_for_a_moment_is_asked_again(deployed: House, pipeline: CommandLine) -> None:
    task_id = task(deployed, "cdn", ObjectPlan(GOOD, NEVER))
    with Gate(deployed.engine_url) as gate:
        process = waiting(pipeline, "cdn", task_id, "--json", *QUICK, REFRESH_WATCH_FC_ENDPOINT=gate.url)
        wait_for(lambda: gate.paths("/async-tasks/"), "nothing was asked")
        gate.is_open = False
        wait_for(lambda: gate.turned_away >= 4, "it was not asked again")
        gate.is_open = True
        deployed.products.world.settle(task_id)
        ran = ended(process)

    assert (ran.code, ran.json["outcome"]) == (0, "complete")
    assert ran.err.count("; asking again\n") == 1


def test_a_missing_permission_is_named_before_anybody_waits(deployed: House, pipeline: CommandLine) -> None:
    task_id = task(deployed, "cdn", ObjectPlan(STUCK, NEVER))
    with Gate(deployed.engine_url) as gate:
        gate.refuses = lambda method, path: (403, "AccessDenied") if method == "GET" else None
        ran = ended(waiting(pipeline, "cdn", task_id, *QUICK, REFRESH_WATCH_FC_ENDPOINT=gate.url))

    started, problem = ran.err.splitlines()
    watch_id = started.split()[1]
    assert (ran.code, ran.out) == (1, "")
    assert problem.startswith(f"refresh-watch: watch {watch_id} is not waited for any more, but goes on: ")
    assert "fc:GetAsyncTask" in problem
    assert "refresh-notify" in problem
    assert len(gate.paths("/async-tasks/")) == 1
    assert deployed.tasks("watch", f"w-{watch_id}-h")


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        ("", "standard input is missing"),
        ("ERROR: SDK.ServerError\nErrorCode: Forbidden.RAM\nRequestId: x\nMessage: no\n", "an error: Forbidden.RAM"),
        ('{\n\t"Code": "QuotaExceeded.Refresh",\n\t"Message": "x"\n}\n', "submitted.Code: 'QuotaExceeded.Refresh'"),
        ("<html><body>502</body></html>", "IDS: '<html><body>502</body></html>'"),
    ],
)
def test_a_submit_that_failed_starts_nothing(deployed: House, pipeline: CommandLine, printed: str, words: str) -> None:
    with Gate(deployed.engine_url) as gate:
        arguments = ("start", "cdn", "-", "--wait")
        ran = pipeline.run(*arguments, stdin=printed, REFRESH_WATCH_FC_ENDPOINT=gate.url)

    assert ran.refuses(words)
    assert gate.asked == []


def test_a_shell_that_closes_standard_input_gets_one_line_that_nothing_came(pipeline: CommandLine) -> None:
    closed = ["sh", "-c", 'exec "$@" <&-', "sh", *pipeline.command("start", "cdn", "-")]
    ran = subprocess.run(
        closed, env=pipeline.environment, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 2
    assert "standard input is missing" in ran.stderr
    assert "did the submit fail?" in ran.stderr


def test_without_wait_the_answer_comes_at_once_and_nothing_is_asked(deployed: House, pipeline: CommandLine) -> None:
    with Gate(deployed.engine_url) as gate:
        ran = pipeline.run("start", "cdn", "704225667", "--json", REFRESH_WATCH_FC_ENDPOINT=gate.url)

    assert (ran.code, sorted(ran.json), ran.err) == (0, ["status_url", "watch_id"], "")
    assert gate.paths("") == []
