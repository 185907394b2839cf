"""A planogram as an Excel workbook: positions on one sheet, the plan and its fixture on another."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from core.errors import DAMAGED_WORKBOOK, BadInput, TooLarge, UnsupportedType
from core.planogram.files import flat
from core.planogram.files.csv import require_header
from core.planogram.files.values import PlanFile
from core.planogram.planogram import Planogram
from core.planogram.product import Catalog

UNPACKED_BYTES = 96 * 2**20
MAX_ROWS = 30_000
POSITIONS, PLAN = "Positions", "Planogram"
_HEADINGS = {"upc": "UPC", "x_in": "X in", "product_id": "Product id"}
_WIDE = {"product": 34, "brand": 18, "category": 18, "upc": 16}


def write(plan: Planogram, products: Catalog, *, name: str = "", season: str | None = None) -> bytes:
    """Texts are written as texts, also those that look like formulas."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = POSITIONS
    columns = (*flat.POSITION, *flat.PRODUCT)
    rows = flat.rows_of(plan, products, name=name, season=season)
    _append(sheet, [_heading(c) for c in columns])
    for row in rows if plan.positions else []:
        _append(sheet, [row[c] for c in columns])
    sheet.freeze_panes = "D2"
    for number, column in enumerate(columns, start=1):
        sheet.cell(1, number).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = _WIDE.get(column, 12)
    about = book.create_sheet(PLAN)
    for column in flat.PLAN:
        _append(about, [_heading(column), rows[0][column]])
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 20, 40
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _append(sheet: Any, values: list[Any]) -> None:
    from openpyxl.cell import Cell

    cells = [Cell(sheet, value=repr(value) if isinstance(value, float) else value) for value in values]
    for cell, value in zip(cells, values, strict=True):
        if isinstance(value, str | float):  # texts are never formulas; numbers keep all 17 digits
            cell.data_type = "s" if isinstance(value, str) else "n"
    sheet.append(cells)


def _heading(column: str) -> str:
    return _HEADINGS.get(column, column.replace("_", " ").capitalize())


def read(content: bytes) -> PlanFile:
    """The planogram of ``write``, or of a workbook whose first fitting sheet names slot and product.

    Raises UnsupportedType for what Excel did not write, TooLarge for what unpacks to more than
    ``UNPACKED_BYTES``, BadInput for a workbook without such a table.
    """
    sheets = _sheets(content)
    about = {flat.header_of(cells[:1])[0]: cells[1] for _, cells in sheets.get(PLAN, []) if len(cells) > 1}
    tables = [rows for title, rows in sheets.items() if rows and title != PLAN]
    for rows in sorted(tables, key=lambda rows: not _fits(rows)):
        header = require_header(flat.header_of(rows[0][1]))
        table = [(line, dict(zip(header, cells, strict=False))) for line, cells in rows[1:]]
        return flat.read_rows([(1, about), *table])
    raise BadInput("The workbook has no sheet with positions.", "Send a sheet with columns slot and product.")


def _fits(rows: list[tuple[int, list[Any]]]) -> bool:
    return {"slot", "product"} <= set(flat.header_of(rows[0][1]))


def _sheets(content: bytes) -> dict[str, list[tuple[int, list[Any]]]]:
    """Title → (row number, values) of the rows that are not blank."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
        if unpacked > UNPACKED_BYTES:
            raise TooLarge(f"The workbook unpacks to {unpacked / 2**20:,.0f} MB.", "Send it as CSV.")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for sheet in book.worksheets:
            sheet.reset_dimensions()
        return {sheet.title: list(_filled(sheet)) for sheet in book.worksheets}
    except (InvalidFileException, *DAMAGED_WORKBOOK) as error:
        raise UnsupportedType("The archive is not an Excel workbook.", "Save it as .xlsx.") from error


def _filled(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > MAX_ROWS:
            raise TooLarge(f"The sheet has more than {MAX_ROWS:,} rows.", "A planogram takes far less.")
        if any(v is not None and v != "" for v in values):
            yield number, list(values)
