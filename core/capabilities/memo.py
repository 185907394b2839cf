"""Remembers the last results by the identity of immutable arguments.

Planograms and sites never change, but hashing one of 200 positions costs more than the lookup saves.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

A = TypeVar("A")
B = TypeVar("B")
R = TypeVar("R")


class Remembered(Generic[A, B, R]):
    """A pure function of two immutable values that keeps its last results.

    The arguments are kept alive with a result, so that an identity is never taken over by another value.
    """

    def __init__(self, function: Callable[[A, B], R], size: int) -> None:
        self._function, self._size = function, size
        self._kept: OrderedDict[tuple[int, int], tuple[A, B, R]] = OrderedDict()
        self._lock = Lock()
        self.__doc__ = function.__doc__

    def __call__(self, a: A, b: B) -> R:
        found = self.peek(a, b)
        return self.keep(a, b, self._function(a, b)) if found is None else found

    def peek(self, a: A, b: B) -> R | None:
        """The result if it is still known."""
        key = (id(a), id(b))
        with self._lock:
            hit = self._kept.get(key)
            if hit is None:
                return None
            self._kept.move_to_end(key)
            return hit[2]

    def keep(self, a: A, b: B, result: R) -> R:
        """Remembers a result that was found another way."""
        with self._lock:
            self._kept[(id(a), id(b))] = (a, b, result)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return result


def remembered(size: int) -> Callable[[Callable[[A, B], R]], Remembered[A, B, R]]:
    """Decorator: keeps the last ``size`` results of a function that never returns None."""
    return lambda function: Remembered(function, size)
