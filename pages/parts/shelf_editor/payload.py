"""The plan as the component reads it: one compact JSON value, built from values that are already known.

Rows are lists in the field order of ``front/model.js``; the table of best places is sent as base64 of
bytes (score, 255: not allowed) and of 16-bit integers (gain in units of ``unit`` money a day).
"""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from core.capabilities.next_moves import NextMove
from core.capabilities.valuation import Estimate
from core.planogram import geometry
from core.planogram.findings import Rule
from core.planogram.fixture import Fixture, Placement
from core.planogram.marks import marks
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog, Product
from core.site.site import Site
from core.site.zones import FloatArray
from core.units import RETAIL_CELL_WIDTH_IN
from pages.parts import format as fmt
from pages.parts import packages
from pages.parts.shelf_editor import look
from pages.parts.shelf_editor.answers import Detail, Figures, Finding, Key, Ranking

Json = dict[str, Any]
NOT_ALLOWED = 255
TREND_POINTS = 14


def fixture(value: Fixture) -> Json:
    return {
        "rows": list(value.row_columns),
        "width": rounded(value.width_in, 3),
        "cell": rounded(value.cell_width_in, 4),
        "zone": RETAIL_CELL_WIDTH_IN,
        "placement": value.placement.value,
        "labels": [list(r) for r in value.labels],
        **_front(value),
    }


def _front(value: Fixture) -> Json:
    """What tells an unrolled front from a straight one: marks along it, and how much of a place is seen."""
    found = marks(value)
    return {
        "shape": value.shape.value,
        "marks": [{"x": rounded(m.along_in, 2), "text": m.text, "kind": m.kind} for m in found],
        "seen": [rounded(v, 2) for v in _seen(value).tolist()] if found else [],
    }


@lru_cache(maxsize=64)
def _seen(value: Fixture) -> FloatArray:
    return geometry.seen(value)


def products(catalog: Catalog, place: Fixture, site: Site) -> list[list[Any]]:
    """One row a product, in the order of ``PRODUCT_FIELDS``."""
    return [
        [
            p.id,
            p.name,
            p.brand,
            p.category,
            p.size,
            rounded(p.price, 2),
            rounded(p.margin_share, 3),
            rounded(p.width_in or 3.0, 2),
            rounded(p.height_in or 5.0, 2),
            look.package_shape(p),
            look.package_color(p),
            look.brand_color(p.brand),
            look.short_brand(p),
            refused(p, place),
            rounded(p.velocity, 2),
            _trend(site.daily_units.get(p.id)),
        ]
        for p in catalog.values()
    ]


def refused(product: Product, place: Fixture) -> str:
    """Why a product can stand nowhere on a fixture, or an empty text."""
    if product.temperature not in (None, place.temperature_zone):
        return f"Needs a place that is {product.temperature}; this one is {place.temperature_zone}."
    if place.placement is not Placement.SLOTS and not 0 < product.width_in <= place.width_in:
        return f"A width of {product.width_in:g} in does not fit here."
    return ""


def _trend(units: np.ndarray | None) -> list[float]:
    if units is None or len(units) < TREND_POINTS:
        return []
    size = len(units) // TREND_POINTS
    sums = np.asarray(units[-size * TREND_POINTS :], float).reshape(TREND_POINTS, size).sum(axis=1)
    return [round(float(v), 1) for v in sums] if sums.any() else []


def positions(plan: Planogram, catalog: Catalog, found: Sequence[Finding]) -> list[list[Any]]:
    """One row a position, in the order of ``POSITION_FIELDS``; the last field: indexes of its warnings."""
    warned: dict[tuple[str, int], list[int]] = {}
    for i, finding in enumerate(found):
        if finding.slot is not None and finding.product_id is not None and not finding.acknowledged:
            warned.setdefault((finding.slot, finding.product_id), []).append(i)
    return [
        [
            p.product_id,
            p.row,
            p.column,
            p.cells,
            rounded(p.x_in, 3),
            rounded(p.width_in, 3),
            p.facings,
            p.facings_high,
            p.capacity,
            p.quantity,
            p.par_level,
            _price(p, catalog),
            p.locked,
            warned.get((p.slot, p.product_id), []),
        ]
        for p in plan.positions
    ]


_MANY = {
    Rule.BELOW_COST: "prices are below cost",
    Rule.BEST_PLACES: "fast sellers stand in weak places",
    Rule.CATEGORY_TOGETHER: "categories are split",
    Rule.COMPETING_APART: "products stand beside one that competes with them",
    Rule.EMPTY: "cells are empty",
    Rule.HEAVY_LOW: "heavy products stand high",
    Rule.LOOK_ALIKE: "products stand beside one that looks like them",
    Rule.OVERFACED: "products have more facings than they sell",
    Rule.PACK_HEIGHT: "tall packs stand above the bottom shelves",
    Rule.PAR_BELOW_FORECAST: "par levels are below the forecast",
    Rule.REPEATED: "products stand in several places",
    Rule.SHELF_DEPTH: "products are deeper than their place",
    Rule.SPOILAGE: "products may spoil before they sell",
    Rule.UNPRICED: "products have no price",
}
"""How many warnings of a rule are told in one line, after their number."""
_MINOR = {Rule.COMPETING_APART}
"""Not marked on the shelf: where a category stands together, nearly every neighbor competes."""


