"""What may explain a missed forecast: the days of the product there, and what changed on its plan."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pandas as pd
from sqlalchemy import Integer, cast, func, select

from core.store import tables as t
from core.store.tenant import TenantSession

EPOCH = date(1970, 1, 1)
CHANGES = ["site_id", "product_id", "day", "what"]

_sales: Any = t.DailySales
_plan: Any = t.Planogram
_version: Any = t.PlanogramVersion
_position: Any = t.Position


def days_sold(
    session: TenantSession, site_ids: Collection[int], product_ids: Collection[int], first: int, last: int
) -> pd.DataFrame:
    """Columns site_id, product_id, day, units, stockout, one row a day on which something is known; days
    count from 1970-01-01, both included."""
    rows = session.execute(
        select(_sales.site_id, _sales.product_id, _sales.day, func.sum(_sales.units),
               func.min(cast(_sales.stockout, Integer)))
        .where(_sales.site_id.in_(list(site_ids)), _sales.day >= first, _sales.day <= last,
               _sales.product_id.in_(list(product_ids)))
        .group_by(_sales.site_id, _sales.product_id, _sales.day)
    )
    names = ["site_id", "product_id", "day", "units", "stockout"]
    return pd.DataFrame.from_records([tuple(row) for row in rows], columns=names).astype("int64")


def plan_changes(
    session: TenantSession, site_ids: Collection[int], product_ids: Collection[int], first: int, last: int
) -> pd.DataFrame:
    """Columns site_id, product_id, day, what: what versions that came into force between two days did to
    these products ("new here", "moved", "facings changed")."""
    by_plan: dict[tuple[int, int], list[tuple[int, int]]] = {}
    found = session.execute(
        select(_plan.id, _plan.site_id, _version.effective_from, _version.id)
        .join(_version, _version.planogram_id == _plan.id)
        .where(_plan.site_id.in_(list(site_ids)), _version.effective_from.is_not(None))
        .order_by(_plan.id, _version.effective_from, _version.version)
    )
    until = EPOCH + timedelta(days=last)
    for planogram_id, site_id, since, version_id in found:
        if since <= until:
            by_plan.setdefault((planogram_id, site_id), []).append(((since - EPOCH).days, version_id))
    pairs = [
        (site_id, day, before, after)
        for (_, site_id), versions in by_plan.items()
        for (_, before), (day, after) in pairwise(versions) if day >= first
    ]
    held = _held(session, {v for _, _, *both in pairs for v in both}, product_ids)
    rows = [
        (site_id, product, day, _what(held.get((before, product)), places))
        for site_id, day, before, after in pairs
        for product in product_ids if (places := held.get((after, product)))
    ]
    return pd.DataFrame([row for row in rows if row[3]], columns=CHANGES).sort_values("day")


def _held(
    session: TenantSession, version_ids: Collection[int], product_ids: Collection[int]
) -> dict[tuple[int, int], list[tuple[int, int, int]]]:
    """(version, product) → its row, column and facings at each of its places."""
    places: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    version = _position.planogram_version_id
    statement = select(
        version, _position.product_id, _position.row_index, _position.column_index, _position.facings
    ).where(_position.product_id.in_(list(product_ids)), version.in_(list(version_ids)))
    for version_id, product_id, *place in session.execute(statement):
        places.setdefault((version_id, product_id), []).append((place[0], place[1], place[2]))
    return places


def _what(before: Sequence[tuple[int, int, int]] | None, after: Sequence[tuple[int, int, int]]) -> str:
    if not before:
        return "new here"
    if {place[:2] for place in before} != {place[:2] for place in after}:
        return "moved"
    return "facings changed" if sorted(before) != sorted(after) else ""
