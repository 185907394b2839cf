"""The best layout by REST: the contract's fields, and what conflicts."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.rest.test_access import assert_error


def ask(client: TestClient, machine: dict, **more: object) -> dict:
    body = {"planogram_id": machine["id"], "objective": {"revenue": 1.0}, "time_limit_s": 2.0, **more}
    answer = client.post("/planograms/optimize", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_optimized_layout_can_be_saved_as_it_comes(client: TestClient, machine: dict) -> None:
    """Every field of the contract; its positions are a layout that the planogram takes."""
    got = ask(client, machine)
    assert got["objective_value"] <= got["bound"] + 1e-9
    assert got["gap"] == pytest.approx(0.0, abs=1e-6)
    assert got["baseline_value"] <= got["objective_value"] + 1e-9
    lift = got["predicted_lift"]
    assert lift["percent"] >= 0
    assert lift["lower"] <= lift["percent"] <= lift["upper"]
    assert got["value"] >= max(got["present_value"], got["autofill_value"] or 0.0)
    assert got["solve_time_ms"] > 0
    body = {"base_version": got["base_version"], "positions": got["positions"]}
    saved = client.put(f"/planograms/{machine['id']}/layout", json=body)
    assert saved.status_code == 200, saved.text
    placed = {p["product_id"] for p in saved.json()["positions"]}
    assert placed == {p["product_id"] for p in got["positions"]}
    assert not placed & {n["product_id"] for n in got["not_placed"]}
    assert all(n["reason"] for n in got["not_placed"])


def test_the_lift_is_what_the_what_if_says_of_the_same_layout(client: TestClient, machine: dict) -> None:
    """One model, one answer."""
    got = ask(client, machine)
    slots = [{"position": p["slot"], "product_id": p["product_id"], "facings": p["facings"]}
             for p in got["positions"]]
    told = client.post("/planograms/predict-revenue", json={
        "planogram_id": machine["id"], "proposed_planogram": {"slots": slots},
    }).json()["predictions"]["proposed"]
    assert told["revenue_lift"] == pytest.approx(got["predicted_lift"]["percent"], abs=0.05)


def test_locks_limits_and_candidates_are_kept(client: TestClient, machine: dict) -> None:
    """By slot and product; limits as one number or by product."""
    ids = [p["product_id"] for p in machine["positions"]]
    got = ask(client, machine, locks=[{"slot": "A1", "product_id": ids[3]}], max_facings=1,
              min_facings={str(ids[5]): 1}, products=ids)
    there = {p["slot"]: p["product_id"] for p in got["positions"]}
    assert there["A1"] == ids[3]
    assert ids[5] in there.values()
    assert max(p["facings"] for p in got["positions"]) == 1


def test_an_answer_is_kept_for_feedback_and_explanation(client: TestClient, machine: dict) -> None:
    """Under its prediction id."""
    got = ask(client, machine)
    kept = client.get(f"/predictions/{got['prediction_id']}/explanation").json()
    assert kept["kind"] == "optimization"
    assert kept["result"]["gap"] == got["gap"]


def test_conflicting_wishes_are_told_with_their_violations(client: TestClient, machine: dict) -> None:
    """Which lock, which product."""
    ids = [p["product_id"] for p in machine["positions"]]
    locks = [{"slot": "A1", "product_id": ids[1]}, {"slot": "A1", "product_id": ids[2]}]
    answer = client.post("/planograms/optimize", json={"planogram_id": machine["id"], "locks": locks})
    assert_error(answer, 422)
    assert answer.json()["violations"][0]["slot"] == "A1"


@pytest.mark.parametrize("wrong", [
    {"objective": {"revenue": -1}}, {"objective": {"revenue": 0}}, {"time_limit_s": 0},
    {"time_limit_s": 1e9}, {"products": [99999]}, {"locks": [{"slot": "Z99", "product_id": 1}]},
    {"blocks": "color"}, {"min_facings": "many"}, {"max_facings": {"1": -3}}, {"max_facings": True},
    {"objective": {"revenue": "much"}},
])  # fmt: skip
def test_what_cannot_be_read_is_refused(client: TestClient, machine: dict, wrong: dict) -> None:
    """Malformed, in the one error shape."""
    answer = client.post("/planograms/optimize", json={"planogram_id": machine["id"], **wrong})
    assert_error(answer, 400)


def test_a_planogram_that_is_not_there_is_not_found(client: TestClient) -> None:
    """404, not 500."""
    assert_error(client.post("/planograms/optimize", json={"planogram_id": 99999}), 404)
