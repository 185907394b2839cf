"""Downloads."""

import pandas as pd
from streamlit.testing.v1 import AppTest

from pages.parts.tables import csv, height


def test_csv_keeps_names_and_numbers():
    """Text comes back as it was, with a mark that spreadsheets need for accents."""
    content = csv(pd.DataFrame({"Site": ["Café"], "Revenue": [12.5]}))
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").splitlines() == ["Site,Revenue", "Café,12.5"]


def test_csv_disarms_cells_that_a_spreadsheet_would_run():
    """A product named like a formula stays a name."""
    text = csv(pd.DataFrame({"Product": ['=HYPERLINK("x")', None, "Cola"]})).decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert text.splitlines()[2:] == ['""', "Cola"] or text.splitlines()[2:] == ["", "Cola"]


def test_sentences_are_shown_in_full_and_the_rest_is_counted():
    """Markup in a file's text stays text."""

    def script():
        import pandas as pd

        from pages.parts import tables

        rows = pd.DataFrame({"Line": range(1000, 1005), "What is wrong": ["<b>free</b> is no price."] * 5})
        tables.wrapped(rows, most=3)

    html = AppTest.from_function(script).run().html[0].value
    assert html.count("&lt;b&gt;free&lt;/b&gt; is no price.") == 3
    assert "1,002" in html
    assert "and 2 more in the download" in html


def test_a_grid_ends_with_its_last_row_and_scrolls_where_it_is_long():
    """No empty row below few, no endless page of many."""
    assert height(3, 388) == "content"
    assert height(300, 388) == 388
