"""Photos of shelves held against their plans, what people made of the findings, and what they taught."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
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

VERDICTS = ("confirmed", "dismissed", "corrected")
LABEL_STATES = ("open", "labelled", "skipped")
LABEL_SOURCES = ("audit", "recognized", "confirmed", "corrected")
"""What brought a picture into the queue: a doubtful facing of an audit or of a photo without a plan, a
finding that a person confirmed, or one that a person corrected."""


def _user() -> Any:
    """A user who may be erased later; the row stays."""
    return Field(
        default=None, sa_column_args=(ForeignKey("user_account.id", ondelete="SET NULL"),)
    )


class PhotoAudit(TenantRow, table=True):
    """One photo held against one version of a plan.

    ``reading`` and ``result`` are ``core.compliance``'s values as JSON; the columns beside them are what
    lists and trends ask for. ``score`` and ``availability`` from 0 to 1, None where the photo shows nothing
    of the plan. The version is null once inferring the history anew has taken it away.
    """

    __tablename__ = "photo_audit"
    __table_args__ = (
        of("planogram_id", "planogram"),
        of("planogram_version_id", "planogram_version"),
        referable(),
        Index(None, "company_id", "created_at"),
        check("size_positive", "width_px > 0 AND height_px > 0"),
        check("score_share", "score BETWEEN 0 AND 1"),
        check("availability_share", "availability BETWEEN 0 AND 1"),
        check("counts_not_negative", "facings >= 0 AND expected_facings >= 0 AND violations >= 0"),
        check("elapsed_not_negative", "elapsed_ms >= 0"),
    )

    id: int | None = Field(default=None, primary_key=True)
    planogram_id: int = Field(index=True)
    planogram_version_id: int | None = Field(default=None, index=True)
    photo_hash: str
    media_type: str
    width_px: int
    height_px: int
    reading: dict[str, Any] = Field(sa_type=JSON)
    result: dict[str, Any] = Field(sa_type=JSON)
    usable: bool = True
    score: float | None = None
    availability: float | None = None
    facings: int = 0
    expected_facings: int = 0
    violations: int = 0
    methods: str = ""
    elapsed_ms: float = 0.0
    user_id: int | None = _user()
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class AuditVerdict(TenantRow, table=True):
    """What a person made of a violation, by its id in the audit; the last word counts."""

    __tablename__ = "audit_verdict"
    __table_args__ = (
        of("audit_id", "photo_audit"),
        one_of("verdict", *VERDICTS),
        check("violation_named", "violation <> ''"),
    )

    audit_id: int = Field(primary_key=True)
    violation: str = Field(primary_key=True)
    verdict: str
    correction: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    user_id: int | None = _user()
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class LearningItem(TenantRow, table=True):
    """One package cut out of a photo, to be named by a person or named by one.

    ``box``: x, y, width, height in pixels of the upright photo. ``candidates``: [product, probability], the
    likeliest first. A labelled one has a ``product_id``, or is of no product of the catalog.
    """

    __tablename__ = "learning_item"
    __table_args__ = (
        of_company(),
        of("audit_id", "photo_audit"),
        of("product_id", "product"),
        referable(),
        UniqueConstraint("company_id", "crop_hash"),
        Index(None, "company_id", "status"),
        one_of("status", *LABEL_STATES),
        one_of("source", *LABEL_SOURCES),
        check("named", "product_id IS NULL OR (status = 'labelled' AND NOT not_in_catalog)"),
        check("labelled_as_something",
              "status <> 'labelled' OR product_id IS NOT NULL OR not_in_catalog"),
    )

    id: int | None = Field(default=None, primary_key=True)
    audit_id: int | None = Field(default=None, index=True)
    photo_hash: str
    crop_hash: str
    box: list[float] = Field(sa_type=JSON)
    candidates: list[list[float]] = Field(default_factory=list, sa_type=JSON)
    confidence: float = 0.0
    status: str = "open"
    source: str = "audit"
    product_id: int | None = Field(default=None, index=True)
    not_in_catalog: bool = False
    user_id: int | None = _user()
    labelled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
