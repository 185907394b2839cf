"""Layouts with blocks: slice the wall by dynamic programming, fill the windows exactly, improve the best.

Values of windows are only estimated, so the best slicing is worth less than it promises. Its windows are
filled by whole programs, the estimates corrected by what was found, and the wall is sliced again. The best
layouts are then improved: one program chooses facings and widths of windows together, for all blocks and for
groups of neighbors. The bound is that of the problem without blocks, which a second thread improves.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from core.optimize.block_values import BlockPlan, best_in_window, block_of, estimates
from core.optimize.clock import Clock
from core.optimize.improve import improved, widened
from core.optimize.plan_program import plan_program
from core.optimize.problem import Problem
from core.optimize.search import Layout, Search
from core.optimize.slicing import (
    EXACT,
    Piece,
    Sets,
    Values,
    Wall,
    all_sets,
    better_order,
    runs_of,
    slice_values,
    trace,
)
from core.optimize.solution import OnProgress, Solution, Window
from core.optimize.whole import whole_program
from core.optimize.windows import in_windows, on_grid

STEPS = 36
"""Widths of windows that the slicing tells apart."""
WINDOW_S = 0.7
"""Seconds for one block's plan in its window."""
SMALL = 400
"""Options up to which everything is tried at once."""
TOGETHER = 2_000
"""Options up to which all blocks are improved together."""
FILLED = 4
"""Layouts that are filled before the best is improved."""
BOUNDING = 0.3
"""Share of the time for the bound; it hardly moves later."""


def solve_blocks(
    problem: Problem, clock: Clock, gap: float, seed: int, progress: OnProgress | None, patience: float = 1.0
) -> Solution:
    """The best layout found within the time; nothing is chosen where there is none.

    ``patience``: share of the time after which a search without any layout is given up.
    """
    search = Search(problem, clock, gap, progress, patience_s=clock.spent + patience * clock.left)
    done = threading.Event()
    bounding = threading.Thread(target=_bound, args=(search, done, seed), daemon=True)
    bounding.start()
    try:
        _search(search, np.random.default_rng(seed))
    finally:
        done.set()
        bounding.join()
    return search.solution()


def _bound(search: Search, done: threading.Event, seed: int) -> None:
    """Improve the bound of the problem without blocks."""
    plan = plan_program(search.problem)

    def on_bounds(objective: float, bound: float) -> bool:
        search.bound = min(search.bound, bound)
        return search.more() and not done.is_set()

    for relaxed in (True, False):
        limit = search.clock.left if relaxed else BOUNDING * search.clock.left
        found = plan.program.solve(limit, on_bounds=on_bounds, seed=seed, relaxed=relaxed)
        search.bound = min(search.bound, found.bound)


def _search(search: Search, rng: np.random.Generator) -> None:
    """Round after round: fill some new layouts, then improve the best of those that were not improved yet."""
    step_s = search.clock.limit_s / 60.0
    new: list[Layout] = []
    problem = search.problem
    small = len(problem.options) <= SMALL
    if small or has_fixed(problem):
        solve_whole(search, search.clock.left * (0.5 if small else 0.25))
        if search.best is not None:
            _improve(search, search.best, rng, step_s)
    layouts = Slicer(search, rng).layouts()
    while search.more():
        for layout in layouts:
            new.append(layout)
            if len(new) % FILLED == 0 or not search.more():
                break
        if not new:
            return
        new.sort(key=lambda layout: -layout.value)
        _improve(search, new.pop(0), rng, step_s)


def _improve(search: Search, layout: Layout, rng: np.random.Generator, step_s: float) -> None:
    """All blocks together where they are not too many, then groups of neighbors."""
    if in_windows(search.problem, layout.windows).sum() <= TOGETHER:
        layout = widened(search, layout, {window.block for window in layout.windows}, 6 * step_s)
    improved(search, layout, rng, search.clock.spent + 6 * step_s, step_s)


def has_fixed(problem: Problem) -> bool:
    """Whether something is locked at its place."""
    return bool((~np.isnan(problem.options.at)).any())


def solve_whole(search: Search, limit_s: float) -> None:
    """Everything at once: proven where the problem is small."""
    whole = whole_program(search.problem)
    option = whole.plan.option

    def on_bounds(objective: float, bound: float) -> bool:
        search.bound = min(search.bound, bound)
        return search.more()

    found = whole.plan.program.solve(limit_s, gap=search.gap, on_bounds=on_bounds)
    if found.ended != "infeasible":
        search.bound = min(search.bound, found.bound)
    if found.x is not None:
        count = np.round(found.x[option]).astype(np.int64)
        search.offer(whole.windows(found), np.flatnonzero(count > 0), count[count > 0])


