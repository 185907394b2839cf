"""The published contract, route by route: exactly these fields, as other programs read them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from tests.rest.conftest import sales_csv

FIXTURE = {
    "shape", "rows", "columns", "row_columns", "shelf_count", "width_in", "height_in", "depth_in",
    "cell_width_in", "placement", "temperature_zone",
}
POSITION = {
    "slot", "row", "column", "cells", "product_id", "facings", "facings_high", "facings_deep", "x_in",
    "width_in", "capacity", "quantity", "par_level", "price", "locked",
}
PLANOGRAM = {
    "id", "key", "name", "version", "last_version", "status", "season", "site_name", "venue_type", "device_id",
    "store_id", "project_id", "comment", "created_at", "created_by", "fixture", "rule_set", "positions",
}
PRODUCT = {
    "id", "name", "category", "brand", "size", "upc", "width_in", "height_in", "depth_in", "pack_height_in",
    "price", "cost", "velocity", "seasonality", "shelf_life_days", "temperature", "health_score",
    "overall_score", "margin",
}
STORE = {
    "id", "site_id", "name", "code", "address", "venue_type", "latitude", "longitude", "demographics",
    "traffic_by_hour", "is_demo",
}
DEVICE = {
    "id", "site_id", "name", "source_name", "store_id", "model", "venue_type", "latitude", "longitude",
    "is_demo", "cabinets",
}
CABINET = {"id", "index", "rows", "columns", "temperature_zone", "planogram_id"}
DIFF = {
    "added", "removed", "moved", "refaced", "repriced", "restocked", "relocked", "settings",
}
INTERVAL = {"lower", "upper"}
SHELF = {"width_in": 36, "height_in": 72, "depth_in": 18, "shelf_count": 3}


def fields(value: Any, *path: str | int) -> set[str]:
    """The names of the object at a path."""
    for step in path:
        value = value[step]
    assert isinstance(value, dict)
    return set(value)


def proposal(machine: dict[str, Any]) -> list[dict[str, Any]]:
    """The machine's layout with two products exchanged, as a client writes it."""
    slots = [{"position": p["slot"], "product_id": p["product_id"]} for p in machine["positions"]]
    slots[0]["product_id"], slots[5]["product_id"] = slots[5]["product_id"], slots[0]["product_id"]
    return slots


LISTS = {
    "/stores": STORE, "/devices": DEVICE, "/products": PRODUCT,
    "/categories": {"id", "name", "products"}, "/fixtures": {"id", "name", "is_demo"} | FIXTURE,
    "/projects": {"id", "name", "store_id", "planograms", "is_demo"},
    "/planograms": PLANOGRAM | {"site_id", "updated_at", "is_demo"},
}


@pytest.mark.parametrize("path", LISTS)
def test_a_list(client: TestClient, path: str) -> None:
    """Items with an integer id and a name, and their number; 50 a page, at most 1000."""
    client.post("/stores", json={"name": "Mall"})
    client.post("/projects", json={"name": "Summer"})
    client.post("/fixtures", json={"name": "End", **SHELF})
    body = client.get(path).json()
    assert fields(body) == {"items", "total"}
    assert fields(body, "items", 0) == LISTS[path]
    assert type(body["items"][0]["id"]) is int
    assert body["items"][0]["name"]
    assert client.get(path, params={"limit": 0}).json() == {"items": [], "total": body["total"]}
    assert client.get(path, params={"limit": 1000, "offset": body["total"]}).json()["items"] == []
    assert client.get(path, params={"limit": 1001}).status_code == 400


def test_a_cabinet_of_a_device(client: TestClient) -> None:
    """With the planogram that stands in it, which the machine's key names too."""
    device = client.get("/devices").json()["items"][0]
    cabinet = device["cabinets"][0]
    assert set(cabinet) == CABINET
    by_key = client.get(f"/planograms/{device['id']}_{cabinet['index']}").json()
    assert by_key["id"] == cabinet["planogram_id"]


def test_a_planogram(client: TestClient, machine: dict[str, Any]) -> None:
    """Its fixture and positions; a machine's own selection as label."""
    assert set(machine) == PLANOGRAM
    assert fields(machine, "fixture") == FIXTURE
    assert fields(machine, "positions", 0) in (POSITION, POSITION | {"label"})
    types = {k: type(v) for k, v in machine["positions"][0].items()}
    assert {types[k] for k in ("row", "column", "cells", "product_id", "facings")} == {int}
    assert types["x_in"] is float
    listed = client.get("/planograms", params={"device_id": machine["device_id"]}).json()["items"]
    assert [{k: p[k] for k in PLANOGRAM} for p in listed] == [machine]


