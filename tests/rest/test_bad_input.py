"""What cannot be: a clear error of one shape, and nothing changed."""

from __future__ import annotations

import asyncio
import json
import shutil
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from core.rest import create_api
from core.settings import Settings
from core.store.database import Database
from tests.rest.conftest import settings_for
from tests.rest.test_access import assert_error, signed_in

JSON = {"Content-Type": "application/json"}
LONG = "x" * 100_000
SHELF = {"width_in": 36, "height_in": 72, "depth_in": 18, "shelf_count": 3}
HUGE = 10**30


@pytest.fixture(scope="module")
def house(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One database for all that changes nothing."""
    path = Path(shutil.copy(filled, tmp_path_factory.mktemp("bad") / "test.db"))
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture(scope="module")
def asker(house: Database) -> TestClient:
    assert house.path is not None
    return TestClient(create_api(house, settings_for(house.path)), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def plan(asker: TestClient) -> dict[str, Any]:
    """The machine's planogram."""
    found: dict[str, Any] = asker.get("/planograms/1_0").json()
    return found


@pytest.fixture
def unchanged(house: Database) -> Iterator[None]:
    """After the test every table but the log of estimates holds as many rows as before."""

    def rows() -> dict[str, int]:
        with house.engine.connect() as connection:
            names = connection.execute(text(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'prediction'")).scalars()
            return {n: connection.execute(text(f'SELECT count(*) FROM "{n}"')).scalar_one() for n in names}

    before = rows()
    yield
    assert rows() == before


def told(answer: Any, status: int) -> None:
    """One short sentence and a hint."""
    assert_error(answer, status)
    body = answer.json()
    assert body["hint"]
    assert len(body["error"]) <= 300


ROUTES = [
    ("GET", "/planograms/{n}", None), ("GET", "/planograms/1?version={n}", None),
    ("GET", "/planograms/1/diff?from={n}&to=1", None), ("GET", "/planograms/{n}/heat", None),
    ("GET", "/planograms/{n}/versions", None), ("GET", "/predictions/{n}/explanation", None),
    ("GET", "/sales/summary?device_ids={n}", None), ("PATCH", "/stores/{n}", {"name": "X"}),
    ("PATCH", "/devices/{n}", {"name": "X"}), ("PATCH", "/products/{n}", {"price": 1}),
    ("PATCH", "/fixtures/{n}", {"name": "X"}), ("PATCH", "/projects/{n}", {"name": "X"}),
    ("PUT", "/planograms/{n}/layout", {"base_version": 1, "positions": []}),
    ("POST", "/planograms/{n}/restore", {"version": 1}), ("POST", "/planograms/1/restore", {"version": "{n}"}),
    ("POST", "/planograms/realtime-analysis", {"planogram_id": "{n}", "product_id": 1, "slot_position": "A1"}),
    ("POST", "/planograms/realtime-analysis", {"planogram_id": 1, "product_id": "{n}", "slot_position": "A1"}),
    ("POST", "/planograms/placement-suggestions", {"planogram_id": 1, "product_id": "{n}"}),
    ("POST", "/planograms/predict-revenue", {"device_id": "{n}", "proposed_planogram": {"slots": []}}),
    ("POST", "/feedback", {"prediction_id": "{n}", "feedback_type": "accepted"}),
    ("POST", "/products/rank", {"category_ids": ["{n}"]}), ("POST", "/products/rank", {"store_id": "{n}"}),
    ("POST", "/projects", {"name": "P", "store_id": "{n}"}), ("POST", "/devices", {"name": "D", "store_id": "{n}"}),
    ("POST", "/products", {"name": "P", "category_id": "{n}"}),
    ("POST", "/planograms", {"name": "P", "fixture": SHELF, "project_id": "{n}"}),
    ("POST", "/planograms", {"name": "P", "fixture": SHELF, "category_ids": ["{n}"]}),
]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES, ids=lambda v: str(v)[:60])
@pytest.mark.parametrize("number", ["0", "-7", "99999", str(2**31), str(2**63), str(HUGE), "true", '"x"', "1.5"])
def test_an_id_that_names_nothing(
    asker: TestClient, unchanged: None, method: str, path: str, body: Any, number: str
) -> None:
    """Unknown, too large, or no id at all."""
    content = None if body is None else json.dumps(body).replace('"{n}"', number)
    answer = asker.request(method, path.replace("{n}", number.strip('"')), content=content, headers=JSON)
    assert 400 <= answer.status_code < 500
    told(answer, answer.status_code)


@pytest.mark.parametrize(("method", "path", "body"), [
    ("GET", "/planograms/{plan}", None), ("GET", "/planograms/1_0", None),
    ("GET", "/planograms/{plan}/heat", None), ("GET", "/planograms/{plan}/versions", None),
    ("GET", "/planograms/{plan}/diff?from=1&to=1", None), ("GET", "/sales/summary?device_ids=1", None),
    ("GET", "/predictions/{prediction}/explanation", None), ("PATCH", "/devices/1", {"name": "Mine"}),
    ("PATCH", "/products/1", {"price": 1}), ("PUT", "/planograms/{plan}/layout", {"base_version": 1, "positions": []}),
    ("POST", "/planograms/{plan}/restore", {"version": 1}),
    ("POST", "/feedback", {"prediction_id": "{prediction}", "feedback_type": "accepted"}),
    ("POST", "/planograms/placement-suggestions", {"planogram_id": "{plan}", "product_id": 1}),
    ("POST", "/planograms/predict-revenue", {"planogram_id": "{plan}", "proposed_planogram": {"slots": []}}),
    ("POST", "/planograms/realtime-analysis", {"planogram_id": "{plan}", "product_id": 1, "slot_position": "A1"}),
    ("POST", "/products/rank", {"category_ids": [1]}),
    ("POST", "/planograms", {"name": "P", "fixture": SHELF, "positions": [{"slot": "A1", "product_id": 1}]}),
    ("POST", "/planograms", {"name": "P", "fixture": SHELF, "category_ids": [1]}),
    ("POST", "/products", {"name": "P", "category_id": 1}),
], ids=lambda v: str(v)[:60])
def test_an_id_of_another_company_names_nothing(
    asker: TestClient, plan: dict, unchanged: None, method: str, path: str, body: Any
) -> None:
    """As if it were not there."""
    prediction = asker.get(f"/planograms/{plan['id']}/heat").json()["prediction_id"]
    headers = signed_in(asker, "manager@other.test") | JSON
    for name, number in (("plan", plan["id"]), ("prediction", prediction)):
        path = path.replace(f"{{{name}}}", str(number))
        body = json.loads(json.dumps(body).replace(f'"{{{name}}}"', str(number)))
    content = None if body is None else json.dumps(body)
    answer = asker.request(method, path, content=content, headers=headers)
    told(answer, answer.status_code)
    assert answer.status_code in (400, 404)


@pytest.mark.parametrize("path", [
    "/stores", "/projects", "/products", "/devices", "/fixtures", "/planograms", "/planograms/autofill",
    "/planograms/predict-revenue", "/planograms/realtime-analysis", "/auth/token", "/feedback"])
@pytest.mark.parametrize("content", [
    b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe\x00", b"[" * 100_000, b'{"name": NaN}', b'{"name": -Infinity}',
    b'{"name": 1e999}', b'{"name": ' + b"9" * 400 + b"}", b'{"name": "a\\u0000b"}', b'{"name": "\\ud800"}',
    b'{"name": "\\u001b[31m"}', b'{"na\\u0000me": 1}'], ids=lambda v: repr(v)[:30])
def test_a_body_that_is_no_request(asker: TestClient, unchanged: None, path: str, content: bytes) -> None:
    """Not JSON, not an object, or with what is neither number nor text."""
    told(asker.post(path, content=content, headers=JSON), 400)


@pytest.mark.parametrize("path", ["/stores", "/sales/import", "/products/import"])
@pytest.mark.parametrize("kind", [
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x"])
def test_a_body_of_another_kind(asker: TestClient, unchanged: None, path: str, kind: str) -> None:
    """Also a form without its parts."""
    told(asker.post(path, content=b"--x\r\nbad", headers={"Content-Type": kind}), 400)


@pytest.mark.parametrize("path", ["/stores", "/projects", "/products", "/devices", "/fixtures", "/planograms"])
@pytest.mark.parametrize("name", ["", "  ", "\ufeff", "two\nlines", LONG, 5, None, ["a"], True])
def test_what_is_no_name(asker: TestClient, unchanged: None, path: str, name: Any) -> None:
    """Empty, invisible, endless, or no text."""
    told(asker.post(path, json={"name": name, "fixture": SHELF}), 400)


@pytest.mark.parametrize("path", ["/stores", "/projects", "/products", "/devices", "/planograms"])
@pytest.mark.parametrize("name", ["Robert'); DROP TABLE product;--", "<script>alert(1)</script>", "“Köln” 東京 🥤",
                                  "{{7*7}} ${x} %s", "=1+1", "../../etc/passwd"])
def test_a_strange_name_is_a_name(client: TestClient, path: str, name: str) -> None:
    """Data, kept as it is."""
    fixture = {"fixture": SHELF} if path == "/planograms" else {}
    made = client.post(path, json={"name": name, **fixture})
    assert made.status_code == 201
    assert name in [i["name"] for i in client.get(path).json()["items"]]


POSITION_FAULTS = [
    {"product_id": 999}, {"product_id": "1"}, {"product_id": None}, {"quantity": -1}, {"quantity": 1.5},
    {"quantity": "many"}, {"capacity": -1}, {"par_level": 10**9}, {"facings": 0}, {"facings": True},
    {"facings_high": 0}, {"price": -0.01}, {"price": "free"}, {"price": 1e12}, {"row": 99}, {"row": -1},
    {"column": 99}, {"locked": "yes"}, {"slot": "Z99"}, {"slot": "A0"}, {"slot": "' OR 1=1 --"}, {"slot": 7},
    {"slot": "B1"},
]


@pytest.mark.parametrize("fault", POSITION_FAULTS, ids=str)
def test_a_layout_with_a_faulty_position(
    asker: TestClient, plan: dict, unchanged: None, fault: dict[str, Any]
) -> None:
    """Said with the number of the position."""
    positions = [dict(p) for p in plan["positions"]]
    positions[2].update(fault)
    answer = asker.put(f"/planograms/{plan['id']}/layout", json={"base_version": 1, "positions": positions})
    told(answer, 400)
    assert "Position 3" in answer.json()["error"]


@pytest.mark.parametrize("positions", [{}, "A1", [None], [[]], [{}], [{"product_id": 1}] * 20_001])
def test_what_is_no_list_of_positions(asker: TestClient, plan: dict, unchanged: None, positions: Any) -> None:
    """Nor is an endless one."""
    path = f"/planograms/{plan['id']}/layout"
    told(asker.put(path, json={"base_version": 1, "positions": positions}), 400)


@pytest.mark.parametrize("fixture", [
    {"width_in": 0}, {"width_in": -5}, {"width_in": 1e9}, {"width_in": HUGE}, {"width_in": "36"},
    {"width_in": True}, {"height_in": 0}, {"depth_in": -1}, {"shelf_count": 0}, {"shelf_count": 2.5},
    {"shelf_count": 30, "width_in": 120}, {"cell_width_in": 0}, {"shape": "hexagon"},
    {"temperature_zone": "tepid"}, {"width_in": None, "rows": 30, "columns": 20},
    {"width_in": None, "rows": 0, "columns": 5}, {"width_in": None, "row_columns": []},
    {"width_in": None, "row_columns": "555"}], ids=str)
@pytest.mark.parametrize("path", ["/planograms", "/fixtures", "/planograms/autofill"])
def test_a_fixture_that_cannot_be(asker: TestClient, unchanged: None, path: str, fixture: dict) -> None:
    """No width, too many rows, an unknown shape."""
    told(asker.post(path, json={"name": "F", "products": [], "fixture": {**SHELF, **fixture}}), 400)


def test_more_than_a_gigabyte_is_refused_without_being_kept(database: Database, settings: Settings) -> None:
    """By its announced length and, where it is sent in pieces, by what arrives."""
    api = create_api(database, settings.model_copy(update={"upload_limit_mb": 4}))
    piece = b"x" * 2**20
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="s.csv"\r\n\r\n'
    for announced in ([(b"content-length", str(1100 * 2**20).encode())], []):
        left, answer = [1100], {}

        async def receive(left=left) -> dict[str, Any]:
            left[0] -= 1
            body = head if left[0] == 1099 else piece
            return {"type": "http.request", "body": body, "more_body": left[0] > 0}

        async def send(message: Any, answer=answer) -> None:
            answer[message["type"]] = message

        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
            "path": "/sales/import", "raw_path": b"/sales/import", "query_string": b"", "root_path": "",
            "scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1),
            "headers": [(b"host", b"localhost"), (b"content-type", b"multipart/form-data; boundary=x"), *announced],
        }
        tracemalloc.start()
        asyncio.run(api(scope, receive, send))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert answer["http.response.start"]["status"] == 413
        body = json.loads(answer["http.response.body"]["body"])
        assert body["success"] is False
        assert "4 MB" in body["error"]
        assert peak < 24 * 2**20


@pytest.mark.parametrize("headers", [
    {"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Host": "rebound.example"},
    {"Host": "rebound.example:8501"}], ids=str)
def test_a_page_of_another_site_does_not_act_in_demo_mode(client: TestClient, headers: dict[str, str]) -> None:
    """A browser sends its requests here; with a token they are the user's own will."""
    told(client.get("/devices", headers=headers), 403)
    told(client.post("/sales/import", files={"file": ("s.csv", b"a,b\n1,2\n")}, headers=headers), 403)
    signed = signed_in(client, "manager@acme.test")
    assert client.get("/devices", headers=headers | signed).status_code == 200


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501", "[::1]:8501", "[::1]", "localhost"])
def test_this_machine_acts_in_demo_mode(client: TestClient, host: str) -> None:
    """By any of its own names."""
    assert client.get("/devices", headers={"Host": host, "Origin": f"http://{host}"}).status_code == 200
