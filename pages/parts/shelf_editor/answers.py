"""What the editor shows of a plan at a site, in two parts.

``Figures`` are on the path of a drop: money and sales of every position, the plan's total with its
interval, what the last step was worth. ``Ranking`` follows a moment later: scores, warnings, the table of
every product at every place, the best moves. Both are functions of (plan, site); no SQL, nothing loaded.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from core.capabilities import confidence
from core.capabilities.change import paired_delta
from core.capabilities.money import delta
from core.capabilities.next_moves import NextMove, next_moves
from core.capabilities.overlays import units_a_day
from core.capabilities.pairs import PairScores, score_pairs
from core.capabilities.score import PlacementScore, score_placement
from core.capabilities.validate import Issue, Validation, validate
from core.capabilities.validate.edits import Fix
from core.capabilities.valuation import Estimate, estimate, layout_of, money_of, season_ahead
from core.capabilities.widen import covering
from core.errors import BadInput, WorkbenchError
from core.planogram import edit
from core.planogram.planogram import Planogram, Position
from core.site.response import Effects
from core.site.site import Site
from core.site.zones import FloatArray

QUICK_DRAWS = 120
"""Draws for figures whose interval is shown on hover only."""
MOVES_SHOWN = 4
CURVE_FACINGS = 6
NOTICEABLE = 0.005
"""A neighbor that changes sales by less is not mentioned."""

Finding = Issue

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


@dataclass(frozen=True, eq=False)
class Ranking:
    """``keys`` name the rows of ``score`` (0–100) and ``gain`` (money a day, NaN where not allowed),
    both (rows, zones); ``placed`` (n,) is the score of each position where it stands, NaN where unknown."""

    plan: Planogram
    keys: tuple[Key, ...]
    score: FloatArray
    gain: FloatArray
    placed: FloatArray
    judged: Validation
    moves: tuple[NextMove, ...]
    """Only those that are surely worth something."""
    potential: Estimate | None
    """What the moves together are worth."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.judged.issues

    def fix(self, plan: Planogram, key: object) -> Fix:
        """The fix of an issue of the plan. Raises BadInput where the plan is another one by now."""
        found = next((i.fix for i in self.findings if i.key == key), None)
        if found is None or self.plan is not plan:
            raise BadInput("The plan has changed since this fix was offered.", "Choose from the new list.")
        return found


def ready(site: Site, plan: Planogram) -> Site:
    """The site with a response for every product that may be dragged."""
    return covering(site, (plan,), tuple(site.catalog))


def quick(site: Site) -> Site:
    """The same site with few draws."""
    e = site.response.draws
    thin = Effects(*(getattr(e, f.name)[:QUICK_DRAWS] for f in fields(e)))
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
    units = np.array(units_a_day(plan, site))
    return Figures(plan, revenue, units, float(revenue.sum()), gained, draws, more)


def scored(
    before: Planogram, site: Site, product_id: int, slot: str, source: tuple[int, int] | None
) -> PlacementScore:
    """Score and reasons of the drop that was made on ``before``; ``site`` may be a quick one."""
    return score_placement(before, site, product_id, slot, source)


def rank(plan: Planogram, site: Site, few: Site, acknowledged: Collection[str] = ()) -> Ranking:
    """Everything at every place. ``few``: the ``quick`` site; ``acknowledged``: keys of issues."""
    keys, tables = _tables(plan, site)
    score = np.vstack([t.score for t in tables]) if tables else np.zeros((0, len(site.response.zones)))
    gain = np.vstack([t.daily_gain for t in tables]) if tables else score.copy()
    stays = np.vstack([t.moves.stays for t in tables]) if tables else np.zeros(score.shape, bool)
    moves = tuple(m for m in next_moves(plan, few, MOVES_SHOWN) if m.gain.lower > 0)
    return Ranking(
        plan,
        keys,
        score,
        gain,
        _placed_scores(plan, keys, score, stays),
        validate(plan, site, acknowledged),
        moves,
        _together(plan, site, moves),
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
    if not len(score):
        return np.full(len(plan.positions), np.nan)
    there = score[np.arange(len(score)), stays.argmax(axis=1)]
    own = dict(zip(keys, np.where(stays.any(axis=1), there, np.nan).tolist(), strict=True))
    return np.array([own.get((p.product_id, (p.row, p.column)), np.nan) for p in plan.positions])


def _together(plan: Planogram, site: Site, moves: Sequence[NextMove]) -> Estimate | None:
    """What the moves are worth made one after the other; they touch different slots."""
    after = plan
    for move in moves:
        after = _made(after, site, move)
    return delta(plan, after, site) if after is not plan else None


def _made(plan: Planogram, site: Site, move: NextMove) -> Planogram:
    """The plan after a move that was found on another one; unchanged where it no longer can be made."""
    there = edit.find(plan, move.slots[0])
    try:
        if move.kind == "swap":
            return edit.swap(plan, site.catalog, there, move.slots[1])
        if move.kind == "facings":
            return edit.set_facings(plan, site.catalog, there, there.facings + 1)
        return edit.drop(plan, site.catalog, (there.row, there.column), product_id=move.product_ids[-1]).plan
    except WorkbenchError:
        return plan


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
    phrase = site.response.provenance.phrase_of(product_id)
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
    own = response.index[position.product_id]
    beside = [q.product_id for q in row[max(at - 1, 0) : at] + row[at + 1 : at + 2]]
    found = {
        i: float(np.expm1(strength * response.affinity[own, response.index[i]]))
        for i in beside
        if i != position.product_id
    }
    return tuple((site.catalog[i].name, change) for i, change in found.items() if abs(change) >= NOTICEABLE)
