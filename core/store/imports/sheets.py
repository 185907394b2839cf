"""Excel workbooks and Parquet files as texts, so that one path validates every kind of file."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from openpyxl.utils.exceptions import InvalidFileException

from core.errors import DAMAGED_WORKBOOK, BadInput, TooLarge, UnsupportedType
from core.store.imports.read import READABLE, SAMPLE_ROWS, Chunk, clean_headers, encode, find_header, no_rows

CHUNK_ROWS = 65_536
UNPACKED_FACTOR = 8
"""How much larger than the limit on the file its unpacked content may be."""
MAX_ROWS = 50_000_000


def cell_text(value: Any) -> str:
    """A native value as the text that reads back to it; a number with exactly three decimals gets a
    fourth, because 1.234 as a text has two readings and as a number has one."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return str(value)
        case float():
            return _number_text(repr(value) if not value.is_integer() else f"{value:.0f}")
        case Decimal():
            return _number_text(f"{value:f}")
        case datetime():
            return value.replace(tzinfo=None).isoformat(" ", "seconds")
        case date() | time():
            return value.isoformat()
        case timedelta():
            seconds = int(value.total_seconds()) % 86_400
            return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        case _:
            return str(value)


def _number_text(text: str) -> str:
    if "e" in text:
        text = f"{Decimal(text):f}"
    return text + "0" if len(text.partition(".")[2]) == 3 else text


class ExcelFile:
    """The first sheet of a workbook whose rows look like a table."""

    kind = "excel"
    delimiter = ""

    def __init__(self, path: Path, limit_bytes: int) -> None:
        self._path = path
        _refuse_bomb(path, limit_bytes * UNPACKED_FACTOR)
        found = self._find()
        if found is None:
            raise BadInput("The workbook has no sheet with rows.", "Send a sheet with a header and rows.")
        self._sheet, self._header_row, self.headers, self.sample = found
        if not self.sample:
            raise no_rows()

    def _find(self) -> tuple[str, int, tuple[str, ...], list[list[str]]] | None:
        first = None
        book = _open(self._path)
        try:
            for sheet in book.worksheets:
                rows = list(islice(_sheet_rows(sheet), SAMPLE_ROWS))
                if not rows:
                    continue
                at = find_header([row for _, row in rows])
                headers = clean_headers(rows[at][1])
                sample = [_fill(row, len(headers)) for _, row in rows[at + 1 :]]
                found = (sheet.title, rows[at][0], headers, sample)
                first = first or found
                if len(headers) >= 3 and found[3]:
                    return found
        finally:
            book.close()
        return first

    def chunks(self, columns: Sequence[int], unique: Collection[int] = ()) -> Iterator[Chunk]:
        book = _open(self._path)
        try:
            rows = (r for r in _sheet_rows(book[self._sheet]) if r[0] > self._header_row)
            while part := list(islice(rows, CHUNK_ROWS)):
                lines = np.fromiter((line for line, _ in part), np.int64, len(part))
                filled = [_fill(row, len(self.headers)) for _, row in part]
                yield Chunk({i: encode([row[i] for row in filled]) for i in columns}, lines)
        finally:
            book.close()


def _open(path: Path) -> Any:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, *DAMAGED_WORKBOOK) as error:
        raise UnsupportedType("The file is an archive that Excel did not write.", READABLE) from error
    for sheet in book.worksheets:
        sheet.reset_dimensions()
    return book


def _sheet_rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """(row number, texts) of the rows that are not blank. Raises BadInput for a broken sheet."""
    try:
        for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
            if any(v is not None and v != "" for v in values):
                yield number, [cell_text(v) for v in values]
    except DAMAGED_WORKBOOK as error:
        raise BadInput("The workbook is damaged.", "Open it in Excel and save it again.") from error


def _fill(row: list[str], width: int) -> list[str]:
    return row[:width] if len(row) >= width else row + [""] * (width - len(row))


def _refuse_bomb(path: Path, limit: int) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
    except zipfile.BadZipFile as error:
        raise UnsupportedType("The file is a broken archive.", READABLE) from error
    if unpacked > limit:
        size = f"{unpacked / 1024**2:,.0f} MB"
        raise TooLarge(f"The workbook unpacks to {size}.", "Send it as CSV, split by month.")


class ParquetFile:
    """The columns of a Parquet file; the header counts as line 1, as in a text."""

    kind = "parquet"
    delimiter = ""

    def __init__(self, path: Path, limit_bytes: int) -> None:
        self._path = path
        try:
            file = pq.ParquetFile(path)
        except (pa.ArrowInvalid, OSError) as error:
            raise BadInput("The Parquet file is damaged.", READABLE) from error
        with file:
            meta = file.metadata
            unpacked = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
            if meta.num_rows > MAX_ROWS or unpacked > limit_bytes * UNPACKED_FACTOR:
                raise TooLarge(f"The file unpacks to {meta.num_rows:,} rows.", "Split it by month.")
            self.headers = tuple(file.schema_arrow.names)
            if not meta.num_rows:
                raise no_rows()
            first = next(file.iter_batches(SAMPLE_ROWS))
        texts = [_texts(first.column(i)).to_pylist() for i in range(len(self.headers))]
        self.sample = [list(row) for row in zip(*texts, strict=True)]

    def chunks(self, columns: Sequence[int], unique: Collection[int] = ()) -> Iterator[Chunk]:
        line = 2
        with pq.ParquetFile(self._path) as file:
            try:
                for batch in file.iter_batches(CHUNK_ROWS, columns=[self.headers[i] for i in columns]):
                    by_name = {i: _texts(batch.column(self.headers[i])) for i in columns}
                    yield Chunk(by_name, line + np.arange(batch.num_rows))
                    line += batch.num_rows
            except (pa.ArrowInvalid, OSError) as error:
                raise BadInput("The Parquet file is damaged.", READABLE) from error


def _texts(column: pa.Array) -> pa.DictionaryArray:
    """Dictionary-encoded texts; null becomes an empty text."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_timestamp(column.type):
        column = pc.strftime(column.cast(pa.timestamp("s"), safe=False), "%Y-%m-%d %H:%M:%S")
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return pc.fill_null(column.cast(pa.string()), "").dictionary_encode()
    encoded = column.dictionary_encode()
    texts = [*(cell_text(v) for v in encoded.dictionary.to_pylist()), ""]
    indices = pc.fill_null(encoded.indices, pa.scalar(len(texts) - 1, encoded.indices.type))
    return pa.DictionaryArray.from_arrays(indices, pa.array(texts, pa.string()))
