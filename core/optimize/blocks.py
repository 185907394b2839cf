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

import numpy as np

from core.optimize.block_values import BlockPlan, best_in_window, estimates
from core.optimize.clock import Clock
from core.optimize.improve import improved, widened
from core.optimize.plan_program import plan_program
from core.optimize.problem import BoolArray, IntArray, Problem, block_of
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
from core.optimize.windows import on_grid

STEPS = 36
"""Widths of windows that the slicing tells apart."""
WINDOW_S = 0.7
"""Seconds for one block's plan in its window."""
SMALL = 400
"""Options up to which everything is tried at once."""
FILLED = 4
"""Layouts that are filled before the best is improved."""
ANYWHERE = -1
Key = tuple[int, int, int, int, int]
"""Block, first and last strip, begin or ANYWHERE, and width in steps."""
COARSE = 4
"""Steps that are one while an order is looked for."""
STALE = 20
"""Slicings in a row that give nothing new before the search is given up."""
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
    if len(problem.options) <= SMALL:
        solve_whole(search, search.clock.left / 2)
    layouts = Slicer(search, rng).layouts()
    while search.more():
        for layout in layouts:
            new.append(layout)
            if len(new) % FILLED == 0 or not search.more():
                break
        if not new:
            break
        new.sort(key=lambda layout: -layout.value)
        _improve(search, new.pop(0), rng, step_s)
    if search.best is None and search.more():
        solve_whole(search, search.clock.left)
    while search.best is not None and search.more():
        before = search.objective
        _improve(search, search.best, rng, step_s)
        if search.objective <= before:
            return


def _improve(search: Search, layout: Layout, rng: np.random.Generator, step_s: float) -> None:
    """All blocks together where they are few, then groups of neighbors."""
    if len(layout.windows) <= EXACT:
        layout = widened(search, layout, {window.block for window in layout.windows}, 6 * step_s)
    improved(search, layout, rng, search.clock.spent + 12 * step_s, step_s)


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


def _barred(problem: Problem, wall: Wall, block: IntArray, step: float) -> BoolArray:
    """Where a block cannot stand, (B, R, G): windows that reach over another's lock or leave out its own."""
    options = problem.options
    begin, end = wall.spans.T * step
    empty = begin == end
    barred = np.zeros((block.max() + 1, len(wall.ranges), len(wall.spans)), dtype=bool)
    for o in np.flatnonzero(~np.isnan(options.at)):
        left, right = options.at[o], options.at[o] + options.width[o]
        across = (wall.ranges[:, 0] <= options.strip[o]) & (options.strip[o] <= wall.ranges[:, 1])
        over = across[:, None] & (begin < right - 1e-6) & (end > left + 1e-6)
        around = across[:, None] & (begin <= left + 1e-6) & (end >= right - 1e-6)
        own = block[options.item[o]]
        barred[np.arange(len(barred)) != own] |= over & ~empty
        barred[own] |= ~around
    return barred


