"""The texts of messages in English. Same keys and placeholders as `texts_zh`."""

from __future__ import annotations

UTC_OFFSET = 0
"""Seconds east of Greenwich of the times in messages; `moment` names the zone."""

TEXTS = {
    # the title: [CDN refresh][prod][failed 3/120] release 2026.11.22
    "job.refresh": "{product} refresh",
    "job.prefetch": "{product} prefetch",
    "job.unknown": "{product} task",
    "job.none": "refresh-watch",
    "title.complete": "complete {count}/{total}",
    "title.failed": "failed {count}/{total}",
    "title.partly_failed": "failed {count}/{total}",
    "title.overdue": "overdue {count}/{total}",
    "title.unverifiable": "unverifiable {count}/{total}",
    "title.stopped": "stopped {count}/{total}",
    "title.interim": "failed {count}/{total} so far",
    "title.rejected": "request rejected",
    "title.broken": "watch broken",
    "title.more_tasks": "{first} and {count} more",
    # one sentence that says what happened
    "summary.complete": "Everything is complete: {total} of {total}.",
    "summary.failed": "{failed} of {total} objects failed.",
    "summary.partly_failed": "{failed} of {total} objects failed.",
    "summary.overdue": "Still running at the deadline: {overdue} of {total} objects.",
    "summary.unverifiable": "How {unverifiable} of {total} objects ended is not known.",
    "summary.stopped": "The watch was stopped. How {open} of {total} objects ended is not known.",
    "summary.interim": "The first failures: {failed} of {total} objects so far. The watch goes on.",
    "summary.rejected": "The request was not accepted. Nothing is being watched.",
    "summary.broken": "refresh-watch itself gave up on this watch. How the job ended is not known.",
    "summary.with_why": "{summary} Why: {why}.",
    "summary.with_others": "{summary} The others: {counts}.",
    # facts
    "fact.objects": "Objects",
    "fact.tasks": "Tasks",
    "fact.why": "Why",
    "fact.detail": "Detail",
    "fact.last_status": "Last status",
    "fact.submitted": "Submitted",
    "fact.accepted": "Watched since",
    "fact.settled": "Settled by",
    "fact.ended": "Watch ended",
    "fact.told": "Reported",
    "fact.took": "Took at most",
    "fact.waited": "Waited",
    "fact.asked": "Asked",
    "fact.account": "Account",
    "fact.region": "Watched from",
    "fact.request_id": "Request ID",
    "fact.watch": "Watch",
    "fact.note": "Note",
    "count.complete": "{count} complete",
    "count.failed": "{count} failed",
    "count.overdue": "{count} overdue",
    "count.unverifiable": "{count} unverifiable",
    "count.running": "{count} still running",
    "asked": "looks {looks}, API calls {calls}",
    "moment": "{moment} UTC",
    "unit.d": "{count}d",
    "unit.h": "{count}h",
    "unit.m": "{count}m",
    "unit.s": "{count}s",
    "list.separator": ", ",
    "label.separator": ": ",
    # failures
    "heading.failures": "Failures",
    "heading.next": "Next step",
    "heading.command": "Lists all failed URLs, to submit them again",
    "link.console": "{product} console",
    "failure.origin_timeout": "OriginTimeout (the origin did not answer in time)",
    "failure.origin_5xx": "Origin 5xx (the origin answered with a server error)",
    "failure.internal_error": "InternalError (inside the CDN)",
    "failure.timeout": "Timeout (it timed out in the queue, never executed)",
    "failure.canceled": "Canceled (the task was canceled)",
    "failure.no_reason": "no reason given",
    "failure.other": "{words}",
    "failure.rest": "further failed objects",
    "failure.count": "{reason}: {count}",
    "more": "{count} more",
    "footer": "refresh-watch · event {event}",
    # why an object is unverifiable
    "reason.never_seen": "never seen by the API",
    "reason.too_old": "older than 3 days, which the API no longer shows",
    "reason.no_permission": "the key lacks a permission",
    "reason.not_opened": "the service is not opened",
    "reason.overdue_payment": "the account has an overdue payment",
    "reason.malformed_id": "the API calls the task id malformed",
    "reason.bad_key": "the access key is not accepted",
    "reason.refused": "the API refuses",
    "reason.no_answer": "the API gave no usable answer",
    "reason.throttled": "the API throttled every call",
    "reason.quota": "a quota of the account is used up",
    "reason.stopped": "stopped by a person",
    # notes
    "note.vod_legacy_fallback": (
        "VOD no longer knows the action DescribeRefreshTasks; DescribeVodRefreshTasks was asked instead"
    ),
    "note.stopped_by": "stopped by {who}",
    "note.found_by_sweep": "Found by the sweep: this job had no watch when it failed",
    "note.sweep_unable": (
        "The sweep, which looks for failed tasks without a watch, does not work here: fix what the detail names, or "
        "remove the product from the timer's payload"
    ),
    "note.undelivered": "Channel {channel} has not received this: {why}",
    # what to do about it: read at night, so short, in the imperative, and true
    "next.origin_timeout": (
        "The origin timed out: check that it answers and that its firewall lets the CDN's addresses in, "
        "then submit these URLs again."
    ),
    "next.origin_5xx": "The origin answered 5xx: find these URLs in its log, fix it, then submit them again.",
    "next.internal_error": (
        "InternalError: submit these URLs again. If it repeats, open a ticket with the task id and the request ID."
    ),
    "next.timeout": (
        "Timed out in the queue, never executed: submit these URLs again. If it repeats, submit fewer at a time, "
        "or open a ticket with the task id."
    ),
    "next.canceled": "Canceled: find out who canceled the task; if these URLs are still wanted, submit them again.",
    "next.no_reason": "No reason given: submit these URLs again. If they fail again, open a ticket with the task id.",
    "next.other": "Other reasons: fix what they name, then submit these URLs again.",
    "next.quota": "The account's daily quota is used up: raise it, or submit the rest on the next day (UTC+8).",
    "next.overdue": (
        "What is overdue may still end: watch again with a longer deadline (start --again), or submit again."
    ),
    "next.never_seen": "Check the task id, the product and the account: this account's API never showed such a task.",
    "next.too_old": "Check the URLs themselves, or submit them again: the API shows only 3 days of tasks.",
    "next.no_permission": (
        "Grant the RAM action {action} to the role or user that refresh-watch runs as, "
        "then watch again (start --again)."
    ),
    "next.not_opened": "Open the service in the console, or use the account in which the job was submitted.",
    "next.overdue_payment": "Pay the overdue bill of this Alibaba Cloud account, then watch again (start --again).",
    "next.malformed_id": "Check the task id: it is the number that the submit API returned.",
    "next.bad_key": (
        "Check the access key of refresh-watch: it is unknown, disabled or does not match its secret. "
        "Then watch again (start --again)."
    ),
    "next.refused": "Look up the API's code {code}, then watch again (start --again).",
    "next.no_answer": "Watch again later (start --again): the product's API was unreachable or busy throughout.",
    "next.throttled": (
        "Find the program that uses up this account's API calls per second and slow it down, then watch again "
        "(start --again)."
    ),
    "next.stopped": "To go on, watch again (start --again).",
    "next.rejected": "Correct the request and send it again.",
    "next.not_submitted": "The submit call itself failed: fix what the API's error code says, then submit again.",
    "next.broken": "Look up the watch in the functions' log. If no final report follows, watch again (start --again).",
}
