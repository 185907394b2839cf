"""The worth of every single move at once: product × target, in closed form.

A move puts a product on a target cell: it swaps with what stands there, replaces it when the product
was not on the plan, or goes to the free stretch. At most the product, the displaced one, their old and
new neighbors and the displaced one's other facings change their attraction, so that revenue

    Σ_c V_c · exp(−diversion_c · (log I_c − reference_c)),   V_c = Σ money_i e^{a_i},   I_c = Σ e^{a_i}

is known exactly from the changes of V and I. The figures equal those of ``Response.rates`` on the
edited plan; tests hold them to that.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.capabilities.shelf import BoolArray, Padded, Shelf, Targets, mean_slot, revenue_of
from core.capabilities.valuation import season_ahead
from core.errors import BadInput
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram
from core.planogram.product import Product
from core.planogram.space import ROUNDING, footprint_in, is_free, length, new_position, relocated
from core.site.zones import FloatArray, IntArray

ENTRIES = 8
"""Changes a move can make: what arrives, leaves, makes way, its other facings, four neighbors."""


@dataclass(frozen=True, eq=False)
class Moves:
    """Outcome of moving each of P products to each of T targets, arrays (P, T) unless said otherwise.

    ``gain``: money a day · ``legal``: it fits, nothing locked moves, temperature agrees · ``displaced``:
    index of the position that makes way, −1 on a free stretch · ``left``, ``right``: catalog index of
    the product's new neighbors, −1 where none · ``slot``: log multiplier where the product comes to
    stand · ``affinity`` with the new neighbors · ``stays``: the target is the product's own place ·
    ``start``, ``back``: left edge, in units of the row, of the product and of the displaced position in
    a swap · ``source`` (P,): index of the position moved, −1 for a product that is not on the plan.
    """

    gain: FloatArray
    legal: BoolArray
    displaced: IntArray
    left: IntArray
    right: IntArray
    slot: FloatArray
    affinity: FloatArray
    stays: BoolArray
    start: FloatArray
    back: FloatArray
    source: IntArray


@dataclass(frozen=True, eq=False)
class _Held:
    """The held products as columns, shape (P, 1)."""

    product: IntArray
    source: IntArray
    length: FloatArray
    width_in: FloatArray
    own: FloatArray
    """Attraction less slot and neighbors."""
    worth: FloatArray
    temperature_ok: BoolArray


def sources_of(
    shelf: Shelf, product_ids: Sequence[int], sources: Mapping[int, tuple[int, int]] | None = None
) -> IntArray:
    """Index of the position that each product is moved from, −1 for one that is not on the plan.

    Of several positions the one named in ``sources`` (row, column), else the one that earns least.
    """
    response = shelf.site.response
    least = np.full(len(response.product_ids), -1)
    order = np.argsort(-shelf.position_revenue(), kind="stable")
    least[shelf.layout.product[order]] = order  # of several the last one written stays
    result = least[[response.index[p] for p in product_ids]]
    for k, product_id in enumerate(product_ids):
        if sources and product_id in sources:
            result[k] = _named(shelf, product_id, sources[product_id], int(result[k]))
    return result


def _named(shelf: Shelf, product_id: int, source: tuple[int, int], default: int) -> int:
    for i, p in enumerate(shelf.plan.positions):
        if p.product_id == product_id and p.row == source[0] and p.column <= source[1] < p.column + p.cells:
            return i
    return default


def moves(shelf: Shelf, product_ids: Sequence[int], targets: Targets, source: IntArray) -> Moves:
    """Every product to every target. ``source``: see ``sources_of``. Raises KeyError as ``shelf_of``."""
    held = _held(shelf, product_ids, source)
    place = _places(shelf, held, targets)
    return _valued(shelf, held, place)


def _held(shelf: Shelf, product_ids: Sequence[int], source: IntArray) -> _Held:
    site, fixture, n = shelf.site, shelf.plan.fixture, len(product_ids)
    response = site.response
    e = response.point
    p = np.fromiter((response.index[i] for i in product_ids), np.int64, n)
    products = [site.catalog[i] for i in product_ids]
    room = np.array([_room(q, fixture) for q in products]).reshape(n, 2)
    length_p, width_p = room[:, 0], room[:, 1]
    worth = response.reference_price[p] * season_ahead(site)[response.category[p]]
    own = e.base[0, p].copy()
    standing = source >= 0
    if standing.any():
        i = source[standing]
        length_p[standing], width_p[standing] = shelf.length[i], shelf.width_in[i]
        worth[standing] = shelf.worth[i]
        own[standing] = shelf.attraction[i] - shelf.slot[i] - e.neighbor[0] * shelf.layout.affinity[i]
    zone = fixture.temperature_zone
    fits = np.fromiter((q.temperature in (None, zone) for q in products), np.bool_, n)
    return _Held(p[:, None], source[:, None], length_p[:, None], width_p[:, None], own[:, None],
                 worth[:, None], fits[:, None])


def _room(product: Product, fixture: Fixture) -> tuple[float, float]:
    """(units, inches) of one facing; a product without a usable width is endless, so it fits nowhere."""
    try:
        return length(product, fixture), footprint_in(product, fixture)
    except BadInput:
        return math.inf, fixture.cell_width_in


@dataclass(frozen=True, eq=False)
class _Places:
    """Where the held product and the one it displaces come to stand, arrays (P, T)."""

    row: IntArray
    start: FloatArray
    back: FloatArray
    displaced: IntArray
    before: IntArray
    after: IntArray
    fits: BoolArray
    stays: BoolArray


def _places(shelf: Shelf, held: _Held, targets: Targets) -> _Places:
    """The rules of ``edit.drop`` as arrays."""
    its, i = shelf.padded, held.source
    last, following = _around(its, shelf.row_length, targets)
    j = np.where(targets.middle < its.end[last] - ROUNDING, last, -1)[None, :]
    own = (j == i) & (i >= 0)
    j = np.where(own, -1, j)
    taken = j >= 0
    before = np.where(taken, its.before[j], _without(last[None, :], i, its.before))
    after = np.where(taken, its.after[j], _without(following[None, :], i, its.after))
    row = targets.row[None, :]
    low, high = _gap(shelf, row, _without(before, i, its.before), _without(after, i, its.after))
    swap = taken & (i >= 0)
    start_i, start_j = its.start[i], its.start[j]
    same = swap & (its.row[i] == row)
    # On one row the outer edges of a swapped pair stay.
    wish_p = np.where(same & (start_i < start_j), its.end[j] - held.length, start_j)
    wish_p = np.where(swap, wish_p, targets.edge[None, :])
    start = _clamp(wish_p, held.length, low, high)
    length_q = its.length[j]
    low_q, high_q = _gap(shelf, its.row[i], _without(its.before[i], j, its.before),
                         _without(its.after[i], j, its.after))
    wish_q = np.where(same & (start_j < start_i), its.end[i] - length_q, start_i)
    back = _clamp(wish_q, length_q, low_q, high_q)
    fits = (high - low >= held.length - ROUNDING) & (~swap | (high_q - low_q >= length_q - ROUNDING))
    repeated = (its.product[j] == held.product) & (i < 0)
    stays = own & (np.abs(start - start_i) < ROUNDING)
    return _Places(row, start, back, j, before, after, fits & ~repeated, stays)


def _around(its: Padded, row_length: FloatArray, targets: Targets) -> tuple[IntArray, IntArray]:
    """Last position that starts at or before each target, and the one after it, −1 off the row."""
    n, far = len(its.row) - 1, float(row_length.max()) + 10.0
    rank = np.searchsorted(
        its.row[:n] * far + its.start[:n], targets.row * far + targets.middle + ROUNDING, side="right"
    )
    # Rank n has no follower and reads the padding; so does −1 before the first.
    last = np.where(its.row[rank - 1] == targets.row, rank - 1, -1)
    following = np.where(its.row[rank] == targets.row, rank, -1)
    return last, following


def _without(index: IntArray, gone: IntArray, beyond: IntArray) -> IntArray:
    """``index``, or the next one beyond where that is the position which leaves."""
    return np.where(index == gone, beyond[gone], index)


def _gap(shelf: Shelf, row: IntArray, before: IntArray, after: IntArray) -> tuple[FloatArray, FloatArray]:
    """Free stretch between two positions of a row, −1 meaning the end of the row."""
    low = shelf.padded.end[before]
    high = np.where(after >= 0, shelf.padded.start[after], shelf.row_length[row])
    return low, high


def _clamp(wish: FloatArray, width: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Start nearest to the wish that keeps ``width`` inside the gap, the wish where it cannot."""
    inside = np.minimum(np.maximum(wish, low), np.maximum(high - width, low))
    return np.where(high - low < width - ROUNDING, wish, inside)


