"""Packages cut out of photos that wait for a name, and those that people have named."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from core.compliance.reading import Box, Candidate
from core.errors import NotFound
from core.store import tables as t
from core.store import validate
from core.store.plan_rows import identity
from core.store.tenant import TenantSession, insert_new

_item: Any = t.LearningItem
_user: Any = t.User
_product: Any = t.Product
_audit: Any = t.PhotoAudit
_plan: Any = t.Planogram


@dataclass(frozen=True, slots=True)
class NewItem:
    """A package to be named: where it was cut out, and what it may be."""

    photo_hash: str
    crop_hash: str
    box: Box
    candidates: tuple[Candidate, ...] = ()
    confidence: float = 0.0
    audit_id: int | None = None
    source: str = "audit"


@dataclass(frozen=True, slots=True)
class LabelItem:
    """As ``core.store.tables.LearningItem``; ``product``: the name of what it was labelled as, ``planogram``:
    of the plan that the photo was held against; both may be empty. ``by`` whom it was labelled."""

    id: int
    audit_id: int | None
    photo_hash: str
    crop_hash: str
    box: Box
    candidates: tuple[Candidate, ...]
    confidence: float
    status: str
    source: str
    product_id: int | None
    product: str
    not_in_catalog: bool
    planogram_id: int | None
    planogram: str
    by: str
    user_id: int | None
    labelled_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A picture of a product as a person named it, to recognize it by. ``user_id`` says who."""

    item_id: int
    product_id: int
    crop_hash: str
    user_id: int | None


def add(session: TenantSession, items: Sequence[NewItem]) -> list[int]:
    """Queue packages; one that is there already stays as it is. Returns the ids in order."""
    if not items:
        return []
    session.execute(insert_new(session, t.LearningItem), [
        {"audit_id": i.audit_id, "photo_hash": i.photo_hash, "crop_hash": i.crop_hash, "box": list(i.box),
         "candidates": [[c.product_id, c.probability] for c in i.candidates], "confidence": i.confidence,
         "source": i.source, "created_at": t.now()}
        for i in items
    ])
    rows = session.execute(
        select(_item.crop_hash, _item.id).where(_item.crop_hash.in_({i.crop_hash for i in items}))
    )
    ids = {row[0]: row[1] for row in rows}
    return [identity(ids[i.crop_hash]) for i in items]


def queue(
    session: TenantSession, status: str = "open", limit: int = 50, offset: int = 0
) -> tuple[list[LabelItem], int]:
    """One page of the queue and the number of all. Open ones: the least sure first (uncertainty sampling,
    Lewis & Gale 1994); others: the last labelled first. Raises BadInput for an unknown status."""
    validate.choice(status, "status", t.LABEL_STATES)
    chosen = _item.status == status
    total = session.execute(select(func.count()).select_from(_item).where(chosen)).scalar_one()
    order = (_item.confidence, _item.id) if status == "open" else (_item.labelled_at.desc(), _item.id.desc())
    return _items(session, chosen, order, limit, offset), int(total)


def item(session: TenantSession, item_id: int) -> LabelItem:
    """Raises NotFound."""
    known = item_id if abs(item_id) <= validate.MAX_ID else 0
    found = _items(session, _item.id == known, (_item.id,), 1, 0)
    if not found:
        raise NotFound(f"There is no picture {item_id} in the queue.", "Look at the queue.")
    return found[0]


def of_photo(session: TenantSession, photo_hash: str) -> list[LabelItem]:
    """What was cut out of a photo, in order. A photo may have been sent several times: each package is
    there once, with the audit that was the first."""
    return _items(session, _item.photo_hash == photo_hash, (_item.id,), None, 0)


def label(
    session: TenantSession, item_id: int, product_id: int | None, source: str | None = None
) -> LabelItem:
    """Name a package, or say (None) that it is no product of the catalog. A later label replaces an earlier
    one. Raises NotFound for the item or the product."""
    if product_id is not None:
        known = product_id if abs(product_id) <= validate.MAX_ID else 0
        if session.get(t.Product, known) is None:
            raise NotFound(f"There is no product {product_id}.", "Choose one from the list.")
    return _state(session, item_id, "labelled", product_id, product_id is None, source)


def skip(session: TenantSession, item_id: int) -> LabelItem:
    """Nobody can tell what it is: it leaves the queue, and nothing learns from it. Raises NotFound."""
    return _state(session, item_id, "skipped")


def reopen(session: TenantSession, item_id: int) -> LabelItem:
    """Take a label back. Raises NotFound."""
    return _state(session, item_id, "open")


def confirmed(session: TenantSession, product_ids: Collection[int] | None = None) -> list[Confirmed]:
    """Packages that people named, the newest first; of the named products where some are given."""
    statement = select(_item.id, _item.product_id, _item.crop_hash, _item.user_id).where(
        _item.status == "labelled", _item.product_id.is_not(None))
    if product_ids is not None:
        statement = statement.where(_item.product_id.in_(product_ids))
    rows = session.execute(statement.order_by(_item.labelled_at.desc(), _item.id.desc()))
    return [Confirmed(*row) for row in rows]


def counts(session: TenantSession) -> dict[str, int]:
    """Status → number of pictures, every status named."""
    rows = session.execute(select(_item.status, func.count()).group_by(_item.status))
    return {**dict.fromkeys(t.LABEL_STATES, 0), **{row[0]: row[1] for row in rows}}


def _state(
    session: TenantSession, item_id: int, status: str, product_id: int | None = None,
    not_in_catalog: bool = False, source: str | None = None,
) -> LabelItem:
    """All of what is said of an item in one statement, whatever somebody else says of it at this moment."""
    is_said = status != "open"
    values = {
        "status": status, "product_id": product_id, "not_in_catalog": not_in_catalog,
        "user_id": session.actor.user_id if is_said else None, "labelled_at": t.now() if is_said else None,
        **({"source": source} if source else {}),
    }
    known = item_id if abs(item_id) <= validate.MAX_ID else 0
    session.execute(update(_item).where(_item.id == known).values(values)
                    .execution_options(synchronize_session=False))
    return item(session, item_id)


def _items(
    session: TenantSession, chosen: Any, order: tuple[Any, ...], limit: int | None, offset: int
) -> list[LabelItem]:
    rows = session.execute(
        select(
            _item, func.coalesce(_product.name, ""), _plan.id, func.coalesce(_plan.name, ""),
            func.coalesce(_user.name, ""),
        )
        .outerjoin(_product, _product.id == _item.product_id)
        .outerjoin(_audit, _audit.id == _item.audit_id)
        .outerjoin(_plan, _plan.id == _audit.planogram_id)
        .outerjoin(_user, _user.id == _item.user_id)
        .where(chosen).order_by(*order).limit(limit).offset(offset)
        .execution_options(populate_existing=True)
    )
    return [
        LabelItem(
            identity(row.id), row.audit_id, row.photo_hash, row.crop_hash, _box(row.box),
            tuple(Candidate(int(i), float(p)) for i, p in row.candidates), row.confidence, row.status,
            row.source, row.product_id, product, row.not_in_catalog, planogram_id, planogram, by,
            row.user_id, row.labelled_at, row.created_at,
        )
        for row, product, planogram_id, planogram, by in rows
    ]


def _box(values: Sequence[float]) -> Box:
    x, y, width, height = values
    return x, y, width, height
