"""How a planogram did, day by day: what a photo says of the shelf stands beside what was sold there."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select

from core.store import tables as t
from core.store.sales import EPOCH
from core.store.tenant import TenantSession

_daily: Any = t.DailySales
_plan: Any = t.Planogram


def keep_compliance(session: TenantSession, planogram_id: int, day: date, compliance: float) -> None:
    """Keep the compliance (0–1) of a planogram on a day in place of an earlier one of that day. A day that
    has no record yet gets one with what is known to be sold at its site, which may be nothing so far."""
    row = session.get(t.PlanogramPerformance, (planogram_id, day))
    if row is None:
        at_site = select(_plan.site_id).where(_plan.id == planogram_id).scalar_subquery()
        sold = session.execute(
            select(func.coalesce(func.sum(_daily.revenue_e4), 0), func.coalesce(func.sum(_daily.units), 0),
                   func.count(_daily.slot).filter(_daily.stockout.is_(True)))
            .where(_daily.site_id == at_site, _daily.day == (day - EPOCH).days)
        ).one()
        row = t.PlanogramPerformance(planogram_id=planogram_id, day=day, revenue_e4=int(sold[0]),
                                     units=int(sold[1]), stockouts=int(sold[2]))
        session.add(row)
    row.compliance = min(max(compliance, 0.0), 1.0)
    session.flush()
