"""What each zone is worth, and which swaps bring fast movers into the good ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.capabilities.change import paired_delta
from core.capabilities.moves import Moves, moved, moves
from core.capabilities.pairs import own_scores, reach
from core.capabilities.shelf import Shelf, Targets, cell_targets, revenue_of, shelf_of, zone_targets
from core.capabilities.valuation import HORIZON_DAYS, estimate, season_ahead
from core.capabilities.widen import covering
from core.errors import BadInput
from core.planogram.planogram import Planogram
from core.site.response import Provenance
from core.site.site import Site
from core.site.zones import FloatArray, IntArray
from core.units import slot_name

MEASURES = ("potential", "realized", "score")
SWAPS_SHOWN = 5
CANDIDATES = 12
SCANNED = 600
LEARNED = 0.5
"""Share of a slot's estimate from this site's own sales, above which it counts as learned here."""


@dataclass(frozen=True, slots=True)
class HeatSlot:
    """One zone. ``value`` in the map's unit, ``None`` where nothing is known; ``revenue_multiplier``
    relative to an average slot; ``visibility`` 0–1 from published studies, 1 at the best place."""

    slot: str
    row: int
    column: int
    value: float | None
    revenue_multiplier: float
    visibility: float
    learned_from: str


@dataclass(frozen=True, slots=True)
class Swap:
    """Two positions that would earn more in each other's place; money a month with its interval."""

    a: str
    b: str
    product_a: int
    product_b: int
    expected_gain_per_month: float
    interval: tuple[float, float]
    reason: str


@dataclass(frozen=True, slots=True)
class HeatMap:
    measure: str
    unit: str
    slots: tuple[HeatSlot, ...]
    swaps: tuple[Swap, ...]
    learned_from: str

    def explain(self) -> dict[str, object]:
        """What the values are and where they come from."""
        meaning = {
            "potential": "what an average product of this plan would earn at the slot, money a day",
            "realized": "revenue a day at the slot over the last 28 days of data",
            "score": "placement score of what stands at the slot, 0–100",
        }
        return {"measure": self.measure, "meaning": meaning[self.measure], "learned_from": self.learned_from}


def heat(plan: Planogram, site: Site, measure: str = "potential", swaps: int = SWAPS_SHOWN) -> HeatMap:
    """The heat map of a plan at a site with its best swaps. Raises BadInput for an unknown measure."""
    if measure not in MEASURES:
        raise BadInput(f"“{measure}” is not a measure of heat.", f"Choose one of {', '.join(MEASURES)}.")
    site = covering(site, (plan,))
    targets = zone_targets(plan, site)
    values = _VALUES[measure](plan, site, targets)
    multiplier = np.exp(site.response.point.slot[0])
    visibility = reach(site.response.zones)
    phrases = _learned(site.response.provenance)
    slots = tuple(
        HeatSlot(slot_name(r, c), r, c, None if np.isnan(v) else v, m, seen, phrase)
        for r, c, v, m, seen, phrase in zip(
            targets.row.tolist(), targets.column.tolist(), values.tolist(), multiplier.tolist(),
            visibility.tolist(), phrases, strict=True,
        )
    )
    unit = "points" if measure == "score" else "money a day"
    return HeatMap(measure, unit, slots, best_swaps(plan, site, swaps), site.response.provenance.phrase)


def _potential(plan: Planogram, site: Site, targets: Targets) -> FloatArray:
    shelf = shelf_of(plan, site)
    if plan.positions:
        typical = float((shelf.position_revenue() * np.exp(-shelf.slot)).mean())
    else:
        e, response = site.response.point, site.response
        typical = float((np.exp(e.base[0]) * response.reference_price).mean()) if len(response.index) else 0.0
    value: FloatArray = typical * np.exp(site.response.point.slot[0])
    return value


def _realized(plan: Planogram, site: Site, targets: Targets) -> FloatArray:
    """By zone; a cell of a free shelf counts for the zone that its left edge lies in."""
    zones, value = site.response.zones, np.full(len(site.response.zones), np.nan)
    for (row, column), revenue in site.realized_revenue.items():
        x = column * site.fixture.cell_width_in + 1e-6
        hit = np.flatnonzero((zones.row == row) & (zones.left <= x) & (x < zones.right))
        value[hit] = np.nan_to_num(value[hit]) + revenue
    return value


def _score(plan: Planogram, site: Site, targets: Targets) -> FloatArray:
    """Score of what covers each zone, where it stands."""
    shelf, scores = shelf_of(plan, site), own_scores(plan, site)
    value = np.full(len(targets), np.nan)
    for i, score in enumerate(scores):
        covers = (shelf.start[i] <= targets.middle) & (targets.middle < shelf.end[i])
        value[covers & (targets.row == shelf.row[i])] = score
    return value


