"""What the editor shows of a plan at a site, in two parts.

``Figures`` are on the path of a drop: money and sales of every position, the plan's total with its
interval, what the last step was worth. ``Ranking`` follows a moment later: scores, warnings, the table of
every product at every place, the best moves. Both are functions of (plan, site); no SQL, nothing loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.capabilities import confidence
from core.capabilities.heat import best_swaps
from core.capabilities.money import (
    HORIZON_DAYS,
    Estimate,
    covering,
    delta,
    estimate,
    layout_of,
    money_of,
    paired_delta,
    season_ahead,
)
from core.capabilities.pairs import PairScores, score_pairs
from core.capabilities.score import PlacementScore, score_placement
from core.capabilities.shelf import shelf_of
from core.errors import WorkbenchError
from core.planogram import edit
from core.planogram.findings import Notice, Violation
from core.planogram.notices import notices
from core.planogram.planogram import Planogram, Position
from core.planogram.rules import violations
from core.site.response import Effects
from core.site.site import Site
from core.site.zones import FloatArray

QUICK_DRAWS = 120
"""Draws for figures whose interval is shown on hover only."""
MOVES_SHOWN = 4
HEADLINE_SWAPS = 3
CURVE_FACINGS = 6
NOTICEABLE = 0.005
"""A neighbor that changes sales by less is not mentioned."""

Finding = Notice | Violation

Key = tuple[int, tuple[int, int] | None]
"""A row of the pair table: product and the cell it is moved from (None: it comes from the list)."""


@dataclass(frozen=True, eq=False)
class Figures:
    """Money a day of a plan. ``revenue``, ``units`` (n,) by position; ``draws`` of the total and
    ``draws_gained`` of its difference to the saved plan, (D,)."""

    plan: Planogram
    revenue: FloatArray
    units: FloatArray
    total: float
    gained: float
    draws: FloatArray
    draws_gained: FloatArray

    @property
    def daily(self) -> Estimate:
        return estimate(self.total, self.draws)

    @property
    def gain(self) -> Estimate:
        """What the plan earns more than the saved one."""
        return estimate(self.gained, self.draws_gained)

    def from_now(self) -> Figures:
        """The same plan once it is the saved one."""
        return replace(self, gained=0.0, draws_gained=np.zeros_like(self.draws_gained))


@dataclass(frozen=True, slots=True)
class BestMove:
    """A move worth making: ``kind`` swap or replace, of what stands at ``at`` with what is at ``other``."""

    kind: str
    product_id: int
    at: Position
    other: Position | None
    gain: Estimate


@dataclass(frozen=True, eq=False)
class Ranking:
    """``keys`` name the rows of ``score`` (0–100) and ``gain`` (money a day, NaN where not allowed),
    both (rows, zones); ``placed`` (n,) is the score of each position where it stands, NaN where unknown."""

    plan: Planogram
    keys: tuple[Key, ...]
    score: FloatArray
    gain: FloatArray
    placed: FloatArray
    findings: tuple[Finding, ...]
    moves: tuple[BestMove, ...]
    potential: Estimate | None
    """What the best swaps together are worth, None where they are not surely worth anything."""
    swaps: int


def ready(site: Site, plan: Planogram) -> Site:
    """The site with a response for every product that may be dragged."""
    return covering(site, (plan,), tuple(site.catalog))


def quick(site: Site) -> Site:
    """The same site with few draws."""
    e = site.response.draws
    thin = Effects(
        *(getattr(e, f)[:QUICK_DRAWS] for f in ("base", "slot", "space", "price", "diversion", "neighbor"))
    )
    return replace(site, response=replace(site.response, draws=thin))


def first_figures(plan: Planogram, saved: Planogram, site: Site) -> Figures:
    """Figures of a plan that was just opened."""
    season, draws = season_ahead(site), site.response.draws
    total = money_of(site, layout_of(plan, site), draws, season).sum(axis=1)
    if plan == saved:
        return _figures(plan, site, 0.0, total, np.zeros(len(total)))
    point = float(paired_delta(saved, plan, site, season, None)[0])
    return _figures(plan, site, point, total, paired_delta(saved, plan, site, season, draws))


def next_figures(before: Figures, plan: Planogram, site: Site) -> tuple[Figures, Estimate]:
    """Figures after a step, and what the step is worth. Only what it touches is computed anew."""
    season = season_ahead(site)
    point = float(paired_delta(before.plan, plan, site, season, None)[0])
    draws = paired_delta(before.plan, plan, site, season, site.response.draws)
    after = _figures(plan, site, before.gained + point, before.draws + draws, before.draws_gained + draws)
    return after, estimate(point, draws)


def _figures(plan: Planogram, site: Site, gained: float, draws: FloatArray, more: FloatArray) -> Figures:
    layout = layout_of(plan, site)
    revenue: FloatArray = money_of(site, layout, None, season_ahead(site))[0]
    units = np.divide(revenue, layout.price, out=np.zeros(len(revenue)), where=layout.price > 0)
    return Figures(plan, revenue, units, float(revenue.sum()), gained, draws, more)


def scored(
    before: Planogram, site: Site, product_id: int, slot: str, source: tuple[int, int] | None
) -> PlacementScore:
    """Score and reasons of the drop that was made on ``before``; ``site`` may be a quick one."""
    return score_placement(before, site, product_id, slot, source)


def rank(plan: Planogram, site: Site, few: Site) -> Ranking:
    """Everything at every place. ``few``: the ``quick`` site."""
    keys, tables = _tables(plan, site)
    score = np.vstack([t.score for t in tables]) if tables else np.zeros((0, len(site.response.zones)))
    gain = np.vstack([t.daily_gain for t in tables]) if tables else score.copy()
    stays = np.vstack([t.moves.stays for t in tables]) if tables else np.zeros(score.shape, bool)
    swaps = [m for m in _swaps(plan, few) if m.gain.value > 0]
    potential = _together(plan, site, swaps[:HEADLINE_SWAPS])
    moves = sorted([*swaps, *_replacements(plan, few, keys, gain)], key=lambda m: -m.gain.value)
    sure = [m for m in moves if m.gain.lower > 0]
    return Ranking(
        plan,
        keys,
        score,
        gain,
        _placed_scores(plan, keys, score, stays),
        findings(plan, site),
        tuple(sure[:MOVES_SHOWN]),
        potential if potential and potential.lower > 0 else None,
        min(len(swaps), HEADLINE_SWAPS),
    )


def _tables(plan: Planogram, site: Site) -> tuple[tuple[Key, ...], list[PairScores]]:
    """Pair scores of every position from where it stands, and of every other product from the list."""
    standing = {p.product_id for p in plan.positions}
    rounds: list[dict[int, tuple[int, int] | None]] = [{i: None for i in site.catalog if i not in standing}]
    for p in plan.positions:
        free = next((r for r in rounds[1:] if p.product_id not in r), None)
        if free is None:
            rounds.append(free := {})
        free[p.product_id] = (p.row, p.column)
    rounds = [r for r in rounds if r]
    tables = [score_pairs(plan, site, list(r), {i: c for i, c in r.items() if c is not None}) for r in rounds]
    return tuple(key for r in rounds for key in r.items()), tables


def _placed_scores(
    plan: Planogram, keys: tuple[Key, ...], score: FloatArray, stays: NDArray[np.bool_]
) -> FloatArray:
    own = (
        np.where(stays.any(axis=1), score[np.arange(len(score)), stays.argmax(axis=1)], np.nan)
        if len(score)
        else score[:, 0]
    )
    by_key = dict(zip(keys, own.tolist(), strict=True))
    return np.array([by_key.get((p.product_id, (p.row, p.column)), np.nan) for p in plan.positions])


def _swaps(plan: Planogram, few: Site) -> list[BestMove]:
    found = []
    for swap in best_swaps(plan, few, HEADLINE_SWAPS):
        a, b = edit.find(plan, swap.a), edit.find(plan, swap.b)
        low, high = swap.interval
        month = Estimate(swap.expected_gain_per_month, low, high)
        found.append(BestMove("swap", a.product_id, a, b, month.times(1.0 / HORIZON_DAYS)))
    return found


def _replacements(plan: Planogram, few: Site, keys: tuple[Key, ...], gain: FloatArray) -> list[BestMove]:
    """The best products from the list, each in place of another that stands there now."""
    rows = [i for i, (_, source) in enumerate(keys) if source is None]
    if not rows or not gain.shape[1]:
        return []
    worth = np.nan_to_num(gain[rows], nan=-np.inf)
    found: list[BestMove] = []
    for flat in np.argsort(-worth, axis=None)[:12]:
        i, zone = np.unravel_index(flat, worth.shape)
        there = _at_zone(plan, few, int(zone))
        product_id = keys[rows[i]][0]
        if (
            worth[i, zone] <= 0
            or there is None
            or any(product_id == m.product_id or there == m.at for m in found)
        ):
            continue
        try:
            after = edit.drop(plan, few.catalog, (there.row, there.column), product_id=product_id).plan
        except WorkbenchError:  # the table knows places, not every rule; what cannot be done is not advised
            continue
        found.append(BestMove("replace", product_id, there, None, delta(plan, after, few)))
        if len(found) == 2:
            break
    return found


def _at_zone(plan: Planogram, site: Site, zone: int) -> Position | None:
    zones = site.response.zones
    middle = (zones.left[zone] + zones.right[zone]) / 2
    return next(
        (p for p in plan.positions if p.row == zones.row[zone] and p.x_in <= middle < p.right_in), None
    )


def _together(plan: Planogram, site: Site, swaps: list[BestMove]) -> Estimate | None:
    """What the swaps are worth made one after the other."""
    after = plan
    for m in swaps:
        if m.other is None:
            continue
        try:
            after = edit.swap(after, site.catalog, m.at, m.other)
        except WorkbenchError:  # an earlier swap of the same shelf has shifted one of the two
            continue
    return delta(plan, after, site) if after != plan else None


def findings(plan: Planogram, site: Site) -> tuple[Finding, ...]:
    """Broken hard rules first, then advice."""
    shelf = shelf_of(plan, site)
    units = np.divide(
        shelf.position_revenue(), shelf.worth, out=np.zeros(len(shelf.worth)), where=shelf.worth > 0
    )
    rates: dict[int, float] = {}
    for p, sold in zip(plan.positions, units.tolist(), strict=True):
        rates[p.product_id] = rates.get(p.product_id, 0.0) + sold
    value = np.exp(site.response.point.slot[0])
    by_cell = value if len(value) == plan.fixture.cell_count else None
    return (*violations(plan, site.catalog), *notices(plan, site.catalog, slot_value=by_cell, rates=rates))


# --- one product ---


@dataclass(frozen=True, slots=True)
class Detail:
    """A selected position: money a day by facings, neighbors that help and hurt."""

    product_id: int
    now: int | None
    best: int | None
    curve: tuple[tuple[int, float], ...]
    neighbors: tuple[tuple[str, float], ...]
    """Name and change of this product's sales, as a fraction."""
    confidence: str
    learned_from: str


