"""Issues, acknowledgement, overview, facings over REST."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.rest.test_access import assert_error

WRONG_PLAN = 999_999


@pytest.fixture
def plan(client: TestClient) -> dict:
    found: dict = client.get("/planograms").json()["items"][0]
    return found


def test_validate_tells_every_issue_with_its_place_and_fix(client: TestClient, plan: dict) -> None:
    """As the contract says: score, and issues with rule, severity, message."""
    found = client.post(f"/planograms/{plan['id']}/validate", json={}).json()
    assert 0 <= found["score"] <= 100
    assert found["issues"]
    for issue in found["issues"]:
        assert issue["severity"] in ("error", "warning")
        assert issue["rule"]
        assert issue["message"]
    assert client.post(f"/planograms/{plan['id']}/validate").json() == found
    assert_error(client.post(f"/planograms/{WRONG_PLAN}/validate", json={}), 404)


def test_validate_judges_the_positions_that_are_sent(client: TestClient, plan: dict) -> None:
    """A slot that is left out is empty, and the saved plan stays as it is."""
    positions = plan["positions"][1:]
    found = client.post(f"/planograms/{plan['id']}/validate", json={"positions": positions}).json()
    assert any(i["rule"] == "empty" and i["slot"] == plan["positions"][0]["slot"] for i in found["issues"])
    assert client.get(f"/planograms/{plan['id']}").json()["version"] == plan["version"]
    assert_error(client.post(f"/planograms/{plan['id']}/validate", json={"positions": "all"}), 400)


def test_an_acknowledged_warning_stays_listed_and_comes_back_when_taken_back(
    client: TestClient, plan: dict
) -> None:
    """Marked as such; the score no longer counts it."""
    url = f"/planograms/{plan['id']}"
    before = client.post(f"{url}/validate", json={}).json()
    warning = next(i for i in before["issues"] if i["severity"] == "warning")
    after = client.post(f"{url}/acknowledge", json={"key": warning["key"]}).json()
    assert next(i for i in after["issues"] if i["key"] == warning["key"])["acknowledged"] is True
    assert after["score"] >= before["score"]
    again = client.post(f"{url}/acknowledge", json={"key": warning["key"], "take_back": True}).json()
    assert again == before
    assert_error(client.post(f"{url}/acknowledge", json={"key": "no such issue"}), 404)


def test_the_overview_has_numbers_words_and_improvements(client: TestClient, plan: dict) -> None:
    """Written by a template; the metrics are fractions and money a day."""
    found = client.get(f"/planograms/{plan['id']}/overview").json()
    assert 0 <= found["metrics"]["space_utilization"] <= 1
    assert 0 <= found["metrics"]["category_balance"] <= 1
    assert found["metrics"]["daily_revenue"] > 0
    assert found["written_by"] == "template"
    assert found["text"]
    assert isinstance(found["improvements"], list)
    assert_error(client.get(f"/planograms/{WRONG_PLAN}/overview"), 404)


def test_facings_come_with_their_curve_and_interval(client: TestClient, plan: dict) -> None:
    """And an id for feedback."""
    product = plan["positions"][0]["product_id"]
    found = client.get(f"/products/{product}/facings", params={"planogram_id": plan["id"]}).json()
    assert found["interval"]["lower"] <= found["suggested_facings"] <= found["interval"]["upper"]
    assert [c["facings"] for c in found["curve"]][:2] == [1, 2]
    assert found["curve"][0]["daily_revenue"] > 0
    assert found["reason"]
    assert found["prediction_id"]
    assert_error(client.get("/products/999999/facings", params={"planogram_id": plan["id"]}), 400)
    assert_error(client.get(f"/products/{product}/facings", params={"planogram_id": WRONG_PLAN}), 404)
    assert_error(client.get(f"/products/{product}/facings"), 400)


def test_categories_are_suggested_and_their_acceptance_kept(client: TestClient) -> None:
    """By a fixture that is described; feedback goes by the prediction's id."""
    body = {"season": "summer", "fixture": {"rows": 3, "columns": 4}}
    found = client.post("/planograms/suggest-categories", json=body).json()
    known = {c["id"]: c["name"] for c in client.get("/categories").json()["items"]}
    for s in found["suggestions"]:
        assert [known[i] for i in s["category_ids"]] == s["categories"]
        assert 0 <= s["confidence"] <= 1
        assert s["reasoning"]
    kept = {"prediction_id": found["prediction_id"], "feedback_type": "accepted", "user_feedback": "Chips"}
    assert client.post("/feedback", json=kept).status_code == 201
    assert_error(client.post("/planograms/suggest-categories", json={"season": "summer"}), 400)
    assert_error(client.post("/planograms/suggest-categories", json={**body, "season": "monsoon"}), 400)
    assert_error(client.post("/planograms/suggest-categories", json={**body, "store_id": 999_999}), 404)
    assert_error(client.post("/planograms/suggest-categories", json={"fixture_id": 999_999}), 404)


def test_a_location_is_advised_slot_by_slot(client: TestClient, plan: dict) -> None:
    """With its mix, its hours and how its range compares."""
    body = {
        "device_id": plan["device_id"],
        "location_context": {"type": "office", "demographics": {"median_age": 30},
                             "traffic_patterns": {"morning": 0.5, "lunch": 0.3, "15": 0.2}},
        "optimization_goals": {"revenue": 0.6, "variety": 0.2, "health_score": 0.2},
    }
    found = client.post("/planograms/personalize-location", json=body).json()
    assert found["success"] is True
    advised = found["personalized_planogram"]
    assert advised["recommendations"]
    assert {"slot", "product", "reason", "expected_velocity"} <= advised["recommendations"][0].keys()
    assert advised["category_mix"]
    assert set(advised["time_based_suggestions"]) == {"morning", "lunch", "afternoon"}
    assert advised["time_based_suggestions"]["morning"]["share"] == pytest.approx(0.5)
    assert 0 <= found["competitive_analysis"]["differentiation_score"] <= 1
    assert {"unique_products", "market_gaps"} <= found["competitive_analysis"].keys()
    url = "/planograms/personalize-location"
    assert_error(client.post(url, json={**body, "device_id": 999_999}), 404)
    assert_error(client.post(url, json={**body, "optimization_goals": {"fame": 1}}), 400)
    assert_error(client.post(url, json={**body, "optimization_goals": {"revenue": 0}}), 400)
    assert_error(client.post(url, json={**body, "location_context": {"traffic_patterns": {"noon": 1}}}), 400)
