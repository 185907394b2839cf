"""A second simulated company under other rules (see ``second_truth``), with nastier days.

Demand of a site wanders (AR(1)), sites of a city share shocks, products come into and out of fashion
everywhere at once, days have heavier tails than a gamma's; products are moved once or twice a year, at
some sites never; and stockouts are recorded by some sites only, and there not all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from core.planogram.product import Product
from core.site.site import PlanPeriod, SiteHistory
from core.site.zones import FloatArray, IntArray, zones_of
from core.store.demo import parameters, rhythm
from core.store.demo.assortment import CATEGORIES, build_catalog, season_curves
from core.store.demo.places import MIX, VENUES
from core.store.demo.plans import PROMOTION_DAYS, PlannedPeriod, Planner
from core.store.demo.scene import Cabinet, cabinets_of, draw_places
from core.store.demo.world import LAST_DAY
from tests.truth.second_truth import MISSIONS, SEGMENTS, SecondTruth

BASKET_DAYS = 120
SILENT, FORGOTTEN = 0.4, 0.25
"""Share of sites that record no stockout, and of the stockouts that the others do not record."""
NOISE, BURST, BURST_SIZE = 0.15, 0.012, 4.0


@dataclass(frozen=True, eq=False)
class SecondWorld:
    """What ``core.store.demo.world.World`` gives to those who estimate, and the truth behind it.
    ``recorded``: the same histories with every stockout recorded."""

    seed: int
    catalog: dict[int, Product]
    histories: list[SiteHistory]
    recorded: list[SiteHistory]
    truth: SecondTruth
    day_factors: FloatArray
    """What the days did to each site's demand, (K, D)."""


def simulate_second(
    seed: int, *, days: int = 400, machines: int = 44, stores: int = 12, last_day: date = LAST_DAY
) -> SecondWorld:
    """The second world of a seed: the same arguments give the same world."""
    rng = [np.random.default_rng([seed, 2, k]) for k in range(6)]
    calendar = [last_day - timedelta(days - 1 - i) for i in range(days)]
    catalog = build_catalog()
    places = draw_places(machines, stores, rng[0])
    cabinets = cabinets_of(places)
    truth = _draw(catalog, cabinets, calendar, rng[1])
    truth, periods = _plans(truth, catalog, cabinets, days, rng[2])
    city = np.unique([places[c.place].city for c in cabinets], return_inverse=True)[1]
    spots = _spots(truth, periods)
    shocks = _Shocks.draw(truth, cabinets, city, calendar, rng[3])
    visits = np.array([VENUES[c.venue].visits for c in cabinets])
    sales = _sell(truth, spots, shocks, calendar, visits, rng[4])
    histories = _histories(truth, cabinets, [places[c.place].name for c in cabinets], periods, spots, sales, calendar, rng[5])
    velocity = np.bincount(spots.product[sales.spot], sales.units, len(catalog)) / np.maximum(
        np.bincount(spots.product, spots.end - spots.start + 1, len(catalog)), 1
    )
    catalog = {p.id: replace(p, velocity=round(float(v), 2)) for p, v in zip(catalog.values(), velocity, strict=True)}
    return SecondWorld(seed, catalog, _forgetful(histories, rng[5]), histories, truth, shocks.site)


def _draw(
    catalog: dict[int, Product], cabinets: Sequence[Cabinet], calendar: list[date], rng: np.random.Generator
) -> SecondTruth:
    """Everything but the levels, which the first plans decide."""
    effects = parameters.draw_products(catalog, rng)
    venue = np.array([c.venue for c in cabinets])
    base = effects.appeal + effects.taste[venue][:, effects.category]
    base = base + parameters.draw_deviations(len(cabinets), effects, rng)
    sensitivity = -effects.price_elasticity[effects.category] * np.exp(rng.normal(0, 0.35, len(catalog)))
    for a, b in effects.twins:
        sensitivity[b] = sensitivity[a]
    by_month = np.array([rhythm.venue_days(calendar)[:, [d.month == m for d in calendar]].sum(axis=1)
                         for m in range(1, 13)]).T
    count, missions = len(CATEGORIES), max(MISSIONS) + 1
    season = np.log(season_curves(rng.normal(0, 0.03, (count, 12))))
    products = list(catalog)
    return SecondTruth(
        np.array(products), effects.category, effects.price, np.arange(1, len(cabinets) + 1), base,
        tuple(parameters.draw_slots([c.model for c in cabinets], rng)),
        tuple((zones_of(c.model.fixture).row + 0.5) / c.model.fixture.rows - 0.5 for c in cabinets),
        rng.uniform(0.4, 1.6, count), rng.normal(0, 0.12, count),
        np.array([np.bincount(effects.category, b) / np.bincount(effects.category) for b in base]),
        -np.log(np.maximum(2.0**effects.space - 1, 0.02)), sensitivity, rng.uniform(0.45, 0.85, count),
        np.zeros((len(cabinets), missions)), np.zeros((len(cabinets), missions)),
        rng.uniform(0.25, 0.55, len(cabinets)), 0.02, effects.affinity, season,
        (by_month / by_month.sum(axis=1, keepdims=True))[venue],
        tuple((products[a], products[b]) for a, b in effects.twins),
    )