def detail(plan: Planogram, site: Site, product_id: int, position: Position | None) -> Detail:
    words = confidence.in_words(confidence.of_product(site, product_id))
    phrase = site.response.provenance.phrase
    if position is None:
        return Detail(product_id, None, None, (), (), words, phrase)
    curve = _facings_curve(plan, site, position)
    roomy = [c for c in curve if c[0] <= position.facings or _has_room(plan, site, position, c[0])]
    best = max(roomy, key=lambda c: c[1])[0] if roomy else None
    return Detail(product_id, position.facings, best, curve, _neighbors(plan, site, position), words, phrase)


def _facings_curve(plan: Planogram, site: Site, position: Position) -> tuple[tuple[int, float], ...]:
    """(facings, money a day of this position and what it changes elsewhere)."""
    season = season_ahead(site)
    index = plan.positions.index(position)
    own = float(money_of(site, layout_of(plan, site), None, season)[0, index])
    curve = []
    for facings in range(1, max(CURVE_FACINGS, position.facings + 1) + 1):
        other = replace(position, facings=facings)
        changed = plan.with_positions(other if p is position else p for p in plan.positions)
        curve.append((facings, own + float(paired_delta(plan, changed, site, season, None)[0])))
    return tuple(curve)


def _has_room(plan: Planogram, site: Site, position: Position, facings: int) -> bool:
    try:
        edit.set_facings(plan, site.catalog, position, facings)
    except WorkbenchError:
        return False
    return True


def _neighbors(plan: Planogram, site: Site, position: Position) -> tuple[tuple[str, float], ...]:
    row = [p for p in plan.positions if p.row == position.row]
    at = row.index(position)
    response = site.response
    strength = float(response.point.neighbor[0])
    found: Mapping[int, float] = {
        q.product_id: float(
            np.expm1(
                strength
                * response.affinity[response.index[position.product_id], response.index[q.product_id]]
            )
        )
        for q in row[max(at - 1, 0) : at] + row[at + 1 : at + 2]
        if q.product_id != position.product_id
    }
    return tuple((site.catalog[i].name, change) for i, change in found.items() if abs(change) >= NOTICEABLE)
