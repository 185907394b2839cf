"""A sliding window: so many within so long, for each user on its own."""

from __future__ import annotations

import pytest

from core.errors import TooManyRequests
from core.trust import limits
from core.trust.limits import Limit, Limiter

TWO_A_MINUTE = Limit("questions", 2, 60.0)


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_one_more_than_the_limit_is_refused_until_the_first_has_passed(clock: Clock) -> None:
    """With how long to wait; a refused one does not count."""
    limiter = Limiter(clock)
    limiter.take("ann", TWO_A_MINUTE)
    clock.now += 20
    limiter.take("ann", TWO_A_MINUTE)
    for _ in range(3):
        with pytest.raises(TooManyRequests, match="More than 2 questions") as told:
            limiter.take("ann", TWO_A_MINUTE)
    assert told.value.retry_after_s == pytest.approx(40)
    clock.now += 40
    limiter.take("ann", TWO_A_MINUTE)
    with pytest.raises(TooManyRequests):
        limiter.take("ann", TWO_A_MINUTE)


def test_users_and_kinds_are_counted_apart(clock: Clock) -> None:
    """What one asks does not stop another."""
    limiter = Limiter(clock)
    for key in ("ann", "bob"):
        for limit in (TWO_A_MINUTE, Limit("uploads", 1, 60.0)):
            limiter.take(key, limit)
    limiter.take("ann", TWO_A_MINUTE)
    with pytest.raises(TooManyRequests):
        limiter.take("ann", Limit("uploads", 1, 60.0))


def test_memory_stays_small(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who asked longest ago are forgotten first."""
    monkeypatch.setattr(limits, "MAX_KEYS", 10)
    limiter = Limiter(clock)
    for number in range(100):
        clock.now += 1
        limiter.take(number, TWO_A_MINUTE)
        assert len(limiter._asked) <= 10
    assert (99, "questions") in limiter._asked
