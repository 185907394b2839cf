"""Par levels tried over a held-out quarter, against "max = k × average", and docs/par_levels.md.

    python -m tests.truth.par_report --worlds 501-502

Every week of the quarter both set their levels anew from what was recorded before it. The same demand is then
served from both, with a refill to the level at each service.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from core.calendar import is_holiday
from core.capabilities.stock import Needs, StockPolicy, best_level
from core.forecast.counts import Counts
from core.forecast.fleet import choose, forecast
from core.forecast.forecast import Forecast
from core.forecast.panel import BoolArray, FloatArray, Panel
from core.forecast.parts import of_series
from tests.truth.par_worlds import QUARTER, Case

WEEK = 7
WINDOWS = (28, 56, 91)
FACTORS = np.round(np.concatenate([np.arange(0.4, 3.0, 0.1), np.arange(3.0, 8.1, 0.25)]), 2)
PRICES = np.geomspace(2e-3, 0.4, 12)
FILL_RATES = (0.90, 0.95, 0.97, 0.98, 0.99)
Levels = Callable[[int], FloatArray]
"""Day of the quarter → levels of each setting, (P, S)."""


@dataclass(frozen=True, eq=False)
class Frontier:
    """What each setting of a rule led to, (P,): share of demand served, mean stock, lost units, and services
    between which a slot ran out; in units, or in money where served margin and money in stock count."""

    setting: FloatArray
    fill: FloatArray
    stock: FloatArray
    lost: FloatArray
    runs_out: FloatArray


def replay(case: Case, setting: FloatArray, levels: Levels, money: bool) -> Frontier:
    """Serve the quarter's demand from refills to ``levels``."""
    served_worth = case.margin if money else np.ones(len(case.wanted))
    stock_worth = case.cost if money else np.ones(len(case.wanted))
    stock = np.zeros((len(setting), len(case.wanted)))
    short = np.zeros(stock.shape, bool)
    lost, held, out = (np.zeros(len(setting)) for _ in range(3))
    total = 0.0
    for day in range(QUARTER):
        here, visit = case.stands[:, case.start + day], comes(case, day)
        out += (short & visit).sum(axis=1)
        short &= ~visit
        stock = np.where(visit, np.maximum(stock, levels(day)), np.where(here, stock, 0.0))
        wanted = np.where(here, case.wanted[:, case.start + day], 0.0)
        before, stock = stock, np.maximum(stock - wanted, 0.0)
        missed = np.maximum(wanted - before, 0.0)
        short |= missed > 0
        lost += missed @ served_worth
        held += (before + stock) / 2.0 @ stock_worth
        total += float(wanted @ served_worth)
    return Frontier(setting, 1.0 - lost / total, held / QUARTER, lost, out + short.sum(axis=1))


def comes(case: Case, day: int) -> BoolArray:
    """Slots that are filled on a day of the quarter; all on its first."""
    at = case.start + day
    return np.asarray((case.visits[:, at] | (day == 0)) & case.stands[:, at])


def next_service(case: Case, day: int) -> FloatArray:
    """Days from a day of the quarter to the next planned service of each slot, (S,)."""
    ahead = case.planned[:, case.start + day :].copy()
    ahead[:, 0] = False  # today's
    return np.where(ahead.any(axis=1), ahead.argmax(axis=1), case.every)


def averages(case: Case, day: int, window: int) -> FloatArray:
    """Units a day in stock over the days before the week of ``day``, (S,); a product without any has its
    site's mean."""
    until = case.start + day // WEEK * WEEK
    before = slice(max(0, until - window), until)
    panel = case.recorded
    known = panel.exposure[:, before].sum(axis=1)
    sold = panel.units[:, before].sum(axis=1, dtype=np.float64)
    site = np.unique(panel.site, return_inverse=True)[1]
    by_site = np.bincount(site, sold) / np.maximum(np.bincount(site, known), 1.0)
    return np.where(known > 0, sold / np.maximum(known, 1.0), by_site[site])


def k_times_average(case: Case, window: int, money: bool, to_next: bool = False) -> Frontier:
    """"Max = k × average" of the last ``window`` days: k times what sells between two services (``to_next``:
    until the next one), rounded, at least one."""
    def levels(day: int) -> FloatArray:
        days = next_service(case, day) if to_next else case.every
        return np.maximum(np.round(FACTORS[:, None] * (averages(case, day, window) * days)), 1.0)

    return replay(case, FACTORS, levels, money)


class Planner:
    """Our levels at one price for stock that all slots share, from forecasts made at the start of each week.

    ``to_next``: for each refill, what its real days until the next one need; else one par level a week, for
    services as far apart as they have been."""

    def __init__(self, case: Case, money: bool, to_next: bool) -> None:
        self.case, self.money, self.to_next = case, money, to_next
        self.seconds = 0.0
        self.made: Forecast
        self.kept = np.ones((len(PRICES), len(case.wanted)))
        self.pool = choose(with_holidays(case.recorded.until(case.start), 2 * WEEK), 2 * WEEK)

    def levels(self, day: int) -> FloatArray:
        """Looked up day after day, from the first on."""
        if day % WEEK == 0:
            self._look_ahead(day)
        if self.to_next:
            visit = comes(self.case, day)
            days = next_service(self.case, day)[visit, None]
            self.kept[:, visit] = self._best(np.flatnonzero(visit), day % WEEK, days)
        elif day % WEEK == 0:
            at = self.case.start + day
            soon = np.flatnonzero(self.case.stands[:, at : at + WEEK].any(axis=1))
            self.kept[:, soon] = self._best(soon, 0, self.case.gaps[soon])
        return self.kept

    def _look_ahead(self, day: int) -> None:
        begun = time.perf_counter()
        known = self.case.recorded.until(self.case.start + day)
        self.made = forecast(with_holidays(known, 3 * WEEK), 3 * WEEK, pool=self.pool)
        self.seconds += time.perf_counter() - begun

    def _best(self, series: np.ndarray, first: int, days: FloatArray) -> FloatArray:
        """Levels (P, n) for ``series``, each of ``days`` (n, I) as likely, from step ``first`` of the
        forecast."""
        made, days = of_series(self.made, series), np.minimum(days, 2 * WEEK).astype(int)
        demand = np.zeros((2, *days.shape))
        for length in np.unique(days).tolist():
            total = made.totals(first=first, last=first + length)
            for i in range(days.shape[1]):
                mine = days[:, i] == length
                demand[0, mine, i], demand[1, mine, i] = total.mean[mine], total.variance[mine]
        return priced_levels(self.case, series, Counts(demand[0], demand[1]), days.mean(axis=1), self.money)


