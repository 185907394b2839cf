"""Planograms leave as files and come back; bad files change nothing."""

from __future__ import annotations

import io
import json
from typing import Any
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from core.planogram.files.psa_rows import row
from core.store.database import Database
from tests.rest.conftest import PASSWORD
from tests.store.imports.test_run import counts

IDENTITY = ("id", "name", "version", "created_at", "created_by", "comment", "status", "key", "site_name", "venue_type",
            "device_id", "store_id", "last_version", "season", "project_id")
TYPES = {
    "csv": "text/csv", "json": "application/json", "psa": "application/octet-stream", "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "png": "image/png",
}


def export(client: TestClient, machine: dict[str, Any], kind: str) -> Any:
    return client.get(f"/planograms/{machine['id']}/export", params={"format": kind})


def send(client: TestClient, content: bytes, name: str = "plan.bin", **data: Any) -> Any:
    return client.post("/planograms/import", files={"file": (name, content)}, data=data)


def layout(plan: dict[str, Any]) -> dict[str, Any]:
    """What a plan is, without which plan it is."""
    return {k: v for k, v in plan.items() if k not in IDENTITY}


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json", "psa"])
def test_what_is_exported_is_imported_equal(client: TestClient, machine: dict[str, Any], kind: str) -> None:
    """Fixture, rule set and every position, as a new draft of the same name."""
    sent = send(client, export(client, machine, kind).content)
    assert sent.status_code == 201, sent.text
    done = sent.json()
    again = client.get(f"/planograms/{done['planogram_id']}").json()
    assert again["id"] != machine["id"]
    assert layout(again) == layout(machine)
    assert (again["name"], again["status"]) == (machine["name"], "draft")
    assert (done["rows_read"], done["rows_imported"], done["rejected"]) == (12, 12, [])
    assert done["planogram_ids"] == [again["id"]]


@pytest.mark.parametrize("kind", TYPES)
def test_every_format_has_its_type_and_a_name(client: TestClient, machine: dict[str, Any], kind: str) -> None:
    """A file to save, named like the plan."""
    answer = export(client, machine, kind)
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == TYPES[kind]
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; ")
    assert unquote(disposition.rpartition("''")[2]) == f"{machine['name']}.{kind}"
    assert answer.content


def test_pictures_and_prints_open(client: TestClient, machine: dict[str, Any]) -> None:
    """A PNG that Pillow reads and a PDF of at least a page."""
    assert Image.open(io.BytesIO(export(client, machine, "png").content)).width > 400
    assert export(client, machine, "pdf").content.startswith(b"%PDF-")


def test_a_name_that_files_cannot_have_is_made_one(client: TestClient, machine: dict[str, Any]) -> None:
    """Slashes, quotes and letters beyond ASCII."""
    posted = client.post("/planograms", json={"name": 'Été / "east" \\ 3', "fixture": {"width_in": 24, "shelf_count": 2}})
    answer = client.get(f"/planograms/{posted.json()['id']}/export", params={"format": "csv"})
    disposition = answer.headers["content-disposition"]
    assert unquote(disposition.rpartition("''")[2]) == "Été east 3.csv"
    assert 'filename="_t_ east 3.csv"' in disposition


def test_instructions_for_a_new_set(client: TestClient, machine: dict[str, Any]) -> None:
    """As Markdown, as JSON with typed steps, as PDF."""
    path = f"/planograms/{machine['id']}/instructions"
    text = client.get(path).text
    assert text.startswith(f"# {machine['name']}")
    assert text.count("- [ ]") == 12
    body = client.get(path, params={"format": "json"}).json()
    assert {s["type"] for s in body["steps"]} == {"place"}
    assert set(body["steps"][0]) == {
        "number", "type", "text", "shelf", "product_id", "product", "held", "from", "to"}
    assert client.get(path, params={"format": "pdf"}).content.startswith(b"%PDF-")


