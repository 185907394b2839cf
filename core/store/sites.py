"""What the estimation reads: each planogram's versions over time and its daily sales, as arrays.

Sales are read as one stream of integers in the order of their key; no ORM object is made of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Integer, cast, func, select, update

from core.calendar import country_of
from core.planogram.planogram import Planogram
from core.site.site import PlanPeriod, SiteHistory
from core.store import tables as t
from core.store.plan_rows import load_plans
from core.store.slotless import owners
from core.store.tenant import TenantSession
from core.units import MONEY_SCALE

EPOCH = date(1970, 1, 1)
BASKET_DAYS = 120

_IntArray = NDArray[np.int64]
_site: Any = t.Site
_plan: Any = t.Planogram
_version: Any = t.PlanogramVersion
_cabinet: Any = t.Cabinet
_fit: Any = t.ResponseFit


@dataclass(frozen=True, slots=True)
class _Standing:
    """A version that stood at a site since a day; ``cabinet`` tells the site's plans apart, and
    ``alone`` says that there is no other."""

    site_id: int
    cabinet: int
    alone: bool
    since: date
    plan: Planogram


def load_history(
    session: TenantSession,
    planogram_ids: Collection[int] | None = None,
    since: date | None = None,
    *,
    baskets: bool = False,
    demo: bool | None = None,
) -> list[SiteHistory]:
    """One history for each planogram that has stood somewhere and sold, by planogram id, which is
    the ``site_id`` of the history: a machine with two cabinets has two. Sales of an unknown slot belong
    to the one plan that held their product on that day, and to none where several did or no plan did.

    ``since`` leaves out earlier days. ``demo`` True or False reads only the demo's sites or only the
    user's own. ``baskets`` also reads the transactions of the last ``BASKET_DAYS`` days.
    """
    standing = _standing_plans(session, planogram_ids, demo)
    sites = _site_rows(session, {plans[0].site_id for plans in standing.values()})
    first_day = None if since is None else (since - EPOCH).days
    sales = _daily(session, sorted(sites), first_day)
    shared = {plans[0].site_id for plans in standing.values() if not plans[0].alone}
    vague = owners(session, sales, shared, EPOCH.toordinal())
    lines = _baskets(session, sorted(sites), _basket_start(sales, since)) if baskets else {}
    histories = []
    for planogram_id, plans in standing.items():
        last = plans[-1]
        mine = None if last.alone else vague.get(last.site_id, np.zeros(0, np.int64)) == planogram_id
        daily = _of_cabinet(sales.get(last.site_id), last.cabinet, mine)
        if not len(daily):
            continue
        row = sites[last.site_id]
        histories.append(SiteHistory(
            site_id=planogram_id, name=row.name, venue_type=row.venue_type, fixture=last.plan.fixture,
            periods=_periods(plans, daily, since), daily=_daily_frame(daily),
            baskets=lines.get(last.site_id), is_demo=row.is_demo, country=country_of(row.is_demo),
        ))
    return histories


def data_versions(session: TenantSession, site_ids: Collection[int] | None = None) -> dict[int, int]:
    """Site → a number that rises with every change of what is known about it."""
    statement = select(_site.id, _site.data_version)
    if site_ids is not None:
        statement = statement.where(_site.id.in_(site_ids))
    return {row[0]: row[1] for row in session.execute(statement)}


def touch_sites(session: TenantSession) -> None:
    """Note that something all sites read has changed: the catalog."""
    every = update(_site).values(data_version=_site.data_version + 1)
    session.execute(every.execution_options(synchronize_session=False))


def any_site(session: TenantSession, demo: bool) -> bool:
    """Whether the company has places of the demo's, or of its own."""
    return session.execute(select(_site.id).where(_site.is_demo == demo).limit(1)).first() is not None


def fleet_version(session: TenantSession) -> str:
    """One text that changes whenever any site of the company changes or goes."""
    count, total, newest = session.execute(
        select(func.count(_site.id), func.coalesce(func.sum(_site.data_version), 0),
               func.coalesce(func.max(_site.id), 0))
    ).one()
    return f"{count}.{newest}.{total}"


