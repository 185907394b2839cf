"""What to do about stock, in plain sentences with the money that each is worth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.capabilities.demand_results import Opportunity
from core.capabilities.stock import DAYS_A_MONTH, best_level, outcome
from core.capabilities.stock_plan import StockPlan
from core.forecast.panel import FloatArray

SHOWN = 8
LEAST_WORTH = 0.5


def opportunities(plan: StockPlan, with_place: bool = False, shown: int = SHOWN) -> tuple[Opportunity, ...]:
    """The changes of par levels and of room that are worth most, the best first. ``with_place`` names the
    place."""
    room, room_worth = _more_room(plan)
    worth = np.maximum(plan.saving, room_worth)
    best = np.argsort(-worth, kind="stable")[:shown]
    found = []
    for i in best.tolist():
        if worth[i] < LEAST_WORTH:
            break
        sentence = (
            _give_room(plan, i, room[i], room_worth[i], with_place) if room_worth[i] > plan.saving[i]
            else _fill(plan, i, with_place)
        )
        panel = plan.supply.panel
        found.append(Opportunity(sentence, float(worth[i]), int(panel.site[i]), int(panel.product[i])))
    return tuple(found)


def _more_room(plan: StockPlan) -> tuple[FloatArray, FloatArray]:
    """The level that each slot would have with room for it, and money in 30 days that it would save beyond
    the suggested one, (S,) each."""
    level, worth = plan.suggested.copy(), np.zeros(len(plan.suggested))
    tight = np.flatnonzero(plan.suggested >= np.nan_to_num(plan.needs.capacity, nan=np.inf))
    if len(tight):
        free = replace(plan.needs.of(tight), capacity=np.full(len(tight), np.nan))
        level[tight] = best_level(free)
        worth[tight] = (plan.best.cost[tight] - outcome(free, level[tight]).cost) * DAYS_A_MONTH
    return level, worth


def _named(plan: StockPlan, i: int, with_place: bool) -> str:
    supply = plan.supply
    where = f" at {supply.places[int(supply.panel.site[i])]}" if with_place else ""
    return f"{supply.names[int(supply.panel.product[i])]}{where}"


def _give_room(plan: StockPlan, i: int, level: float, worth: float, with_place: bool) -> str:
    return (
        f"Give {_named(plan, i, with_place)} room for {level:.0f} instead of {plan.needs.capacity[i]:.0f}, "
        f"or serve it more often: a full slot is too little, about ${worth:,.2f} a month."
    )


def _fill(plan: StockPlan, i: int, with_place: bool) -> str:
    old, new = plan.stocked[i], plan.suggested[i]
    start = f"Fill {_named(plan, i, with_place)} up to {new:.0f} instead of {old:.0f}"
    money = f"${plan.saving[i]:,.2f} a month"
    if new > old:
        return f"{start}: about {money} less lost."
    spoiled = plan.now.spoiled_units[i] * DAYS_A_MONTH
    if spoiled >= 0.5:
        return f"{start}: about {spoiled:.0f} units a month would pass their shelf life, {money} less wasted."
    return f"{start}: about {money} less tied up and at risk."
