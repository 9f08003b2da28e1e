"""`refresh-watch demo`: submits jobs, watches them, and shows the messages that on-call gets. Ends by itself."""

from __future__ import annotations

import argparse
import os
import queue
import signal
import time

from refresh_watch.instants import Seconds
from refresh_watch.product_specs.registry import spec_of
from refresh_watch.settings import Settings
from refresh_watch.watching.request import read_request
from refresh_watch_cli.demo.board import Board, JobRow, Screen, summary_lines
from refresh_watch_cli.demo.jobs import Job, jobs
from refresh_watch_cli.demo.stage import ENDS_AFTER, KEY_ID, KEY_SECRET, KEYS, STANDING_IN, DemoStage, stage
from refresh_watch_cli.printing import called_as, complain
from refresh_watch_cli.serve import LOCAL_REGION, curl_lines
from refresh_watch_cli.submitting import submit
from refresh_watch_emulator.chat_wall import WallMessage
from refresh_watch_emulator.engine.worker import LogLine

LONGEST: Seconds = 55
"""After so long the demo says what is missing."""

READ_EVERY: Seconds = 1.0
SETTLE: Seconds = 2.0
"""So long after the last awaited message a second one, which must not be, is waited for."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--serve", action="store_true", help="stay up until Ctrl-C, with URLs to play with")


def run(namespace: argparse.Namespace) -> int:
    """0 when every watch ended as expected, told exactly once to each channel; else 1, naming which did not.

    Raises BadInput for a REFRESH_WATCH_LANGUAGE that does not exist, EngineError.
    """
    given = os.environ.get("REFRESH_WATCH_LANGUAGE", "")
    language = Settings.from_environment({"REFRESH_WATCH_LANGUAGE": given}).language
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does: nothing is left behind
    messages: queue.SimpleQueue[WallMessage] = queue.SimpleQueue()
    log: list[LogLine] = []
    board = Board()
    todo = jobs()
    with stage(todo, messages.put, log.append, language) as running:
        print("No account needed: products, chats and Function Compute stand in on 127.0.0.1,", flush=True)
        print("the functions are the deployed ones. Jobs are submitted, their ids watched:", flush=True)
        with Screen(board) as screen:
            _play(todo, running, board, screen, messages)
        print("\n" + "\n".join(summary_lines(board)), flush=True)
        wrong = [row for row in board.rows if row.fault] or len(board.rows) < len(todo)
        if namespace.serve:
            _stay(running, messages)
    if wrong:
        complain("the demo did not end as expected; the last lines of the functions' log:")
        for line in log[-10:]:
            complain(line.text)
    return 1 if wrong else 0


def _play(
    todo: tuple[Job, ...], running: DemoStage, board: Board, screen: Screen, messages: queue.SimpleQueue[WallMessage]
) -> None:
    began = time.monotonic()
    for job in todo:
        answer = None
        what = "an id that was never given out"
        if job.plans:
            spec = spec_of(spec_of(job.product).service)
            operation, answer = submit(spec, job.kind, job.urls, KEYS, running.products.endpoint)
            what = f"{operation}, {len(job.plans)} URL{'s' if len(job.plans) > 1 else ''}"
        watch_id = running.watches.start_request(read_request(job.request(answer))).watch_id
        board.rows.append(JobRow(job, watch_id))
        screen.say(f"  {job.product:<10} {what:<40} watch {watch_id}")
    read_at = told_at = 0.0
    while (seconds := time.monotonic() - began) < LONGEST:
        _show(board, screen, messages)
        if seconds - read_at >= READ_EVERY:
            read_at = seconds
            board.read(running.record)
            screen.tick(seconds)
        if not board.is_reported:
            told_at = seconds
        elif seconds - told_at >= SETTLE:
            return


def _show(board: Board, screen: Screen, messages: queue.SimpleQueue[WallMessage]) -> None:
    try:
        message = messages.get(timeout=0.2)
    except queue.Empty:
        return
    board.saw(message)
    screen.message(message)


def to_play_with(products: str, functions: str, chats: str) -> str:
    """What to do while the demo stays up. All three are URLs."""
    return "\n".join(
        [
            "Still up; Ctrl-C ends it. To play with, in another terminal:",
            f"  export ALIBABA_CLOUD_ACCESS_KEY_ID={KEY_ID}",
            f"  export ALIBABA_CLOUD_ACCESS_KEY_SECRET={KEY_SECRET}",
            f"  export REFRESH_WATCH_REGION={LOCAL_REGION}",
            *(f"  export REFRESH_WATCH_{name}_ENDPOINT={products}" for name in STANDING_IN),
            f"  export REFRESH_WATCH_FC_ENDPOINT={functions}",
            f"  {called_as()} list cdn",
            f"  {curl_lines(functions)}",
            "The message of that watch comes after 35 to 50 s.",
            "Submitted to the stand-in, a URL with fail (timeout, cancel, hang) in its path",
            f"ends so after {ENDS_AFTER:.0f} s. What has failed:",
            f"  {called_as()} list cdn --status failed",
            "Messages go on being shown here, and as their chats show them at",
            f"  {chats}",
        ]
    )


def _stay(running: DemoStage, messages: queue.SimpleQueue[WallMessage]) -> None:
    chats = f"http://127.0.0.1:{running.wall.port}/"
    print(f"\n{to_play_with(running.products.endpoint, running.engine.url, chats)}", flush=True)
    board = Board()
    screen = Screen(board)
    try:
        while True:
            _show(board, screen, messages)
    except KeyboardInterrupt:
        print("ended", flush=True)
