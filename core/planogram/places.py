"""Naming a place on a plan, and reading the numbers that come with it."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import TypeGuard

from core.errors import BadInput
from core.planogram.planogram import Planogram, Position
from core.planogram.space import covers, middle_of, span
from core.units import slot_name

Place = str | tuple[int, int] | Position


def find(plan: Planogram, source: Place) -> Position:
    """The position at a place. Raises BadInput when nothing stands there."""
    if isinstance(source, Position):
        for p in plan.positions:
            if p == source:
                return p
        raise BadInput(f"{source.slot} has changed meanwhile.", "Select it again.")
    row, column = plan.fixture.locate(source) if isinstance(source, str) else source
    position = standing_at(plan, row, column)
    if position is None:
        raise BadInput(f"Nothing stands at {slot_name(row, column)}.", "Choose a slot that is in use.")
    return position


def standing_at(plan: Planogram, row: int, column: int) -> Position | None:
    """What stands under the middle of a cell, of two that overlap the right one.

    Raises BadInput when there is no such cell.
    """
    require_cell(plan, row, column)
    point = middle_of(plan.fixture, row, column)
    for p in reversed(plan.positions):
        if p.row == row and covers(*span(p, plan.fixture), point):
            return p
    return None


def require_cell(plan: Planogram, row: int, column: int) -> None:
    """Raises BadInput when the fixture has no such cell."""
    fixture = plan.fixture
    whole = is_whole(row) and is_whole(column)
    if not (whole and 0 <= row < fixture.rows and 0 <= column < fixture.row_columns[row]):
        raise BadInput(
            f"There is no row {row}, column {column} on this fixture.",
            f"It has {fixture.rows} rows of up to {fixture.columns} columns, counted from 0.",
        )


def count(value: object, name: str, low: int, high: int) -> int:
    """A whole number in a range. Raises BadInput that names the value and the range."""
    if not is_whole(value) or not low <= value <= high:
        raise BadInput(f"{name.capitalize()} cannot be {value}.",
                       f"Give a whole number from {low:,} to {high:,}.")
    return int(value)


def is_whole(value: object) -> TypeGuard[int]:
    """Whether a value is an integer of any kind, truth values aside."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a finite number, truth values aside."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer too long for a float
        return False
