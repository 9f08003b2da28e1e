"""Where the credentials were found, and whose they are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from refresh_watch.credentials import CHAIN_SECONDS, find
from refresh_watch.deadline import within
from refresh_watch.errors import NoCredentials, Retryable
from refresh_watch.reports.plain import name_only, one_line
from refresh_watch_cli.account.services import KEY_ID as _ID
from refresh_watch_cli.account.services import KEY_SECRET as _SECRET
from refresh_watch_cli.account.services import TOKEN as _TOKEN
from refresh_watch_cli.account.services import mend_key
from refresh_watch_cli.doctor.check import DoctorContext, Finding, bad, ok, warning

_TEMPORARY = "STS."
"""What the key ids of temporary keys begin with."""


def check_identity(context: DoctorContext) -> Iterator[Finding]:
    """Looks for credentials, which later checks need, and asks STS whose they are (that needs no permission)."""
    environment = context.environment
    given = [name for name in (_ID, _SECRET) if environment.get(name, "").strip()]
    if len(given) == 1:
        missing = _SECRET if given[0] == _ID else _ID
        yield warning(given[0], f"is passed over, since {missing} is not set", f"set {missing} too, or unset both")
    try:
        context.credentials = find(environment)
    except NoCredentials as error:
        said, _, more = str(error).partition(";")  # what to set stands below it
        _, bracket, chain = more.partition(" (")
        yield bad("credentials", said + bracket + chain, f"export {_ID} and {_SECRET}, or run `aliyun configure`")
        return
    kind = "temporary" if context.credentials.security_token else "permanent"
    yield ok("credentials", f"a {kind} key, from {_where(environment, from_environment=len(given) == 2)}")
    if context.credentials.access_key_id.startswith(_TEMPORARY) and context.credentials.security_token is None:
        yield bad(_TOKEN, "a temporary key (STS.…) without its security token", f"set {_TOKEN} too")
    yield from _whose(context)


def _whose(context: DoctorContext) -> Iterator[Finding]:
    from refresh_watch_cli.account.services import AccountRefusal, host_of, who_am_i

    if context.credentials is None:
        return
    try:
        caller = who_am_i(context.settings, context.credentials, clock=context.clock)
    except AccountRefusal as error:
        do = mend_key(error.code) or f"see whether {_SECRET} belongs to {_ID}"
        if error.code.startswith("InvalidTimeStamp"):
            do = "set this machine's clock (see Clock below)"
        yield bad("identity", f"STS refuses the key: {error}", do)
        return
    except Retryable as error:
        overridden = "REFRESH_WATCH_STS_ENDPOINT is right, and " if context.settings.sts_endpoint else ""
        host = host_of("sts", context.settings)
        reachable = f"see whether {overridden}this machine reaches {host} (proxy, firewall)"
        yield bad("identity", f"STS gave no answer: {error}", reachable)
        return
    context.account, context.arn = caller.account, one_line(caller.arn, 200)
    if caller.is_root:
        said = f"the account {caller.account} itself: its key may do everything, and cannot be limited"
        yield warning("identity", said, "make a RAM user with the actions that docs/commands.md lists, and use its key")
    else:
        yield ok("identity", f"{context.arn} of account {caller.account}")


def _where(environment: Mapping[str, str], *, from_environment: bool) -> str:
    """Which link of Alibaba's chain it was, in words."""
    if from_environment:
        return f"the environment ({_ID})"
    link = _link()
    if link == "cli_profile":
        return f"the profile {_profile(environment)} of ~/.aliyun/config.json"
    if link == "profile":
        section = environment.get("ALIBABA_CLOUD_PROFILE", "default")
        return (
            f"the section {name_only(section, 40)} of ALIBABA_CLOUD_CREDENTIALS_FILE or ~/.alibabacloud/credentials.ini"
        )
    return _LINKS.get(link, "Alibaba's credential chain")


_LINKS = {
    "env": "the environment",
    "oidc_role_arn": "OIDC (ALIBABA_CLOUD_ROLE_ARN and its token file)",
    "ecs_ram_role": "the role of this ECS instance",
    "credential_uri": "ALIBABA_CLOUD_CREDENTIALS_URI",
}


def _link() -> str:
    """The chain's own word for the link that it took; empty when it does not say."""
    from alibabacloud_credentials.client import Client

    try:
        model = within(CHAIN_SECONDS, lambda: Client().get_credential())
    except Exception:  # it has answered `find` a moment ago: only its name is missing then
        return ""
    # such as default/cli_profile/static_ak
    parts = str(getattr(model, "provider_name", "") or "").split("/")
    return parts[1] if len(parts) > 1 else ""


def _profile(environment: Mapping[str, str]) -> str:
    named = environment.get("ALIBABA_CLOUD_PROFILE", "")
    if not named:
        try:
            config = json.loads((Path.home() / ".aliyun" / "config.json").read_text(encoding="utf-8"))
            named = str(config.get("current", ""))
        except (OSError, ValueError, AttributeError):
            named = ""
    return name_only(named, 40) or "?"
