"""A spreadsheet as a page: its filled cells as words, and a picture of the grid."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.errors import DAMAGED_WORKBOOK, BadInput, TooLarge
from ml.documents.words import Page, Word

MAX_ROWS, MAX_COLUMNS, UNPACKED_BYTES = 400, 60, 96 * 2**20
ROW_PX, LETTER_PX, PAD_PX, WIDEST_PX = 34, 8.2, 9, 330
MOST_FILLED = 6_000
LONGEST = 500
"""Letters of a cell that are read."""
MERGED, MOST_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"'), 5_000
DELIMITERS, UTF_16 = ",;\t|", (b"\xff\xfe", b"\xfe\xff")
Grid = list[list[str]]


@dataclass(frozen=True, slots=True)
class Tab:
    """The texts of a sheet, and how many columns cells span that are merged of several, by (row, column).
    ``is_cut``: it has more rows, which are not read."""

    grid: Grid
    spans: Mapping[tuple[int, int], int] = field(default_factory=dict)
    is_cut: bool = False


def read_tabs(content: bytes) -> list[Tab]:
    """Each sheet of a workbook, or one CSV file. Raises BadInput for what cannot be read,
    TooLarge for a workbook that unpacks to far more than it should."""
    if content.startswith(b"PK\x03\x04"):
        return _workbook(content)
    text = _decoded(content)
    if "\x00" in text:
        raise BadInput("The file holds no text.", "Send a PDF, a photo, an Excel or a CSV file.")
    try:
        return [_tab(max((_cut(text, mark) for mark in DELIMITERS), key=_evenness))]
    except csv.Error as error:
        raise BadInput("The CSV file cannot be read.", "Save it anew and send it again.") from error


def _tab(rows: Grid, spans: Mapping[tuple[int, int], int] | None = None) -> Tab:
    filled = sum(bool(text) for row in rows for text in row)
    if filled > MOST_FILLED:
        raise TooLarge(f"A sheet has {filled:,} filled cells.",
                       f"Send one planogram, of up to {MOST_FILLED:,}.")
    is_cut = len(rows) > MAX_ROWS and any(rows[MAX_ROWS])
    return Tab(_trimmed(rows[:MAX_ROWS]), spans or {}, is_cut)


def _decoded(content: bytes) -> str:
    """Text with a mark of its encoding, in UTF-8, or as Windows writes it in the west."""
    try:
        return content.decode("utf-16" if content.startswith(UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _cut(text: str, mark: str) -> Grid:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    return [[_text(v) for v in row[:MAX_COLUMNS]] for row, _ in zip(lines, range(MAX_ROWS + 1), strict=False)]


def _evenness(rows: Grid) -> tuple[int, int]:
    """Lines with as many fields as most have, where that is more than one; then how many fields."""
    widths = Counter(len(row) for row in rows if len(row) > 1)
    return max(((count, width) for width, count in widths.items()), default=(0, 0))


def _workbook(content: bytes) -> list[Tab]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > UNPACKED_BYTES:
                raise TooLarge("The workbook unpacks to far more than a planogram takes.", "Send one sheet.")
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            return [
                _tab([[_text(v) for v in row] for row in sheet.iter_rows(
                    max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS, values_only=True)], _spans(packed, sheet))
                for sheet in book.worksheets[:10]
            ]
    except (*DAMAGED_WORKBOOK, InvalidFileException) as error:
        raise BadInput("The workbook is damaged.", "Save it anew and send it again.") from error


def _text(value: object) -> str:
    """A cell's text; the lines in it are kept apart."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    lines = "" if value is None else str(value)[: 2 * LONGEST].splitlines()
    return "\n".join(kept for line in lines if (kept := " ".join(line.split())))[:LONGEST]


def _spans(packed: zipfile.ZipFile, sheet: Any) -> dict[tuple[int, int], int]:
    """Columns that merged cells span. Taken from the sheet's own XML, as openpyxl knows of them only where it
    has the whole sheet in memory, with an object for each cell of a range that a file may make endless."""
    from openpyxl.utils import range_boundaries

    # Where a sheet is in the file is told by nothing that openpyxl shows.
    written = packed.read(sheet._worksheet_path)
    found = {}
    for reference in MERGED.findall(written)[:MOST_MERGED]:
        left, top, right, _ = range_boundaries(reference.decode())
        if None not in (left, top, right) and top <= MAX_ROWS and right <= MAX_COLUMNS:
            found[top - 1, left - 1] = right - left + 1
    return found


def flat(text: str) -> str:
    """A cell's lines as one."""
    return text.replace("\n", " ")


def _trimmed(rows: Grid) -> Grid:
    """Without the empty rows and columns around."""
    while rows and not any(rows[-1]):
        rows.pop()
    last = max((i for row in rows for i, v in enumerate(row) if v), default=-1) + 1
    return [row[:last] + [""] * (last - len(row)) for row in rows]


def page_of(grid: Sequence[Sequence[str]]) -> Page:
    """A picture of the grid, and each filled cell as one phrase at its place."""
    wide = widths(grid)
    left = [sum(wide[:c]) for c in range(len(wide))]
    found = [
        Word(text, left[c] + PAD_PX, r * ROW_PX + 7.0, min(len(text) * LETTER_PX, wide[c] - 2 * PAD_PX), 20.0)
        for r, row in enumerate(grid) for c, text in enumerate(map(flat, row)) if text
    ]
    picture, width, height = _drawn(grid, wide, left)
    return Page(picture, width, height, tuple(found))


def widths(grid: Sequence[Sequence[str]]) -> list[float]:
    """Pixels of each column of the grid's picture."""
    return [
        min(max([len(row[c]) for row in grid] + [3]) * LETTER_PX + 2 * PAD_PX, WIDEST_PX)
        for c in range(len(grid[0]))
    ]


def cell_box(page: Page, wide: Sequence[float], row: int, column: int) -> tuple[float, float, float, float]:
    """The box of a cell as shares of the page's picture; ``wide``: the grid's ``widths``."""
    left = sum(wide[:column])
    return (left / page.width, row * ROW_PX / page.height, wide[column] / page.width, ROW_PX / page.height)


def _drawn(
    grid: Sequence[Sequence[str]], wide: Sequence[float], left: Sequence[float]
) -> tuple[bytes, int, int]:
    from importlib.resources import files

    from PIL import Image, ImageDraw, ImageFont

    width, height = round(sum(wide)) + 1, len(grid) * ROW_PX + 1
    image = Image.new("RGB", (width, height), "#ffffff")
    pen = ImageDraw.Draw(image)
    face = ImageFont.truetype(str(files("font_roboto").joinpath("files", "Roboto-Regular.ttf")), 15)
    for r, row in enumerate(grid):
        for c, text in enumerate(map(flat, row)):
            x, y = left[c], r * ROW_PX
            pen.rectangle((x, y, x + wide[c], y + ROW_PX), outline="#d5dae2")
            room, shown = wide[c] - 2 * PAD_PX + 4, text
            while (length := pen.textlength(shown, face)) > room:
                shown = shown[: min(len(shown) - 1, int(len(shown) * room / length) + 1)]
            pen.text((x + PAD_PX, y + 8), shown, fill="#1c2430", font=face)
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue(), width, height
