"""Sales files by REST."""

from __future__ import annotations

import json

import pytest
from fastapi.testclient import TestClient

from tests.rest.conftest import sales_csv
from tests.rest.test_access import assert_error


def test_a_file_reports_what_it_brought(client: TestClient) -> None:
    """Two days more of the same machine: its old rows are known, the new ones go in."""
    done = client.post("/sales/import", files={"file": ("s.csv", sales_csv(days=47))}).json()
    assert done["rows_read"] == done["rows_imported"] + done["rows_duplicate"]
    assert done["rows_imported"] > 0
    assert done["rejected"] == []
    assert [d["name"] for d in done["devices"]] == ["Lobby"]
    assert done["period"] == {"from": "2024-03-01", "to": "2024-04-16"}


def test_the_same_file_again_adds_nothing(client: TestClient) -> None:
    """Counted as known, and the totals stay."""
    before = client.get("/sales/summary").json()
    done = client.post("/sales/import", files={"file": ("other name.csv", sales_csv())}).json()
    assert done["rows_imported"] == 0
    assert done["rows_duplicate"] == done["rows_read"]
    assert client.get("/sales/summary").json() == before


def test_a_dry_run_changes_nothing(client: TestClient) -> None:
    """But says what would happen."""
    before = client.get("/sales/summary").json()
    sent = {"file": ("s.csv", sales_csv(days=50))}
    done = client.post("/sales/import", files=sent, data={"dry_run": "true"}).json()
    assert done["import_id"] is None
    assert done["rows_imported"] > 0
    assert client.get("/sales/summary").json() == before


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"", 400), (b"Date,Machine,Product\n", 400), (b"\x89PNG\r\n\x1a\n" + bytes(200), 415),
     (b"%PDF-1.7 ...", 415)],
)
def test_an_unreadable_file_changes_nothing(client: TestClient, content: bytes, status: int) -> None:
    """Whatever its name says."""
    before = client.get("/sales/summary").json()
    assert_error(client.post("/sales/import", files={"file": ("sales.csv", content)}), status)
    assert client.get("/sales/summary").json() == before


def test_a_bad_row_is_told_with_its_line(client: TestClient) -> None:
    """The good rows go in."""
    content = (b"Date,Machine,Product,Slot,Price,Quantity\n2024-05-01,Lobby,Snack 1,A1,1.50,1\n"
               b"2024-05-01,Lobby,Snack 1,A1,free,1\n2024-05-01,Lobby,,A1,1.50,1\n")
    done = client.post("/sales/import", files={"file": ("s.csv", content)}).json()
    assert (done["rows_read"], done["rows_imported"], done["rows_rejected"]) == (3, 1, 2)
    assert [r["line"] for r in done["rejected"]] == [3, 4]


def test_a_mapping_has_to_be_a_table(client: TestClient) -> None:
    """400 for anything else."""
    for mapping in ("{broken", "[1]", json.dumps({"date": 5})):
        sent = {"file": ("s.csv", sales_csv())}
        assert_error(client.post("/sales/import", files=sent, data={"mapping": mapping}), 400)


@pytest.mark.parametrize("by", ["day", "product", "slot"])
def test_a_summary_adds_up(client: TestClient, by: str) -> None:
    """Its items make its totals."""
    found = client.get("/sales/summary", params={"by": by, "device_ids": "1"}).json()
    assert sum(i["units"] for i in found["items"]) == found["units"]
    assert sum(i["revenue"] for i in found["items"]) == pytest.approx(found["revenue"])
    assert found["from"] == "2024-03-01"


def test_a_period_bounds_the_summary(client: TestClient) -> None:
    """Both days included; a machine that is not there is told."""
    one = client.get("/sales/summary", params={"from": "2024-03-02", "to": "2024-03-02"}).json()
    whole = client.get("/sales/summary").json()
    assert 0 < one["units"] < whole["units"]
    assert_error(client.get("/sales/summary?device_ids=999"), 404)
    assert_error(client.get("/sales/summary?from=2024-03-02&to=2024-03-01"), 400)