def save_fit(session: TenantSession, version: str, blob: bytes, learned_from: dict[str, Any]) -> None:
    """Keep a fitted model under ``version`` in place of the company's earlier ones of that version."""
    found = session.scalars(select(_fit).where(_fit.version == version)).first()
    row = t.ResponseFit(version=version, blob=b"") if found is None else found
    row.blob, row.learned_from, row.created_at = blob, learned_from, t.now()
    session.add(row)
    session.flush()


def load_fit(session: TenantSession, version: str | None = None) -> tuple[str, bytes, dict[str, Any]] | None:
    """(version, blob, learned_from) of the named or the newest fit, None where there is none."""
    statement = select(_fit.version, _fit.blob, _fit.learned_from)
    if version is not None:
        statement = statement.where(_fit.version == version)
    row = session.execute(statement.order_by(_fit.created_at.desc(), _fit.id.desc())).first()
    return None if row is None else (row[0], row[1], row[2])


def fit_time(session: TenantSession, version: str) -> datetime | None:
    """When the named fit was kept, None where there is none."""
    kept: datetime | None = session.execute(
        select(_fit.created_at).where(_fit.version == version)
    ).scalar()
    return kept


def fit_facts(session: TenantSession, version: str) -> dict[str, Any] | None:
    """What is noted beside the named fit, None where there is none."""
    facts: dict[str, Any] | None = session.execute(
        select(_fit.learned_from).where(_fit.version == version)
    ).scalar()
    return facts


def _site_rows(session: TenantSession, site_ids: Collection[int]) -> dict[int, t.Site]:
    rows = session.scalars(select(_site).where(_site.id.in_(site_ids)))
    return {row.id: row for row in rows}


def _standing_plans(
    session: TenantSession, planogram_ids: Collection[int] | None, demo: bool | None
) -> dict[int, list[_Standing]]:
    """Planogram → its versions that really stood, in the order of their days.

    A plan without a cabinet (a store's shelf) is told apart by its rank among the site's plans.
    """
    chosen = (
        select(
            _plan.id, _plan.site_id, _cabinet.cabinet_index, _version.effective_from, _version.id,
            _version.fixture_id, _version.rule_set,
        )
        .join(_version, _version.planogram_id == _plan.id)
        .outerjoin(_cabinet, _cabinet.id == _plan.cabinet_id)
        .where(_plan.site_id.is_not(None), _version.effective_from.is_not(None))
        .order_by(_plan.site_id, _plan.id, _version.effective_from, _version.version)
    )
    if demo is not None:
        chosen = chosen.where(_plan.is_demo == demo)
    rows = session.execute(chosen).all()
    shelves: dict[int, list[int]] = {}
    for planogram_id, site_id, *_ in rows:
        if planogram_id not in shelves.setdefault(site_id, []):
            shelves[site_id].append(planogram_id)
    kept = [row for row in rows if planogram_ids is None or row[0] in planogram_ids]
    plans = load_plans(session, [(row[4], row[5], row[6]) for row in kept])
    result: dict[int, list[_Standing]] = {}
    for planogram_id, site_id, cabinet, since, version_id, *_ in kept:
        shelf = shelves[site_id].index(planogram_id) if cabinet is None else cabinet
        standing = _Standing(site_id, shelf, len(shelves[site_id]) == 1, since, plans[version_id])
        result.setdefault(planogram_id, []).append(standing)
    return result


