"""The rows of a space-planning file (.psa): one record a line, cells after the type, backslash escapes.

Windows-1252 with CRLF. Columns are append-only between versions, so cells are read by position and rows
may be short or long. A line of a type that nobody here knows is kept as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum

from core.errors import BadInput

FIRST_LINE = "PROSPACE SCHEMATIC FILE"
VERSION = "2017.2.0"
CODEPAGE = "cp1252"
WIDTHS = {"Project": 215, "Product": 273, "Planogram": 262, "Segment": 51, "Fixture": 166, "Position": 166}
"""Cells after the type in version 2017.2.0."""

_UNESCAPED = {",": ",", "\\": "\\", '"': '"', "t": "\t", "r": "\r", "n": "\n"}
_ESCAPE = re.compile(r'[,\\"\t\r\n]')
_TOKEN = re.compile(r"\\(.)|,|[^,\\]+|\\$", re.DOTALL)
_LETTERS = {"\t": "t", "\r": "r", "\n": "n"}


class ProductCell(IntEnum):
    UPC = 1
    ID = 2
    NAME = 3
    WIDTH = 5
    HEIGHT = 6
    DEPTH = 7
    SIZE = 10
    CATEGORY = 13
    PRICE = 33
    CASE_COST = 34
    TRAY_TOTAL = 52
    CASE_TOTAL = 60
    DISPLAY_TOTAL = 68
    ALTERNATE_TOTAL = 76
    LOOSE_TOTAL = 84
    DESC_50 = 163
    BRAND = 232


class PlanogramCell(IntEnum):
    NAME = 1
    KEY = 2
    WIDTH = 3
    HEIGHT = 4
    DEPTH = 5
    DESC_50 = 105


class SegmentCell(IntEnum):
    NAME = 1
    KEY = 2
    X = 3
    WIDTH = 4
    Y = 5
    HEIGHT = 6
    Z = 7
    DEPTH = 8


class FixtureCell(IntEnum):
    TYPE = 1
    NAME = 2
    KEY = 3
    X = 4
    WIDTH = 5
    Y = 6
    HEIGHT = 7
    Z = 8
    DEPTH = 9


class PositionCell(IntEnum):
    UPC = 1
    ID = 2
    KEY = 3
    X = 4
    WIDTH = 5
    Y = 6
    HEIGHT = 7
    Z = 8
    DEPTH = 9
    MERCH_STYLE = 13
    FACINGS = 14
    FACINGS_HIGH = 15
    FACINGS_DEEP = 16
    ORIENTATION = 29
    MERCH_WIDTH = 33
    MERCH_HEIGHT = 34
    MERCH_DEPTH = 35
    RANK_X = 44
    DESC_30 = 107


@dataclass(frozen=True, slots=True)
class Record:
    """A line of the file: its number from 1, its text, its type and its cells (``cells[0]`` is the type)."""

    line: int
    text: str
    cells: tuple[str, ...]

    @property
    def kind(self) -> str:
        return self.cells[0].strip()

    def text_of(self, cell: int) -> str:
        """A cell as text without outer spaces, empty where the row is shorter."""
        return self.cells[cell].strip() if cell < len(self.cells) else ""

    def number(self, cell: int, default: float = 0.0) -> float:
        """A cell as a number. Raises BadInput for what is none; a blank is the default."""
        written = self.text_of(cell)
        if not written:
            return default
        try:
            value = float(written)
        except ValueError:
            value = float("nan")
        if not abs(value) < 1e9:
            raise BadInput(f"“{written[:40]}” in cell {cell} of a {self.kind} is not a number.",
                           "Write plain numbers with a decimal point.")
        return value

    def count(self, cell: int, default: int = 0) -> int:
        """A cell as a whole number; see ``number``."""
        return round(self.number(cell, default))


def decode(content: bytes) -> str:
    """The text of a file. Raises BadInput for a file of another kind."""
    text = content.decode("utf-8") if content.startswith(b"\xef\xbb\xbf") else content.decode(
        CODEPAGE, errors="surrogateescape")
    text = text.removeprefix("\ufeff")
    if not text.startswith(FIRST_LINE):
        raise BadInput("The file is not a space-planning file.", f"Its first line should be {FIRST_LINE}.")
    return text


def encode(lines: Sequence[str]) -> bytes:
    """Lines as a file; a character that Windows-1252 lacks becomes a question mark."""
    text = "\r\n".join((*lines, ""))
    return b"".join(_byte(c) for c in text) if not is_plain(text) else text.encode(CODEPAGE)


def is_plain(text: str) -> bool:
    """Whether Windows-1252 has every character of a text."""
    try:
        text.encode(CODEPAGE)
    except UnicodeEncodeError:
        return False
    return True


def _byte(character: str) -> bytes:
    if "\udc80" <= character <= "\udcff":
        return bytes([ord(character) - 0xDC00])
    return character.encode(CODEPAGE, errors="replace")


def records(text: str) -> list[Record]:
    """Every line but the last empty one, the first lines with the version included."""
    lines = re.split(r"\r\n|\n|\r", text)
    while lines and not lines[-1].strip():
        lines.pop()
    return [Record(n, line, tuple(split(line))) for n, line in enumerate(lines, start=1)]


def split(line: str) -> list[str]:
    """The cells of a line, unescaped; an escape that nobody knows stays as it is."""
    cells: list[str] = [""]
    for token in _TOKEN.finditer(line):
        if token[0] == ",":
            cells.append("")
        else:
            cells[-1] += _UNESCAPED.get(token[1] or "", token[0])
    return cells


def join(cells: Sequence[str]) -> str:
    """Cells as a line, escaped."""
    return ",".join(_ESCAPE.sub(lambda m: "\\" + _LETTERS.get(m[0], m[0]), cell) for cell in cells)


def row(kind: str, cells: Mapping[int, str], base: Sequence[str] = ()) -> str:
    """A line of a type with some cells set, as wide as the version has it, or as ``base`` is."""
    width = max(WIDTHS[kind] + 1, len(base), max(cells, default=0) + 1)
    filled = [*base, *[""] * (width - len(base))]
    filled[0] = kind
    for cell, value in cells.items():
        filled[cell] = value
    return join(filled)


def number_text(value: float) -> str:
    """The shortest text that reads back to the number, without exponent."""
    written = f"{Decimal(repr(float(value))):f}"
    return written.removesuffix(".0")
