"""What people say of a plan: comments, the store's answers that something cannot be done, photos as proof."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from core.errors import BadInput, NotFound
from core.planogram.planogram import Planogram
from core.store import tables as t
from core.store import validate
from core.store.life import MAX_NOTE, life, version_in_talk
from core.store.pictures import Picture
from core.store.plan_rows import identity
from core.store.planograms import load
from core.store.tenant import TenantSession
from core.units import slot_name

MAX_TEXT = 2000
REASONS = t.REASONS

_plan: Any = t.Planogram
_version: Any = t.PlanogramVersion
_comment: Any = t.PlanComment
_proof: Any = t.PlanProof
_product: Any = t.Product
_user: Any = t.User


@dataclass(frozen=True, slots=True)
class Comment:
    """``reason`` (a key of ``REASONS``) makes it an answer from the store; ``answer_to``: the comment that it
    answers; ``version``: the one it speaks of, None where that is no longer there."""

    id: int
    version: int | None
    answer_to: int | None
    slot: str | None
    product_id: int | None
    product: str
    reason: str | None
    text: str
    by: str
    role: str
    at: datetime
    resolved_at: datetime | None
    resolved_by: str

    @property
    def is_open(self) -> bool:
        """Whether someone still has to see to it; only first comments are, not the answers to them."""
        return self.answer_to is None and self.resolved_at is None


@dataclass(frozen=True, slots=True)
class Proof:
    """A photo of the shelf as it stood."""

    id: int
    version: int | None
    content_hash: str
    media_type: str
    width_px: int
    height_px: int
    note: str
    by: str
    at: datetime


def comments(session: TenantSession, planogram_id: int, *, open_only: bool = False) -> list[Comment]:
    """What was said of a plan, the oldest first. Raises NotFound."""
    life(session, planogram_id)
    found = _comments(session, _comment.planogram_id == planogram_id)
    return [c for c in found if c.is_open] if open_only else found


def add_comment(
    session: TenantSession, planogram_id: int, text: str = "", *, slot: str | None = None,
    product_id: int | None = None, reason: str | None = None, answer_to: int | None = None,
    version: int | None = None,
) -> Comment:
    """Keep what a person says. At a slot, the product that stands there is meant.

    Raises BadInput for nothing said, an unknown reason, slot, product or comment, NotFound for the plan.
    """
    text = validate.text(text, "A comment", MAX_TEXT)
    if reason is not None:
        validate.choice(reason, "reason", REASONS)
    if not text and reason is None:
        raise BadInput("The comment is empty.", "Write what is to be said, or give a reason.")
    now = life(session, planogram_id)
    if version is None:
        version = version_in_talk(now) if reason is not None else now.last_version
    saved = load(session, planogram_id, version)
    if slot is not None:
        slot, product_id = _at(saved.plan, slot, product_id)
    if product_id is not None and session.get(t.Product, product_id) is None:
        raise BadInput(f"Product {product_id} is not in the catalog.", "Choose a product from the list.")
    if answer_to is not None:
        answer_to = _thread(session, planogram_id, answer_to)
    row = t.PlanComment(
        planogram_id=planogram_id, planogram_version_id=_version_id(session, planogram_id, version),
        answer_to=answer_to, slot=slot, product_id=product_id, reason=reason, text=text,
        user_id=session.actor.user_id,
    )
    session.add(row)
    session.flush()
    return _comments(session, _comment.id == row.id)[0]


def resolve(session: TenantSession, planogram_id: int, comment_id: int, resolved: bool = True) -> Comment:
    """Close a comment with its answers, or open it again. Raises NotFound."""
    row = session.get_one(t.PlanComment, _thread(session, planogram_id, comment_id))
    row.resolved_at = t.now() if resolved else None
    row.resolved_by = session.actor.user_id if resolved else None
    session.flush()
    return _comments(session, _comment.id == row.id)[0]


def open_comments(session: TenantSession) -> dict[int, tuple[int, int]]:
    """Planogram → (open comments, of them the store's answers), where there are any."""
    rows = session.execute(
        select(_comment.planogram_id, func.count(), func.count(_comment.reason))
        .where(_comment.resolved_at.is_(None), _comment.answer_to.is_(None))
        .group_by(_comment.planogram_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def open_answers(session: TenantSession, limit: int = 20) -> list[tuple[int, str, Comment]]:
    """(planogram, its name, the store's answer) that wait to be seen to, the newest first."""
    rows = session.execute(
        select(_comment.id, _plan.id, _plan.name)
        .join(_plan, _plan.id == _comment.planogram_id)
        .where(_comment.reason.is_not(None), _comment.resolved_at.is_(None), _comment.answer_to.is_(None))
        .order_by(_comment.id.desc()).limit(limit)
    ).all()
    known = {c.id: c for c in _comments(session, _comment.id.in_([row[0] for row in rows]))}
    return [(row[1], row[2], known[row[0]]) for row in rows]


def add_proof(
    session: TenantSession, planogram_id: int, picture: Picture, note: str = "", version: int | None = None
) -> Proof:
    """Note a photo that is kept, by default of the version that is to be or was put in place. Raises
    NotFound and BadInput."""
    note = validate.text(note, "A note", MAX_NOTE)
    number = version_in_talk(life(session, planogram_id)) if version is None else version
    row = t.PlanProof(
        planogram_id=planogram_id, planogram_version_id=_version_id(session, planogram_id, number),
        content_hash=picture.content_hash, media_type=picture.media_type, width_px=picture.width_px,
        height_px=picture.height_px, note=note, user_id=session.actor.user_id,
    )
    session.add(row)
    session.flush()
    return _proofs(session, _proof.id == row.id)[0]


def proofs(session: TenantSession, planogram_id: int) -> list[Proof]:
    """The photos of a plan, the newest first. Raises NotFound."""
    life(session, planogram_id)
    return _proofs(session, _proof.planogram_id == planogram_id)


def proof(session: TenantSession, planogram_id: int, proof_id: int) -> Proof:
    """Raises NotFound."""
    found = _proofs(session, (_proof.planogram_id == planogram_id) & (_proof.id == _findable(proof_id)))
    if not found:
        raise NotFound(f"There is no photo {proof_id} of planogram {planogram_id}.", "Look at its photos.")
    return found[0]


def _at(plan: Planogram, slot: str, product_id: int | None) -> tuple[str, int | None]:
    """The slot as it is written, and the product that is meant there."""
    row, column = plan.fixture.locate(slot)
    standing = plan.at(row, column)
    return slot_name(row, column), product_id or (standing.product_id if standing else None)


def _thread(session: TenantSession, planogram_id: int, comment_id: int) -> int:
    """The first comment of the thread. Raises NotFound."""
    row = session.execute(
        select(_comment.id, _comment.answer_to)
        .where(_comment.id == _findable(comment_id), _comment.planogram_id == planogram_id)
    ).first()
    if row is None:
        raise NotFound(f"There is no comment {comment_id} on planogram {planogram_id}.",
                       "Look at its comments.")
    first: int = row[1] or row[0]
    return first


def _comments(session: TenantSession, chosen: Any) -> list[Comment]:
    closer: Any = aliased(t.User)
    rows = session.execute(
        select(
            _comment.id, _version.version, _comment.answer_to, _comment.slot, _comment.product_id,
            func.coalesce(_product.name, ""), _comment.reason, _comment.text, func.coalesce(_user.name, ""),
            func.coalesce(_user.role, ""), _comment.created_at, _comment.resolved_at,
            func.coalesce(closer.name, ""),
        )
        .outerjoin(_version, _version.id == _comment.planogram_version_id)
        .outerjoin(_product, _product.id == _comment.product_id)
        .outerjoin(_user, _user.id == _comment.user_id)
        .outerjoin(closer, closer.id == _comment.resolved_by)
        .where(chosen)
        .order_by(_comment.id)
        .execution_options(populate_existing=True)
    )
    return [Comment(*row) for row in rows]


def _proofs(session: TenantSession, chosen: Any) -> list[Proof]:
    rows = session.execute(
        select(
            _proof.id, _version.version, _proof.content_hash, _proof.media_type, _proof.width_px,
            _proof.height_px, _proof.note, func.coalesce(_user.name, ""), _proof.created_at,
        )
        .outerjoin(_version, _version.id == _proof.planogram_version_id)
        .outerjoin(_user, _user.id == _proof.user_id)
        .where(chosen)
        .order_by(_proof.id.desc())
    )
    return [Proof(*row) for row in rows]


def _version_id(session: TenantSession, planogram_id: int, version: int) -> int:
    found: int | None = session.execute(
        select(_version.id)
        .where(_version.planogram_id == planogram_id, _version.version == _findable(version))
    ).scalar()
    if found is None:
        raise NotFound(f"Planogram {planogram_id} has no version {version}.", "Look at its versions.")
    return identity(found)


def _findable(number: int) -> int:
    return number if abs(number) <= validate.MAX_ID else 0
