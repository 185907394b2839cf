"""Who and where: companies, users, stores, machines, their sites, cabinets and fixtures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from core.store.tables.base import (
    DemoRow,
    Row,
    TenantRow,
    UtcDateTime,
    check,
    now,
    of,
    of_company,
    one_of,
    referable,
)

ROLES = ("viewer", "driver", "manager", "admin")
"""From least to most allowed."""


class Company(Row, table=True):
    """A tenant. ``currency`` is the ISO 4217 code of all its money; ``catalog_version`` rises when a product
    changes or goes (a new one has a higher id)."""

    __tablename__ = "company"

    id: int | None = Field(default=None, primary_key=True)
    name: str
    currency: str = "USD"
    is_demo: bool = False
    catalog_version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class User(TenantRow, table=True):
    """``password_hash`` is an argon2 hash, or empty for a user who cannot sign in with a password."""

    __tablename__ = "user_account"
    __table_args__ = (
        of_company(),
        referable(),
        UniqueConstraint("email"),
        one_of("role", *ROLES),
        check("email_lower", "email = lower(email)"),
    )

    id: int | None = Field(default=None, primary_key=True)
    email: str
    name: str = ""
    role: str = "viewer"
    password_hash: str = ""
    is_active: bool = True
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Site(DemoRow, table=True):
    """Where sales happen: a machine or a store. What both have in common is kept here alone.

    ``source_name`` is the text by which imported files name the place, unchanged; ``name`` is for
    people. ``data_version`` rises with every import and save and keys every cache.
    """

    __tablename__ = "site"
    __table_args__ = (
        of_company(),
        referable(),
        UniqueConstraint("company_id", "kind", "source_name"),
        one_of("kind", "device", "store"),
        check("latitude_on_earth", "latitude BETWEEN -90 AND 90"),
        check("longitude_on_earth", "longitude BETWEEN -180 AND 180"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    name: str
    source_name: str | None = None
    venue_type: str = ""
    latitude: float | None = None
    longitude: float | None = None
    data_version: int = 1


class Store(DemoRow, table=True):
    """A shop or venue. ``traffic_by_hour`` is 24 shares of a day's visitors, or empty."""

    __tablename__ = "store"
    __table_args__ = (
        of("site_id", "site"),
        referable(),
        UniqueConstraint("site_id"),
        UniqueConstraint("company_id", "code"),
    )

    id: int | None = Field(default=None, primary_key=True)
    site_id: int
    code: str | None = None
    address: str = ""
    demographics: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    traffic_by_hour: list[float] = Field(default_factory=list, sa_type=JSON)


class Project(DemoRow, table=True):
    """A piece of work that groups planograms, such as "Q4 summer display"."""

    __tablename__ = "project"
    __table_args__ = (of_company(), of("store_id", "store"), referable())

    id: int | None = Field(default=None, primary_key=True)
    store_id: int | None = Field(default=None, index=True)
    name: str
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Fixture(DemoRow, table=True):
    """Geometry as in ``core.planogram.fixture.Fixture``; a row that a plan uses never changes."""

    __tablename__ = "fixture"
    __table_args__ = (
        of_company(),
        referable(),
        check("width_positive", "width_in > 0"),
        check("height_positive", "height_in > 0"),
        check("depth_positive", "depth_in > 0"),
        check("cell_width_positive", "cell_width_in > 0"),
        one_of("placement", "cells", "slots", "free"),
        one_of("shape", "straight", "end cap", "L", "half circle", "circle"),
        one_of("temperature_zone", "ambient", "refrigerated", "frozen"),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str = ""
    is_template: bool = False
    width_in: float
    height_in: float
    depth_in: float
    cell_width_in: float = 6.0
    placement: str = "cells"
    shape: str = "straight"
    temperature_zone: str = "ambient"
    row_columns: list[int] = Field(sa_type=JSON)
    labels: list[list[str]] = Field(default_factory=list, sa_type=JSON)


class Device(DemoRow, table=True):
    """A vending machine; its name, venue type and place are in its ``Site``."""

    __tablename__ = "device"
    __table_args__ = (
        of("site_id", "site"),
        of("store_id", "store"),
        referable(),
        UniqueConstraint("site_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    site_id: int
    store_id: int | None = Field(default=None, index=True)
    model: str = ""


class Cabinet(TenantRow, table=True):
    """One grid of a machine. Rows, columns and temperature zone are those of its fixture.

    Its standing plan is the planogram with this ``cabinet_id`` and ``is_primary``.
    """

    __tablename__ = "cabinet"
    __table_args__ = (
        of("device_id", "device"),
        of("fixture_id", "fixture", ondelete=None),
        referable(),
        UniqueConstraint("device_id", "cabinet_index"),
        check("index_not_negative", "cabinet_index >= 0"),
    )

    id: int | None = Field(default=None, primary_key=True)
    device_id: int
    cabinet_index: int = 0
    fixture_id: int = Field(index=True)
