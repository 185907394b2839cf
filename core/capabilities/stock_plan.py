"""The stock of every slot of a forecast: what a refill should fill up to, and what today's level costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.capabilities.demand_results import ProductStock, StockCost
from core.capabilities.stock import (
    DAYS_A_MONTH,
    HIGH_RISK,
    Needs,
    Outcome,
    StockPolicy,
    best_level,
    needs_of,
    outcome,
)
from core.forecast.forecast import Forecast
from core.forecast.panel import BoolArray, FloatArray, IntArray
from core.forecast.supply import Supply

CURVE_LEVELS = 61
WORTH_MENTIONING = 0.5
"""Money lost a month below which an empty slot is nobody's concern."""


@dataclass(frozen=True, eq=False)
class StockPlan:
    """By slot, (S,): ``stocked`` after a refill today, ``recommended`` for the next refill,
    ``suggested`` for all refills of the horizon; ``now`` and ``best``: what today's and the suggested
    level lead to."""

    needs: Needs
    supply: Supply
    stocked: FloatArray
    recommended: FloatArray
    suggested: FloatArray
    now: Outcome
    best: Outcome

    @property
    def saving(self) -> FloatArray:
        """Money in 30 days that the suggested level saves, (S,); 0 where today's level is not known."""
        return np.maximum(self.now.cost - self.best.cost, 0.0) * DAYS_A_MONTH

    @property
    def high_risk(self) -> BoolArray:
        """Slots likely to run out before the next refill at a loss, or to spoil, (S,)."""
        lost = self.now.lost_margin * DAYS_A_MONTH >= WORTH_MENTIONING
        spoils = self.now.waste * DAYS_A_MONTH >= WORTH_MENTIONING
        return ((self.now.risk >= HIGH_RISK) & lost) | ((self.now.spoil_risk >= HIGH_RISK) & spoils)

    def product(self, members: IntArray, curve: bool = True) -> ProductStock:
        """The stock of a product, which may stand in several of the slots."""
        needs, now, best = self.needs, self.now, self.best
        wanted = needs.daily[members] + 1e-9
        share = wanted / wanted.sum()

        def total(values: FloatArray) -> float:
            return float(values[members].sum())

        return ProductStock(
            par_level=_known(self.supply.par[members]), capacity=_known(self.supply.capacity[members]),
            stocked=total(self.stocked), recommended_stock=round(total(self.recommended)),
            suggested_par_level=round(total(self.suggested)),
            stockout_risk=float(now.risk[members].max()), risk_suggested=float(best.risk[members].max()),
            fill_rate=float(share @ now.fill_rate[members]),
            days_of_supply=min(total(self.stocked) / max(total(needs.daily), 1e-3), 999.0),
            lost_units=total(now.lost_units) * DAYS_A_MONTH,
            lost_margin=total(now.lost_margin) * DAYS_A_MONTH,
            spoiled_units=total(now.spoiled_units) * DAYS_A_MONTH,
            spoil_risk=float(now.spoil_risk[members].max()), saving=total(self.saving),
            service_level=float(best.served[members].min()),
            service_days=int(needs.cycle_days[members].min()),
            unit_margin=float(needs.margin[members].mean()),
            cost_known=bool((self.supply.cost[members] > 0).all()),
            curve=self._curve(int(members[0])) if curve and len(members) == 1 else (),
        )

    def _curve(self, slot: int) -> tuple[StockCost, ...]:
        """What the levels around the suggested one cost in 30 days."""
        start = max(0.0, self.suggested[slot] - CURVE_LEVELS // 2)
        levels = start + np.arange(CURVE_LEVELS, dtype=np.float64)
        levels = levels[levels <= np.nan_to_num(self.needs.capacity[slot], nan=np.inf)]
        found = outcome(self.needs.of(np.array([slot])), levels[None, :])
        columns = (found.lost_margin, found.holding, found.waste)
        money = [(column[0] * DAYS_A_MONTH).tolist() for column in columns]
        rest = (found.risk[0].tolist(), found.fill_rate[0].tolist())
        return tuple(
            StockCost(int(level), *values)
            for level, *values in zip(levels.tolist(), *money, *rest, strict=True)
        )


def stock_plan(forecast: Forecast, supply: Supply, policy: StockPolicy | None = None) -> StockPlan:
    """Levels for all slots of a daily forecast; series of both in the same order."""
    needs = needs_of(forecast, supply, policy)
    suggested = best_level(needs)
    recommended = best_level(needs.first_cycle())
    stocked = np.where(np.isfinite(supply.filled), supply.filled, suggested)
    return StockPlan(
        needs, supply, stocked, recommended, suggested, outcome(needs, stocked), outcome(needs, suggested)
    )


def risk_by_day(plan: StockPlan, forecast: Forecast, days: int) -> FloatArray:
    """The chance that a slot is empty by the end of each of the first ``days``, (S, days): each
    slot is filled as today on the first of them and again every cycle, with what was packed the lead before,
    so that the last day of a cycle has the cycle's own risk."""
    risk, lead = np.empty((len(plan.stocked), days)), plan.needs.policy.lead_days
    for length in np.unique(plan.needs.cycle_days).astype(np.int64).tolist():
        mine = plan.needs.cycle_days == length
        for day in range(days):
            wanted = forecast.totals(first=day // length * length, last=day + 1 + lead)
            risk[mine, day] = 1.0 - wanted.cdf(plan.stocked - 1.0)[mine]
    return risk


def _known(values: FloatArray) -> float | None:
    """The sum, None where one is not known."""
    total = float(values.sum())
    return total if np.isfinite(total) else None
