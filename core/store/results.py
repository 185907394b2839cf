"""What each product sold at each place over the last weeks, in one query."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, case, cast, func, select

from core.store.tables import DailySales, SalesLine, Site
from core.store.tenant import TenantSession

EPOCH = date(1970, 1, 1)
DAY_S, HOUR_S = 86_400, 3_600
NOTHING = np.zeros((0, 6))
_sales: Any = DailySales
_site: Any = Site
_line: Any = SalesLine


def product_totals(session: TenantSession, since: date, until: date) -> NDArray[np.float64]:
    """Rows of (site id, product id, days with sales or a stockout, units, revenue in currency, stockouts)
    over the days from ``since`` to ``until``, shape (n, 6)."""
    first, last = (since - EPOCH).days, (until - EPOCH).days
    rows = session.execute(
        select(
            _sales.site_id, _sales.product_id, func.count(func.distinct(_sales.day)),
            func.sum(_sales.units), cast(func.sum(_sales.revenue_e4), BigInteger),
            func.sum(case((_sales.stockout, 1), else_=0)),
        )
        .where(_sales.site_id.in_(select(_site.id)), _sales.day >= first, _sales.day <= last)
        .group_by(_sales.site_id, _sales.product_id)
    )
    table = np.array([tuple(row) for row in rows], np.float64).reshape(-1, 6)
    table[:, 4] /= 10_000.0
    return table


def newest_day(session: TenantSession, is_demo: bool) -> date | None:
    """The last day with sales at the demo's places, or at the company's own."""
    of_site = select(func.max(_sales.day)).where(
        _sales.company_id == _site.company_id, _sales.site_id == _site.id
    ).correlate(_site).scalar_subquery()
    found = session.execute(select(func.max(of_site)).select_from(_site).where(_site.is_demo == is_demo))
    newest: int | None = found.scalar_one()
    return None if newest is None else EPOCH + timedelta(days=newest)


def hourly_units(session: TenantSession, site_id: int, since: date, until: date) -> NDArray[np.float64]:
    """Rows of (product id, hour of the day, units) that a place sold by the clock, shape (n, 3)."""
    first = (since - EPOCH).days * DAY_S
    last = ((until - EPOCH).days + 1) * DAY_S
    hour = (_line.sold_at % DAY_S) // HOUR_S
    rows = session.execute(
        select(_line.product_id, hour, func.sum(_line.quantity))
        .where(_line.site_id == site_id, _line.sold_at >= first, _line.sold_at < last)
        .group_by(_line.product_id, hour)
    )
    return np.array([tuple(row) for row in rows], np.float64).reshape(-1, 3)
