"""What stands where: planograms, their immutable versions and positions, and how they did."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlmodel import Field

from core.store.tables.base import (
    DemoRow,
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

STATUSES = ("draft", "prepared", "implemented", "archived")


class Planogram(DemoRow, table=True):
    """A plan with a history. ``last_version`` is what a save must have started from.

    ``is_primary`` marks the one plan of a cabinet that ``{device_id}_{cabinet_index}`` opens.
    """

    __tablename__ = "planogram"
    __table_args__ = (
        of_company(),
        of("site_id", "site"),
        of("project_id", "project"),
        of("cabinet_id", "cabinet"),
        referable(),
        Index(
            "uq_planogram_primary_of_cabinet", "cabinet_id", unique=True,
            sqlite_where=text("is_primary"), postgresql_where=text("is_primary"),
        ),
        one_of("status", *STATUSES),
        check("last_version_not_negative", "last_version >= 0"),
        check("primary_has_cabinet", "NOT is_primary OR cabinet_id IS NOT NULL"),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str
    season: str | None = None
    status: str = "draft"
    site_id: int | None = Field(default=None, index=True)
    project_id: int | None = Field(default=None, index=True)
    cabinet_id: int | None = Field(default=None, index=True)
    is_primary: bool = False
    last_version: int = 0
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class PlanogramVersion(TenantRow, table=True):
    """One saved state. ``effective_from`` is the day since which it really stands there, else None;
    it stands until the next effective version of the planogram. Estimation reads only these."""

    __tablename__ = "planogram_version"
    __table_args__ = (
        of("planogram_id", "planogram"),
        of("fixture_id", "fixture", ondelete=None),
        referable(),
        UniqueConstraint("planogram_id", "version"),
        one_of("rule_set", "strict", "as found"),
        check("version_positive", "version >= 1"),
    )

    id: int | None = Field(default=None, primary_key=True)
    planogram_id: int
    version: int
    fixture_id: int = Field(index=True)
    rule_set: str = "strict"
    comment: str = ""
    effective_from: date | None = None
    created_by: int | None = Field(
        default=None, sa_column_args=(ForeignKey("user_account.id", ondelete="SET NULL"),)
    )
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Position(TenantRow, table=True):
    """As ``core.planogram.planogram.Position``; ``ordinal`` counts positions of a version from 0."""

    __tablename__ = "position"
    __table_args__ = (
        of("planogram_version_id", "planogram_version"),
        of("product_id", "product", ondelete=None),
        check("row_not_negative", "row_index >= 0"),
        check("column_not_negative", "column_index >= 0"),
        check("cells_positive", "cells >= 1"),
        check("x_not_negative", "x_in >= 0"),
        check("width_positive", "width_in > 0"),
        check("facings_positive", "facings >= 1 AND facings_high >= 1 AND facings_deep >= 1"),
        check("capacity_not_negative", "capacity >= 0"),
        check("quantity_not_negative", "quantity >= 0"),
        check("par_level_not_negative", "par_level >= 0"),
        check("price_not_negative", "price_e4 >= 0"),
        clustered(),
    )

    planogram_version_id: int = Field(primary_key=True)
    ordinal: int = Field(primary_key=True)
    product_id: int = Field(index=True)
    row_index: int
    column_index: int
    cells: int = 1
    x_in: float
    width_in: float
    facings: int = 1
    facings_high: int = 1
    facings_deep: int = 1
    capacity: int | None = None
    quantity: int | None = None
    par_level: int | None = None
    price_e4: int | None = Field(default=None, sa_type=BigInteger)
    locked: bool = False


class PlanogramPerformance(TenantRow, table=True):
    """How a planogram did on one day. Shares from 0 to 1, score from 0 to 100."""

    __tablename__ = "planogram_performance"
    __table_args__ = (
        of("planogram_id", "planogram"),
        check("units_not_negative", "units >= 0"),
        check("stockouts_not_negative", "stockouts >= 0"),
        check("shares", "execution_rate BETWEEN 0 AND 1 AND compliance BETWEEN 0 AND 1"),
        clustered(),
    )

    planogram_id: int = Field(primary_key=True)
    day: date = Field(primary_key=True)
    revenue_e4: int = Field(sa_type=BigInteger)
    units: int
    stockouts: int = 0
    slow_movers: int = 0
    score: float | None = None
    execution_rate: float | None = None
    compliance: float | None = None
