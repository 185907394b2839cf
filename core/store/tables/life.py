"""A plan's life beside its versions: the steps it took, what people say of it, and proof that it stands."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlmodel import Field

from core.store.tables.base import (
    TenantRow,
    UtcDateTime,
    check,
    now,
    of,
    of_company,
    one_of,
    referable,
)
from core.store.tables.plans import STATUSES

REASONS = {
    "does_not_fit": "does not fit",
    "obstacle": "an obstacle is in the way",
    "other_fixture": "the fixture is a different one",
    "not_delivered": "was not delivered",
    "wrong_temperature": "needs another temperature",
    "wrong_price": "the price is wrong",
    "broken": "something is broken",
    "other": "another reason",
}
"""Why a store cannot do what a plan asks, in words."""


class PlanStep(TenantRow, table=True):
    """A version came to a status: by whom, when it was noted, and since which ``day`` it holds.

    The version is null once inferring the history anew has taken it away.
    """

    __tablename__ = "plan_step"
    __table_args__ = (
        of("planogram_id", "planogram"),
        of("planogram_version_id", "planogram_version"),
        referable(),
        one_of("status", *STATUSES),
    )

    id: int | None = Field(default=None, primary_key=True)
    planogram_id: int = Field(index=True)
    planogram_version_id: int | None = Field(default=None, index=True)
    status: str
    day: date
    note: str = ""
    user_id: int | None = Field(
        default=None, sa_column_args=(ForeignKey("user_account.id", ondelete="SET NULL"),)
    )
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class PlanComment(TenantRow, table=True):
    """What a person says of a plan, of a slot or of a product on it; with a ``reason`` it is the store's
    answer that something cannot be done. ``answer_to``: the comment that it answers."""

    __tablename__ = "plan_comment"
    __table_args__ = (
        of("planogram_id", "planogram"),
        of("planogram_version_id", "planogram_version"),
        of("product_id", "product"),
        of("answer_to", "plan_comment"),
        referable(),
        one_of("reason", *REASONS),
        check("says_something", "text <> '' OR reason IS NOT NULL"),
    )

    id: int | None = Field(default=None, primary_key=True)
    planogram_id: int = Field(index=True)
    planogram_version_id: int | None = Field(default=None, index=True)
    answer_to: int | None = Field(default=None, index=True)
    slot: str | None = None
    product_id: int | None = Field(default=None, index=True)
    reason: str | None = None
    text: str = ""
    user_id: int | None = Field(
        default=None, sa_column_args=(ForeignKey("user_account.id", ondelete="SET NULL"),)
    )
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    resolved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    resolved_by: int | None = Field(
        default=None, sa_column_args=(ForeignKey("user_account.id", ondelete="SET NULL"),)
    )


class PlanProof(TenantRow, table=True):
    """A photo of the shelf as it stands, by the hash of its content."""

    __tablename__ = "plan_proof"
    __table_args__ = (
        of("planogram_id", "planogram"),
        of("planogram_version_id", "planogram_version"),
        referable(),
        check("size_positive", "width_px > 0 AND height_px > 0"),
    )

    id: int | None = Field(default=None, primary_key=True)
    planogram_id: int = Field(index=True)
    planogram_version_id: int | None = Field(default=None, index=True)
    content_hash: str
    media_type: str
    width_px: int
    height_px: int
    note: str = ""
    user_id: int | None = Field(
        default=None, sa_column_args=(ForeignKey("user_account.id", ondelete="SET NULL"),)
    )
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class PlanVariant(TenantRow, table=True):
    """A plan that was saved beside another one, for the same place: only ``of_planogram_id`` can come to
    stand there, so that two plans of one place are never in circulation."""

    __tablename__ = "plan_variant"
    __table_args__ = (
        of("planogram_id", "planogram"),
        of("of_planogram_id", "planogram"),
        check("of_another", "planogram_id <> of_planogram_id"),
    )

    planogram_id: int = Field(primary_key=True)
    of_planogram_id: int = Field(index=True)


class PlanBatch(TenantRow, table=True):
    """One change of many plans at once. ``undone_at``: when their versions from before were restored."""

    __tablename__ = "plan_batch"
    __table_args__ = (of_company(), referable())

    id: int | None = Field(default=None, primary_key=True)
    title: str
    user_id: int | None = Field(
        default=None, sa_column_args=(ForeignKey("user_account.id", ondelete="SET NULL"),)
    )
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PlanBatchItem(TenantRow, table=True):
    """A plan that a batch changed: the version that was the last one, and the one that the batch made;
    ``before_id`` is null where the batch made the plan."""

    __tablename__ = "plan_batch_item"
    __table_args__ = (
        of("batch_id", "plan_batch"),
        of("before_id", "planogram_version"),
        of("after_id", "planogram_version"),
    )

    batch_id: int = Field(primary_key=True)
    after_id: int = Field(primary_key=True)
    before_id: int | None = Field(default=None, index=True)
