"""Which sizes the benchmark of cold starts chooses from."""

from __future__ import annotations

import subprocess
import sys

from tests.performance.cold_starts import MARGIN, candidates
from tests.performance.cpu_share import group

STEPS = [round(0.05 * step, 2) for step in range(1, 33)]


def test_every_size_is_one_that_function_compute_allows_and_holds_the_peak() -> None:
    found = list(candidates(STEPS, peak=150))
    assert found
    for size in found:
        megabytes = round(size.memory * 1024)
        assert megabytes % 64 == 0
        assert megabytes >= max(128, 150 * MARGIN)
        assert size.vcpu <= size.memory <= 4 * size.vcpu


def test_a_share_too_small_for_the_memory_is_no_candidate() -> None:
    assert next(size.vcpu for size in candidates(STEPS, peak=300)) == 0.15
    assert [(size.vcpu, size.memory * 1024) for size in candidates([0.05, 0.1], peak=60)] == [(0.05, 128), (0.1, 128)]


def test_a_command_inside_a_share_does_the_same_and_no_group_stays_behind() -> None:
    command = [sys.executable, "-c", "print(6 * 7)"]
    with group() as limited:
        if limited is not None:  # who may make one
            limited.limit(0.5)
            command = limited.command(command)
        assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "42\n"
    assert limited is None or not limited.folder.exists()
