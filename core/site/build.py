"""Put a site together: its response, and what its recent sales say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from core.planogram.fixture import Fixture
from core.planogram.product import Catalog
from core.site.days import one_a_day
from core.site.estimate import prior_response
from core.site.posterior import FleetFit
from core.site.response import Response
from core.site.site import PlanPeriod, Site, SiteHistory
from core.site.zones import FloatArray

RECENT_DAYS = 28


def build_site(history: SiteHistory, catalog: Catalog, fit: FleetFit | None) -> Site:
    """The site of one history. A place that the fit has not seen gets what its group has in common;
    without a fit, what published studies say."""
    last_day = max((p.end for p in history.periods), default=None)
    recent = _recent(one_a_day(history), last_day)
    return Site(
        site_id=history.site_id, name=history.name, venue_type=history.venue_type,
        fixture=history.fixture, catalog=catalog,
        response=_response(history.site_id, history.fixture, history.venue_type, catalog, fit),
        data_version=f"{history.site_id}:{last_day}:{len(history.daily)}",
        history_days=history.days, last_day=last_day,
        stockout_share=_stockout_share(recent), daily_units=_daily_units(recent, last_day),
        realized_revenue=_realized(recent, min(RECENT_DAYS, max(history.days, 1))),
        position_days=_position_days(history.periods),
    )


def bare_site(
    site_id: int, name: str, venue_type: str, fixture: Fixture, catalog: Catalog, fit: FleetFit | None
) -> Site:
    """A place where nothing has been sold yet."""
    return Site(
        site_id=site_id, name=name, venue_type=venue_type, fixture=fixture, catalog=catalog,
        response=_response(site_id, fixture, venue_type, catalog, fit),
        data_version=f"{site_id}:none", history_days=0,
    )


def _response(
    site_id: int, fixture: Fixture, venue_type: str, catalog: Catalog, fit: FleetFit | None
) -> Response:
    if fit is None:
        return prior_response(fixture, catalog)
    if site_id in fit.posteriors and fit.posteriors[site_id].fixture == fixture:
        return fit.response(site_id, catalog=catalog)
    return fit.response_for(fixture, venue_type, catalog)


def _recent(daily: pd.DataFrame, last_day: date | None) -> pd.DataFrame:
    if last_day is None:
        return daily.iloc[:0]
    first = pd.Timestamp(last_day) - pd.Timedelta(days=RECENT_DAYS - 1)
    return daily[pd.to_datetime(daily["day"]) >= first]


def _stockout_share(recent: pd.DataFrame) -> Mapping[int, float]:
    """Product → share of the last 28 days on which one of its slots was out of stock."""
    out = recent[recent["stockout"]]
    days = out.drop_duplicates(["product_id", "day"])["product_id"].value_counts()
    return {int(p): float(n) / RECENT_DAYS for p, n in zip(days.index, days.to_numpy(), strict=True)}


def _daily_units(recent: pd.DataFrame, last_day: date | None) -> Mapping[int, FloatArray]:
    """Product → units on each of the last 28 days, shape (28,)."""
    if last_day is None or recent.empty:
        return {}
    first = np.datetime64(last_day, "D") - (RECENT_DAYS - 1)
    offset = (pd.to_datetime(recent["day"]).to_numpy().astype("datetime64[D]") - first).astype(int)
    ids, row = np.unique(recent["product_id"].to_numpy(), return_inverse=True)
    units = np.zeros((len(ids), RECENT_DAYS))
    np.add.at(units, (row, offset), recent["units"].to_numpy(dtype=float))
    return {int(p): series for p, series in zip(ids, units, strict=True)}


def _realized(recent: pd.DataFrame, days: int) -> Mapping[tuple[int, int], float]:
    """(row, column) → revenue a day over the recent days; sales without a slot are left out."""
    placed = recent[recent["row"] >= 0]
    total = placed.groupby(["row", "column"])["revenue"].sum() / days
    places = zip(total.index.to_frame(index=False).to_numpy(), total.to_numpy(), strict=True)
    return {(int(place[0]), int(place[1])): float(revenue) for place, revenue in places}


def _position_days(periods: tuple[PlanPeriod, ...]) -> Mapping[int, int]:
    """Product → days on which it stood here."""
    days: dict[int, int] = {}
    for period in periods:
        for product_id in period.plan.product_ids:
            days[product_id] = days.get(product_id, 0) + (period.end - period.start).days + 1
    return days
