"""The pure case of a machine: every option fills one cell of a tray, so the plan is an assignment."""

from __future__ import annotations

import numpy as np

from core.optimize.plan_program import stretches
from core.optimize.problem import IntArray, Problem


def is_assignment(problem: Problem) -> bool:
    """Whether every option covers exactly one cell, and nothing but the number of places limits an item."""
    options, items = problem.options, problem.items
    if problem.has_blocks or items.has_gain or np.isnan(options.at).any() or not len(options):
        return False
    if items.required.any() or options.locked.any():
        return False
    if np.isfinite(problem.strips.weight).any() and options.weight.any():
        return False
    if (options.facings < items.min_facings[options.item]).any():
        return False
    if (options.facings * items.max_places[options.item] > items.max_facings[options.item]).any():
        return False
    covered = np.bincount(stretches(problem)[1], minlength=len(options))
    return bool((covered == 1).all())


def assign(problem: Problem) -> IntArray:
    """The best options, by shortest augmenting paths (Crouse 2016); an item has a row for each place."""
    from scipy.optimize import linear_sum_assignment

    options, items = problem.options, problem.items
    cell_of, covered = stretches(problem)
    cell = np.empty(len(options), np.int64)
    cell[covered] = np.unique(cell_of, return_inverse=True)[1]
    cells = int(cell.max()) + 1
    best = np.full((len(items), cells), -1)
    order = np.argsort(options.value, kind="stable")
    best[options.item[order], cell[order]] = order
    worth = np.where(best >= 0, options.value[best], 0.0).clip(min=0.0)
    places = np.minimum(items.max_places, cells)
    copies = np.repeat(np.arange(len(items)), places)
    rank = np.arange(len(copies)) - np.repeat(np.cumsum(places) - places, places)
    worth = worth[copies] * items.share(rank, copies)[:, None]
    row, column = linear_sum_assignment(worth, maximize=True)
    taken = worth[row, column] > 0
    return np.sort(best[copies[row[taken]], column[taken]])
