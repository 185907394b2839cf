"""A small machine and its products."""

from __future__ import annotations

import pytest

from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Product


@pytest.fixture
def ok_catalog() -> dict[int, Product]:
    return {
        1: Product(1, "Cola Zero, 12 oz", "Soft drinks", "Fjord", "12 oz", "0049000042566", price=2.0),
        2: Product(2, '=Trail "mix"', "Nuts", "Harbor", price=1.75, cost=0.8),
        3: Product(3, "Crème brûlée bar", "Bars", upc="4006381333931", width_in=1.5, price=2.25),
    }


@pytest.fixture
def ok_machine() -> Planogram:
    """Two trays of three and four coils with selection labels; the cola stands twice."""
    fixture = Fixture.machine((3, 4), labels=(("110", "111", "112"), ("120", "121", "122", "123")))

    def at(product: int, row: int, column: int, **more: object) -> Position:
        return Position(product, row, column, 1, column * 2.8, 2.8, **more)  # type: ignore[arg-type]

    return Planogram(
        fixture,
        (at(1, 0, 0, capacity=10, quantity=4, price=2.0), at(2, 0, 2, par_level=3, locked=True),
         at(3, 1, 1, price=2.25), at(1, 1, 3, capacity=8, quantity=0)),
        RuleSet.AS_FOUND,
    )
