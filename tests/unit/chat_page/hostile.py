"""Words that would do something if they were taken for markup, and how they get into any place of a payload."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</div></section></style><style>*{display:none}",
    "<!-- <![CDATA[ <?x &lt;b&gt; &#60;i&#62;",
    "' onmouseover='alert(1)",
    "[x](javascript:alert(1)) ![y](http://evil.example/p.png) <javascript:alert(1)|x>",
    "`<u>` **<i>** ```\n<s>\n``` > <b>",
    '<a href="javascript:alert(1)">x</a><at id="<b>"></at><font color="red"><b>x',
    "#000;background:url(http://evil.example/)",
    "\x00\x1b[31m\ud800 \u202ereversed",
)


def with_leaves(value: Any, make: Callable[[str, Any], Any], path: str = "") -> Any:
    """The same JSON, each leaf replaced by what `make` says of its path and itself."""
    if isinstance(value, dict):
        return {key: with_leaves(each, make, f"{path}.{key}") for key, each in value.items()}
    if isinstance(value, list):
        return [with_leaves(each, make, f"{path}[{i}]") for i, each in enumerate(value)]
    return make(path, value)
