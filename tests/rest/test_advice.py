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
