"""Good answers kept by content: five minutes in memory, an hour in Redis, a day in the database."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any

from core.language import KeptAnswer, Ledger, Tier
from core.telemetry import log
from ml.breaker import Breaker

MEMORY_S, REDIS_S = 300.0, 3600
MOST = 2_000
REDIS_TIMEOUT_S = 0.25
_PREFIX = "workbench:answer:"


@dataclass(frozen=True, slots=True)
class Hit:
    answer: KeptAnswer
    level: str
    """``memory``, ``redis`` or ``database``."""


class AnswerCache:
    """Three levels; what a lower one holds comes up. A Redis that fails is left alone for a while."""

    def __init__(self, redis_url: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        self._url = redis_url
        self._clock = clock
        self._memory: OrderedDict[str, tuple[float, KeptAnswer]] = OrderedDict()
        self._lock = Lock()
        self._breaker = Breaker(clock)

    def get(self, key: str, ledger: Ledger) -> Hit | None:
        if (found := self._from_memory(key)) is not None:
            return Hit(found, "memory")
        for level, look in (("redis", self._from_redis), ("database", ledger.kept)):
            if (found := look(key)) is not None:
                self._remember(key, found)
                return Hit(found, level)
        return None

    def put(self, key: str, answer: KeptAnswer, ledger: Ledger) -> None:
        self._remember(key, answer)
        self._redis_do(lambda redis: redis.set(_PREFIX + key, _dumped(answer), ex=REDIS_S))
        ledger.keep(key, answer)

    def _from_memory(self, key: str) -> KeptAnswer | None:
        with self._lock:
            until, answer = self._memory.get(key, (0.0, None))
            if answer is None or until < self._clock():
                self._memory.pop(key, None)
                return None
            self._memory.move_to_end(key)
            return answer

    def _remember(self, key: str, answer: KeptAnswer) -> None:
        with self._lock:
            self._memory[key] = (self._clock() + MEMORY_S, answer)
            self._memory.move_to_end(key)
            while len(self._memory) > MOST:
                self._memory.popitem(last=False)

    def _from_redis(self, key: str) -> KeptAnswer | None:
        data = self._redis_do(lambda redis: redis.get(_PREFIX + key))
        try:
            return None if data is None else _loaded(data)
        except (ValueError, TypeError):  # another version's, or somebody else's
            log().warning("redis_answer_not_read")
            return None

    @property
    def fault(self) -> str:
        """What does not work now, as a sentence; "" where all is well."""
        if not self._breaker.is_open:
            return ""
        return "Redis does not answer; answers are kept in memory and in the database alone."

    @cached_property
    def _redis(self) -> Any:
        from redis import Redis

        return Redis.from_url(
            self._url, socket_timeout=REDIS_TIMEOUT_S, socket_connect_timeout=REDIS_TIMEOUT_S
        )

    def _redis_do(self, action: Callable[[Any], Any]) -> Any:
        if not self._url or not self._breaker.allows():
            return None
        from redis.exceptions import RedisError

        try:
            result = action(self._redis)
        except (RedisError, OSError, ValueError) as error:
            self._breaker.failed()
            log().warning("redis_failed", error=type(error).__name__)
            return None
        self._breaker.succeeded()
        return result


def _dumped(answer: KeptAnswer) -> str:
    return json.dumps([answer.value, answer.model, int(answer.tier), answer.quality])


def _loaded(data: bytes) -> KeptAnswer:
    kept = json.loads(data)
    if not isinstance(kept, list):
        raise ValueError("not an answer")
    value, model, tier, quality = kept
    return KeptAnswer(value, model, Tier(tier), quality)
