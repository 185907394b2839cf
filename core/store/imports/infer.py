"""From a machine's sales by slot and day to the history of its planograms. Pure arrays, no database.

For each slot the sequence of products that stood in it is the one of least cost: a unit that another
product sold is a misread and costs 1 (at most 2 a day), a change of product costs ``CHANGE_COST``. So
one odd sale in a run is a misread, two are a change. The day of a change lies between the last sale
of the old and the first of the new product; the fewest visits that explain all changes of a machine
are chosen (interval stabbing), so that slots refilled together change together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]

CHANGE_COSTS = (0.75, 3.0, 12.0)
"""Cost of a change; a slot that seems to change all the time between the same products is a mixed coil
and is read again with the next one."""
MIN_RUN_DAYS = 4.0
MAX_RETURNS = 2.0
"""Runs a product beyond which, with runs shorter than ``MIN_RUN_DAYS``, a slot counts as mixed."""
MAX_MISREAD_UNITS = 2
MAX_PRODUCTS = 64
MAX_VERSIONS = 200
SURE_ABSENT = 7.0
"""Expected sales without any before a slot counts as not yet filled: chance exp(−7) < 0.1 %."""


@dataclass(frozen=True, eq=False)
class Sales:
    """Sales of one or more sites, one row a (site, slot, day, product): ``site``, ``slot`` (as coded
    in the sales tables), ``day`` (since 1970-01-01), ``product``, ``units``, all (n,)."""

    site: IntArray
    slot: IntArray
    day: IntArray
    product: IntArray
    units: IntArray


@dataclass(frozen=True, eq=False)
class Runs:
    """What stood where: one row a run, sorted by site, slot and time. ``since`` is the day from which
    the run counts, ``first`` and ``last`` its first and last sale, all (r,)."""

    site: IntArray
    slot: IntArray
    product: IntArray
    since: IntArray
    first: IntArray
    last: IntArray

    def of_site(self, site: int) -> Runs:
        at = slice(*np.searchsorted(self.site, [site, site + 1]))
        return Runs(*(getattr(self, f)[at] for f in ("site", "slot", "product", "since", "first", "last")))


@dataclass(frozen=True, eq=False)
class State:
    """What stood on one cabinet from ``since`` on: ``run`` indexes the site's runs, one a filled slot."""

    since: int
    run: IntArray


def infer(sales: Sales) -> Runs:
    """The runs of every slot of every site; rows whose slot is not known (0) are left out."""
    known = sales.slot > 0
    order = np.lexsort((sales.product[known], sales.day[known], sales.slot[known], sales.site[known]))
    part = Sales(*(getattr(sales, f)[known][order] for f in ("site", "slot", "day", "product", "units")))
    if not len(part.site):
        empty = np.zeros(0, np.int64)
        return Runs(empty, empty, empty, empty, empty, empty)
    group = _ranks(part.site, part.slot)
    state = np.full(len(group), -1, np.int64)
    todo = np.ones(group[-1] + 1, bool)
    for cost in CHANGE_COSTS:
        rows = todo[group]
        state[rows] = _standing(part, group, rows, cost)
        todo = _mixed(part, group, state) if cost != CHANGE_COSTS[-1] else todo
        if not todo.any():
            break
    return _runs(part, group, state)


def _ranks(*keys: IntArray) -> IntArray:
    """0, 0, 1, 1, 1, 2 …: numbers of the groups of equal keys; the keys are sorted."""
    change = np.zeros(len(keys[0]), bool)
    for key in keys:
        change[1:] |= key[1:] != key[:-1]
    return np.cumsum(change)


def _standing(sales: Sales, group: IntArray, rows: NDArray[np.bool_], cost: float) -> IntArray:
    """Product that stood in the slot on the day of each of the ``rows``, in batches of bounded memory."""
    at = np.flatnonzero(rows)
    result = np.empty(len(at), np.int64)
    start = 0
    while start < len(at):
        end = min(start + 200_000, len(at))
        while end < len(at) and group[at[end]] == group[at[end - 1]]:
            end += 1
        part = at[start:end]
        result[start:end] = _viterbi(
            _ranks(group[part]), sales.day[part], sales.product[part],
            np.minimum(sales.units[part], MAX_MISREAD_UNITS), cost,
        )
        start = end
    return result


