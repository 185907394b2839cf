"""Heavy work is done one piece at a time."""

from __future__ import annotations

import resource
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from core.errors import TooManyRequests
from core.workbench.turns import Turns


def test_two_never_work_at_once() -> None:
    """The second waits for the first."""
    turns, inside, most = Turns(), [], []

    def work() -> None:
        with turns.take("testing"):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.01)
            inside.pop()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: work(), range(4)))
    assert most == [1, 1, 1, 1]


def test_who_would_wait_too_long_is_told_when_to_come_again() -> None:
    """A full line at once, a slow one after the time."""
    turns, started, done = Turns(waiting=1, patience_s=0.05), Event(), Event()

    def hold() -> None:
        with turns.take("testing"):
            started.set()
            done.wait(5)

    with ThreadPoolExecutor(2) as pool:
        held = pool.submit(hold)
        started.wait(5)
        with pytest.raises(TooManyRequests, match="busy testing") as told, turns.take("testing"):
            pass
        assert told.value.retry_after_s > 0
        done.set()
        held.result()
    with turns.take("testing"):
        pass


def test_a_failure_makes_room_for_the_next() -> None:
    """As often as it fails."""
    turns = Turns(waiting=0)
    for _ in range(3):
        with pytest.raises(ValueError, match="broken"), turns.take("testing"):
            raise ValueError("broken")


def test_memory_that_is_free_is_given_back() -> None:
    """After each piece of work; where the C library cannot, nothing happens."""
    kept: list[bytes] = []
    before = _resident()
    with Turns().take("testing"):
        small = [bytes(8_000) for _ in range(12_000)]
        kept.append(small.pop())
        del small
    assert _resident() - before < 60_000_000


def _resident() -> int:
    """Bytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()
