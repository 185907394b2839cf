"""Seconds spent and left of a time limit."""

from __future__ import annotations

import time


class Clock:
    """Runs from its making on; ``limit_s`` may be shortened."""

    def __init__(self, limit_s: float) -> None:
        self.started = time.perf_counter()
        self.limit_s = limit_s

    @property
    def spent(self) -> float:
        return time.perf_counter() - self.started

    @property
    def left(self) -> float:
        return max(0.0, self.limit_s - self.spent)
