"""The catalog: products as the engine knows them, categories, and their changes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update

from core.errors import BadInput, NotFound
from core.planogram.fixture import TemperatureZone
from core.planogram.product import SEASONS, Product
from core.store import tables as t
from core.store import validate
from core.store.plan_rows import identity
from core.store.tenant import TenantSession, insert_new
from core.units import from_e4

_product: Any = t.Product
_category: Any = t.Category
_image: Any = t.ProductImage
_company: Any = t.Company
_position: Any = t.Position
_version: Any = t.PlanogramVersion
_plan: Any = t.Planogram


@dataclass(frozen=True, slots=True)
class CategoryCard:
    id: int
    name: str
    products: int


def load_catalog(session: TenantSession) -> dict[int, Product]:
    """Every product of the company by id, in one query."""
    rows = session.execute(
        select(_product, _category.name).join(_category, _category.id == _product.category_id)
        .order_by(_product.id)
    )
    return {row.id: product_of(row, category) for row, category in rows}


def demo_ids(session: TenantSession) -> frozenset[int]:
    """Products of the demo company."""
    return frozenset(session.execute(select(_product.id).where(_product.is_demo)).scalars())


def own_stock(session: TenantSession) -> frozenset[int]:
    """Products, not the demo's, that stand or stood on a plan of a place that is not the demo's."""
    placed = (
        select(_position.product_id).distinct()
        .join(_version, _version.id == _position.planogram_version_id)
        .join(_plan, _plan.id == _version.planogram_id)
        .where(~_plan.is_demo)
    )
    return frozenset(session.execute(placed).scalars()) - demo_ids(session)


def catalog_version(session: TenantSession) -> tuple[int, int]:
    """A pair that changes whenever a product comes, changes or goes; read in no time."""
    version = session.execute(select(_company.catalog_version)).scalar_one()
    newest = session.execute(select(func.max(_product.id))).scalar_one()
    return version, newest or 0


def touch_catalog(session: TenantSession) -> None:
    """Note that a product has changed or gone."""
    raised = update(_company).values(catalog_version=_company.catalog_version + 1)
    session.execute(raised.execution_options(synchronize_session=False))


def categories(session: TenantSession) -> list[CategoryCard]:
    """Categories by name, with the number of their products."""
    rows = session.execute(
        select(_category.id, _category.name, func.count(_product.id))
        .outerjoin(_product, _product.category_id == _category.id)
        .group_by(_category.id, _category.name)
        .order_by(_category.name)
    )
    return [CategoryCard(*row) for row in rows]


def category_id(session: TenantSession, name: str, *, is_demo: bool = False) -> int:
    """The id of a category, which is made where there is none of this name."""
    wanted = validate.name(name)
    return ensure_categories(session, [wanted], is_demo=is_demo)[wanted]


def ensure_categories(
    session: TenantSession, names: Collection[str], *, is_demo: bool = False
) -> dict[str, int]:
    """Id of each category; those that are not there are made, also where another session makes the same
    ones at this moment."""
    ids = _ids_of(session, names)
    if missing := sorted(set(names) - ids.keys()):
        rows = [{"name": name, "is_demo": is_demo} for name in missing]
        session.execute(insert_new(session, t.Category), rows)
        ids |= _ids_of(session, missing)
    return ids


def _ids_of(session: TenantSession, names: Collection[str]) -> dict[str, int]:
    found = session.execute(select(_category.name, _category.id).where(_category.name.in_(names)))
    return {row[0]: row[1] for row in found}


def create_product(session: TenantSession, name: str, category: str, **fields: Any) -> Product:
    """A new product. ``fields`` as in ``core.planogram.product.Product``, money in currency units.

    Raises BadInput for a value out of range or a UPC that another product has.
    """
    row = t.Product(name=validate.name(name), category_id=category_id(session, category))
    _apply(session, row, fields)
    session.add(row)
    session.flush()
    return product_of(row, category.strip())


def patch_product(session: TenantSession, product_id: int, **changes: Any) -> Product:
    """Change some fields of a product. Raises NotFound and BadInput; nothing is changed then."""
    row = session.get(t.Product, product_id)
    if row is None:
        raise NotFound(f"There is no product {product_id}.", "Choose one from the list.")
    _apply(session, row, changes)
    session.flush()
    if changes:
        touch_catalog(session)
    category = session.execute(select(_category.name).where(_category.id == row.category_id)).scalar_one()
    return product_of(row, category)


def product_of(row: t.Product, category: str) -> Product:
    return Product(
        id=identity(row.id), name=row.name, category=category, brand=row.brand, size=row.size,
        upc=row.upc or "", width_in=row.width_in, height_in=row.height_in, depth_in=row.depth_in,
        pack_height_in=row.pack_height_in, price=from_e4(row.price_e4), cost=from_e4(row.cost_e4),
        velocity=row.velocity, seasonality=dict(row.seasonality), shelf_life_days=row.shelf_life_days,
        temperature=None if row.temperature is None else TemperatureZone(row.temperature),
        health_score=row.health_score,
    )


def add_image(
    session: TenantSession, product_id: int, content_hash: str, media_type: str, width_px: int, height_px: int
) -> int:
    """Note a picture of a product by its hash; the same one again is the same id. Raises NotFound."""
    if session.get(t.Product, product_id) is None:
        raise NotFound(f"There is no product {product_id}.", "Choose one from the list.")
    row = {"product_id": product_id, "content_hash": content_hash, "media_type": media_type,
           "width_px": width_px, "height_px": height_px}
    session.execute(insert_new(session, t.ProductImage), [row])
    noted: int = session.execute(
        select(_image.id).where(_image.product_id == product_id, _image.content_hash == content_hash)
    ).scalar_one()
    return noted


def views(session: TenantSession) -> dict[int, tuple[str, ...]]:
    """Product → hashes of its pictures, the newest first; of those that have one."""
    rows = session.execute(
        select(_image.product_id, _image.content_hash).order_by(_image.product_id, _image.id.desc())
    )
    found: dict[int, list[str]] = {}
    for product_id, content_hash in rows:
        found.setdefault(product_id, []).append(content_hash)
    return {i: tuple(hashes) for i, hashes in found.items()}


def _size(value: Any, field: str) -> float:
    return validate.number(value, field, least=0.0, most=120.0, above=True)


def _seasonality(value: Any) -> dict[str, float]:
    if not isinstance(value, Mapping):
        raise BadInput(f"Seasonality “{value}” is not a table.", "Give a number for each season.")
    return {
        validate.choice(season, "season", SEASONS): validate.number(v, "Seasonality", least=0.0, most=100.0)
        for season, v in value.items()
    }


def _life(value: Any) -> int | None:
    return None if value is None else validate.whole(value, "Shelf life in days", least=1, most=36_500)


def _zone(value: Any) -> str | None:
    zones = [zone.value for zone in TemperatureZone]
    return None if value is None else validate.choice(value, "temperature zone", zones)


_RULES: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "name": ("name", validate.name),
    "brand": ("brand", lambda v: validate.text(v, "Brand")),
    "size": ("size", lambda v: validate.text(v, "Size")),
    "upc": ("upc", lambda v: validate.text(v or "", "UPC") or None),
    "width_in": ("width_in", lambda v: _size(v, "Width in inches")),
    "height_in": ("height_in", lambda v: _size(v, "Height in inches")),
    "depth_in": ("depth_in", lambda v: _size(v, "Depth in inches")),
    "pack_height_in": (
        "pack_height_in", lambda v: validate.number(v, "Pack height in inches", least=0.0, most=120.0)),
    "price": ("price_e4", lambda v: validate.money_e4(v, "Price")),
    "cost": ("cost_e4", lambda v: validate.money_e4(v, "Cost")),
    "velocity": ("velocity", lambda v: validate.number(v, "Velocity in units a day", least=0.0, most=1e6)),
    "seasonality": ("seasonality", _seasonality),
    "shelf_life_days": ("shelf_life_days", _life),
    "temperature": ("temperature", _zone),
    "health_score": (
        "health_score", lambda v: validate.optional_number(v, "Health score", least=0.0, most=100.0)),
}
"""Field of the engine's product → (column, check)."""


def _apply(session: TenantSession, row: t.Product, changes: Mapping[str, Any]) -> None:
    """Check all changes, then set them."""
    validate.only_fields(changes, {*_RULES, "category"}, "product")
    values = {}
    for field, value in changes.items():
        if field in _RULES:
            column, check = _RULES[field]
            values[column] = check(value)
    if upc := values.get("upc"):
        others = select(_product.name).where(_product.upc == upc, _product.id != (row.id or 0))
        if (taken := session.execute(others).scalar()) is not None:
            raise BadInput(f"UPC {upc} belongs to {taken}.", "Change that product, or correct the UPC.")
    if "category" in changes:
        values["category_id"] = category_id(session, changes["category"])
    for column, value in values.items():
        setattr(row, column, value)
