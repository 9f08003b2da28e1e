"""`doctor --probe` against the deployed functions on the embedded engine, in several positions of its switches."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from refresh_watch.credentials import Credentials
from refresh_watch.function_compute.tasks import TaskStatus
from refresh_watch.model import Product
from refresh_watch.settings import Secret, Settings
from refresh_watch_cli.doctor.probe.refresh import submit_refresh
from refresh_watch_cli.submitting import SUBMITTERS
from refresh_watch_emulator.engine.engine import EmbeddedEngine
from refresh_watch_emulator.engine.manifest import ACCOUNT_ID
from refresh_watch_emulator.engine.switches import ApiEvent, Duplicate, EngineSwitches
from refresh_watch_emulator.engine.worker import Code
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.switches import Switches as ProductSwitches
from refresh_watch_emulator.products.world import ObjectPlan
from tests.all_products import endpoint_variables, everywhere
from tests.cli.command_line import CommandLine, Ran, clean_environment
from tests.workflow.house import KEYS, ROOT, House, house, wait_for

PROBE = ("doctor", "--probe", "--delay", "1s")
URL = "http://example.com/a.txt"


@dataclass
class Account:
    """A deployment, and the command that probes it."""

    home: House
    cli: CommandLine

    def probe(self, *more: str, **variables: str) -> Ran:
        return self.cli.run(*PROBE, *more, **variables)

    def facts(self, *more: str, code: int = 0) -> dict[str, dict[str, str]]:
        """What the table says of each fact."""
        ran = self.probe("--json", *more)
        assert ran.code == code, ran
        return {fact["fact"]: fact for fact in ran.json["facts"]}

    def tasks(self) -> dict[str, TaskStatus]:
        """Every task of the account."""
        return {
            f"{name}/{task.id}": task.status
            for name in ("intake", "watch", "notify")
            for task in self.home.tasks(name, "")
        }


@contextmanager
def account(
    folder: Path,
    engine: EngineSwitches = EngineSwitches(retry_interval=0.1),  # noqa: B008 - frozen
    products: ProductSwitches | None = None,
    manifest: Path = ROOT / "s.yaml",
) -> Iterator[Account]:
    with house(folder, engine=engine, products=products, manifest=manifest) as home:
        yield Account(home, CommandLine(environment(home.engine_url, home.products.endpoint)))


def environment(engine_url: str, products: str) -> dict[str, str]:
    return {
        **clean_environment(),
        "ALIBABA_CLOUD_ACCESS_KEY_ID": KEYS[0],
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": KEYS[1],
        "REFRESH_WATCH_FC_ENDPOINT": engine_url,
        "REFRESH_WATCH_REGION": "cn-hangzhou",
        **endpoint_variables(products),
    }


@pytest.fixture(scope="module")
def likely(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Where everything is as it is taken for likely."""
    with account(tmp_path_factory.mktemp("probe")) as opened:
        yield opened


def same(facts: Mapping[str, Mapping[str, str]], *names: str) -> list[str]:
    return [facts[name]["same"] for name in names]


def test_where_all_is_likely_the_table_says_so_and_nothing_is_left_but_ended_probe_tasks(likely: Account) -> None:
    ran = likely.probe()

    assert ran.code == 0, ran
    head, *_ = [line for line in ran.out.splitlines() if line.startswith("FACT")]
    column = head.index("SAME")
    table = ran.out[ran.out.index(head) : ran.out.index("\n\nother:")].splitlines()[1:]
    marks = {line[:26].strip(): line[column:].strip() for line in table if line[column:].strip()}
    assert set(marks.values()) == {"yes", "-"}
    assert {"delay with a task id", "duplicate, while it waits", "onFailure", "stop", "list_lag"} <= set(marks)
    assert "api_event" in marks
    assert all(len(line) <= 112 for line in table)
    (name,) = re.findall(r"whose ids begin with (p-[a-z0-9]+)", ran.out)
    tasks = likely.tasks()
    # a destination's call has an id of Function Compute's own making
    others = [task for task in tasks if not task.startswith(("intake/p-", "notify/p-"))]
    assert [task[:9] for task in others] == ["notify/t-"]
    assert "and the one by which onFailure called notify" in ran.out
    assert not [task for task, status in tasks.items() if status.is_live]
    assert tasks[f"notify/{name}-stop"] is TaskStatus.STOPPED
    assert likely.home.wall.messages == ()
    for secret in (ACCOUNT_ID, KEYS[1], "fake-token", "access_token", likely.home.engine_url):
        assert secret not in ran.out + ran.err
    assert ran.err.index("starting a task") < ran.err.index("waiting for onFailure")


def test_where_function_compute_behaves_otherwise_the_table_says_how(tmp_path: Path) -> None:
    switches = EngineSwitches(
        duplicate=Duplicate.BAD_REQUEST,
        api_event=ApiEvent.HTTP_SHAPED,
        run_twice=True,
        retry_interval=0.1,
        list_payloads=False,
        list_lag=1.0,
    )
    with account(tmp_path, switches) as other:
        facts = other.facts()

        assert not any(fact["same"] in ("NO", "?") for fact in facts.values())
        others = {name: fact["seen"] for name, fact in facts.items() if fact["same"] == "other"}
        refused = "HTTP 400; code StatefulAsyncInvocationAlreadyExists; body {Code, Message, RequestId}"
        late = others.pop("list_lag")
        assert others == {
            "duplicate, while it waits": refused,
            "duplicate, after it ended": refused,
            "api_event": "HTTP-shaped: intake's probes are left out",
            "run_twice": "2 times by the record's events",
            "run_twice, when failing": "10 runs, and the record has 1 + 8 tries",
            "list_payloads": "no",
        }
        assert late.startswith("shown late, ")
        assert other.home.wall.messages == ()


