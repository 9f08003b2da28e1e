"""Writes the RAM actions of all products into the policy of the function that asks them: `make policy`.

The first statement of functions/watch/policy.json holds these and no others. They come from `product_specs`.
"""

from __future__ import annotations

import json
from pathlib import Path

from refresh_watch.product_specs.registry import all_specs

POLICY = Path(__file__).resolve().parent.parent / "functions" / "watch" / "policy.json"


def main() -> None:
    """Replace the first statement's actions; all else stays as it is."""
    policy = json.loads(POLICY.read_text(encoding="utf-8"))
    actions = (action for spec in all_specs() for action in spec.permissions)
    policy["Statement"][0]["Action"] = list(dict.fromkeys(actions))
    POLICY.write_text(json.dumps(policy, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
