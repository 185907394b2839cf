"""The plan as the 3-D view reads it: one compact JSON value in inches.

Rows are lists in the field order of ``front/scene.js``. Where things stand is decided by the engine's
geometry; the browser only draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.planogram import geometry
from core.planogram.fixture import Fixture, Placement, Shape
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog, Product
from core.planogram.standing import BOARD_IN, along_in, standing
from pages.parts.shelf_editor import look

Json = dict[str, Any]

PLINTH_IN = 5.0
"""Below the lowest shelf of a retail fixture."""
MACHINE_FOOT_IN = 15.0
"""Below the lowest tray of a machine, where products are taken out."""

_SHAPE_WORDS = {
    Shape.STRAIGHT: "Straight shelf",
    Shape.END_CAP: "End cap",
    Shape.L: "L-shaped shelf",
    Shape.HALF_CIRCLE: "Half circle",
    Shape.CIRCLE: "Circle",
}


def scene(
    plan: Planogram,
    catalog: Catalog,
    *,
    key: str,
    name: str,
    currency: str = "$",
    overlays: Sequence[Json] = (),
    overlay: str = "plain",
) -> Json:
    """All that the view shows. ``overlays`` are the editor's, with a value a position."""
    used = plan.product_ids
    return {
        "plan": {"key": key, "name": name},
        "currency": currency,
        "fixture": fixture_json(plan.fixture),
        "products": [_product(i, catalog.get(i)) for i in used],
        "positions": _positions(plan, catalog),
        "boxes": _boxes(plan, catalog),
        "overlays": [dict(o) for o in overlays],
        "overlay": overlay,
    }


def fixture_json(fixture: Fixture) -> Json:
    """The furniture: lines of its shelves' front and back in plan, heights, what it is."""
    machine = fixture.placement is Placement.SLOTS
    ahead, behind = geometry.edges(fixture)
    foot = MACHINE_FOOT_IN if machine else PLINTH_IN
    width, depth = geometry.footprint_in(fixture)
    kind = "Machine" if machine else _SHAPE_WORDS[fixture.shape]
    return {
        "shape": fixture.shape.value,
        "machine": machine,
        "zone": fixture.temperature_zone.value,
        "front": _points(ahead),
        "back": _points(behind),
        "depth": _short(geometry.front(fixture).depth_in),
        "foot": foot,
        "height": _short(fixture.height_in),
        "rows": fixture.rows,
        "board": BOARD_IN,
        "pitch": _short(fixture.cell_width_in),
        "columns": list(fixture.row_columns),
        "shopper": [_short(v) for v in geometry.shopper(fixture)],
        "words": f"{kind}, {_feet(width)} wide, {_feet(depth)} deep, {_feet(fixture.height_in + foot)} high",
    }


def _product(product_id: int, product: Product | None) -> list[Any]:
    if product is None:
        return [product_id, "Product no longer in the catalog", "", "", "", "box", "#8a8f98", "#8a8f98", "?",
                None, None, None]
    return [
        product.id,
        product.name,
        product.brand,
        product.category,
        product.size,
        look.package_shape(product),
        look.package_color(product),
        look.brand_color(product.brand),
        look.short_brand(product),
        _short(product.width_in or 3.0),
        _short(product.height_in or 5.0),
        _short(product.depth_in or 3.0),
    ]


def _positions(plan: Planogram, catalog: Catalog) -> list[list[Any]]:
    """One row a position: product, slot, row, facings, high, price, quantity, capacity, and the middle of its
    price tag (x, y, heading)."""
    edge = geometry.front(plan.fixture)
    spans = np.array([along_in(plan.fixture, p) for p in plan.positions], float).reshape(-1, 2)
    middle = spans.mean(axis=1)
    at, heading = edge.point(middle), edge.heading(middle)
    return [
        [
            p.product_id,
            _slot(plan.fixture, p),
            p.row,
            p.facings,
            p.facings_high,
            p.price if p.price is not None else _price(catalog.get(p.product_id)),
            p.quantity,
            p.capacity,
            _short(x),
            _short(y),
            round(float(h), 4),
            _short(end - start),
        ]
        for p, (x, y), h, (start, end) in zip(plan.positions, at, heading, spans, strict=True)
    ]


def _slot(fixture: Fixture, position: Position) -> str:
    """B3, with the machine's own selection number where it has one."""
    label = fixture.label(position.row, position.column)
    return f"{position.slot} ({label})" if label and label != position.slot else position.slot


def _price(product: Product | None) -> float | None:
    return product.price if product is not None and product.price > 0 else None


def _boxes(plan: Planogram, catalog: Catalog) -> list[list[Any]]:
    """One row a facing: position, x, y, heading, width, depth, height, high, deep, whether made smaller."""
    found = standing(plan, catalog)
    table = np.column_stack([
        found.boxes.front, found.boxes.heading, found.boxes.width_in, found.boxes.depth_in, found.height_in,
    ]).round(3)
    whole = zip(
        found.position.tolist(), table.tolist(), found.high.tolist(), found.deep.tolist(),
        found.squeezed.tolist(), strict=True,
    )
    return [[owner, *sizes, high, deep, int(small)] for owner, sizes, high, deep, small in whole]


def _points(line: geometry.FloatArray) -> list[list[float]]:
    rounded: list[list[float]] = line.round(3).tolist()
    return rounded


def _short(value: float) -> float:
    return round(float(value), 3)


def _feet(inches: float) -> str:
    """5 ft 4 in, as people measure furniture."""
    feet, rest = divmod(round(inches), 12)
    return " ".join(text for text in (f"{feet} ft" if feet else "", f"{rest} in" if rest else "") if text)
