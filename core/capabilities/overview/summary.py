"""A plan in numbers and in words: how its space is used, how it compares, and what would make it better.

All numbers are computed here; a ``Writer`` only puts them into words, so that a language model can take the
template's place without a number of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from core.capabilities.heat import best_swaps
from core.capabilities.overlays import units_a_day
from core.capabilities.overview.facts import PlanFacts, alike, shares, size_of, size_word
from core.capabilities.overview.patterns import Pattern, patterns
from core.capabilities.overview.words import TEMPLATE, Facts, FairShare, Improvement, Metrics, Writer
from core.capabilities.validate import Validation, validate
from core.capabilities.valuation import estimate, layout_of, money_of, season_ahead
from core.capabilities.widen import covering
from core.planogram.planogram import Planogram
from core.planogram.space import extent, row_length
from core.site.site import Site
from core.site.zones import FloatArray

BEST_SHARE, FAST_SHARE = 0.8, 0.5
"""Quantile of places that count as best, and of products that count as fast."""
SHORT_DAYS = 3.0
UNDERSPACED, OVERSPACED = 75.0, 135.0
"""Fair-share indices from which a category has too little or too much room."""
SWAPS_TOLD, IMPROVEMENTS_TOLD = 2, 5


@dataclass(frozen=True, slots=True)
class Overview:
    """``comparison``: what the best plans of its kind do differently · ``among``: how many others of its kind
    sell, of which ``rank`` is this plan's place by money for its size."""

    metrics: Metrics
    comparison: tuple[Pattern, ...]
    among: int
    rank: int | None
    improvements: tuple[Improvement, ...]
    text: str
    written_by: str

    def explain(self) -> dict[str, object]:
        """The numbers and where each comes from, as plain values."""
        return {"metrics": asdict(self.metrics), "comparison": [asdict(p) for p in self.comparison]}


def overview(
    plan: Planogram, site: Site, facts: Sequence[PlanFacts] = (), acknowledged: Sequence[str] = (),
    writer: Writer = TEMPLATE, *, own_id: int | None = None,
) -> Overview:
    """The overview of a plan at its site. ``facts`` of all the company's plans, ``own_id`` is this one's."""
    site = covering(site, (plan,))
    judged = validate(plan, site, acknowledged, with_fixes=False)
    found = _metrics(plan, site, judged)
    others = [f for f in alike(facts, plan.fixture, site.venue_type) if f.stand.planogram_id != own_id]
    own = next((f for f in facts if f.stand.planogram_id == own_id), None)
    sells = own is not None and own.revenue > 0
    per_size = own.per_size if own is not None and sells else found.revenue_per_size
    told = patterns(plan, site, per_size, others)
    rank = 1 + sum(bool(f.per_size > per_size) for f in others) if sells else None
    better = _improvements(plan, site, found, told)
    text = writer.write(Facts(found, told, len(others), rank, better))
    return Overview(found, told, len(others), rank, better, text, writer.name)


def _metrics(plan: Planogram, site: Site, judged: Validation) -> Metrics:
    fixture, positions = plan.fixture, plan.positions
    room = sum(row_length(fixture, row) for row in range(fixture.rows))
    used = sum(extent(p, fixture) for p in positions)
    money, margin, units = _flows(plan, site)
    space, sales = _by_category(plan, site, np.array([p.facings for p in positions], float)), \
        _by_category(plan, site, money)
    supply = _supply(plan, units)
    known = supply[np.isfinite(supply)]
    total = float(money.sum())
    return Metrics(
        space_utilization=min(used / room, 1.0) if room else 0.0,
        category_balance=_balance(space, sales),
        osa=_availability(plan, site, units),
        daily_revenue=total,
        daily_interval=_interval(plan, site, total),
        daily_margin=float(margin.sum()) if np.isfinite(margin).all() else None,
        revenue_per_size=total / size_of(fixture),
        size_word=size_word(fixture),
        best_places_used=_best_places_used(plan, site, money),
        days_of_supply=float(np.median(known)) if len(known) else None,
        running_short=int((known < SHORT_DAYS).sum()),
        products=len(plan.product_ids),
        positions=len(positions),
        facings_per_product=sum(p.facings for p in positions) / max(len(plan.product_ids), 1),
        empty_places=sum(i.rule == "empty" for i in judged.issues),
        layout_score=judged.score,
        open_issues=len(judged.open_issues),
        fair_share=tuple(
            FairShare(c, s, sales.get(c, 0.0), 100.0 * s / sales[c] if sales.get(c, 0.0) > 0 else None)
            for c, s in space.items()
        ),
    )


