"""What to do about stock, in plain sentences with the money that each is worth."""

from __future__ import annotations

import numpy as np

from core.capabilities.demand_results import Opportunity
from core.capabilities.stock import DAYS_A_MONTH
from core.capabilities.stock_plan import StockPlan

SHOWN = 8
LEAST_WORTH = 0.5


def opportunities(plan: StockPlan, with_place: bool = False, shown: int = SHOWN) -> tuple[Opportunity, ...]:
    """The changes of par levels that are worth most, the best first. ``with_place`` names the place."""
    worth = plan.saving
    best = np.argsort(-worth, kind="stable")[:shown]
    return tuple(
        Opportunity(
            _sentence(plan, int(i), with_place), float(worth[i]), int(plan.supply.panel.site[i]),
            int(plan.supply.panel.product[i]),
        )
        for i in best if worth[i] >= LEAST_WORTH
    )


def _sentence(plan: StockPlan, i: int, with_place: bool) -> str:
    supply = plan.supply
    name = supply.names[int(supply.panel.product[i])]
    where = f" at {supply.places[int(supply.panel.site[i])]}" if with_place else ""
    old, new = plan.stocked[i], plan.suggested[i]
    lost = plan.now.lost_margin[i] * DAYS_A_MONTH
    money = f"${plan.saving[i]:,.2f} a month"
    full = np.isfinite(supply.capacity[i]) and new >= supply.capacity[i] and new <= old
    if full and plan.now.risk[i] > 0.0:
        return f"Give {name}{where} more room or more visits: a full slot loses ${lost:,.2f} a month."
    if new > old:
        return f"Fill {name}{where} up to {new:.0f} instead of {old:.0f}: about {money} less lost."
    spoiled = plan.now.spoiled_units[i] * DAYS_A_MONTH
    if spoiled >= 0.5:
        return (
            f"Fill {name}{where} up to {new:.0f} instead of {old:.0f}: about {spoiled:.0f} units a month "
            f"would pass their shelf life, {money} less wasted."
        )
    return f"Fill {name}{where} up to {new:.0f} instead of {old:.0f}: {money} less tied up and at risk."
