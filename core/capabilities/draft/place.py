"""Where a paper's products stand on a fixture: at the places that it names, else in its order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.capabilities.draft.fixtures import place_of
from core.errors import BadInput
from core.paper import Cell
from core.planogram.edit import MAX_FACINGS, MAX_PRICE
from core.planogram.fixture import Fixture, Placement
from core.planogram.parse import merge_adjacent
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Catalog
from core.planogram.rules import violations
from core.planogram.space import ROUNDING, is_free, length, new_position, row_length


@dataclass(frozen=True, slots=True)
class NotPlaced:
    """A cell whose product is not in the draft: its number and why, in one sentence."""

    cell: int
    reason: str


@dataclass(frozen=True, slots=True)
class Hole:
    """Where the product of a cell stands that is not known: row, and start and end in units of the row."""

    cell: int
    row: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Placed:
    """``of``: the numbers of the cells that each position is from, in the order of the plan's positions."""

    plan: Planogram
    not_placed: tuple[NotPlaced, ...]
    of: tuple[tuple[int, ...], ...]
    holes: tuple[Hole, ...] = ()


@dataclass(slots=True)
class _Desk:
    """What comes of the cells, row by row."""

    fixture: Fixture
    catalog: Catalog
    picks: Mapping[int, int]
    positions: list[tuple[int, Position]] = field(default_factory=list)
    not_placed: list[NotPlaced] = field(default_factory=list)
    holes: list[Hole] = field(default_factory=list)


def place(
    cells: Sequence[Cell], picks: Mapping[int, int], fixture: Fixture, catalog: Catalog,
    upside_down: bool = False,
) -> Placed:
    """The plan of the cells whose product is known. ``picks``: product by number of the cell;
    ``upside_down``: the paper's first shelf is the lowest."""
    desk = _Desk(fixture, catalog, picks)
    for row in sorted({c.row for c in cells}):
        at = fixture.rows - 1 - row if upside_down else row
        own = [(i, c) for i, c in enumerate(cells) if c.row == row]
        _place_row(desk, own, at)
    lawful = _lawful(desk)
    standing = [p for _, p in lawful]
    # A machine's coils are named one by one; on a shelf what stands side by side is one position.
    joined = standing if fixture.placement is Placement.SLOTS else merge_adjacent(standing, fixture)
    plan = _ruled(Planogram(fixture, tuple(joined)), catalog)
    of = tuple(
        tuple(i for i, p in lawful if p.row == q.row and p.product_id == q.product_id
              and q.x_in - 1e-6 <= p.x_in and p.right_in <= q.right_in + 1e-6)
        for q in plan.positions
    )
    return Placed(plan, tuple(sorted(desk.not_placed, key=lambda n: n.cell)), of, tuple(desk.holes))


def _place_row(desk: _Desk, own: Sequence[tuple[int, Cell]], row: int) -> None:
    fixture = desk.fixture
    end: dict[int, float] = {}
    is_drawn = _fits_as_drawn(desk, own, row)
    for i, cell in own:
        product = desk.catalog.get(desk.picks.get(i, 0))
        named = place_of(cell, fixture) if cell.slot else None
        r = named[0] if named is not None else row
        if not 0 <= r < fixture.rows:
            if product is not None:
                written = 1 + (cell.row if named is None else r)
                told = f"It stands in row {written} of the document, and the fixture has {fixture.rows}."
                desk.not_placed.append(NotPlaced(i, told))
            continue
        left = end.get(r, 0.0)
        start = named[1] if named is not None else _start(cell, left, fixture) if is_drawn else left
        if product is None:
            end[r] = start + _taken(cell, fixture)
            shown = max(start, 0.0), min(end[r], row_length(fixture, r))
            if shown[0] < shown[1]:
                desk.holes.append(Hole(i, r, *shown))
            continue
        try:
            facings = _facings(cell, length(product, fixture), fixture)
            made = new_position(product, fixture, r, start, facings)
        except BadInput as error:
            desk.not_placed.append(NotPlaced(i, error.message))
            continue
        high = min(max(cell.facings_high or 1, 1), MAX_FACINGS)
        price = cell.price if cell.price is not None and 0 <= cell.price <= MAX_PRICE else None
        desk.positions.append((i, replace(made, facings_high=high, price=price)))
        end[r] = start + length(product, fixture, facings)


def _fits_as_drawn(desk: _Desk, own: Sequence[tuple[int, Cell]], row: int) -> bool:
    """Whether a row holds what it is said to where it is drawn. Boxes that are all as wide as their text tell
    the order alone: what stands in them then needs another place than they have."""
    end = 0.0
    for i, cell in own:
        product = desk.catalog.get(desk.picks.get(i, 0))
        try:
            taken = _taken(cell, desk.fixture) if product is None else length(
                product, desk.fixture, _facings(cell, length(product, desk.fixture), desk.fixture))
        except BadInput:  # told where it is placed
            continue
        end = _start(cell, end, desk.fixture) + taken
    return not 0 <= row < desk.fixture.rows or end <= row_length(desk.fixture, row) + ROUNDING


def _start(cell: Cell, end: float, fixture: Fixture) -> float:
    """Where a cell without a named place begins: as it is drawn, never on its neighbor; else behind it."""
    if cell.start is None:
        return end
    drawn = cell.start * _longest(fixture)
    return max(end, drawn if is_free(fixture) else float(round(drawn)))


def _taken(cell: Cell, fixture: Fixture) -> float:
    """Room that is left for a cell whose product is not known."""
    if cell.width is not None and (is_free(fixture) or cell.facings is None):
        drawn = cell.width * _longest(fixture)
        return drawn if is_free(fixture) else max(1.0, float(round(drawn)))
    unit = fixture.cell_width_in if is_free(fixture) else 1.0
    return unit * max(cell.facings or 1, 1)


def _facings(cell: Cell, one: float, fixture: Fixture) -> int:
    """As written; else as many as its drawn width holds in a machine or on a grid."""
    if cell.facings is not None:
        return min(max(cell.facings, 1), MAX_FACINGS)
    if cell.width is None or fixture.placement is Placement.FREE:
        return 1
    return min(max(1, round(cell.width * _longest(fixture) / max(one, 1e-9))), MAX_FACINGS)


def _longest(fixture: Fixture) -> float:
    """Units of the longest row, of which drawn places are shares: rows are drawn to one scale."""
    return max(row_length(fixture, row) for row in range(fixture.rows))


def _lawful(desk: _Desk) -> list[tuple[int, Position]]:
    """The positions that break no hard rule as found; those that do are told, the later one of two."""
    kept: list[tuple[int, Position]] = []
    for i, p in sorted(desk.positions, key=lambda entry: (entry[1].row, entry[1].x_in)):
        row = [q for _, q in kept if q.row == p.row]
        found = violations(Planogram(desk.fixture, (*row, p), RuleSet.AS_FOUND), desk.catalog)
        if found:
            desk.not_placed.append(NotPlaced(i, found[0].message))
        else:
            kept.append((i, p))
    return kept


def _ruled(plan: Planogram, catalog: Catalog) -> Planogram:
    """Strict where the plan keeps the strict rules, machines aside; else as found."""
    if plan.fixture.placement is not Placement.SLOTS and not violations(plan, catalog):
        return plan
    return replace(plan, rule_set=RuleSet.AS_FOUND)
