"""Every name that a question may mention, of one company."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from core.store import tables as t
from core.store.tenant import TenantSession

# Column descriptors, untyped: SQLModel types them as the values they hold.
_product: Any = t.Product
_category: Any = t.Category
_site: Any = t.Site
_store: Any = t.Store
_device: Any = t.Device
_plan: Any = t.Planogram
_project: Any = t.Project
_sales: Any = t.DailySales
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class ProductName:
    """A product as questions know it."""

    id: int
    name: str
    brand: str
    size: str
    category_id: int
    temperature: str | None


@dataclass(frozen=True, slots=True)
class PlaceName:
    """``key``: id of the store or the machine, as ``kind`` says · ``code``: the store's, or the source's."""

    site_id: int
    kind: str
    name: str
    code: str
    venue: str
    key: int | None


@dataclass(frozen=True, slots=True)
class Names:
    """All names of a company; planograms that are archived are left out."""

    products: tuple[ProductName, ...]
    categories: tuple[tuple[int, str], ...]
    places: tuple[PlaceName, ...]
    planograms: tuple[tuple[int, str], ...]
    projects: tuple[tuple[int, str], ...]
    last_day: date | None = None
    """The last day with sales."""


def names(session: TenantSession) -> Names:
    """The names of the session's company."""
    products = session.execute(select(
        _product.id, _product.name, _product.brand, _product.size, _product.category_id,
        _product.temperature).order_by(_product.id))
    places = session.execute(
        select(_site.id, _site.kind, _site.name, _store.code, _site.source_name, _site.venue_type,
               _store.id, _device.id)
        .outerjoin(_store, _store.site_id == _site.id).outerjoin(_device, _device.site_id == _site.id)
        .order_by(_site.id))
    plans = session.execute(
        select(_plan.id, _plan.name).where(_plan.status != "archived").order_by(_plan.id))
    last = session.execute(select(func.max(_sales.day))).scalar()
    return Names(
        tuple(ProductName(i, n, b or "", s or "", c, w) for i, n, b, s, c, w in products),
        tuple((i, n) for i, n in session.execute(
            select(_category.id, _category.name).order_by(_category.id))),
        tuple(PlaceName(i, k, n, code or source or "", v or "", store if k == "store" else device)
              for i, k, n, code, source, v, store, device in places),
        tuple((i, n) for i, n in plans),
        tuple((i, n) for i, n in session.execute(select(_project.id, _project.name).order_by(_project.id))),
        None if last is None else date.fromordinal(EPOCH + last),
    )
