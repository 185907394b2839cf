"""How far an optimization has come, and whether it should go on."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """``share`` 0–1 of the work or the time · ``worth`` of the best plan so far and of the present one, money
    a day by the goals · ``gap``: between the best plan and the proven bound where one is known, a
    fraction."""

    share: float
    doing: str
    worth: float
    present: float
    gap: float | None


OnStep = Callable[[Step], bool]
"""Is told each step; returns False to stop, and the best so far is kept."""


class Watch:
    """The time an optimization has, what it tells, and whether it was asked to stop."""

    def __init__(self, limit_s: float, present: float, on_step: OnStep | None) -> None:
        self.started = time.perf_counter()
        self.asked_to_stop = False
        self._limit_s, self._present, self._on_step = limit_s, present, on_step
        self._share, self._doing, self._best, self._gap = 0.0, "Starting", -math.inf, math.nan

    @property
    def spent_s(self) -> float:
        return time.perf_counter() - self.started

    @property
    def left_s(self) -> float:
        return max(self._limit_s - self.spent_s, 0.0)

    def is_over(self) -> bool:
        """Whether the time is up or somebody wants the best so far."""
        return self.asked_to_stop or self.left_s <= 0.0

    def say(self, doing: str, share: float) -> None:
        """Begin a part of the work."""
        self._doing, self._share = doing, max(share, self._share)
        self._tell()

    def reached(self, worth: float) -> None:
        """A plan of this worth was found."""
        self._best = max(self._best, worth)
        self._tell()

    def proved(self, gap: float) -> None:
        """The gap between the best first-order plan and its bound is this."""
        self._gap = gap
        self._tell()

    def _tell(self) -> None:
        if self._on_step is None or self.asked_to_stop:
            return
        share = max(self._share, min(self.spent_s / self._limit_s, 1.0))
        gap = None if math.isnan(self._gap) else self._gap
        worth = self._best if math.isfinite(self._best) else self._present
        if not self._on_step(Step(share, self._doing, worth, self._present, gap)):
            self.asked_to_stop = True