def test_where_on_failure_does_not_fire_the_table_says_no_and_the_probe_fails(tmp_path: Path) -> None:
    manifest = tmp_path / "s.yaml"
    text = (ROOT / "s.yaml").read_text(encoding="utf-8")
    manifest.write_text(re.sub(r"\n +destinationConfig:\n.*\n +destination: .*", "", text), encoding="utf-8")
    switches = EngineSwitches(retry_interval=0.1, duplicate=Duplicate.OLD_BODY)
    with account(tmp_path, switches, manifest=manifest) as silent:
        facts = silent.facts("--patience", "30s", code=1)

    assert facts["onFailure"]["same"] == "NO"
    assert facts["onFailure"]["seen"] == "has not fired; the task is Failed after 4 tries"
    assert same(facts, "delay with a task id", "stop") == ["yes", "yes"]
    assert facts["duplicate, while it waits"] == {
        "fact": "duplicate, while it waits",
        "seen": "HTTP 409; code StatefulAsyncInvocationAlreadyExists; body {ErrorCode, ErrorMessage}",
        "likely": "HTTP 409",
        "same": "other",
    }


def test_a_refresh_that_hides_and_lags_is_reported_as_it_is(tmp_path: Path) -> None:
    switches = ProductSwitches(
        invisible_seconds=1.0, stale_answers=True, time_filter="ignored", unknown_id="malformed", process_form="plain"
    )
    with account(tmp_path, products=switches) as hiding:
        hiding.home.products.world.plan_for = lambda url: ObjectPlan(url, after=3)
        facts = hiding.facts("--refresh-url", URL)

    ways = ("invisible_seconds, by id", "invisible_seconds, by list")
    assert same(facts, *ways, "stale_answers", "time_filter", "unknown_id") == ["other"] * 5
    assert all(facts[way]["seen"].startswith("not at once: seen 1.") for way in ways)
    assert facts["stale_answers"]["seen"].startswith("yes: before a pause ")
    assert facts["how it ended"]["seen"].startswith("Complete 100, within ")
    assert "'100'" in facts["process_form"]["seen"]


@pytest.mark.parametrize("product", SUBMITTERS)
def test_a_url_is_submitted_once_by_each_products_own_operation(stand_in: StandIn, product: Product) -> None:
    settings = Settings(product_endpoints=everywhere(stand_in.endpoint))

    task_id = submit_refresh(product, URL, settings, Credentials(KEYS[0], Secret(KEYS[1])))

    assert stand_in.world.knows(product.value, task_id)
    assert len(stand_in.calls) == 1


def test_a_refresh_of_vod_is_measured_by_the_list_that_it_has(likely: Account) -> None:
    facts = likely.facts("--quick", "--refresh-url", URL, "--product", "vod")

    assert same(facts, "invisible_seconds, by list", "time_filter") == ["yes", "yes"]
    assert "invisible_seconds, by id" not in facts


def test_ctrl_c_stops_what_waits_and_tells_what_was_measured(likely: Account) -> None:
    with started(likely, "--delay", "30s") as process:
        assert process.stderr is not None
        assert any(line.startswith("status while it waits") for line in process.stderr)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert err.splitlines()[-1] == "refresh-watch: interrupted"
    assert "of the probe's tasks had not ended, and " in out
    assert "duplicate, while it waits" in out
    (name,) = re.findall(r"whose ids begin with (p-[a-z0-9]+)", out)
    wait_for(lambda: not any(status.is_live for status in likely.tasks().values()), "a task goes on")
    assert likely.tasks()[f"notify/{name}-delay"] is TaskStatus.STOPPED


def test_functions_that_know_no_probe_are_named_and_are_asked_nothing_more(tmp_path: Path) -> None:
    for name in ("intake", "watch", "notify"):
        (tmp_path / name).mkdir()
        text = "def handler(event, context):\n    raise ValueError('an older version')\n"
        (tmp_path / name / "index.py").write_text(text, encoding="utf-8")
    with EmbeddedEngine(
        ROOT / "s.yaml",
        tmp_path / "queue.sqlite",
        credentials=lambda: KEYS,
        log=lambda line: None,
        code_of=lambda key: Code(tmp_path / key, (tmp_path,)),
    ) as engine:
        cli = CommandLine(environment(engine.url, engine.url))
        older = cli.run(*PROBE)
        elsewhere = cli.run(*PROBE, REFRESH_WATCH_PREFIX="another")

    assert (older.code, older.out) == (1, "")
    assert "the deployed notify does not know probes; deploy this version first" in older.err.splitlines()[-1]
    assert "notify could not be asked: HTTP 404 FunctionNotFound" in elsewhere.err.splitlines()[-1]
    assert cli.run(*PROBE).err.splitlines()[-1].startswith("refresh-watch: Function Compute did not invoke ")


@contextmanager
def started(opened: Account, *more: str) -> Iterator[subprocess.Popen[str]]:
    process = opened.cli.start(*PROBE, *more)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_nothing_answers_where_the_functions_should_be(call: Callable[..., Ran]) -> None:
    variables: dict[str, Any] = {"REFRESH_WATCH_FC_ENDPOINT": "http://127.0.0.1:9"}

    ran = call(*PROBE, **variables)

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.splitlines()[-1].startswith("refresh-watch: Function Compute did not invoke ")
