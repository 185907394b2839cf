"""A very small generator of histories with known effects, of another make than the demo's simulator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Product
from core.site.site import PlanPeriod, SiteHistory

CATEGORIES = ("soda", "water", "chips", "candy")
FIRST_DAY = date(2025, 1, 1)
ROW_EFFECT = 0.15
"""Log fall of sales from one row to the next, from the top."""


@dataclass(frozen=True)
class TinyWorld:
    """``appeal``: product id → log units a day on an average slot."""

    catalog: dict[int, Product]
    histories: list[SiteHistory]
    appeal: dict[int, float]
    slot: np.ndarray


def catalog_of(count: int = 24, first_id: int = 1) -> dict[int, Product]:
    """Products of four categories in turn, $1.50 to $2.25."""
    return {
        i: Product(i, f"Product {i}", CATEGORIES[i % 4], price=1.5 + 0.25 * (i % 4), cost=0.7)
        for i in range(first_id, first_id + count)
    }


def plan_of(fixture: Fixture, products: list[int], catalog: dict[int, Product]) -> Planogram:
    """One product a slot, in row-major order."""
    return Planogram(fixture, tuple(
        Position(p, r, c, 1, c * fixture.cell_width_in, fixture.cell_width_in, price=catalog[p].price)
        for p, (r, c) in zip(products, fixture.cells(), strict=False)
    ), RuleSet.AS_FOUND)


def tiny_world(
    seed: int = 0, sites: int = 3, days: int = 240, periods: int = 4, rate: float = 1.0, is_demo: bool = False
) -> TinyWorld:
    """Machines of 4 × 5 slots whose rows fall off from the top; Poisson sales, no diversion."""
    rng = np.random.default_rng(seed)
    catalog = catalog_of()
    appeal = {p: float(rng.normal(np.log(rate), 0.4)) for p in catalog}
    fixture = Fixture.machine((5, 5, 5, 5))
    row = np.repeat(np.arange(4), 5)
    slot = -ROW_EFFECT * (row - row.mean())
    histories = []
    for site in range(sites):
        liking = {p: appeal[p] + rng.normal(0, 0.15) for p in catalog}
        stood, frames = [], []
        for k in range(periods):
            start = FIRST_DAY + timedelta(k * days // periods)
            length = (k + 1) * days // periods - k * days // periods
            chosen = [int(p) for p in rng.permutation(list(catalog))[:20]]
            plan = plan_of(fixture, chosen, catalog)
            stood.append(PlanPeriod(start, start + timedelta(length - 1), plan))
            mean = np.exp(np.array([liking[p] for p in chosen]) + slot)
            frames.append(_sell(rng.poisson(mean, (length, 20)), start, plan))
        histories.append(SiteHistory(
            site + 1, f"Site {site + 1}", "office", fixture, tuple(stood), pd.concat(frames, ignore_index=True),
            is_demo=is_demo,
        ))
    return TinyWorld(catalog, histories, appeal, slot)


def tiny_history(
    site: int, plan: Planogram, log_rate: np.ndarray, days: int, rng: np.random.Generator
) -> SiteHistory:
    """One plan that sold Poisson counts at the given log rates, one a position."""
    frame = _sell(rng.poisson(np.exp(log_rate), (days, len(log_rate))), FIRST_DAY, plan)
    period = PlanPeriod(FIRST_DAY, FIRST_DAY + timedelta(days - 1), plan)
    return SiteHistory(site, f"Site {site}", "office", plan.fixture, (period,), frame)


def _sell(units: np.ndarray, start: date, plan: Planogram) -> pd.DataFrame:
    day, i = np.nonzero(units)
    spots = plan.positions
    return frame_of(
        np.datetime64(start) + day, np.array([p.product_id for p in spots])[i],
        np.array([p.row for p in spots])[i], np.array([p.column for p in spots])[i], units[day, i],
        np.array([p.price for p in spots])[i],
    )


def frame_of(
    day: np.ndarray, product: np.ndarray, row: np.ndarray, column: np.ndarray, units: np.ndarray,
    price: np.ndarray | float = 2.0, stockout: np.ndarray | bool = False,
) -> pd.DataFrame:
    """A ``daily`` frame of a history."""
    return pd.DataFrame({
        "day": day, "product_id": product, "row": row, "column": column, "units": units,
        "revenue": units * price, "stockout": stockout,
    })


def one_product(
    units: list[int], stockout: list[bool] | None = None, *, row: int = 0, column: int = 0
) -> SiteHistory:
    """A machine with one slot and one product; what it sold on each day from the first."""
    catalog, fixture = catalog_of(1), Fixture.machine((1,))
    n = len(units)
    day = np.datetime64(FIRST_DAY) + np.arange(n)
    frame = frame_of(
        day, np.ones(n, int), np.full(n, row), np.full(n, column), np.array(units), 2.0,
        np.array(stockout if stockout is not None else [False] * n),
    )
    period = PlanPeriod(FIRST_DAY, FIRST_DAY + timedelta(n - 1), plan_of(fixture, [1], catalog))
    return SiteHistory(1, "One", "office", fixture, (period,), frame)
