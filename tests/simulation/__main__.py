"""``python -m tests.simulation 0-999``: one seed after the other; the first that breaks a promise ends it."""

from __future__ import annotations

import logging
import re
import sys

from tests.simulation.promises import run

found = re.fullmatch(r"(\d+)(?:-(\d+))?", " ".join(sys.argv[1:]))
if found is None:
    sys.exit(f"SEEDS: {' '.join(sys.argv[1:])!r} is not allowed; allowed: a number, or a range such as 0-999")
logging.disable()  # each watch logs what it survived
seeds = range(int(found[1]), int(found[2] or found[1]) + 1)
for seed in seeds:
    run(seed)
print(f"{len(seeds)} seeds: every promise was kept")
