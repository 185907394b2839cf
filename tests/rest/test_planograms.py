"""Planograms by REST: created, saved, compared, restored, filled."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.rest.test_access import assert_error

SHELF = {"width_in": 36, "height_in": 72, "depth_in": 18, "shelf_count": 3}


def swapped(machine: dict) -> list[dict]:
    positions = [dict(p) for p in machine["positions"]]
    positions[0]["product_id"], positions[5]["product_id"] = (
        positions[5]["product_id"], positions[0]["product_id"])
    return positions


def test_a_planogram_is_read_by_id_and_by_machine(client: TestClient, machine: dict) -> None:
    """With every field of the contract."""
    assert client.get("/planograms/1_0").json() == machine
    assert {"id", "name", "version", "status", "season", "fixture", "rule_set", "positions"} <= machine.keys()
    assert {"shape", "rows", "columns", "width_in", "height_in", "depth_in", "cell_width_in",
            "temperature_zone"} <= machine["fixture"].keys()
    assert {"slot", "row", "column", "cells", "product_id", "facings", "facings_high", "x_in", "capacity",
            "quantity", "par_level", "price"} <= machine["positions"][0].keys()
    assert machine["rule_set"] == "as found"
    assert len(machine["positions"]) == 12


def test_a_layout_is_saved_as_a_new_version(client: TestClient, machine: dict) -> None:
    """Compared with the old one, restored as the newest; the history keeps all."""
    path = f"/planograms/{machine['id']}"
    saved = client.put(f"{path}/layout", json={
        "base_version": 1, "positions": swapped(machine), "comment": "Try"})
    assert saved.status_code == 200, saved.text
    assert saved.json()["version"] == 2
    change = client.get(f"{path}/diff?from=1&to=2").json()
    assert {"added", "removed", "moved", "refaced", "repriced"} <= change.keys()
    assert len(change["moved"]) == 2
    back = client.post(f"{path}/restore", json={"version": 1}).json()
    assert back["version"] == 3
    assert back["positions"] == machine["positions"]
    history = client.get(f"{path}/versions").json()
    assert history["total"] == 3
    assert {v["version"] for v in history["items"]} == {1, 2, 3}
    assert client.get(f"{path}?version=2").json()["positions"] == saved.json()["positions"]


def test_saving_an_unchanged_layout_keeps_every_position(client: TestClient, machine: dict) -> None:
    """What is read can be sent back as it is."""
    sent = {"base_version": 1, "positions": machine["positions"]}
    again = client.put(f"/planograms/{machine['id']}/layout", json=sent)
    assert again.json()["positions"] == machine["positions"]


def test_the_second_of_two_savers_is_told(client: TestClient, machine: dict) -> None:
    """409, and the first one's version stays."""
    path = f"/planograms/{machine['id']}/layout"
    first = client.put(path, json={"base_version": 1, "positions": swapped(machine)}).json()
    assert_error(client.put(path, json={"base_version": 1, "positions": machine["positions"]}), 409)
    assert client.get(f"/planograms/{machine['id']}").json()["positions"] == first["positions"]


@pytest.mark.parametrize(
    ("change", "status"),
    [({"product_id": 999}, 400), ({"slot": "Z99", "row": None, "column": None}, 400), ({"quantity": -1}, 400),
     ({"facings": 0}, 400), ({"price": -2}, 400), ({"facings": 2}, 422), ({"price": "free"}, 400)],
)
def test_an_impossible_layout_changes_nothing(
    client: TestClient, machine: dict, change: dict, status: int
) -> None:
    """Malformed is 400, well formed but against a rule 422 with its violations."""
    positions = [dict(p) for p in machine["positions"]]
    positions[0].update(change)
    path = f"/planograms/{machine['id']}"
    refused = client.put(f"{path}/layout", json={"base_version": 1, "positions": positions})
    assert_error(refused, status)
    if status == 422:
        assert {"rule", "severity", "slot", "product_id", "message"} <= refused.json()["violations"][0].keys()
    assert client.get(path).json() == machine