def _valued(shelf: Shelf, held: _Held, place: _Places) -> Moves:
    its, response = shelf.padded, shelf.site.response
    i, j, p, pair = held.source, place.displaced, held.product, response.padded_affinity
    nu, inches = float(response.point.neighbor[0]), 1.0
    if not is_free(shelf.plan.fixture):
        inches = shelf.plan.fixture.cell_width_in
    q, stood = its.product[j], i >= 0
    swap = (j >= 0) & stood
    slot = mean_slot(shelf, place.row, place.start * inches, held.width_in)
    back = mean_slot(shelf, its.row[i], place.back * inches, its.width_in[j])

    # In a swap of neighbors each is the other's new neighbor.
    left = np.where(swap & (place.before == i), q, its.product[place.before])
    right = np.where(swap & (place.after == i), q, its.product[place.after])
    affinity = pair[p, left] + pair[p, right]
    old_before, old_after = its.before[i], its.after[i]
    near = [np.where((old == j) & (j >= 0), p, its.product[old]) for old in (old_before, old_after)]
    affinity_q = pair[q, near[0]] + pair[q, near[1]]
    new_q = np.where(swap, np.exp((its.own - nu * its.affinity)[j] + back + nu * affinity_q), 0.0)

    changes = _Changes(shelf, place.start.shape)
    changes.add(response.category[p], np.exp(held.own + slot + nu * affinity), held.worth)
    changes.add(its.category[i], -its.exp_attraction[i], its.worth[i])
    changes.add(its.category[j], new_q - its.exp_attraction[j], its.worth[j])
    scale = _less_facings(shelf, j, (j >= 0) & ~stood)
    if scale is not None:
        _scale_others(changes, shelf, j, q, scale)
    for node, shift in _neighbor_shifts(shelf, held, place, q, swap):
        change = its.exp_attraction[node] * np.expm1(nu * shift)
        if scale is not None:
            change = np.where(its.product[node] == q, change * scale, change)
        changes.add(its.category[node], change, its.worth[node])

    gain = np.where(place.stays, 0.0, changes.gain())
    legal = place.fits & held.temperature_ok & (~(its.locked[i] | its.locked[j]) | place.stays)
    return Moves(gain, legal, j, left, right, slot, affinity, place.stays, place.start, place.back, i[:, 0])


