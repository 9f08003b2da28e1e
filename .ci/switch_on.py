"""s.yaml with everything switched on that stands in it as a comment: switch_on.py S_YAML OUTPUT [log]

Without `log` every block of triggers is switched on; with it the named log project is, too, in place of `auto`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

BEGINS = re.compile(r"( *)# (?:- triggerName: |triggers:$)")
LOG = re.compile(r"^( *)log: auto$(.*?)^\1# (?=log: )", re.MULTILINE | re.DOTALL)


def switched_on(text: str) -> str:
    """The same file, with the comment mark taken away from each block that is a trigger."""
    lines: list[str] = []
    mark = ""  # the indentation and comment mark of the block that we are in
    for line in text.splitlines():
        begins = BEGINS.match(line)
        if begins is not None and not mark:
            mark = f"{begins[1]}# "
        if mark and line.startswith(mark):
            lines.append(mark[:-2] + line.removeprefix(mark))
        else:
            mark = ""
            lines.append(line)
    return "\n".join(lines) + "\n"


def with_log_project(text: str) -> str:
    """The same file, with the named log project in place of `auto`."""
    other, count = LOG.subn(r"\2\1", text)
    if count != 1:
        raise ValueError("s.yaml: no `log: auto` with another one below it, as a comment")
    return other


def main(arguments: list[str]) -> int:
    """Write the other file."""
    if len(arguments) not in (2, 3) or arguments[2:] not in ([], ["log"]):
        print(__doc__, file=sys.stderr)
        return 2
    text = switched_on(Path(arguments[0]).read_text(encoding="utf-8"))
    Path(arguments[1]).write_text(with_log_project(text) if arguments[2:] else text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
