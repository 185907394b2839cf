"""The fleet at a glance: revenue by place, its trend, and what needs attention.

A place needs attention when its last two weeks fall short of the eight before by more than chance
explains (a quasi-Poisson z score with the place's own dispersion), when a shelf that used to sell has
stopped (a Poisson run of zeros), or when much of it was out of stock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from core.site.place import Place
from core.units import row_letter

RECENT_DAYS, BEFORE_DAYS, SILENT_DAYS = 14, 56, 7
NOTABLE = 0.4
"""The severity from which a place counts as one that needs attention; below it is a note."""
Z_ALERT, DROP_ALERT, STOCKOUT_ALERT, SILENT_EXPECTED = -3.5, 0.2, 6, 12.0
EPOCH = date(1970, 1, 1)
WINDOW_DAYS = RECENT_DAYS + BEFORE_DAYS


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing to look at. ``severity`` 0–1 sorts; ``page`` is where it can be worked on."""

    severity: float
    kind: str
    message: str
    page: str
    planogram_id: int | None


@dataclass(frozen=True, slots=True)
class SiteCard:
    """Revenue in currency a day over the last two weeks and the eight weeks before them."""

    site_id: int
    kind: str
    id: int
    name: str
    venue_type: str
    latitude: float | None
    longitude: float | None
    planogram_ids: tuple[int, ...]
    revenue_day: float
    revenue_prev_day: float
    stockouts_week: int
    trend: tuple[float, ...]
    attention: tuple[Attention, ...]

    @property
    def needs_attention(self) -> bool:
        """Whether anything here is more than a note."""
        return any(item.severity >= NOTABLE for item in self.attention)

    @property
    def change(self) -> float | None:
        """Relative change of revenue, None without a history to compare with."""
        if self.revenue_prev_day <= 0:
            return None
        return self.revenue_day / self.revenue_prev_day - 1.0


@dataclass(frozen=True, eq=False)
class FleetView:
    """``daily`` has columns ``day`` (datetime64), ``revenue``, ``units``, ``stockouts``, one row a day."""

    sites: tuple[SiteCard, ...]
    daily: pd.DataFrame
    start: date | None
    end: date | None
    is_demo: bool

    @property
    def attention(self) -> tuple[tuple[SiteCard, Attention], ...]:
        """All that needs attention, the gravest first."""
        found = [(site, item) for site in self.sites for item in site.attention]
        return tuple(sorted(found, key=lambda pair: -pair[1].severity))


def glance(places: Sequence[Place], daily: pd.DataFrame, last_day: int | None) -> FleetView:
    """``daily`` as ``core.store.fleet.daily_by_row`` gives it, for at least ``WINDOW_DAYS`` days."""
    if last_day is None or daily.empty:
        cards = tuple(_card(p, np.zeros(WINDOW_DAYS), 0, ()) for p in places)
        empty = pd.DataFrame({"day": pd.Series(dtype="datetime64[ns]"), "revenue": [], "units": [],
                              "stockouts": []})
        return FleetView(cards, empty, None, None, any(p.is_demo for p in places))
    by_site = dict(iter(daily.groupby("site_id")))
    silent = _silent_shelves(daily, last_day)
    cards = tuple(
        _of_place(p, by_site.get(p.site_id, daily.iloc[:0]), silent.get(p.site_id, ()), last_day)
        for p in places
    )
    total = daily.groupby("day", as_index=False)[["revenue", "units", "stockouts"]].sum()
    total["day"] = pd.to_datetime(total["day"], unit="D")
    start = EPOCH + timedelta(days=int(daily["day"].min()))
    return FleetView(cards, total, start, EPOCH + timedelta(days=last_day), any(p.is_demo for p in places))


def _of_place(
    place: Place, rows: pd.DataFrame, silent: Sequence[tuple[int, float]], last_day: int
) -> SiteCard:
    grid = _by_day(rows, "revenue", last_day)
    units = _by_day(rows, "units", last_day)
    week = rows[rows["day"] > last_day - 7]
    stockouts = int(week["stockouts"].sum())
    planogram = place.planogram_ids[0] if place.planogram_ids else None
    attention = [
        *_fallen(grid, units, planogram),
        *(_silent(shelf, units, place) for shelf, units in silent),
        *_out_of_stock(week, stockouts, planogram),
    ]
    return _card(place, grid, stockouts, tuple(attention))


