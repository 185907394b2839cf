"""How often one user may ask: a sliding window in this process."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock

from core.errors import TooManyRequests

MAX_KEYS = 10_000


@dataclass(frozen=True, slots=True)
class Limit:
    """``times`` within ``seconds``; ``name`` as a person would say it."""

    name: str
    times: int
    seconds: float


REAL_TIME = Limit("placement requests", 100, 60.0)
QUESTION = Limit("questions", 100, 60.0)
PREDICTION = Limit("predictions", 20, 60.0)
SIGN_IN = Limit("sign-ins", 10, 60.0)


class Limiter:
    """Remembers when each key asked. ``clock`` in seconds, rising."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._asked: dict[Hashable, deque[float]] = {}
        self._lock = Lock()

    def take(self, key: Hashable, limit: Limit) -> None:
        """Note one request. Raises TooManyRequests, and notes nothing, where the limit is reached."""
        with self._lock:
            now = self._clock()
            asked = self._asked.setdefault((key, limit.name), deque())
            while asked and asked[0] <= now - limit.seconds:
                asked.popleft()
            if len(asked) >= limit.times:
                wait = asked[0] + limit.seconds - now
                raise TooManyRequests(
                    f"More than {limit.times} {limit.name} came within {limit.seconds:g} seconds.",
                    f"Try again in {max(wait, 1.0):.0f} seconds.", wait,
                )
            asked.append(now)
            if len(self._asked) > MAX_KEYS:
                self._forget(now)

    def _forget(self, now: float) -> None:
        """Drop the keys that asked longest ago, half of them."""
        oldest = sorted(self._asked, key=lambda key: self._asked[key][-1] if self._asked[key] else now)
        for key in oldest[: MAX_KEYS // 2]:
            del self._asked[key]
