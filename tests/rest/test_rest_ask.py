"""Questions by REST: a plan in, rows with their statement and sources out."""

from __future__ import annotations

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


def test_a_question_without_a_plan_says_what_it_needs(client: TestClient) -> None:
    """Nothing is guessed."""
    found = client.post("/query", json={"question": "why?"}).json()
    assert found["answer"] is None
    assert found["suggestions"]


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