def _viterbi(group: IntArray, day: IntArray, product: IntArray, weight: IntArray, cost: float) -> IntArray:
    """The least-cost product of each row's day; rows sorted by group (slot) and day."""
    groups = int(group[-1]) + 1
    step_of_row = _ranks(group, day)
    first_step = np.zeros(groups, np.int64)
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    first_step[:] = step_of_row[starts]
    step = step_of_row - first_step[group]
    steps = np.diff(np.r_[first_step, step_of_row[-1] + 1])
    choice, names = _choices(group, product, weight)
    width = names.shape[1]
    order = np.argsort(-steps, kind="stable")
    place = np.empty(groups, np.int64)
    place[order] = np.arange(groups)
    longest = int(steps.max())
    active = (np.sort(steps)[None, ::-1] > np.arange(longest)[:, None]).sum(axis=1)
    hits = _PerStep(step, place[group], choice, weight, longest)
    value = np.where(names[order] >= 0, 0.0, np.inf)
    came = []
    for t in range(longest):
        n = int(active[t])
        now = value[:n]
        best = now.argmin(axis=1)
        jump = now[np.arange(n), best] + cost
        switch = now > jump[:, None]
        came.append(np.where(switch, best[:, None], np.arange(width)).astype(np.int16))
        np.minimum(now, jump[:, None], out=now)
        hits.charge(now, t)
    picked = np.empty((longest, groups), np.int16)
    state = value.argmin(axis=1)
    for t in range(longest - 1, -1, -1):
        n = int(active[t])
        picked[t, :n] = state[:n]
        state[:n] = came[t][np.arange(n), state[:n]]
    result: IntArray = names[group, picked[step, place[group]]]
    return result


def _choices(group: IntArray, product: IntArray, weight: IntArray) -> tuple[IntArray, IntArray]:
    """(index of each row's product among its slot's, −1 beyond ``MAX_PRODUCTS``; product by slot and
    index, −1 where there is none). The most sold come first."""
    order = np.lexsort((product, group))
    pair = np.empty(len(group), np.int64)
    pair[order] = _ranks(group[order], product[order])
    first = np.flatnonzero(np.r_[True, np.diff(pair[order]) > 0])
    pair_group, pair_product = group[order][first], product[order][first]
    sold = np.bincount(pair, weight)
    ranked = np.lexsort((pair_product, -sold, pair_group))
    begins = np.searchsorted(pair_group[ranked], np.arange(int(group[-1]) + 1))
    rank = np.empty(len(ranked), np.int64)
    rank[ranked] = np.arange(len(ranked)) - begins[pair_group[ranked]]
    width = int(min(rank.max() + 1, MAX_PRODUCTS))
    names = np.full((int(group[-1]) + 1, width), -1, np.int64)
    kept = rank < width
    names[pair_group[kept], rank[kept]] = pair_product[kept]
    return np.where(rank < width, rank, -1)[pair], names


class _PerStep:
    """The sales of each step, to charge every state with what other products sold."""

    def __init__(
        self, step: IntArray, place: IntArray, choice: IntArray, weight: IntArray, steps: int
    ) -> None:
        order = np.argsort(step, kind="stable")
        self._bounds = np.searchsorted(step[order], np.arange(steps + 1))
        self._place, self._choice, self._weight = place[order], choice[order], weight[order].astype(float)

    def charge(self, value: NDArray[np.float64], step: int) -> None:
        rows = slice(self._bounds[step], self._bounds[step + 1])
        place, choice, weight = self._place[rows], self._choice[rows], self._weight[rows]
        value += np.bincount(place, weight, len(value))[:, None]
        named = choice >= 0
        np.subtract.at(value, (place[named], choice[named]), weight[named])


def _mixed(sales: Sales, group: IntArray, state: IntArray) -> NDArray[np.bool_]:
    """Slots (groups) whose runs are short while the same products return in them."""
    run = _ranks(group, state)
    new_day = np.r_[True, (group[1:] != group[:-1]) | (sales.day[1:] != sales.day[:-1])]
    days = np.bincount(group, new_day)
    starts = np.r_[0, np.flatnonzero(np.diff(run)) + 1]
    runs = np.bincount(group[starts])
    products = np.bincount(np.unique(np.stack([group[starts], state[starts]]), axis=1)[0])
    short = days < MIN_RUN_DAYS * runs
    result: NDArray[np.bool_] = (runs > 3) & short & (runs > MAX_RETURNS * products)
    return result


