"""`refresh-watch deploy` with the `s` that is first on PATH, on the stand-ins of STS and RAM: deploy_offline.py"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.world import World

COMMAND = Path(sys.executable).with_name("refresh-watch")


def main() -> int:
    """Deploy once, and say what became of the roles. The command's exit code, or 1 when a role is missing."""
    with StandIn(World(time.time(), foreign_tasks=0), tokens={"testAK": "example-token"}) as stand_in:
        inherited = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        environment = {
            **inherited,
            "ALIBABA_CLOUD_ACCESS_KEY_ID": "testAK",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "testSK",
            "ALIBABA_CLOUD_SECURITY_TOKEN": "example-token",
            "REFRESH_WATCH_STS_ENDPOINT": stand_in.endpoint,
            "REFRESH_WATCH_RAM_ENDPOINT": stand_in.endpoint,
        }
        code = subprocess.run([COMMAND, "deploy", "--yes"], env=environment, check=False).returncode  # noqa: S603
        account = stand_in.world.account
        functions = sorted(entry.parent.name for entry in Path("functions").glob("*/index.py"))
        attached = {name: role.policies for name, role in account.roles.items()}
    if attached != {f"refresh-{name}": [f"refresh-{name}"] for name in functions}:
        print(f"not one role a function, with its policy: {attached}")
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
