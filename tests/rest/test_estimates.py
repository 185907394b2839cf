"""Scores, heat and predictions by REST, and what is kept of them."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.rest.test_access import assert_error


def slots_of(machine: dict) -> list[dict]:
    return [{"position": p["slot"], "product_id": p["product_id"], "facings": p["facings"]}
            for p in machine["positions"]]


def test_a_placement_is_scored(client: TestClient, machine: dict) -> None:
    """With every field of the contract; the same by the machine's key."""
    body = {"planogram_id": machine["id"], "product_id": 1, "slot_position": "B2"}
    got = client.post("/planograms/realtime-analysis", json=body).json()
    assert got["success"] is True
    assert 0 <= got["placement_score"] <= 100
    assert 0 < got["confidence"] < 1
    assert set(got["feedback"]) == {"pros", "cons", "suggestions"}
    assert set(got["zone_analysis"]) == {"current_zone_value", "optimal_zones", "reason"}
    assert got["constraints_passed"] is True
    delta = got["expected_revenue_delta"]
    assert delta["lower"] <= delta["daily"] <= delta["upper"]
    assert got["degraded"] is False
    assert got["response_time_ms"] > 0
    by_key = client.post("/planograms/realtime-analysis", json={**body, "planogram_id": "1_0"}).json()
    assert by_key["placement_score"] == got["placement_score"]


@pytest.mark.parametrize(("product_id", "slot"), [(999, "A1"), (1, "Z99"), (1, "?")])
def test_a_wrong_product_or_slot_is_not_valid(
    client: TestClient, machine: dict, product_id: int, slot: str
) -> None:
    """With an error and a suggestion."""
    body = {"planogram_id": machine["id"], "product_id": product_id, "slot_position": slot}
    answer = client.post("/planograms/realtime-analysis", json=body)
    assert_error(answer, 422)
    assert answer.json()["valid"] is False
    assert answer.json()["suggestion"]


def test_the_clients_own_slots_are_what_is_scored(client: TestClient, machine: dict) -> None:
    """A plan that is not saved yet: on an empty shelf nothing is displaced."""
    product_id = machine["positions"][0]["product_id"]
    body = {"planogram_id": machine["id"], "product_id": product_id, "slot_position": "B2", "context": {
        "current_slots": [{"position": "A1", "product_id": product_id, "quantity": 3, "capacity": 10}]}}
    got = client.post("/planograms/realtime-analysis", json=body).json()
    assert got["description"].startswith("Puts")
    body["context"]["current_slots"][0]["quantity"] = -3
    assert_error(client.post("/planograms/realtime-analysis", json=body), 400)
    body["context"]["current_slots"][0] = {"position": "Z99", "product_id": 1}
    assert_error(client.post("/planograms/realtime-analysis", json=body), 400)


def test_a_held_product_gets_its_best_slots(client: TestClient, machine: dict) -> None:
    """Best first."""
    body = {"planogram_id": machine["id"], "product_id": 1}
    found = client.post("/planograms/placement-suggestions", json=body).json()["optimal_positions"]
    assert len(found) == 3
    assert all(set(s) == {"slot", "score", "daily_gain"} for s in found)
    assert_error(client.post("/planograms/placement-suggestions", json={**body, "product_id": 999}), 400)


@pytest.mark.parametrize("measure", ["potential", "realized", "score"])
def test_heat_names_every_slot(client: TestClient, machine: dict, measure: str) -> None:
    """With where it was learned."""
    got = client.get(f"/planograms/{machine['id']}/heat?measure={measure}").json()
    assert len(got["slots"]) == 12
    assert {"slot", "value", "revenue_multiplier", "visibility", "learned_from"} <= got["slots"][0].keys()
    for swap in got["swaps"]:
        assert {"a", "b", "expected_gain_per_month", "interval"} <= swap.keys()


def test_an_unknown_measure_is_refused(client: TestClient, machine: dict) -> None:
    """400 with the choices."""
    assert_error(client.get(f"/planograms/{machine['id']}/heat?measure=warmth"), 400)


