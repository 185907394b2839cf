"""Windows of blocks: where they lie, and the program that widens them together with what stands in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from core.optimize.highs import Program, Term
from core.optimize.lay import fit_around
from core.optimize.plan_program import PlanProgram, plan_program
from core.optimize.problem import BoolArray, FloatArray, IntArray, Problem, block_of
from core.optimize.solution import Window


def share_a_strip(a: Window, b: Window) -> bool:
    """Whether some strip passes through both."""
    return a.first <= b.last and b.first <= a.last


def hold_on_strips(plan: PlanProgram, problem: Problem, *, certain: bool = True) -> None:
    """Without blocks: what may stand anywhere on a strip stands left or right of what is locked there."""
    options, program = problem.options, plan.program
    free = np.isnan(options.at)
    for s in np.intersect1d(options.strip[free], options.strip[~free]):
        wide = float(problem.strips.width[s])
        x = program.add_columns(1, upper=0.0)
        width = program.add_columns(1, lower=wide, upper=wide)
        hold_in_window(plan, problem, options.strip == s, int(x[0]), int(width[0]), certain=certain)


@dataclass(frozen=True, eq=False)
class WindowProgram:
    """A plan's program with left edges ``x`` and ``width`` of all windows as columns; ``kept`` options."""

    plan: PlanProgram
    kept: IntArray
    x: IntArray
    width: IntArray


def in_windows(problem: Problem, windows: Sequence[Window]) -> BoolArray:
    """Which options (N,) stand on a strip of their block's window."""
    block, options = block_of(problem)[problem.options.item], problem.options
    inside = np.zeros(len(options), dtype=bool)
    for w in windows:
        inside |= (block == w.block) & (options.strip >= w.first) & (options.strip <= w.last)
    return inside


def on_grid(problem: Problem) -> bool:
    """Whether everything is measured in whole cells, so that windows begin and end on them."""
    options = problem.options
    fixed = options.at[~np.isnan(options.at)]
    return all(bool((a == np.floor(a)).all()) for a in (problem.strips.width, options.width, fixed))


def window_program(
    problem: Problem, windows: Sequence[Window], free: Collection[int], carried: FloatArray
) -> WindowProgram:
    """Choose options and widths together; the windows keep their strips and their order from left to right.

    ``free``: blocks that are chosen anew; the windows of the others stay, and what stands in them weighs
    ``carried`` (S,) on the strips.
    """
    freed = [w for w in windows if w.block in free]
    kept = np.flatnonzero(in_windows(problem, freed))
    strips = replace(problem.strips, weight=problem.strips.weight - carried)
    alone = replace(problem, strips=strips, options=problem.options.take(kept))
    plan = plan_program(_demanding(alone, free))
    program = plan.program
    is_free = np.array([w.block in free for w in windows])
    left, wide = np.array([w.x for w in windows]), np.array([w.width for w in windows])
    most, whole = float(problem.strips.width.max()), on_grid(problem)
    x, width = (
        program.add_columns(len(windows), 0.0, np.where(is_free, 0.0, at), np.where(is_free, most, at), whole)
        for at in (left, wide)
    )
    for i, w in enumerate(windows):
        if is_free[i]:
            rows = w.last - w.first + 1
            mine = in_windows(alone, [w])
            row = alone.options.strip[mine] - w.first
            program.add_rows(rows, 1.0, np.inf, (row, plan.option[mine], 1.0))
            hold_in_window(plan, alone, mine, int(x[i]), int(width[i]))
            least = problem.strips.width[w.first : w.last + 1].min()
            program.add_rows(1, -np.inf, least, (0, x[i], 1.0), (0, width[i], 1.0))
    _add_order(program, windows, is_free, x, width)
    return WindowProgram(plan, kept, x, width)


