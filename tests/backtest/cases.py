"""Data sets as panels: what was known at each origin, what stood there, what was sold after."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.calendar import is_holiday
from core.forecast.panel import BoolArray, FloatArray, IntArray, Panel
from core.store.imports.infer import Sales, infer

REAL_DATA = Path(
    os.environ.get("WORKBENCH_REAL_DATA", Path(__file__).parents[3] / "shared" / "data")
)
DOMINICKS_WEEK_1 = date(1989, 9, 14)
LARGE_OUNCES = {2: 96.0, 6: 96.0}
"""Brands of orange juice sold in 96 oz; the others are 64 oz. The file counts ounces."""
OUNCES = 64.0
PRICES = tuple(f"price{k}" for k in range(1, 12))


@dataclass(frozen=True, eq=False)
class Case:
    """One data set: S series over T steps.

    ``week``: steps a week (7 or 1) · ``units`` (S, T) sold · ``known`` (S, T) false where nothing was
    recorded · ``standing(origin)`` → exposure (S, origin) as it was known then · ``development`` and
    ``judged``: origins (the first forecast step); the targets of one end before those of the other begin ·
    ``purchase`` E[q²] ÷ E[q] of the units q of a purchase: variance over mean that buying several at a
    time alone gives, 1 where not known · ``changing``: products come and go.
    """

    name: str
    site_noun: str
    product_noun: str
    start: date
    week: int
    units: FloatArray
    known: BoolArray
    site: IntArray
    product: IntArray
    category: IntArray
    price: FloatArray
    development: tuple[int, ...]
    judged: tuple[int, ...]
    standing: Callable[[int], FloatArray]
    purchase: float = 1.0
    changing: bool = False
    inputs: Mapping[str, FloatArray] = field(default_factory=dict)
    venue: IntArray | None = None
    censored: BoolArray | None = None

    @property
    def horizon(self) -> int:
        """Steps of the longest forecast: four weeks."""
        return 4 * self.week

    @property
    def prices(self) -> FloatArray:
        """Price of every step, (S, T)."""
        depth = self.inputs.get("log_price", np.zeros((1, self.units.shape[1])))
        return self.price[:, None] * np.exp(depth)

    def panel(self, origin: int) -> Panel:
        """What was known before ``origin``, with the inputs of the steps forecast."""
        last = origin + self.horizon
        return Panel(
            start=self.start,
            units=np.where(self.known, self.units, 0.0)[:, :origin],
            exposure=self.standing(origin) * self.known[:, :origin],
            censored=np.zeros((len(self.site), origin), bool)
            if self.censored is None
            else self.censored[:, :origin],
            site=self.site,
            product=self.product,
            category=self.category,
            venue=np.zeros(len(self.site), np.int64) if self.venue is None else self.venue,
            price=self.price,
            prior_rate=np.full(len(self.site), np.nan),
            step_days=7 // self.week,
            inputs={name: values[:, :last] for name, values in self.inputs.items()},
        )


def origins(steps: int, horizon: int, gap: int, count: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Development and judged origins, ``count`` each, ``gap`` steps apart: the last judged target ends
    with the data, the last development target ends where the first judged one begins."""
    judged = steps - horizon - gap * np.arange(count)[::-1]
    development = judged - (judged[0] - (judged[0] - horizon)) - gap * (count - 1)
    return tuple(int(x) for x in development), tuple(int(x) for x in judged)


def vending(folder: Path = REAL_DATA) -> Case:
    """Five machines, January to September 2022: product × machine, daily. What stood where is inferred
    from the sales before each origin, as imports do it."""
    frame = pd.read_csv(folder / "vending_2022" / "sales_jan_sep.csv", encoding="utf-8-sig").dropna(
        subset=["Product"]
    )
    day = pd.to_datetime(frame["TransDate"], format="%m/%d/%Y").to_numpy("datetime64[D]")
    first = date(2022, 1, 1)
    at = (day - np.datetime64(first)).astype(np.int64)
    steps = (date(2022, 10, 1) - first).days
    frame = frame.assign(at=at)
    keys = frame.groupby(["Machine", "Product"], sort=True).agg(
        category=("Category", "first"), price=("RPrice", "median")
    )
    series = keys.index.get_indexer(pd.MultiIndex.from_frame(frame[["Machine", "Product"]]))
    units = counted(series, at, frame["MQty"].to_numpy(), len(keys), steps)
    site = pd.factorize(keys.index.get_level_values(0))[0]
    quantity = frame["MQty"].to_numpy(float)
    development, judged = origins(steps, 28, 7, 11)
    slots = Sales(site[series], frame["RCoil"].to_numpy(np.int64), at, series, frame["MQty"].to_numpy(np.int64))
    return Case(
        name="vending_2022",
        site_noun="machine",
        product_noun="product",
        start=first,
        week=7,
        units=units,
        known=np.ones_like(units, bool),
        site=site,
        product=pd.factorize(keys.index.get_level_values(1))[0],
        category=pd.factorize(keys["category"].fillna(""))[0],
        price=keys["price"].to_numpy(float),
        development=development,
        judged=judged,
        standing=partial(_inferred, slots, units.shape[0]),
        purchase=float((quantity**2).sum() / quantity.sum()),
        changing=True,
        inputs={"holiday": holidays(first, steps, "US-NJ")},
    )


