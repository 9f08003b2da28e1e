"""`refresh-watch deploy`: its arguments, the order of its steps, and what it prints."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from refresh_watch.credentials import Credentials
from refresh_watch.errors import NoCredentials
from refresh_watch.limits import MAX_ENVIRONMENT_BYTES
from refresh_watch_cli.account.regions import check_region, doubt
from refresh_watch_cli.account.services import AccountRefusal, call, mend_key, missing_half, who_am_i
from refresh_watch_cli.build.command import build_packages
from refresh_watch_cli.context import CommandContext, read_context
from refresh_watch_cli.cost.estimate import WATCHES_A_DAY, can_estimate, estimate, woken_by_timers
from refresh_watch_cli.deploy.plan import FunctionPlan, deployable, read_plan, variables_of
from refresh_watch_cli.deploy.roles import Change, Ram, apply, changes_of
from refresh_watch_cli.deploy.serverless_devs import NotThere, find_program, manifest_beside_packages
from refresh_watch_cli.deploy.serverless_devs import run as run_serverless_devs
from refresh_watch_cli.deploy.triggers import doubtful
from refresh_watch_cli.printing import called_as, note
from refresh_watch_cli.project import Project, find_project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="show what would be made and allowed; change nothing")
    parser.add_argument("--only-roles", action="store_true", help="make the roles and policies, deploy nothing")
    parser.add_argument("--yes", action="store_true", help="answer yes to whatever Serverless Devs asks")
    parser.add_argument("--project", type=Path, help="the folder that holds s.yaml (default: this one)")


def run(namespace: argparse.Namespace) -> int:
    """Check, make the roles, deploy. The exit code of Serverless Devs, where it comes to that.

    Raises BadInput and NoCredentials before anything is made, NotOurs, NotThere, AccountRefusal, Retryable.
    """
    project = find_project(namespace.project)
    context = read_context()
    context.channels(tuple(channel.name for channel in context.settings.channels))
    environment = deployable(context.environment)
    plan = read_plan(project, environment)
    if not context.settings.channels:
        note("warning: REFRESH_WATCH_CHANNELS is not set, so no report will reach anyone")
    for each in plan:
        for line in doubtful(each.resource):
            note(f"warning: {line}")
    _check_regions(context, plan)
    if namespace.dry_run:
        if not namespace.only_roles:
            _warn_of_programs(environment)
        return _dry_run(context, project, plan)
    # before roles are made for functions that could not follow
    program = () if namespace.only_roles else find_program(environment)
    credentials = _credentials(context)
    account, ram, changes = _compare(context, credentials, plan)
    if not namespace.only_roles:
        build_packages(project, environment)
    for change in changes:
        apply(ram, change)
        print(f"done: {change.text}", flush=True)
    if not changes:
        print("roles and policies: as they should be, nothing changed")
    if namespace.only_roles:
        return 0
    names = ", ".join(each.resource.name for each in plan)
    print(f"Serverless Devs deploys {names} to {plan[0].resource.region}", flush=True)
    code = run_serverless_devs(
        program,
        manifest_beside_packages(project),
        environment=environment,
        account=account,
        credentials=credentials,
        channels=context.settings.channels,
        assume_yes=namespace.yes or sys.stdin is None or not sys.stdin.isatty(),
    )
    if code:
        note(f"Serverless Devs ended with exit code {code}; once that is repaired, run the same command again")
        return code
    command = called_as()
    print("deployed; next:")
    print(f"  {command} doctor         whether all of it is well")
    print(f"  {command} test-channel   a test message to each channel")
    print(f"  {command} start cdn ID   a watch of the task with that id")
    return 0


def _dry_run(context: CommandContext, project: Project, plan: Sequence[FunctionPlan]) -> int:
    print("\n".join([f"project: {project.folder}", *_plan_lines(plan)]))
    try:
        credentials = context.credentials()
    except NoCredentials:
        half = missing_half(context.environment)
        why = f"{half}, and no others were found" if half else "no credentials were found"
        print(f"roles: not compared with the account's, since {why}")
        return 0
    *_, changes = _compare(context, credentials, plan)
    would = [f"would come: {change.text}" for change in changes] or ["roles and policies: as they should be"]
    print("\n".join([*would, "dry run: nothing was changed"]))
    return 0


def _compare(
    context: CommandContext, credentials: Credentials, plan: Sequence[FunctionPlan]
) -> tuple[str, Ram, list[Change]]:
    """The account's number, how its RAM is asked, and what has to change there."""

    def ram(action: str, params: Mapping[str, str]) -> Mapping[str, Any]:
        return call("ram", action, params, context.settings, credentials, clock=context.clock)

    try:
        caller = who_am_i(context.settings, credentials, clock=context.clock)
    except AccountRefusal as refused:
        advice = mend_key(refused.code)
        raise AccountRefusal(refused.code, f"{refused.message}; {advice}") if advice else refused from None
    print(f"account {caller.account}, as {caller.arn}")
    if caller.is_root:
        note(
            "warning: these are the keys of the account itself, which may do everything; "
            "a RAM user's are safer (docs/deploying.md says what it needs)"
        )
    return caller.account, ram, [change for each in plan for change in changes_of(ram, each)]


def _check_regions(context: CommandContext, plan: Sequence[FunctionPlan]) -> None:
    """Raises BadInput for a region that is none; of one that may be new it only warns."""
    for region in dict.fromkeys(each.resource.region for each in plan):
        if not context.settings.fc_endpoint:
            check_region(region)
        if doubt(region):
            note(f"warning: {doubt(region)}")


def _warn_of_programs(environment: Mapping[str, str]) -> None:
    try:
        find_program(environment)
    except NotThere as missing:
        note(f"warning: a deployment would stop at this: {missing}")


def _credentials(context: CommandContext) -> Credentials:
    try:
        return context.credentials()
    except NoCredentials as error:
        half = missing_half(context.environment)
        raise NoCredentials(f"{half}; {error}" if half else str(error)) from None


def _plan_lines(plan: Sequence[FunctionPlan]) -> list[str]:
    lines = []
    for each in plan:
        resource, size = each.resource, each.resource.size
        instance = f"{size.vcpu:g} vCPU, {size.memory * 1024:.0f} MB, at most {size.timeout:g} s"
        lines += [
            f"function {resource.name}: {resource.region}, {resource.runtime}, {instance}",
            f"  environment: {resource.environment_bytes:,} of {MAX_ENVIRONMENT_BYTES:,} bytes",
            *(f"    {name}" for name in variables_of(resource)),
            f"  role {each.role} may: {', '.join(each.actions)}",
            *(
                f"  trigger {trigger.name} ({trigger.kind}{'' if trigger.is_on else ', off'})"
                for trigger in resource.triggers
            ),
        ]
    resources = [each.resource for each in plan]
    if can_estimate(resources):
        cost = estimate(resources)
        cny = ", ".join(f"{cost.cny(watches):.2f} for {watches:,}" for watches in WATCHES_A_DAY)
        timers = woken_by_timers(resources)
        with_them = f", with the timer that wakes {' and '.join(timers)} every hour" if timers else ""
        lines.append(f"cost: CNY a day about {cny} watches{with_them} (docs/cost.md)")
    return lines
