"""Everything at once: options, strips of each window, widths and order, as one integer program.

Exact, so small problems are proven by it; of large ones it finds plans where locks leave few, and says which
demands cannot be held together. Strips and windows are formulated after Oliveira and Tollander de Balsch,
ShelfSpaceAllocation (2020).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from core.optimize.highs import Outcome, Program
from core.optimize.plan_program import PlanProgram, plan_program
from core.optimize.problem import IntArray, Problem, block_of
from core.optimize.solution import Window
from core.optimize.windows import hold_in_window, on_grid


@dataclass(frozen=True, eq=False)
class WholeProgram:
    """``plan`` and the columns of windows: ``stands`` (B, S) whether a block is on a strip, x and width."""

    plan: PlanProgram
    stands: IntArray
    x: IntArray
    width: IntArray

    def windows(self, found: Outcome) -> tuple[Window, ...]:
        """The windows of the blocks that are placed."""
        assert found.x is not None
        placed = []
        for b, row in enumerate(self.stands):
            strips = np.flatnonzero(found.x[row] > 0.5)
            if len(strips):
                left, wide = (round(float(found.x[at[b]]), 6) for at in (self.x, self.width))
                placed.append(Window(b, int(strips[0]), int(strips[-1]), left, wide))
        return tuple(placed)


def whole_program(problem: Problem, *, hold_demands: bool = True) -> WholeProgram:
    """The program of a problem with blocks; ``hold_demands`` as in ``plan_program``."""
    plan = plan_program(problem, hold_demands=hold_demands)
    program, strips = plan.program, problem.strips
    block = block_of(problem)[problem.options.item]
    blocks, count = int(block_of(problem).max()) + 1, len(strips)
    most, whole = float(strips.width.max()), on_grid(problem)
    stands = program.add_columns(blocks * count, upper=1.0, integer=True).reshape(blocks, count)
    begins = program.add_columns(blocks * count, upper=1.0, integer=True).reshape(blocks, count)
    x = program.add_columns(blocks, upper=most, integer=whole)
    width = program.add_columns(blocks, upper=most, integer=whole)
    each = np.arange(blocks)
    program.add_rows(blocks, -np.inf, 1.0, (np.repeat(each, count), begins.ravel(), 1.0))
    for s in range(count):
        before = [(each, stands[:, s - 1], -1.0)] if s else []
        program.add_rows(blocks, -np.inf, 0.0, (each, stands[:, s], 1.0), (each, begins[:, s], -1.0), *before)
        program.add_rows(blocks, -np.inf, most, (each, x, 1.0), (each, width, 1.0),
                         (each, stands[:, s], most - strips.width[s]))  # fmt: skip
    _add_options(program, problem, plan, block, stands)
    for b in range(blocks):
        hold_in_window(plan, problem, block == b, int(x[b]), int(width[b]), certain=hold_demands)
    _add_order(program, stands, x, width, most)
    return WholeProgram(plan, stands, x, width)


def _add_options(
    program: Program, problem: Problem, plan: PlanProgram, block: IntArray, stands: IntArray
) -> None:
    """Options stand where their block does, and a block stands where an option of it does."""
    options = problem.options
    on = stands[block, options.strip]
    every = np.arange(len(options))
    program.add_rows(len(options), -np.inf, 0.0, (every, plan.option, 1.0), (every, on, -options.most))
    row = np.ravel_multi_index((block, options.strip), stands.shape)
    program.add_rows(stands.size, 0.0, np.inf, (row, plan.option, 1.0),
                     (np.arange(stands.size), stands.ravel(), -1.0))  # fmt: skip


def _add_order(program: Program, stands: IntArray, x: IntArray, width: IntArray, most: float) -> None:
    """Of two blocks that share a strip one is left of the other."""
    blocks, count = stands.shape
    pairs = np.array(list(combinations(range(blocks), 2)), np.int64).reshape(-1, 2)
    first = program.add_columns(len(pairs), upper=1.0, integer=True)
    share = program.add_columns(len(pairs), upper=1.0)
    each = np.arange(len(pairs))
    a, b = pairs.T
    for s in range(count):
        both = (each, stands[a, s], 1.0), (each, stands[b, s], 1.0)
        program.add_rows(len(pairs), -np.inf, 1.0, *both, (each, share, -1.0))
    for left, right, room, sign in ((a, b, 2 * most, most), (b, a, most, -most)):
        clear = (each, x[left], 1.0), (each, width[left], 1.0), (each, x[right], -1.0)
        program.add_rows(len(pairs), -np.inf, room, *clear, (each, share, most), (each, first, sign))
