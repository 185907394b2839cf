"""Downloads."""

import pandas as pd

from pages.parts.tables import csv


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
