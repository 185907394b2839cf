"""The best slicing of a wall of strips into windows, by dynamic programming.

A slicing cuts a rectangle in two, upright or lengthwise, and each part again, until each part holds one
block. What a block is worth in a window is a table; the best slicing of a set of blocks in a rectangle
follows from the best slicings of its two parts (Stockmeyer 1983, of floor plans). Up to ``EXACT`` blocks all
sets are looked at; with more, those that follow each other in an order, which is improved block by block.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.optimize.problem import BoolArray, IntArray

EXACT = 7
"""Blocks of which all sets are looked at: 3 to this power cuts are compared."""
Values = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Wall:
    """``strips`` in a row, first to last."""

    strips: int

    @cached_property
    def ranges(self) -> IntArray:
        """First and last of neighboring strips, (R, 2)."""
        return np.array([(a, b) for a in range(self.strips) for b in range(a, self.strips)], np.int64)

    @cached_property
    def within(self) -> BoolArray:
        """Whether the second range lies within the first, (R, R)."""
        first, last = self.ranges.T
        return np.asarray((first[:, None] <= first) & (last <= last[:, None]))

    @cached_property
    def halves(self) -> tuple[IntArray, IntArray, IntArray]:
        """Ranges cut lengthwise: (whole, lower, upper), (H,) each, sorted by whole."""
        index = {tuple(both): i for i, both in enumerate(self.ranges.tolist())}
        cuts = [
            (index[a, b], index[a, m], index[m + 1, b]) for a, b in self.ranges.tolist() for m in range(a, b)
        ]
        whole, lower, upper = np.array(cuts, np.int64).reshape(-1, 3).T
        return whole, lower, upper


@dataclass(frozen=True)
class Piece:
    """A block's window in a slicing: strips, left edge and width in steps of the grid."""

    block: int
    first: int
    last: int
    x: int
    width: int


@dataclass(frozen=True, eq=False)
class Sets:
    """Sets of blocks: the first are the blocks themselves, the last is all of them.

    ``levels``: sets of one size and the ways to part them: (sets, first part, second part, where each set's
    ways begin).
    """

    count: int
    levels: tuple[tuple[IntArray, IntArray, IntArray, IntArray], ...]

    def ways(self, which: int) -> tuple[IntArray, IntArray]:
        """The parts of one set."""
        for sets, first, second, start in self.levels:
            at = np.flatnonzero(sets == which)
            if len(at):
                end = start[at[0] + 1] if at[0] + 1 < len(start) else len(first)
                return first[start[at[0]] : end], second[start[at[0]] : end]
        return np.zeros(0, np.int64), np.zeros(0, np.int64)


def all_sets(blocks: int) -> Sets:
    """Every set of blocks with every way to part it in two."""
    masks = sorted(range(1, 1 << blocks), key=lambda mask: (mask.bit_count(), mask))
    index = {mask: i for i, mask in enumerate(masks)}
    parts: dict[int, list[tuple[int, int]]] = {}
    for mask in masks[blocks:]:
        low = mask & -mask
        part = (mask - 1) & mask
        while part:
            if part & low:
                parts.setdefault(index[mask], []).append((index[part], index[mask ^ part]))
            part = (part - 1) & mask
    return Sets(len(masks), _levels(parts, [mask.bit_count() for mask in masks]))


def runs_of(order: Sequence[int]) -> Sets:
    """The runs of blocks that follow each other in an order."""
    n = len(order)
    runs = [(i, i + size) for size in range(n) for i in range(n - size)]
    index = {run: (order[run[0]] if run[0] == run[1] else i) for i, run in enumerate(runs)}
    parts = {
        index[i, j]: [(index[i, k], index[k + 1, j]) for k in range(i, j)] for i, j in runs if i < j
    }
    return Sets(len(runs), _levels(parts, [j - i + 1 for i, j in runs]))


def _levels(
    parts: dict[int, list[tuple[int, int]]], size: Sequence[int]
) -> tuple[tuple[IntArray, IntArray, IntArray, IntArray], ...]:
    levels = []
    for wanted in sorted(set(size) - {1}):
        sets = [s for s in parts if size[s] == wanted]
        ways = np.array([way for s in sets for way in parts[s]], np.int64)
        start = np.cumsum([0] + [len(parts[s]) for s in sets[:-1]])
        levels.append((np.array(sets, np.int64), ways[:, 0], ways[:, 1], start))
    return tuple(levels)


