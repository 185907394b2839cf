"""Dominick's orange juice as histories of stores: prices, deals and advertisements by week.

42 stores, 11 brands, weeks 40 to 160 of the Dominick's calendar (week 1 began on 14 September 1989). Each
store is a site whose one shelf holds the brands with one facing each, so that all that can be learned
is prices, promotions, substitution, level and season.
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Catalog, Product
from core.site.site import PlanPeriod, SiteHistory

DATA = Path(os.environ.get("WORKBENCH_REAL_DATA", Path(__file__).parents[3] / "shared" / "data"))
FILE = DATA / "orange_juice" / "weekly.csv.gz"
WEEK_ONE = date(1989, 9, 14)
BRANDS = {
    1: ("Tropicana Premium", 64), 2: ("Tropicana Premium", 96), 3: ("Florida's Natural", 64),
    4: ("Tropicana", 64), 5: ("Minute Maid", 64), 6: ("Minute Maid", 96), 7: ("Citrus Hill", 64),
    8: ("Tree Fresh", 64), 9: ("Florida Gold", 64), 10: ("Dominick's", 64), 11: ("Dominick's", 128),
}
"""Brand number → name and ounces of a carton."""


@cache
def weekly() -> pd.DataFrame:
    """One row a store, brand and week: ``units`` (cartons), ``price`` (dollars a carton), ``deal`` and
    ``feature`` (0–1)."""
    table = pd.read_csv(FILE)
    ounces = table["brand"].map({b: size for b, (_, size) in BRANDS.items()})
    own = table[[f"price{b}" for b in BRANDS]].to_numpy()[np.arange(len(table)), table["brand"] - 1]
    return pd.DataFrame({
        "store": table["store"], "brand": table["brand"], "week": table["week"],
        "units": np.round(np.exp(table["logmove"]) / ounces).astype(int), "price": own * ounces,
        "deal": table["deal"].astype(float), "feature": table["feat"].clip(0, 1),
    }).sort_values(["store", "brand", "week"], ignore_index=True)


def catalog() -> Catalog:
    """The brands at their mean price."""
    price = weekly().groupby("brand")["price"].mean()
    return {
        b: Product(b, f"{name} {size} oz", "orange juice", brand=name, price=round(float(price[b]), 2))
        for b, (name, size) in BRANDS.items()
    }


def first_day(week: int) -> date:
    """The Thursday on which a week of the Dominick's calendar begins."""
    return WEEK_ONE + timedelta(7 * (week - 1))


def plan_of(brands: tuple[int, ...], price: dict[int, float] | None = None) -> Planogram:
    """The brands side by side on one shelf, by default without a price of their own."""
    fixture = Fixture.machine((len(BRANDS),))
    width = fixture.cell_width_in
    return Planogram(fixture, tuple(
        Position(b, 0, b - 1, 1, (b - 1) * width, width, price=(price or {}).get(b)) for b in brands
    ), RuleSet.AS_FOUND)


def history(store: int, until: int) -> SiteHistory:
    """A store before week ``until``. A week without rows is a gap; a brand without a row that week was not
    on sale."""
    table = weekly()
    mine = table[(table["store"] == store) & (table["week"] < until)]
    ranges = mine.groupby("week")["brand"].apply(lambda b: tuple(sorted(b)))
    periods: list[PlanPeriod] = []
    for week, brands in ranges.items():
        start, end = first_day(int(week)), first_day(int(week) + 1) - timedelta(1)
        last = periods[-1] if periods else None
        if last and last.plan.product_ids == brands and last.end + timedelta(1) == start:
            periods[-1] = PlanPeriod(last.start, end, last.plan)
        else:
            periods.append(PlanPeriod(start, end, plan_of(brands)))
    daily = pd.DataFrame({
        "day": pd.to_datetime([first_day(int(w)) for w in mine["week"]]), "product_id": mine["brand"].to_numpy(),
        "row": 0, "column": mine["brand"].to_numpy() - 1, "units": mine["units"].to_numpy(),
        "revenue": (mine["units"] * mine["price"]).to_numpy(), "stockout": False, "days": 7,
        "promotion": mine["deal"].to_numpy(), "feature": mine["feature"].to_numpy(),
    })
    plan = periods[-1].plan if periods else plan_of(tuple(BRANDS))
    return SiteHistory(store, f"Store {store}", "grocery", plan.fixture, tuple(periods), daily)
