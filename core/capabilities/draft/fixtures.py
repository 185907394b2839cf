"""Which fixture a paper speaks of: what it says of it, else what its rows and places tell.

A size that the paper states is taken as it is, or refused where no fixture has it. One that is made up from
its places and facings ends at what a fixture can be, however far these reach.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from core.errors import BadInput
from core.paper import Cell, Paper
from core.planogram.fixture import (
    MAX_MACHINE_COLUMNS,
    MAX_MACHINE_ROWS,
    MAX_SHELVES,
    MAX_WIDTH_IN,
    Fixture,
    Placement,
    Shape,
    TemperatureZone,
)
from core.units import RETAIL_CELL_WIDTH_IN, parse_slot

HEIGHT_IN, DEPTH_IN, FREE_CELL_IN = 72.0, 18.0, 1.0
USUAL_WIDTH_IN, COIL_IN = 48.0, 2.8
LABELLED = 0.6
"""Share of the cells with a place of one kind from which the paper names places so."""
AT = re.compile(r"^([A-Za-z]{1,2})\s+at\s+(\d{1,6}(?:\.\d{1,6})?)\s*in$")
SELECTION = re.compile(r"^\d{1,9}$")


def fixture_of(paper: Paper, usual: TemperatureZone = TemperatureZone.AMBIENT) -> Fixture:
    """The fixture as the paper tells; ``usual``: its temperature where the paper says none. Raises BadInput
    for one that cannot be."""
    zone = TemperatureZone(paper.zone) if paper.zone else usual
    slots = [c.slot for c in paper.cells if c.slot]
    many = max(LABELLED * len(paper.cells), 1)
    if sum(SELECTION.match(s) is not None for s in slots) >= many:
        return _machine(paper, zone)
    if sum(AT.match(s) is not None for s in slots) >= many:
        return _free(paper, zone)
    if sum(_is_slot(s) for s in slots) >= many:
        return _grid(paper, zone)
    return _drawn(paper, zone)


def place_of(cell: Cell, fixture: Fixture) -> tuple[int, float] | None:
    """(row, start in cells, or in inches on a free shelf) of the place that a cell names; None where it
    names none that the fixture has."""
    found = AT.match(cell.slot)
    if found is not None:
        inches = float(found[2])
        start = inches if fixture.placement is Placement.FREE else inches / fixture.cell_width_in
        return (parse_slot(f"{found[1]}1")[0], start)
    try:
        row, column = fixture.locate(cell.slot)
    except BadInput:
        return None
    return row, column * (fixture.cell_width_in if fixture.placement is Placement.FREE else 1.0)


def _is_slot(text: str) -> bool:
    found = re.fullmatch(r"[A-Za-z]{1,2}\s?-?\s?(\d{1,3})", text)
    return found is not None and int(found[1]) > 0


def _machine(paper: Paper, zone: TemperatureZone) -> Fixture:
    """Trays with the machine's own selections: those of a tray count up from its left."""
    rows: Mapping[int, list[tuple[int, int]]] = _numbers(paper.cells)
    starts = {row: min(n for n, _ in found) for row, found in rows.items()}
    # Where all trays but a few begin with the same digit, the others have their first coils empty.
    usual = min(start % 10 for start in starts.values())
    width = max(len(c.slot) for c in paper.cells if SELECTION.match(c.slot))
    if width > 1:
        starts = {row: start - (start % 10 - usual) for row, start in starts.items()}
    ends = {row: max(number + span for number, span in found) for row, found in rows.items()}
    longest = max(ends[row] - start for row, start in starts.items())
    if paper.rows > MAX_MACHINE_ROWS or longest > MAX_MACHINE_COLUMNS:
        return _drawn(paper, zone)
    labels = tuple(
        tuple(str(n).zfill(width) for n in range(starts[row], ends[row])) if row in starts
        else (f"{row + 1}{'0' * (width - 1)}",)
        for row in range(paper.rows)
    )
    return _cabinet(paper, zone, tuple(map(len, labels)), labels)


