"""Planograms in lists, in one query however many there are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select

from core.store import tables as t
from core.store.tenant import TenantSession

_plan: Any = t.Planogram
_site: Any = t.Site
_device: Any = t.Device
_store: Any = t.Store
_cabinet: Any = t.Cabinet
_project: Any = t.Project


@dataclass(frozen=True, slots=True)
class PlanogramCard:
    """A planogram in a list."""

    id: int
    name: str
    key: str | None
    site_id: int | None
    site_name: str
    device_id: int | None
    store_id: int | None
    project_id: int | None
    venue_type: str
    version: int
    status: str
    season: str | None
    updated_at: datetime
    is_demo: bool


def cards(
    session: TenantSession,
    *,
    device_id: int | None = None,
    store_id: int | None = None,
    project_id: int | None = None,
    ids: Collection[int] | None = None,
) -> list[PlanogramCard]:
    """Planograms for a picker, by site and name. A store's include those of its machines."""
    statement = with_place(
        select(
            _plan.id, _plan.name, _plan.is_primary, _cabinet.device_id, _cabinet.cabinet_index,
            _plan.site_id, func.coalesce(_site.name, ""), _device.id,
            func.coalesce(_store.id, _device.store_id, _project.store_id), _plan.project_id,
            func.coalesce(_site.venue_type, ""), _plan.last_version, _plan.status, _plan.season,
            _plan.updated_at, _plan.is_demo,
        ).select_from(_plan)
    )
    if device_id is not None:
        statement = statement.where(_device.id == device_id)
    if store_id is not None:
        statement = statement.where(
            or_(_store.id == store_id, _device.store_id == store_id, _project.store_id == store_id)
        )
    if project_id is not None:
        statement = statement.where(_plan.project_id == project_id)
    if ids is not None:
        statement = statement.where(_plan.id.in_(ids))
    rows = session.execute(statement.order_by(_site.name, _plan.name, _plan.id))
    return [
        PlanogramCard(row[0], row[1], key_of(row[2], row[3], row[4]), *row[5:]) for row in rows
    ]


def key_of(is_primary: bool, device_id: int | None, cabinet_index: int | None) -> str | None:
    return f"{device_id}_{cabinet_index}" if is_primary and device_id is not None else None


def with_place(statement: Select[Any]) -> Select[Any]:
    """Join what is known of a planogram's place."""
    return (
        statement.outerjoin(_site, _site.id == _plan.site_id)
        .outerjoin(_device, _device.site_id == _plan.site_id)
        .outerjoin(_store, _store.site_id == _plan.site_id)
        .outerjoin(_project, _project.id == _plan.project_id)
        .outerjoin(_cabinet, _cabinet.id == _plan.cabinet_id)
    )
