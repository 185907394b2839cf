"""Many plans by REST: copied, changed and brought back together."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from core.rest import create_api
from core.settings import Settings
from core.store.database import Database
from tests.rest.test_access import assert_error, signed_in


@pytest.fixture
def twin(client: TestClient, machine: dict) -> dict:
    """A second machine with the same slots and nothing in it."""
    made = client.post("/devices", json={"name": "Hall", "cabinets": [{"rows": 3, "columns": 4}]}).json()
    positions = [{"slot": "A1", "product_id": machine["positions"][0]["product_id"], "price": 4.5}]
    plan = client.post("/planograms", json={
        "name": "Hall", "fixture": {"rows": 3, "columns": 4}, "positions": positions}).json()
    assert made["name"] == "Hall"
    return plan


def test_a_layout_is_previewed_copied_and_undone(client: TestClient, machine: dict, twin: dict) -> None:
    """The preview saves nothing; the copy says what differs; undo brings back what was."""
    path = f"/planograms/{machine['id']}"
    similar = client.get(f"{path}/similar").json()
    assert twin["id"] in {s["id"] for s in similar["items"]}
    body = {"planogram_ids": [twin["id"]]}
    preview = client.post(f"{path}/copy", json=body).json()
    (item,) = preview["items"]
    assert preview["batch"] is None
    assert [p["product_id"] for p in item["positions"]] == [p["product_id"] for p in machine["positions"]]
    assert [d["kind"] for d in item["differences"]] == ["other price"]
    assert client.get(f"/planograms/{twin['id']}").json()["version"] == 1

    saved = client.post(f"{path}/copy", json={**body, "save": True}).json()
    assert saved["batch"]["plans"] == 1
    now = client.get(f"/planograms/{twin['id']}").json()
    assert (now["version"], now["comment"]) == (2, f"Layout of {machine['name']}")
    assert client.get("/batches").json()["items"][0]["id"] == saved["batch"]["id"]
    undone = client.post(f"/batches/{saved['batch']['id']}/undo").json()
    assert undone == {"restored": ["Hall"], "left": []}
    assert client.get(f"/planograms/{twin['id']}").json()["positions"] == twin["positions"]


def test_one_change_is_made_on_every_plan_that_it_concerns(
    client: TestClient, machine: dict, twin: dict
) -> None:
    """A price, then another product in its place."""
    product = machine["positions"][0]["product_id"]
    body = {"action": "price", "product_id": product, "price": 3.25, "save": True}
    done = client.post("/planograms/bulk-edit", json=body).json()
    assert done["batch"]["plans"] == 2
    for plan in (machine, twin):
        now = client.get(f"/planograms/{plan['id']}").json()
        assert {p["price"] for p in now["positions"] if p["product_id"] == product} == {3.25}
    other = client.post("/products", json={"name": "New", "category": "Chips"}).json()["id"]
    body = {"action": "replace", "product_id": product, "by_product_id": other, "planogram_ids": [twin["id"]]}
    (item,) = client.post("/planograms/bulk-edit", json=body).json()["items"]
    assert (item["places"], item["changes"]["added"], item["changes"]["removed"]) == (1, 1, 1)


@pytest.mark.parametrize(("body", "status"), [
    ({"action": "burn", "product_id": 1}, 400), ({"action": "replace", "product_id": 1}, 400),
    ({"action": "remove", "product_id": 1, "planogram_ids": []}, 400), ({"action": "remove"}, 400),
    ({"action": "remove", "product_id": 999, "save": True}, 400),
])
def test_an_impossible_change_is_refused(client: TestClient, machine: dict, body: dict, status: int) -> None:
    """And nothing is saved."""
    assert_error(client.post("/planograms/bulk-edit", json=body), status)
    assert client.get(f"/planograms/{machine['id']}").json() == machine
    assert_error(client.post("/batches/99/undo"), 404)
    assert_error(client.post("/planograms/99/copy", json={"planogram_ids": [1]}), 404)


def test_a_viewer_previews_and_saves_nothing(
    database: Database, settings: Settings, client: TestClient, machine: dict, twin: dict
) -> None:
    """Nor does another company see the plans."""
    strict = TestClient(create_api(database, settings.model_copy(update={"demo": False})))
    viewer, stranger = (signed_in(strict, f"{who}.test") for who in ("viewer@acme", "admin@other"))
    body = {"planogram_ids": [twin["id"]], "save": True}
    path = f"/planograms/{machine['id']}/copy"
    assert_error(strict.post(path, json=body, headers=viewer), 403)
    assert strict.post(path, json={**body, "save": False}, headers=viewer).status_code == 200
    assert_error(strict.post(path, json=body, headers=stranger), 404)
    assert strict.get("/batches", headers=stranger).json() == {"items": [], "total": 0}
