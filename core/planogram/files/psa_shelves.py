"""Boards and positions of a space-planning file as the rows of a planogram.

Coordinates are those of the whole planogram, y upward. Boards of neighboring bays at one height make one
row. A row holds no two positions over one another: what stands on top of (or behind) another position
goes to a row of its own, right above, and so does every peg row of a pegboard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.planogram.files.psa_rows import FixtureCell, PositionCell, ProductCell, Record
from core.units import COLLISION_TOLERANCE_IN

SAME_HEIGHT_IN = 0.25
NO_PLACE = frozenset({10, 13})
"""Types of fixtures that hold nothing: obstruction and text box."""
PEGS = frozenset({6, 7})
"""Rod and pegboard: a position hangs at its own height."""
UNITS_CELLS = {1: ProductCell.TRAY_TOTAL, 2: ProductCell.CASE_TOTAL, 3: ProductCell.DISPLAY_TOTAL,
               4: ProductCell.ALTERNATE_TOTAL, 5: ProductCell.LOOSE_TOTAL}
"""Where a product says how many units one tray, case, … holds, by merchandising style."""


@dataclass(frozen=True, slots=True)
class Board:
    """A fixture that holds positions; inches."""

    record: Record
    kind: int
    x: float
    width: float
    y: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width


@dataclass(frozen=True, slots=True)
class Placed:
    """A position in inches of the whole planogram, and the board it belongs to."""

    record: Record
    board: int
    x: float
    y: float
    z: float
    width: float

    @property
    def right(self) -> float:
        return self.x + self.width


@dataclass(slots=True)
class Shelf:
    """A row of the planogram: its boards, by index, and the positions that stand on it, in file order."""

    y: float
    layer: int
    boards: list[int] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)


def board_of(record: Record, scale: float) -> Board:
    """Raises BadInput for cells that are no numbers."""
    cell = FixtureCell
    sizes = (record.number(c) * scale for c in (cell.X, cell.WIDTH, cell.Y, cell.HEIGHT))
    return Board(record, record.count(cell.TYPE), *sizes)


def placed_of(record: Record, board: int, product: Record | None, scale: float) -> Placed:
    """A position, its width taken from facings and product where it gives none. Raises BadInput."""
    cell = PositionCell
    width = record.number(cell.WIDTH) * scale
    if width <= 0:
        width = max(record.count(cell.FACINGS), 1) * _facing_width(record, product) * scale
    x, y, z = (record.number(c) * scale for c in (cell.X, cell.Y, cell.Z))
    return Placed(record, board, x, y, z, width)


def _facing_width(record: Record, product: Record | None) -> float:
    """Width of one facing as it stands: that of the tray or case, else of the product as it is turned."""
    own = record.number(PositionCell.MERCH_WIDTH)
    if own > 0 or product is None:
        return own
    cell = ProductCell
    return turned(
        (product.number(cell.WIDTH), product.number(cell.HEIGHT), product.number(cell.DEPTH)),
        record.count(PositionCell.ORIENTATION),
    )[0]


def turned(sizes: tuple[float, float, float], orientation: int) -> tuple[float, float, float]:
    """(width, height, depth) of a product in one of the 24 orientations: six faces (front, side, top, back,
    right, base), each upright or turned by 90 degrees, then the same turned by 180 more."""
    width, height, depth = sizes
    face, is_turned = orientation % 12 // 2, orientation % 2 == 1
    if face in (1, 4):
        width, depth = depth, width
    elif face in (2, 5):
        height, depth = depth, height
    return (height, width, depth) if is_turned else (width, height, depth)


def capacity_of(record: Record, product: Record | None) -> int | None:
    """Units that a position holds: facings wide × high × deep × units of a tray or case."""
    cell = PositionCell
    units = 1
    style = record.count(cell.MERCH_STYLE)
    if style in UNITS_CELLS:
        units = product.count(UNITS_CELLS[style]) if product is not None else 0
    facings = [max(record.count(c), 1) for c in (cell.FACINGS, cell.FACINGS_HIGH, cell.FACINGS_DEEP)]
    return facings[0] * facings[1] * facings[2] * units or None


def shelves_of(boards: Sequence[Board], placed: Sequence[Placed]) -> list[Shelf]:
    """The rows from the top."""
    levels = _levels(boards)
    on_board: dict[int, list[Placed]] = {}
    for p in placed:
        on_board.setdefault(p.board, []).append(p)
    rows: list[Shelf] = []
    for level in levels:
        mine = [p for board in level for p in on_board.get(board, [])]
        is_pegs = any(boards[board].kind in PEGS for board in level)
        groups = _by_height(mine) if is_pegs else [mine]
        for group in groups or [[]]:
            base = min((p.y for p in group), default=boards[level[0]].y) if is_pegs else boards[level[0]].y
            rows += [Shelf(base, n, list(level), layer) for n, layer in enumerate(_layers(group))]
    return sorted(rows, key=lambda row: (-row.y, -row.layer))


def _levels(boards: Sequence[Board]) -> list[list[int]]:
    """Boards side by side at one height, by index."""
    levels: list[list[int]] = []
    holding = [i for i, b in enumerate(boards) if b.kind not in NO_PLACE]
    for i in sorted(holding, key=lambda i: (boards[i].y, boards[i].x)):
        board = boards[i]
        for level in levels:
            if all(_beside(board, boards[other]) for other in level):
                level.append(i)
                break
        else:
            levels.append([i])
    return levels


def _beside(a: Board, b: Board) -> bool:
    apart = min(a.right, b.right) - max(a.x, b.x) <= SAME_HEIGHT_IN
    return a.kind == b.kind and a.kind not in PEGS and apart and abs(a.y - b.y) <= SAME_HEIGHT_IN


def _by_height(placed: Sequence[Placed]) -> list[list[Placed]]:
    groups: list[list[Placed]] = []
    for p in sorted(placed, key=lambda p: p.y):
        if groups and p.y - groups[-1][0].y <= SAME_HEIGHT_IN:
            groups[-1].append(p)
        else:
            groups.append([p])
    return groups


def _layers(placed: Sequence[Placed]) -> list[list[Placed]]:
    """First fit from the board up, so that no two positions of a layer overlap; at least one layer."""
    layers: list[list[Placed]] = [[]]
    for p in sorted(placed, key=lambda p: (p.y, p.z, p.x)):
        for layer in layers:
            if all(min(p.right, q.right) - max(p.x, q.x) <= COLLISION_TOLERANCE_IN for q in layer):
                layer.append(p)
                break
        else:
            layers.append([p])
    return layers


def span_of(boards: Sequence[Board], shelves: Sequence[Shelf], width: float) -> tuple[float, float]:
    """(left, right) of the planogram in inches: its width from 0, and what reaches beyond."""
    used = [b for b in boards if b.kind not in NO_PLACE]
    placed = [p for s in shelves for p in s.placed]
    left = min([0.0, *(b.x for b in used), *(p.x for p in placed)])
    right = max([width, *(b.right for b in used), *(p.right for p in placed)])
    return left, right


def products_by_key(records: Sequence[Record]) -> Mapping[tuple[str, str], Record]:
    """Product rows by (UPC, id), and by each of the two alone where that is clear."""
    cell = ProductCell
    found: dict[tuple[str, str], Record] = {}
    for record in records:
        upc, number = record.text_of(cell.UPC), record.text_of(cell.ID)
        found[upc, number] = record
        found.setdefault((upc, ""), record)
        found.setdefault(("", number), record)
    return found
