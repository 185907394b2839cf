"""Files of every kind as texts with their lines, and files that are none."""

from __future__ import annotations

import os
import zipfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadInput, TooLarge, UnsupportedType, WorkbenchError
from core.store.imports.read import TableFile, open_table

HEADER = ["Machine", "Date", "Product", "Price"]


def rows_of(table: TableFile) -> tuple[list[tuple[int, list[str]]], list[tuple[int, str]]]:
    """((line, values) of the rows, (line, error) of the bad ones)."""
    rows, bad = [], []
    every = range(len(table.headers))
    for chunk in table.chunks(list(every)):
        columns = [chunk.columns[i].to_pylist() for i in every]
        rows += [(line, list(values)) for line, *values in zip(chunk.lines.tolist(), *columns, strict=True)]
        bad += [(e.line, e.error) for e in chunk.bad]
    return rows, bad


def written(folder: Path, content: str | bytes, encoding: str = "utf-8", name: str = "sales.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


TABLE = "Machine;Datum;Produkt;Preis\nHaus Süd;1.2.2022;Käse;1,50\nHaus Süd;2.2.2022;Brötchen;2,00\n"
EXPECTED = [(2, ["Haus Süd", "1.2.2022", "Käse", "1,50"]), (3, ["Haus Süd", "2.2.2022", "Brötchen", "2,00"])]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"]
)
@pytest.mark.parametrize("block_bytes", [16, 1 << 20])
def test_every_common_encoding_is_read(tmp_path: Path, encoding: str, block_bytes: int) -> None:
    """With and without a byte order mark, also in blocks smaller than a line."""
    table = open_table(written(tmp_path, TABLE, encoding), block_bytes=block_bytes)
    assert rows_of(table) == (EXPECTED, [])


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_common_delimiter_and_line_ending_is_read(tmp_path: Path, ending: str, delimiter: str) -> None:
    """The last line may lack its end."""
    lines = [
        delimiter.join(r)
        for r in ([*HEADER], ["M", "2022-01-05", "Cola", "1.5"], ["M", "2022-01-06", "Chips", "2"])
    ]
    table = open_table(written(tmp_path, ending.join(lines)))
    assert table.headers == tuple(HEADER)
    assert rows_of(table)[0] == [
        (2, ["M", "2022-01-05", "Cola", "1.5"]),
        (3, ["M", "2022-01-06", "Chips", "2"]),
    ]


@pytest.mark.parametrize("block_bytes", [40, 1 << 20])
def test_lines_are_those_of_the_file_whatever_stands_between(tmp_path: Path, block_bytes: int) -> None:
    """A title, blank lines, quoted line ends and bad rows all count."""
    text = (
        'Sales of January\n\nMachine,Date,Product,Price\nM,2022-01-05,"Cola,\nZero",1.5\n\n'
        'M,2022-01-05\nM,2022-01-06,"5"" pizza",2\nM,2022-01-06,Chips,2,9\nM,2022-01-07,Nuts,3,\n'
    )
    rows, bad = rows_of(open_table(written(tmp_path, text), block_bytes=block_bytes))
    assert [(line, values[2]) for line, values in rows] == [(4, "Cola,\nZero"), (8, '5" pizza'), (10, "Nuts")]
    assert [line for line, _ in bad] == [7, 9]
    assert "2 values where the header has 4" in bad[0][1]


def test_a_quote_that_never_closes_costs_one_row(tmp_path: Path) -> None:
    """The rows behind it are read as if it were not there."""
    text = 'Machine,Date,Product,Price\nM,2022-01-05,Cola,1\nM,2022-01-05,"Chips,1\nM,2022-01-06,Nuts,1\nM,2022-01-06,Gum,1\n'
    rows, bad = rows_of(open_table(written(tmp_path, text)))
    assert [(line, values[2]) for line, values in rows] == [(2, "Cola"), (4, "Nuts"), (5, "Gum")]
    assert [line for line, _ in bad] == [3]


def test_one_wrong_byte_costs_no_row(tmp_path: Path) -> None:
    """A Windows character in a UTF-8 file is taken as what it means there."""
    content = TABLE.encode() + "Haus Süd;3.2.2022;Crème;1,00\n".encode("cp1252")
    assert rows_of(open_table(written(tmp_path, content)))[0][2] == (
        4,
        ["Haus Süd", "3.2.2022", "Crème", "1,00"],
    )


TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufeff"), max_size=8)


@settings(max_examples=50, deadline=None)
@given(
    rows=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=30),
    block_bytes=st.sampled_from([16, 64, 1 << 20]),
)
def test_any_texts_that_were_quoted_come_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], block_bytes: int
) -> None:
    """What a CSV writer writes is what is read, in blocks of any size."""
    lines = ["Machine,Product,Date"] + [
        ",".join(f'"{v.replace(chr(34), chr(34) * 2)}"' for v in (*row, "x")) for row in rows
    ]
    path = written(tmp_path_factory.mktemp("csv"), "\n".join(lines) + "\n")
    found, bad = rows_of(open_table(path, block_bytes=block_bytes))
    assert not bad
    assert found == [(i, [*row, "x"]) for i, row in enumerate(rows, start=2)]


def test_a_workbook_is_read_with_its_own_row_numbers(tmp_path: Path) -> None:
    """Native dates and numbers become texts that read one way; blank rows count."""
    book = openpyxl.Workbook()
    book.active.append(["Notes"])
    sheet = book.create_sheet("Sales")
    sheet.append(["Export of May"])
    sheet.append([])
    sheet.append(HEADER)
    sheet.append(["M", datetime(2022, 1, 5, 13, 30), "Cola", 1.234])
    sheet.append([])
    sheet.append(["M", datetime(2022, 1, 6), 7, 2])
    book.save(tmp_path / "sales.xlsx")
    table = open_table(tmp_path / "sales.xlsx")
    assert table.headers == tuple(HEADER)
    assert rows_of(table)[0] == [
        (4, ["M", "2022-01-05 13:30:00", "Cola", "1.2340"]),
        (6, ["M", "2022-01-06 00:00:00", "7", "2"]),
    ]


def test_parquet_columns_of_any_type_become_texts(tmp_path: Path) -> None:
    """Timestamps, decimals, floats, dictionaries and nulls; the header counts as line 1."""
    table = pa.table(
        {
            "Machine": pa.array(["M", None]).dictionary_encode(),
            "Date": pa.array([datetime(2022, 1, 5, 13, 30), None], pa.timestamp("ns")),
            "Product": ["Cola", "Chips"],
            "Price": pa.array([Decimal("1.500"), None]),
            "Quantity": pa.array([1.0, 2.0]),
        }
    )
    pq.write_table(table, tmp_path / "sales.parquet")
    assert rows_of(open_table(tmp_path / "sales.parquet"))[0] == [
        (2, ["M", "2022-01-05 13:30:00", "Cola", "1.5000", "1"]),
        (3, ["", "", "Chips", "", "2"]),
    ]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", BadInput),
        (b"Machine,Date,Product,Price\n", BadInput),
        (b"\n\n\n", BadInput),
        (b"   \n", BadInput),
        (os.urandom(4096), UnsupportedType),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), UnsupportedType),
        (b"\xd0\xcf\x11\xe0" + bytes(99), UnsupportedType),
        (b"PK\x03\x04" + bytes(99), UnsupportedType),
        (b"PAR1" + bytes(99), BadInput),
        (b"%PDF-1.4 ...", UnsupportedType),
        (b"DXS*ABC*VA\r\n", UnsupportedType),
    ],
    ids=[
        "empty",
        "header only",
        "line ends",
        "blanks",
        "random bytes",
        "png",
        "xls",
        "broken zip",
        "broken parquet",
        "pdf",
        "dex",
    ],
)
def test_a_file_that_is_no_table_is_refused(
    tmp_path: Path, content: bytes, error: type[WorkbenchError]
) -> None:
    """Whatever its name says, with one sentence and one hint."""
    with pytest.raises(error) as caught:
        open_table(written(tmp_path, content))
    assert caught.value.message
    assert caught.value.hint


def test_a_file_above_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """A gigabyte of nothing takes no time to refuse."""
    path = tmp_path / "sales.csv"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(TooLarge, match="1,024 MB"):
        open_table(path)


def test_a_workbook_that_unpacks_to_far_more_is_refused(tmp_path: Path) -> None:
    """A zip bomb is told by its directory, unopened."""
    path = tmp_path / "sales.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(10_000_000))
    with pytest.raises(TooLarge, match="unpacks"):
        open_table(path, limit_bytes=1_000_000)
