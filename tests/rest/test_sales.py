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


def test_bad_rows_are_left_out_with_their_lines(client: TestClient) -> None:
    """A price that is none, no product, a date that cannot be decided; the rest goes in, once."""
    rows = [b"13/02/2024,Cola,1.50", b"02/13/2024,Cola,1.50", b"03/04/2024,Cola,1.50", b"2024-05-01,Cola,free",
            b"2024-05-01,,1.50", b"2024-05-02,Cola,1.50"]
    content = b"Date,Machine,Product,Slot,Price\n" + b"".join(
        b"%b,Hall,%b,A1,%b\n" % tuple(row.split(b",")) for row in rows)
    before = client.get("/sales/summary").json()
    done = client.post("/sales/import", files={"file": ("s.csv", content)}).json()
    assert [r["line"] for r in done["rejected"]] == [4, 5, 6]
    assert "03/04/2024" in done["rejected"][0]["error"]
    assert "free" in done["rejected"][1]["error"]
    assert (done["rows_read"], done["rows_imported"], done["rows_rejected"]) == (6, 3, 3)
    after = client.get("/sales/summary").json()
    assert after["rows"] - before["rows"] == 3
    assert after["revenue"] - before["revenue"] == pytest.approx(4.5)
    again = client.post("/sales/import", files={"file": ("s.csv", content)}).json()
    assert (again["rows_imported"], again["rows_duplicate"]) == (0, 3)
    assert client.get("/sales/summary").json() == after


def test_the_plan_of_a_machine_made_by_hand_comes_from_its_sales(client: TestClient) -> None:
    """The empty version that it began with is replaced; what people saved stays the last."""
    made = client.post("/devices", json={"name": "Hall", "cabinets": [{"rows": 2, "columns": 2}]}).json()
    number = made["cabinets"][0]["planogram_id"]
    assert client.get(f"/planograms/{made['id']}_0").json()["positions"] == []
    content = b"Date,Machine,Product,Slot,Price\n" + b"".join(
        b"2024-05-%02d,Hall,Cola,A1,1.50\n2024-05-%02d,Hall,Water,B2,1.00\n" % (d, d) for d in range(1, 20))
    done = client.post("/sales/import", files={"file": ("s.csv", content)}).json()
    assert done["devices"] == [{"id": made["id"], "name": "Hall", "planogram_ids": [number]}]
    got = client.get(f"/planograms/{number}").json()
    assert [p["slot"] for p in got["positions"]] == ["A1", "B2"]
    assert [v["comment"] for v in client.get(f"/planograms/{number}/versions").json()["items"]] == [
        "Inferred from sales"]