def _plans(
    truth: SecondTruth, catalog: dict[int, Product], cabinets: Sequence[Cabinet], days: int,
    rng: np.random.Generator,
) -> tuple[SecondTruth, list[list[PlannedPeriod]]]:
    """Plans of every site, and the truth with arrivals and outside options set by the first of them."""
    result = []
    for k, cabinet in enumerate(cabinets):
        venue = VENUES[cabinet.venue]
        guess = truth.base[k] + rng.normal(0, 0.2, truth.base.shape[1])
        guess -= np.log(np.exp(guess).mean())
        liking = {int(p): float(x) for p, x in zip(truth.product_ids, guess, strict=True)}
        planner = Planner(catalog, liking, venue.markup, venue.visits, rng)
        periods = _few_changes(planner, planner.first(cabinet.model, MIX[cabinet.model.kind]), days, rng)
        _set_level(truth, k, periods[0], venue.vends * cabinet.model.volume * rng.lognormal(-0.02, 0.2), rng)
        result.append(periods)
    return truth, result


def _few_changes(planner: Planner, a: object, days: int, rng: np.random.Generator) -> list[PlannedPeriod]:
    """One to three changes, of which at most two move products."""
    count = int(rng.choice([1, 2, 3], p=[0.3, 0.45, 0.25]))
    kinds = ["reset" if rng.random() < 0.8 else "facings"]
    kinds += [str(x) for x in rng.choice(["price", "promotion", "reset", "facings"], count - 1, replace=False)]
    edges = np.sort(rng.choice(np.arange(2, 12), count, replace=False)) * days // 13 + rng.integers(0, 20, count)
    starts = [0, *(int(e) for e in edges)]
    periods = [PlannedPeriod(0, starts[1] - 1, planner.plan(a), "First set")]
    for i, j in enumerate(rng.permutation(count)):
        end = (starts[i + 2] if i + 2 <= count else days) - 1
        start, kind = starts[i + 1], kinds[int(j)]
        if kind == "promotion":
            regular = planner.promote(a)
            stop = min(start + PROMOTION_DAYS, end)
            periods.append(PlannedPeriod(start, stop - 1, planner.plan(a), kind))
            a.prices, start = regular, stop
        else:
            {"reset": planner.reset, "price": planner.reprice, "facings": planner.reface}[kind](a)
        periods.append(PlannedPeriod(start, end, planner.plan(a), kind))
    return periods


def _set_level(
    truth: SecondTruth, k: int, first: PlannedPeriod, target: float, rng: np.random.Generator
) -> None:
    """Arrivals and the outside option of a site's missions, so that its first plan sells ``target`` a day."""
    spot = truth.spot(k + 1, first.plan)
    mission = np.array(MISSIONS)
    members = np.bincount(truth.category, np.exp(truth.base[k])) / np.bincount(truth.category)
    pooled = np.bincount(spot.category, np.exp(spot.worth), len(mission))
    present = np.bincount(mission, pooled) > 0
    nests = np.where(pooled > 0, pooled, np.where(present[mission], 0.0, 2 * members)) ** truth.nest
    bought = np.bincount(mission, np.where(pooled > 0, pooled, np.where(present[mission], 0.0, 2 * members)))
    empty = rng.uniform(0.55, 0.8, len(bought))
    truth.outside[k] = np.log(np.bincount(mission, nests) * empty / (1 - empty))
    truth.arrivals[k] = bought / (1 - empty)
    truth.arrivals[k] *= target / truth.true_rates(k + 1, first.plan).sum()


@dataclass(frozen=True, eq=False)
class _Spots:
    """Every position of every period end to end, (N,) each; neighbors by index, −1 for none."""

    site: IntArray
    product: IntArray
    category: IntArray
    row: IntArray
    column: IntArray
    start: IntArray
    end: IntArray
    capacity: IntArray
    price: FloatArray
    dearer: FloatArray
    worth: FloatArray
    left: IntArray
    right: IntArray