def test_versions_and_their_difference(client: TestClient, machine: dict[str, Any]) -> None:
    """A save, the history, what changed, and the old version back."""
    path = f"/planograms/{machine['id']}"
    positions = [dict(p) for p in machine["positions"]]
    positions[0]["product_id"], positions[5]["product_id"] = (
        positions[5]["product_id"], positions[0]["product_id"])
    positions[1]["price"] = 9.99
    saved = client.put(f"{path}/layout", json={"base_version": 1, "positions": positions})
    assert (saved.status_code, set(saved.json())) == (200, PLANOGRAM)
    history = client.get(f"{path}/versions").json()
    assert fields(history, "items", 0) == {
        "id", "name", "version", "created_at", "created_by", "comment", "effective_from", "positions",
        "status"}
    change = client.get(f"{path}/diff", params={"from": 1, "to": 2}).json()
    assert set(change) == DIFF
    assert fields(change, "moved", 0) == {"product_id", "slot_from", "slot_to", "x_from_in", "x_to_in"}
    assert fields(change, "repriced", 0) == {"product_id", "slot", "price_from", "price_to"}
    back = client.post(f"{path}/restore", json={"version": 1})
    assert (back.status_code, set(back.json())) == (200, PLANOGRAM)
    gone = client.put(f"{path}/layout", json={"base_version": 3, "positions": positions[1:]})
    assert gone.status_code == 200
    removed = client.get(f"{path}/diff", params={"from": 3, "to": 4}).json()["removed"]
    assert set(removed[0]) == {"product_id", "slot", "facings"}


def test_a_new_planogram(client: TestClient) -> None:
    """Created, as the planogram itself."""
    made = client.post("/planograms", json={
        "name": "End", "season": "summer", "rule_set": "strict", "fixture": SHELF,
        "positions": [{"slot": "A1", "product_id": 1, "facings": 2}]})
    assert (made.status_code, set(made.json())) == (201, PLANOGRAM)


def test_autofill(client: TestClient) -> None:
    """The layout as a grid with rows of items."""
    product = {"id": 1, "name": "P", "category": "A", "width_in": 5, "pack_height_in": 2, "margin": 1.0,
               "overall_score": 50}
    wide = {**product, "id": 2, "width_in": 99}
    got = client.post("/planograms/autofill", json={
        "fixture": {"width_in": 36, "shelf_count": 2}, "products": [product, wide]}).json()
    assert set(got) == {"grid", "rows", "not_placed"}
    assert got["grid"] == {"cols": 6, "rows": 2, "cellWidthIn": 6.0}
    assert fields(got, "rows", 0) == {"id", "name", "items"}
    items = [item for row in got["rows"] for item in row["items"]]
    assert set(items[0]) == {
        "product_id", "name", "slot", "x", "w", "facings", "facings_high", "x_in", "width_in", "price"}
    assert fields(got, "not_placed", 0) == {"product_id", "reason"}


def test_a_placement_score(client: TestClient, machine: dict[str, Any]) -> None:
    """With reasons and money, and a prediction id."""
    got = client.post("/planograms/realtime-analysis", json={
        "planogram_id": machine["id"], "product_id": 1, "slot_position": "B2"}).json()
    assert set(got) == {
        "success", "valid", "placement_score", "confidence", "feedback", "zone_analysis",
        "constraints_passed", "expected_revenue_delta", "degraded", "violations", "contributions",
        "learned_from", "description", "response_time_ms", "prediction_id"}
    assert fields(got, "feedback") == {"pros", "cons", "suggestions"}
    assert fields(got, "zone_analysis") == {"current_zone_value", "optimal_zones", "reason"}
    assert fields(got, "expected_revenue_delta") == {"daily"} | INTERVAL
    assert fields(got, "contributions", 0) == {"name", "weight", "value", "points"}


def test_a_placement_score_without_history(client: TestClient) -> None:
    """By the rules, marked as such, with what is missing."""
    made = client.post("/devices", json={"name": "New", "cabinets": [{"rows": 4, "columns": 5}]}).json()
    got = client.post("/planograms/realtime-analysis", json={
        "planogram_id": f"{made['id']}_0", "product_id": 1, "slot_position": "B2"}).json()
    assert got["success"] is True
    assert 0 <= got["confidence"] <= 0.4
    if got["degraded"]:
        assert {"fallback_score", "required_data"} <= set(got)


def test_a_wrong_placement(client: TestClient, machine: dict[str, Any]) -> None:
    """Not valid, with error and suggestion beside what every failure has."""
    answer = client.post("/planograms/realtime-analysis", json={
        "planogram_id": machine["id"], "product_id": 1, "slot_position": "Z99"})
    assert answer.status_code == 422
    assert set(answer.json()) == {"success", "valid", "error", "suggestion", "hint", "violations"}
    assert (answer.json()["success"], answer.json()["valid"]) == (False, False)