def _interval(plan: Planogram, site: Site, total: float) -> tuple[float, float]:
    if not plan.positions:
        return 0.0, 0.0
    draws = money_of(site, layout_of(plan, site), site.response.draws, season_ahead(site)).sum(axis=1)
    found = estimate(total, draws)
    return found.lower, found.upper


def _flows(plan: Planogram, site: Site) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Money, margin and units a day of each position, (n,) each; the margin NaN where no cost is known."""
    if not plan.positions:
        return np.zeros(0), np.zeros(0), np.zeros(0)
    money = money_of(site, layout_of(plan, site), None, season_ahead(site))[0]
    share = np.array([
        _margin_share(p.price or product.price, product.cost)
        for p in plan.positions for product in (site.catalog[p.product_id],)
    ])
    return money, money * share, np.array(units_a_day(plan, site))


def _margin_share(price: float, cost: float) -> float:
    if price <= 0:
        return 0.0
    return max(1.0 - cost / price, 0.0) if cost > 0 else np.nan


def _by_category(plan: Planogram, site: Site, amounts: FloatArray) -> dict[str, float]:
    total: dict[str, float] = {}
    for p, amount in zip(plan.positions, amounts.tolist(), strict=True):
        category = site.catalog[p.product_id].category
        total[category] = total.get(category, 0.0) + amount
    return shares(total)


def _balance(space: Mapping[str, float], sales: Mapping[str, float]) -> float:
    if not space or not sales:
        return 0.0
    return 1.0 - 0.5 * sum(abs(space.get(c, 0.0) - sales.get(c, 0.0)) for c in {*space, *sales})


def _supply(plan: Planogram, units: FloatArray) -> FloatArray:
    stock = [p.capacity if p.quantity is None else p.quantity for p in plan.positions]
    known = np.array([np.nan if s is None else s for s in stock], float)
    days: FloatArray = np.divide(known, units, out=np.full(len(known), np.nan), where=units > 1e-6)
    return days


def _availability(plan: Planogram, site: Site, units: FloatArray) -> float | None:
    if not site.stockout_share or not len(units) or units.sum() <= 0:
        return None
    out = np.array([site.stockout_share.get(p.product_id, 0.0) for p in plan.positions])
    return float(1.0 - (out * units).sum() / units.sum())


def _best_places_used(plan: Planogram, site: Site, money: FloatArray) -> float | None:
    """Of the best fifth of the places in use, how many hold one of the faster half of what stands here."""
    fixture = plan.fixture
    if len(site.response.zones) != fixture.cell_count or len(plan.positions) < 5:
        return None
    value = np.exp(site.response.point.slot[0])
    worth = np.array([value[fixture.cell_index(p.row, p.column)] for p in plan.positions])
    best = worth >= np.quantile(worth, BEST_SHARE)
    own = money / np.maximum(worth, 1e-9)
    fast = own >= np.quantile(own, FAST_SHARE)
    return float((best & fast).sum() / max(best.sum(), 1))


def _improvements(
    plan: Planogram, site: Site, found: Metrics, told: Sequence[Pattern]
) -> tuple[Improvement, ...]:
    """What pays first: swaps with their gain, then products, room by sales, stock."""
    name = {p.slot: site.catalog[p.product_id].name for p in plan.positions}
    result = [
        Improvement(
            f"Swap {name[s.a]} at {s.a} with {name[s.b]} at {s.b}.", s.expected_gain_per_month, s.interval,
            (s.a, s.b),
        )
        for s in best_swaps(plan, site, SWAPS_TOLD) if s.interval[0] > 0
    ]
    result += [Improvement(p.advice) for p in told if p.advice]
    rated = [f for f in found.fair_share if f.index is not None and f.sales_share > 0.03]
    poor = min(rated, key=lambda f: f.index or 0.0, default=None)
    rich = max(rated, key=lambda f: f.index or 0.0, default=None)
    if poor and rich and (poor.index or 100.0) < UNDERSPACED and (rich.index or 100.0) > OVERSPACED:
        result.append(Improvement(
            f"Move room from {rich.category} ({rich.space_share:.0%} of the facings, "
            f"{rich.sales_share:.0%} of the sales) to {poor.category} ({poor.space_share:.0%} and "
            f"{poor.sales_share:.0%})."
        ))
    if found.running_short:
        result.append(Improvement(
            f"Fill {found.running_short} position{'s' if found.running_short > 1 else ''} that "
            f"last{'' if found.running_short > 1 else 's'} less than {SHORT_DAYS:.0f} days."
        ))
    if found.empty_places:
        result.append(Improvement(
            f"Fill {found.empty_places} empty place{'s' if found.empty_places > 1 else ''}."
        ))
    return tuple(result[:IMPROVEMENTS_TOLD])
