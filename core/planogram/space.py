"""How much room a product takes and where along a row a position lies.

Lengths along a row are in *units*: whole cells on a grid or in a machine, inches on a free shelf.
Everything that asks "does it fit" works in units, so that one code serves all three placements.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from core.errors import BadInput
from core.planogram.fixture import Fixture, Placement
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Product
from core.units import COLLISION_TOLERANCE_IN

ROUNDING = 1e-9
"""Units by which two equal places may differ after some additions."""


def is_free(fixture: Fixture) -> bool:
    """Whether positions lie anywhere along the shelf, judged in inches."""
    return fixture.placement is Placement.FREE


def tolerance(fixture: Fixture) -> float:
    """By how many units two positions may overlap before it counts."""
    return COLLISION_TOLERANCE_IN if is_free(fixture) else 0.0


def product_cells(product: Product, fixture: Fixture) -> int:
    """Cells that one facing takes.

    On a grid a product narrower than two cells takes 1, else floor(width / cell width); in a
    machine always 1; on a free shelf ceil(width / cell width), for display. Raises BadInput when
    the product has no usable width and the fixture needs one.
    """
    if fixture.placement is Placement.SLOTS:
        return 1
    width = _width(product)
    if fixture.placement is Placement.CELLS:
        return max(1, math.floor(width / fixture.cell_width_in))
    return max(1, math.ceil(width / fixture.cell_width_in - 1e-9))


def footprint_in(product: Product, fixture: Fixture, facings: int = 1) -> float:
    """Inches along the row that ``facings`` side by side take. Raises BadInput as ``product_cells``."""
    if is_free(fixture):
        return _width(product) * facings
    return product_cells(product, fixture) * facings * fixture.cell_width_in


def length(product: Product, fixture: Fixture, facings: int = 1) -> float:
    """Units along the row that ``facings`` take."""
    if is_free(fixture):
        return _width(product) * facings
    return float(product_cells(product, fixture) * facings)


def row_length(fixture: Fixture, row: int) -> float:
    """Units of a row; on a free shelf the widest row runs over the full width of the fixture."""
    cells = fixture.row_columns[row]
    if not is_free(fixture):
        return float(cells)
    return fixture.width_in if cells == fixture.columns else cells * fixture.cell_width_in


def span(position: Position, fixture: Fixture) -> tuple[float, float]:
    """(start, end) of a position in units."""
    if is_free(fixture):
        return position.x_in, position.right_in
    return float(position.column), float(position.column + position.cells)


def extent(position: Position, fixture: Fixture) -> float:
    """Units that a position takes: exact, which the difference of its two edges in inches is not."""
    return position.width_in if is_free(fixture) else float(position.cells)


def room_in_words(units: float, fixture: Fixture) -> str:
    """Units along a row, such as "2 slots", "1 cell" or "7.5 in"."""
    if is_free(fixture):
        return f"{units:g} in"
    noun = "slot" if fixture.placement is Placement.SLOTS else "cell"
    return f"{units:g} {noun}" if units == 1 else f"{units:g} {noun}s"


def start_of(fixture: Fixture, column: int) -> float:
    """Units at the left edge of a cell."""
    return column * fixture.cell_width_in if is_free(fixture) else float(column)


def middle_of(fixture: Fixture, row: int, column: int) -> float:
    """Units at the middle of a cell: what a pointer on it means."""
    middle = (start_of(fixture, column) + start_of(fixture, column + 1)) / 2
    return min(middle, row_length(fixture, row))


def fits(need: float, left: float, right: float) -> bool:
    """Whether ``need`` units fit between two edges, rounding aside."""
    return right - left >= need - ROUNDING


def covers(start: float, end: float, point: float) -> bool:
    """Whether a point lies between two edges, on the left one included, rounding aside."""
    return start <= point + ROUNDING and point < end - ROUNDING


def display_cells(fixture: Fixture, row: int, x_in: float, width_in: float) -> tuple[int, int]:
    """(column, cells) with which a free position is shown; always inside the row."""
    columns = fixture.row_columns[row]
    column = min(max(math.floor(x_in / fixture.cell_width_in + 1e-6), 0), columns - 1)
    right = math.ceil((x_in + width_in) / fixture.cell_width_in - 1e-6)
    return column, max(1, min(right, columns) - column)


def relocated(position: Position, fixture: Fixture, row: int, start: float) -> Position:
    """The same position, facings and all, at ``start`` units of another row.

    A place outside the fixture is kept as asked, so that the rules can name it.
    """
    if not is_free(fixture):
        column = int(start)
        return replace(position, row=row, column=column, x_in=column * fixture.cell_width_in)
    column, cells = position.column, position.cells
    if 0 <= row < fixture.rows and math.isfinite(start):
        column, cells = display_cells(fixture, row, start, position.width_in)
    return replace(position, row=row, column=column, cells=cells, x_in=start)


def new_position(
    product: Product, fixture: Fixture, row: int, start: float, facings: int = 1
) -> Position:
    """``facings`` of a product at ``start`` units of a row. Raises BadInput as ``product_cells``."""
    cells = product_cells(product, fixture) * facings
    draft = Position(
        product.id, row, 0, cells, 0.0, footprint_in(product, fixture, facings), facings
    )
    return relocated(draft, fixture, row, start)


def gap_around(
    plan: Planogram, row: int, point: float, ignore: Iterable[Position] = ()
) -> tuple[float, float]:
    """Free stretch (start, end) in units of a row that contains ``point``.

    Positions in ``ignore`` count as gone. Empty (start ≥ end) when something stands on the point.
    """
    fixture = plan.fixture
    gone = {id(p) for p in ignore}
    left, right = 0.0, row_length(fixture, row)
    for p in plan.positions:
        if p.row != row or id(p) in gone:
            continue
        start, end = span(p, fixture)
        if covers(start, end, point):
            return point, point
        if start > point:
            right = min(right, start)
        else:
            left = max(left, end)
    return left, right


def room_of(plan: Planogram, position: Position, gone: Iterable[Position]) -> tuple[float, float]:
    """Free stretch (start, end) in units in which a position of the plan stands, once ``gone`` have left.

    By the order along the row: neighbors may overlap by the tolerance, so no point on the position is
    sure to be its own.
    """
    fixture = plan.fixture
    away = {id(p) for p in gone} | {id(position)}
    left, right = 0.0, row_length(fixture, position.row)
    passed = False
    for p in plan.positions:
        passed = passed or p is position
        if p.row != position.row or id(p) in away:
            continue
        start, end = span(p, fixture)
        left, right = (left, min(right, start)) if passed else (max(left, end), right)
    return left, right


def _width(product: Product) -> float:
    if not (math.isfinite(product.width_in) and product.width_in > 0):
        raise BadInput(
            f"{product.name} has a width of {product.width_in:g} in.",
            "Give the product a width above 0 inches.",
        )
    return product.width_in