def moved(shelf: Shelf, table: Moves, product_id: int, a: int, row: int, t: int) -> Planogram:
    """The plan after the legal move of product ``a`` of the table to its target ``t`` on ``row``."""
    plan, fixture = shelf.plan, shelf.plan.fixture
    i, j = int(table.source[a]), int(table.displaced[a, t])
    source = plan.positions[i] if i >= 0 else None
    other = plan.positions[j] if j >= 0 else None
    start = float(table.start[a, t])
    if source is None:
        arrives = new_position(shelf.site.catalog[product_id], fixture, row, start)
    else:
        arrives = relocated(source, fixture, row, start)
    rest = [p for p in plan.positions if p is not source and p is not other]
    if source is not None and other is not None:
        rest.append(relocated(other, fixture, source.row, float(table.back[a, t])))
    return plan.with_positions([*rest, arrives])


class _Changes:
    """Changes of I and V by category, gathered entry by entry for every (product, target)."""

    def __init__(self, shelf: Shelf, shape: tuple[int, ...]) -> None:
        self.shelf, self.shape = shelf, shape
        self.base = np.arange(int(np.prod(shape))).reshape(shape) * len(shelf.site.response.categories)
        self.entries = 0
        self.bins = np.empty((ENTRIES, *shape), np.int64)
        self.inclusive, self.value = np.empty((ENTRIES, *shape)), np.empty((ENTRIES, *shape))

    def add(self, category: IntArray, change: FloatArray, worth: FloatArray) -> None:
        np.add(self.base, category, out=self.bins[self.entries])
        self.inclusive[self.entries] = change
        np.multiply(change, worth, out=self.value[self.entries])
        self.entries += 1

    def gain(self) -> FloatArray:
        """Money a day more than the plan as it stands."""
        categories = len(self.shelf.site.response.categories)
        size, bins = self.base.size * categories, self.bins[:self.entries].ravel()
        inclusive = np.bincount(bins, self.inclusive[:self.entries].ravel(), size).reshape(-1, categories)
        value = np.bincount(bins, self.value[:self.entries].ravel(), size).reshape(-1, categories)
        rows, columns = np.nonzero((inclusive != 0.0) | (value != 0.0))
        i_old, v_old = self.shelf.category_sums
        i_new = np.maximum(i_old[columns] + inclusive[rows, columns], 0.0)
        v_new = np.maximum(v_old[columns] + value[rows, columns], 0.0)
        old = revenue_of(self.shelf, i_old, v_old)
        new = revenue_of(self.shelf, i_new, v_new, columns)
        gain: FloatArray = np.bincount(rows, new - old[columns], self.base.size).astype(float)
        return gain.reshape(self.shape)


