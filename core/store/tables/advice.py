"""What people said of the advice that they were given."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlmodel import Field

from core.store.tables.base import TenantRow, UtcDateTime, clustered, now, of


class IssueAcknowledgement(TenantRow, table=True):
    """An issue of a plan that somebody has seen and lives with. ``fingerprint`` is made of the facts, so the
    issue comes back when they change."""

    __tablename__ = "issue_acknowledgement"
    __table_args__ = (of("planogram_id", "planogram"), clustered())

    planogram_id: int = Field(primary_key=True)
    fingerprint: str = Field(primary_key=True)
    rule: str
    user_id: int | None = Field(
        default=None, sa_column_args=(ForeignKey("user_account.id", ondelete="SET NULL"),)
    )
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
