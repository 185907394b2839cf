"""Who gets in, and how failures look."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select
from starlette.applications import Starlette
from starlette.routing import Mount

from core.rest import create_api
from core.settings import Settings
from core.store import tables as t
from core.store.database import Database
from core.trust.access import Tokens
from tests.rest.conftest import PASSWORD


def signed_in(client: TestClient, email: str) -> dict[str, str]:
    done = client.post("/auth/token", json={"email": email, "password": PASSWORD})
    assert done.status_code == 200
    return {"Authorization": f"Bearer {done.json()['token']}"}


def assert_error(response, status: int) -> None:
    """The one shape of every failure."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert body["success"] is False
    assert body["error"]
    assert "hint" in body
    assert "Traceback" not in response.text
    assert "<html" not in response.text


def test_in_demo_mode_no_token_acts_as_the_manager(client: TestClient) -> None:
    """Reading and changing."""
    assert client.get("/devices").json()["total"] == 1
    assert client.post("/projects", json={"name": "Summer"}).status_code == 201


def test_without_demo_mode_a_token_is_needed(database: Database, settings: Settings) -> None:
    """And a forged or malformed one is refused."""
    strict = TestClient(create_api(database, settings.model_copy(update={"demo": False})))
    assert_error(strict.get("/devices"), 401)
    assert strict.get("/devices").headers["www-authenticate"] == "Bearer"
    assert_error(strict.get("/devices", headers={"Authorization": "Bearer forged"}), 401)
    assert_error(strict.get("/devices", headers={"Authorization": "Basic abc"}), 401)
    assert strict.get("/devices", headers=signed_in(strict, "manager@acme.test")).status_code == 200


def test_a_wrong_password_is_refused_without_saying_which_was_wrong(client: TestClient) -> None:
    """The same words for an unknown user."""
    wrong = client.post("/auth/token", json={"email": "manager@acme.test", "password": "x"})
    unknown = client.post("/auth/token", json={"email": "nobody@acme.test", "password": "x"})
    assert_error(wrong, 401)
    assert wrong.json() == unknown.json()


def test_a_viewer_may_look_but_not_change(client: TestClient, machine: dict) -> None:
    """403 with the reason, and nothing changed."""
    viewer = signed_in(client, "viewer@acme.test")
    assert client.get("/products", headers=viewer).status_code == 200
    body = {"base_version": 1, "positions": []}
    assert_error(client.put(f"/planograms/{machine['id']}/layout", json=body, headers=viewer), 403)
    assert client.get(f"/planograms/{machine['id']}").json()["version"] == 1


def test_another_company_sees_nothing_of_it(client: TestClient, machine: dict) -> None:
    """Neither in lists nor by id."""
    other = signed_in(client, "manager@other.test")
    for path in ("/devices", "/products", "/planograms"):
        assert client.get(path, headers=other).json() == {"items": [], "total": 0}
    assert_error(client.get(f"/planograms/{machine['id']}", headers=other), 404)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("GET", "/planograms/999", 404), ("GET", "/planograms/1_9", 404),
     ("DELETE", "/devices", 405), ("GET", "/devices?limit=1001", 400), ("GET", "/devices?offset=-1", 400),
     ("GET", "/planograms/not-a-key", 400), ("GET", "/sales/summary?by=moon", 400),
     ("GET", "/sales/summary?device_ids=a,b", 400), ("GET", "/sales/summary?from=yesterday", 400),
     ("GET", "/predictions/999/explanation", 404), ("PATCH", "/stores/999", 404), ("GET", "/stores/", 404)],
)
def test_failures_have_one_shape(client: TestClient, method: str, path: str, status: int) -> None:
    """JSON with error and hint, whatever went wrong."""
    body = {"json": {"name": "X"}} if method == "PATCH" else {}
    assert_error(client.request(method, path, **body), status)


def test_a_body_that_is_not_json_is_malformed(client: TestClient) -> None:
    """400, not the framework's own shape."""
    headers = {"Content-Type": "application/json"}
    assert_error(client.post("/projects", content=b"{not json", headers=headers), 400)
    assert_error(client.post("/projects", json={}), 400)
    assert_error(client.post("/projects", json=[1]), 400)
    assert client.get("/projects").json()["total"] == 0


def test_a_failure_of_ours_is_told_without_its_trace(client: TestClient, monkeypatch) -> None:
    """500 in the same shape."""
    monkeypatch.setattr("core.workbench.Workbench.projects", lambda self: 1 / 0)
    assert_error(client.get("/projects"), 500)


def test_too_large_a_body_is_refused(database: Database, settings: Settings) -> None:
    """413 before it is kept."""
    small = TestClient(create_api(database, settings.model_copy(update={"upload_limit_mb": 1})))
    assert_error(small.post("/sales/import", files={"file": ("s.csv", b"x" * 2_000_000)}), 413)
    assert_error(small.post("/projects", content=b"x" * 17_000_000), 413)


