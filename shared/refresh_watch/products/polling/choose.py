"""Whether a look begins with a listing: the way that covers its items in the fewest calls, and why. Pure.

By-id: ten ids in one call (CDN, DCDN). List: one id a question, in pages. Window: one listing of the time in which the
tasks were created, which shows them all at once, and whatever else the account created then.
"""

from __future__ import annotations

import math

from refresh_watch.products.polling.cost import Choice, How, direct_calls, known_of
from refresh_watch.products.polling.hints import SKIP_ONCE, UNUSABLE
from refresh_watch.products.polling.state import LookState
from refresh_watch.products.polling.window import Window


def choose(state: LookState, window: Window | None) -> Choice:
    """The way that is expected to cost the fewest calls. `window`: the time that can be listed."""
    known = tuple(map(known_of, state.left))
    if not state.watch.request.task_ids:
        return Choice(How.BY_PATH, f"{len(known)} paths, each has its own list", len(known))
    means = state.means
    direct = direct_calls(known, means)
    counted = sum(map(means.counted, known))
    way = How.COUNT if counted == len(known) else How.BY_ID if means.ids_per_call else How.LIST
    directly = f"{direct} calls" + (f", {counted} ids counted" if counted else "")
    window_rows = state.hints.window_rows(state.hints.created)
    cannot = _why_no_listing(state, window, window_rows)
    if window is None or cannot:
        return Choice(way, f"{cannot}; directly {directly}", direct)
    rows = max(window_rows, sum(max(1, objects) for objects in known))
    pages = math.ceil(rows / means.page_size)
    # a window that was cut to what has been seen does not show what was never seen
    besides = means.check_calls + (direct_calls([0] * known.count(0), means) if window.narrow else 0)
    listing = f"{len(known)} ids: about {rows} rows in {pages} pages and {besides} calls besides"
    if pages > state.list_calls_left:
        return Choice(way, f"{listing}, too many for the time; directly {directly}", direct)
    if pages + besides < direct:
        return Choice(How.WINDOW, f"{listing}; directly {directly}", pages + besides)
    return Choice(way, f"{listing}; directly only {directly}", direct)


def _why_no_listing(state: LookState, window: Window | None, window_rows: int) -> str:
    """Why no listing can be tried now; empty if one can."""
    if state.late and state.means.ids_per_call:
        # whatever is listed as running would have to be asked about by id all the same
        return "past the deadline no listing is enough"
    if window is None:
        return "there is no time to list"
    if window_rows == SKIP_ONCE:
        return "the last listing had no answer in time"
    return "a listing of that time cannot be used" if window_rows >= UNUSABLE else ""
