"""The queries behind ``core.store.demand``: which plans stand where since when, and what sold, as arrays.

No ORM object is made of sales or positions.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Integer, case, cast, func, select

from core.store import tables as t
from core.store.slotless import owners
from core.store.tenant import TenantSession

EPOCH = date(1970, 1, 1)

IntArray = NDArray[np.int64]
_site: Any = t.Site
_plan: Any = t.Planogram
_version: Any = t.PlanogramVersion
_cabinet: Any = t.Cabinet
_position: Any = t.Position
_SLOTS, UNITS = 2**20, 2**30


@dataclass(frozen=True, eq=False)
class Shelf:
    """A planogram that stands somewhere: its effective versions as (since, version id), in order."""

    planogram_id: int
    site_id: int
    cabinet: int
    kind: str
    name: str
    venue: str
    last: tuple[int, int, str]
    stood: tuple[tuple[int, int], ...]


def shelves_of(
    session: TenantSession, planogram_ids: Collection[int] | None, demo: bool | None, also: Collection[int]
) -> list[Shelf]:
    """Planograms that have stood or stand in a cabinet, with their cabinet's number or their rank; that of
    others, which nothing was sold from, is −1."""
    named = {*(planogram_ids or ()), *also}
    statement = (
        select(
            _plan.id, _plan.site_id, _cabinet.cabinet_index, _plan.is_primary, _plan.last_version, _site.kind,
            _site.name, _site.venue_type, _version.id, _version.version, _version.fixture_id,
            _version.rule_set, _version.effective_from,
        )
        .join(_version, _version.planogram_id == _plan.id)
        .join(_site, _site.id == _plan.site_id)
        .outerjoin(_cabinet, _cabinet.id == _plan.cabinet_id)
        .order_by(_plan.site_id, _plan.id, _version.effective_from, _version.version)
    )
    if demo is not None:
        statement = statement.where(_site.is_demo == demo)
    by_plan: dict[int, list[Any]] = {}
    for row in session.execute(statement):
        by_plan.setdefault(row[0], []).append(row)
    found, ranks = [], dict[int, int]()
    for planogram_id, rows in by_plan.items():
        (_, site_id, cabinet, primary, last_version, kind, name, venue, *_) = rows[0]
        stood = tuple((day_number(r.effective_from), r[8]) for r in rows if r.effective_from is not None)
        if stood:
            ranks[site_id] = ranks.get(site_id, -1) + 1
        if not (stood or primary or planogram_id in named):
            continue
        place = cabinet if cabinet is not None else ranks.get(site_id, 0) if stood else -1
        last = next((r[8], r[10], r[11]) for r in rows if r[9] == last_version)
        found.append(Shelf(planogram_id, site_id, place, kind, name, venue, last, stood))
    return [s for s in found if planogram_ids is None or s.planogram_id in named]


def day_number(day: date) -> int:
    return (day - EPOCH).days


def first_days(session: TenantSession, sites: list[int]) -> dict[int, int]:
    sales: Any = t.DailySales
    first = select(func.min(sales.day)).where(
        sales.company_id == _site.company_id, sales.site_id == _site.id
    ).correlate(_site).scalar_subquery()
    statement = select(_site.id, first).where(_site.id.in_(sites))
    return {row[0]: row[1] for row in session.execute(statement) if row[1] is not None}


def covered_days(session: TenantSession, sites: list[int]) -> dict[int, int]:
    """Site → the last day that its data cover: the end of the import that brought its last sale, which may
    be later than that sale; one look into the key a site."""
    sales: Any = t.DailySales
    line: Any = t.SalesLine
    record: Any = t.SalesImport
    newest = select(func.max(sales.day)).where(
        sales.company_id == _site.company_id, sales.site_id == _site.id
    ).correlate(_site).scalar_subquery()
    last_import = (
        select(line.import_id).where(line.company_id == _site.company_id, line.site_id == _site.id)
        .order_by(line.sold_at.desc()).limit(1).correlate(_site).scalar_subquery()
    )
    ends = {row[0]: row[1] for row in session.execute(select(record.id, record.period_to))}
    statement = select(_site.id, _site.is_demo, newest, last_import).where(_site.id.in_(sites))
    rows = [tuple(row) for row in session.execute(statement) if row[2] is not None]
    world = max((day for _, is_demo, day, _ in rows if is_demo), default=0)
    covered = {}
    for site_id, is_demo, day, imported in rows:
        told = ends.get(imported)
        covered[site_id] = max(day, day_number(told) if told else day, world if is_demo else 0)
    return covered


def held_positions(session: TenantSession, version_ids: Collection[int]) -> IntArray:
    """Version, product, number of its slots and their par levels together or −1, (n, 4), by version."""
    statement = (
        select(
            _position.planogram_version_id, _position.product_id, func.count(),
            case((func.count(_position.par_level) < func.count(), -1), else_=func.sum(_position.par_level)),
        )
        .join(_version, _version.id == _position.planogram_version_id)
        .group_by(_position.planogram_version_id, _position.product_id)
        .order_by(_position.planogram_version_id)
    )
    rows = np.fromiter(chain.from_iterable(session.execute(statement)), np.int64).reshape(-1, 4)
    found: IntArray = rows[np.isin(rows[:, 0], list(version_ids))]
    return found


def sales_rows(session: TenantSession, sites: list[int], start: int, end: int) -> IntArray:
    """Site, day, slot, product, units, stockout, revenue e4: (n, 7) in key order. Small numbers travel
    together in one, which halves the time that reading takes."""
    sales: Any = t.DailySales.__table__  # type: ignore[attr-defined]
    wide = BigInteger()
    where = (cast(sales.c.site_id, wide) * 65_536 + sales.c.day) * _SLOTS + sales.c.slot
    what = cast(sales.c.product_id, wide) * (2 * UNITS) + sales.c.units * 2 + cast(sales.c.stockout, Integer)
    statement = select(where, what, sales.c.revenue_e4).where(
        sales.c.company_id == session.company_id, sales.c.site_id.in_(sites),
        sales.c.day >= start, sales.c.day <= end,
    )
    found = session.connection().execute(statement, execution_options={"yield_per": 20_000})
    flat = chain.from_iterable(chain.from_iterable(found.partitions()))
    where_, what_, revenue = np.fromiter(flat, np.int64).reshape(-1, 3).T
    place, slot = np.divmod(where_, _SLOTS)
    site, day = np.divmod(place, 65_536)
    product, rest = np.divmod(what_, 2 * UNITS)
    return np.stack([site, day, slot, product, rest // 2, rest % 2, revenue], axis=1)


def owned(session: TenantSession, shelves: list[Shelf], sales: IntArray) -> IntArray:
    """The rows of ``sales_rows``, which are changed, with their planogram in place of the site; those of none
    left out."""
    site, slot = sales[:, 0].copy(), sales[:, 2]
    key = {(s.site_id, s.cabinet): s.planogram_id for s in shelves}
    pairs = np.array(sorted(key), np.int64).reshape(-1, 2)
    codes = pairs[:, 0] * _SLOTS + pairs[:, 1]
    owner_of = np.array([key[(int(a), int(b))] for a, b in pairs], np.int64)
    wanted = site * _SLOTS + np.where(slot > 0, (slot - 1) // 65_536, 0)
    at = np.minimum(np.searchsorted(codes, wanted), max(len(codes) - 1, 0))
    owner = np.where(codes[at] == wanted, owner_of[at], 0) if len(codes) else np.zeros(len(site), np.int64)
    vague = np.flatnonzero(slot == 0)
    if len(vague):
        owner[vague] = _owners_of_vague(session, shelves, sales[vague])
    sales[:, 0] = owner
    return sales if owner.all() else sales[owner > 0]


def _owners_of_vague(session: TenantSession, shelves: list[Shelf], sales: IntArray) -> IntArray:
    """The planogram of each row without a slot, 0 where several could be meant."""
    at: dict[int, list[int]] = {}
    for shelf in shelves:
        if shelf.cabinet >= 0:
            at.setdefault(shelf.site_id, []).append(shelf.planogram_id)
    shared = {site_id for site_id, plans in at.items() if len(plans) > 1}
    owner = np.zeros(len(sales), np.int64)
    parts = {int(s): sales[sales[:, 0] == s, 1:4] for s in np.unique(sales[:, 0])}
    told = owners(session, parts, shared, EPOCH.toordinal())
    for site_id in parts:
        only = at.get(site_id, [0])[0]
        owner[sales[:, 0] == site_id] = told.get(site_id, 0) if site_id in shared else only
    return owner