def _runs(sales: Sales, group: IntArray, state: IntArray) -> Runs:
    run = _ranks(group, state)
    right = sales.product == state
    count = int(run[-1]) + 1
    begin = np.searchsorted(run, np.arange(count))
    first = np.full(count, np.iinfo(np.int64).max)
    last = np.full(count, -1, np.int64)
    np.minimum.at(first, run[right], sales.day[right])
    np.maximum.at(last, run[right], sales.day[right])
    sold_days = np.bincount(run[right], minlength=count)
    kept = np.flatnonzero(sold_days > 0)
    site, slot, product = sales.site[begin][kept], sales.slot[begin][kept], state[begin][kept]
    first, last, sold_days = first[kept], last[kept], sold_days[kept]
    same = np.r_[False, (site[1:] == site[:-1]) & (slot[1:] == slot[:-1])]
    opening = np.minimum.reduceat(sales.day, np.searchsorted(sales.site, np.unique(sales.site)))
    earliest = np.where(same, np.r_[0, last[:-1]] + 1, opening[_ranks(site)])
    rate = sold_days / np.maximum(last - first + 1, 1)
    absent = np.where(sold_days > 1, np.ceil(SURE_ABSENT / rate), np.inf)
    earliest = np.minimum(np.maximum(earliest, first - absent), first).astype(np.int64)
    since = np.empty(len(site), np.int64)
    for code in np.unique(site):
        at = slice(*np.searchsorted(site, [code, code + 1]))
        since[at] = visits(earliest[at], first[at], ~same[at])
    return Runs(site, slot, product, since, first, last)


def visits(earliest: IntArray, latest: IntArray, opening: NDArray[np.bool_]) -> IntArray:
    """The day of each change within [earliest, latest], on as few days as possible, at most
    ``MAX_VERSIONS`` of them (then days apart less than a growing window are taken together).

    Of several days that fit, what opens a slot takes the first and a change the last, next to the sale
    that shows it.
    """
    start = int(earliest.min())
    window = 0
    while True:
        days = [start]
        for at in np.lexsort((earliest, latest)).tolist():
            if earliest[at] > days[-1] + window:
                days.append(int(latest[at]))
        if len(days) <= MAX_VERSIONS:
            break
        window = 7 if window == 0 else window * 2
    chosen = np.array(days)
    newest = np.maximum(np.searchsorted(chosen, latest, side="right") - 1, 0)
    oldest = np.minimum(np.searchsorted(chosen, earliest), newest)
    result: IntArray = chosen[np.where(opening, oldest, newest)]
    return result


def states(runs: Runs, cabinet: IntArray) -> dict[int, list[State]]:
    """One site's runs → the states of each of its cabinets, one a day on which something changed.

    ``cabinet`` (r,) is the cabinet of each run.
    """
    result = {}
    for number in np.unique(cabinet).tolist():
        mine = np.flatnonzero(cabinet == number)
        days, day_of = np.unique(runs.since[mine], return_inverse=True)
        _, column = np.unique(runs.slot[mine], return_inverse=True)
        table = np.full((len(days), column.max() + 1), -1, np.int64)
        np.maximum.at(table, (day_of, column), mine)
        table = np.maximum.accumulate(table, axis=0)
        product = np.where(table >= 0, runs.product[table], -1)
        changed = np.r_[True, (product[1:] != product[:-1]).any(axis=1)]
        result[int(number)] = _states(days[changed], table[_last_before(changed)])
    return result


def _last_before(changed: NDArray[np.bool_]) -> IntArray:
    """For each state the last row that shows it, so that its runs are the newest of the same product."""
    starts = np.flatnonzero(changed)
    result: IntArray = np.r_[starts[1:], len(changed)] - 1
    return result


def _states(days: IntArray, table: IntArray) -> list[State]:
    return [State(int(day), row[row >= 0]) for day, row in zip(days, table, strict=True)]


