"""What Function Compute charges for an invocation, in China, by list.

Page "Billing overview" (pay-as-you-go, 2025-12-13): CNY 0.00011 a CU; a vCPU second is 1 CU, a GB second of memory
0.15 CU, 10,000 invocations 75 CU; time counts by the millisecond; a function that was invoked in a clock hour is
charged at least CNY 0.01 for that hour. 512 MB of disk come without charge. The promotion (0.000088 until 2026-08-27)
and free quotas are left out.
"""

from __future__ import annotations

import math

from refresh_watch.instants import Seconds
from refresh_watch_cli.resources import Size

CNY_PER_CU = 0.00011
CU_PER_VCPU_SECOND = 1.0
CU_PER_GB_SECOND = 0.15
CU_PER_CALL = 75 / 10_000
LEAST_PER_HOUR = 0.01
"""CNY, for each clock hour in which a function is invoked."""

SMALLEST = Size(0.05, 0.125)
"""The smallest instance there is: 0.05 vCPU and 128 MB."""


def units(seconds: Seconds, size: Size) -> float:
    """CU of one invocation of that length."""
    billed = math.ceil(seconds * 1000 - 1e-6) / 1000
    return billed * (size.vcpu * CU_PER_VCPU_SECOND + size.memory * CU_PER_GB_SECOND) + CU_PER_CALL