def test_suggestions(client: TestClient, machine: dict[str, Any]) -> None:
    """Best slots of a held product."""
    got = client.post("/planograms/placement-suggestions", json={
        "planogram_id": machine["id"], "product_id": 1}).json()
    assert set(got) == {"success", "optimal_positions", "degraded", "learned_from", "prediction_id"}
    assert fields(got, "optimal_positions", 0) == {"slot", "score", "daily_gain"}


def test_heat(client: TestClient, machine: dict[str, Any]) -> None:
    """A value a slot, and swaps with what they gain."""
    got = client.get(f"/planograms/{machine['id']}/heat", params={"measure": "potential"}).json()
    assert set(got) == {"measure", "unit", "learned_from", "slots", "swaps", "prediction_id"}
    assert fields(got, "slots", 0) == {
        "slot", "row", "column", "value", "revenue_multiplier", "visibility", "learned_from"}
    assert fields(got, "swaps", 0) == {
        "a", "b", "product_a", "product_b", "expected_gain_per_month", "interval", "reason"}
    assert fields(got, "swaps", 0, "interval") == INTERVAL


def test_a_revenue_prediction(client: TestClient, machine: dict[str, Any]) -> None:
    """Baseline, proposal, contributions, cost, risks, model."""
    got = client.post("/planograms/predict-revenue", json={
        "device_id": machine["device_id"], "cabinet_index": 0, "prediction_horizon_days": 30,
        "current_planogram": {"slots": [
            {"position": p["slot"], "product_id": p["product_id"]} for p in machine["positions"]]},
        "proposed_planogram": {"slots": proposal(machine)}, "confidence_level": 0.9}).json()
    assert set(got) == {"success", "predictions", "model_metadata", "prediction_id"}
    p = got["predictions"]
    assert set(p) == {
        "baseline", "proposed", "delta_daily_revenue", "delta_interval", "lift_interval", "contributions",
        "product_contributions", "causes", "break_even_analysis", "risk_factors", "horizon_days",
        "confidence_level"}
    plan = {"daily_revenue", "monthly_revenue", "expected_interval", "top_products"}
    assert set(p["baseline"]) == plan
    assert set(p["proposed"]) == plan | {"revenue_lift", "confidence_interval"}
    assert fields(p, "proposed", "confidence_interval") == fields(p, "lift_interval") == INTERVAL
    assert fields(p, "contributions", 0) == {
        "slot", "product_id", "delta_daily_revenue", "before", "after"}
    assert fields(p, "break_even_analysis") == {
        "implementation_cost", "days_to_recover", "roi_30_days", "positions_changed"}
    assert fields(p, "risk_factors", 0) == {"factor", "impact", "mitigation"}
    assert fields(got, "model_metadata") == {
        "model_version", "confidence_score", "data_quality_score", "factors_considered", "learned_from",
        "draws"}


def test_feedback_and_explanation(client: TestClient, machine: dict[str, Any]) -> None:
    """Of an estimate, by its prediction id."""
    number = client.get(f"/planograms/{machine['id']}/heat").json()["prediction_id"]
    said = client.post("/feedback", json={"prediction_id": number, "feedback_type": "modified",
                                          "user_feedback": "Took the second"})
    assert (said.status_code, set(said.json())) == (201, {"success", "feedback_id"})
    assert set(client.get(f"/predictions/{number}/explanation").json()) == {
        "id", "kind", "planogram_id", "model_version", "request", "result", "created_at"}


def test_product_search_and_ranking(client: TestClient) -> None:
    """Hits say how sure they are; ranks say why."""
    found = client.get("/products/search", params={"q": "snack", "k": 2}).json()
    assert set(found) == {"items", "mode"}
    assert found["mode"] in ("semantic", "text")
    assert fields(found, "items", 0) == {"product_id", "name", "score", "uncertain"}
    ranked = client.post("/products/rank", json={"season": "summer"}).json()
    assert set(ranked) == {"items"}
    assert fields(ranked, "items", 0) == {"product_id", "name", "overall_score", "predicted_score", "why"}


