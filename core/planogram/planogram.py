"""The planogram: a fixture and what stands on it. Immutable; an edit returns a new one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from core.planogram.fixture import Fixture
from core.units import slot_name


class RuleSet(StrEnum):
    """``STRICT`` for retail plans made here; ``AS_FOUND`` for machines and inferred plans,
    where a repeated product is a warning instead of a violation."""

    STRICT = "strict"
    AS_FOUND = "as found"


@dataclass(frozen=True, slots=True)
class Position:
    """One product at one place. ``cells`` is what all facings together span; ``x_in`` and
    ``width_in`` are the left edge and the footprint. ``None`` means not known."""

    product_id: int
    row: int
    column: int
    cells: int
    x_in: float
    width_in: float
    facings: int = 1
    facings_high: int = 1
    facings_deep: int = 1
    capacity: int | None = None
    quantity: int | None = None
    par_level: int | None = None
    price: float | None = None
    locked: bool = False

    @property
    def slot(self) -> str:
        return slot_name(self.row, self.column)

    @property
    def right_in(self) -> float:
        return self.x_in + self.width_in


@dataclass(frozen=True, slots=True)
class Planogram:
    """A fixture plus its positions, sorted by row and left edge."""

    fixture: Fixture
    positions: tuple[Position, ...] = ()
    rule_set: RuleSet = RuleSet.STRICT

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.positions, key=lambda p: (p.row, p.x_in, p.product_id)))
        object.__setattr__(self, "positions", ordered)

    def with_positions(self, positions: Iterable[Position]) -> Planogram:
        return replace(self, positions=tuple(positions))

    def at(self, row: int, column: int) -> Position | None:
        """The position that covers a cell."""
        for p in self.positions:
            if p.row == row and p.column <= column < p.column + p.cells:
                return p
        return None

    def of_product(self, product_id: int) -> tuple[Position, ...]:
        return tuple(p for p in self.positions if p.product_id == product_id)

    @property
    def product_ids(self) -> tuple[int, ...]:
        """Each product once, in the order of its first position."""
        return tuple(dict.fromkeys(p.product_id for p in self.positions))
