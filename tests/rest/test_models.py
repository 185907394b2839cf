"""Models over REST: the registry, what they cost, and what the router would do."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from core.language import Call, Tier
from core.models import Models
from core.rest import create_api
from core.store.database import Actor, Database
from core.store.language import StoreLedger
from core.workbench.door import equip
from ml.router import router_of
from tests.rest.conftest import settings_for


@pytest.fixture
def database(filled: Path, tmp_path: Path) -> Database:
    path = tmp_path / "models.db"
    path.write_bytes(filled.read_bytes())
    return Database(f"sqlite:///{path}")


@pytest.fixture
def client(database: Database, tmp_path: Path) -> TestClient:
    settings = settings_for(tmp_path / "models.db", deepseek_api_key="secret-of-mine")
    equip(database, Models(language=router_of(settings)))
    return TestClient(create_api(database, settings))


def test_every_model_is_listed_with_its_status(client: TestClient) -> None:
    """What is set up is installed; what is not says how to get it; no key is told."""
    answer = client.get("/models?limit=100")
    items = {item["name"]: item for item in answer.json()["items"]}
    assert answer.status_code == 200
    assert len(items) == answer.json()["total"] >= 20
    assert items["deepseek-chat"]["status"] == "installed"
    assert items["gpt-4o"]["status"] == "not installed"
    assert all(item["how"] and item["license"] and isinstance(item["id"], int) for item in items.values())
    assert "secret-of-mine" not in answer.text


def test_the_router_tells_where_a_task_would_go(client: TestClient) -> None:
    """With the reason and about what it would cost."""
    simple = client.post("/models/route", json={"task": "label"}).json()
    hard = client.post("/models/route", json={"task": "creative", "text": "Why not compare themes?"}).json()
    assert (simple["model"], simple["estimated_cost"]) == ("rule", 0.0)
    assert hard["model"] == "deepseek-chat"
    assert hard["estimated_cost"] > 0
    assert "compares" in hard["reason"]
    assert client.post("/models/route", json={"task": ""}).status_code == 400


def test_usage_counts_calls_and_money(client: TestClient, database: Database) -> None:
    """Over the days asked for; a period that ends before it begins is refused."""
    call = Call("overview", "deepseek-chat", Tier.MID, "ok", "", 900.0, 2_000_000, quality=0.9, prompt="overview 1")
    StoreLedger(database, Actor(None, 1, "manager")).note(call)
    found = client.get("/models/usage").json()
    assert (found["calls"], found["cost"], found["local_share"], found["quality"]) == (1, 2.0, 0.0, 0.9)
    assert found["items"][0]["task"] == "overview"
    assert client.get("/models/usage?from=2020-01-01&to=2020-02-01").json()["calls"] == 0
    assert client.get("/models/usage?from=2020-02-01&to=2020-01-01").status_code == 400


@pytest.mark.parametrize("span", [
    "to=9999-12-31", "to=0001-01-01", "to=0001-01-10", "from=0001-01-01", "from=0001-01-01&to=9999-12-31",
    "from=9999-12-31&to=9999-12-31",
])
def test_usage_knows_the_ends_of_the_calendar(client: TestClient, span: str) -> None:
    """Before and after them there is no day."""
    answer = client.get(f"/models/usage?{span}")
    assert answer.status_code in (200, 400), answer.text
    assert answer.json().get("calls", 0) == 0