def test_instructions_for_a_reset(client: TestClient, machine: dict[str, Any]) -> None:
    """Two products changed places: one is held, both are handled."""
    positions = [dict(p) for p in machine["positions"]]
    a, b = positions[0], positions[5]
    a["product_id"], b["product_id"] = b["product_id"], a["product_id"]
    saved = client.put(f"/planograms/{machine['id']}/layout",
                       json={"base_version": machine["version"], "positions": positions}).json()
    path = f"/planograms/{machine['id']}/instructions"
    body = client.get(path, params={"format": "json", "from_version": machine["version"]}).json()
    assert (body["kind"], body["from_version"], body["version"]) == ("reset", 1, saved["version"])
    assert [s["type"] for s in body["steps"] if s["type"] != "reprice"] == ["hold", "move", "place"]
    assert client.get(path, params={"format": "pdf", "from_version": 1}).content.startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("export", {"format": "docx"}, 400), ("instructions", {"format": "csv"}, 400),
        ("export", {"version": 99}, 404), ("instructions", {"from_version": 99}, 404),
    ],
)
def test_a_wish_that_cannot_be_met_is_told(
    client: TestClient, machine: dict[str, Any], path: str, params: dict[str, Any], status: int
) -> None:
    """Another format, a version that is not there."""
    answer = client.get(f"/planograms/{machine['id']}/{path}", params=params)
    assert answer.status_code == status
    assert set(answer.json()) >= {"success", "error", "hint"}


TABLE = "slot,product,upc,category,product_width_in,facings,price\n"


def test_unknown_products_are_reported_or_made(client: TestClient, database: Database) -> None:
    """By line; when asked for, they are created with what the file says of them."""
    content = (TABLE + "A1,Snack 1,,,,1,2.5\nA2,New bar,0400,Bars,1.5,1,3\nA3,,,,,1,\n").encode()
    before = counts(database)
    done = send(client, content).json()
    assert [(r["line"], r["error"][:7]) for r in done["rejected"]] == [(3, "New bar")]
    assert (done["rows_imported"], done["products_created"]) == (1, 0)
    made = send(client, content, create_products="true", name="Second").json()
    assert (made["name"], made["rows_imported"], made["products_created"], made["rejected"]) == ("Second", 2, 1, [])
    products = {p["name"]: p for p in client.get("/products", params={"limit": 100}).json()["items"]}
    assert (products["New bar"]["upc"], products["New bar"]["category"], products["New bar"]["width_in"]) == (
        "0400", "Bars", 1.5)
    after = counts(database)
    assert after["product"] - before["product"] == 1
    assert after["planogram"] - before["planogram"] == 2


def test_a_dry_run_changes_nothing(client: TestClient, database: Database) -> None:
    """It reports what would come of the file."""
    before = counts(database)
    done = send(client, (TABLE + "A1,New bar,1,Bars,1,1,1\n").encode(), create_products="true", dry_run="true").json()
    assert (done["planogram_id"], done["products_created"], done["rows_imported"]) == (None, 1, 1)
    assert counts(database) == before


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400), (b"\x89PNG\r\n\x1a\n", 415), (b"PK\x03\x04 broken", 415), (b"{", 400), (b"[1, 2]", 400),
        (b"just words\n", 400), (b"PROSPACE SCHEMATIC FILE\r\n", 400), (TABLE.encode() + b"A1,Nobody,,,,1,\n", 400),
        (b'{"fixture": {"row_columns": [3], "width_in": 1e9}, "positions": []}', 400), (b"%PDF-1.4", 415),
        (b'{"fixture": {"row_columns": [9], "width_in": 24, "cell_width_in": 6, "placement": "cells"}}', 422),
    ],
)
def test_bad_files_are_refused_and_change_nothing(
    client: TestClient, database: Database, content: bytes, status: int
) -> None:
    """One sentence and a hint; not a row is left behind."""
    before = counts(database)
    answer = send(client, content, create_products="false")
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]
    assert answer.json()["success"] is False
    assert counts(database) == before


def test_a_file_that_is_too_large_is_refused(client: TestClient) -> None:
    """A planogram takes far less."""
    assert send(client, b"x" * (32 * 2**20 + 1)).status_code == 413


