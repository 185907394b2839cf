"""Remembers the last results by the identity of immutable arguments.

Planograms and sites never change, but hashing one of 200 positions costs more than the lookup saves.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")
R = TypeVar("R")


def remembered(size: int) -> Callable[[Callable[[A, B], R]], Callable[[A, B], R]]:
    """Decorator for a pure function of two immutable values; keeps the last ``size`` results.

    The arguments are kept alive with the result, so that an identity is never taken over by another value.
    """

    def decorate(function: Callable[[A, B], R]) -> Callable[[A, B], R]:
        kept: OrderedDict[tuple[int, int], tuple[A, B, R]] = OrderedDict()
        lock = Lock()

        def lookup(a: A, b: B) -> R:
            key = (id(a), id(b))
            with lock:
                hit = kept.get(key)
                if hit is not None:
                    kept.move_to_end(key)
                    return hit[2]
            result = function(a, b)
            with lock:
                kept[key] = (a, b, result)
                while len(kept) > size:
                    kept.popitem(last=False)
            return result

        lookup.__doc__ = function.__doc__
        lookup.__name__ = function.__name__
        return lookup

    return decorate
