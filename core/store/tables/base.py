"""What every table shares: one metadata, the tenant column, exact types and key helpers.

Rows point to their parents with the pair (company_id, parent_id), so that the database itself
refuses a row of one company that refers to another company's row.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic_core import PydanticUndefined
from sqlalchemy import (
    CheckConstraint,
    ColumnDefault,
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    MetaData,
    Table,
    TypeDecorator,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Aware on the way in and out; kept as UTC on databases that forget zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    return datetime.now(UTC)


class Row(SQLModel):
    """Base of all tables; shares ``metadata`` with its naming convention."""

    metadata = metadata


class TenantRow(Row):
    """A row that belongs to one company. The session filters and stamps ``company_id``."""

    company_id: int = Field(default=None, nullable=False)


class DemoRow(TenantRow):
    """A row that the demo may have made, so that one button can remove it."""

    is_demo: bool = Field(default=False, nullable=False)


def share_defaults(model: type[SQLModel]) -> None:
    """Give the columns the defaults of the fields, so that bulk inserts have them too."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    for name, field in model.model_fields.items():
        column = table.c[name]
        value = field.default_factory or field.default
        if column.default is None and value is not None and value is not PydanticUndefined:
            ColumnDefault(value)._set_parent_with_dispatch(column)


def of_company() -> ForeignKeyConstraint:
    """The row hangs directly on its company."""
    return ForeignKeyConstraint(["company_id"], ["company.id"], ondelete="CASCADE")


def of(column: str, parent: str, ondelete: str | None = "CASCADE") -> ForeignKeyConstraint:
    """(company_id, column) → a row of the same company in ``parent``; goes with it by default."""
    return ForeignKeyConstraint(
        ["company_id", column], [f"{parent}.company_id", f"{parent}.id"], ondelete=ondelete
    )


def referable() -> UniqueConstraint:
    """The unique pair that ``of`` points to."""
    return UniqueConstraint("company_id", "id")


def check(name: str, rule: str) -> CheckConstraint:
    return CheckConstraint(rule, name=name)


def one_of(column: str, *values: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def clustered() -> dict[str, Any]:
    """Table option: on SQLite the rows lie in primary-key order, so a key prefix is one range scan."""
    return {"sqlite_with_rowid": False}
