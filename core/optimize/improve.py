"""Improve a layout: choose the facings of some blocks anew, and the widths of their windows with them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.optimize.problem import BoolArray, block_of
from core.optimize.search import Layout, Search
from core.optimize.solution import Window
from core.optimize.windows import share_a_strip, window_program

TOGETHER = (2, 3, 4)
"""Blocks that are chosen anew together, one number after the other."""


def widened(search: Search, layout: Layout, free: set[int], limit_s: float, seed: int = 0) -> Layout:
    """The layout with the blocks ``free`` chosen anew, or the layout itself where nothing better is found."""
    problem = search.problem
    options = problem.options
    stays = ~np.isin(block_of(problem)[options.item[layout.chosen]], list(free))
    fixed, times = layout.chosen[stays], layout.times[stays]
    weight = options.weight[fixed] * times
    carried = np.bincount(options.strip[fixed], weight, len(problem.strips)).astype(float)
    program = window_program(problem, layout.windows, free, carried)
    start = None
    if len(layout.chosen):
        count = np.zeros(len(options))
        count[layout.chosen] = layout.times
        start = (program.plan.option, count[program.kept])
    limit = min(limit_s, search.clock.left)
    found = program.plan.program.solve(limit, start=start, on_bounds=search.going, seed=seed)
    if found.x is None:
        return layout
    again = np.round(found.x[program.plan.option]).astype(np.int64)
    left, wide = np.round(found.x[program.x], 6), np.round(found.x[program.width], 6)
    windows = tuple(
        replace(w, x=float(at), width=float(across))
        for w, at, across in zip(layout.windows, left, wide, strict=True)
    )
    chosen = np.concatenate([fixed, program.kept[again > 0]])
    better = search.offer(windows, chosen, np.concatenate([times, again[again > 0]]))
    return better if better.value > layout.value else layout


def improved(search: Search, layout: Layout, rng: np.random.Generator, until: float, step_s: float) -> Layout:
    """The layout after one group of neighboring blocks after the other was chosen anew, until ``until``."""
    stale = 0
    groups = len(layout.windows)
    while search.more() and search.clock.spent < until and stale < 2 * groups:
        size = min(TOGETHER[stale * len(TOGETHER) // (2 * groups)], groups)
        better = widened(search, layout, _neighbors(layout, size, rng), step_s)
        stale = 0 if better.value > layout.value + 1e-9 else stale + 1
        layout = better
    return layout


def _neighbors(layout: Layout, size: int, rng: np.random.Generator) -> set[int]:
    """Blocks whose windows touch, beginning with any."""
    windows = layout.windows
    touches = np.array([[_touch(a, b) for b in windows] for a in windows])
    group: BoolArray = np.zeros(len(windows), dtype=bool)
    group[rng.integers(len(windows))] = True
    while group.sum() < size:
        beside = touches[group].any(axis=0) & ~group
        group[rng.choice(np.flatnonzero(beside if beside.any() else ~group))] = True
    return {windows[i].block for i in np.flatnonzero(group)}


def _touch(a: Window, b: Window) -> bool:
    """Whether two windows are neighbors along a strip, or one stands on the other."""
    overlap = a.x < b.x + b.width and b.x < a.x + a.width
    over = a.last + 1 == b.first or b.last + 1 == a.first
    beside = max(a.x, b.x) - min(a.x + a.width, b.x + b.width) < 0.05 * max(a.width, b.width)
    return (over and overlap) or (share_a_strip(a, b) and beside)
