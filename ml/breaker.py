"""When to leave a server alone, and how long to wait before asking it again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from threading import Lock

FAILURES, OPEN_S = 5, 60.0
BASE_S, MOST_S = 0.25, 4.0


class Breaker:
    """Opens after ``FAILURES`` in a row; after ``OPEN_S`` one call may try, and closes or opens it again
    (Nygard 2007). Safe for threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._opened: float | None = None
        self._lock = Lock()

    @property
    def is_open(self) -> bool:
        """Whether calls are held back now; asks nothing of it."""
        with self._lock:
            return self._opened is not None and self._clock() - self._opened < OPEN_S

    def allows(self) -> bool:
        """Whether to call now. Where it is time to try again, the one that asks first may."""
        with self._lock:
            if self._opened is None:
                return True
            if self._clock() - self._opened < OPEN_S:
                return False
            self._opened = self._clock()
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failures, self._opened = 0, None

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES:
                self._opened = self._clock()


def pause_s(tried: int, asked_s: float | None, rng: random.Random) -> float:
    """Seconds to wait after ``tried`` failed calls: exponential with full jitter (Brooker 2015), never less
    than the server asked for."""
    own = rng.uniform(0.0, min(MOST_S, BASE_S * 2.0**tried))
    return max(own, asked_s or 0.0)
