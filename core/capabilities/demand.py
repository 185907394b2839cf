"""What will be wanted at a place and in the fleet, with intervals, reasons and the stock to keep.

The forecast itself is ``core.forecast.fleet``'s; here it is cut to the place and the days that are asked
for, given its stock (``stock``), and put into words. Everything shown is a sum of the same series, so that
products, places and fleet add up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.capabilities import confidence as trust
from core.capabilities.demand_results import (
    INTERVAL,
    LONGEST_HORIZON,
    QUANTILES,
    Accuracy,
    DemandForecast,
    FleetDemand,
    Opportunity,
    PlaceDemand,
    ProductDemand,
    ProductStock,
    ProductTotal,
    SalesHistory,
    StockCost,
)
from core.capabilities.opportunities import opportunities
from core.capabilities.stock import DAYS_A_MONTH, StockPolicy
from core.capabilities.stock_plan import StockPlan, risk_by_day, stock_plan
from core.capabilities.valuation import Estimate
from core.errors import BadInput, NotFound
from core.forecast.counts import Counts
from core.forecast.forecast import Forecast
from core.forecast.panel import BoolArray, FloatArray, IntArray
from core.forecast.parts import CENTS, in_cents, of_series, of_steps
from core.forecast.supply import Supply

__all__ = [
    "LONGEST_HORIZON", "QUANTILES", "Accuracy", "DemandForecast", "FleetDemand", "Opportunity", "PlaceDemand",
    "ProductDemand", "ProductStock", "ProductTotal", "SalesHistory", "StockCost", "demand", "fleet_demand",
    "require_horizon",
]


@dataclass(frozen=True, eq=False)
class Outlook:
    """A forecast and the supply whose series it has, in the same order, and what was assumed for it.

    ``forecast`` may look further ahead than the ``days`` that are asked for, so that stock and shelf life
    see what comes after them."""

    supply: Supply
    forecast: Forecast
    days: int
    accuracy: Accuracy
    assumptions: tuple[str, ...] = ()

    def of(self, series: IntArray) -> Outlook:
        """Some of the series."""
        return replace(self, supply=self.supply.of(series), forecast=of_series(self.forecast, series))

    @property
    def ahead(self) -> Forecast:
        """The forecast of the days that are asked for."""
        return of_steps(self.forecast, 0, self.days)


def require_horizon(days: int) -> None:
    """Raises BadInput for a forecast of less than 1 or more than 92 days."""
    if not 1 <= days <= LONGEST_HORIZON:
        raise BadInput(f"A forecast of {days} days is not possible.", f"Give 1 to {LONGEST_HORIZON} days.")


def demand(
    outlook: Outlook, planogram_ids: Sequence[int], products: Sequence[int] | None = None,
    policy: StockPolicy | None = None,
) -> DemandForecast:
    """The demand of a place, which may be several planograms (a machine's cabinets), product by product.

    ``products``: only these. Raises NotFound for a product that does not stand there.
    """
    policy = policy or StockPolicy()
    here = np.flatnonzero(np.isin(outlook.supply.panel.site, list(planogram_ids)))
    known = outlook.supply.of(here)
    part = outlook.of(_asked(outlook.supply, here, products))
    supply, ahead = part.supply, part.ahead
    plan = stock_plan(part.forecast, supply, policy)
    days = _days_known(known)
    parts = ahead.contributions()
    risk = risk_by_day(plan, part.forecast, outlook.days)
    shared = _Shown(supply, ahead, plan, parts, days, risk)
    ids, group = np.unique(supply.panel.product, return_inverse=True)
    items = _products(shared, ids, group)
    return DemandForecast(
        name=" and ".join(dict.fromkeys(supply.places[p] for p in planogram_ids if p in supply.places)),
        planogram_ids=tuple(planogram_ids), first_day=ahead.first_day, days=_days(ahead),
        history=_history(known), products=items, daily_mean=ahead.mean.sum(axis=0), daily=_fan(ahead),
        factors={name: values.sum(axis=0) for name, values in parts.items()},
        units=_units(ahead), revenue=_revenue(ahead, supply), opportunities=opportunities(plan),
        accuracy=outlook.accuracy, policy=policy, assumptions=outlook.assumptions,
        confidence=trust.from_days(days), history_days=days, degraded=days < trust.ENOUGH_DAYS,
        required_data=trust.required_data(days), learned_from=_learned(outlook.supply, days),
        model_version=f"forecast {ahead.version}",
    )


def fleet_demand(outlook: Outlook, policy: StockPolicy | None = None) -> FleetDemand:
    """The demand of all places together, by place and by product."""
    policy = policy or StockPolicy()
    part = outlook.of(np.flatnonzero(outlook.supply.standing))
    supply, ahead = part.supply, part.ahead
    plan = stock_plan(part.forecast, supply, policy)
    return FleetDemand(
        first_day=ahead.first_day, days=_days(ahead), history=_history(outlook.supply),
        places=_places(supply, ahead, plan), products=_totals(supply, ahead, plan),
        daily_mean=ahead.mean.sum(axis=0), daily=_fan(ahead),
        factors={name: values.sum(axis=0) for name, values in ahead.contributions().items()},
        units=_units(ahead), revenue=_revenue(ahead, supply),
        opportunities=opportunities(plan, with_place=True), accuracy=outlook.accuracy, policy=policy,
        assumptions=outlook.assumptions, learned_from=_learned(outlook.supply, _days_known(outlook.supply)),
        model_version=f"forecast {ahead.version}",
    )


@dataclass(frozen=True, eq=False)
class _Shown:
    """What every product of a place is read from."""

    supply: Supply
    ahead: Forecast
    plan: StockPlan
    parts: Mapping[str, FloatArray]
    days: int
    risk: FloatArray


def _products(shown: _Shown, ids: IntArray, group: IntArray) -> tuple[ProductDemand, ...]:
    """The products of a place, those that earn most first."""
    if not len(ids):
        return ()
    supply, ahead = shown.supply, shown.ahead
    units, revenue = ahead.totals(group), in_cents(ahead, supply.panel.price).totals(group)
    fans = np.stack([
        _quantiles(ahead.totals(group, first=h, last=h + 1)) for h in range(ahead.mean.shape[1])
    ], axis=2)
    items = []
    for k in range(len(ids)):
        totals = _estimate(units, k), _estimate(revenue, k, CENTS)
        items.append(_product(shown, np.flatnonzero(group == k), fans[:, k], *totals))
    return tuple(sorted(items, key=lambda p: (-p.revenue.value, p.name)))


def _product(
    shown: _Shown, members: IntArray, fan: FloatArray, units: Estimate, revenue: Estimate
) -> ProductDemand:
    supply, ahead, panel = shown.supply, shown.ahead, shown.supply.panel
    first = int(members[0])
    product_id = int(panel.product[first])
    own = round(float(panel.exposure[members].max(axis=0).sum()))
    confidence = trust.PRODUCT_SHARE * trust.from_days(min(own, shown.days))
    confidence += (1.0 - trust.PRODUCT_SHARE) * trust.from_days(shown.days)
    return ProductDemand(
        product_id=product_id, name=supply.names[product_id],
        category=supply.categories.get(int(panel.category[first]), ""),
        slots=", ".join(filter(None, (supply.slots[int(i)] for i in members))),
        history=_history(supply.of(members)), mean=ahead.mean[members].sum(axis=0), quantiles=fan,
        factors={name: values[members].sum(axis=0) for name, values in shown.parts.items()},
        units=units, revenue=revenue, price=float(panel.price[members].mean()),
        stock=shown.plan.product(members), high_risk=bool(shown.plan.high_risk[members].any()),
        confidence=confidence, history_days=own, method=ahead.methods[int(ahead.method[first])],
        learned_from=_phrase(own, bool(np.isfinite(panel.prior_rate[members]).any())),
        risk_by_day=shown.risk[members].max(axis=0),
    )


def _places(supply: Supply, ahead: Forecast, plan: StockPlan) -> tuple[PlaceDemand, ...]:
    ids, group = np.unique(supply.panel.site, return_inverse=True)
    units, revenue = ahead.totals(group), in_cents(ahead, supply.panel.price).totals(group)
    days = np.zeros(len(ids))
    np.maximum.at(days, group, supply.panel.exposure.sum(axis=1))

    def by_place(values: FloatArray, factor: float = 1.0) -> list[float]:
        total: list[float] = (np.bincount(group, values, len(ids)) * factor).tolist()
        return total

    risky = by_place(plan.high_risk.astype(np.float64))
    count = by_place(np.ones(len(group)))
    lost, spoiled = (
        by_place(x, DAYS_A_MONTH) for x in (plan.now.lost_margin, plan.now.spoiled_units)
    )
    saving, stocked, suggested = (by_place(x) for x in (plan.saving, plan.stocked, plan.suggested))
    items = [
        PlaceDemand(
            int(ids[k]), supply.places[int(ids[k])], _estimate(units, k), _estimate(revenue, k, CENTS),
            int(count[k]), int(risky[k]), lost[k], spoiled[k], saving[k], stocked[k], suggested[k],
            trust.from_days(float(days[k])),
        )
        for k in range(len(ids))
    ]
    return tuple(sorted(items, key=lambda p: (-p.lost_margin, p.name)))


def _totals(supply: Supply, ahead: Forecast, plan: StockPlan) -> tuple[ProductTotal, ...]:
    ids, group = np.unique(supply.panel.product, return_inverse=True)
    units, revenue = ahead.totals(group), in_cents(ahead, supply.panel.price).totals(group)
    places = np.bincount(group, minlength=len(ids)).tolist()
    risky = np.bincount(group, plan.high_risk, len(ids)).tolist()
    lost = (np.bincount(group, plan.now.lost_margin, len(ids)) * DAYS_A_MONTH).tolist()
    category = np.zeros(len(ids), np.int64)
    category[group] = supply.panel.category
    items = [
        ProductTotal(
            int(ids[k]), supply.names[int(ids[k])], supply.categories.get(int(category[k]), ""), places[k],
            _estimate(units, k), _estimate(revenue, k, CENTS), int(risky[k]), lost[k],
        )
        for k in range(len(ids))
    ]
    return tuple(sorted(items, key=lambda p: (-p.revenue.value, p.name)))


def _asked(supply: Supply, here: IntArray, products: Sequence[int] | None) -> IntArray:
    standing = here[supply.standing[here]]
    if products is None:
        return standing
    present = set(supply.panel.product[standing].tolist())
    for product_id in products:
        if product_id not in present:
            raise NotFound(
                f"Product {product_id} does not stand at this place.",
                "Leave products out to see all of them.",
            )
    return standing[np.isin(supply.panel.product[standing], list(products))]


def _history(supply: Supply) -> SalesHistory:
    """What all series of a supply sold together."""
    panel = supply.panel
    out = panel.censored | ((panel.exposure == 0) & _between(panel.exposure))
    units = panel.units.sum(axis=0, dtype=np.float64)
    any_out, any_stood = np.asarray(out.any(axis=0)), np.asarray((panel.exposure > 0).any(axis=0))
    return SalesHistory(panel.days, units, any_out, any_stood)


def _between(exposure: FloatArray) -> BoolArray:
    """Whether a day lies between a series' first and last day in stock, (S, T)."""
    stood = exposure > 0
    before = np.maximum.accumulate(stood, axis=1)
    after = np.maximum.accumulate(stood[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(before & after)


def _days_known(supply: Supply) -> int:
    """Days on which anything of a supply stood somewhere."""
    return int((supply.panel.exposure > 0).any(axis=0).sum()) if supply.series else 0


def _days(ahead: Forecast) -> NDArray[np.datetime64]:
    return np.datetime64(ahead.first_day) + np.arange(ahead.mean.shape[1])


def _fan(ahead: Forecast) -> FloatArray:
    """Quantiles of all series together by day, (7, H)."""
    series, steps = ahead.mean.shape
    if not series:
        return np.zeros((len(QUANTILES), steps))
    all_of_it = np.zeros(series, np.int64)
    return np.concatenate(
        [_quantiles(ahead.totals(all_of_it, first=h, last=h + 1)) for h in range(steps)], axis=1
    )


def _quantiles(counts: Counts) -> FloatArray:
    """(7, G) of counts (G,)."""
    return counts.quantile(np.array(QUANTILES)[:, None])


def _units(ahead: Forecast) -> Estimate:
    if not len(ahead.mean):
        return Estimate(0.0, 0.0, 0.0, INTERVAL)
    return _estimate(ahead.totals(np.zeros(len(ahead.mean), np.int64)), 0)


def _revenue(ahead: Forecast, supply: Supply) -> Estimate:
    if not len(ahead.mean):
        return Estimate(0.0, 0.0, 0.0, INTERVAL)
    cents = in_cents(ahead, supply.panel.price).totals(np.zeros(len(ahead.mean), np.int64))
    return _estimate(cents, 0, CENTS)


def _estimate(counts: Counts, k: int, scale: float = 1.0) -> Estimate:
    """The k-th of counts (G,) with its interval, divided by ``scale``."""
    one = Counts(counts.mean[k], counts.variance[k], counts.tail)
    ends = one.quantile(np.array([QUANTILES[0], QUANTILES[-1]])) / scale
    value = float(one.mean) / scale
    return Estimate(value, min(float(ends[0]), value), max(float(ends[1]), value), INTERVAL)


def _phrase(days: int, told: bool) -> str:
    if days >= 60:
        return f"learned from {round(days / 30.4)} months here"
    here = f"learned from {days} days here" if days else "no sales here yet"
    return f"{here} and what the place's response expects" if told else f"{here} and similar places"


def _learned(supply: Supply, days: int) -> str:
    places = len(np.unique(supply.panel.site))
    here = f"learned from {round(days / 30.4)} months" if days >= 60 else f"learned from {days} days"
    return f"{here} here and {places - 1} other planograms" if places > 1 else f"{here} here"
