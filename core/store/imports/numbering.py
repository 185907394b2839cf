"""The k of every line: how many identical lines stand before it in its file."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
Hashes = NDArray[np.uint64]
_ODD = np.uint64(0x9E3779B97F4A7C15)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def _mix(value: Hashes) -> Hashes:
    """The finalizer of SplitMix64 (Steele, Lea, Flood 2014)."""
    value = (value ^ (value >> np.uint64(30))) * _MIX_1
    value = (value ^ (value >> np.uint64(27))) * _MIX_2
    return value ^ (value >> np.uint64(31))


class Numbering:
    """Numbers identical lines over all chunks of a file, in memory of 8 bytes a distinct line.

    Lines are told apart by a 64-bit hash: among ten million lines two different ones meet with a
    chance of 3 in a million, and then one of them only gets a higher k.
    """

    def __init__(self) -> None:
        self._seen: list[Hashes] = []

    def number(self, key: Sequence[IntArray], texts: Sequence[str]) -> IntArray:
        """k of each row of a chunk, shape (n,), by the columns and texts of its key."""
        value = _mix(np.fromiter(map(hash, texts), np.int64, len(texts)).astype(np.uint64))
        for column in key:
            value = _mix(value * _ODD + column.astype(np.uint64))
        order = np.argsort(value, kind="stable")
        ordered = value[order]
        starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]][: len(ordered)])
        sizes = np.diff(np.r_[starts, len(ordered)])
        result = np.empty(len(value), np.int64)
        result[order] = np.arange(len(value)) - np.repeat(starts, sizes) + np.repeat(
            self._count_before(ordered[starts]), sizes
        )
        self._add(ordered)
        return result

    def _count_before(self, distinct: Hashes) -> IntArray:
        total: IntArray = np.zeros(len(distinct), np.int64)
        for seen in self._seen:
            total += np.searchsorted(seen, distinct, "right") - np.searchsorted(seen, distinct, "left")
        return total

    def _add(self, ordered: Hashes) -> None:
        """Keep sorted runs, merging those of like size, so that there are few of them."""
        self._seen.append(ordered)
        while len(self._seen) > 1 and len(self._seen[-1]) * 2 > len(self._seen[-2]):
            last, before = self._seen.pop(), self._seen.pop()
            merged = np.concatenate([before, last])
            merged.sort(kind="stable")
            self._seen.append(merged)
