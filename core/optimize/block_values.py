"""What a block is worth in a window: estimated for all windows by linear programs, found for one by a whole one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.optimize.highs import Family, OnBounds
from core.optimize.plan_program import plan_program
from core.optimize.problem import BoolArray, FloatArray, IntArray, Problem, Strips
from core.optimize.slicing import Values, Wall

CLOSE = 0.002
"""Relative gap at which a block's plan in its window is close enough for the search."""
SAMPLES = 12
"""Widths of a window that are estimated, narrow ones closer to each other; lines between."""


@dataclass(frozen=True, eq=False)
class BlockPlan:
    """A block's best options (of the whole problem) in a window, how often, and what they are worth."""

    chosen: IntArray
    times: IntArray
    value: float


def block_of(problem: Problem) -> IntArray:
    """Each item's block, numbered from 0; items without one are the last block together."""
    named = np.unique(problem.items.block[problem.items.block >= 0])
    block = np.searchsorted(named, problem.items.block)
    return np.where(problem.items.block < 0, len(named), block).astype(np.int64)


def part(problem: Problem, keep: BoolArray, width: FloatArray, weight: FloatArray) -> tuple[Problem, IntArray]:
    """The problem of some options alone on strips of these limits, and those options' indices."""
    kept = np.flatnonzero(keep)
    items, item = np.unique(problem.options.item[kept], return_inverse=True)
    options = replace(problem.options.take(kept), item=item.astype(np.int64))
    taken = replace(problem.items.take(items), block=np.full(len(items), -1))
    return Problem(Strips(width, weight), taken, options), kept


def estimates(problem: Problem, wall: Wall, width: float, steps: int) -> Values:
    """Optimistic values (B, R, steps + 1) of every block on every range of strips at widths up to ``width``.

    Linear programs in which an option wider than the window is left out. -inf where a block cannot stand.
    """
    block = block_of(problem)
    table = np.full((block.max() + 1, len(wall.ranges), steps + 1), -np.inf, np.float32)
    sampled = np.unique(np.geomspace(1, steps, SAMPLES).round().astype(np.int64))
    for b in range(len(table)):
        mine = block == b
        places = int(problem.items.max_places[mine].sum())
        locked = problem.options.strip[problem.options.locked & mine[problem.options.item]]
        needed = len(locked) > 0 or bool((problem.items.required & mine).any())
        table[b, :, 0] = -np.inf if needed else 0.0
        family = _Block(problem, mine)
        for r, (first, last) in enumerate(wall.ranges.tolist()):
            if last - first < places and not ((locked < first) | (locked > last)).any():
                found = family.values(first, last, sampled * (width / steps))
                table[b, r, 1:] = np.interp(np.arange(1, steps + 1), sampled, found)
    return table


class _Block:
    """A block's linear program, for one range of strips and width after the other."""

    def __init__(self, problem: Problem, mine: BoolArray) -> None:
        strips = problem.strips
        alone, _ = part(problem, mine[problem.options.item], strips.width, strips.weight)
        self._options = alone.options
        self._plan = plan_program(alone)
        self._family = Family(self._plan.program)

    def values(self, first: int, last: int, widths: FloatArray) -> FloatArray:
        """Values at rising widths."""
        options = self._options
        inside = (options.strip >= first) & (options.strip <= last)
        values = np.full(len(widths), -np.inf)
        for k in range(len(widths) - 1, -1, -1):
            most = inside * np.minimum(options.most, np.floor((widths[k] + 1e-9) / options.width))
            if most.max(initial=0.0) < 1:
                break
            values[k] = self._family.best(self._plan.width, widths[k], self._plan.option, most)
        return values


def best_in_window(
    problem: Problem, mine: BoolArray, first: int, last: int, width: float, limit_s: float, on_bounds: OnBounds
) -> BlockPlan | None:
    """A block's plan in a window, at least one item on each strip; None where none was found.

    ``mine`` (I,): its items. It may carry its share of each strip's weight, so that plans of several blocks
    always fit together.
    """
    options, strips = problem.options, problem.strips
    keep = mine[options.item] & (options.strip >= first) & (options.strip <= last)
    keep &= options.width <= width + 1e-9
    rows = np.arange(len(strips))
    inside = (rows >= first) & (rows <= last)
    weight = strips.weight * np.minimum(1.0, width / strips.width)
    alone, kept = part(problem, keep, np.where(inside, width, strips.width), weight)
    plan = plan_program(alone)
    plan.program.add_rows(last - first + 1, 1.0, np.inf, (alone.options.strip - first, plan.option, 1.0))
    found = plan.program.solve(limit_s, gap=CLOSE, on_bounds=on_bounds)
    if found.x is None:
        return None
    count = np.round(found.x[plan.option]).astype(np.int64)
    return BlockPlan(kept[count > 0], count[count > 0], found.objective)
