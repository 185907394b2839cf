"""How a planogram did, day by day: what a photo says of the shelf stands beside what was sold there."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select, update

from core.store import tables as t
from core.store.sales import EPOCH
from core.store.tenant import TenantSession, insert_new

_daily: Any = t.DailySales
_plan: Any = t.Planogram
_performance: Any = t.PlanogramPerformance


def keep_compliance(session: TenantSession, planogram_id: int, day: date, compliance: float) -> None:
    """Keep the compliance (0–1) of a planogram on a day in place of an earlier one of that day. A day that
    has no record yet gets one with what is known to be sold at its site, which may be nothing so far."""
    if session.get(t.PlanogramPerformance, (planogram_id, day)) is None:
        at_site = select(_plan.site_id).where(_plan.id == planogram_id).scalar_subquery()
        sold = session.execute(
            select(func.coalesce(func.sum(_daily.revenue_e4), 0), func.coalesce(func.sum(_daily.units), 0),
                   func.count(_daily.slot).filter(_daily.stockout.is_(True)))
            .where(_daily.site_id == at_site, _daily.day == (day - EPOCH).days)
        ).one()
        # Two photos of a plan may be its first of the day at the same moment.
        session.execute(insert_new(session, t.PlanogramPerformance), [{
            "planogram_id": planogram_id, "day": day, "revenue_e4": int(sold[0]), "units": int(sold[1]),
            "stockouts": int(sold[2]),
        }])
    session.execute(
        update(_performance).where(_performance.planogram_id == planogram_id, _performance.day == day)
        .values(compliance=min(max(compliance, 0.0), 1.0)).execution_options(synchronize_session="fetch")
    )