def _numbers(cells: Sequence[Cell]) -> Mapping[int, list[tuple[int, int]]]:
    """(selection, coils it takes) by row."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for c in cells:
        if SELECTION.match(c.slot):
            found[c.row].append((int(c.slot), max(c.facings or 1, 1)))
    return found


def _free(paper: Paper, zone: TemperatureZone) -> Fixture:
    reach = [float(found[2]) for c in paper.cells if (found := AT.match(c.slot))]
    width = paper.size.width_in if paper.size else min(max(reach) + 12.0, MAX_WIDTH_IN)
    return Fixture.shelves(width, _shelves(paper.rows), _height(paper), _depth(paper), zone, _shape(paper),
                           FREE_CELL_IN)


def _grid(paper: Paper, zone: TemperatureZone) -> Fixture:
    """Rows by letter and columns by number: trays where the paper says so, else shelves."""
    ends: dict[int, int] = defaultdict(int)
    for c in paper.cells:
        if _is_slot(c.slot):
            row, column = parse_slot(c.slot)
            span = max(c.facings or 1, 1) if paper.is_machine else 1
            ends[row] = max(ends[row], column + span)
    rows = max(paper.rows, max(ends) + 1)
    widest = max(ends.values())
    if paper.is_machine and rows <= MAX_MACHINE_ROWS and widest <= MAX_MACHINE_COLUMNS:
        return _cabinet(paper, zone, tuple(max(ends[r], 1) for r in range(rows)))
    width = paper.size.width_in if paper.size else min(widest * RETAIL_CELL_WIDTH_IN, MAX_WIDTH_IN)
    return Fixture.shelves(max(width, RETAIL_CELL_WIDTH_IN), _shelves(rows), _height(paper), _depth(paper),
                           zone, _shape(paper))


def _drawn(paper: Paper, zone: TemperatureZone) -> Fixture:
    """Shelves as wide as the paper says, else as its fullest row needs."""
    filled: dict[int, int] = defaultdict(int)
    for c in paper.cells:
        filled[c.row] += max(c.facings or 1, 1)
    fullest = max(filled.values(), default=8)
    if paper.is_machine and 0 < paper.rows <= MAX_MACHINE_ROWS and fullest <= MAX_MACHINE_COLUMNS:
        columns = tuple(max(filled[r], 1) for r in range(paper.rows))
        return _cabinet(paper, zone, columns)
    needed = min(fullest * RETAIL_CELL_WIDTH_IN, MAX_WIDTH_IN)
    width = paper.size.width_in if paper.size else max(USUAL_WIDTH_IN, needed)
    return Fixture.shelves(max(width, RETAIL_CELL_WIDTH_IN), _shelves(paper.rows), _height(paper),
                           _depth(paper), zone, _shape(paper))


def _shelves(rows: int) -> int:
    """As many as are written, where a fixture can have so many."""
    return min(max(rows, 1), MAX_SHELVES)


def _cabinet(
    paper: Paper, zone: TemperatureZone, columns: tuple[int, ...], labels: tuple[tuple[str, ...], ...] = ()
) -> Fixture:
    """A machine with coils as wide as the paper says, without the noise of a division."""
    pitch = round(paper.size.width_in / max(columns), 4) if paper.size else COIL_IN
    return Fixture.machine(columns, zone, labels, pitch, _height(paper, 60.0), _depth(paper, 20.0))


def _shape(paper: Paper) -> Shape:
    return Shape(paper.shape) if paper.shape else Shape.STRAIGHT


def _height(paper: Paper, usual: float = HEIGHT_IN) -> float:
    return paper.size.height_in if paper.size and paper.size.height_in else usual


def _depth(paper: Paper, usual: float = DEPTH_IN) -> float:
    return paper.size.depth_in if paper.size and paper.size.depth_in else usual