def test_a_changed_plan_is_predicted(client: TestClient, machine: dict) -> None:
    """Contributions add up to the difference; the interval holds the figure."""
    slots = slots_of(machine)
    slots[0]["product_id"], slots[5]["product_id"] = slots[5]["product_id"], slots[0]["product_id"]
    body = {"device_id": 1, "cabinet_index": 0, "proposed_planogram": {"slots": slots},
            "prediction_horizon_days": 30}
    got = client.post("/planograms/predict-revenue", json=body).json()
    p = got["predictions"]
    change = p["proposed"]["daily_revenue"] - p["baseline"]["daily_revenue"]
    assert sum(c["delta_daily_revenue"] for c in p["contributions"]) == pytest.approx(change, abs=1e-9)
    assert p["proposed"]["revenue_lift"] == pytest.approx(100 * change / p["baseline"]["daily_revenue"])
    assert p["lift_interval"]["lower"] <= p["proposed"]["revenue_lift"] <= p["lift_interval"]["upper"]
    interval = p["proposed"]["confidence_interval"]
    assert interval["lower"] <= p["proposed"]["daily_revenue"] <= interval["upper"]
    assert p["baseline"]["monthly_revenue"] == pytest.approx(30 * p["baseline"]["daily_revenue"])
    assert {"implementation_cost", "days_to_recover", "roi_30_days"} <= p["break_even_analysis"].keys()
    assert {"factor", "impact", "mitigation"} <= p["risk_factors"][0].keys()
    assert {"model_version", "confidence_score", "data_quality_score",
            "factors_considered"} <= got["model_metadata"].keys()


def test_the_same_layout_predicts_no_change(client: TestClient, machine: dict) -> None:
    """Prices left out stay."""
    body = {"planogram_id": machine["id"], "proposed_planogram": {"slots": slots_of(machine)},
            "prediction_horizon_days": 30}
    p = client.post("/planograms/predict-revenue", json=body).json()["predictions"]
    assert p["proposed"]["revenue_lift"] == 0.0
    assert p["lift_interval"] == {"lower": 0.0, "upper": 0.0}
    explicit = {**body, "current_planogram": {"slots": slots_of(machine)}}
    again = client.post("/planograms/predict-revenue", json=explicit).json()["predictions"]
    assert again["baseline"]["daily_revenue"] == pytest.approx(p["baseline"]["daily_revenue"])


@pytest.mark.parametrize(
    ("change", "status"),
    [({"prediction_horizon_days": 0}, 400), ({"confidence_level": 2}, 400), ({"planogram_id": 999}, 404),
     ({"planogram_id": None}, 400),
     ({"proposed_planogram": {"slots": [{"position": "A1", "product_id": 99}]}}, 400),
     ({"proposed_planogram": {"slots": [{"position": "A1", "product_id": 1, "facings": 2},
                                        {"position": "A2", "product_id": 2}]}}, 422)],
)
def test_an_impossible_question_is_told(client: TestClient, machine: dict, change: dict, status: int) -> None:
    """Malformed 400, against a rule 422."""
    body = {"planogram_id": machine["id"], "proposed_planogram": {"slots": slots_of(machine)}, **change}
    assert_error(client.post("/planograms/predict-revenue", json=body), status)


def test_every_estimate_can_be_judged_and_explained(client: TestClient, machine: dict) -> None:
    """By its prediction id."""
    number = machine["id"]
    estimates = [
        client.post("/planograms/realtime-analysis",
                    json={"planogram_id": number, "product_id": 1, "slot_position": "B2"}),
        client.post("/planograms/placement-suggestions", json={"planogram_id": number, "product_id": 1}),
        client.get(f"/planograms/{number}/heat"),
        client.post("/planograms/predict-revenue",
                    json={"planogram_id": number, "proposed_planogram": {"slots": slots_of(machine)}}),
    ]
    ids = [e.json()["prediction_id"] for e in estimates]
    assert len(set(ids)) == 4
    said = client.post("/feedback", json={"prediction_id": ids[0], "feedback_type": "accepted"})
    assert said.status_code == 201
    explained = client.get(f"/predictions/{ids[0]}/explanation").json()
    assert explained["result"]["contributions"]
    assert explained["request"]["slot_position"] == "B2"
    assert_error(client.post("/feedback", json={"prediction_id": 999, "feedback_type": "accepted"}), 404)
    assert_error(client.post("/feedback", json={"prediction_id": ids[0], "feedback_type": "liked"}), 400)