def test_unknown_rows_of_a_space_planning_file_come_back(client: TestClient) -> None:
    """Import, change a price in the editor, export: the strange row is there."""
    lines = ["PROSPACE SCHEMATIC FILE", "; Version 2021.1.2", "; Codepage=1252", row("Project", {1: "P"}),
             row("Product", {1: "123", 2: "9", 3: "Crème soda", 5: "3", 6: "5", 7: "3"}),
             row("Planogram", {1: "Aisle", 3: "48", 4: "60", 5: "18"}), "Weird,row\\,with,cells",
             row("Fixture", {1: "0", 2: "s", 4: "0", 5: "48", 6: "4", 7: "1"}),
             row("Position", {1: "123", 2: "9", 4: "3.5", 5: "6", 6: "5", 14: "2", 15: "1", 16: "3"})]
    content = "\r\n".join([*lines, ""]).encode("cp1252")
    done = send(client, content, create_products="true").json()
    p = done["positions"][0]
    assert (p["x_in"], p["facings"], p["facings_deep"], done["rule_set"]) == (3.5, 2, 3, "as found")
    path = f"/planograms/{done['id']}"
    assert client.get(f"{path}/export", params={"format": "psa"}).content == content
    client.put(f"{path}/layout", json={"base_version": 1, "positions": [{**p, "price": 1.5}]})
    changed = client.get(f"{path}/export", params={"format": "psa"}).content
    assert changed != content
    assert b"Weird,row\\,with,cells" in changed


def test_only_a_manager_may_import(client: TestClient, machine: dict[str, Any], database: Database) -> None:
    """A viewer may take files away, not bring them."""
    token = client.post("/auth/token", json={"email": "viewer@acme.test", "password": PASSWORD}).json()["token"]
    head = {"Authorization": f"Bearer {token}"}
    content = client.get(f"/planograms/{machine['id']}/export", headers=head, params={"format": "csv"})
    assert content.status_code == 200
    answer = client.post("/planograms/import", files={"file": ("a.csv", content.content)}, headers=head)
    assert answer.status_code == 403


def test_another_company_sees_neither_plan_nor_file(client: TestClient, machine: dict[str, Any]) -> None:
    """Not found, for every format."""
    token = client.post("/auth/token", json={"email": "admin@other.test", "password": PASSWORD}).json()["token"]
    for path in ("export", "instructions"):
        answer = client.get(f"/planograms/{machine['id']}/{path}", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 404


def test_exports_are_in_the_audit_log(client: TestClient, machine: dict[str, Any], database: Database) -> None:
    """Who took which plan away, and in what form."""
    export(client, machine, "json")
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT action, detail FROM audit_log WHERE action = 'export'").all()
    assert [json.loads(r[1])["format"] for r in rows] == ["json"]


AUDIT = b"DXS*1*VA\nID1*SER1*M\nID4*2*978*EUR\nID5*20240501*1200\nPA1*1*150*COLA\nPA2*%d*%d*1*150\nDXE*1*1\n"


def test_audits_go_in_where_sales_do(client: TestClient) -> None:
    """Two readings of a machine: its plan at once, its sales with the second."""
    first = client.post("/sales/import", files={"file": ("a.dex", AUDIT % (10, 1500))})
    assert first.status_code == 200, first.text
    body = first.json()
    assert (body["rows_read"], body["rows_imported"], len(body["devices"][0]["planogram_ids"])) == (1, 0, 1)
    later = (AUDIT % (13, 1950)).replace(b"20240501", b"20240508")
    body = client.post("/sales/import", files={"file": ("b.dex", later)}).json()
    assert (body["rows_imported"], body["revenue"], body["period"]) == (
        1, 4.5, {"from": "2024-05-08", "to": "2024-05-08"})
    again = client.post("/sales/import", files={"file": ("b.dex", later)}).json()
    assert (again["rows_imported"], again["rows_duplicate"]) == (0, 1)
