"""What every product has to hold: its data are whole, agree with its stand-in, and every room knows it by them."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from refresh_watch import product_specs
from refresh_watch.deployment import Deployment
from refresh_watch.errors import BadInput
from refresh_watch.model import Kind, ListQuery, Outcome, Product, Reason, Refusal, WatchRequest
from refresh_watch.product_specs.registry import all_specs, services, spec_of
from refresh_watch.product_specs.spec import ProductSpec
from refresh_watch.products.permission_probes import questions_of
from refresh_watch.report import Counts, TaskReport
from refresh_watch.reports.compose import compose
from refresh_watch.reports.texts import TEXTS
from refresh_watch.settings import LANGUAGES, Settings
from refresh_watch.triggers.result import Requested
from refresh_watch.watch import Watch, WatchedItem
from refresh_watch.watching.quota import Quota
from refresh_watch.watching.request import read_request
from refresh_watch.workflow.sweep.request import read_payload
from refresh_watch_cli.doctor.check import DoctorContext, Level
from refresh_watch_cli.doctor.check_endpoints import check_endpoints
from refresh_watch_cli.doctor.command import USUAL
from refresh_watch_cli.doctor.command import add_arguments as add_doctor_arguments
from refresh_watch_cli.list.command import add_arguments as add_list_arguments
from refresh_watch_cli.list.query import read_query
from refresh_watch_cli.request_arguments import add_request_arguments, read_request_arguments
from refresh_watch_emulator.products.catalog import service_of
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.service import ListTasks, SubmitTasks, TasksById
from refresh_watch_emulator.products.world import ObjectPlan
from tests.hand_clock import HandClock
from tests.products.polling import DOMAIN, connected, look_at
from tests.unit.reports.sample_reports import PARTLY_FAILED
from tests.unit.triggers.reading import read

PROJECT = Path(__file__).resolve().parents[2]
EVERY = pytest.mark.parametrize("spec", all_specs(), ids=lambda spec: spec.product.value)
EVERY_SERVICE = pytest.mark.parametrize("spec", services(), ids=lambda spec: spec.product.value)
QUERY = {"domain_name": DOMAIN, "object_type": "file"}
"""What some products require in every query."""


def request_of(spec: ProductSpec, **given: Any) -> dict[str, Any]:
    return {"product": spec.product.value, **(QUERY if spec.needs_domain_and_type else {}), **given}


# the data


def test_each_file_is_a_product_and_each_product_has_one() -> None:
    names = {module.name for module in pkgutil.iter_modules(product_specs.__path__)} - {"spec", "registry"}
    assert names == {product.value.replace("-", "_") for product in Product}, "a word in model.Product, or its file"
    assert [spec.product for spec in all_specs()] == list(Product)


@EVERY
def test_what_people_read_of_it_is_there(spec: ProductSpec) -> None:
    assert set(spec.names) == set(LANGUAGES)
    assert all(name.strip() for name in spec.names.values())
    console = urlsplit(spec.console)
    assert (console.scheme, console.query) == ("https", "")
    assert (console.hostname or "").endswith(".console.aliyun.com")
    if spec.renamed_note:
        assert all(f"note.{spec.renamed_note}" in TEXTS[language] for language in LANGUAGES)


@EVERY
def test_its_service_is_one_that_stands_for_itself(spec: ProductSpec) -> None:
    service = spec_of(spec.service)
    assert service.service is service.product
    assert (service.host, service.sdk, service.version, service.quotas) == (
        spec.host,
        spec.sdk,
        spec.version,
        spec.quotas,
    )


@EVERY
def test_its_sdk_is_in_the_package_of_the_function_that_asks(spec: ProductSpec) -> None:
    assert hasattr(importlib.import_module(f"{spec.sdk}.client"), "Client")
    lock = (PROJECT / "functions/watch/requirements.txt").read_text(encoding="utf-8")
    assert f"\n{spec.sdk.replace('_', '-')}==" in f"\n{lock}"


# its stand-in, which was written apart


@EVERY
def test_its_stand_in_was_told_the_same(spec: ProductSpec) -> None:
    service = service_of(spec.product)
    listed, by_id = service.operations.get(spec.list.action), spec.by_id
    assert isinstance(listed, ListTasks)
    assert set(listed.object_types) == {word.lower() for word in spec.object_types}
    assert (service.version, service.host, service.rows_in) == (spec.version, spec.host, spec.rows_in)
    assert service.most_per_page == spec.list.page_size
    rates = {f"{service.name}.{kind}": rate for kind, rate in service.calls_per_second.items() if kind != "submit"}
    assert rates == spec.quotas
    by_ids = [action for action, operation in service.operations.items() if isinstance(operation, TasksById)]
    assert by_ids == ([by_id.action] if by_id else [])
    for action, operation in service.operations.items():
        if isinstance(operation, SubmitTasks):
            (submit,) = (submit for submit in spec.submits if submit.action == action)
            assert submit.answer_keys[0] == operation.answer_key
            assert (submit.kind is Kind.PREFETCH) == operation.is_prefetch


@EVERY
def test_its_sdk_gets_its_rows_from_the_stand_in(spec: ProductSpec, stand_in: StandIn, time: HandClock) -> None:
    api = connected(stand_in, spec.product)
    query = ListQuery(page_size=api.spec.list.page_size, **(QUERY if spec.needs_domain_and_type else {}))
    task_id = stand_in.world.add_task(
        spec.product, objects=[ObjectPlan(f"http://{DOMAIN}/a.txt")], created_at=time.now() - 9
    )
    assert task_id in {row.task_id for row in api.list_page(query).rows}
    if spec.by_id:
        ids = [task_id, *("1" for _ in range(spec.by_id.ids_per_call - 1))]
        assert {row.task_id for row in api.by_ids(ids).rows} == {task_id}
    assert {call.version for call in stand_in.calls} == {spec.version}
    with pytest.raises(BadInput, match="page_size"):
        api.list_page(replace(query, page_size=api.spec.list.page_size + 1))


@EVERY
@pytest.mark.parametrize(("ends", "outcome"), [("Complete", Outcome.COMPLETE), ("Failed", Outcome.FAILED)])
def test_a_look_sees_how_its_task_ended(
    spec: ProductSpec, ends: str, outcome: Outcome, stand_in: StandIn, time: HandClock
) -> None:
    plan = ObjectPlan(f"http://{DOMAIN}/a.txt", ends)
    task_id = stand_in.world.add_task(spec.product, objects=[plan], created_at=time.now() - 9)
    request = read_request(request_of(spec, task_ids=task_id))
    watch = Watch("w1", request, time.now(), items=(WatchedItem(task_id),))
    quota = Quota(dict(Settings().quota))
    (seen,) = look_at(connected(stand_in, spec.product), watch, time, quota=quota).items
    assert (seen.complete, seen.failed) == ((1, 0) if outcome is Outcome.COMPLETE else (0, 1))


# the rooms


@EVERY
def test_its_questions_are_granted_and_tried(spec: ProductSpec, stand_in: StandIn) -> None:
    policy = json.loads((PROJECT / "functions/watch/policy.json").read_text(encoding="utf-8"))
    actions = [statement["Action"] for statement in policy["Statement"]]
    granted = {action for some in actions for action in ([some] if isinstance(some, str) else some)}
    assert not set(spec.permissions) - granted, "functions/watch/policy.json lacks them: make policy"
    api = connected(stand_in, spec.product)
    questions = questions_of(spec)
    assert [question.action for question in questions] == list(spec.permissions)
    for question in questions:
        question.ask(api)
    assert [call.action for call in stand_in.calls] == [action.partition(":")[2] for action in spec.permissions]


@EVERY
@pytest.mark.parametrize("language", LANGUAGES)
def test_its_messages_name_it_and_lead_to_its_console(spec: ProductSpec, language: str) -> None:
    refusal = Refusal(Reason.NO_PERMISSION, "Forbidden.RAM", "no")
    task = TaskReport("1", Outcome.UNVERIFIABLE, 1, reason=Reason.NO_PERMISSION)
    counts = Counts(unverifiable=1)
    for report in (
        PARTLY_FAILED,
        replace(PARTLY_FAILED, outcome=Outcome.UNVERIFIABLE, counts=counts, tasks=(task,), refusal=refusal),
    ):
        message = compose(replace(report, product=spec.product), language=language, deployment=Deployment("", "", ""))
        assert spec.names[language] in message.title
        assert [link.url for link in message.links] == [spec.console]
        if report.refusal:
            assert all(action in "".join(message.next_steps) for action in spec.permissions)
        else:
            assert f"refresh-watch list {spec.product} " in message.command


@EVERY
def test_the_settings_have_its_endpoint_and_its_quota(spec: ProductSpec) -> None:
    operations = {spec.list_quota, spec.by_id_quota} - {""}
    environment = {
        spec.endpoint_variable: "http://127.0.0.1:1",
        "REFRESH_WATCH_QUOTA": ",".join(f"{operation}=0.5" for operation in operations),
    }
    assert spec.endpoint_variable in (PROJECT / "s.yaml").read_text(encoding="utf-8"), "the deployed function needs it"
    settings = Settings.from_environment(environment)
    assert settings.endpoint_of(spec.product) == "http://127.0.0.1:1"
    quota = Quota(dict(settings.quota))
    assert {quota.price(operation) for operation in operations} == {2.0}


@EVERY
def test_the_answers_of_its_submits_start_watches(spec: ProductSpec) -> None:
    assert spec.submits
    for submit in spec.submits:
        for key in submit.answer_keys:
            (taken,) = read({**request_of(spec), key: "704225667,704222904", "RequestId": "r"}, Settings())
            assert isinstance(taken, Requested), taken
            assert taken.request.task_ids == ("704225667", "704222904")
            assert taken.request.kind is spec.kind_of_answer(key)


@EVERY_SERVICE
def test_the_records_of_its_submits_start_watches(spec: ProductSpec) -> None:
    for submit in spec.submits:
        record = {
            "eventName": submit.action,
            "eventTime": "2026-11-22T08:00:00Z",
            "requestParameters": {"ObjectPath": f"http://{DOMAIN}/a.txt"},
            "responseElements": {submit.answer_keys[0]: "704225667"},
        }
        (taken,) = read(record, Settings())
        assert isinstance(taken, Requested), taken
        assert taken.request == WatchRequest(
            spec.product,
            ("704225667",),
            kind=submit.kind,
            submitted_at=taken.request.submitted_at,
            label=taken.request.label,
        )


@EVERY
def test_the_commands_take_it(spec: ProductSpec) -> None:
    options = [f"--{name.replace('_', '-')}={value}" for name, value in QUERY.items()]
    query = options if spec.needs_domain_and_type else []
    watched = read_request_arguments(parsed(add_request_arguments, spec.product.value, "704225667", *query), None)
    listed = read_query(parsed(add_list_arguments, spec.product.value, *query))
    assert watched.product is listed.product is spec.product
    assert parsed(add_doctor_arguments, "--product", spec.product.value).product == [spec.product.value]


@EVERY
def test_doctor_knows_where_it_is_asked(spec: ProductSpec) -> None:
    assert (spec.product in USUAL) == (spec.service is spec.product)
    host = urlsplit(f"https://{spec.host}").hostname
    found = {finding.what: finding for finding in check_endpoints(DoctorContext({}, (spec.product,), None))}
    assert (found[spec.service].level, found[spec.service].said) == (Level.OK, host)
    other = DoctorContext({spec.endpoint_variable: "https://ecs.aliyuncs.com"}, (spec.product,), None)
    found = {finding.what: finding for finding in check_endpoints(other)}
    assert found[spec.service].level is Level.WARNING


@EVERY
def test_a_sweep_takes_it_or_says_which_it_takes(spec: ProductSpec) -> None:
    if spec in services():
        assert read_payload(f"sweep {spec.product} 3h").products == (spec.product,)
        return
    with pytest.raises(BadInput, match=", ".join(service.product for service in services())):
        read_payload(f"sweep {spec.product}")


# a word that no product has


def parsed(add: Callable[[argparse.ArgumentParser], None], *given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(exit_on_error=False)
    add(parser)
    return parser.parse_args(given)


@pytest.mark.parametrize(
    "use",
    [
        lambda: read_request({"product": "cdnn", "task_ids": "1"}),
        lambda: read_query(parsed(add_list_arguments, "cdnn")),
        lambda: parsed(add_doctor_arguments, "--product", "cdnn"),
        lambda: Settings.from_environment({"REFRESH_WATCH_QUOTA": "cdnn.list=1"}),
        lambda: read_payload("sweep cdnn"),
    ],
    ids=["request", "list", "doctor", "quota", "sweep"],
)
def test_a_wrong_word_lists_those_that_are(use: Callable[[], object]) -> None:
    with pytest.raises((BadInput, argparse.ArgumentError)) as raised:
        use()
    said = str(raised.value)
    assert "cdnn" in said
    assert "\n" not in said
    for spec in services():
        assert re.search(rf"\b{spec.product}\b", said.partition("cdnn")[2]), spec.product
