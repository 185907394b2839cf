"""Places to try par levels on: what was wanted day by day, what was recorded of it, and when somebody came."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from core.forecast.panel import BoolArray, FloatArray, IntArray, Panel
from core.store import tables as t
from core.store.database import Actor, Database
from core.store.demand import load_supply
from core.store.demo import world as worlds
from core.store.demo.sales import Demand, SlotDays, Spots, sell
from core.store.imports.run import import_sales

QUARTER = 91
ROOT = Path(__file__).parents[2]
VENDING = (
    Path(os.environ.get("WORKBENCH_REAL_DATA", ROOT.parent / "shared" / "data"))
    / "vending_2022/sales_jan_sep.csv"
)
VENDING_SERVICE_DAYS = 7
SPREAD = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Of the days between services, each as likely as the others."""


@dataclass(frozen=True, eq=False)
class Case:
    """``wanted`` (S, T) units; ``recorded``: the panel that a planner sees of it; ``stands`` (S, T) as the
    plans say, ``planned`` (S, T) services in the morning, ``visits``: these and the first day of each stay,
    ``every`` (S,) mean days between services before the quarter, ``gaps`` (S, 5) as they were spread,
    ``cost`` and ``margin`` of a unit (S,); ``start``: the first
    day of the held-out quarter; ``rates`` (S, T): true expected units, where they are known, with the
    variance of their daily noise, ``dispersion``, and the slots' ``room`` (S, T)."""

    name: str
    recorded: Panel
    wanted: FloatArray
    stands: BoolArray
    planned: BoolArray
    visits: BoolArray
    every: FloatArray
    gaps: FloatArray
    cost: FloatArray
    margin: FloatArray
    start: int
    rates: FloatArray | None = None
    dispersion: float = 0.0
    room: FloatArray | None = None


def simulated(seed: int, **size: int) -> Case:
    """A fresh world: demand as it is with every slot full, recorded as its coils would let it. ``size``
    as for ``simulate``."""
    caught: dict[str, Any] = {}

    def spy(spots: Spots, demand: Any, visits: BoolArray, rng: Any, progress: Any) -> SlotDays:
        caught.update(spots=spots, demand=demand, visits=visits)
        return sell(spots, demand, visits, rng, progress)

    with patch.object(worlds, "sell", spy):
        world = worlds.simulate(seed, **size)
    spots, visits = caught["spots"], caught["visits"]
    endless = replace(spots, capacity=np.full_like(spots.capacity, 10**6))
    every_day = np.ones_like(visits)
    full = sell(endless, caught["demand"], every_day, np.random.default_rng([seed, 99]), lambda share: None)
    products = list(world.catalog.values())
    keys, series = np.unique(np.stack([spots.site, spots.product]), axis=1, return_inverse=True)
    size, days = keys.shape[1], visits.shape[1]
    wanted = np.zeros((size, days))
    np.add.at(wanted, (series[full.spot], full.day), full.units)
    stands, capacity = _standing(series, spots, size, days)
    came = visits[keys[0]] | _new_here(stands)
    units, empty = recorded_sales(wanted, stands, came, capacity)
    panel = _panel(world, keys, units, empty, stands, products)
    past = [np.diff(np.flatnonzero(v[: days - QUARTER])) for v in visits]
    every = np.array([gaps.mean() for gaps in past])
    spread = np.stack([np.quantile(gaps, SPREAD, method="nearest") for gaps in past])
    cost = np.array([products[p].cost for p in keys[1]])
    price = np.array([products[p].price for p in keys[1]])
    return Case(f"simulated world {seed}", panel, wanted, stands, visits[keys[0]], came,
                every[keys[0]], spread[keys[0]], cost, np.maximum(price - cost, 0.01), days - QUARTER,
                true_rates(spots, caught["demand"], series, size), caught["demand"].dispersion, capacity)


