"""The engine as a process of its own: `python -m refresh_watch_emulator.engine --manifest s.yaml --file queue.sqlite`.

Prints one JSON line with its URL when it is ready, and ends in good order on SIGTERM or SIGINT. Its credentials are the
environment's, else fake ones; every REFRESH_WATCH_ variable of its environment is handed to the functions.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path

from refresh_watch.errors import BadInput
from refresh_watch_emulator.engine.crash import VARIABLE, read_crashes
from refresh_watch_emulator.engine.engine import FAKE_KEYS, EmbeddedEngine
from refresh_watch_emulator.engine.environment import Keys
from refresh_watch_emulator.engine.switches import EngineSwitches, read_switches


def main(arguments: list[str] | None = None) -> int:
    """Run until told to end. 0: ended as told; 2: something given cannot be used."""
    parser = argparse.ArgumentParser(
        prog="python -m refresh_watch_emulator.engine", description="The embedded Function Compute."
    )
    parser.add_argument("--manifest", type=Path, default=Path("s.yaml"))
    parser.add_argument("--file", type=Path, required=True, help="the SQLite file of the queue")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--route", action="append", default=[], metavar="PATH=KEY")
    parser.add_argument("--switch", action="append", default=[], metavar="NAME=VALUE")
    options = parser.parse_args(arguments)
    end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: end.set())
    try:
        with _engine(options) as engine:
            sys.stdout.write(json.dumps({"url": engine.url}) + "\n")
            sys.stdout.flush()
            end.wait()
    except (BadInput, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _engine(options: argparse.Namespace) -> EmbeddedEngine:
    return EmbeddedEngine(
        options.manifest,
        options.file,
        port=options.port,
        environment={name: value for name, value in os.environ.items() if name.startswith("REFRESH_WATCH_")},
        credentials=_keys,
        switches=read_switches(options.switch) if options.switch else EngineSwitches(),
        routes=dict(route.split("=", 1) for route in options.route),
        bearer=os.environ.get("REFRESH_WATCH_SERVE_TOKEN") or None,
        crashes=read_crashes(os.environ.get(VARIABLE, "")),
    )


def _keys() -> Keys:
    key_id = os.environ.get("ALIBABA_CLOUD_ACCESS_KEY_ID", "")
    if not key_id:
        return FAKE_KEYS
    secret = os.environ.get("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "")
    return key_id, secret, os.environ.get("ALIBABA_CLOUD_SECURITY_TOKEN", "")


if __name__ == "__main__":
    sys.exit(main())
