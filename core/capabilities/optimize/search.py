"""Filling a machine's slots: exact first-order fillings, and a local search on the full response.

The first-order problem is an assignment of coils to slots (Burkard, Dell'Amico & Martello 2009, ch. 4):
the k-th coil of a product adds (k^space − (k − 1)^space) of what its first does, so each coil is an item of
its own. Fillings are found by solving it around one plan after another, each time at the category totals
between the old and the new one (Frank-Wolfe with half steps); then slots are exchanged and products
replaced as long as the full response gains.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.capabilities.optimize.rack import EMPTY, BoolArray, Rack
from core.capabilities.optimize.value import Tangent
from core.optimize.problem import Items, Options, Problem, Strips
from core.optimize.solve import solve
from core.site.zones import FloatArray, IntArray

ROUNDS = 8
TRIED = 40
"""Moves of a round that are tried one after the other, best first, before all are valued anew."""
LEAST_GAIN = 1e-9
MOST_VALUED = 600
"""Replacements of a round that are valued on the full response while there are better ones."""
ENOUGH = 1e6
"""Added to what is required, in units of the largest value, so that nothing else is worth leaving it out."""

Stop = Callable[[], bool]


def coil_values(rack: Rack, at: Tangent) -> tuple[IntArray, IntArray, FloatArray]:
    """(product (N,), which of its coils (N,) from 0, value (N, S)) of every coil that may be placed, at
    first order; −inf where it does not fit."""
    product = np.repeat(np.arange(len(rack.products)), rack.most)
    first = np.repeat(np.cumsum(rack.most) - rack.most, rack.most)
    k = np.arange(len(product)) - first
    space = rack.worth.site.response.point.space[0, rack.products][product]
    share = (k + 1.0) ** space - k.astype(np.float64) ** space
    value = rack.strength[product] * (at.per_attraction[rack.products][product] * share)[:, None]
    value = value + np.where(k == 0, at.variety, 0.0)[:, None]
    return product, k, np.where(rack.fits[product], value, -np.inf)


@dataclass(frozen=True, eq=False)
class Assigned:
    """A filling (S,) with its first-order worth a day and the bound that no filling exceeds."""

    filling: IntArray
    objective: float
    bound: float


def assigned(rack: Rack, at: Tangent) -> Assigned:
    """The filling of greatest first-order worth; a slot stays empty where every coil would cost."""
    product, k, value = coil_values(rack, at)
    stays = rack.fixed[rack.blocked & (rack.fixed >= 0)]
    held = np.bincount(stays, minlength=len(rack.products))
    is_required = k < rack.least[product]
    usable = np.isfinite(value) & (k >= held[product])[:, None] & ~rack.blocked[None, :]
    coil, slot = np.nonzero(usable & (_among_best(value, len(rack.free)) | is_required[:, None]))
    worth, required = value[coil, slot], is_required[coil]
    extra = ENOUGH * max(float(np.abs(worth).max(initial=0.0)), 1.0)
    row, column = rack.cells[slot].T
    problem = Problem(
        Strips.of(np.array(rack.fixture.row_columns, np.float64)), Items.of(len(product)),
        Options.of(coil, row, 1.0, np.where(required, worth + extra, worth), at=column.astype(np.float64)),
    )
    solution = solve(problem)
    chosen = solution.chosen
    filling = rack.fixed.copy()
    filling[slot[chosen]] = product[coil[chosen]]
    kept = at.constant + rack.first_order(rack.fixed, at)
    objective = float(worth[chosen].sum()) + kept
    return Assigned(filling, objective, objective + max(solution.bound - solution.objective, 0.0))


def _among_best(value: FloatArray, slots: int) -> BoolArray:
    """Whether a coil is among the best of a slot, one for each slot there is, (N, S): the others that a best
    assignment uses can take no more of them than that."""
    if len(value) <= slots:
        return np.ones_like(value, np.bool_)
    least = np.partition(value, len(value) - slots, axis=0)[len(value) - slots]
    return np.asarray(value >= least[None, :])


def fillings(rack: Rack, start: IntArray, stop: Stop) -> list[IntArray]:
    """Fillings by repeated first-order optima, from around ``start`` on; at least one."""
    found: list[IntArray] = []
    totals = rack.totals(start[None, :])[0][0]
    here = start
    for _ in range(ROUNDS):
        here = assigned(rack, rack.tangent_at(here, totals if found else None)).filling
        if found and any(np.array_equal(here, other) for other in found):
            break
        found.append(here)
        new = rack.totals(here[None, :])[0][0]
        totals = np.exp(0.5 * (np.log(totals + 1e-9) + np.log(new + 1e-9)))
        if stop():
            break
    return found


def improved(rack: Rack, filling: IntArray, stop: Stop, tell: Callable[[float], None]) -> IntArray:
    """A filling that no exchange of two slots and no replacement in one makes worth more. ``tell`` hears of
    every gain."""
    best, worth = filling, float(rack.worths(filling[None, :])[0])
    promising = True
    while not stop():
        neighbors, changed = _neighbors(rack, best, MOST_VALUED if promising else None)
        gains = rack.worths(neighbors) - worth
        order = np.argsort(-gains, kind="stable")[:TRIED]
        order = order[gains[order] > LEAST_GAIN * max(abs(worth), 1.0)]
        if not len(order):
            if not promising:
                break
            promising = False  # before it is called the best, every step is valued
            continue
        for i in order.tolist():
            trial = np.where(changed[i], neighbors[i], best)
            coils = np.bincount(trial[trial >= 0], minlength=len(rack.products))
            if not rack.allowed(coils):
                continue
            now = float(rack.worths(trial[None, :])[0])
            if now > worth:
                best, worth = trial, now
        tell(worth)
    return best


def _neighbors(rack: Rack, filling: IntArray, most: int | None) -> tuple[IntArray, BoolArray]:
    """(fillings one step away (B, S), the slots in which each differs (B, S)) that keep every limit; of the
    replacements those that promise ``most`` at first order."""
    free, products = rack.free, np.arange(len(rack.products))
    coils = np.bincount(filling[filling >= 0], minlength=len(products))
    room = np.flatnonzero(coils < rack.most)
    gives = (filling[free] == EMPTY) | (coils - 1 >= rack.least)[filling[free]]
    slot, product = (a.ravel() for a in np.meshgrid(free[gives], room, indexing="ij"))
    real = (filling[slot] != product) & rack.fits[product, slot]
    slot, product = slot[real], product[real]
    if most is not None and len(slot) > most:
        at = rack.tangent_at(filling)
        each = rack.strength * at.per_attraction[rack.products][:, None]
        gain = each[product, slot] - np.where(filling[slot] >= 0, each[filling[slot], slot], 0.0)
        slot, product = (side[np.argpartition(-gain, most)[:most]] for side in (slot, product))
    replaced = np.repeat(filling[None, :], len(slot), axis=0)
    replaced[np.arange(len(slot)), slot] = product

    i, j = (free[side] for side in np.triu_indices(len(free), 1))
    a, b = filling[i], filling[j]
    real = (a != b) & ((a < 0) | rack.fits[a, j]) & ((b < 0) | rack.fits[b, i])
    i, j = i[real], j[real]
    swapped = np.repeat(filling[None, :], len(i), axis=0)
    swapped[np.arange(len(i)), i], swapped[np.arange(len(i)), j] = filling[j], filling[i]
    both = np.concatenate([replaced, swapped])
    return both, both != filling
