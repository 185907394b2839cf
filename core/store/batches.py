"""Changes of many plans at once: saved together, remembered, and taken back together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from core.errors import NotFound, RuleViolation
from core.planogram.planogram import Planogram
from core.store import planograms, validate
from core.store import tables as t
from core.store.plan_rows import identity
from core.store.tenant import TenantSession

MAX_TITLE = 300

_plan: Any = t.Planogram
_version: Any = t.PlanogramVersion
_position: Any = t.Position
_batch: Any = t.PlanBatch
_item: Any = t.PlanBatchItem
_user: Any = t.User


@dataclass(frozen=True, slots=True)
class Batch:
    """One change of ``plans`` plans; ``undone_at``: when it was taken back."""

    id: int
    title: str
    by: str
    at: datetime
    plans: int
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Undone:
    """Names of the plans that are as before again, and of those that someone saved since."""

    restored: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A plan to save over version ``base_version`` of a planogram."""

    planogram_id: int
    base_version: int
    plan: Planogram


def save_all(session: TenantSession, title: str, made: Sequence[NewVersion]) -> Batch:
    """Save every plan as a new version with ``title`` as its comment. Raises as ``planograms.save`` does for
    the first that cannot be saved; leave the session then, and nothing is saved."""
    row = t.PlanBatch(title=validate.text(title, "A title", MAX_TITLE), user_id=session.actor.user_id)
    session.add(row)
    session.flush()
    for item in made:
        planograms.save(session, item.planogram_id, item.base_version, item.plan, row.title)
        ids = _version_ids(session, item.planogram_id, (item.base_version, item.base_version + 1))
        session.add(t.PlanBatchItem(
            batch_id=identity(row.id), before_id=ids[item.base_version], after_id=ids[item.base_version + 1]
        ))
    session.flush()
    return batch(session, identity(row.id))


def batches(session: TenantSession, limit: int = 20) -> list[Batch]:
    """The newest changes of many plans first."""
    return _batches(session, _batch.id.is_not(None), limit)


def batch(session: TenantSession, batch_id: int) -> Batch:
    """Raises NotFound."""
    found = _batches(session, _batch.id == (batch_id if abs(batch_id) <= validate.MAX_ID else 0), 1)
    if not found:
        raise NotFound(f"There is no change {batch_id} of many plans.", "Look at the list of changes.")
    return found[0]


def undo(session: TenantSession, batch_id: int) -> Undone:
    """Save again, as the newest versions, what the plans were before. A plan that was saved since is left
    alone. Raises NotFound, and RuleViolation for what was undone before."""
    known = batch(session, batch_id)
    if known.undone_at is not None:
        raise RuleViolation(f"“{known.title}” was undone already.", "Look at the versions of the plans.")
    before: Any = aliased(t.PlanogramVersion)
    rows = session.execute(
        select(_plan.id, _plan.name, _plan.last_version, before.version, _version.version)
        .select_from(_item)
        .join(_version, _version.id == _item.after_id)
        .join(before, before.id == _item.before_id)
        .join(_plan, _plan.id == _version.planogram_id)
        .where(_item.batch_id == batch_id)
        .order_by(_plan.name, _plan.id)
    ).all()
    restored, left = [], []
    for planogram_id, name, last, old, made in rows:
        if last != made:
            left.append(name)
            continue
        plan = planograms.load(session, planogram_id, old).plan
        planograms.save(session, planogram_id, last, plan, f"Undone: {known.title}")
        restored.append(name)
    row = session.get_one(t.PlanBatch, batch_id)
    row.undone_at = t.now()
    session.flush()
    return Undone(tuple(restored), tuple(left))


def products_seen(session: TenantSession, planogram_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Planogram → every product that any of its versions held."""
    rows = session.execute(
        select(_version.planogram_id, _position.product_id)
        .join(_position, _position.planogram_version_id == _version.id)
        .where(_version.planogram_id.in_(list(planogram_ids)))
        .distinct()
    )
    found: dict[int, set[int]] = {planogram_id: set() for planogram_id in planogram_ids}
    for planogram_id, product_id in rows:
        found[planogram_id].add(product_id)
    return {planogram_id: frozenset(products) for planogram_id, products in found.items()}


def _batches(session: TenantSession, chosen: Any, limit: int) -> list[Batch]:
    rows = session.execute(
        select(_batch.id, _batch.title, func.coalesce(_user.name, ""), _batch.created_at,
               func.count(_item.after_id), _batch.undone_at)
        .outerjoin(_item, _item.batch_id == _batch.id)
        .outerjoin(_user, _user.id == _batch.user_id)
        .where(chosen)
        .group_by(_batch.id, _batch.title, _user.name, _batch.created_at, _batch.undone_at)
        .order_by(_batch.id.desc())
        .limit(limit)
    )
    return [Batch(*row) for row in rows]


def _version_ids(session: TenantSession, planogram_id: int, versions: Collection[int]) -> dict[int, int]:
    rows = session.execute(
        select(_version.version, _version.id)
        .where(_version.planogram_id == planogram_id, _version.version.in_(versions))
    )
    return {row[0]: row[1] for row in rows}