def _card(
    place: Place, grid: np.ndarray, stockouts: int, attention: tuple[Attention, ...]
) -> SiteCard:
    return SiteCard(
        place.site_id, place.kind, place.id, place.name, place.venue_type, place.latitude,
        place.longitude, place.planogram_ids, float(grid[-RECENT_DAYS:].mean()),
        float(grid[:-RECENT_DAYS].mean()), stockouts, tuple(map(float, grid[-28:])), attention,
    )


def _by_day(rows: pd.DataFrame, column: str, last_day: int) -> np.ndarray:
    """The last WINDOW_DAYS days of a column, zeros where nothing sold, shape (WINDOW_DAYS,)."""
    offset = rows["day"].to_numpy() - (last_day - WINDOW_DAYS + 1)
    inside = offset >= 0
    values = rows[column].to_numpy(dtype=float)[inside]
    return np.bincount(offset[inside], values, minlength=WINDOW_DAYS)[:WINDOW_DAYS]


def _fallen(grid: np.ndarray, units: np.ndarray, planogram: int | None) -> list[Attention]:
    """Did the last two weeks fall by more than the place's own dispersion explains?"""
    before = units[:-RECENT_DAYS].reshape(-1, 7).sum(axis=1)
    mean = before.mean()
    if mean < 5:
        return []
    dispersion = max(1.0, before.var(ddof=1) / mean)
    expected = mean * RECENT_DAYS / 7
    z = (units[-RECENT_DAYS:].sum() - expected) / np.sqrt(dispersion * expected)
    drop = 1.0 - grid[-RECENT_DAYS:].mean() / max(grid[:-RECENT_DAYS].mean(), 1e-9)
    if z > Z_ALERT or drop < DROP_ALERT:
        return []
    lost = grid[:-RECENT_DAYS].mean() - grid[-RECENT_DAYS:].mean()
    message = f"Sales fell {drop:.0%} in two weeks, about ${lost:,.0f} a day."
    return [Attention(min(1.0, 0.5 + drop / 2), "fall", message, "heat_zones", planogram)]


def _silent_shelves(daily: pd.DataFrame, last_day: int) -> dict[int, list[tuple[int, float]]]:
    """Site → (shelf, units expected in a week) of shelves that sold before and nothing in the last week."""
    known = daily[daily["shelf"] >= 0]
    recent = known["day"] > last_day - SILENT_DAYS
    units = pd.DataFrame({
        "site_id": known["site_id"], "shelf": known["shelf"],
        "now": known["units"].where(recent, 0), "before": known["units"].where(~recent, 0),
    }).groupby(["site_id", "shelf"], as_index=False).sum()
    units["expected"] = units["before"] * (SILENT_DAYS / (WINDOW_DAYS - SILENT_DAYS))
    found: dict[int, list[tuple[int, float]]] = {}
    silent = units[(units["expected"] >= SILENT_EXPECTED) & (units["now"] == 0)]
    columns = (silent[name].tolist() for name in ("site_id", "shelf", "expected"))
    for site_id, shelf, expected in zip(*columns, strict=True):
        found.setdefault(site_id, []).append((shelf, expected))
    return found


def _silent(shelf: int, units: float, place: Place) -> Attention:
    """A jam, a dead cooler."""
    cabinet, row = divmod(shelf, 256)
    ids = place.planogram_ids
    planogram = ids[cabinet] if cabinet < len(ids) else (ids[0] if ids else None)
    message = f"Row {row_letter(row)} has sold nothing for a week; about {units:.0f} units were expected."
    return Attention(0.95, "silent row", message, "editor", planogram)


def _out_of_stock(week: pd.DataFrame, stockouts: int, planogram: int | None) -> list[Attention]:
    if stockouts < STOCKOUT_ALERT or week.empty:
        return []
    days = week.loc[week["stockouts"] > 0, "day"].nunique()
    message = f"Products were out of stock {stockouts} times on {days} of the last 7 days."
    return [Attention(min(0.6, 0.2 + stockouts / 100), "stockouts", message, "editor", planogram)]
