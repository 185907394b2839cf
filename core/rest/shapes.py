"""From the engine's values to JSON, and from JSON to fixtures and products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from enum import StrEnum
from typing import Any, TypeVar

from core.errors import BadInput
from core.planogram.fixture import (
    MAX_MACHINE_ROWS,
    Fixture,
    Placement,
    Shape,
    TemperatureZone,
)
from core.planogram.places import is_number
from core.planogram.planogram import Planogram, Position
from core.planogram.product import SEASONS, Product
from core.store.planograms import SavedPlanogram

Json = dict[str, Any]
E = TypeVar("E", bound=StrEnum)


def fixture_json(fixture: Fixture) -> Json:
    return {
        "shape": fixture.shape.value, "rows": fixture.rows, "columns": fixture.columns,
        "row_columns": list(fixture.row_columns), "shelf_count": fixture.rows,
        "width_in": fixture.width_in, "height_in": fixture.height_in, "depth_in": fixture.depth_in,
        "cell_width_in": fixture.cell_width_in, "placement": fixture.placement.value,
        "temperature_zone": fixture.temperature_zone.value,
    }


def position_json(position: Position, fixture: Fixture) -> Json:
    shape = {
        "slot": position.slot, "row": position.row, "column": position.column, "cells": position.cells,
        "product_id": position.product_id, "facings": position.facings,
        "facings_high": position.facings_high, "facings_deep": position.facings_deep,
        "x_in": position.x_in, "width_in": position.width_in, "capacity": position.capacity,
        "quantity": position.quantity, "par_level": position.par_level, "price": position.price,
        "locked": position.locked,
    }
    label = fixture.label(position.row, position.column)
    return {"label": label, **shape} if label else shape


def positions_json(plan: Planogram) -> list[Json]:
    return [position_json(p, plan.fixture) for p in plan.positions]


def planogram_json(saved: SavedPlanogram) -> Json:
    return {
        "id": saved.id, "key": saved.key, "name": saved.name, "version": saved.version,
        "last_version": saved.last_version, "status": saved.status, "season": saved.season,
        "site_name": saved.site_name, "venue_type": saved.venue_type, "device_id": saved.device_id,
        "store_id": saved.store_id, "project_id": saved.project_id, "comment": saved.comment,
        "created_at": saved.created_at.isoformat(), "created_by": saved.created_by,
        "fixture": fixture_json(saved.plan.fixture), "rule_set": saved.rule_set,
        "positions": positions_json(saved.plan),
    }


def product_json(product: Product, overall_score: float) -> Json:
    shape = asdict(product)
    shape["temperature"] = None if product.temperature is None else product.temperature.value
    shape["seasonality"] = dict(product.seasonality)
    shape["margin"] = product.margin
    shape["overall_score"] = overall_score
    return shape


def card_json(card: Any) -> Json:
    """A flat card of the store: its fields, dates as ISO text."""
    return {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in asdict(card).items()}


def fixture_from(body: Mapping[str, Any]) -> Fixture:
    """A fixture from inches and shelves, or, with ``rows`` and ``columns`` (or ``row_columns``) and no
    width, a machine's slots. Raises BadInput for what is missing or impossible."""
    zone = _choice(TemperatureZone, body.get("temperature_zone") or "ambient", "temperature zone")
    if body.get("width_in") is None and ("row_columns" in body or "rows" in body):
        return Fixture.machine(_row_columns(body), zone, pitch_in=_number(body, "cell_width_in", 2.8))
    shelf_count = body.get("shelf_count", body.get("rows"))
    if isinstance(shelf_count, bool) or not isinstance(shelf_count, int):
        raise BadInput(f"Shelf count “{shelf_count}” is not a whole number.", "Give the number of shelves.")
    fixture = Fixture.shelves(
        _number(body, "width_in"), shelf_count, _number(body, "height_in", 72.0),
        _number(body, "depth_in", 18.0), zone,
        _choice(Shape, body.get("shape") or "straight", "shape"), _number(body, "cell_width_in", 6.0),
    )
    if fixture.placement is Placement.CELLS and fixture.rows > MAX_MACHINE_ROWS:
        raise BadInput(
            f"A grid of {fixture.rows} × {fixture.columns} has more than {MAX_MACHINE_ROWS} rows.",
            "Split the fixture, or give fewer shelves.",
        )
    return fixture


def product_from(body: Mapping[str, Any]) -> Product:
    """A product as a client describes it for a trial layout; margin may stand in for price and cost.
    Raises BadInput for what is missing or not a number."""
    number = body.get("id", body.get("product_id"))
    if isinstance(number, bool) or not isinstance(number, int):
        raise BadInput(f"Product id “{number}” is not a whole number.", "Give every product its own id.")
    price = _number(body, "price", 0.0)
    if price < 0:
        raise BadInput(f"A price of {price:g} is not possible.", "Give a price of 0 or more.")
    margin = _number(body, "margin", price - _number(body, "cost", 0.0))
    price = price if price > 0 else max(margin, 0.0)
    temperature = body.get("temperature") or body.get("temperature_zone")
    score = body.get("overall_score")
    return Product(
        id=number, name=str(body.get("name") or f"Product {number}"),
        category=str(body.get("category") or "Other"), brand=str(body.get("brand") or ""),
        width_in=_number(body, "width_in"), height_in=_number(body, "height_in", 5.0),
        depth_in=_number(body, "depth_in", 3.0), pack_height_in=_number(body, "pack_height_in", 0.0),
        price=price, cost=price - margin, velocity=_number(body, "velocity", 0.0),
        temperature=None if temperature is None else _choice(TemperatureZone, temperature, "temperature"),
        overall_score=None if score is None else _number(body, "overall_score"),
    )


def season_of(text: str | None) -> str | None:
    """A season as the catalog names it. Raises BadInput."""
    if text is None:
        return None
    wanted = {"fall": "autumn"}.get(text.strip().lower(), text.strip().lower())
    if wanted not in SEASONS:
        raise BadInput(f"“{text}” is not a season.", f"Choose one of {', '.join(SEASONS)}.")
    return wanted


def planogram_ref(text: str) -> int | str:
    """``12`` is an id, ``7_0`` the plan of a machine's cabinet."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text


def _row_columns(body: Mapping[str, Any]) -> tuple[int, ...]:
    given = body.get("row_columns")
    if given is None:
        rows, columns = body.get("rows"), body.get("columns")
        whole = all(isinstance(n, int) and not isinstance(n, bool) and 0 < n <= 1000 for n in (rows, columns))
        if not whole:
            raise BadInput(f"A grid of {rows} × {columns} is not possible.", "Give whole rows and columns.")
        assert isinstance(rows, int)
        given = [columns] * rows
    if not isinstance(given, list) or not given or not all(
        isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in given
    ):
        raise BadInput("The rows of the grid cannot be read.", "Give the number of columns of each row.")
    return tuple(given)


def _number(body: Mapping[str, Any], name: str, default: float | None = None) -> float:
    value = body.get(name)
    if value is None:
        if default is None:
            raise BadInput(f"{name} is missing.", f"Give {name} as a number.")
        return default
    if not is_number(value):
        raise BadInput(f"{name} “{value}” is not a number.", f"Give {name} as a number.")
    return float(value)


def _choice(kind: type[E], value: Any, name: str) -> E:
    try:
        return kind(value)
    except ValueError:
        options = ", ".join(str(option) for option in kind)
        raise BadInput(f"“{value}” is not a {name}.", f"Choose one of {options}.") from None
