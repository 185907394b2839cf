"""The big tables: every sales line ever imported, and the days derived from them.

A slot is kept as one number, ``cabinet * 65536 + row * 256 + column + 1``, 0 where it is not known:
see ``slot_code``. So two cabinets of one machine may both have an A1.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index
from sqlmodel import Field

from core.store.tables.base import (
    TenantRow,
    UtcDateTime,
    check,
    clustered,
    now,
    of,
    of_company,
    one_of,
    referable,
)


def slot_code(row: int, column: int, cabinet: int = 0) -> int:
    """(row, column) in a cabinet, all from 0 → the slot as the sales tables keep it."""
    return cabinet * 65_536 + row * 256 + column + 1


class SalesImport(TenantRow, table=True):
    """One file that was read. ``rejected`` lists the first rejected rows as {line, error}."""

    __tablename__ = "sales_import"
    __table_args__ = (
        of_company(),
        referable(),
        one_of("status", "running", "done", "failed"),
        check("counts_not_negative", "rows_read >= 0 AND rows_imported >= 0 "
              "AND rows_duplicate >= 0 AND rows_rejected >= 0"),
    )

    id: int | None = Field(default=None, primary_key=True)
    file_name: str
    sha256: str = Field(index=True)
    size_bytes: int = Field(sa_type=BigInteger)
    status: str = "running"
    rows_read: int = 0
    rows_imported: int = 0
    rows_duplicate: int = 0
    rows_rejected: int = 0
    mapping: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    rejected: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    period_from: date | None = None
    period_to: date | None = None
    created_by: int | None = Field(
        default=None, sa_column_args=(ForeignKey("user_account.id", ondelete="SET NULL"),)
    )
    started_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SalesLine(TenantRow, table=True):
    """One vend or receipt line, unique by everything that tells it from another.

    ``sold_at`` is seconds since 1970-01-01 by the clock of the place; ``transaction_code`` is empty
    where the source has none; ``k`` numbers identical lines of one file from 0. The key starts with
    the site and the time, so one site's history is one range scan.
    """

    __tablename__ = "sales_line"
    __table_args__ = (
        of("site_id", "site"),
        of("product_id", "product", ondelete=None),
        of("import_id", "sales_import", ondelete=None),
        check("quantity_not_negative", "quantity >= 0"),
        check("slot_not_negative", "slot >= 0"),
        check("k_not_negative", "k >= 0"),
        clustered(),
    )

    company_id: int = Field(default=None, primary_key=True)
    site_id: int = Field(primary_key=True)
    sold_at: int = Field(primary_key=True, sa_type=BigInteger)
    transaction_code: str = Field(default="", primary_key=True)
    slot: int = Field(default=0, primary_key=True)
    product_id: int = Field(primary_key=True)
    price_e4: int = Field(primary_key=True, sa_type=BigInteger)
    k: int = Field(default=0, primary_key=True)
    quantity: int = 1
    amount_e4: int = Field(sa_type=BigInteger)
    import_id: int | None = None


_BY_PRODUCT = (
    "company_id", "site_id", "product_id", "slot", "day", "units", "revenue_e4", "stockout",
)
"""A whole row each, so that sums of long periods by product need neither the table nor a sort."""


class DailySales(TenantRow, table=True):
    """ProductSalesMetric: units and revenue of a product in a slot on a day, derived from the lines.

    ``day`` is days since 1970-01-01. ``stockout`` marks a censored day, which may have no units.
    """

    __tablename__ = "daily_sales"
    __table_args__ = (
        of("site_id", "site"),
        of("product_id", "product", ondelete=None),
        check("units_not_negative", "units >= 0"),
        Index("ix_daily_sales_by_product", *_BY_PRODUCT),
        clustered(),
    )

    company_id: int = Field(default=None, primary_key=True)
    site_id: int = Field(primary_key=True)
    day: int = Field(primary_key=True)
    slot: int = Field(default=0, primary_key=True)
    product_id: int = Field(primary_key=True)
    units: int = 0
    revenue_e4: int = Field(default=0, sa_type=BigInteger)
    stockout: bool = False
