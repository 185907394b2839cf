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
AT_ONCE = 64
"""Ways to part sets that are looked at together: larger arrays leave the processor's cache."""
Values = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Wall:
    """``strips`` in a row, first to last, ``steps`` wide.

    ``placed``: whether a window's place along the strips matters and not only its width, as it does beside
    what is locked. A span is then a stretch, from one step to another; otherwise it is a width.
    """

    strips: int
    steps: int
    placed: bool = False

    @cached_property
    def ranges(self) -> IntArray:
        """First and last of neighboring strips, (R, 2)."""
        return np.array([(a, b) for a in range(self.strips) for b in range(a, self.strips)], np.int64)

    @cached_property
    def spans(self) -> IntArray:
        """Begin and end of spans, (G, 2), from 0 where only the width matters; empty ones too."""
        begins = range(self.steps + 1) if self.placed else (0,)
        return np.array([(x, end) for x in begins for end in range(x, self.steps + 1)], np.int64)

    @cached_property
    def within(self) -> BoolArray:
        """Whether the second range lies within the first, (R, R)."""
        return _within(self.ranges)

    @cached_property
    def spans_within(self) -> BoolArray:
        """Whether the second span lies within the first, (G, G)."""
        return _within(self.spans)

    @cached_property
    def halves(self) -> Cuts:
        """Ranges cut lengthwise."""
        index = {tuple(both): i for i, both in enumerate(self.ranges.tolist())}
        return Cuts.of([
            (index[a, b], index[a, m], index[m + 1, b]) for a, b in self.ranges.tolist() for m in range(a, b)
        ])  # fmt: skip

    @cached_property
    def sides(self) -> Cuts:
        """Spans cut upright."""
        index = {tuple(both): i for i, both in enumerate(self.spans.tolist())}
        return Cuts.of([
            (index[x, end], index[x, m], index[(m, end) if self.placed else (0, end - m)])
            for x, end in self.spans.tolist() for m in range(x, end + 1)
        ])  # fmt: skip

    @property
    def whole(self) -> tuple[int, int]:
        """The range of all strips and the widest span."""
        return self.strips - 1, self.steps


@dataclass(frozen=True, eq=False)
class Cuts:
    """Ways to cut ``whole`` into ``first`` and ``second``, (C,), sorted by whole; ``start`` of each whole."""

    whole: IntArray
    first: IntArray
    second: IntArray
    start: IntArray

    @classmethod
    def of(cls, cuts: Sequence[tuple[int, int, int]]) -> Cuts:
        """Cuts that are sorted by their whole."""
        whole, first, second = np.array(cuts, np.int64).reshape(-1, 3).T
        return cls(whole, first, second, np.flatnonzero(np.diff(whole, prepend=-1)))


def _within(both: IntArray) -> BoolArray:
    first, last = both.T
    return np.asarray((first[:, None] <= first) & (last <= last[:, None]))


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

    A block's value in an empty span is that of leaving it out.
    """
    blocks, ranges, spans = table.shape
    values = np.full((sets.count, ranges, spans), -np.inf, np.float32)
    anywhere = _widest(wall, table)
    for r in range(ranges):
        values[:blocks, r] = anywhere[:, wall.within[r]].max(axis=1)
    halves, sides = wall.halves, wall.sides
    for which, first, second, start in sets.levels:
        a, b = values[first], values[second]
        best = np.full(a.shape, -np.inf, np.float32)
        for part in range(0, len(a), AT_ONCE):
            some = slice(part, part + AT_ONCE)
            upright = a[some][:, :, sides.first] + b[some][:, :, sides.second]
            if wall.placed:
                np.maximum(upright, b[some][:, :, sides.first] + a[some][:, :, sides.second], out=upright)
            best[some] = np.maximum.reduceat(upright, sides.start, axis=2)
        if len(halves.whole):
            lower, upper = halves.first, halves.second
            across = np.maximum(a[:, lower] + b[:, upper], b[:, lower] + a[:, upper])
            cut = halves.whole[halves.start]
            best[:, cut] = np.maximum(best[:, cut], np.maximum.reduceat(across, halves.start, axis=1))
        values[which] = np.maximum.reduceat(best, start, axis=0)
    return values


def _widest(wall: Wall, table: Values) -> Values:
    """The best of all spans within each span."""
    if not wall.placed:
        return np.asarray(np.maximum.accumulate(table, axis=2))
    best = table.copy()
    index = {tuple(both): i for i, both in enumerate(wall.spans.tolist())}
    for x, end in sorted(index, key=lambda both: both[1] - both[0]):
        for inner in ((x + 1, end), (x, end - 1)):
            if inner in index:
                np.maximum(best[:, :, index[x, end]], best[:, :, index[inner]], out=best[:, :, index[x, end]])
    return best


def trace(wall: Wall, sets: Sets, table: Values, values: Values) -> list[Piece]:
    """The pieces of the best slicing of the whole wall; a block that is left out has none."""
    pieces: list[Piece] = []
    todo = [(sets.count - 1, *wall.whole, 0)]
    while todo:
        which, r, span, x = todo.pop()
        if which < len(table):
            piece = _single(wall, table, which, r, span, x)
            pieces += [piece] if piece.width else []
            continue
        first, second = sets.ways(which)
        kinds = []
        for a, b in ((first, second), (second, first)):
            for cuts, upright in ((wall.sides, True), (wall.halves, False)):
                mine = np.flatnonzero(cuts.whole == (span if upright else r))
                one, two = cuts.first[mine], cuts.second[mine]
                worth = (values[a, r][:, one] + values[b, r][:, two] if upright
                         else values[a][:, one, span] + values[b][:, two, span])  # fmt: skip
                kinds.append((worth.max(initial=-np.inf), upright, worth, a, b, one, two))
        _, upright, worth, a, b, one, two = max(kinds, key=lambda kind: kind[0])
        way, cut = np.unravel_index(worth.argmax(), worth.shape)
        if upright:
            step = 0 if wall.placed else int(wall.spans[one[cut], 1])
            todo += [(int(a[way]), r, int(one[cut]), x), (int(b[way]), r, int(two[cut]), x + step)]
        else:
            todo += [(int(a[way]), int(one[cut]), span, x), (int(b[way]), int(two[cut]), span, x)]
    return pieces


def _single(wall: Wall, table: Values, block: int, r: int, span: int, x: int) -> Piece:
    """Where a block stands best within a rectangle."""
    ranges, spans = np.flatnonzero(wall.within[r]), np.flatnonzero(wall.spans_within[span])
    part = table[block][np.ix_(ranges, spans)]
    at, along = np.unravel_index(part.argmax(), part.shape)
    first, last = wall.ranges[ranges[at]].tolist()
    begin, end = wall.spans[spans[along]].tolist()
    return Piece(block, first, last, begin if wall.placed else x, end - begin)


def better_order(
    wall: Wall, table: Values, order: list[int], rng: np.random.Generator, more: Callable[[], bool]
) -> list[int]:
    """An order with a better slicing: a block moved or two swapped, kept where that is no worse."""
    best = float(slice_values(wall, runs_of(order), table)[(-1, *wall.whole)])
    while more():
        i, j = rng.choice(len(order), 2, replace=False).tolist()
        tried = list(order)
        if rng.random() < 0.5:
            tried.insert(j, tried.pop(i))
        else:
            tried[i], tried[j] = tried[j], tried[i]
        value = float(slice_values(wall, runs_of(tried), table)[(-1, *wall.whole)])
        if value >= best:
            best, order = value, tried
    return order