def _spots(truth: SecondTruth, periods: list[list[PlannedPeriod]]) -> _Spots:
    parts: list[list[FloatArray]] = []
    offset = 0
    for k, site in enumerate(periods):
        for period in site:
            s, positions = truth.spot(k + 1, period.plan), period.plan.positions
            n = len(positions)
            place = np.array([(p.row, p.column, p.capacity or 0) for p in positions]).T
            parts.append([
                np.full(n, k), s.product, s.category, *place[:2], np.full(n, period.start), np.full(n, period.end),
                place[2], s.price, s.dearer, s.worth, *(np.where(x >= 0, x + offset, -1) for x in (s.left, s.right)),
            ])
            offset += n
    return _Spots(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _wandering(
    rows: int, days: int, memory: float, sd: float, rng: np.random.Generator
) -> FloatArray:
    """AR(1) in the log, stationary with standard deviation ``sd``, as factors of mean 1, (rows, days)."""
    steps = rng.normal(size=(rows, days)) * sd * np.sqrt(1 - memory**2)
    steps[:, 0] = rng.normal(0, sd, rows)
    for day in range(1, days):
        steps[:, day] += memory * steps[:, day - 1]
    return np.asarray(np.exp(steps - sd**2 / 2))


@dataclass(frozen=True, eq=False)
class _Shocks:
    """What moves demand: factors ``site`` (K, D) and ``product`` (P, D)."""

    site: FloatArray
    product: FloatArray

    @classmethod
    def draw(
        cls, truth: SecondTruth, cabinets: Sequence[Cabinet], city: IntArray, calendar: list[date],
        rng: np.random.Generator,
    ) -> _Shocks:
        days = len(calendar)
        place = np.array([c.place for c in cabinets])
        site = _wandering(int(place.max()) + 1, days, 0.85, 0.18, rng)[place]
        site = site * _wandering(int(city.max()) + 1, days, 0.93, 0.10, rng)[city]
        odd = np.where(rng.random(site.shape) < 0.01, rng.uniform(0.2, 2.5, site.shape), 1.0)
        venue = np.array([c.venue for c in cabinets])
        fashion = _wandering(len(truth.product_ids), days, 0.97, 0.08, rng)
        index = truth.product_index
        for a, b in truth.twins:
            fashion[index[b]] = fashion[index[a]]
        return cls(site * odd * rhythm.venue_days(calendar)[venue], fashion)


@dataclass(frozen=True, eq=False)
class _Sales:
    spot: IntArray
    day: IntArray
    units: IntArray
    out: FloatArray


def _sell(
    truth: SecondTruth, spots: _Spots, shocks: _Shocks, calendar: list[date], every: IntArray,
    rng: np.random.Generator,
) -> _Sales:
    """Day by day from coils that are filled at visits, every few days by site."""
    due = np.zeros(len(every), np.int64)
    stock, parts = spots.capacity.copy(), []
    for day, today in enumerate(calendar):
        visit = due <= day
        due = np.where(visit, day + np.clip(np.round(rng.normal(every, 0.8)), 2, 7).astype(np.int64), due)
        idx = np.flatnonzero((spots.start <= day) & (spots.end >= day))
        fill = visit[spots.site[idx]] | (spots.start[idx] == day)
        stock[idx] = np.where(fill, spots.capacity[idx], stock[idx])
        held = stock[idx]
        rate = _rates(truth, spots, idx, held > 0, today.month - 1)
        rate *= shocks.site[spots.site[idx], day] * shocks.product[spots.product[idx], day]
        burst = np.where(rng.random(len(idx)) < BURST, BURST_SIZE, 1.0) / (1 + BURST * (BURST_SIZE - 1))
        wanted = rng.poisson(rate * burst * rng.gamma(1 / NOISE, NOISE, len(idx)))
        sold = np.minimum(wanted, held)
        sold += _second_choice(truth, spots, idx, rate, wanted - sold, held - sold, rng)
        stock[idx] = held - sold
        out = stock[idx] == 0
        keep = (sold > 0) | out
        parts.append((idx[keep], np.full(int(keep.sum()), day), sold[keep], out[keep]))
    return _Sales(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _rates(truth: SecondTruth, spots: _Spots, idx: IntArray, there: FloatArray, month: int) -> FloatArray:
    """Expected units of the spots that stand today, those with stock chosen among."""
    site, category, product = spots.site[idx], spots.category[idx], spots.product[idx]
    count, mission = len(truth.nest), np.array(MISSIONS)
    nest_of = site * count + category
    mission_of = np.arange(len(truth.base) * count) // count * (mission.max() + 1) + np.tile(mission, len(truth.base))
    total = np.zeros(len(idx))
    for kind, share in zip(SEGMENTS, (1 - truth.thrifty, truth.thrifty), strict=True):
        a = np.exp(spots.worth[idx] + truth.season[category, month] - kind * truth.sensitivity[product] * spots.dearer[idx])
        a = a * there
        pooled = np.bincount(nest_of, a, len(mission_of))
        nests = np.where(pooled > 0, np.maximum(pooled, 1e-300) ** np.tile(truth.nest, len(truth.base)), 0.0)
        among = np.bincount(mission_of, nests, truth.outside.size) + np.exp(truth.outside.ravel())
        chosen = nests / among[mission_of] / np.maximum(pooled, 1e-300)
        total += share[site] * a * chosen[nest_of]
    rate = total * truth.arrivals[site, mission[category]]
    place = np.full(len(spots.site), -1, np.int64)
    place[idx] = np.arange(len(idx))
    gained = np.zeros(len(idx))
    for side in (spots.left[idx], spots.right[idx]):
        other = place[side]
        drawn = truth.beside * rate[other] * np.exp(truth.affinity[product, product[other]])
        gained += np.where(side >= 0, drawn, 0.0)
    return rate + gained * there


def _second_choice(
    truth: SecondTruth, spots: _Spots, idx: IntArray, rate: FloatArray, unmet: IntArray, left: IntArray,
    rng: np.random.Generator,
) -> IntArray:
    """Part of those who found the slot empty take another product of the category."""
    group = spots.site[idx] * len(truth.nest) + spots.category[idx]
    size = len(truth.base) * len(truth.nest)
    moved = np.bincount(group, unmet * (1 - truth.nest[spots.category[idx]]), size)
    pull = rate * (left > 0)
    total = np.bincount(group, pull, size)
    share = moved[group] * pull / np.where(total > 0, total, 1.0)[group]
    return np.asarray(np.minimum(rng.poisson(share), left))


def _histories(
    truth: SecondTruth, cabinets: Sequence[Cabinet], names: list[str], periods: list[list[PlannedPeriod]],
    spots: _Spots, sales: _Sales, calendar: list[date], rng: np.random.Generator,
) -> list[SiteHistory]:
    site = spots.site[sales.spot]
    order = np.lexsort((sales.spot, sales.day, site))
    spot, day, units = sales.spot[order], sales.day[order], sales.units[order]
    frame = pd.DataFrame({
        "day": np.datetime64(calendar[0], "D") + day, "product_id": truth.product_ids[spots.product[spot]],
        "row": spots.row[spot], "column": spots.column[spot], "units": units,
        "revenue": (units * spots.price[spot]).round(2), "stockout": sales.out[order],
    })
    cuts = np.searchsorted(site[order], np.arange(len(cabinets) + 1))
    result = []
    for k, cabinet in enumerate(cabinets):
        part = slice(int(cuts[k]), int(cuts[k + 1]))
        stood = tuple(PlanPeriod(calendar[p.start], calendar[p.end], p.plan) for p in periods[k])
        result.append(SiteHistory(
            k + 1, f"{names[k]} {cabinet.model.kind}", VENUES[cabinet.venue].name, cabinet.model.fixture, stood,
            frame.iloc[part].reset_index(drop=True),
            _baskets(truth, spots.product[spot[part]], day[part], units[part], len(calendar), rng), True,
        ))
    return result


def _baskets(
    truth: SecondTruth, product: IntArray, day: IntArray, units: IntArray, days: int, rng: np.random.Generator
) -> pd.DataFrame:
    """The sales of the last days in a random order, two in a row joined where they go together."""
    late = day >= days - BASKET_DAYS
    vends, when = np.repeat(product[late], units[late]), np.repeat(day[late], units[late])
    order = np.lexsort((rng.random(len(vends)), when))
    vends, when = vends[order], when[order]
    chance = 0.15 * np.exp(1.6 * truth.affinity[vends[1:], vends[:-1]])
    joined = (when[1:] == when[:-1]) & (vends[1:] != vends[:-1]) & (rng.random(len(chance)) < chance)
    number = np.cumsum(np.concatenate([[1], ~joined])) if len(vends) else np.zeros(0, np.int64)
    return pd.DataFrame({"transaction": number, "product_id": truth.product_ids[vends]})


def _forgetful(histories: list[SiteHistory], rng: np.random.Generator) -> list[SiteHistory]:
    """Stockouts as those who record them remember: some sites none at all, the others most."""
    result = []
    for history in histories:
        frame = history.daily
        share = 1.0 if rng.random() < SILENT else FORGOTTEN
        lost = frame["stockout"].to_numpy() & (rng.random(len(frame)) < share)
        daily = frame.assign(stockout=frame["stockout"] & ~lost)[~(lost & (frame["units"].to_numpy() == 0))]
        result.append(replace(history, daily=daily.reset_index(drop=True)))
    return result