def warnings(plan: Planogram, found: Sequence[Finding]) -> list[Json]:
    """One a finding; ``many`` names its group, ``minor`` keeps it off the tiles, ``fix``: what mends it."""
    at = {(p.slot, p.product_id): p for p in plan.positions}
    return [
        {
            "severity": f.severity,
            "many": _MANY.get(f.rule, ""),
            "minor": f.rule in _MINOR,
            "message": f.message,
            "hint": f.hint,
            "key": f.key,
            "fix": f.fix.title if f.fix else "",
            "known": f.acknowledged,
            "at": place_of(at.get((f.slot or "", f.product_id or 0))),
        }
        for f in found
    ]


def pairs(ranking: Ranking) -> Json:
    """The table of every product at every place."""
    gain = ranking.gain
    legal = np.isfinite(gain)
    largest = float(np.abs(gain[legal]).max()) if legal.any() else 0.0
    unit = max(0.01, math.ceil(largest / 32_000 * 1e4) / 1e4)
    scores = np.where(legal, np.clip(np.rint(ranking.score), 0, 100), NOT_ALLOWED).astype(np.uint8)
    steps = np.rint(np.where(legal, gain, 0.0) / unit).astype("<i2")
    return {
        "keys": [_pair_key(k) for k in ranking.keys],
        "zones": int(gain.shape[1]) if gain.ndim == 2 else 0,
        "unit": unit,
        "score": _base64(scores),
        "gain": _base64(steps),
    }


def _pair_key(key: Key) -> str:
    product_id, source = key
    return str(product_id) if source is None else f"{product_id}@{source[0]},{source[1]}"


def _base64(values: np.ndarray) -> str:
    return base64.b64encode(values.tobytes()).decode()


# --- the card ---


def money(figures: Figures) -> Json:
    daily, gain = figures.daily, figures.gain
    return {
        "day": rounded(daily.value, 4),
        "low": rounded(daily.lower, 4),
        "high": rounded(daily.upper, 4),
        "saved": rounded(daily.value - gain.value, 4),
        "interval": between(daily),
        "level": fmt.nine_in_ten(daily.level),
        "delta": rounded(gain.value, 4),
        "deltaInterval": fmt.signed_parts(gain.value, gain.lower, gain.upper)[1],
    }


def between(value: Estimate) -> str:
    """ "139–157": an interval without false digits."""
    text = fmt.estimate(value.value, value.lower, value.upper)
    return text[text.index("(") + 1 : -1]


def next_moves(moves: Sequence[NextMove], catalog: Catalog) -> list[Json]:
    """``event`` is what a click on "Apply" sends back."""
    return [
        {
            "name": short_name(catalog, m.product_ids[-1]),
            "text": _move_text(m, catalog),
            "title": m.text,
            "gain": rounded(m.gain.value, 3),
            "interval": f"{fmt.signed_parts(m.gain.value, m.gain.lower, m.gain.upper)[1]} a day",
            "event": {"type": "apply", "move": i},
        }
        for i, m in enumerate(moves)
    ]


def _move_text(move: NextMove, catalog: Catalog) -> str:
    other = short_name(catalog, move.product_ids[0])
    if move.kind == "swap":
        return f"{move.slots[1]} ↔ {move.slots[0]} {other}"
    if move.kind == "facings":
        return f"one facing more, {move.slots[0]}"
    return f"for {other}, {move.slots[0]}"


def short_name(catalog: Catalog, product_id: int) -> str:
    """The name without brand and size, as long as something is left."""
    product = catalog.get(product_id)
    if product is None:
        return f"Product {product_id}"
    return packages.short_name(product)


def detail(found: Detail) -> Json:
    curve = [{"facings": f, "day": rounded(v, 3)} for f, v in found.curve]
    values = dict(found.curve)
    text = f"{found.confidence.capitalize()} confidence · {found.learned_from}"
    if found.now is not None and found.best is not None and found.best != found.now:
        more = values[found.best] - values[found.now]
        text = f"{found.now} → {found.best} facings: {fmt.signed_money(more)} a day. {text}"
    return {
        "product": found.product_id,
        "now": found.now,
        "best": found.best,
        "curve": curve,
        "curveText": text,
        "helps": [_beside(n, c) for n, c in found.neighbors if c > 0],
        "hurts": [_beside(n, c) for n, c in found.neighbors if c < 0],
    }


def _beside(name: str, change: float) -> str:
    return f"{name} beside it: {fmt.percent(100 * change, signed=True)} sales"


# --- small things ---


def place_of(position: Position | None) -> Json | None:
    if position is None:
        return None
    return {"row": position.row, "column": position.column, "x": rounded(position.x_in, 3)}


def _price(p: Position, catalog: Catalog) -> float | None:
    product = catalog.get(p.product_id)
    price = p.price if p.price is not None else product.price if product else None
    return rounded(price, 2)


def rounded(value: float | None, digits: int) -> float | None:
    """JSON knows neither NaN nor infinity."""
    return round(float(value), digits) if value is not None and math.isfinite(value) else None
