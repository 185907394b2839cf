"""How much to keep: par levels as newsvendor quantiles of what a refill has to last, and what they cost.

A refill fills each slot up to its par level and has to last until the next one: the service interval, and
the lead between packing and filling. One unit too few loses its margin and some goodwill, one unit too many
ties up money, and may grow old. The best level is where both are worth the same (Arrow, Harris and Marschak
1951), here for several intervals to come at once, with spoilage first in, first out (Nahmias 1982): what
of a full slot is not sold within the life that is left is thrown away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.errors import BadInput
from core.forecast.counts import Counts
from core.forecast.forecast import Forecast
from core.forecast.panel import FloatArray, IntArray
from core.forecast.supply import Supply

DAYS_A_YEAR, DAYS_A_MONTH = 365.0, 30.0
MOST_UNITS = 100_000.0
MOST_CYCLES = 6
HIGH_RISK = 0.25


@dataclass(frozen=True, slots=True)
class StockPolicy:
    """What decides how much is enough. ``service_days`` between two refills where a place has none of its
    own, ``every``: at every place, whatever it has · ``lead_days`` from packing to filling, 0 where it is
    filled on sight · ``goodwill``: what a missed sale costs beyond its margin, as a share of it ·
    ``holding_per_year``: cost of money, room and handling, as a share of a unit's cost · ``life_left``: share
    of the shelf life that is left when a unit is filled in · ``least``: units that a slot always gets ·
    ``tied``: what a unit's cost in stock is charged besides, a cycle, as a share of it: the common shadow
    price by which a limited sum is spread over all products (``stock_for``) · ``unknown_cost``: what a unit
    is taken to cost where nobody has said, as a share of its price.

    Raises BadInput for values out of range.
    """

    service_days: int = 7
    lead_days: int = 0
    goodwill: float = 0.25
    holding_per_year: float = 0.25
    life_left: float = 0.8
    least: int = 1
    tied: float = 0.0
    unknown_cost: float = 0.5
    every: int | None = None

    def __post_init__(self) -> None:
        for days in (self.service_days, self.every):
            if days is not None and not 1 <= days <= 60:
                raise BadInput(f"A refill every {days} days is not possible.", "Give 1 to 60 days.")
        if not 0 <= self.lead_days <= 30:
            raise BadInput(f"A lead of {self.lead_days} days is not possible.", "Give 0 to 30 days.")
        if min(self.goodwill, self.holding_per_year, self.tied, self.least) < 0:
            raise BadInput("Costs and least units of a stock policy cannot be negative.", "Give 0 or more.")
        if not 0 <= self.unknown_cost <= 1:
            raise BadInput(f"{self.unknown_cost:g} is not a share of the price.", "Give 0 to 1.")
        if not 0 < self.life_left <= 1:
            raise BadInput(
                f"{self.life_left:g} is not a share of the shelf life.", "Give more than 0, up to 1."
            )


@dataclass(frozen=True, eq=False)
class Needs:
    """What S slots have to serve. ``demand``: of each of I cycles, (S, I) · ``life``: within the shelf life
    that is left, (S,) · ``cycle_days`` (S,) between refills, ``life_days`` (S,), infinite where nothing
    spoils · ``margin`` and ``cost`` of a unit (S,) · ``capacity`` (S,), NaN where not known ·
    ``daily`` (S,) mean units a day."""

    demand: Counts
    life: Counts
    cycle_days: FloatArray
    life_days: FloatArray
    margin: FloatArray
    cost: FloatArray
    capacity: FloatArray
    daily: FloatArray
    policy: StockPolicy

    def first_cycle(self) -> Needs:
        """The same with only the next cycle in sight."""
        first = Counts(self.demand.mean[:, :1], self.demand.variance[:, :1], self.demand.tail)
        return replace(self, demand=first)

    def of(self, series: IntArray) -> Needs:
        """Some of the slots."""
        return replace(
            self, demand=Counts(self.demand.mean[series], self.demand.variance[series], self.demand.tail),
            life=Counts(self.life.mean[series], self.life.variance[series], self.life.tail),
            **{name: getattr(self, name)[series] for name in _BY_SLOT},
        )

    @property
    def short_cost(self) -> FloatArray:
        """Money that a missed sale costs, (S,)."""
        return self.margin * (1.0 + self.policy.goodwill)

    @property
    def long_cost(self) -> FloatArray:
        """Money that a unit in stock costs a cycle, but for spoilage, (S,)."""
        rate = self.policy.holding_per_year * self.cycle_days / DAYS_A_YEAR + self.policy.tied
        return np.asarray(self.cost * rate)

    @property
    def cycles_a_life(self) -> FloatArray:
        """Share of a life that one cycle is, 0 where nothing spoils, (S,)."""
        return np.asarray(self.cycle_days / self.life_days)


_BY_SLOT = ("cycle_days", "life_days", "margin", "cost", "capacity", "daily")


@dataclass(frozen=True, eq=False)
class Outcome:
    """What levels lead to, each of the shape of the levels. ``fill_rate``: share of demand that is served ·
    ``risk``: chance that a slot is empty before a cycle ends, ``served``: that nobody asks in vain · by day:
    ``lost_units``, ``lost_margin``, ``holding`` (money tied up), ``spoiled_units``, ``waste`` (their cost) ·
    ``spoil_risk``: chance that some of a full slot grows too old · ``stock_units`` at the middle of a cycle ·
    ``cost`` a day: all of it."""

    level: FloatArray
    fill_rate: FloatArray
    risk: FloatArray
    served: FloatArray
    lost_units: FloatArray
    lost_margin: FloatArray
    holding: FloatArray
    spoiled_units: FloatArray
    spoil_risk: FloatArray
    waste: FloatArray
    stock_units: FloatArray

    @property
    def cost(self) -> FloatArray:
        total: FloatArray = self.lost_margin + self.holding + self.waste
        return total


def needs_of(forecast: Forecast, supply: Supply, policy: StockPolicy | None = None) -> Needs:
    """What the slots of a daily forecast have to serve; series of both in the same order. A cycle that the
    forecast does not cover to its end is scaled from its last days."""
    policy = policy or StockPolicy()
    own = [supply.service_days.get(int(site), policy.service_days) for site in forecast.site]
    cycle = np.array(own if policy.every is None else [policy.every] * len(own), np.int64)
    cost = np.where(supply.cost > 0, supply.cost, policy.unknown_cost * supply.panel.price)
    margin = np.maximum(supply.panel.price - cost, 0.0)
    life = np.maximum(supply.shelf_life * policy.life_left, 1.0)
    return Needs(
        _cycles(forecast, cycle, policy.lead_days), _over(forecast, life), cycle.astype(np.float64), life,
        margin, cost, supply.capacity, forecast.mean.mean(axis=1), policy,
    )


def best_level(needs: Needs) -> FloatArray:
    """The level of each slot at which one unit more costs as much as it saves, (S,), at least the policy's
    least and at most the capacity."""
    most = np.where(np.isnan(needs.capacity), MOST_UNITS, needs.capacity)
    least = np.minimum(float(needs.policy.least), most)
    reach = needs.demand.quantile(0.9999).max(axis=1) + 1.0
    low, high = least - 1.0, np.maximum(np.minimum(reach, most), least)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        enough = _next_unit(needs, middle) >= 0
        open_ = high - low > 1
        high = np.where(open_ & enough, middle, high)
        low = np.where(open_ & ~enough, middle, low)
    return np.asarray(high, np.float64)


def outcome(needs: Needs, level: FloatArray) -> Outcome:
    """What ``level``, (S,) or (S, K), leads to."""
    levels = np.asarray(level, np.float64)
    wide = levels[:, None] if levels.ndim == 1 else levels
    demand = Counts(needs.demand.mean[:, None, :], needs.demand.variance[:, None, :], needs.demand.tail)
    stock = wide[:, :, None]
    short = demand.shortage(stock)
    days = needs.cycle_days[:, None]
    wanted = needs.demand.mean.mean(axis=1)[:, None] * days / (days + needs.policy.lead_days)
    missed = np.minimum(short.mean(axis=2), wanted)
    left = (stock - demand.mean + short).mean(axis=2)
    life = Counts(needs.life.mean[:, None], needs.life.variance[:, None], needs.life.tail)
    lives = np.where(np.isfinite(needs.life_days), needs.life_days, np.inf)[:, None]
    old = np.where(np.isfinite(lives), life.leftover(wide), 0.0)
    held = (wide + left) / 2.0
    found = Outcome(
        wide, 1.0 - missed / wanted, (1.0 - demand.cdf(stock - 1.0)).mean(axis=2),
        demand.cdf(stock).mean(axis=2), missed / days,
        missed / days * needs.short_cost[:, None],
        held * needs.long_cost[:, None] / days,
        old / lives, np.where(np.isfinite(lives), life.cdf(wide - 1.0), 0.0),
        old / lives * needs.cost[:, None], held,
    )
    if levels.ndim > 1:
        return found
    return Outcome(**{name: getattr(found, name)[:, 0] for name in found.__dataclass_fields__})


def cost_curve(needs: Needs, around: FloatArray, reach: int = 12) -> Outcome:
    """The outcome of levels up to ``reach`` units below and above ``around`` (S,), shape (S, 2·reach + 1);
    levels out of 0 … capacity are pulled to the nearest end."""
    steps = np.arange(-reach, reach + 1, dtype=np.float64)
    most = np.where(np.isnan(needs.capacity), MOST_UNITS, needs.capacity)
    return outcome(needs, np.clip(around[:, None] + steps, 0.0, most[:, None]))


def stock_for(needs: Needs, budget: float) -> tuple[FloatArray, float]:
    """(levels, shadow price): the best levels whose stock costs at most ``budget`` in all, by one price for
    money in stock that all slots share (Lagrange; Silver, Pyke and Thomas 2017, ch. 10)."""
    def levels(tied: float) -> FloatArray:
        return best_level(replace(needs, policy=replace(needs.policy, tied=tied)))

    def spent(level: FloatArray) -> float:
        return float((level * needs.cost).sum())

    free = levels(needs.policy.tied)
    if spent(free) <= budget:
        return free, needs.policy.tied
    low, high = needs.policy.tied, max(1.0, needs.policy.tied * 2)
    while spent(levels(high)) > budget and high < 1e6:
        low, high = high, high * 4
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if spent(levels(middle)) > budget else (low, middle)
    return levels(high), high


def _next_unit(needs: Needs, level: FloatArray) -> FloatArray:
    """Money a cycle that one unit beyond ``level`` costs more than it saves, (S,)."""
    served = needs.demand.cdf(level[:, None]).mean(axis=1)
    old = np.where(np.isfinite(needs.life_days), needs.life.cdf(level), 0.0)
    costs = needs.long_cost * (1.0 + served) / 2.0 + needs.cost * needs.cycles_a_life * old
    saved: FloatArray = costs - needs.short_cost * (1.0 - served)
    return saved


def _cycles(forecast: Forecast, cycle: IntArray, lead: int) -> Counts:
    """Demand of the cycles ahead, (S, I), at most ``MOST_CYCLES``, each of its series' own length."""
    series, steps = forecast.mean.shape
    shortest = int(cycle.min(initial=1)) if series else 1
    count = max(1, min(MOST_CYCLES, steps // max(shortest, 1)))
    mean, variance = np.empty((series, count)), np.empty((series, count))
    for length in np.unique(cycle):
        mine = cycle == length
        for i in range(count):
            last = min(int((i % max(1, steps // length)) * length + length + lead), steps)
            first = max(0, last - int(length) - lead)
            total = forecast.totals(first=first, last=last)
            scaled = _scaled(total, (length + lead) / (last - first), forecast.noise)
            mean[mine, i], variance[mine, i] = scaled.mean[mine], scaled.variance[mine]
    return Counts(mean, variance, forecast.tail)


def _over(forecast: Forecast, days: FloatArray) -> Counts:
    """Demand within ``days`` (S,) from the first, by the share of the whole horizon that they are; of
    infinite days, that of the horizon."""
    steps = forecast.mean.shape[1]
    return _scaled(forecast.totals(), np.where(np.isfinite(days), days, steps) / steps, forecast.noise)


def _scaled(total: Counts, share: FloatArray | float, noise: FloatArray) -> Counts:
    """A total of ``share`` times as many days: chance grows with the days, what is wrong of the level with
    their square."""
    chance = np.minimum(noise * total.mean, total.variance)
    variance = chance * share + (total.variance - chance) * np.square(share)
    return Counts(total.mean * share, variance, total.tail)
