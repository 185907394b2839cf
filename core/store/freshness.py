"""How new the data are that an answer comes from, and in what money they count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from core.store import tables as t
from core.store.sites import fleet_version
from core.store.tenant import TenantSession


@dataclass(frozen=True, slots=True)
class Freshness:
    """``data_version`` changes with every import and save · ``last_import``: when the newest one was done."""

    currency: str
    data_version: str
    last_import: datetime | None


def freshness(session: TenantSession) -> Freshness:
    company: Any = t.Company
    record: Any = t.SalesImport
    currency = session.execute(select(company.currency)).scalar_one()
    last = session.execute(select(func.max(record.finished_at)).where(record.status == "done")).scalar()
    return Freshness(currency, fleet_version(session), last)