_VALUES: dict[str, Callable[[Planogram, Site, Targets], FloatArray]] = {
    "potential": _potential, "realized": _realized, "score": _score,
}


def _learned(provenance: Provenance) -> list[str]:
    elsewhere = "similar machines" if provenance.sites > 1 else "published studies"
    return ["history here" if share >= LEARNED else elsewhere for share in provenance.slot_learned.tolist()]


def best_swaps(plan: Planogram, site: Site, k: int = SWAPS_SHOWN) -> tuple[Swap, ...]:
    """The k legal swaps with the highest expected gain, each position in one of them at most."""
    site = covering(site, (plan,))
    shelf = shelf_of(plan, site)
    if len(plan.positions) < 2 or k < 1:
        return ()
    first, second = _candidates(shelf)
    table, rows = _exact(shelf, first, second)
    a, b = np.searchsorted(np.unique(first), first), np.searchsorted(np.unique(second), second)
    gain = np.where(table.legal[a, b] & (table.displaced[a, b] == second), table.gain[a, b], -np.inf)
    swaps = []
    for c in np.argsort(-gain, kind="stable")[:k]:
        if gain[c] > 1e-6:
            i, row, t = int(first[c]), int(rows[b[c]]), int(b[c])
            after = moved(shelf, table, plan.positions[i].product_id, int(a[c]), row, t)
            swaps.append(_swap(shelf, after, i, int(second[c]), float(gain[c])))
    return tuple(sorted(swaps, key=lambda s: -s.expected_gain_per_month))


def _candidates(shelf: Shelf) -> tuple[IntArray, IntArray]:
    """The pairs with the best gain to first order: marginal revenue × change of attraction by place."""
    inclusive, value = shelf.category_sums
    response, category = shelf.site.response, shelf.layout.category
    unit = revenue_of(shelf, inclusive, np.ones_like(value))
    ratio = np.divide(value, inclusive, out=np.zeros_like(value), where=inclusive > 0)
    marginal = unit[category] * (shelf.worth - response.point.diversion[0, category] * ratio[category])
    neutral = marginal * shelf.exp_attraction * np.exp(-shelf.slot)
    gain = neutral[:, None] * np.exp(shelf.slot)[None, :] - (marginal * shelf.exp_attraction)[:, None]
    gain = np.triu(gain + gain.T, 1)
    product = shelf.layout.product
    gain[product[:, None] == product[None, :]] = 0.0
    count = min(SCANNED, gain.size)
    best = np.argpartition(-gain, count - 1, axis=None)[:count]
    return _disjoint(*np.unravel_index(best[np.argsort(-gain.ravel()[best])], gain.shape))


def _disjoint(first: IntArray, second: IntArray) -> tuple[IntArray, IntArray]:
    """The best pairs first, each position in one of them at most."""
    used: set[int] = set()
    chosen: list[tuple[int, int]] = []
    for i, j in zip(first.tolist(), second.tolist(), strict=True):
        if i != j and i not in used and j not in used:
            used |= {i, j}
            chosen.append((i, j))
        if len(chosen) == CANDIDATES:
            break
    pairs = np.array(chosen, np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _exact(shelf: Shelf, first: IntArray, second: IntArray) -> tuple[Moves, IntArray]:
    """Exact moves of each first position to each second one's cell, and the rows of those cells."""
    sources, places = np.unique(first), np.unique(second)
    positions = shelf.plan.positions
    row = np.array([positions[j].row for j in places], np.int64)
    column = np.array([positions[j].column for j in places], np.int64)
    ids = [positions[i].product_id for i in sources]
    return moves(shelf, ids, cell_targets(shelf.plan.fixture, row, column), sources), row


def _swap(shelf: Shelf, after: Planogram, i: int, j: int, gain: float) -> Swap:
    site, plan = shelf.site, shelf.plan
    draws = paired_delta(plan, after, site, season_ahead(site), site.response.draws)
    month = estimate(gain, draws).times(HORIZON_DAYS)
    fast, slow = (i, j) if shelf.slot[j] > shelf.slot[i] else (j, i)
    names = [site.catalog[plan.positions[x].product_id].name for x in (fast, slow)]
    better = round((float(np.exp(shelf.slot[slow] - shelf.slot[fast])) - 1.0) * 100)
    reason = f"{names[0]} gains a slot that sells {better}% more; {names[1]} has less to lose."
    a, b = plan.positions[i], plan.positions[j]
    return Swap(a.slot, b.slot, a.product_id, b.product_id, month.value, (month.lower, month.upper), reason)