class Slicer:
    """Slices a wall again and again, each time knowing better what windows are worth."""

    def __init__(self, search: Search, rng: np.random.Generator) -> None:
        self.search, self.rng = search, rng
        problem = search.problem
        self.wall, self.width = Wall(len(problem.strips)), float(problem.strips.width.min())
        cells = on_grid(problem) and self.width <= 2 * STEPS
        self.steps = int(self.width) if cells else STEPS
        self.table = estimates(problem, self.wall, self.width, self.steps)
        self.rows = (np.diff(self.wall.ranges, axis=1) + 1)[None].astype(np.float32)
        self.block = block_of(problem)
        self.known: dict[tuple[int, int, int, int], BlockPlan | None] = {}
        self.misses: list[float] = []

    def layouts(self) -> Iterator[Layout]:
        """New layouts, until the time is over or no new one is found."""
        seen: set[tuple[Piece, ...]] = set()
        trust = 1.0
        order: list[int] = []
        while self.search.more() and trust > 0.02:
            guess = self.guess(trust)
            sets, order = self._sets(guess, order)
            pieces = trace(self.wall, sets, guess, slice_values(self.wall, sets, guess))
            key = tuple(sorted(pieces, key=lambda p: p.block))
            if key in seen:
                trust *= 0.7
                continue
            seen.add(key)
            layout = self.fill(pieces)
            if layout is not None:
                yield layout

    def guess(self, trust: float) -> Values:
        """Estimates less what they were too high so far, by row of a window; known values where known."""
        short = trust * float(np.mean(self.misses)) if self.misses else 0.0
        guess = self.table - np.float32(short) * self.rows
        guess[:, :, 0] = self.table[:, :, 0]
        for (b, first, last, steps), plan in self.known.items():
            guess[b, self._range(first, last), steps] = -np.inf if plan is None else plan.value
        return np.asarray(guess, np.float32)

    def _sets(self, guess: Values, order: list[int]) -> tuple[Sets, list[int]]:
        """All sets of few blocks; of many, the runs of an order, each time a better or another one."""
        blocks = len(guess)
        if blocks <= EXACT:
            return all_sets(blocks), order
        clock = self.search.clock
        until = clock.spent + clock.limit_s / (10 if not order else 60)
        order = order or self.rng.permutation(blocks).tolist()
        order = better_order(self.wall, guess[:, :, ::4], order, self.rng,
                             lambda: self.search.more() and clock.spent < until)  # fmt: skip
        return runs_of(order), order

    def _range(self, first: int, last: int) -> int:
        return int(np.flatnonzero((self.wall.ranges == (first, last)).all(axis=1))[0])

    def fill(self, pieces: list[Piece]) -> Layout | None:
        """The layout of pieces, each filled by its own program, two at a time; None where one cannot be."""
        step = self.width / self.steps
        cut = [Window(p.block, p.first, p.last, p.x * step, p.width * step) for p in pieces]
        if has_fixed(self.search.problem):
            return self._together(cut)
        keys = [(p.block, p.first, p.last, p.width) for p in pieces]
        missing = [key for key in keys if key not in self.known]
        with ThreadPoolExecutor(2) as pool:
            for key, plan in zip(missing, pool.map(self._filled, missing), strict=True):
                self.known[key] = plan
                if plan is not None:
                    b, first, last, steps = key
                    estimate = float(self.table[b, self._range(first, last), steps])
                    self.misses.append((estimate - plan.value) / (last - first + 1))
        plans = [plan for key in keys if (plan := self.known[key]) is not None]
        if len(plans) < len(keys) or not plans:
            return None
        return self.search.offer(tuple(cut), np.concatenate([plan.chosen for plan in plans]),
                                 np.concatenate([plan.times for plan in plans]))  # fmt: skip

    def _together(self, cut: list[Window]) -> Layout | None:
        """The layout with windows on these strips in this order, or in that of what is locked in them."""
        options = self.search.problem.options
        block = self.block[options.item]
        at = {w.block: float(np.nanmin(options.at[block == w.block], initial=np.inf)) for w in cut}
        moved = tuple(replace(w, x=at[w.block]) if np.isfinite(at[w.block]) else w for w in cut)
        none = np.zeros(0, np.int64)
        empty = Layout(moved, none, none, -np.inf)
        layout = widened(self.search, empty, {w.block for w in cut}, 4 * WINDOW_S)
        return layout if len(layout.chosen) else None

    def _filled(self, key: tuple[int, int, int, int]) -> BlockPlan | None:
        b, first, last, steps = key
        limit = min(WINDOW_S, self.search.clock.left)
        return best_in_window(self.search.problem, self.block == b, first, last,
                              steps * self.width / self.steps, limit, self.search.going)  # fmt: skip
