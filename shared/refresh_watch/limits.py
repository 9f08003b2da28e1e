"""Function Compute's figures, and ours that keep below them. Every room takes them from here."""

from __future__ import annotations

import re

from refresh_watch.instants import Seconds

LONGEST_DELAY: Seconds = 3599
"""Of an asynchronous call (header x-fc-async-delay, over 0 and under 3600)."""

TASK_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,127}")
"""What the id of a task may be (SDK alibabacloud-fc20230330)."""

RECORD_KEPT: Seconds = 7 * 86400
"""So long Function Compute shows a task and its payload, and refuses its id to another."""

MAX_ASYNC_BYTES = 128 * 1024
"""Of the payload of an asynchronous call; a larger one is refused (EntityTooLarge)."""

MAX_PAYLOAD = MAX_ASYNC_BYTES // 2
"""Of a payload of ours: an onFailure envelope holds it once more, as an escaped string."""

MAX_SYNC_BYTES = 32 * 1024 * 1024
"""Of the payload of a call whose caller waits."""

MAX_ENVIRONMENT_BYTES = 4096
"""Of all the environment variables of a function together, names and values."""

MAX_EVENT_AGE: Seconds = 604_800
"""What maxAsyncEventAgeInSeconds may be set to."""

MAX_RETRIES = 8
"""What maxAsyncRetryAttempts may be set to."""

LONGEST_TIMEOUT: Seconds = 86_400
"""What a function's own time-out may be set to."""

TASKS_A_PAGE = 100
"""The most that one page of ListAsyncTasks holds."""
