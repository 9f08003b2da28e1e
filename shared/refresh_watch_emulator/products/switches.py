"""The facts that Alibaba Cloud's documents leave open, one switch each.

The defaults are the likeliest position (docs/open-facts.md). The code that reads the answers has
to be right in every position.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from refresh_watch.instants import Seconds


@dataclass(frozen=True)
class Switches:
    """How this stand-in behaves where the documents are silent or contradict each other."""

    by_id_row_limit: int | None = None
    """Rows that one answer of a by-id operation holds at most; None: all."""
    by_id_total: Literal["full", "cut"] = "full"
    """TotalCount of a cut by-id answer: of all rows, or of those shown."""
    by_id_form: Literal["list", "wrapped"] = "list"
    """``"Tasks": […]`` as recorded, or wrapped like the list operation's, as the documents' text has it."""
    time_filter: Literal["obeyed", "ignored"] = "obeyed"
    """Whether StartTime and EndTime choose rows; all four documents say so."""
    status_filter: Literal["obeyed", "ignored", "refused"] = "obeyed"
    """Whether Status chooses rows; refused: 400 InvalidStatus.ValueNotSupported."""
    listing_updates: bool = True
    """A listing that names no task or URL brings the statuses up to date that it shows, as a question about a task
    does; if not, it shows what the last such question saw."""
    stale_answers: bool = False
    """An answer shows the state that the previous question about the task brought up to date."""
    invisible_seconds: Seconds = 0.0
    """A new task is absent from every answer for that long."""
    unknown_id: Literal["empty", "malformed"] = "empty"
    """A numeric id that was never given out: no rows, or 400 InvalidTaskId.Malformed (for the whole call)."""
    comma_list: Literal["malformed", "accepted"] = "malformed"
    """Several ids in one TaskId of a list operation; documented only for by-id."""
    numeric_ids: bool = False
    """TaskId as a JSON number."""
    process_form: Literal["percent", "plain", "decimal", "int"] = "percent"
    """``"100%"``, ``"10"``, ``"99.37%"``, or a JSON number."""
    progress: Literal["moves", "jumps", "mute"] = "moves"
    """Process grows while a task runs; or is 0 % until 100 %; or the status, too, reads Refreshing from the first."""
    timeout_and_canceled: bool = True
    """Whether failures of that sort read Timeout and Canceled, or just Failed."""
    description_form: Literal["spaced", "joined"] = "spaced"
    """``Origin Timeout`` (VOD, CDN) or ``OriginTimeout`` (DCDN, CDN)."""
    description_when_fine: Literal["absent", "empty", "error"] = "absent"
    """What stands in Description of an object that has not failed; DCDN's sample shows an error with Complete."""
    directory_word: Literal["directory", "path"] = "directory"
    """ObjectType of a directory in answers."""
    legacy_action: Literal["known", "gone"] = "known"
    """VOD's DescribeRefreshTasks of 2017-03-21; gone: 404 InvalidAction.NotFound."""
    legacy_requires_domain: bool = False
    """Whether that action insists on DomainName and ObjectType, as its document says."""
    throttled_as: Literal["400", "429", "503"] = "400"
    """A call over the quota: 400 Throttling.User, 429 TooManyRequests, or 503 Throttling."""
    tell_retry_after: bool = False
    """Whether that answer carries x-acs-retry-after (milliseconds)."""
    entity_exists: Literal["EntityAlreadyExist", "EntityAlreadyExists"] = "EntityAlreadyExist"
    """How RAM's codes for what exists already begin: its operations' pages and its error page (28754) differ."""
