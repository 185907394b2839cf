"""The site: what is known about a place and its products, loaded once per data version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from core.calendar import DEFAULT_COUNTRY
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram
from core.planogram.product import Product
from core.site.response import Response


@dataclass(frozen=True)
class PlanPeriod:
    """A planogram that stood from ``start`` to ``end``, both days included."""

    start: date
    end: date
    plan: Planogram


@dataclass(frozen=True, eq=False)
class SiteHistory:
    """All that estimation reads of one site.

    ``daily``: one row a (day, product, row, column) that sold or was out of stock, with columns
    ``day`` (datetime64[D] or date), ``product_id``, ``row``, ``column`` (−1 where the slot is not known),
    ``units``, ``revenue`` (currency), ``stockout`` (bool: out of stock for that day, so the
    count is censored). Days without a row while the product stood there sold nothing. Optional columns:
    ``days`` (int, default 1) that the row stands for, from ``day`` on (7: a row of weekly data; where it
    is a stockout, the product sold out some time in them) · ``promotion`` and ``feature`` (0–1, default 0):
    the product was on a flagged deal or display, was advertised; a row may tell so with 0 units. What was
    paid in a week is its revenue ÷ units. ``country``: whose public holidays count (ISO code, see
    ``core.calendar``).
    ``baskets``: optional frame of ``transaction`` (int), ``product_id``.
    """

    site_id: int
    name: str
    venue_type: str
    fixture: Fixture
    periods: tuple[PlanPeriod, ...]
    daily: pd.DataFrame
    baskets: pd.DataFrame | None = None
    is_demo: bool = False
    country: str = DEFAULT_COUNTRY

    @property
    def days(self) -> int:
        """Days that the planogram history covers."""
        return sum((p.end - p.start).days + 1 for p in self.periods)


@dataclass(frozen=True, eq=False)
class Site:
    """A place with its products and its response, ready to compute with."""

    site_id: int
    name: str
    venue_type: str
    fixture: Fixture
    catalog: Mapping[int, Product]
    response: Response
    data_version: str
    history_days: int
    last_day: date | None = None
    stockout_share: Mapping[int, float] = field(default_factory=dict)
    daily_units: Mapping[int, np.ndarray] = field(default_factory=dict)
    """Units of each product on each of the last 28 days, for sparklines."""
    realized_revenue: Mapping[tuple[int, int], float] = field(default_factory=dict)
    """(row, column) → realized revenue a day over the last 28 days of data."""
    position_days: Mapping[int, int] = field(default_factory=dict)
    """Product → days it has stood here, which is what confidence grows with."""