def slice_values(wall: Wall, sets: Sets, table: Values) -> Values:
    """What each set is worth in each rectangle, (sets, R, G), from ``table`` (B, R, G) of single blocks.

    The last axis is the width in steps, from 0 on; the table's value at width 0 is that of leaving it out.
    """
    blocks, ranges, grid = table.shape
    values = np.full((sets.count, ranges, grid), -np.inf, np.float32)
    wider = np.maximum.accumulate(table, axis=2)
    for r in range(ranges):
        values[:blocks, r] = wider[:, wall.within[r]].max(axis=1)
    whole, lower, upper = wall.halves
    starts = np.flatnonzero(np.diff(whole, prepend=-1))
    for which, first, second, start in sets.levels:
        a, b = values[first], values[second]
        best = a + b[:, :, :1]
        for w in range(grid):
            np.maximum(best[:, :, w:], a[:, :, w : w + 1] + b[:, :, : grid - w], out=best[:, :, w:])
        if len(whole):
            across = np.maximum(a[:, lower] + b[:, upper], b[:, lower] + a[:, upper])
            cut = np.maximum.reduceat(across, starts, axis=1)
            best[:, whole[starts]] = np.maximum(best[:, whole[starts]], cut)
        values[which] = np.maximum.reduceat(best, start, axis=0)
    return values


def trace(wall: Wall, sets: Sets, table: Values, values: Values) -> list[Piece]:
    """The pieces of the best slicing of the whole wall; a block that is left out has none."""
    pieces: list[Piece] = []
    whole, lower, upper = wall.halves
    todo = [(sets.count - 1, _top(wall), table.shape[2] - 1, 0)]
    while todo:
        which, r, width, x = todo.pop()
        first, second = sets.ways(which)
        if not len(first):
            piece = _single(wall, table, which, r, width, x)
            pieces += [piece] if piece.width else []
            continue
        upright = values[first, r, : width + 1] + values[second, r, width::-1]
        mine = np.flatnonzero(whole == r)
        below = values[first][:, lower[mine], width] + values[second][:, upper[mine], width]
        above = values[second][:, lower[mine], width] + values[first][:, upper[mine], width]
        kinds = (upright, below, above)
        kind = int(np.argmax([part.max(initial=-np.inf) for part in kinds]))
        way, place = np.unravel_index(kinds[kind].argmax(), kinds[kind].shape)
        a, b = int(first[way]), int(second[way])
        if kind == 0:
            todo += [(a, r, int(place), x), (b, r, width - int(place), x + int(place))]
            continue
        if kind == 2:
            a, b = b, a
        todo += [(a, int(lower[mine][place]), width, x), (b, int(upper[mine][place]), width, x)]
    return pieces


def _single(wall: Wall, table: Values, block: int, r: int, width: int, x: int) -> Piece:
    """Where a block stands best within a rectangle."""
    inside = np.flatnonzero(wall.within[r])
    part = table[block, inside, : width + 1]
    at, steps = np.unravel_index(part.argmax(), part.shape)
    first, last = wall.ranges[inside[at]].tolist()
    return Piece(block, first, last, x, int(steps))


def better_order(
    wall: Wall, table: Values, order: list[int], rng: np.random.Generator, more: Callable[[], bool]
) -> list[int]:
    """An order with a better slicing: a block moved or two swapped, kept where that is no worse."""
    best = float(slice_values(wall, runs_of(order), table)[-1, _top(wall), -1])
    while more():
        i, j = rng.choice(len(order), 2, replace=False).tolist()
        tried = list(order)
        if rng.random() < 0.5:
            tried.insert(j, tried.pop(i))
        else:
            tried[i], tried[j] = tried[j], tried[i]
        value = float(slice_values(wall, runs_of(tried), table)[-1, _top(wall), -1])
        if value >= best:
            best, order = value, tried
    return order


def _top(wall: Wall) -> int:
    """Index of the range of all strips."""
    return wall.strips - 1
