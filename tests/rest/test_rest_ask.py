"""Questions by REST: words or a plan in, rows with their statement and sources out."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient


def test_a_plan_is_answered(client: TestClient) -> None:
    """The published fields are there, the rows are those of the company, the question is noted."""
    plan = {"form": "ranking", "measures": ["revenue", "units"], "by": ["product"], "limit": 3}
    response = client.post("/query", json={"question": "top 3 products", "plan": plan})
    assert response.status_code == 200, response.text
    found = response.json()
    assert found["plan"] == plan
    assert found["answered_by"] == "plan" and found["answer"] and found["context_id"]  # noqa: PT018
    assert [set(row) for row in found["rows"]] == [{"product_id", "product", "revenue", "units"}] * 3
    revenue = [row["revenue"] for row in found["rows"]]
    assert revenue == sorted(revenue, reverse=True)
    assert found["sql"].count("SELECT") > 1
    assert found["sources"]["rows_read"] > 0
    assert found["words"] == "revenue and units sold by product, last 30 days, first 3"
    again = client.post("/query", json={"plan": plan, "context_id": found["context_id"]}).json()
    assert again["context_id"] == found["context_id"]


def test_a_wrong_plan_is_refused(client: TestClient) -> None:
    """With a sentence and a hint, status 400."""
    for plan in ({"form": "value", "measures": ["secret"]}, {"form": "list", "of": "user"}, {"sql": "SELECT 1"}):
        response = client.post("/query", json={"plan": plan})
        assert response.status_code == 400, response.text
        assert response.json()["hint"]


def test_the_schema_of_plans_is_published(client: TestClient) -> None:
    """So that whoever fills one in knows the names."""
    schema = client.get("/query/schema").json()
    assert "revenue" in schema["properties"]["measures"]["items"]["enum"]


def test_a_question_in_words_is_answered(client: TestClient) -> None:
    """Without a plan; the plan that it was understood as stands beside the rows."""
    found = client.post("/query", json={"question": "top 3 products by units of all time"}).json()
    assert found["answered_by"] == "rules"
    assert found["plan"]["measures"] == ["units"]
    assert found["plan"]["limit"] == len(found["rows"]) == 3
    again = client.post("/query", json={"plan": found["plan"]}).json()
    assert again["rows"] == found["rows"]


def test_a_question_goes_on_from_the_one_before(client: TestClient) -> None:
    """Under the same context alone; a plan leaves one behind as well."""
    first = client.post("/query", json={"question": "revenue of all time"}).json()
    context = first["context_id"]
    then = client.post("/query", json={"question": "and by category", "context_id": context}).json()
    assert then["plan"]["by"] == ["category"]
    assert then["context_id"] == context
    assert sum(row["revenue"] for row in then["rows"]) == pytest.approx(first["rows"][0]["revenue"])
    client.post("/query", json={"plan": {"form": "value", "measures": ["units"]}, "context_id": context})
    last = client.post("/query", json={"question": "and by category", "context_id": context}).json()
    assert last["plan"]["measures"] == ["units"]
    other = client.post("/query", json={"question": "and by category", "context_id": "another"}).json()
    assert other["answer"] is None


def test_what_is_not_answered_says_why_and_what_can_be_asked(client: TestClient) -> None:
    """The suggestions are questions that have answers."""
    found = client.post("/query", json={"question": "will it rain tomorrow?"}).json()
    assert found["answer"] is None
    assert found["rows"] == []
    assert found["reason"]
    assert found["suggestions"]
    for text in found["suggestions"]:
        assert client.post("/query", json={"question": text}).json()["rows"], text


def test_what_is_unclear_is_asked_back(client: TestClient) -> None:
    """Not guessed."""
    found = client.post("/query", json={"question": "revenue of flurbs"}).json()
    assert found["asks_back"]
    assert "flurbs" in found["reason"]