def test_a_planogram_is_created_with_positions(client: TestClient) -> None:
    """Touching positions of one product are its facings."""
    body = {"name": "End cap", "season": "summer", "fixture": SHELF, "positions": [
        {"row": 0, "column": 0, "product_id": 1}, {"row": 0, "column": 1, "product_id": 1},
        {"slot": "B3", "product_id": 2, "facings": 2, "price": 1.99},
        {"row": 2, "x_in": 12, "product_id": 3}]}
    made = client.post("/planograms", json=body)
    assert made.status_code == 201, made.text
    got = made.json()
    assert (got["rule_set"], got["version"], got["fixture"]["columns"]) == ("strict", 1, 6)
    assert [(p["slot"], p["product_id"], p["facings"]) for p in got["positions"]] == [
        ("A1", 1, 2), ("B3", 2, 2), ("C3", 3, 1)]
    assert client.get(f"/planograms/{got['id']}").json()["positions"] == got["positions"]


def test_a_planogram_can_be_filled_from_categories(client: TestClient) -> None:
    """With products of those categories only."""
    category = client.get("/categories").json()["items"][0]
    body = {"name": "Auto", "fixture": SHELF, "category_ids": [category["id"]]}
    made = client.post("/planograms", json=body)
    products = {p["id"]: p for p in client.get("/products").json()["items"]}
    assert made.json()["positions"]
    assert {products[p["product_id"]]["category"] for p in made.json()["positions"]} == {category["name"]}


@pytest.mark.parametrize(
    ("body", "status"),
    [({"fixture": {**SHELF, "width_in": 0}}, 400), ({"fixture": {**SHELF, "width_in": -3}}, 400),
     ({"fixture": {**SHELF, "width_in": 120, "shelf_count": 30}}, 400), ({"fixture": {"width_in": 36}}, 400),
     ({"fixture": {**SHELF, "shape": "hexagon"}}, 400), ({"fixture": {**SHELF, "shelf_count": 0}}, 400),
     ({"name": "  "}, 400), ({"rule_set": "loose"}, 400), ({"category_ids": [999]}, 404),
     ({"positions": [{"row": 0, "column": 0, "product_id": 999}]}, 400),
     ({"positions": [{"slot": "Z99", "product_id": 1}]}, 400),
     ({"positions": [{"row": 0, "column": 0, "product_id": 1, "quantity": -4}]}, 400),
     ({"positions": [{"slot": "A1", "product_id": 1}, {"slot": "B4", "product_id": 1}]}, 422),
     ({"positions": [{"slot": "A1", "product_id": 1}, {"slot": "A1", "product_id": 2}]}, 422),
     ({"positions": [{"row": 0, "column": 5, "product_id": 1, "facings": 2}]}, 422)],
)
def test_an_impossible_planogram_is_not_made(client: TestClient, body: dict, status: int) -> None:
    """A clear error, and the list stays as it was."""
    before = client.get("/planograms").json()
    assert_error(client.post("/planograms", json={"name": "Shelf", "fixture": SHELF, **body}), status)
    assert client.get("/planograms").json() == before


def test_autofill_lays_out_products_that_are_sent(client: TestClient) -> None:
    """The best scorer twice, with a reason for what does not fit; nothing is saved."""
    products = [
        {"id": i, "name": f"P{i}", "category": "A", "width_in": 5, "pack_height_in": 2, "margin": 1.0 + i,
         "overall_score": 50 + i} for i in range(1, 6)
    ] + [{"id": 9, "name": "Wide", "category": "A", "width_in": 60, "margin": 1, "overall_score": 10}]
    done = client.post("/planograms/autofill", json={
        "fixture": {"width_in": 36, "shelf_count": 1}, "products": products})
    assert done.status_code == 200, done.text
    got = done.json()
    assert got["grid"] == {"cols": 6, "rows": 1, "cellWidthIn": 6.0}
    items = got["rows"][0]["items"]
    assert {i["product_id"]: i["facings"] for i in items}[5] == 2
    assert [n["product_id"] for n in got["not_placed"]] == [9]
    assert got["not_placed"][0]["reason"]
    assert client.get("/planograms").json()["total"] == 1


@pytest.mark.parametrize("products", [[{"name": "no id", "width_in": 5}], [{"id": 1, "width_in": "x"}], [{}]])
def test_autofill_refuses_what_it_cannot_read(client: TestClient, products: list) -> None:
    """400 with the field."""
    body = {"fixture": {"width_in": 36, "shelf_count": 1}, "products": products}
    assert_error(client.post("/planograms/autofill", json=body), 400)


def test_autofill_of_nothing_is_an_empty_layout(client: TestClient) -> None:
    """Not an error."""
    done = client.post("/planograms/autofill", json={
        "fixture": {"width_in": 36, "shelf_count": 2}, "products": []}).json()
    assert [row["items"] for row in done["rows"]] == [[], []]
    assert done["not_placed"] == []
