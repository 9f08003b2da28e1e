"""The command `refresh-watch`: finds the command asked for, runs it, and turns what goes wrong into one line."""

from __future__ import annotations

import argparse
import importlib
import io
import logging
import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from refresh_watch.errors import BadInput, NoCredentials, NoSuchWatch, RefreshWatchError
from refresh_watch_cli.exit_codes import BAD_USAGE, BROKEN_PIPE, FAILED, INTERRUPTED, OUR_FAULT
from refresh_watch_cli.options import as_typed
from refresh_watch_cli.printing import complain, version


@dataclass(frozen=True)
class Command:
    """One command: the module that has its `add_arguments` and `run`, imported only when it is asked for."""

    module: str
    help: str


COMMANDS = {
    "demo": Command("refresh_watch_cli.demo.command", "the whole workflow on this machine, no account needed"),
    "watch": Command("refresh_watch_cli.watch", "follow tasks from this machine until they settle"),
    "list": Command("refresh_watch_cli.list.command", "the tasks of an account, as a table, JSON or URLs"),
    "serve": Command("refresh_watch_cli.serve", "the functions on this machine: POST /watches"),
    "start": Command("refresh_watch_cli.start", "start a watch on the deployed functions"),
    "stop": Command("refresh_watch_cli.stop", "end a watch; the report says who stopped it"),
    "replay": Command("refresh_watch_cli.replay", "send undelivered reports of the last 7 days again"),
    "test-channel": Command("refresh_watch_cli.test_channel", "send a test report and show the channel's own answer"),
    "preview": Command("refresh_watch_cli.preview", "every message of every channel on one local page"),
    "doctor": Command("refresh_watch_cli.doctor.command", "check credentials, permissions, channels, s.yaml"),
    "deploy": Command("refresh_watch_cli.deploy.command", "make the roles, build the packages and deploy them"),
    "build": Command("refresh_watch_cli.build.command", "make the package of each function"),
}


_DISTRIBUTIONS = {"yaml": "PyYAML", "Tea": "alibabacloud-tea", "darabonba": "darabonba-core"}
"""Where the name to install is another than that to import."""


class NotInstalled(RefreshWatchError):
    """A library that a command needs is missing."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and answer its exit code. `arguments` are those of the process where none are given."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    # the loggers speak to the functions' log; on a terminal the commands say themselves what happened
    logging.getLogger("refresh_watch").addHandler(logging.NullHandler())
    logging.getLogger("refresh_watch").propagate = False
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # what a poor locale cannot write must not end a watch
    try:
        code = _run(given)
        sys.stdout.flush()
    except SystemExit as end:  # argparse: --help, or a usage error that has been told
        return end.code if isinstance(end.code, int) else BAD_USAGE
    except KeyboardInterrupt:
        complain("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # so that the interpreter's own flush at the end finds somewhere to write
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except RefreshWatchError as error:
        complain(str(error))
        return BAD_USAGE if isinstance(error, (BadInput, NoSuchWatch, NoCredentials)) else FAILED
    except Exception as error:
        complain(f"a fault of refresh-watch itself, please report it: {_place(error)}")
        return OUR_FAULT
    return code


def _run(given: list[str]) -> int:
    if not given or given[0] not in COMMANDS:
        return _without_command(given)
    name, *rest = given
    command = COMMANDS[name]
    try:
        module = importlib.import_module(command.module)
        parser = _Parser(
            prog=f"refresh-watch {name}",
            description=f"{command.help[0].upper()}{command.help[1:]}.",
            allow_abbrev=False,
        )
        module.add_arguments(parser)
        # options may stand before, between and after the ids
        namespace = parser.parse_intermixed_args(rest)
        try:
            return int(module.run(namespace))
        except BadInput as error:
            raise as_typed(error, parser) from None
    except ModuleNotFoundError as error:
        top = (error.name or "").partition(".")[0]
        if not top or top.startswith("refresh_watch"):
            raise
        install = f"{shlex.quote(sys.executable)} -m pip install {_DISTRIBUTIONS.get(top, top)}"
        raise NotInstalled(f"{name} needs {top}, which is not installed: {install}") from None


def _without_command(given: list[str]) -> int:
    from refresh_watch.product_specs.registry import services

    if given and not given[0].startswith("-"):
        raise BadInput("COMMAND", given[0], ", ".join(COMMANDS))
    *others, last = (spec.names["en"] for spec in services())
    products = f"{', '.join(others)} and {last}"
    parser = _Parser(
        prog="refresh-watch",
        usage="refresh-watch COMMAND ...",
        description=f"Tells how cache refresh and prefetch jobs of Alibaba Cloud {products} ended.",
        epilog="\n".join(["commands:", *(f"  {name:<13} {command.help}" for name, command in COMMANDS.items())]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"refresh-watch {version()}")
    parser.parse_args(given)
    parser.error("a command is missing")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        complain(f"{message} (see {self.prog} --help)")
        raise SystemExit(BAD_USAGE)


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    # without its text, which may hold a URL of a channel
    return f"{type(error).__name__}{where}"
