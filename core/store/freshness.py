"""How new the data are that an answer comes from, and in what money they count."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from core.store import tables as t
from core.store.catalog import catalog_version
from core.store.sites import fleet_version
from core.store.tenant import TenantSession


@dataclass(frozen=True, slots=True)
class Freshness:
    """``data_version`` changes with every import and save, and whenever a product, plan, place or project
    comes, changes or goes, but not with audits · ``last_import``: when the newest import was done."""

    currency: str
    data_version: str
    last_import: datetime | None


def freshness(session: TenantSession) -> Freshness:
    company: Any = t.Company
    record: Any = t.SalesImport
    currency = session.execute(select(company.currency)).scalar_one()
    last = session.execute(select(func.max(record.finished_at)).where(record.status == "done")).scalar()
    return Freshness(currency, _data_version(session), last)


def _data_version(session: TenantSession) -> str:
    """Places count what changes about them; catalog and plans have to be asked too, as a plan may have no
    place and a company none at all; projects are few and have nothing but their names."""
    plan: Any = t.Planogram
    project: Any = t.Project
    plans = session.execute(
        select(func.count(plan.id), func.coalesce(func.max(plan.id), 0),
               func.coalesce(func.sum(plan.last_version), 0), func.max(plan.updated_at))
    ).one()
    projects = session.execute(
        select(project.id, project.name, project.store_id).order_by(project.id)).all()
    rest = (catalog_version(session), tuple(plans), tuple(map(tuple, projects)))
    return f"{fleet_version(session)}.{hashlib.sha256(repr(rest).encode()).hexdigest()[:12]}"
