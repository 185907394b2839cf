"""What is kept for language models: good answers for a day, and the versions of the router's settings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlmodel import Field

from core.store.tables.base import TenantRow, UtcDateTime, check, clustered, now, of_company


class ModelAnswer(TenantRow, table=True):
    """A good answer by the hash of all that was asked. ``value`` holds it under the key ``value``."""

    __tablename__ = "model_answer"
    __table_args__ = (
        of_company(),
        Index(None, "company_id", "created_at"),
        check("quality_share", "quality BETWEEN 0 AND 1"),
        clustered(),
    )

    company_id: int = Field(default=None, primary_key=True)
    key: str = Field(primary_key=True)
    value: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    model: str
    tier: int
    quality: float | None = None
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class RouterPolicy(TenantRow, table=True):
    """A version of the router's settings; the last one is in force. ``report``: what was seen that led to
    it; ``origin``: ``tuned``, ``person`` or ``rolled back``."""

    __tablename__ = "router_policy"
    __table_args__ = (
        of_company(),
        UniqueConstraint("company_id", "version"),
        check("version_positive", "version > 0"),
    )

    id: int | None = Field(default=None, primary_key=True)
    version: int
    origin: str
    policy: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    report: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    user_id: int | None = Field(
        default=None, sa_column_args=(ForeignKey("user_account.id", ondelete="SET NULL"),)
    )
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
