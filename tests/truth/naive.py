"""What people without a model would say of a change: try it for four weeks, or read sales off the history."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.planogram.planogram import Planogram
from core.planogram.product import Catalog
from core.site.site import SiteHistory
from core.site.zones import FloatArray

TRIAL_DAYS = 28
DAY_NOISE = 0.15
"""Variance of a slot-day's demand beyond a Poisson's, as in the worlds."""


def before_after(
    before: FloatArray, after: FloatArray, prices: tuple[FloatArray, FloatArray], days: FloatArray,
    rng: np.random.Generator,
) -> float:
    """Revenue of the four weeks after the change ÷ that of the four weeks before − 1, with the true
    ``before`` and ``after`` units a day of each position and what the ``days`` (56,) do to a site."""
    money = [
        float((rng.poisson(days[part, None] * rate * rng.gamma(1 / DAY_NOISE, DAY_NOISE, (TRIAL_DAYS, len(rate))))
               @ price).sum())
        for rate, price, part in zip(
            (before, after), prices, (slice(0, TRIAL_DAYS), slice(TRIAL_DAYS, 2 * TRIAL_DAYS)), strict=True
        )
    ]
    return money[1] / max(money[0], 1e-9) - 1.0


class History:
    """Sales rates as they can be read off: a product's mean here, or else what it sells elsewhere compared
    with its category, times how the row of its new place sells compared with its old rows."""

    def __init__(self, histories: Sequence[SiteHistory], catalog: Catalog) -> None:
        self._category = {p.id: p.category for p in catalog.values()}
        table = pd.concat([_stood(h) for h in histories], ignore_index=True)
        table["category"] = table["product"].map(self._category)
        self._here = table.groupby(["site", "product"])[["units", "days"]].sum()
        by_row = table.groupby(["site", "row"])[["units", "slots"]].sum()
        self._row = (by_row["units"] / by_row["slots"]).to_dict()
        placed = table.assign(strength=[self._row[s, r] * d for s, r, d in zip(
            table["site"], table["row"], table["days"], strict=True)])
        strength = placed.groupby(["site", "product"])["strength"].sum() / self._here["days"]
        self._strength, self._rate = strength.to_dict(), (self._here["units"] / self._here["days"]).to_dict()
        self._of_site = _ratio(table.groupby("site")[["units", "days"]].sum())
        self._of_category = _ratio(table.groupby(["site", "category"])[["units", "days"]].sum())
        rates = (self._here["units"] / self._here["days"]).rename("rate").reset_index()
        rates["relative"] = rates["rate"] / rates["site"].map(self._of_site)
        self._elsewhere = rates.groupby("product")["relative"].mean().to_dict()

    def revenue(self, site_id: int, plan: Planogram, catalog: Catalog) -> float:
        """Money a day."""
        facings: dict[int, int] = {}
        for p in plan.positions:
            facings[p.product_id] = facings.get(p.product_id, 0) + p.facings
        total = 0.0
        for p in plan.positions:
            price = catalog[p.product_id].price if p.price is None else p.price
            rate, usual = self._sells(site_id, p.product_id)
            total += price * rate * self._row.get((site_id, p.row), usual) / usual * p.facings / facings[p.product_id]
        return total

    def lift(self, site_id: int, current: Planogram, proposed: Planogram, catalog: Catalog) -> float:
        return self.revenue(site_id, proposed, catalog) / self.revenue(site_id, current, catalog) - 1.0

    def _sells(self, site_id: int, product: int) -> tuple[float, float]:
        """(units a day, how a slot of the rows where that was sells)."""
        key = (site_id, product)
        if key in self._rate and self._strength[key] > 0:
            return self._rate[key], self._strength[key]
        own = self._of_site[site_id]
        category = self._of_category.get((site_id, self._category[product]), own)
        slots = [v for (s, _), v in self._row.items() if s == site_id]
        return self._elsewhere.get(product, category / own) * own, max(float(np.mean(slots)), 1e-9)


def _ratio(table: pd.DataFrame) -> dict[object, float]:
    return (table["units"] / table["days"]).to_dict()


def _stood(history: SiteHistory) -> pd.DataFrame:
    """One row a position of a period: its days and units."""
    rows = []
    day = history.daily["day"].to_numpy().astype("datetime64[D]")
    for period in history.periods:
        inside = (day >= np.datetime64(period.start)) & (day <= np.datetime64(period.end))
        sold = history.daily[inside].groupby(["product_id", "row", "column"])["units"].sum().to_dict()
        days = (period.end - period.start).days + 1
        standing = {p.product_id: 0 for p in period.plan.positions}
        for p in period.plan.positions:
            standing[p.product_id] += 1
        for p in period.plan.positions:
            rows.append((history.site_id, p.product_id, p.row, days / standing[p.product_id], days,
                         sold.get((p.product_id, p.row, p.column), 0)))
    return pd.DataFrame(rows, columns=["site", "product", "row", "days", "slots", "units"])
