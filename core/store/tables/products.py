"""What is sold: categories, products, their pictures and the names that files give them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from core.store.tables.base import (
    DemoRow,
    TenantRow,
    UtcDateTime,
    check,
    now,
    of,
    of_company,
    one_of,
    referable,
)


class Category(DemoRow, table=True):
    __tablename__ = "category"
    __table_args__ = (of_company(), referable(), UniqueConstraint("company_id", "name"))

    id: int | None = Field(default=None, primary_key=True)
    name: str


class Product(DemoRow, table=True):
    """As ``core.planogram.product.Product``; money in exact ten-thousandths, ``upc`` None if unknown.

    ``velocity`` is units a day. ``overall_score`` is derived and therefore not kept.
    """

    __tablename__ = "product"
    __table_args__ = (
        of("category_id", "category", ondelete=None),
        of_company(),
        referable(),
        UniqueConstraint("company_id", "upc"),
        Index(None, "company_id", "name"),
        check("width_positive", "width_in > 0"),
        check("height_positive", "height_in > 0"),
        check("depth_positive", "depth_in > 0"),
        check("pack_height_not_negative", "pack_height_in >= 0"),
        check("price_not_negative", "price_e4 >= 0"),
        check("cost_not_negative", "cost_e4 >= 0"),
        check("velocity_not_negative", "velocity >= 0"),
        check("shelf_life_positive", "shelf_life_days > 0"),
        one_of("temperature", "ambient", "refrigerated", "frozen"),
    )

    id: int | None = Field(default=None, primary_key=True)
    category_id: int = Field(index=True)
    name: str
    brand: str = ""
    size: str = ""
    upc: str | None = None
    width_in: float = 3.0
    height_in: float = 5.0
    depth_in: float = 3.0
    pack_height_in: float = 0.0
    price_e4: int = Field(default=0, sa_type=BigInteger)
    cost_e4: int = Field(default=0, sa_type=BigInteger)
    velocity: float = 0.0
    seasonality: dict[str, float] = Field(default_factory=dict, sa_type=JSON)
    shelf_life_days: int | None = None
    temperature: str | None = None
    health_score: float | None = None
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class ProductImage(TenantRow, table=True):
    """A picture by the SHA-256 of its bytes; the file itself lies beside the database."""

    __tablename__ = "product_image"
    __table_args__ = (
        of("product_id", "product"),
        UniqueConstraint("product_id", "content_hash"),
        one_of("media_type", "image/jpeg", "image/png", "image/webp"),
    )

    id: int | None = Field(default=None, primary_key=True)
    product_id: int
    content_hash: str
    media_type: str
    width_px: int
    height_px: int
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class ProductAlias(TenantRow, table=True):
    """The exact text by which a kind of source names a product; never matched by likeness."""

    __tablename__ = "product_alias"
    __table_args__ = (of("product_id", "product"), UniqueConstraint("company_id", "source", "text"))

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(index=True)
    source: str = "sales"
    text: str
