"""Whether a plan keeps every rule of its problem, judged from the plan alone, not by how it was found."""

from __future__ import annotations

import numpy as np

from core.optimize.plan_program import stretches
from core.optimize.problem import BoolArray, FloatArray, IntArray, Problem
from core.optimize.solution import Solution, Window

SLACK = 1e-4
"""Inches or cells by which a plan may exceed what it has: less than anyone can measure."""


def broken_by(problem: Problem, solution: Solution) -> tuple[str, ...]:
    """What a solution breaks, apart from the demands that it says are unmet."""
    rules = broken_rules(problem, solution.chosen, solution.times, solution.x)
    unmet = {f"Item {i} is required and not placed." for i in solution.unmet_items}
    unmet |= {f"Option {i} is locked and not chosen." for i in solution.unmet_locks}
    unmet |= {f"Option {i} is not at its place." for i in solution.unmet_locks}
    return (*(rule for rule in rules if rule not in unmet), *broken_windows(problem, solution))


def broken_windows(problem: Problem, solution: Solution) -> tuple[str, ...]:
    """What the blocks of a solution break: windows that overlap, and items outside their block's window."""
    options = problem.options
    named = [w for w in solution.windows if w.block >= 0]
    block, strip = problem.items.block[options.item[solution.chosen]], options.strip[solution.chosen]
    left = solution.x
    right = left + options.width[solution.chosen] * solution.times
    home = np.zeros(len(left), dtype=bool)
    said = []
    for w in named:
        across = (strip >= w.first) & (strip <= w.last)
        inside = across & (left >= w.x - SLACK) & (right <= w.x + w.width + SLACK)
        reaches = across & (right > w.x + SLACK) & (left < w.x + w.width - SLACK)
        mine = block == w.block
        home |= mine & inside
        if (reaches & ~mine).any():
            said.append(f"Something else stands in the window of block {w.block}.")
        if len(np.unique(strip[mine & inside])) <= w.last - w.first:
            said.append(f"The window of block {w.block} is empty on a strip.")
        if w.x < -SLACK or w.x + w.width > problem.strips.width[w.first : w.last + 1].min() + SLACK:
            said.append(f"The window of block {w.block} leaves the strips.")
    if len({w.block for w in named}) < len(named):
        said.append("A block has two windows.")
    said += _said((block >= 0) & ~home, "Option {} stands outside its block.", solution.chosen)
    for i, a in enumerate(named):
        for b in named[i + 1 :]:
            said += _clear(a, b)
    return tuple(said)


def _clear(a: Window, b: Window) -> list[str]:
    """Whether two windows keep clear of each other."""
    share = a.first <= b.last and b.first <= a.last
    if share and min(a.x + a.width, b.x + b.width) > max(a.x, b.x) + SLACK:
        return [f"The windows of blocks {a.block} and {b.block} overlap."]
    return []


def broken_rules(
    problem: Problem, chosen: IntArray, times: IntArray, x: FloatArray | None = None
) -> tuple[str, ...]:
    """One sentence for each rule broken, and for each item or option that breaks it.

    Without ``x`` it is asked whether the widths fit, not where they lie.
    """
    options, strips, items = problem.options, problem.strips, problem.items
    item, strip = options.item[chosen], options.strip[chosen]
    width = options.width[chosen] * times
    said = [
        *_said(times > options.most[chosen], "Option {} is chosen too often.", chosen),
        *_said(np.bincount(strip, width, len(strips)) > strips.width + SLACK, "Strip {} is too full."),
        *_said(np.bincount(strip, options.weight[chosen] * times, len(strips)) > strips.weight + SLACK,
               "Strip {} carries too much."),
        *_said(np.bincount(item, minlength=len(items)) > items.max_places, "Item {} has too many places."),
    ]  # fmt: skip
    placed = np.isin(np.arange(len(items)), item)
    facings = np.bincount(item, options.facings[chosen] * times, len(items))
    said += _said(placed & (facings < items.min_facings), "Item {} shows too few facings.")
    said += _said(placed & (facings > items.max_facings), "Item {} shows too many facings.")
    said += _said(items.required & ~placed, "Item {} is required and not placed.")
    locked = np.flatnonzero(options.locked)
    said += _said(~np.isin(locked, chosen), "Option {} is locked and not chosen.", locked)
    covered = np.bincount(*_covers(problem, chosen)) > 1
    said += _said(covered, "Stretch {} is covered twice.")
    left = np.nan_to_num(options.at[chosen])
    fixed = ~np.isnan(options.at[chosen])
    outside = fixed & ((left < -SLACK) | (left + width > strips.width[strip] + SLACK))
    said += _said(outside, "Option {} leaves its strip.", chosen)
    if x is not None:
        said += _said(fixed & (np.abs(x - left) > SLACK), "Option {} is not at its place.", chosen)
        said += _overlaps(problem, strip, x, width)
    return tuple(said)


def _said(broken: BoolArray, sentence: str, names: IntArray | None = None) -> list[str]:
    who = np.flatnonzero(broken) if names is None else names[broken]
    return [sentence.format(int(i)) for i in who]


def _covers(problem: Problem, chosen: IntArray) -> tuple[IntArray]:
    row, option = stretches(problem)
    return (row[np.isin(option, chosen)],)


def _overlaps(problem: Problem, strip: IntArray, x: FloatArray, width: FloatArray) -> list[str]:
    """Neighbors that overlap, and what leaves its strip."""
    said = []
    for s in np.unique(strip):
        here = np.flatnonzero(strip == s)
        here = here[np.argsort(x[here], kind="stable")]
        end = x[here] + width[here]
        if (x[here][1:] < end[:-1] - SLACK).any():
            said.append(f"Two options overlap on strip {s}.")
        if x[here][0] < -SLACK or end.max() > problem.strips.width[s] + SLACK:
            said.append(f"An option leaves strip {s}.")
    return said
