"""The whole problem without blocks as one integer program: exact, and often solved at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.optimize.highs import Program
from core.optimize.problem import IntArray, Problem
from core.optimize.tighten import facets


@dataclass(frozen=True, eq=False)
class PlanProgram:
    """The program, its columns ``option`` (N,) chosen how often and ``demand`` held (items, locks), and the
    rows ``width`` of the strips."""

    program: Program
    option: IntArray
    demand: tuple[IntArray, IntArray]
    width: IntArray


def plan_program(problem: Problem, *, hold_demands: bool = True) -> PlanProgram:
    """Columns and rows of ``problem``, whose blocks are left out.

    ``hold_demands``: required items and locked options are rows; otherwise only their number is maximized,
    which tells how many can be held together.
    """
    options, items = problem.options, problem.items
    program = Program()
    shared = items.has_share[options.item]
    value = np.where(shared | (not hold_demands), 0.0, options.value)
    option = program.add_columns(len(options), value, upper=options.most, integer=True)
    width = _add_space(program, problem, option)
    _add_item_limits(program, problem, option)
    if hold_demands:
        _add_gain(program, problem, option)
        _add_share(program, problem, option, np.flatnonzero(shared))
    demand = _add_demands(program, problem, option, hold_demands)
    return PlanProgram(program, option, demand, width)


def _add_space(program: Program, problem: Problem, option: IntArray) -> IntArray:
    """Widths and weights of strips; fixed options cover each stretch of their strip at most once."""
    options, strips = problem.options, problem.strips
    width = np.zeros(0, np.int64)
    if np.isnan(options.at).any():
        width = program.add_rows(len(strips), -np.inf, strips.width, (options.strip, option, options.width))
    if np.isfinite(strips.weight).any() and options.weight.any():
        program.add_rows(len(strips), -np.inf, strips.weight, (options.strip, option, options.weight))
    row, covered = stretches(problem)
    if len(row):
        program.add_rows(int(row.max()) + 1, -np.inf, 1.0, (row, option[covered], 1.0))
    return width


def stretches(problem: Problem) -> tuple[IntArray, IntArray]:
    """(stretch, option) of options with a fixed place.

    The edges of all options cut a strip into stretches, the cells of a tray, and two options overlap where
    they cover the same one.
    """
    options = problem.options
    fixed = np.flatnonzero(~np.isnan(options.at))
    rows, covers = [], []
    first = 0
    for strip in np.unique(options.strip[fixed]):
        here = fixed[options.strip[fixed] == strip]
        left = np.round(options.at[here], 6)
        right = np.round(options.at[here] + options.width[here], 6)
        edges = np.unique(np.concatenate([left, right]))
        low, high = np.searchsorted(edges, left), np.searchsorted(edges, right)
        count = high - low
        offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        rows.append(first + np.repeat(low, count) + offset)
        covers.append(np.repeat(here, count))
        first += len(edges)
    if not rows:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return np.concatenate(rows), np.concatenate(covers)


def _add_item_limits(program: Program, problem: Problem, option: IntArray) -> None:
    """Places and facings of each item; rows that no choice can break are left out."""
    options, items = problem.options, problem.items
    count = np.bincount(options.item, minlength=len(items))
    several = options.most > 1
    place = option.copy()
    counted = several & (count > items.max_places)[options.item]
    if counted.any():  # a column of its own says whether such an option is chosen at all
        place[counted] = program.add_columns(int(counted.sum()), upper=1.0, integer=True)
        chosen = np.flatnonzero(counted)
        program.add_rows(len(chosen), -np.inf, 0.0, (np.arange(len(chosen)), option[chosen], 1.0),
                         (np.arange(len(chosen)), place[chosen], -options.most[chosen]))  # fmt: skip
    held = (count > items.max_places)[options.item]
    program.add_rows(len(items), -np.inf, items.max_places, (options.item[held], place[held], 1.0))
    could = np.bincount(options.item, options.facings * options.most, len(items))
    widest = _per_item(np.maximum, options.item, options.facings * options.most, len(items), 0)
    narrowest = _per_item(np.minimum, options.item, options.facings, len(items), np.iinfo(np.int64).max)
    high = np.where((items.max_places == 1) & (widest <= could), widest, could) > items.max_facings
    low = (narrowest < items.min_facings) & (count > 0)
    bound = np.flatnonzero(high | low)
    position = np.full(len(items), -1)
    position[bound] = np.arange(len(bound))
    of = position[options.item]
    facings = (of[of >= 0], option[of >= 0], options.facings[of >= 0])
    placed = program.add_columns(len(bound), upper=1.0, integer=True)
    most, row = np.minimum(items.max_facings, could)[bound], np.arange(len(bound))
    program.add_rows(len(bound), -np.inf, 0.0, facings, (row, placed, -most))
    program.add_rows(len(bound), 0.0, np.inf, facings, (row, placed, -items.min_facings[bound]))


def _per_item(ufunc: np.ufunc, item: IntArray, values: IntArray, count: int, empty: int) -> IntArray:
    out = np.full(count, empty, dtype=np.int64)
    ufunc.at(out, item, values)
    return out


def _add_gain(program: Program, problem: Problem, option: IntArray) -> None:
    """Concave gains: a column for each piece, together no more than the amount of the item."""
    options, items = problem.options, problem.items
    if not items.has_gain:
        return
    item, piece = np.nonzero((items.gain_slope > 0) & (items.gain_width > 0))
    used = program.add_columns(len(item), items.gain_slope[item, piece], upper=items.gain_width[item, piece])
    program.add_rows(len(items), -np.inf, 0.0, (item, used, 1.0), (options.item, option, -options.amount))
    hull = facets(problem)
    facet, of = np.nonzero(hull.item[:, None] == item[None, :])
    gained = (facet, used[of], items.gain_slope[item, piece][of])
    of_options = (hull.facet, option[hull.option], -hull.slope)
    program.add_rows(len(hull.item), -np.inf, hull.constant, gained, of_options)


def _add_share(program: Program, problem: Problem, option: IntArray, shared: IntArray) -> None:
    """Places of less and less worth: a column for each option as its item's first, second, … place."""
    options, items = problem.options, problem.items
    if not len(shared):
        return
    ranks = int(min(items.max_places[options.item[shared]].max(), np.bincount(options.item[shared]).max()))
    o, rank = (array.ravel() for array in np.meshgrid(shared, np.arange(ranks), indexing="ij"))
    item = options.item[o]
    o, rank, item = (array[rank < items.max_places[item]] for array in (o, rank, item))
    as_rank = program.add_columns(len(o), options.value[o] * items.share(rank, item), upper=1.0)
    whole = (np.arange(len(shared)), option[shared], -1.0)
    program.add_rows(len(shared), 0.0, 0.0, (np.searchsorted(shared, o), as_rank, 1.0), whole)
    slot, of = np.unique(item * ranks + rank, return_inverse=True)
    program.add_rows(len(slot), -np.inf, 1.0, (of, as_rank, 1.0))


def _add_demands(
    program: Program, problem: Problem, option: IntArray, hold: bool
) -> tuple[IntArray, IntArray]:
    """Rows of required items and locked options. Returns their columns where they may fail, else nothing."""
    options, items = problem.options, problem.items
    required = np.flatnonzero(items.required)
    locked = np.flatnonzero(options.locked)
    position = np.full(len(items), -1)
    position[required] = np.arange(len(required))
    of = position[options.item]
    asked = (of[of >= 0], option[of >= 0], 1.0)
    if hold:
        program.add_rows(len(required), 1.0, np.inf, asked)
        program.add_rows(len(locked), 1.0, np.inf, (np.arange(len(locked)), option[locked], 1.0))
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    items_met = program.add_columns(len(required), 1.0, upper=1.0, integer=True)
    locks_met = program.add_columns(len(locked), 1.0, upper=1.0, integer=True)
    program.add_rows(len(required), 0.0, np.inf, asked, (np.arange(len(required)), items_met, -1.0))
    program.add_rows(len(locked), 0.0, np.inf, (np.arange(len(locked)), option[locked], 1.0),
                     (np.arange(len(locked)), locks_met, -1.0))  # fmt: skip
    return items_met, locks_met
