"""The demo's fleet as a case: a year of a simulated company, of a seed that nothing was developed on."""

from __future__ import annotations

from functools import partial

import numpy as np

from core.forecast.panel import FloatArray, IntArray
from core.store.demo.rhythm import us_holidays
from core.store.demo.world import World, simulate
from tests.backtest.cases import Case, origins

DEVELOPMENT_SEED, JUDGED_SEED = 311, 321


def demo_fleet(seed: int = JUDGED_SEED) -> Case:
    """82 cabinets and fixtures, product × site, daily. What stood where is known from the plans; a slot
    empty all day counts as no observation, one sold out in the course of a day as censored."""
    return of_world(simulate(seed), f"demo fleet (seed {seed})")


def of_world(world: World, name: str) -> Case:
    """The sales of a world, as an importer would see them."""
    spots, sold = world.spots, world.slot_days
    steps = (world.last_day - world.first_day).days + 1
    product_count = len(world.truth.product_ids)
    keys, series = np.unique(spots.site * product_count + spots.product, return_inverse=True)
    of_row = series[sold.spot]
    units, stood, empty, out = (np.zeros((len(keys), steps)) for _ in range(4))
    np.add.at(units, (of_row, sold.day), sold.units)
    change = np.zeros((len(keys), steps + 1))
    np.add.at(change, (series, spots.start), 1.0)
    np.add.at(change, (series, spots.end + 1), -1.0)
    stood = np.cumsum(change, axis=1)[:, :steps]
    np.add.at(empty, (of_row, sold.day), sold.stockout & (sold.units == 0))
    np.add.at(out, (of_row, sold.day), sold.stockout & (sold.units > 0))
    share = np.where(stood > 0, 1.0 - np.minimum(empty / np.maximum(stood, 1.0), 1.0), 0.0)
    first_spot = np.full(len(keys), len(series))
    np.minimum.at(first_spot, series, np.arange(len(series)))
    days = np.datetime64(world.first_day) + np.arange(steps)
    known = {d for year in range(world.first_day.year, world.last_day.year + 1) for d in us_holidays(year)}
    development, judged = origins(steps, 28, 14, 6)
    return Case(
        name=name,
        site_noun="site",
        product_noun="product",
        start=world.first_day,
        week=7,
        units=units,
        known=np.ones_like(units, bool),
        site=(keys // product_count).astype(np.int64),
        product=(keys % product_count).astype(np.int64),
        category=np.asarray(spots.category[first_spot], np.int64),
        price=spots.price[first_spot].astype(float),
        development=development,
        judged=judged,
        standing=partial(_until, share),
        changing=True,
        inputs={"holiday": np.isin(days, np.array(sorted(known), "datetime64[D]"))[None].astype(float)},
        venue=_venue(world, keys // product_count),
        censored=out > 0,
    )


def _venue(world: World, site: IntArray) -> IntArray:
    return np.asarray(world.truth.site_venue[site], np.int64)


def _until(share: FloatArray, origin: int) -> FloatArray:
    return share[:, :origin]
