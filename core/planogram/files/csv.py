"""A planogram as CSV: one row a position, UTF-8 with a mark, so that spreadsheets read names right.

A text that a spreadsheet would take for a formula gets an apostrophe before it, which reading takes away.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from core.errors import BadInput
from core.planogram.files import flat
from core.planogram.files.values import PlanFile
from core.planogram.planogram import Planogram
from core.planogram.product import Catalog

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_QUOTED = re.compile(r"'+[=+\-@\t\r]")
_MARKS = (b"\xff\xfe", b"\xfe\xff")


def write(plan: Planogram, products: Catalog, *, name: str = "", season: str | None = None) -> bytes:
    """The table with its header."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(flat.COLUMNS)
    for row in flat.rows_of(plan, products, name=name, season=season):
        writer.writerow([_written(value) for value in row.values()])
    return target.getvalue().encode("utf-8-sig")


def read(content: bytes) -> PlanFile:
    """The planogram of a table whose header names slot and product; comma, semicolon, tab or bar between.

    Raises BadInput for what is no such table; a bad row is a problem of its own.
    """
    return flat.read_rows(_rows(_text(content)))


def _written(value: Any) -> Any:
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return repr(value) if isinstance(value, float) else value


def _text(content: bytes) -> str:
    if b"\x00" in content[:65_536] and not content.startswith(_MARKS):
        raise BadInput("The file is not a text.", "Send the planogram as CSV, Excel, JSON or PSA.")
    try:
        return content.decode("utf-16" if content.startswith(_MARKS) else "utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _rows(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t|", key=first.count), strict=True)
    header: list[str] = []
    started = 1
    try:
        for cells in reader:
            if header:
                row = dict(zip(header, (_plain(c) for c in cells), strict=False))
                if any(row.values()):
                    yield started, row
            elif any(c.strip() for c in cells):
                header = require_header(flat.header_of(cells))
            started = reader.line_num + 1
    except csv.Error as error:
        raise BadInput(f"Line {reader.line_num} cannot be read as CSV.", "Check its quotes.") from error
    if not header:
        raise BadInput("The file is empty.", "Send a table with a header and a row for each position.")


def require_header(header: list[str]) -> list[str]:
    """The header itself. Raises BadInput where it names no place or no product."""
    if not {"slot", "label"} & set(header) or not {"product", "upc", "product_id"} & set(header):
        raise BadInput("The table has no columns for slot and product.",
                       "Name them slot and product (or upc) in the first row.")
    return header


def _plain(cell: str) -> str:
    return cell[1:] if _QUOTED.match(cell) else cell