def hold_in_window(
    plan: PlanProgram, problem: Problem, mine: BoolArray, x: int, width: int, *, certain: bool = True
) -> None:
    """Keep options of one block, ``mine`` (N,), on each strip within the window of columns ``x``, ``width``.

    A locked option stays at its place and parts its strip; the others stand left or right of it. ``certain``:
    locked options are chosen anyway; otherwise the window holds them where they are chosen.
    """
    options, program = problem.options, plan.program
    for s in np.unique(options.strip[mine]):
        here = np.flatnonzero(mine & (options.strip == s))
        program.add_rows(1, -np.inf, 0.0, (0, plan.option[here], options.width[here]), (0, width, -1.0))
        fixed = here[~np.isnan(options.at[here])]
        if not len(fixed):
            continue
        fixed = fixed[np.argsort(options.at[fixed])]
        begin, end = options.at[fixed], options.at[fixed] + options.width[fixed]
        far = 0.0 if certain else float(problem.strips.width.max())
        for o, left, right in zip(plan.option[fixed], begin, end, strict=True):
            program.add_rows(1, -np.inf, left + far, (0, [x, o], [1.0, far]))
            program.add_rows(1, right - far, np.inf, (0, [x, width, o], [1.0, 1.0, -far]))
        others = here[np.isnan(options.at[here])]
        gaps = len(fixed) + 1
        o, gap = (axis.ravel() for axis in np.indices((len(others), gaps)))
        put = program.add_columns(len(o), upper=options.most[others][o], integer=True)
        each = (np.arange(len(others)), plan.option[others], -1.0)
        program.add_rows(len(others), 0.0, 0.0, (o, put, 1.0), each)
        for i in range(gaps):  # what stands from gap i to gap j lies between the locked ones at its ends
            for j in range(i, i + 1 if certain else gaps):
                inside = (gap >= i) & (gap <= j)
                terms: list[Term] = [(0, put[inside], options.width[others][o[inside]])]
                terms.append((0, plan.option[fixed[i:j]], options.width[fixed[i:j]]))
                terms.append((0, x, 1.0) if i == 0 else (0, plan.option[fixed[i - 1]], far))
                terms += ([(0, [x, width], [-1.0, -1.0])] if j == gaps - 1
                          else [(0, plan.option[fixed[j]], far)])  # fmt: skip
                room = (begin[j] + far if j < gaps - 1 else 0.0) - (end[i - 1] - far if i else 0.0)
                program.add_rows(1, -np.inf, room, *terms)


def _demanding(problem: Problem, free: Collection[int]) -> Problem:
    """Demands of the free blocks' items alone; the others are met where they stand."""
    mine = np.isin(block_of(problem), list(free))
    return replace(problem, items=replace(problem.items, required=problem.items.required & mine))


def _add_order(
    program: Program, windows: Sequence[Window], is_free: BoolArray, x: IntArray, width: IntArray
) -> None:
    """Windows that share a strip keep their order and keep clear of each other."""
    for i, j in combinations(range(len(windows)), 2):
        if not share_a_strip(windows[i], windows[j]) or not (is_free[i] or is_free[j]):
            continue
        a, b = (i, j) if (windows[i].x, i) <= (windows[j].x, j) else (j, i)
        program.add_rows(1, -np.inf, 0.0, (0, [x[a], width[a], x[b]], [1.0, 1.0, -1.0]))


def lay_windows(
    problem: Problem, chosen: IntArray, times: IntArray, windows: Sequence[Window]
) -> FloatArray:
    """Left edges (M,) of chosen options, side by side in their block's window, around locked ones."""
    options = problem.options
    block, strip = block_of(problem)[options.item[chosen]], options.strip[chosen]
    width = options.width[chosen] * times
    x = options.at[chosen].copy()
    for w in windows:
        for s in range(w.first, w.last + 1):
            here = np.flatnonzero((block == w.block) & (strip == s))
            fit_around(x, width, here, w.x, w.x + w.width)
    return np.nan_to_num(x)
