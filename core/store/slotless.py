"""Sales whose slot nobody recorded, at a site with several plans: which of them they belong to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from core.store import tables as t
from core.store.tenant import TenantSession

_IntArray = NDArray[np.int64]
_plan: Any = t.Planogram
_version: Any = t.PlanogramVersion
_position: Any = t.Position
_MANY = 2**32


def owners(
    session: TenantSession, daily: Mapping[int, _IntArray], site_ids: Collection[int], epoch_ordinal: int
) -> dict[int, _IntArray]:
    """Site → planogram id of each of its rows without a slot, in their order, 0 where it cannot be told.

    A row belongs to the one plan of the site that held its product on its day; where several did, or
    none, to no plan. ``daily``: site → rows that begin with day (since the epoch), slot and product.
    """
    wanted = sorted(site for site in site_ids if site in daily and (daily[site][:, 1] == 0).any())
    if not wanted:
        return {}
    statement = (
        select(_plan.site_id, _plan.id, _version.effective_from, _version.version,
               func.coalesce(_position.product_id, 0))
        .join(_version, _version.planogram_id == _plan.id)
        .outerjoin(_position, _position.planogram_version_id == _version.id)
        .where(_plan.site_id.in_(wanted), _version.effective_from.is_not(None))
        .order_by(_plan.site_id, _plan.id, _version.effective_from, _version.version)
    )
    rows = np.array(
        [(site, plan, since.toordinal() - epoch_ordinal, version, product)
         for site, plan, since, version, product in session.execute(statement)], np.int64,
    ).reshape(-1, 5)
    return {site: _of_site(rows[rows[:, 0] == site, 1:], daily[site]) for site in wanted}


def _of_site(held: _IntArray, daily: _IntArray) -> _IntArray:
    """The owner of each row without a slot. ``held``: plan, first day, version, product, in order."""
    vague = daily[daily[:, 1] == 0]
    day, product = vague[:, 0], vague[:, 2]
    owner, count = np.zeros(len(vague), np.int64), np.zeros(len(vague), np.int64)
    for plan_id in np.unique(held[:, 0]):
        since, version, member = held[held[:, 0] == plan_id, 1:].T
        starts = np.unique(since)
        # Of several versions since the same day the last one stood.
        stood = version[np.searchsorted(since, starts, side="right") - 1]
        period = np.searchsorted(starts, since)
        live = version == stood[period]
        at = np.searchsorted(starts, day, side="right") - 1
        here = (at >= 0) & np.isin(at * _MANY + product, period[live] * _MANY + member[live])
        owner[here] = plan_id
        count += here
    return np.where(count == 1, owner, 0)