def test_product_files_and_pictures(client: TestClient) -> None:
    """Rejected rows with their lines; ids in file order."""
    done = client.post("/products/import", files={
        "file": ("p.csv", b"name,category,price\nGum,Candy,1\nBar,Candy,free\n")}).json()
    assert set(done) == {"rows_read", "created", "updated", "rejected", "product_ids"}
    assert fields(done, "rejected", 0) == {"line", "error"}
    assert done["product_ids"][1] is None
    content = io.BytesIO()
    Image.new("RGB", (4, 4)).save(content, "JPEG")
    kept = client.post("/products/1/images", files={"image": ("a.jpg", content.getvalue())})
    assert (kept.status_code, set(kept.json())) == (201, {"image_id", "image_ids"})


def test_a_sales_import(client: TestClient) -> None:
    """Counts, rejected lines, what each column was taken for, machines, period."""
    done = client.post("/sales/import", files={"file": ("s.csv", sales_csv(days=46))}).json()
    assert set(done) == {
        "import_id", "rows_read", "rows_imported", "rows_duplicate", "rows_rejected", "rejected", "mapping",
        "devices", "stores", "products_created", "revenue", "period", "notes"}
    assert fields(done, "devices", 0) == {"id", "name", "planogram_ids"}
    assert fields(done, "period") == {"from", "to"}
    assert done["mapping"]["date"] == "Date"


@pytest.mark.parametrize(("by", "item"), [
    (None, None), ("day", {"day", "name", "units", "revenue"}),
    ("product", {"id", "product_id", "name", "units", "revenue"}),
    ("slot", {"site_id", "site", "device_id", "cabinet_index", "slot", "label", "name", "units", "revenue"}),
])
def test_a_sales_summary(client: TestClient, by: str | None, item: set[str] | None) -> None:
    """Totals, and items where they are asked for."""
    query = {"device_ids": "1", "from": "2024-03-01", "to": "2024-03-31", **({"by": by} if by else {})}
    got = client.get("/sales/summary", params=query).json()
    total = {"units", "revenue", "rows", "from", "to"}
    assert set(got) == (total | {"items"} if item else total)
    if item:
        assert fields(got, "items", 0) == item


@pytest.mark.parametrize(("path", "body", "change", "shape"), [
    ("/stores", {"name": "Mall", "type": "grocery", "code": "M1"}, {"address": "1 Main St"}, STORE),
    ("/projects", {"name": "Summer"}, {"name": "Fall"}, LISTS["/projects"]),
    ("/products", {"name": "Gum", "category": "Candy", "price": 1, "cost": 0.4}, {"price": 2},
     PRODUCT),
    ("/devices", {"name": "Lobby 2", "type": "office", "cabinets": [
        {"rows": 6, "columns": 8, "temperature_zone": "refrigerated"}, {"row_columns": [4, 5]}]},
     {"model": "X"}, DEVICE),
    ("/fixtures", {"name": "End", **SHELF}, {"shelf_count": 5}, LISTS["/fixtures"]),
])
def test_creating_and_changing(
    client: TestClient, path: str, body: dict[str, Any], change: dict[str, Any], shape: set[str]
) -> None:
    """Both answer with the thing as it is listed."""
    made = client.post(path, json=body)
    assert (made.status_code, set(made.json())) == (201, shape)
    changed = client.patch(f"{path}/{made.json()['id']}", json=change)
    assert (changed.status_code, set(changed.json())) == (200, shape)
    listed = {i["id"]: i for i in client.get(path, params={"limit": 1000}).json()["items"]}
    assert listed[made.json()["id"]] == changed.json()


def test_a_token(client: TestClient) -> None:
    """For an e-mail and its password."""
    got = client.post("/auth/token", json={"email": "manager@acme.test", "password": "correct horse"})
    assert (got.status_code, set(got.json())) == (200, {"token", "access_token", "token_type", "expires_in"})


def test_a_failure(client: TestClient) -> None:
    """One shape; a broken rule adds what breaks it."""
    assert set(client.get("/planograms/999").json()) == {"success", "error", "hint"}
    broken = client.post("/planograms", json={"name": "End", "fixture": SHELF, "positions": [
        {"slot": "A1", "product_id": 1}, {"slot": "A1", "product_id": 2}]})
    assert broken.status_code == 422
    assert set(broken.json()) == {"success", "error", "hint", "violations"}
    assert fields(broken.json(), "violations", 0) == {
        "rule", "severity", "message", "slot", "product_id", "hint"}


def test_the_openapi_description_names_every_route_and_failure(client: TestClient) -> None:
    """Failures have our shape there too."""
    schema = client.get("/openapi.json").json()
    routes = [route for methods in schema["paths"].values() for route in methods.values()]
    assert len(routes) > 30
    for route in routes:
        assert route["description"]
        assert set(route["responses"]) <= {"200", "201", "default"}
    assert set(schema["components"]["schemas"]["Failure"]["properties"]) == {
        "success", "error", "hint", "violations"}
