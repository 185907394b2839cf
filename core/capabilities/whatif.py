"""What a changed plan would earn: revenue, interval, reasons, cost and risk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.capabilities import confidence as trust
from core.capabilities.attribution import (
    ProductContribution,
    SlotContribution,
    by_cause,
    by_product,
    by_slot,
)
from core.capabilities.risks import RiskFactor, risks
from core.capabilities.valuation import (
    CONFIDENCE_LEVEL,
    HORIZON_DAYS,
    Estimate,
    estimate,
    layout_of,
    money_of,
    season_ahead,
)
from core.capabilities.widen import covering
from core.errors import BadInput
from core.planogram.planogram import Planogram
from core.site.response import Layout
from core.site.site import Site
from core.site.zones import FloatArray

DAYS_A_MONTH = 30
TOP_PRODUCTS = 5
LONGEST_HORIZON = 365


@dataclass(frozen=True, slots=True)
class Labor:
    """What it costs to carry a change out."""

    rate_per_hour: float = 25.0
    minutes_per_move: float = 4.0
    minutes_fixed: float = 10.0


@dataclass(frozen=True, slots=True)
class TopProduct:
    product_id: int
    name: str
    daily_revenue: float
    daily_units: float


@dataclass(frozen=True, slots=True)
class PlanRevenue:
    """Expected money a day and a month (30 days). ``interval``: of the expected day;
    ``observed``: of the mean day that the horizon will show, chance included."""

    daily_revenue: float
    monthly_revenue: float
    interval: Estimate
    observed: Estimate
    top_products: tuple[TopProduct, ...]


@dataclass(frozen=True, slots=True)
class BreakEven:
    """``days_to_recover``: ``None`` where the change never pays; ``roi_30_days``: fraction of the cost."""

    implementation_cost: float
    days_to_recover: float | None
    roi_30_days: float
    positions_changed: int


@dataclass(frozen=True, slots=True)
class ModelMetadata:
    """Scores are fractions. ``draws``: size of the sample behind the intervals."""

    model_version: str
    confidence_score: float
    data_quality_score: float
    factors_considered: tuple[str, ...]
    learned_from: str
    draws: int


@dataclass(frozen=True, slots=True)
class RevenuePrediction:
    """``delta``: money a day more. ``revenue_lift`` and ``lift`` in percent. ``contributions`` (by slot),
    ``products`` and ``causes`` each add up to ``delta.value``."""

    baseline: PlanRevenue
    proposed: PlanRevenue
    delta: Estimate
    lift: Estimate
    contributions: tuple[SlotContribution, ...]
    products: tuple[ProductContribution, ...]
    causes: dict[str, float]
    break_even: BreakEven
    risk_factors: tuple[RiskFactor, ...]
    model: ModelMetadata
    horizon_days: int
    confidence_level: float

    @property
    def revenue_lift(self) -> float:
        """Percent."""
        return self.lift.value

    def explain(self) -> dict[str, object]:
        """Factors and weights behind the prediction, as plain values."""
        return {
            "delta_daily_revenue": self.delta.value,
            "causes": self.causes,
            "products": [
                {"product_id": p.product_id, "name": p.name, "delta_daily_revenue": p.delta_daily_revenue,
                 "causes": p.causes}
                for p in self.products if abs(p.delta_daily_revenue) > 1e-9
            ],
            "method": "each product's change split over its causes by the logarithmic mean (LMDI), which "
                      "adds up exactly and depends on no order",
            "learned_from": self.model.learned_from,
        }


def predict_revenue(
    current: Planogram, proposed: Planogram, site: Site, horizon_days: int = HORIZON_DAYS,
    confidence_level: float = CONFIDENCE_LEVEL, labor: Labor | None = None,
) -> RevenuePrediction:
    """Revenue of the proposed plan against the current one over the days ahead.

    A product that has never been sold here counts with its own velocity or its category's mean, with a
    wide interval and a risk that says so. Raises BadInput for a product that is not in the catalog, a
    horizon outside 1–365 days or a confidence level outside 0.5–0.99.
    """
    _require(horizon_days, confidence_level)
    known = site
    site = covering(site, (current, proposed))
    response, season = site.response, season_ahead(site, horizon_days)
    layouts = layout_of(current, site), layout_of(proposed, site)
    points = [money_of(site, layout, None, season)[0] for layout in layouts]
    placed = [money_of(site, layout, response.draws, season) for layout in layouts]
    samples = [money.sum(axis=1) for money in placed]
    totals = float(points[0].sum()), float(points[1].sum())
    products = by_product(site, layouts[0], layouts[1], points[0], points[1], season)
    delta = estimate(totals[1] - totals[0], samples[1] - samples[0], confidence_level)
    lift = _lift(totals, samples, confidence_level)
    plans = [
        _plan_revenue(site, plan, layout, money, draws, horizon_days, confidence_level)
        for plan, layout, money, draws in zip((current, proposed), layouts, points, placed, strict=True)
    ]
    changed = changed_positions(current, proposed)
    return RevenuePrediction(
        plans[0], plans[1], delta, lift,
        by_slot(current, proposed, points[0], points[1]), products, by_cause(products),
        _break_even(changed, delta.value, labor or Labor()),
        risks(known, current, proposed, changed, delta, lift),
        _metadata(site, current, proposed), horizon_days, confidence_level,
    )


def changed_positions(current: Planogram, proposed: Planogram) -> int:
    """Positions that somebody has to touch: placed, moved, refaced, repriced or taken away."""
    def keys(plan: Planogram) -> set[tuple[object, ...]]:
        return {(p.product_id, p.row, p.column, p.facings, p.price) for p in plan.positions}

    old, new = keys(current), keys(proposed)
    places = {key[1:3] for key in new - old}
    return len(new - old) + len({key[1:3] for key in old - new} - places)


def _require(horizon_days: int, level: float) -> None:
    if not 1 <= horizon_days <= LONGEST_HORIZON:
        raise BadInput(f"A horizon of {horizon_days} days is not possible.",
                       f"Give 1 to {LONGEST_HORIZON} days.")
    if not 0.5 <= level <= 0.99:
        raise BadInput(f"A confidence level of {level:g} is not possible.", "Give 0.5 to 0.99, such as 0.9.")


def _lift(totals: tuple[float, float], samples: Sequence[FloatArray], level: float) -> Estimate:
    if totals[0] <= 0:
        return Estimate(0.0, 0.0, 0.0, level)
    draws = 100.0 * (samples[1] / np.maximum(samples[0], 1e-12) - 1.0)
    return estimate(100.0 * (totals[1] / totals[0] - 1.0), draws, level)


def _plan_revenue(
    site: Site, plan: Planogram, layout: Layout, money: FloatArray, draws: FloatArray, horizon: int,
    level: float,
) -> PlanRevenue:
    """``money`` (n,) and its ``draws`` (D, n) a day, by position."""
    daily, paid = float(money.sum()), np.maximum(layout.price, 1e-9)
    sold = site.response.simulate(layout, draws / paid, horizon, np.random.default_rng(horizon))
    observed = estimate(daily, sold @ paid / horizon, level)
    top = np.argsort(-money, kind="stable")
    names: dict[int, TopProduct] = {}
    for i in top:
        product = site.catalog[plan.positions[int(i)].product_id]
        was = names.get(product.id)
        price = max(float(layout.price[i]), 1e-9)
        units = float(money[i]) / price
        names[product.id] = TopProduct(
            product.id, product.name, float(money[i]) + (was.daily_revenue if was else 0.0),
            units + (was.daily_units if was else 0.0),
        )
    best = sorted(names.values(), key=lambda t: -t.daily_revenue)[:TOP_PRODUCTS]
    expected = estimate(daily, draws.sum(axis=1), level)
    return PlanRevenue(daily, daily * DAYS_A_MONTH, expected, observed, tuple(best))


def _break_even(changed: int, delta: float, labor: Labor) -> BreakEven:
    if changed == 0:
        return BreakEven(0.0, 0.0, 0.0, 0)
    minutes = labor.minutes_fixed + labor.minutes_per_move * changed
    cost = labor.rate_per_hour * minutes / 60.0
    days = cost / delta if delta > 1e-9 else None
    roi = (delta * DAYS_A_MONTH - cost) / cost if cost > 0 else 0.0
    return BreakEven(cost, days, roi, changed)


def _metadata(site: Site, current: Planogram, proposed: Planogram) -> ModelMetadata:
    provenance = site.response.provenance
    products = sorted({p.product_id for plan in (current, proposed) for p in plan.positions})
    confidence = float(np.mean([trust.of_product(site, p) for p in products])) if products else 0.15
    out = float(np.mean([site.stockout_share.get(p, 0.0) for p in products])) if products else 0.0
    quality = trust.of_site(site) * (1.0 - min(max(out, 0.0), 1.0))
    factors = ["place", "facings", "neighbors", "price", "substitution"]
    if site.last_day is not None:
        factors.append("season")
    return ModelMetadata(
        provenance.version, confidence, quality, tuple(factors), provenance.phrase_with(products),
        len(site.response.draws),
    )
