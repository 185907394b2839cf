"""Fixtures and products as plain fields and back: what the JSON, CSV and Excel files have in common."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from core.errors import BadInput
from core.planogram.fixture import MAX_SHELVES, Fixture, Placement, Shape, TemperatureZone
from core.planogram.places import is_number, is_whole
from core.planogram.planogram import Position, RuleSet
from core.planogram.product import SEASONS, Product

E = TypeVar("E", bound=StrEnum)
MAX_COLUMNS = 24_000
MAX_TEXT = 500


def fixture_fields(fixture: Fixture) -> dict[str, Any]:
    """Everything that ``fixture_from`` needs to make an equal fixture."""
    return {
        "shape": fixture.shape.value, "placement": fixture.placement.value,
        "width_in": fixture.width_in, "height_in": fixture.height_in, "depth_in": fixture.depth_in,
        "cell_width_in": fixture.cell_width_in, "row_columns": list(fixture.row_columns),
        "temperature_zone": fixture.temperature_zone.value,
        "labels": [list(row) for row in fixture.labels],
    }


def fixture_from(fields: Mapping[str, Any]) -> Fixture:
    """The fixture of ``fixture_fields``. Raises BadInput for what is missing or impossible."""
    columns = fields.get("row_columns") or _equal_rows(fields)
    if not isinstance(columns, list) or not all(is_whole(n) and 0 < n <= MAX_COLUMNS for n in columns):
        raise BadInput("The rows of the fixture cannot be read.", "Give the number of columns of each row.")
    if not 0 < len(columns) <= MAX_SHELVES:
        raise BadInput(f"A fixture of {len(columns)} rows is not possible.", f"Give 1 to {MAX_SHELVES} rows.")
    labels = fields.get("labels") or []
    if not isinstance(labels, list) or not all(isinstance(row, list) for row in labels):
        raise BadInput("The selection labels cannot be read.", "Give a list of texts for each row.")
    cell = positive(fields, "cell_width_in", 6.0)
    return Fixture(
        width_in=positive(fields, "width_in"), height_in=positive(fields, "height_in", 72.0),
        depth_in=positive(fields, "depth_in", 18.0), row_columns=tuple(columns), cell_width_in=cell,
        placement=choice(Placement, fields.get("placement") or _placement(cell), "placement"),
        shape=choice(Shape, fields.get("shape") or "straight", "shape"),
        temperature_zone=choice(
            TemperatureZone, fields.get("temperature_zone") or "ambient", "temperature zone"),
        labels=tuple(tuple(text(label, "label") for label in row) for row in labels),
    )


def _equal_rows(fields: Mapping[str, Any]) -> list[int] | None:
    """Rows of one length from ``rows`` (or ``shelf_count``) and ``columns`` or the width; None without."""
    rows, columns = fields.get("rows", fields.get("shelf_count")), fields.get("columns")
    if not is_whole(rows) or not 0 < rows <= MAX_SHELVES:
        return None
    if not is_whole(columns):
        columns = int(positive(fields, "width_in") / positive(fields, "cell_width_in", 6.0) + 1e-9)
    return [columns] * rows


def _placement(cell_width_in: float) -> str:
    return (Placement.CELLS if cell_width_in == 6.0 else Placement.FREE).value


def rule_set_from(value: object) -> RuleSet:
    """``strict`` or ``as found``, the latter where nothing is said. Raises BadInput."""
    return choice(RuleSet, value or RuleSet.AS_FOUND.value, "rule set")


def product_fields(product: Product) -> dict[str, Any]:
    """Everything that ``product_from`` needs; derived figures are left out."""
    fields: dict[str, Any] = {name: getattr(product, name) for name in _PRODUCT}
    fields["seasonality"] = dict(product.seasonality)
    fields["temperature"] = None if product.temperature is None else product.temperature.value
    return fields


def product_from(fields: Mapping[str, Any]) -> Product:
    """A product of a file; what is left out has the engine's defaults. Raises BadInput."""
    given = {name: value for name, value in fields.items() if value is not None and value != ""}
    numbers: dict[str, Any] = {name: _least(given, name) for name in _NUMBERS if name in given}
    texts: dict[str, Any] = {
        name: text(given[name], name) for name in ("brand", "size", "upc") if name in given
    }
    seasonality = given.get("seasonality") or {}
    if not isinstance(seasonality, Mapping) or not all(
        season in SEASONS and is_number(value) for season, value in seasonality.items()
    ):
        raise BadInput("Seasonality cannot be read.", "Give a number for each season.")
    life, zone, score = given.get("shelf_life_days"), given.get("temperature"), given.get("health_score")
    number = given.get("id", given.get("product_id", 0))
    return Product(
        id=number if is_whole(number) else 0, name=text(given.get("name", ""), "name"),
        category=text(given.get("category", ""), "category"), **texts, **numbers,
        seasonality={str(k): float(v) for k, v in seasonality.items()},
        shelf_life_days=None if life is None else whole(life, "shelf_life_days"),
        temperature=None if zone is None else choice(TemperatureZone, zone, "temperature zone"),
        health_score=None if score is None else _least(given, "health_score"),
    )


_NUMBERS = ("width_in", "height_in", "depth_in", "pack_height_in", "price", "cost", "velocity")
_PRODUCT = ("id", "upc", "name", "brand", "category", "size", *_NUMBERS, "shelf_life_days", "health_score")


def position_fields(position: Position) -> dict[str, Any]:
    """Place, size and stock of a position, without its product."""
    return {
        "slot": position.slot, "row": position.row, "column": position.column, "x_in": position.x_in,
        "width_in": position.width_in, "facings": position.facings, "facings_high": position.facings_high,
        "facings_deep": position.facings_deep, "capacity": position.capacity, "quantity": position.quantity,
        "par_level": position.par_level, "price": position.price, "locked": position.locked,
    }


def choice(kind: type[E], value: object, name: str) -> E:
    """A member of an enumeration. Raises BadInput with the options."""
    try:
        return kind(str(value).strip())
    except ValueError:
        options = ", ".join(str(option) for option in kind)
        raise BadInput(f"“{str(value)[:40]}” is not a {name}.", f"Choose one of {options}.") from None


def positive(fields: Mapping[str, Any], name: str, default: float | None = None) -> float:
    """A number above 0. Raises BadInput that names the field."""
    value = fields.get(name, default)
    value = default if value is None or value == "" else value
    if not is_number(value) or value <= 0:
        raise BadInput(f"{_words(name)} cannot be “{str(value)[:40]}”.", "Give a number above 0.")
    return float(value)


def whole(value: object, name: str) -> int:
    """A whole number. Raises BadInput that names the field."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not is_whole(value):
        raise BadInput(f"{_words(name)} cannot be “{str(value)[:40]}”.", "Give a whole number.")
    return int(value)


def text(value: object, name: str) -> str:
    """A text, numbers written out. Raises BadInput for anything else and for very long ones."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise BadInput(f"{_words(name)} is not a text.", "Write it as a text.")
    written = str(value)
    if len(written) > MAX_TEXT:
        raise BadInput(f"{_words(name)} has {len(written):,} characters.", f"Keep it under {MAX_TEXT}.")
    return written


def _least(fields: Mapping[str, Any], name: str) -> float:
    value = fields[name]
    if not is_number(value) or value < 0 or not math.isfinite(value):
        raise BadInput(f"{_words(name)} cannot be “{str(value)[:40]}”.", "Give a number of 0 or more.")
    return float(value)


def _words(name: str) -> str:
    return name.replace("_in", " in inches").replace("_", " ").capitalize()
