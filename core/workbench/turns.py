"""Work that takes all of a small machine is done one piece at a time; who would wait too long is told so."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore, Lock

from core.errors import TooManyRequests


class Turns:
    """One piece of work at a time in this process, ``waiting`` more in line for up to ``patience_s`` each."""

    def __init__(self, waiting: int = 3, patience_s: float = 30.0) -> None:
        self._patience_s = patience_s
        self._working = Lock()
        self._seats = BoundedSemaphore(waiting + 1)

    @contextmanager
    def take(self, doing: str) -> Iterator[None]:
        """Raises TooManyRequests where the line is full or does not move. ``doing``: what the machine is
        busy with, as in "reading another photo"."""
        if not self._seats.acquire(blocking=False):
            raise self._busy(doing)
        try:
            if not self._working.acquire(timeout=self._patience_s):
                raise self._busy(doing)
            try:
                yield
            finally:
                give_back()
                self._working.release()
        finally:
            self._seats.release()

    def _busy(self, doing: str) -> TooManyRequests:
        return TooManyRequests(f"The workbench is busy {doing}.", "Try again in some seconds.", 5.0)


def give_back() -> None:
    """Hand memory that is free to the system: glibc keeps it for each thread that ever worked, so that photos
    read by a server's many threads would hold half a gigabyte each (malloc_trim(3))."""
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    """None where the C library has none."""
    if not sys.platform.startswith("linux"):
        return None
    found: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return found
