"""Serverless Devs, the program `s`: where it is, the credentials that it gets, and a run of it without secrets."""

from __future__ import annotations

import codecs
import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from refresh_watch.credentials import Credentials
from refresh_watch.errors import RefreshWatchError
from refresh_watch.settings import ChannelSetting
from refresh_watch_cli.project import Project

PACKAGE = "@serverless-devs/s"
VERSION = "3.1.10"

ACCESS = "refresh_watch_serverless_devs_key"
"""The name of the access, and of the variable that holds it as JSON: `s` takes any variable whose name ends so.

Its other way, the variables below, drops SecurityToken (3.1.10).
"""

_PLAIN_KEYS = ("AccountID", "AccessKeyID", "AccessKeySecret", "SecurityToken")
_SECONDS_FOR_VERSION = 60

HIDDEN = "***"
SHORTEST = 6
"""Characters of a secret that is looked for: a shorter one may be a part of any word."""

_URL = re.compile(r"""(https?://[^/?\s"'\\]+[/?])[^\s"'\\]+""")
_UNFINISHED = re.compile(r"""(?:\bsecret\\*"\s*:\s*)?\S*\Z""")
_SECRET = re.compile(r"""(\bsecret\\*"\s*:\s*\\*")[^"\\]+""")


class NotThere(RefreshWatchError):
    """A program that deploying needs is not installed."""


def find_program(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The command that runs Serverless Devs 3: `s` on PATH, else npx, which fetches it. Raises NotThere."""
    path = environment.get("PATH")
    program = shutil.which("s", path=path)
    version = _version(program, environment) if program is not None else ""
    if program is not None and version.startswith("3."):
        return (program,)
    npx = shutil.which("npx", path=path)
    if npx is not None:
        return (npx, "--yes", f"{PACKAGE}@{VERSION}")
    install = f"npm install -g {PACKAGE}@{VERSION}"
    if version:
        raise NotThere(f"Serverless Devs {version} is there, and 3.x is needed: {install}")
    raise NotThere(f"Serverless Devs is not there: install Node.js, then {install}")


def manifest_beside_packages(project: Project) -> Path:
    """The s.yaml that Serverless Devs is to read: it takes the packages from where that file says, seen from it."""
    if not project.is_installed:
        return project.manifest
    copy = project.output / project.manifest.name
    text = project.manifest.read_text(encoding="utf-8")
    copy.write_text(text.replace(f"code: ./{project.output.name}/", "code: ./"), encoding="utf-8")
    return copy


def run(
    program: Sequence[str],
    manifest: Path,
    *,
    environment: Mapping[str, str],
    account: str,
    credentials: Credentials,
    channels: Sequence[ChannelSetting],
    assume_yes: bool,
) -> int:
    """`s deploy` of packages that are built, its output as it comes, but for secrets. Answers its exit code.

    The credentials stand in its environment alone, for as long as it runs.
    """
    # the actions of s.yaml would build them again
    command = [*program, "deploy", "-t", manifest.name, "-a", ACCESS, "--skip-actions", *(["-y"] if assume_yes else [])]
    inherited = {name: value for name, value in environment.items() if name not in _PLAIN_KEYS}
    handed = {**inherited, ACCESS: _access(account, credentials)}
    secrets = [each.secret for each in channels] + [credentials.access_key_secret, credentials.security_token]
    with subprocess.Popen(  # noqa: S603 - found by find_program
        command, cwd=manifest.parent, env=handed, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as running:
        for text in without_secrets(_read(running.stdout), [secret.value for secret in secrets if secret]):
            print(text, end="", flush=True)
    return running.returncode if running.returncode >= 0 else 128 - running.returncode


def _read(output: IO[bytes] | None) -> Iterator[str]:
    # not by lines: a question has no end of line
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while output is not None and (piece := output.read1(65536)):  # type: ignore[attr-defined]
        yield decoder.decode(piece)


def _access(account: str, credentials: Credentials) -> str:
    access = {
        "AccountID": account,
        "AccessKeyID": credentials.access_key_id,
        "AccessKeySecret": credentials.access_key_secret.value,
    }
    if credentials.security_token:
        access["SecurityToken"] = credentials.security_token.value
    return json.dumps(access)


def _version(program: str, environment: Mapping[str, str]) -> str:
    """Of Serverless Devs; empty where the program is another, or cannot say."""
    # another program may have that short a name, and version 2 cannot read an s.yaml of edition 3
    try:
        done = subprocess.run(  # noqa: S603 - asks only for its version
            [program, "-v"],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS_FOR_VERSION,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(rb"serverless-devs/s: (\d[\w.-]{0,20})", done.stdout + done.stderr)
    return found[1].decode() if found else ""


def without_secrets(pieces: Iterable[str], secrets: Iterable[str]) -> Iterator[str]:
    """The same text as it comes: of URLs the host alone, and nothing of `secrets`. A word waits for its end.

    `s` shows every function's environment, and how that has changed: a pipeline's log would hold the URLs of chats,
    those of the previous deployment too.
    """
    known = sorted({secret for secret in secrets if len(secret) >= SHORTEST}, key=len, reverse=True)
    waiting = ""
    for piece in pieces:
        text = waiting + piece
        end = len(text) - len(_UNFINISHED.search(text)[0])  # type: ignore[index]  # it matches everywhere
        waiting = text[end:]
        yield _hidden(text[:end], known)
    yield _hidden(waiting, known)


def _hidden(text: str, known: Iterable[str]) -> str:
    for secret in known:
        text = text.replace(secret, HIDDEN)
    return _SECRET.sub(rf"\g<1>{HIDDEN}", _URL.sub(rf"\g<1>{HIDDEN}", text))
