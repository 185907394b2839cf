"""A spreadsheet drawn like a shelf: a row of names a shelf, with codes, prices or facings above or below."""

from __future__ import annotations

from collections.abc import Sequence

from core.paper import Cell
from ml.documents import tokens
from ml.documents.drawing import understood
from ml.documents.sheet import Grid, cell_box
from ml.documents.words import Page, Word

LEAST_NAMES = 2


def read_grid(grid: Grid, page: Page, number: int, first_row: int) -> list[Cell]:
    """Cells of the names of a grid, by rows; ``first_row``: the number of its first shelf."""
    named = [r for r, row in enumerate(grid) if _names(row)]
    cells: list[Cell] = []
    for at, r in enumerate(named):
        after = named[at + 1] if at + 1 < len(named) else len(grid)
        before = named[at - 1] if at else -1
        columns = [c for c, text in enumerate(grid[r]) if tokens.has_name(text) and not _is_label(text)]
        last = max(columns) + 1 - min(columns)
        for order, c in enumerate(columns):
            texts = [grid[q][c] for q in _around(grid, r, before, after)]
            counts = [int(t) for t in texts if t.isdecimal() and len(t) < 3]
            told = [t for t in texts if t and not (t.isdecimal() and len(t) < 3)]
            block = understood([Word(t, 0, 0, 1, 1) for t in (grid[r][c], *told)])
            facings = block.facings or next((n for n in counts if 0 < n < 20), None)
            x, y, w, h = cell_box(page, grid, r, c)
            slot = "" if block.slot.isdecimal() and len(block.slot) < 3 else block.slot
            cells.append(Cell(
                block.name, first_row + at, order, block.upc, slot, facings, block.high, block.price,
                round((c - min(columns)) / last, 5), round(1 / last, 5), number, (x, y, w, h),
            ))
    return cells


def _names(row: Sequence[str]) -> bool:
    names = [t for t in row if tokens.has_name(t) and not _is_label(t)]
    return len(names) >= LEAST_NAMES


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