def _of_cabinet(daily: _IntArray | None, cabinet: int, mine: NDArray[np.bool_] | None) -> _IntArray:
    """The rows of one cabinet. ``mine``: which of those without a slot are its own, by default all."""
    if daily is None:
        return np.empty((0, 6), np.int64)
    slot = daily[:, 1]
    here = (slot > 0) & ((slot - 1) // 65_536 == cabinet)
    here[slot == 0] = True if mine is None else mine
    rows: _IntArray = daily[here]
    return rows


def _periods(
    plans: list[_Standing], daily: _IntArray, since: date | None
) -> tuple[PlanPeriod, ...]:
    """Each plan until the day before the next; the last one until the last day with sales."""
    last_day = EPOCH + timedelta(days=int(daily[-1, 0]))
    ends = [later.since - timedelta(days=1) for later in plans[1:]] + [last_day]
    spans = (
        (max(p.since, since) if since else p.since, min(end, last_day), p.plan)
        for p, end in zip(plans, ends, strict=True)
    )
    return tuple(PlanPeriod(start, end, plan) for start, end, plan in spans if start <= end)


def _daily(
    session: TenantSession, site_ids: list[int], first_day: int | None
) -> dict[int, _IntArray]:
    """Site → (n, 6) array of day, slot, product, units, revenue e4, stockout, in key order."""
    sales: Any = t.DailySales.__table__  # type: ignore[attr-defined]
    columns = (sales.c.site_id, sales.c.day, sales.c.slot, sales.c.product_id, sales.c.units,
               sales.c.revenue_e4, cast(sales.c.stockout, Integer))
    statement = (
        select(*columns)
        .where(sales.c.company_id == session.company_id, sales.c.site_id.in_(site_ids))
        .order_by(sales.c.site_id, sales.c.day, sales.c.slot, sales.c.product_id)
    )
    if first_day is not None:
        statement = statement.where(sales.c.day >= first_day)
    return _by_site(_integers(session, statement, len(columns)))


def _integers(session: TenantSession, statement: Any, width: int) -> _IntArray:
    """The rows of a statement whose columns are all integers, shape (n, width)."""
    rows = session.connection().execute(statement, execution_options={"yield_per": 20_000})
    flat = np.fromiter(chain.from_iterable(rows), np.int64)
    return flat.reshape(-1, width)


def _by_site(rows: _IntArray) -> dict[int, _IntArray]:
    """Split rows that are sorted by their first column, and drop that column."""
    sites, starts = np.unique(rows[:, 0], return_index=True)
    parts = np.split(rows[:, 1:], starts[1:])
    return {int(site): part for site, part in zip(sites, parts, strict=False)}


def _daily_frame(daily: _IntArray) -> pd.DataFrame:
    """The frame that ``SiteHistory.daily`` describes."""
    day, slot, product, units, revenue, stockout = daily.T
    place = slot - 1
    known = slot > 0
    return pd.DataFrame({
        "day": day.astype("datetime64[D]").astype("datetime64[ns]"),
        "product_id": product,
        "row": np.where(known, place // 256 % 256, -1),
        "column": np.where(known, place % 256, -1),
        "units": units,
        "revenue": revenue / MONEY_SCALE,
        "stockout": stockout.astype(bool),
    })


def _baskets(
    session: TenantSession, site_ids: list[int], since: date | None
) -> dict[int, pd.DataFrame]:
    """Site → frame of ``transaction`` (numbered from 0) and ``product_id``, lines with a transaction."""
    line: Any = t.SalesLine.__table__  # type: ignore[attr-defined]
    statement = (
        select(line.c.site_id, line.c.transaction_code, line.c.product_id)
        .where(
            line.c.company_id == session.company_id, line.c.site_id.in_(site_ids),
            line.c.transaction_code != "",
        )
        .order_by(line.c.site_id)
    )
    if since is not None:
        statement = statement.where(line.c.sold_at >= (since - EPOCH).days * 86_400)
    rows = session.connection().execute(statement, execution_options={"yield_per": 20_000})
    frame = pd.DataFrame.from_records(
        (tuple(row) for row in rows), columns=["site_id", "transaction", "product_id"]
    )
    return {int(str(site_id)): _numbered(part) for site_id, part in frame.groupby("site_id")}


def _basket_start(sales: Mapping[int, _IntArray], since: date | None) -> date | None:
    """What people buy together changes slowly; more days only cost time."""
    newest = max((int(days[-1, 0]) for days in sales.values() if len(days)), default=None)
    if newest is None:
        return since
    start = EPOCH + timedelta(days=newest - BASKET_DAYS + 1)
    return max(start, since) if since else start


def _numbered(lines: pd.DataFrame) -> pd.DataFrame:
    """Transactions as numbers, each product once in each."""
    number, _ = pd.factorize(lines["transaction"])
    frame = pd.DataFrame({"transaction": number, "product_id": lines["product_id"].to_numpy()})
    return frame.drop_duplicates(ignore_index=True)
