"""Delimited text in bounded blocks: fast with Arrow, exact line by line where a block is not regular.

Arrow reads a block whose rows all have the header's width. Any other block (blank lines, rows of
another width, quotes that never close) is read again with the csv module, which tells the lines.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from core.errors import BadInput, UnsupportedType
from core.store.imports.read import (
    READABLE,
    SAMPLE_ROWS,
    Chunk,
    RowError,
    clean_headers,
    encode,
    find_header,
    no_rows,
)

DELIMITERS = ",;\t|"
MAX_LINE_BYTES = 1024 * 1024
MAX_COLUMNS = 2000
QUOTED_LINES = 200
"""How many lines a quoted text may span before the quote counts as never closed."""

_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Decode what is not UTF-8 as Windows-1252, so that no row is lost to one wrong byte."""
    assert isinstance(error, UnicodeDecodeError)
    bad = error.object[error.start : error.end]
    return "".join(_windows(byte) for byte in bad), error.end


def _windows(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


codecs.register_error("workbench_windows", _as_windows)


def detect_encoding(head: bytes) -> tuple[str, int]:
    """(encoding, bytes of the byte order mark). Raises UnsupportedType for a binary file."""
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding, len(bom)
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(len(head) // 2, 1)
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le", 0
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be", 0
    if len(_CONTROL.findall(head)) > len(head) * 0.001:
        raise UnsupportedType("The file is binary, not a table of sales.", READABLE)
    return "utf-8", 0


def detect_delimiter(text: str) -> tuple[str, int]:
    """(delimiter, lines before the table): the one that splits most lines into the same many columns."""
    told = re.match(r"sep=(.)\r?\n", text)
    if told:
        return told[1], 1
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        rows = [row for row in islice(csv.reader(text.split("\n"), delimiter=delimiter), 200) if row]
        widths = np.array([len(row) for row in rows[:-1] or rows] or [1])
        width = int(np.bincount(widths).argmax())
        score = float((widths == width).mean()) * (1 + np.log(width)) if width > 1 else 0.0
        if score > best_score:
            best, best_score = delimiter, score
    return best, 0


class CsvFile:
    """Delimited text of any common encoding, delimiter, quoting and line ending."""

    kind = "csv"

    def __init__(self, path: Path, head: bytes, block_bytes: int) -> None:
        self._path, self._block_bytes = path, block_bytes
        self.encoding, self._bom = detect_encoding(head)
        first = next(self._blocks(MAX_LINE_BYTES), b"")
        text = first.decode("utf-8")
        self.delimiter, skipped = detect_delimiter(text[:200_000])
        rows = self._rows_of(text, skipped, SAMPLE_ROWS)
        at = find_header([row for _, row in rows])
        self._header_line = rows[at][0]
        self.headers = clean_headers(rows[at][1])
        if len(self.headers) > MAX_COLUMNS:
            raise BadInput(f"The file has {len(self.headers):,} columns.", f"Send at most {MAX_COLUMNS:,}.")
        self.sample = [row for _, row in rows[at + 1 :]]
        if not self.sample:
            raise no_rows()

    def _rows_of(self, text: str, skipped: int, count: int) -> list[tuple[int, list[str]]]:
        """(last line, values) of the first rows that are not blank."""
        reader = csv.reader(text.split("\n")[skipped:], delimiter=self.delimiter)
        try:
            rows = [(reader.line_num + skipped, row) for row in islice(reader, count)]
        except csv.Error as error:
            raise BadInput(f"The file cannot be read as a table: {error}.", READABLE) from error
        return [(line, row) for line, row in rows if any(cell.strip() for cell in row)]

    def _blocks(self, size: int) -> Iterator[bytes]:
        """UTF-8 blocks that end with a line, outside quotes where that can be had."""
        decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        rest, bare_returns = b"", None
        with self._path.open("rb") as file:
            file.seek(self._bom)
            while raw := file.read(size):
                data = raw if self.encoding == "utf-8" else decoder.decode(raw).encode()
                if bare_returns is None:
                    bare_returns = b"\r" in data and b"\n" not in data
                rest += data.replace(b"\r", b"\n") if bare_returns else data
                cut = _cut(rest)
                if cut:
                    yield _utf8(rest[:cut])
                    rest = rest[cut:]
                elif len(rest) > max(size, MAX_LINE_BYTES):
                    raise BadInput("A line of the file is longer than 1 MB.", READABLE)
        if rest:
            yield _utf8(rest + b"\n")

    def chunks(self, columns: Sequence[int], unique: Collection[int] = ()) -> Iterator[Chunk]:
        line = 1
        for block in self._blocks(self._block_bytes):
            body, count = block, block.count(b"\n")
            if line <= self._header_line:
                skip = min(self._header_line - line + 1, count)
                body = block.split(b"\n", skip)[-1]
                line, count = line + skip, count - skip
            if body:
                yield self._fast(body, line, count, columns, unique) or self._exact(body, line, columns)
            line += count

    def _fast(
        self, block: bytes, line: int, newlines: int, columns: Sequence[int], unique: Collection[int]
    ) -> Chunk | None:
        """Arrow's reading of a block, or None where its rows are not one regular table."""
        quotes = block.count(b'"')
        if quotes % 2:
            return None
        irregular: list[object] = []

        def note(row: object) -> str:
            irregular.append(row)
            return "skip"

        names = [str(i) for i in range(len(self.headers))]
        wanted = [str(i) for i in columns]
        try:
            table = pacsv.read_csv(
                pa.BufferReader(block),
                pacsv.ReadOptions(column_names=names, block_size=len(block) + 1),
                pacsv.ParseOptions(
                    delimiter=self.delimiter, newlines_in_values=quotes > 0, invalid_row_handler=note
                ),
                pacsv.ConvertOptions(
                    include_columns=wanted, strings_can_be_null=False,
                    column_types={
                        str(i): pa.string() if i in unique else pa.dictionary(pa.int32(), pa.string())
                        for i in columns
                    },
                ),
            )
        except pa.ArrowInvalid:
            return None
        if irregular:
            return None
        arrays = {i: table.column(str(i)).combine_chunks() for i in columns}
        arrays = {i: a.chunk(0) if isinstance(a, pa.ChunkedArray) else a for i, a in arrays.items()}
        inside: NDArray[np.int64] = np.zeros(table.num_rows, np.int64)
        if table.num_rows != newlines:
            inside = _newlines_inside(arrays)
        if table.num_rows + int(inside.sum()) != newlines:
            return None
        return Chunk(arrays, line + np.arange(table.num_rows) + np.cumsum(inside) - inside)

    def _exact(self, block: bytes, line: int, columns: Sequence[int]) -> Chunk:
        """The csv module's reading of a block, row by row, with the lines of the bad ones."""
        texts = block.decode("utf-8").split("\n")[:-1]
        values: list[list[str]] = [[] for _ in columns]
        lines: list[int] = []
        bad: list[RowError] = []
        for start, row, problem in _records(texts, self.delimiter, len(self.headers)):
            if problem:
                bad.append(RowError(line + start, problem))
                continue
            lines.append(line + start)
            for column, index in zip(values, columns, strict=True):
                column.append(row[index])
        return Chunk(
            {i: encode(v) for i, v in zip(columns, values, strict=True)},
            np.array(lines, np.int64), tuple(bad),
        )


def _cut(data: bytes) -> int:
    """Where to end a block: after the last line end that is outside quotes, 0 where there is none."""
    cut = data.rfind(b"\n") + 1
    if not cut or data.count(b'"', 0, cut) % 2 == 0:
        return cut
    at = cut
    for _ in range(QUOTED_LINES):
        before = data.rfind(b"\n", 0, at - 1) + 1
        if not before:
            break
        if data.count(b'"', before, cut) % 2:
            return before
        at = before
    return cut


def _utf8(block: bytes) -> bytes:
    """Valid UTF-8; bytes that are not are taken as Windows-1252."""
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return block.decode("utf-8", errors="workbench_windows").encode()
    return block


def _newlines_inside(arrays: dict[int, pa.Array]) -> NDArray[np.int64]:
    """Line ends inside the values of each row, shape (rows,)."""
    total: NDArray[np.int64] = np.zeros(len(next(iter(arrays.values()))), np.int64)
    for array in arrays.values():
        is_plain = pa.types.is_string(array.type)
        inside = pc.count_substring(array if is_plain else array.dictionary, "\n").to_numpy().astype(np.int64)
        if inside.any():
            total += inside if is_plain else inside[array.indices.to_numpy()]
    return total


def _records(lines: Sequence[str], delimiter: str, width: int) -> Iterator[tuple[int, list[str], str]]:
    """(index of the first line, values, problem) of every row that is not blank."""
    start = 0
    while start < len(lines):
        reader = csv.reader((f"{text}\n" for text in lines[start:]), delimiter=delimiter)
        at = first = start
        try:
            for row in reader:
                first, at = at, start + reader.line_num
                if at - first > 1 and (len(row) != width or _unclosed(lines[first:at])):
                    raise csv.Error
                if row := _trim(row, width):
                    yield first, row, "" if len(row) == width else _width_problem(row, width)
            return
        except csv.Error:
            first = at if start + reader.line_num > at and first != at else first
            yield first, [], "A quote opens on this line and is not closed."
            start = first + 1


def _unclosed(lines: Sequence[str]) -> bool:
    """Whether a text that spans these lines has no end, or one too far away to be meant."""
    return len(lines) > QUOTED_LINES or sum(text.count('"') for text in lines) % 2 == 1


def _trim(row: list[str], width: int) -> list[str]:
    """Without empty values beyond the header's width; empty for a blank line."""
    if not any(cell.strip() for cell in row):
        return []
    while len(row) > width and not row[-1].strip():
        row = row[:-1]
    return row


def _width_problem(row: Sequence[str], width: int) -> str:
    value = "value" if len(row) == 1 else "values"
    return f"The row has {len(row)} {value} where the header has {width} columns."