def _neighbor_shifts(
    shelf: Shelf, held: _Held, place: _Places, q: IntArray, swap: BoolArray
) -> list[tuple[IntArray, FloatArray]]:
    """(position, change of its summed affinity) of every bystander, each position once."""
    its, pair = shelf.padded, shelf.site.response.padded_affinity
    i, j, p = held.source, place.displaced, held.product
    old_before, old_after = its.before[i], its.after[i]
    nodes: list[IntArray] = []
    shifts: list[FloatArray] = []

    def touch(node: IntArray, change: FloatArray) -> None:
        nodes.append(np.where((node == i) | (node == j), -1, node))
        shifts.append(change)

    x_before, x_after = its.product[old_before], its.product[old_after]
    y_before, y_after = its.product[place.before], its.product[place.after]
    # Where the product left: the displaced one comes in, or the two neighbors close up.
    closes = pair[x_before, x_after]
    touch(old_before, np.where(swap, pair[x_before, q], closes) - pair[x_before, p])
    touch(old_after, np.where(swap, pair[x_after, q], closes) - pair[x_after, p])
    # Where it arrives: in the place of the displaced one, or between two that stood side by side.
    parts = pair[y_before, y_after]
    touch(place.before, pair[y_before, p] - np.where(j >= 0, pair[y_before, q], parts))
    touch(place.after, pair[y_after, p] - np.where(j >= 0, pair[y_after, q], parts))
    return _each_once(nodes, shifts)


def _each_once(nodes: list[IntArray], shifts: list[FloatArray]) -> list[tuple[IntArray, FloatArray]]:
    """Shifts of a position that is named twice are added at its first mention."""
    for later in range(1, len(nodes)):
        for earlier in range(later):
            same = (nodes[earlier] == nodes[later]) & (nodes[later] >= 0)
            if same.any():
                shifts[earlier] = np.where(same, shifts[earlier] + shifts[later], shifts[earlier])
                nodes[later] = np.where(same, -1, nodes[later])
    return list(zip(nodes, shifts, strict=True))


def _less_facings(shelf: Shelf, j: IntArray, replaced: BoolArray) -> FloatArray | None:
    """Factor on the displaced product's other positions when this one goes and does not come back;
    None where every displaced product stands once."""
    its = shelf.padded
    total, gone = its.total_facings[j], its.facings[j]
    stays = replaced & (total > gone)
    if not stays.any():
        return None
    space = shelf.site.response.point.space[0, its.product[j]]
    share = np.divide(total - gone, total, out=np.ones_like(total), where=stays)
    factor: FloatArray = share ** (space - 1.0)
    return factor


def _scale_others(changes: _Changes, shelf: Shelf, j: IntArray, q: IntArray, scale: FloatArray) -> None:
    its, size = shelf.padded, len(shelf.site.response.product_ids)
    product, e = shelf.layout.product, shelf.exp_attraction
    sums = np.bincount(product, e, size), np.bincount(product, e * shelf.worth, size)
    others = sums[0][q] - its.exp_attraction[j]
    money = sums[1][q] - (its.exp_attraction * its.worth)[j]
    mean_worth = np.divide(money, others, out=np.zeros_like(others), where=others > 1e-12)
    changes.add(its.category[j], np.where(j >= 0, (scale - 1.0) * others, 0.0), mean_worth)