class Slicer:
    """Slices a wall again and again, each time knowing better what windows are worth."""

    def __init__(self, search: Search, rng: np.random.Generator) -> None:
        self.search, self.rng = search, rng
        problem = search.problem
        width, strips = float(problem.strips.width.min()), len(problem.strips)
        steps = int(width) if on_grid(problem) and width <= 2 * STEPS else STEPS
        self.step = width / steps
        self.wall = Wall(strips, steps, placed=has_fixed(problem))
        fewer = COARSE // 2 if self.wall.placed else COARSE
        self.coarse = Wall(strips, max(1, steps // fewer), placed=self.wall.placed)
        self.block = block_of(problem)
        self.by_width = estimates(problem, self.wall, width, steps)
        # What leaving out a block that must stand costs: finite, so that an order can get better by steps.
        most = self.by_width[np.isfinite(self.by_width)].max(initial=1.0)
        self.missing = -10.0 * float(most) * len(self.by_width)
        self.barred = _barred(problem, self.wall, self.block, self.step)
        fixed = ~np.isnan(problem.options.at)
        self.held = np.isin(np.arange(len(self.by_width)), self.block[problem.options.item[fixed]])
        self.known: dict[Key, BlockPlan | None] = {}
        self.misses: list[float] = []

    def layouts(self) -> Iterator[Layout]:
        """New layouts until the time is over; where the best slicing is known, one of varied values."""
        seen: set[tuple[Piece, ...]] = set()
        stale = 0
        order: list[int] = []
        while self.search.more() and stale < STALE:
            guess = self.guess(stale)
            sets, order = self._sets(guess, order)
            table = self.on_wall(guess, self.wall)
            values = slice_values(self.wall, sets, table)
            if values[(-1, *self.wall.whole)] < self.missing / 2:
                order, stale = self.rng.permutation(len(guess)).tolist(), stale + 1
                continue
            pieces = trace(self.wall, sets, table, values)
            key = tuple(sorted(pieces, key=lambda p: p.block))
            if key in seen:
                stale += 1
                continue
            seen.add(key)
            layout = self.fill(pieces)
            if layout is not None:
                stale = 0
                yield layout

    def guess(self, vary: int) -> Values:
        """Values by width: estimates less what they were too high so far, by row; known ones where known.

        ``vary``: percent by which each block's value on each range is varied.
        """
        short = float(np.mean(self.misses)) if self.misses else 0.0
        rows = (np.diff(self.wall.ranges, axis=1) + 1)[None]
        guess = self.by_width - np.float32(short) * rows.astype(np.float32)
        for (b, first, last, x, steps), plan in self.known.items():
            if x == ANYWHERE:
                guess[b, self._range(first, last), steps] = -np.inf if plan is None else plan.value
        if vary:
            guess *= 1.0 + 0.01 * vary * self.rng.standard_normal((*guess.shape[:2], 1))
        guess[:, :, 0] = np.maximum(self.by_width[:, :, 0], self.missing)
        return np.asarray(guess, np.float32)

    def on_wall(self, guess: Values, wall: Wall) -> Values:
        """Values by width as values by span of a wall, -inf where something locked stands in the way."""
        scale = self.wall.steps // wall.steps
        table = guess[:, :, np.diff(wall.spans, axis=1)[:, 0] * scale]
        if wall.placed:
            at = {tuple(span): i for i, span in enumerate(self.wall.spans.tolist())}
            same = [at[x * scale, end * scale] for x, end in wall.spans.tolist()]
            table = np.where(self.barred[:, :, same], np.float32(-np.inf), table)
            if scale == 1:
                for (b, first, last, x, steps), plan in self.known.items():
                    if x != ANYWHERE:
                        value = -np.inf if plan is None else plan.value
                        table[b, self._range(first, last), at[x, x + steps]] = value
        return table

    def _sets(self, guess: Values, order: list[int]) -> tuple[Sets, list[int]]:
        """All sets of few blocks; of many, the runs of an order, each time a better or another one."""
        blocks = len(guess)
        if blocks <= EXACT:
            return all_sets(blocks), order
        clock = self.search.clock
        until = clock.spent + clock.limit_s / (60 if order else 10)
        order = order or self.rng.permutation(blocks).tolist()
        order = better_order(self.coarse, self.on_wall(guess, self.coarse), order, self.rng,
                             lambda: self.search.more() and clock.spent < until)  # fmt: skip
        return runs_of(order), order

    def _range(self, first: int, last: int) -> int:
        return int(np.flatnonzero((self.wall.ranges == (first, last)).all(axis=1))[0])

    def fill(self, pieces: list[Piece]) -> Layout | None:
        """The layout of pieces, each filled by its own program, two at a time; None where one cannot be."""
        keys = [self._key(p) for p in pieces]
        missing = [(key, p) for key, p in zip(keys, pieces, strict=True) if key not in self.known]
        with ThreadPoolExecutor(2) as pool:
            for (key, _), plan in zip(missing, pool.map(self._filled, [p for _, p in missing]), strict=True):
                self.known[key] = plan
                if plan is not None:
                    b, first, last, _, steps = key
                    estimate = float(self.by_width[b, self._range(first, last), steps])
                    self.misses.append((estimate - plan.value) / (last - first + 1))
        plans = [plan for key in keys if (plan := self.known[key]) is not None]
        if len(plans) < len(keys) or not plans:
            return None
        return self.search.offer(
            tuple(self._window(p) for p in pieces),
            np.concatenate([plan.chosen for plan in plans]),
            np.concatenate([plan.times for plan in plans]),
        )

    def _key(self, p: Piece) -> Key:
        """What a block's plan depends on: where it lies only if something of it is locked."""
        return p.block, p.first, p.last, p.x if self.held[p.block] else ANYWHERE, p.width

    def _window(self, p: Piece) -> Window:
        return Window(p.block, p.first, p.last, p.x * self.step, p.width * self.step)

    def _filled(self, p: Piece) -> BlockPlan | None:
        search = self.search
        limit = min(WINDOW_S, search.clock.left)
        return best_in_window(search.problem, self.block == p.block, self._window(p), limit, search.going)
