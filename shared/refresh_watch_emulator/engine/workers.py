"""All handler processes: kept warm, handed out to one run at a time, never left behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from refresh_watch.instants import Seconds
from refresh_watch_emulator.engine.environment import environment_of
from refresh_watch_emulator.engine.fork_server import ForkServer
from refresh_watch_emulator.engine.manifest import Function
from refresh_watch_emulator.engine.worker import Code, Gate, Instance, LogLine


class Workers:
    """All instances. Warm ones wait, the newest used first; at most ``most_idle`` of them."""

    def __init__(
        self,
        code_of: Callable[[str], Code],
        environment: Mapping[str, str],
        log: Callable[[LogLine], None],
        *,
        fork_server: ForkServer,
        most_idle: int,
        new_gate: Callable[[Function], Gate | None],
    ) -> None:
        """``code_of`` maps a resource key to its source; ``environment`` overrides the functions' own."""
        self._code_of = code_of
        self._environment = environment
        self._log = log
        self._fork_server = fork_server
        self._most_idle = most_idle
        self._new_gate = new_gate
        self._idle: list[Instance] = []
        self._busy: set[Instance] = set()
        self._lock = threading.Lock()
        self._closed = False

    def take(self, function: Function) -> Instance:
        """Give a warm instance of the function, else a new one."""
        with self._lock:
            for instance in reversed(self._idle):
                if instance.function == function and instance.alive:
                    self._idle.remove(instance)
                    self._busy.add(instance)
                    return instance
        gate = self._new_gate(function)
        environment = environment_of(function, self._environment, gate.url if gate else None)
        instance = Instance(
            function,
            self._code_of(function.key),
            environment,
            self._log,
            fork_server=self._fork_server,
            gate=gate,
        )
        with self._lock:
            self._busy.add(instance)
            closed = self._closed
        if closed:
            instance.stop()
        return instance

    def give_back(self, instance: Instance) -> None:
        """Keep the instance warm if it lives; let the longest idle one go when there are too many."""
        with self._lock:
            self._busy.discard(instance)
            gone = [instance] if self._closed or not instance.alive else []
            if not gone:
                self._idle.append(instance)
                if len(self._idle) > self._most_idle:
                    gone.append(self._idle.pop(0))
        for old in gone:
            old.close()

    def retire(self, idle: Seconds) -> None:
        """Let go what has been idle for so long."""
        with self._lock:
            limit = time.monotonic() - idle
            gone = [instance for instance in self._idle if instance.idle_since < limit]
            self._idle = [instance for instance in self._idle if instance not in gone]
        for old in gone:
            old.close()

    def close(self) -> None:
        """Kill every process. Runs under way end as STOPPED, and so do later ones."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            busy = list(self._busy)
        for instance in busy:
            instance.stop()
        for instance in idle:
            instance.close()
