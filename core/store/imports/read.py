"""A file of any kind → its headers, a sample, and bounded chunks of texts with their line numbers.

Nothing here knows what the columns mean. The kind is told by the bytes, never by the name's ending.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.errors import BadInput, TooLarge, UnsupportedType
from core.store.imports.columns import SAMPLE_ROWS
from core.store.imports.names import Role, name_score

MEGABYTE = 1024 * 1024
DEFAULT_LIMIT_BYTES = 512 * MEGABYTE
HEADER_SEARCH_ROWS = 25
READABLE = "Send sales as CSV, Excel (.xlsx) or Parquet."

_OTHER_KINDS = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls) or another old Office file"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "compressed with gzip"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3", "a SQLite database"),
    (b"DXS*", "an EVA-DTS audit, which holds counters instead of sales"),
)


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that cannot be imported: its line in the file (the header is 1) and why."""

    line: int
    error: str


@dataclass(frozen=True, eq=False)
class Chunk:
    """Consecutive rows. ``columns``: column number → texts, dictionary-encoded or plain, all of one length;
    ``lines`` (rows,) their lines in the file; ``bad`` rows that have no columns to speak of."""

    columns: Mapping[int, pa.Array]
    lines: NDArray[np.int64]
    bad: tuple[RowError, ...] = ()

    @property
    def rows_read(self) -> int:
        return len(self.lines) + len(self.bad)


class TableFile(Protocol):
    """A readable table. ``sample`` holds the first rows below the header as texts."""

    kind: str
    headers: tuple[str, ...]
    sample: list[list[str]]
    delimiter: str

    def chunks(self, columns: Sequence[int], unique: Collection[int] = ()) -> Iterator[Chunk]:
        """The rows below the header in file order, with the columns asked for. Those in ``unique``
        repeat little and need not be dictionary-encoded."""
        ...


def open_table(
    path: Path, limit_bytes: int = DEFAULT_LIMIT_BYTES, block_bytes: int = 16 * MEGABYTE
) -> TableFile:
    """Open a sales file.

    Raises TooLarge above ``limit_bytes`` (before reading it) and for archives that would unpack to
    far more, UnsupportedType for other kinds of files, BadInput for empty and broken ones.
    """
    from core.store.imports.sheets import ExcelFile, ParquetFile
    from core.store.imports.text import CsvFile

    size = path.stat().st_size
    if size == 0:
        raise BadInput("The file is empty.", "Send a file with a header and at least one row.")
    if size > limit_bytes:
        raise TooLarge(
            f"The file has {size / MEGABYTE:,.0f} MB, more than the limit of {limit_bytes / MEGABYTE:,.0f}.",
            "Split it by month, or have the limit raised.",
        )
    with path.open("rb") as file:
        head = file.read(65_536)
    if head.startswith(b"PAR1"):
        return ParquetFile(path, limit_bytes)
    if head.startswith(b"PK\x03\x04"):
        return ExcelFile(path, limit_bytes)
    for magic, what in _OTHER_KINDS:
        if head.startswith(magic):
            raise UnsupportedType(f"The file is {what}, not a table of sales.", READABLE)
    return CsvFile(path, head, block_bytes)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def find_header(rows: Sequence[Sequence[str]]) -> int:
    """Index of the header among the first rows: the first one that names the most roles.

    Exports often start with a title and a blank line. Raises BadInput when no row holds a text.
    """
    best, best_count = -1, 0
    for index, row in enumerate(rows[:HEADER_SEARCH_ROWS]):
        named = sum(any(name_score(cell, role)[0] >= 0.8 for role in Role) for cell in row if cell.strip())
        if named > best_count and named >= 2:
            best, best_count = index, named
    if best >= 0:
        return best
    for index, row in enumerate(rows):
        if sum(bool(cell.strip()) for cell in row) >= min(2, max(map(len, rows))):
            return index
    raise BadInput("The file has no rows.", "Send a file with a header and at least one row.")


def clean_headers(row: Sequence[str]) -> tuple[str, ...]:
    """Header texts without outer spaces; nameless columns get their number, trailing ones go."""
    names = [cell.strip() for cell in row]
    while names and not names[-1]:
        names.pop()
    return tuple(name or f"column {i + 1}" for i, name in enumerate(names))


def encode(texts: Sequence[str]) -> pa.DictionaryArray:
    return pa.array(texts, pa.string()).dictionary_encode()


def no_rows() -> BadInput:
    return BadInput("The file has a header and no rows.", "Send a file with at least one row.")


__all__ = [
    "DEFAULT_LIMIT_BYTES", "SAMPLE_ROWS", "Chunk", "RowError", "TableFile", "clean_headers", "encode",
    "find_header", "no_rows", "open_table", "sha256_of",
]
