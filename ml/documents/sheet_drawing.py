"""A spreadsheet drawn like a shelf: a row of names a shelf, with codes, prices or facings above or below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.paper import Cell
from ml.documents import tokens
from ml.documents.drawing import Block, understood
from ml.documents.sheet import Grid, Tab, cell_box, widths
from ml.documents.words import Page, Word

LEAST_NAMES = 2


def read_grid(tab: Tab, page: Page, number: int, first_row: int) -> list[Cell]:
    """Cells of the names of a sheet, by rows; ``first_row``: the number of its first shelf."""
    grid = tab.grid
    boxes = widths(grid)
    named = [r for r, row in enumerate(grid) if _names(row)]
    # Where all cells span as many columns that is how the sheet is laid out, and says nothing of facings.
    wide = {tab.spans.get((r, c), 1) for r in named for c in _columns(grid[r])}
    spans = tab.spans if len(wide) > 1 else {}
    cells: list[Cell] = []
    for at, r in enumerate(named):
        after = named[at + 1] if at + 1 < len(named) else len(grid)
        before = named[at - 1] if at else -1
        blocks = [(c, _block(grid, r, c, before, after)) for c in _columns(grid[r])]
        last = max(c + spans.get((r, c), 1) for c, _ in blocks)
        first = min(c for c, _ in blocks)
        for order, group in enumerate(_side_by_side(blocks)):
            c, block = group[0]
            end = group[-1][0] + spans.get((r, group[-1][0]), 1)
            count = end - c if len(group) > 1 or spans else None
            x, y, w, h = cell_box(page, boxes, r, c)
            right = cell_box(page, boxes, r, min(end, len(grid[r])) - 1)
            # Cells are as wide as their text: with facings written, the place of one says nothing.
            drawn = (None, None) if block.facings else (
                round((c - first) / (last - first), 5), round((end - c) / (last - first), 5))
            cells.append(Cell(
                block.name, first_row + at, order, block.upc, block.slot, block.facings or count, block.high,
                block.price, *drawn, number, (x, y, max(right[0] + right[2] - x, w), h),
            ))
    return cells


def _columns(row: Sequence[str]) -> list[int]:
    return [c for c, text in enumerate(row) if tokens.has_name(text) and not _is_label(text)]


def _block(grid: Grid, row: int, column: int, before: int, after: int) -> Block:
    """What a name's cell and those of its attributes say; a bare small number is its facings."""
    around = [grid[q][column] for q in _around(grid, row, before, after)]
    lines = [line for text in (grid[row][column], *around) for line in text.split("\n") if line]
    counts = [int(t) for t in lines if _is_count(t)]
    block = understood([Word(t, 0, 0, 1, 1) for t in lines if not _is_count(t)])
    slot = "" if block.slot.isdecimal() and len(block.slot) < 3 else block.slot
    return replace(block, facings=block.facings or next((n for n in counts if 0 < n < 20), None), slot=slot)


def _is_count(text: str) -> bool:
    return text.isdecimal() and len(text) < 3


def _side_by_side(blocks: Sequence[tuple[int, Block]]) -> list[list[tuple[int, Block]]]:
    """Blocks by products: a name that is written anew in the next cell is another facing of it, where nothing
    else is said of either."""
    groups: list[list[tuple[int, Block]]] = []
    for c, block in blocks:
        same = groups and groups[-1][-1][0] == c - 1 and groups[-1][-1][1].name == block.name
        if same and not (block.slot or block.facings or groups[-1][-1][1].facings):
            groups[-1].append((c, block))
        else:
            groups.append([(c, block)])
    return groups


def _names(row: Sequence[str]) -> bool:
    return len(_columns(row)) >= LEAST_NAMES


def _is_label(text: str) -> bool:
    """Whether a text names a shelf, or says what a line of attributes is."""
    plain = text.strip().lower().rstrip(":")
    return tokens.row(text) is not None or plain in {"facings", "upc", "price", "slot", "product", "products"}


def _around(grid: Grid, row: int, before: int, after: int) -> list[int]:
    """Lines of attributes of a line of names: those below it up to an empty line or the next names; where
    there are none, the one above it."""
    below = []
    for q in range(row + 1, after):
        if not any(grid[q]):
            break
        below.append(q)
    leads = after < len(grid) and below[-1:] == [after - 1] and len(below) > 1
    if leads and _is_heading(grid[below[-1]]):
        below.pop()
    above = [row - 1] if row - 1 > before and any(grid[row - 1]) and _is_heading(grid[row - 1]) else []
    return [*above, *below]


def _is_heading(row: Sequence[str]) -> bool:
    """Whether a line holds places, which stand above what they name."""
    filled = [t for t in row if t and not _is_label(t)]
    return bool(filled) and all(tokens.slot(t) and not tokens.code(t) for t in filled)
