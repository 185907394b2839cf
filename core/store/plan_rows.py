"""Planograms as rows and back: the one place that knows both shapes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select

from core.errors import BadInput
from core.planogram.fixture import Fixture, Placement, Shape, TemperatureZone
from core.planogram.planogram import Planogram, Position, RuleSet
from core.store import tables as t
from core.store.tenant import TenantSession
from core.units import from_e4, to_e4

POSITION_COLUMNS: tuple[Any, ...] = (
    t.Position.product_id, t.Position.row_index, t.Position.column_index, t.Position.cells,
    t.Position.x_in, t.Position.width_in, t.Position.facings, t.Position.facings_high,
    t.Position.facings_deep, t.Position.capacity, t.Position.quantity, t.Position.par_level,
    t.Position.price_e4, t.Position.locked,
)
"""In the order of the fields of ``core.planogram.planogram.Position``."""
_PRICE = 12


def fixture_of(row: t.Fixture) -> Fixture:
    return Fixture(
        width_in=row.width_in,
        height_in=row.height_in,
        depth_in=row.depth_in,
        row_columns=tuple(row.row_columns),
        cell_width_in=row.cell_width_in,
        placement=Placement(row.placement),
        shape=Shape(row.shape),
        temperature_zone=TemperatureZone(row.temperature_zone),
        labels=tuple(tuple(labels) for labels in row.labels),
    )


def fixture_values(fixture: Fixture) -> dict[str, Any]:
    """The columns of a ``Fixture`` row that describe geometry."""
    return {
        "width_in": fixture.width_in,
        "height_in": fixture.height_in,
        "depth_in": fixture.depth_in,
        "cell_width_in": fixture.cell_width_in,
        "placement": fixture.placement.value,
        "shape": fixture.shape.value,
        "temperature_zone": fixture.temperature_zone.value,
        "row_columns": list(fixture.row_columns),
        "labels": [list(labels) for labels in fixture.labels],
    }


def position_of(values: Sequence[Any]) -> Position:
    """A position from the values of ``POSITION_COLUMNS``."""
    fields = list(values)
    if fields[_PRICE] is not None:
        fields[_PRICE] = from_e4(fields[_PRICE])
    return Position(*fields)


def position_values(version_id: int, plan: Planogram) -> list[dict[str, Any]]:
    """Rows of the ``position`` table, numbered in the plan's order."""
    return [
        {
            "planogram_version_id": version_id,
            "ordinal": ordinal,
            "product_id": p.product_id,
            "row_index": p.row,
            "column_index": p.column,
            "cells": p.cells,
            "x_in": p.x_in,
            "width_in": p.width_in,
            "facings": p.facings,
            "facings_high": p.facings_high,
            "facings_deep": p.facings_deep,
            "capacity": p.capacity,
            "quantity": p.quantity,
            "par_level": p.par_level,
            "price_e4": None if p.price is None else to_e4(p.price),
            "locked": p.locked,
        }
        for ordinal, p in enumerate(plan.positions)
    ]


def load_plans(session: TenantSession, versions: Sequence[tuple[int, int, str]]) -> dict[int, Planogram]:
    """(version id, fixture id, rule set) of each → plan by version id, in two queries."""
    fixture_ids = {fixture_id for _, fixture_id, _ in versions}
    fixture: Any = t.Fixture
    fixtures = {
        row.id: fixture_of(row)
        for row in session.scalars(select(fixture).where(fixture.id.in_(fixture_ids)))
    }
    position: Any = t.Position
    found = session.execute(
        select(position.planogram_version_id, *POSITION_COLUMNS)
        .where(position.planogram_version_id.in_([version_id for version_id, _, _ in versions]))
        .order_by(position.planogram_version_id, position.ordinal)
    )
    positions: dict[int, list[Position]] = {}
    for version_id, *values in found:
        positions.setdefault(version_id, []).append(position_of(values))
    return {
        version_id: Planogram(
            fixtures[fixture_id], tuple(positions.get(version_id, ())), RuleSet(rule_set)
        )
        for version_id, fixture_id, rule_set in versions
    }


def add_fixture(session: TenantSession, fixture: Fixture, **values: Any) -> int:
    """Store a fixture and return its id."""
    row = t.Fixture(**fixture_values(fixture), **values)
    session.add(row)
    session.flush()
    return identity(row.id)


def require_products(session: TenantSession, plan: Planogram) -> None:
    """Raise BadInput for a product that is not in the catalog."""
    wanted = set(plan.product_ids)
    product: Any = t.Product
    known = set(session.scalars(select(product.id).where(product.id.in_(wanted)))) if wanted else set()
    if missing := sorted(wanted - known):
        raise BadInput(f"Product {missing[0]} is not in the catalog.", "Add the product first.")


def add_positions(session: TenantSession, version_id: int, plan: Planogram) -> None:
    """Store a plan's positions, whose products must be in the catalog."""
    if plan.positions:
        session.execute(insert(t.Position), position_values(version_id, plan))


def identity(value: int | None) -> int:
    """The id of a row that has been flushed."""
    if value is None:
        raise RuntimeError("The row has no id before it is flushed.")
    return value
