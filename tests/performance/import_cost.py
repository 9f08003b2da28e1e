"""What a cold start of each function imports, and what that costs: `make bench`.

Every row is a fresh interpreter with .pyc in place, the lowest of several runs. The times are this machine's; the
modules and SDKs are what counts, and tests/deploy holds them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
RUNS = 5

_CREDENTIALS = "from shared.credentials import Credentials; from shared.settings import Secret, Settings; "
_ANY = "Credentials('id', Secret('secret'))"
_PRODUCT = (
    f"import index; {_CREDENTIALS}from shared.products.connect import connect; from shared.model import Product; "
    f"connect(Product('{{}}'), Settings(), {_ANY})"
)
_ENGINE = f"import index; {_CREDENTIALS}import shared.function_compute.client"
ROWS: tuple[tuple[str, str, str], ...] = (
    ("notify", "a delivery", "import index; import shared.channels.dingtalk, shared.channels.webhook"),
    ("notify", "a fan-out, or coming back later", _ENGINE),
    ("intake", "an event refused", "import index"),
    ("intake", "a watch started", _ENGINE),
    ("watch", "the entry alone", "import index"),
    *(("watch", f"a look at {product}", _PRODUCT.format(product)) for product in ("cdn", "dcdn", "vod", "vod-legacy")),
    ("watch", "a look at cdn, and the next hop", f"{_PRODUCT.format('cdn')}; import shared.function_compute.client"),
)
"""Function, what it does, and the imports that this takes."""

_MEASURE = """
import json, sys, time
sys.path[:0] = [{entry!r}, {project!r}]
began = time.perf_counter()
{code}
print(json.dumps([time.perf_counter() - began, sorted(sys.modules)]))
"""


@dataclass(frozen=True)
class Cost:
    """Of one row. `sdks` are the typed clients among the modules."""

    milliseconds: float
    modules: frozenset[str]

    @property
    def sdks(self) -> set[str]:
        """The Alibaba Cloud clients that were imported, by their short names such as ``cdn``."""
        found = {name.split(".")[0] for name in self.modules if name.startswith("alibabacloud_") and "20" in name}
        return {name.removeprefix("alibabacloud_").rstrip("0123456789") for name in found}


def measure(function: str, code: str, runs: int = 1) -> Cost:
    """Import in a fresh interpreter, ``runs`` times; the lowest time counts."""
    program = _MEASURE.format(entry=str(PROJECT / "functions" / function), project=str(PROJECT), code=code)
    answers = []
    for _ in range(runs):
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        answers.append(json.loads(done.stdout.splitlines()[-1]))
    return Cost(min(seconds for seconds, _ in answers) * 1000, frozenset(answers[0][1]))


def main(quick: bool) -> None:
    """Print the table."""
    line = "{:<8} {:<34} {:>7} {:>8}   {}"
    print(line.format("function", "to do", "ms", "modules", "SDKs"))
    for function, does, code in ROWS:
        cost = measure(function, code, 1 if quick else RUNS)
        print(
            line.format(
                function, does, f"{cost.milliseconds:.0f}", len(cost.modules), ", ".join(sorted(cost.sdks)) or "-"
            )
        )
