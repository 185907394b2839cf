"""What came in as a file and cannot be had from anything else: readings of machines, plans of others."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, UniqueConstraint
from sqlmodel import Field

from core.store.tables.base import TenantRow, of


class AuditRead(TenantRow, table=True):
    """The counters of a machine at one moment, so that the next reading's difference is what was sold.

    ``read_at`` is seconds since 1970-01-01 by the machine's clock. ``counters``: selection → units and value
    since initialization, units and value since reset (values in ten-thousandths, null where not told), the
    slot's code and the id of the product that stood there.
    """

    __tablename__ = "audit_read"
    __table_args__ = (
        of("site_id", "site"),
        of("import_id", "sales_import", ondelete=None),
        UniqueConstraint("company_id", "site_id", "read_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    site_id: int
    read_at: int = Field(sa_type=BigInteger)
    import_id: int | None = Field(default=None, index=True)
    counters: dict[str, list[Any]] = Field(default_factory=dict, sa_type=JSON)


class PlanogramSource(TenantRow, table=True):
    """The space-planning file that a planogram came from, so that writing it again keeps the rows and cells
    that nobody here knows. ``content`` is its text in UTF-8, odd bytes as lone surrogates."""

    __tablename__ = "planogram_source"
    __table_args__ = (of("planogram_id", "planogram"),)

    planogram_id: int = Field(primary_key=True)
    content: bytes
