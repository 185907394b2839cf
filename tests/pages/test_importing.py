"""A sales file on the Data page: recognized, changed by hand, checked, imported."""

import pandas as pd
import pytest

from core.errors import BadInput
from pages.parts import nav
from pages.parts.importing import mapping_of

SALES = b"""Machine,Slot,Product,Price,Date
Hall east,A1,Cola,2.00,2026-03-02
Hall east,A2,Chips,free,2026-03-02
"""


def meanings(*labels: str) -> pd.DataFrame:
    return pd.DataFrame({"Column": [f"c{i}" for i in range(len(labels))], "Means": list(labels)})


def test_no_change_means_no_mapping():
    """What was recognized is left to the import itself."""
    table = meanings("Machine", "–")
    assert mapping_of(table, table.copy()) is None


def test_a_changed_meaning_becomes_an_explicit_mapping():
    """A role that lost its column is named as None, so that it is not recognized again."""
    assert mapping_of(meanings("Price", "–"), meanings("–", "Total")) == {"total": "c1", "price": None}


def test_one_meaning_for_two_columns_is_refused():
    """The sentence names both columns."""
    with pytest.raises(BadInput, match=r"c0.*c1"):
        mapping_of(meanings("Price", "Total"), meanings("Price", "Price"))


def test_a_dropped_file_is_checked_row_by_row_before_it_is_imported(open_page):
    """The good row would go in, the bad one is told with its line; nothing has changed yet."""
    app = open_page(nav.DATA)
    app.file_uploader[0].upload("sales.csv", SALES).run()
    assert not app.error
    assert len(app.data_editor) == 1
    next(b for b in app.button if b.label == "Check without importing").click().run()
    job = app.session_state.get("import_job")
    if job is not None:
        assert job.done.wait(60)
        app.run()
    assert {m.label: m.value for m in app.metric} == {
        "Rows read": "2", "Imported": "1", "There already": "0", "Left out": "1",
    }  # fmt: skip
    rejected = next(block.body for block in app.get("html") if "What is wrong" in block.body)
    assert "<td>3</td>" in rejected


def test_a_picture_renamed_to_csv_is_refused_in_words(open_page):
    """A clear error, and nothing else happens."""
    app = open_page(nav.DATA)
    app.file_uploader[0].upload("sales.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40).run()
    assert not app.exception
    assert app.error
    assert not any(b.label == "Import" for b in app.button)
