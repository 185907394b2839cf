"""Sales files that cannot be read, and rows that cannot be imported: by the way the Data page takes.

The page looks first (``preview_sales``), then imports; both refuse what the other refuses.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import BadInput, NotAllowed, TooLarge, UnsupportedType, WorkbenchError
from core.store.database import Actor
from core.workbench import Workbench

HEADER = b"Date,Machine,Product,Slot,Price,Quantity\n"
GOOD = b"2024-05-01,Bad files,Cola,A1,1.50,1\n"


@pytest.fixture
def drop(tmp_path: Path):
    """Keeps content as the page keeps an upload."""

    def keep(content: bytes, name: str = "sales.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return keep


@pytest.fixture
def unchanged(wb: Workbench):
    """After the test the company has what it had."""

    def state() -> tuple[object, ...]:
        return wb.sales_summary(), len(wb.catalog()), len(wb.devices()), len(wb.planograms()), wb.imports()

    before = state()
    yield
    assert state() == before


def look_and_import(wb: Workbench, path: Path) -> None:
    """As the page does, which lets nobody import what it has a problem with."""
    seen = wb.preview_sales(path, "sales.csv")
    if seen.problem:
        raise BadInput(seen.problem, seen.hint)
    wb.import_sales(path, "sales.csv")


UNREADABLE = [
    (b"", BadInput), (b"  \n\n", BadInput), (HEADER, BadInput), (b"hello", BadInput),
    (b"a,b,c\n1,2,3\n", BadInput), (bytes(range(256)) * 50, UnsupportedType), (b"\x00" * 5000, UnsupportedType),
    (b"PK\x03\x04junk", UnsupportedType), (b"%PDF-1.7", UnsupportedType), (b"\x1f\x8b" + b"x" * 99, UnsupportedType),
    (b"\xd0\xcf\x11\xe0" + b"0" * 512, UnsupportedType), (b"\x89PNG\r\n\x1a\n", UnsupportedType),
    (b"PAR1" + b"0" * 99, BadInput), (b"x" * 3_000_000, BadInput), (HEADER + b'"' + b"x" * 3_000_000, BadInput),
]


@pytest.mark.parametrize(("content", "kind"), UNREADABLE, ids=lambda v: repr(v)[:24])
def test_an_unreadable_file_is_told_and_changes_nothing(
    wb: Workbench, drop, unchanged, content: bytes, kind: type[WorkbenchError]
) -> None:
    """Whatever its name says: one sentence and a hint, at the look or at the latest at the import."""
    path = drop(content)
    with pytest.raises(kind) as told:
        look_and_import(wb, path)
    assert told.value.message.endswith(".")
    assert len(told.value.message) <= 300
    assert told.value.hint


def test_a_gigabyte_is_refused_unread(wb: Workbench, tmp_path: Path, unchanged) -> None:
    """By its size alone: a sparse file that holds nothing."""
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(2**30)
    for way in (wb.preview_sales, wb.import_sales):
        with pytest.raises(TooLarge, match=r"1,024 MB.*200"):
            way(path, "big.csv")


BAD_ROWS = {
    b"2024-05-01,Bad files,Cola,A1,free,1\n": "free", b"2024-05-01,Bad files,,A1,1.50,1\n": "product",
    b"2024-05-01,,Cola,A1,1.50,1\n": "machine", b"soon,Bad files,Cola,A1,1.50,1\n": "soon",
    b",Bad files,Cola,A1,1.50,1\n": "date", b"2024-02-30,Bad files,Cola,A1,1.50,1\n": "2024-02-30",
    b"2024-05-01,Bad files,Cola,A1,,1\n": "price", b"2024-05-01,Bad files,Cola,A1,1.50,none\n": "none",
    b"2024-05-01,Bad files,Cola,A1,nan,1\n": "nan", b"2024-05-01,Bad files,Cola,A1,1e999,1\n": "1e999",
    b"2024-05-01,Bad files,Cola,A1,1.50,-1\n": "-1", b"2024-05-01,Bad files,Cola,A1,1.50,0.5\n": "0.5",
}


@pytest.mark.parametrize("row", BAD_ROWS, ids=lambda v: v.decode().strip())
def test_a_bad_row_is_left_out_with_its_line(wb: Workbench, drop, row: bytes) -> None:
    """And the value or the field that is wrong; the good rows before and after it would go in."""
    path = drop(HEADER + GOOD + row + GOOD)
    assert not wb.preview_sales(path, "sales.csv").problem
    done = wb.import_sales(path, "sales.csv", dry_run=True)
    assert (done.rows_read, done.rows_rejected, done.revenue_e4) == (3, 1, 30_000)
    assert done.rejected[0].line == 3
    assert BAD_ROWS[row] in done.rejected[0].error.lower()


def test_only_the_dates_that_cannot_be_decided_are_left_out(wb: Workbench, drop) -> None:
    """A file with both orders: 13/02 and 02/13 say what they are, 03/04 does not."""
    rows = [b"13/02/2024", b"02/13/2024", b"03/04/2024", b"2024-04-03", b"05/05/2024"]
    path = drop(HEADER + b"".join(day + b",Bad files,Cola,A1,1.50,1\n" for day in rows))
    done = wb.import_sales(path, "sales.csv", dry_run=True)
    assert [(r.line, "03/04/2024" in r.error) for r in done.rejected] == [(4, True)]
    assert done.rows_read - done.rows_rejected == 4


def test_the_good_rows_of_a_file_with_bad_ones_are_in(wb: Workbench, drop) -> None:
    """Exactly those, once; sending it again adds nothing."""
    path = drop(HEADER + b"".join([GOOD, *BAD_ROWS, GOOD.replace(b"05-01", b"05-02")]))
    before = wb.sales_summary()
    done = wb.import_sales(path, "sales.csv")
    assert (done.rows_imported, done.rows_rejected) == (2, len(BAD_ROWS))
    assert [r.line for r in done.rejected] == list(range(3, 3 + len(BAD_ROWS)))
    after = wb.sales_summary()
    assert (after.rows - before.rows, round(after.revenue - before.revenue, 4)) == (2, 3.0)
    again = wb.import_sales(path, "sales.csv")
    assert (again.rows_imported, again.rows_duplicate) == (0, 2)
    assert wb.sales_summary() == after


@pytest.mark.parametrize("mapping", [
    {"date": "Nope"}, {"moon": "Date"}, {"date": 5}], ids=str)
def test_a_mapping_that_does_not_fit_is_told(wb: Workbench, drop, unchanged, mapping: dict) -> None:
    """With what there is to choose from."""
    with pytest.raises(BadInput) as told:
        wb.import_sales(drop(HEADER + GOOD), "sales.csv", mapping)
    assert told.value.hint


def test_a_viewer_imports_nothing(wb: Workbench, drop, unchanged) -> None:
    """The engine says so, not the page."""
    viewer = Workbench(wb.database, Actor(wb.actor.user_id, wb.actor.company_id, "viewer"), wb.settings)
    with pytest.raises(NotAllowed):
        viewer.import_sales(drop(HEADER + GOOD), "sales.csv")