class Knowing:
    """Refills by who knows the true expected demand of every day to come: what nobody can beat."""

    def __init__(self, case: Case, money: bool) -> None:
        assert case.rates is not None
        self.case, self.money = case, money
        self.mean = np.pad(case.rates.cumsum(axis=1), ((0, 0), (1, 0)))
        noise = case.rates + case.dispersion * case.rates**2
        self.variance = np.pad(noise.cumsum(axis=1), ((0, 0), (1, 0)))
        self.kept = np.ones((len(PRICES), len(case.wanted)))

    def levels(self, day: int) -> FloatArray:
        """Looked up day after day, from the first on."""
        series = np.flatnonzero(comes(self.case, day))
        days = np.minimum(next_service(self.case, day)[series], 2 * WEEK).astype(int)
        first = self.case.start + day
        last = np.minimum(first + days, self.mean.shape[1] - 1)
        mean, variance = (x[series, last] - x[series, first] for x in (self.mean, self.variance))
        self.kept[:, series] = priced_levels(
            self.case, series, Counts(mean[:, None], variance[:, None]), days.astype(float), self.money
        )
        return self.kept


def priced_levels(
    case: Case, series: np.ndarray, demand: Counts, days: FloatArray, money: bool
) -> FloatArray:
    """The best levels of ``series`` for demand (n, I) at each price for stock, (P, n)."""
    ones = np.ones(len(series))
    margin, cost = (case.margin[series], case.cost[series]) if money else (ones, ones)
    needs = Needs(
        demand, Counts(ones, ones), days, np.full(len(series), np.inf), margin, cost,
        np.full(len(series), np.nan), demand.mean.mean(axis=1) / days, StockPolicy(lead_days=0),
    )
    policies = (
        StockPolicy(lead_days=0, goodwill=0.0, holding_per_year=0.0, tied=price) for price in PRICES.tolist()
    )
    return np.stack([best_level(replace(needs, policy=policy)) for policy in policies])


def with_holidays(panel: Panel, horizon: int) -> Panel:
    days = np.datetime64(panel.start) + np.arange(panel.steps + horizon)
    return replace(panel, inputs={"holiday": is_holiday(days)[None].astype(np.float32)})


@dataclass(frozen=True, eq=False)
class Comparison:
    """A case's frontiers: the baseline by days averaged over, ours as one par level and for each refill, and
    that of who knows the truth, where there is one."""

    name: str
    series: int
    wanted: float
    money: bool
    baseline: dict[int, Frontier]
    par: Frontier
    refill: Frontier
    knowing: Frontier | None
    seconds: float

    def best_k(self, fill: float) -> tuple[int, float, float]:
        """(days averaged over, k, mean stock) of the baseline that needs least stock for ``fill``."""
        found = [(window, *at_fill(f, fill)) for window, f in self.baseline.items()]
        return min(found, key=lambda row: row[2] if row[2] == row[2] else np.inf)


def compare(case: Case, money: bool = False) -> Comparison:
    """Both rules over their whole range on one case."""
    baseline = {window: k_times_average(case, window, money) for window in WINDOWS}
    par, refill = (Planner(case, money, to_next) for to_next in (False, True))
    knowing = None if case.rates is None else replay(case, PRICES, Knowing(case, money).levels, money)
    served = case.wanted[:, case.start :][case.stands[:, case.start :]]
    standing = int(case.stands[:, case.start :].any(axis=1).sum())
    return Comparison(
        case.name, standing, float(served.sum()), money, baseline, replay(case, PRICES, par.levels, money),
        replay(case, PRICES, refill.levels, money), knowing, refill.seconds / (QUARTER / WEEK),
    )


def at_fill(frontier: Frontier, fill: float) -> tuple[float, float]:
    """(setting, mean stock) at which a rule serves ``fill``; NaN beyond its reach."""
    order = np.argsort(frontier.fill)
    reach = frontier.fill[order]
    if not reach[0] <= fill <= reach[-1]:
        return float("nan"), float("nan")
    return (float(np.interp(fill, reach, frontier.setting[order])),
            float(np.interp(fill, reach, frontier.stock[order])))


def at_stock(frontier: Frontier, stock: float) -> tuple[float, float]:
    """(lost, services that ran out) of a rule at a mean stock."""
    order = np.argsort(frontier.stock)
    held = frontier.stock[order]
    return (float(np.interp(stock, held, frontier.lost[order])),
            float(np.interp(stock, held, frontier.runs_out[order])))
