"""The whole fleet in two queries: its places, and what each sold on each day."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, case, cast, func, select

from core.site.place import Place
from core.store.tables import DailySales, Device, Planogram, Site, Store
from core.store.tenant import TenantSession

SLOT_ROW_FACTOR = 256


def places(session: TenantSession) -> list[Place]:
    """Every machine and store of the company with its planograms, by name."""
    tables: Any = (Site, Device, Store, Planogram)
    site, device, store, plan = tables
    rows = session.execute(
        select(site, device.id, store.id)
        .outerjoin(device, device.site_id == site.id)
        .outerjoin(store, store.site_id == site.id)
        .order_by(site.name)
    ).all()
    plans: dict[int, list[int]] = {}
    ordered = select(plan.site_id, plan.id).order_by(plan.is_primary.desc(), plan.id)
    for site_id, planogram_id in session.execute(ordered):
        plans.setdefault(site_id, []).append(planogram_id)
    return [
        Place(
            s.id, s.kind, device_id or store_id, s.name, s.venue_type, s.latitude, s.longitude,
            s.is_demo, tuple(plans.get(s.id, ())),
        )
        for s, device_id, store_id in rows
    ]


def last_day(session: TenantSession) -> int | None:
    """The newest day with sales, in days since 1970-01-01, or None without any."""
    sales: Any = DailySales
    site: Any = Site
    of_site = select(func.max(sales.day)).where(
        sales.company_id == site.company_id, sales.site_id == site.id
    ).correlate(site).scalar_subquery()  # one look into the key a site, instead of every row
    newest: int | None = session.execute(select(func.max(of_site)).select_from(site)).scalar_one()
    return newest


def daily_by_row(session: TenantSession, since_day: int) -> pd.DataFrame:
    """Columns ``site_id, day, shelf, units, revenue, stockouts``: one row a (site, day, shelf).

    ``day`` counts from 1970-01-01, ``shelf`` is cabinet × 256 + row or −1 where it is not known,
    ``revenue`` is in currency units, ``stockouts`` counts products out of stock.
    """
    sales: Any = DailySales
    site: Any = Site
    shelf = case((sales.slot > 0, (sales.slot - 1) // SLOT_ROW_FACTOR), else_=-1)
    statement = (
        select(
            sales.site_id, sales.day, shelf,
            func.sum(sales.units), cast(func.sum(sales.revenue_e4), BigInteger),
            func.sum(case((sales.stockout, 1), else_=0)),
        )
        .where(sales.site_id.in_(select(site.id)), sales.day >= since_day)  # a range of the key a site
        .group_by(sales.site_id, sales.day, shelf)
    )
    frame = pd.DataFrame.from_records(
        [tuple(row) for row in session.execute(statement)],
        columns=["site_id", "day", "shelf", "units", "revenue", "stockouts"],
    )
    frame["revenue"] = frame["revenue"].astype("float64") / 10_000
    return frame.astype({"units": "int64", "stockouts": "int64", "shelf": "int64"})