def test_the_docs_need_nothing_from_elsewhere(database: Database, settings: Settings) -> None:
    """Mounted under /api as in the app; every route is listed."""
    inner = create_api(database, settings)
    client = TestClient(Starlette(routes=[Mount("/api", app=inner)]))
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert "http://" not in page.text
    assert "https://" not in page.text
    schema = client.get("/api/openapi.json").json()
    for path in ("/planograms/realtime-analysis", "/sales/import", "/products/search"):
        assert path in schema["paths"]
        assert path in page.text
    assert_error(client.get("/api/nothing"), 404)


def test_requests_are_metered_by_route(client: TestClient, machine: dict) -> None:
    """Not by address."""
    from core.telemetry import exposition

    client.get(f"/planograms/{machine['id']}")
    text = exposition()[0].decode()
    assert 'route="/planograms/{planogram}"' in text
    assert "workbench_estimate_seconds" in text


def change_user(database: Database, email: str, **changes: object) -> None:
    with database.admin_session() as session:
        user = session.exec(select(t.User).where(t.User.email == email)).one()
        for field, value in changes.items():
            setattr(user, field, value)


def test_what_a_user_may_is_looked_up_at_every_request(client: TestClient, database: Database) -> None:
    """A token outlives neither a changed role nor the user."""
    headers = signed_in(client, "manager@acme.test")
    assert client.post("/projects", json={"name": "A"}, headers=headers).status_code == 201
    change_user(database, "manager@acme.test", role="viewer")
    assert_error(client.post("/projects", json={"name": "B"}, headers=headers), 403)
    change_user(database, "manager@acme.test", is_active=False)
    assert_error(client.get("/projects", headers=headers), 401)
    assert_error(client.post("/auth/token", json={"email": "manager@acme.test", "password": PASSWORD}), 401)


def test_a_token_ends(client: TestClient, monkeypatch) -> None:
    """After its hours; one of another key never counted."""
    headers = signed_in(client, "manager@acme.test")
    monkeypatch.setattr("core.trust.access.TOKEN_HOURS", -1)
    expired = client.get("/projects", headers=headers)
    assert_error(expired, 401)
    assert "expired" in expired.json()["error"]
    foreign = Tokens("another key").issue(1)
    assert_error(client.get("/projects", headers={"Authorization": f"Bearer {foreign}"}), 401)


@pytest.mark.parametrize("header", ["Bearer", "bearer", "Basic abc", "Bearer a.b.c", f"Bearer {'x' * 5000}", "é"])
def test_a_header_that_is_no_token_is_refused_in_demo_mode_too(client: TestClient, header: str) -> None:
    """Whoever sends one means it."""
    assert_error(client.get("/projects", headers={"Authorization": header.encode("latin-1")}), 401)


@pytest.mark.parametrize(("method", "path", "sent"), [
    ("POST", "/stores", {"json": {"name": "X"}}), ("PATCH", "/stores/1", {"json": {"name": "X"}}),
    ("POST", "/devices", {"json": {"name": "X"}}), ("PATCH", "/devices/1", {"json": {"name": "X"}}),
    ("POST", "/products", {"json": {"name": "X"}}), ("PATCH", "/products/1", {"json": {"price": 1}}),
    ("POST", "/projects", {"json": {"name": "X"}}), ("PATCH", "/projects/1", {"json": {"name": "X"}}),
    ("POST", "/fixtures", {"json": {"name": "X", "width_in": 36, "shelf_count": 3}}),
    ("PATCH", "/fixtures/1", {"json": {"name": "X"}}),
    ("POST", "/planograms", {"json": {"name": "X", "fixture": {"width_in": 36, "shelf_count": 3}}}),
    ("POST", "/planograms/1/restore", {"json": {"version": 1}}),
    ("POST", "/sales/import", {"files": {"file": ("s.csv", b"Date,Machine,Product,Price\n2024-01-01,M,P,1\n")}}),
    ("POST", "/products/import", {"files": {"file": ("p.csv", b"name\nGum\n")}}),
    ("POST", "/products/1/images", {"files": {"image": ("a.png", b"x")}}),
    ("POST", "/planograms/1/audit", {"files": {"image": ("a.png", b"x")}}),
    ("POST", "/ai/v2/recognize", {"files": {"image": ("a.png", b"x")}}),
    ("POST", "/audits/1/repeat", {}),
    ("POST", "/audits/1/violations/A1", {"json": {"verdict": "confirmed"}}),
    ("POST", "/ai/v2/active-learning/label", {"json": {"item_id": 1, "sku_id": 1}}),
])
def test_a_viewer_changes_nothing_by_any_route(client: TestClient, method: str, path: str, sent: dict) -> None:
    """403 before anything is looked at."""
    viewer = signed_in(client, "viewer@acme.test")
    assert_error(client.request(method, path, headers=viewer, **sent), 403)