def _inferred(sales: Sales, series: int, origin: int) -> FloatArray:
    """Share of each day that a series stood in its machine, by the sales before ``origin``: (S, origin).
    Products are coded by their series, so that one product in two machines is two."""
    past = sales.day < origin
    runs = infer(Sales(*(getattr(sales, f)[past] for f in ("site", "slot", "day", "product", "units"))))
    same_slot = (runs.site[1:] == runs.site[:-1]) & (runs.slot[1:] == runs.slot[:-1])
    until = np.append(np.where(same_slot, runs.since[1:], origin), origin)
    opened = np.full(sales.site.max() + 1, origin)
    np.minimum.at(opened, runs.site, runs.first)
    change = np.zeros((series, origin + 1))
    np.add.at(change, (runs.product, np.maximum(runs.since, opened[runs.site])), 1.0)
    np.add.at(change, (runs.product, until), -1.0)
    standing = np.cumsum(change, axis=1)[:, :origin] > 0
    sold = np.zeros((series, origin), bool)  # a misread vend is a sale none the less
    sold[sales.product[past], sales.day[past]] = True
    return (standing | sold).astype(float)


def orange_juice(folder: Path = REAL_DATA) -> Case:
    """Dominick's: 42 stores × 11 brands × 121 weeks of refrigerated orange juice; price, deal and
    feature of each week known ahead. A store's week that is missing is not known."""
    frame = pd.read_csv(folder / "orange_juice" / "weekly.csv.gz")
    first_week, steps = int(frame["week"].min()), int(np.ptp(frame["week"])) + 1
    size = frame["brand"].map(LARGE_OUNCES).fillna(OUNCES).to_numpy()
    own = frame[list(PRICES)].to_numpy()[np.arange(len(frame)), frame["brand"].to_numpy() - 1] * size
    frame = frame.assign(
        at=frame["week"] - first_week, units=np.rint(np.exp(frame["logmove"]) / size), price=own
    )
    keys = pd.MultiIndex.from_frame(frame[["store", "brand"]].drop_duplicates().sort_values(["store", "brand"]))
    series = keys.get_indexer(pd.MultiIndex.from_frame(frame[["store", "brand"]]))
    at = frame["at"].to_numpy()
    shape = (len(keys), steps)

    def table(column: str) -> FloatArray:
        result = np.full(shape, np.nan)
        result[series, at] = frame[column].to_numpy(float)
        return result

    units, price = table("units"), _carried(table("price"))
    development, judged = origins(steps, 4, 2, 8)
    start = DOMINICKS_WEEK_1 + timedelta(weeks=first_week - 1)
    known = np.isfinite(units)
    usual = np.nanmedian(np.where(known, price, np.nan)[:, : development[0]], axis=1)
    weekly = holidays(start, steps * 7, "US").reshape(1, steps, 7).max(axis=2)
    return Case(
        name="orange_juice",
        site_noun="store",
        product_noun="brand",
        start=start,
        week=1,
        units=np.nan_to_num(units),
        known=known,
        site=pd.factorize(keys.get_level_values(0))[0],
        product=pd.factorize(keys.get_level_values(1))[0],
        category=np.zeros(shape[0], np.int64),
        price=usual,
        development=development,
        judged=judged,
        standing=partial(always, shape[0]),
        inputs={
            "log_price": np.log(price / usual[:, None]),
            "promotion": np.nan_to_num(table("deal")),
            "feature_promotion": np.nan_to_num(table("feat")),
            "holiday": weekly,
        },
    )


def counted(
    series: IntArray, at: IntArray, quantity: NDArray[np.generic], count: int, steps: int
) -> FloatArray:
    result = np.zeros((count, steps))
    np.add.at(result, (series, at), quantity)
    return result


def holidays(first: date, days: int, country: str) -> FloatArray:
    return is_holiday(np.datetime64(first) + np.arange(days), country)[None].astype(float)


def _carried(values: FloatArray) -> FloatArray:
    """Gaps filled with the value before, leading ones with the first."""
    return pd.DataFrame(values).ffill(axis=1).bfill(axis=1).to_numpy()


def always(series: int, origin: int) -> FloatArray:
    return np.ones((series, origin))
