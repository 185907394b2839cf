"""The place: a fixture's geometry, its rows and cells, its temperature."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from core.errors import BadInput
from core.units import RETAIL_CELL_WIDTH_IN, parse_slot, slot_name

MAX_MACHINE_ROWS, MAX_MACHINE_COLUMNS = 10, 20
MAX_WIDTH_IN, MAX_SHELVES = 2400.0, 40


class Shape(StrEnum):
    STRAIGHT = "straight"
    END_CAP = "end cap"
    L = "L"
    HALF_CIRCLE = "half circle"
    CIRCLE = "circle"


class TemperatureZone(StrEnum):
    AMBIENT = "ambient"
    REFRIGERATED = "refrigerated"
    FROZEN = "frozen"


class Placement(StrEnum):
    """How positions lie on the fixture.

    ``CELLS``: whole cells of the 6-inch (or other) grid; ``SLOTS``: a machine's coils, one cell a
    slot, rows may differ in length; ``FREE``: anywhere along the shelf, collisions in inches.
    """

    CELLS = "cells"
    SLOTS = "slots"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Fixture:
    """Geometry of a shelf unit or a machine cabinet. Rows count from the top, from 0.

    ``row_columns[r]`` is the number of cells in row r. ``labels[r][c]`` is the machine's own
    selection text for a slot ("148"), or empty. Inches throughout.
    """

    width_in: float
    height_in: float
    depth_in: float
    row_columns: tuple[int, ...]
    cell_width_in: float = RETAIL_CELL_WIDTH_IN
    placement: Placement = Placement.CELLS
    shape: Shape = Shape.STRAIGHT
    temperature_zone: TemperatureZone = TemperatureZone.AMBIENT
    labels: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        sizes = {"width": self.width_in, "height": self.height_in, "depth": self.depth_in}
        for name, size in sizes.items():
            if not (math.isfinite(size) and 0 < size <= MAX_WIDTH_IN):
                raise BadInput(
                    f"A fixture of {name} {size:g} in is not possible.",
                    f"Give a {name} above 0 and up to {MAX_WIDTH_IN:g} inches.",
                )
        if not (math.isfinite(self.cell_width_in) and self.cell_width_in > 0):
            raise BadInput(
                f"A cell width of {self.cell_width_in:g} in is not possible.",
                "Give a cell width above 0 inches.",
            )
        if not 0 < len(self.row_columns) <= MAX_SHELVES or min(self.row_columns) < 1:
            raise BadInput(
                f"A fixture with rows of {list(self.row_columns)} cells has no place to stand.",
                f"Give 1 to {MAX_SHELVES} rows, each at least one cell wide.",
            )
        if self.placement is Placement.SLOTS and (
            self.rows > MAX_MACHINE_ROWS or self.columns > MAX_MACHINE_COLUMNS
        ):
            raise BadInput(
                f"A machine grid of {self.rows} × {self.columns} is larger than "
                f"{MAX_MACHINE_ROWS} × {MAX_MACHINE_COLUMNS}.",
                "Split it into cabinets.",
            )
        if self.labels and tuple(map(len, self.labels)) != self.row_columns:
            raise BadInput(
                "The selection labels do not match the rows and columns.", "Give one label a slot."
            )

    @classmethod
    def shelves(
        cls,
        width_in: float,
        shelf_count: int,
        height_in: float = 72.0,
        depth_in: float = 18.0,
        temperature_zone: TemperatureZone = TemperatureZone.AMBIENT,
        shape: Shape = Shape.STRAIGHT,
        cell_width_in: float = RETAIL_CELL_WIDTH_IN,
    ) -> Fixture:
        """A retail fixture: columns = floor(width / cell width), rows = shelf count."""
        _require_finite(width_in, "width")
        if not (math.isfinite(cell_width_in) and cell_width_in > 0):
            raise BadInput(f"A cell width of {cell_width_in:g} in is not possible.",
                           "Give a cell width above 0 inches.")
        if width_in < cell_width_in:
            raise BadInput(
                f"A fixture {width_in:g} in wide has no room for a {cell_width_in:g}-inch cell.",
                f"Give a width of at least {cell_width_in:g} inches.",
            )
        columns = math.floor(width_in / cell_width_in + 1e-9)
        placement = (
            Placement.CELLS if cell_width_in == RETAIL_CELL_WIDTH_IN else Placement.FREE
        )
        return cls(
            width_in, height_in, depth_in, (columns,) * max(shelf_count, 0), cell_width_in,
            placement, shape, temperature_zone,
        )

    @classmethod
    def machine(
        cls,
        row_columns: tuple[int, ...],
        temperature_zone: TemperatureZone = TemperatureZone.AMBIENT,
        labels: tuple[tuple[str, ...], ...] = (),
        pitch_in: float = 2.8,
        height_in: float = 60.0,
        depth_in: float = 20.0,
    ) -> Fixture:
        """A vending cabinet whose cells are slots; ``pitch_in`` is the slot width."""
        widest = max(row_columns, default=0)
        return cls(
            pitch_in * max(widest, 1), height_in, depth_in, row_columns, pitch_in,
            Placement.SLOTS, Shape.STRAIGHT, temperature_zone, labels,
        )

    @property
    def rows(self) -> int:
        return len(self.row_columns)

    @property
    def columns(self) -> int:
        """Cells of the widest row."""
        return max(self.row_columns)

    @property
    def cell_count(self) -> int:
        return sum(self.row_columns)

    @property
    def shelf_height_in(self) -> float:
        return self.height_in / self.rows

    def cell_index(self, row: int, column: int) -> int:
        """Index of a cell in row-major order over ``row_columns`` (the order of all slot arrays)."""
        return sum(self.row_columns[:row]) + column

    def cells(self) -> list[tuple[int, int]]:
        """Every (row, column), in the order of ``cell_index``."""
        return [(r, c) for r, n in enumerate(self.row_columns) for c in range(n)]

    def label(self, row: int, column: int) -> str:
        """The machine's own selection text, or an empty string."""
        return self.labels[row][column] if self.labels else ""

    def locate(self, slot: str) -> tuple[int, int]:
        """``B4`` or the machine's own label → (row, column). Raises BadInput when there is none."""
        wanted = slot.strip()
        for row, names in enumerate(self.labels):
            if wanted and wanted in names:
                return row, names.index(wanted)
        row, column = parse_slot(wanted)
        if not (row < self.rows and column < self.row_columns[row]):
            last = slot_name(self.rows - 1, self.row_columns[-1] - 1)
            raise BadInput(f"Slot {wanted.upper()} is not on this fixture.",
                           f"Slots run from A1 to {last}.")
        return row, column


def _require_finite(value: float, name: str) -> None:
    if not (math.isfinite(value) and value > 0):
        raise BadInput(f"A fixture of {name} {value:g} in is not possible.",
                       f"Give a {name} above 0 inches.")
