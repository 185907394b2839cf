"""What a block is worth in a window: estimated for all windows at once, found for one by its own program."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.optimize.highs import OnBounds
from core.optimize.plan_program import plan_program
from core.optimize.problem import BoolArray, FloatArray, IntArray, Problem, Strips, block_of
from core.optimize.slicing import Values, Wall
from core.optimize.solution import Window
from core.optimize.windows import hold_in_window

CLOSE = 0.004
"""Relative gap at which a block's plan in its window is close enough for the search."""


@dataclass(frozen=True, eq=False)
class BlockPlan:
    """A block's best options (of the whole problem) in a window, how often, and what they are worth."""

    chosen: IntArray
    times: IntArray
    value: float


def part(
    problem: Problem, keep: BoolArray, width: FloatArray, weight: FloatArray
) -> tuple[Problem, IntArray]:
    """The problem of some options alone on strips of these limits, and those options' indices."""
    kept = np.flatnonzero(keep)
    items, item = np.unique(problem.options.item[kept], return_inverse=True)
    options = replace(problem.options.take(kept), item=item.astype(np.int64))
    taken = replace(problem.items.take(items), block=np.full(len(items), -1))
    return Problem(Strips(width, weight), taken, options), kept


def estimates(problem: Problem, wall: Wall, width: float, steps: int) -> Values:
    """About what every block is worth, (B, R, steps + 1), on every range of strips at widths up to ``width``.

    Each product brings on a range what it brings there in the mean; the widths that bring most an inch come
    first, as if a window were one long strip. -inf where a block cannot stand.
    """
    block = block_of(problem)
    units = _units(problem)
    table = np.full((block.max() + 1, len(wall.ranges), steps + 1), -np.inf, np.float32)
    widths = np.arange(1, steps + 1, dtype=np.float64) * (width / steps)
    for b in range(len(table)):
        mine = block == b
        places = int(problem.items.max_places[mine].sum())
        locked = problem.options.strip[problem.options.locked & mine[problem.options.item]]
        needed = len(locked) > 0 or bool((problem.items.required & mine).any())
        table[b, :, 0] = -np.inf if needed else 0.0
        own = units.take(mine[units.item])
        for r, (first, last) in enumerate(wall.ranges.tolist()):
            if last - first < places and not ((locked < first) | (locked > last)).any():
                table[b, r, 1:] = own.on(first, last, widths)
    return table


@dataclass(frozen=True, eq=False)
class _Units:
    """What an item brings at a width on a strip, by item and width, (U,)."""

    item: IntArray
    strip: IntArray
    width: FloatArray
    value: FloatArray

    def take(self, keep: BoolArray) -> _Units:
        return _Units(self.item[keep], self.strip[keep], self.width[keep], self.value[keep])

    def on(self, first: int, last: int, widths: FloatArray) -> FloatArray:
        """Values of a window on a range of strips at rising widths."""
        inside = (self.strip >= first) & (self.strip <= last)
        item, width, value = self.item[inside], self.width[inside], self.value[inside]
        new = np.diff(item, prepend=-1).astype(bool) | (np.diff(width, prepend=-1.0) > 1e-9)
        at = np.flatnonzero(new)
        if not len(at):
            return np.full(len(widths), -np.inf)
        count = np.diff(np.append(at, len(item)))
        item, width, value = item[at], width[at], np.add.reduceat(value, at) / count
        begins = np.diff(item, prepend=-1).astype(bool)
        wider = np.where(begins, width, np.diff(width, prepend=0.0))
        slope = np.where(begins, value, np.diff(value, prepend=0.0)) / wider
        order = np.argsort(-slope, kind="stable")
        width, wider, slope = width[order], wider[order], slope[order]
        taken = np.where((width <= widths[:, None] + 1e-9) & (slope > 0), wider, 0.0)
        room = (widths * (last - first + 1))[:, None] - np.cumsum(taken, axis=1) + taken
        value_of = (np.clip(room, 0.0, taken) * slope).sum(axis=1)
        return np.where(taken.any(axis=1), value_of, -np.inf)


def _units(problem: Problem) -> _Units:
    """Options and their repetitions, sorted by item and width."""
    options, items = problem.options, problem.items
    times = np.minimum(options.most, np.maximum(1, items.max_facings[options.item] // options.facings))
    option = np.repeat(np.arange(len(options)), times)
    n = np.arange(len(option)) - np.repeat(np.cumsum(times) - times, times) + 1.0
    item = options.item[option]
    edge = np.cumsum(items.gain_width, axis=1)[item] - items.gain_width[item]
    used = np.clip((options.amount[option] * n)[:, None] - edge, 0.0, items.gain_width[item])
    value = options.value[option] * n + (used * items.gain_slope[item]).sum(axis=1)
    width = options.width[option] * n
    order = np.lexsort((width, item))
    return _Units(item[order], options.strip[option][order], width[order], value[order])


def best_in_window(
    problem: Problem, mine: BoolArray, window: Window, limit_s: float, on_bounds: OnBounds
) -> BlockPlan | None:
    """The plan of a block, ``mine`` (I,), in its window, an item on each strip; None where none is found.

    What is locked stays at its place. It may carry its share of each strip's weight, so that plans of several
    blocks always fit together.
    """
    options, strips = problem.options, problem.strips
    keep = mine[options.item] & (options.strip >= window.first) & (options.strip <= window.last)
    keep &= options.width <= window.width + 1e-9
    if not np.isin(np.flatnonzero(problem.items.required & mine), options.item[keep]).all():
        return None
    rows = np.arange(len(strips))
    inside = (rows >= window.first) & (rows <= window.last)
    weight = strips.weight * np.minimum(1.0, window.width / strips.width)
    alone, kept = part(problem, keep, strips.width, weight)
    plan = plan_program(alone)
    program = plan.program
    row = alone.options.strip - window.first
    program.add_rows(int(inside.sum()), 1.0, np.inf, (row, plan.option, 1.0))
    x = program.add_columns(1, lower=window.x, upper=window.x)
    width = program.add_columns(1, lower=window.width, upper=window.width)
    hold_in_window(plan, alone, np.ones(len(kept), dtype=bool), int(x[0]), int(width[0]))
    found = program.solve(limit_s, gap=CLOSE, on_bounds=on_bounds)
    if found.x is None:
        return None
    count = np.round(found.x[plan.option]).astype(np.int64)
    return BlockPlan(kept[count > 0], count[count > 0], found.objective)
