"""What a cold start of each function imports, and what that costs: `make bench`.

Every row is a fresh interpreter with .pyc in place, the lowest of several runs; the rows are measured in turn, so that
a noisy moment meets all of them. The times are this machine's; the modules and SDKs are what counts, and tests/deploy
holds them. Beside a delivery stand two libraries that could have made it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from refresh_watch.channels.registry import kinds
from tests.all_products import WORDS
from tests.performance.table import Check, at_most

PROJECT = Path(__file__).resolve().parents[2]
RUNS = 5

_CREDENTIALS = (
    "from refresh_watch.credentials import Credentials; from refresh_watch.settings import Secret, Settings; "
)
_ANY = "Credentials('id', Secret('secret'))"
_PRODUCT = (
    f"import index; {_CREDENTIALS}from refresh_watch.products.connect import connect; from refresh_watch.model import Product; "
    f"connect(Product('{{}}'), Settings(), {_ANY})"
)
_ENGINE = f"import index; {_CREDENTIALS}import refresh_watch.function_compute.client"
_DELIVERY = "import index; import refresh_watch.channels.{}; from refresh_watch.settings import Settings; Settings.from_environment({{}})"
ROWS: tuple[tuple[str, str, str], ...] = (
    *(("notify", f"a delivery to {kind}", _DELIVERY.format(kind)) for kind in kinds()),
    ("notify", "a fan-out, or coming back later", _ENGINE),
    ("intake", "an event refused", "import index"),
    ("intake", "a watch started", _ENGINE),
    ("watch", "the entry alone", "import index"),
    *(("watch", f"a look at {product}", _PRODUCT.format(product)) for product in WORDS),
    (
        "watch",
        "a look at cdn, and the next hop",
        f"{_PRODUCT.format('cdn')}; import refresh_watch.function_compute.client",
    ),
)
"""Function, what it does, and the imports that this takes."""

BESIDE: tuple[tuple[str, str, str], ...] = (
    ("-", "urllib3 alone", "import urllib3"),
    ("-", "httpx and its client", "import httpx; httpx.Client()"),
    ("-", "apprise and one channel", "import apprise; apprise.Apprise().add('dingtalk://fakefakefakefake/')"),
)
"""What a delivery is compared with, in the same run."""
MOST_OF_A_DELIVERY = 120
"""Milliseconds of CPU, with compiled files, on a quiet machine."""

_MEASURE = """
import json, sys, time
sys.path[:0] = [{entry!r}, {project!r}]
began, cpu = time.perf_counter(), time.process_time()
{code}
print(json.dumps([time.perf_counter() - began, time.process_time() - cpu, sorted(sys.modules)]))
"""


@dataclass(frozen=True)
class Cost:
    """Of one row. `sdks` are the typed clients among the modules."""

    milliseconds: float
    cpu: float  # milliseconds
    modules: frozenset[str]

    @property
    def sdks(self) -> set[str]:
        """The Alibaba Cloud clients that were imported, by their short names such as ``cdn``."""
        found = {name.split(".")[0] for name in self.modules if name.startswith("alibabacloud_") and "20" in name}
        return {name.removeprefix("alibabacloud_").rstrip("0123456789") for name in found}


def measure(function: str, code: str) -> Cost:
    """Import in a fresh interpreter, once."""
    program = _MEASURE.format(entry=str(PROJECT / "functions" / function), project=str(PROJECT / "shared"), code=code)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    seconds, cpu, modules = json.loads(done.stdout.splitlines()[-1])
    return Cost(seconds * 1000, cpu * 1000, frozenset(modules))


def main(quick: bool) -> list[Check]:
    """Print the table; answers whether every delivery is as cheap as it has to be."""
    rows = (*ROWS, *BESIDE)
    runs = [[measure(function, code) for function, _, code in rows] for _ in range(1 if quick else RUNS)]
    least = [
        Cost(min(cost.milliseconds for cost in costs), min(cost.cpu for cost in costs), costs[0].modules)
        for costs in zip(*runs, strict=True)
    ]
    line = "{:<8} {:<34} {:>7} {:>7} {:>8}   {}"
    print(line.format("function", "to do", "CPU ms", "ms", "modules", "SDKs"))
    for (function, does, _), cost in zip(rows, least, strict=True):
        sdks = ", ".join(sorted(cost.sdks)) or "-"
        print(line.format(function, does, f"{cost.cpu:.0f}", f"{cost.milliseconds:.0f}", len(cost.modules), sdks))
    dearest = max(cost.cpu for (_, does, _), cost in zip(rows, least, strict=True) if does.startswith("a delivery"))
    return [at_most("imports of a delivery, the dearest kind, CPU", dearest, MOST_OF_A_DELIVERY, " ms")]