def vending() -> Case:
    """The real machines of 2022: what was sold counts as what was wanted; weekly services are assumed."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/vending.db")
        database.migrate()
        with database.admin_session() as session:
            session.add(t.Company(name="Vending"))
        actor = Actor(None, 1, "admin")
        import_sales(database, actor, VENDING, VENDING.name)
        with database.session(actor) as session:
            stored = load_supply(session)
        database.close()
    assert stored is not None
    panel = stored.supply.panel
    stands = panel.exposure > 0
    visits = np.zeros(stands.shape, bool)
    visits[:, panel.steps % VENDING_SERVICE_DAYS :: VENDING_SERVICE_DAYS] = True
    size = panel.series
    return Case("real machines 2022", panel, panel.units.astype(np.float64), stands, visits,
                visits | _new_here(stands), np.full(size, float(VENDING_SERVICE_DAYS)),
                np.full((size, 1), float(VENDING_SERVICE_DAYS)), np.ones(size), np.ones(size), panel.steps - QUARTER)


def true_rates(spots: Spots, demand: Demand, series: IntArray, size: int) -> FloatArray:
    """Expected units of each series on each day with every slot full, as ``sell`` has them, (size, days)."""
    days = demand.season.shape[1]
    gamma, weight = demand.diversion[spots.category], np.exp(spots.attraction)
    found = np.zeros((size, days))
    for day in range(days):
        i = np.flatnonzero((spots.start <= day) & (spots.end >= day))
        group = spots.group[i]
        inclusive = np.log(np.bincount(group, weight[i], len(demand.reference)) + 1e-12)
        rate = weight[i] * np.exp(-gamma[i] * (inclusive - demand.reference)[group])
        rate *= demand.season[spots.category[i], day] * demand.site_day[spots.site[i], day]
        rate *= demand.trend[spots.product[i], day]
        rate *= demand.fault[i] if day >= demand.fault_since else 1.0
        np.add.at(found[:, day], series[i], rate)
    return found


def recorded_sales(
    wanted: FloatArray, stands: BoolArray, visits: BoolArray, capacity: FloatArray
) -> tuple[FloatArray, BoolArray]:
    """Units sold from slots that every visit fills, and evenings on which they were empty, (S, T) each."""
    stock = np.zeros(len(wanted))
    sold, empty = np.zeros(wanted.shape), np.zeros(wanted.shape, bool)
    for day in range(wanted.shape[1]):
        stock = np.where(visits[:, day], capacity[:, day], stock)
        sold[:, day] = np.minimum(wanted[:, day], stock)
        stock = stock - sold[:, day]
        empty[:, day] = (stock <= 0) & stands[:, day]
    return sold, empty


def _standing(series: IntArray, spots: Spots, size: int, days: int) -> tuple[BoolArray, FloatArray]:
    """Whether and with how much room each series stands, (S, T)."""
    edges = np.zeros((size, days + 1))
    np.add.at(edges, (series, spots.start), spots.capacity)
    np.add.at(edges, (series, spots.end + 1), -spots.capacity)
    room = edges[:, :-1].cumsum(axis=1)
    return room > 0, room


def _new_here(stands: BoolArray) -> BoolArray:
    """The first day of each stay: whoever sets a product fills it."""
    before = np.zeros(stands.shape, bool)
    before[:, 1:] = stands[:, :-1]
    return np.asarray(stands & ~before)


def _panel(
    world: worlds.World, keys: IntArray, units: FloatArray, empty: BoolArray, stands: BoolArray,
    products: list[Any],
) -> Panel:
    names = sorted({p.category for p in products})
    category = np.array([names.index(products[p].category) for p in keys[1]])
    kinds = np.array([world.truth.site_venue[s] for s in keys[0]])
    return Panel(
        start=world.last_day - timedelta(days=units.shape[1] - 1), units=units.astype(np.float32),
        exposure=(stands & ~(empty & (units == 0))).astype(np.float32), censored=empty & (units > 0),
        site=keys[0].astype(np.int64), product=keys[1].astype(np.int64), category=category, venue=kinds,
        price=np.array([products[p].price for p in keys[1]]), prior_rate=np.full(keys.shape[1], np.nan),
    )
