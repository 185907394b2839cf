"""Several at the same moment, on a file as in use: one wins, nobody gets a stack trace."""

from __future__ import annotations

import io
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from PIL import Image

from core.rest import create_api
from core.settings import Settings
from core.store.database import Database
from tests.rest.conftest import sales_csv
from tests.rest.test_access import assert_error, signed_in

MANY = 6


def at_once(ask: Callable[[int], Response]) -> list[Response]:
    """The answers of ``MANY`` requests that start together."""
    answers: list[Response | None] = [None] * MANY
    barrier = threading.Barrier(MANY)

    def run(number: int) -> None:
        barrier.wait()
        answers[number] = ask(number)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [a for a in answers if a is not None]


def statuses(answers: list[Response]) -> Counter[int]:
    assert len(answers) == MANY
    return Counter(a.status_code for a in answers)


def test_of_saves_from_one_base_one_wins(client: TestClient, machine: dict) -> None:
    """The others are told, and one version more is there."""
    path = f"/planograms/{machine['id']}"
    found = at_once(lambda n: client.put(f"{path}/layout", json={
        "base_version": 1, "positions": machine["positions"], "comment": f"by {n}"}))
    assert statuses(found) == {200: 1, 409: MANY - 1}
    for answer in found:
        if answer.status_code == 409:
            assert_error(answer, 409)
    winner = next(a.json() for a in found if a.status_code == 200)
    now = client.get(path).json()
    assert (now["version"], now["comment"]) == (2, winner["comment"])


def test_products_of_one_new_category(client: TestClient) -> None:
    """All are made, in one category."""
    found = at_once(lambda n: client.post("/products", json={"name": f"Gum {n}", "category": "Gum"}))
    assert statuses(found) == {201: MANY}
    categories = [c for c in client.get("/categories").json()["items"] if c["name"] == "Gum"]
    assert [c["products"] for c in categories] == [MANY]


@pytest.mark.parametrize(("path", "body"), [
    ("/products", {"upc": "0001"}), ("/stores", {"code": "S1"})])
def test_of_those_with_one_unique_code_one_wins(client: TestClient, path: str, body: dict) -> None:
    """The others are told that it is taken."""
    found = at_once(lambda n: client.post(path, json={"name": f"N{n}", **body}))
    told = statuses(found)
    assert told[201] == 1
    assert set(told) <= {201, 400, 409}


def test_a_sales_file_sent_several_times_goes_in_once(client: TestClient) -> None:
    """Each answer is whole; the rows are imported by one of them."""
    content = sales_csv(days=48)
    before = client.get("/sales/summary").json()["rows"]
    found = at_once(lambda n: client.post("/sales/import", files={"file": ("s.csv", content)}))
    assert statuses(found) == {200: MANY}
    reports = [a.json() for a in found]
    assert all(r["rows_imported"] + r["rows_duplicate"] == r["rows_read"] for r in reports)
    assert sum(bool(r["rows_imported"]) for r in reports) == 1
    after = client.get("/sales/summary").json()["rows"]
    assert after - before == sum(r["rows_imported"] for r in reports)


def test_a_product_file_sent_several_times_makes_its_products_once(client: TestClient) -> None:
    """The later ones update."""
    content = b"name,category,price\n" + b"".join(b"Bar %d,Bars,1\n" % i for i in range(20))
    found = at_once(lambda n: client.post("/products/import", files={"file": ("p.csv", content)}))
    assert statuses(found) == {200: MANY}
    assert Counter(a.json()["created"] for a in found) == {20: 1, 0: MANY - 1}
    assert len({tuple(a.json()["product_ids"]) for a in found}) == 1


def test_one_picture_sent_several_times_is_one(client: TestClient) -> None:
    """With one id."""
    content = io.BytesIO()
    Image.new("RGB", (5, 5), "red").save(content, "PNG")
    found = at_once(lambda n: client.post("/products/1/images", files={"image": ("a.png", content.getvalue())}))
    assert statuses(found) == {201: MANY}
    assert len({a.json()["image_id"] for a in found}) == 1


def limited(database: Database, settings: Settings) -> TestClient:
    return TestClient(create_api(database, settings.model_copy(update={"rate_limits": True})))


def test_the_hundred_and_first_placement_request_of_a_minute_waits(
    database: Database, settings: Settings
) -> None:
    """Of one user; another one is not stopped, nor is what is not limited."""
    client = limited(database, settings)
    body = {"planogram_id": 1, "product_id": 999, "slot_position": "A1"}
    for _ in range(100):
        assert client.post("/planograms/realtime-analysis", json=body).status_code == 422
    refused = client.post("/planograms/realtime-analysis", json=body)
    assert_error(refused, 429)
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    admin = signed_in(client, "admin@acme.test")
    assert client.post("/planograms/realtime-analysis", json=body, headers=admin).status_code == 422
    assert client.get("/planograms/1").status_code == 200


def test_the_twenty_first_prediction_of_a_minute_waits(database: Database, settings: Settings) -> None:
    """Whatever became of the others."""
    client = limited(database, settings)
    body = {"planogram_id": 99, "proposed_planogram": {"slots": []}}
    found = [client.post("/planograms/predict-revenue", json=body).status_code for _ in range(21)]
    assert found == [404] * 20 + [429]


def test_passwords_cannot_be_tried_endlessly(database: Database, settings: Settings) -> None:
    """After ten a minute even the right one waits; other users sign in."""
    client = limited(database, settings)
    wrong = {"email": "manager@acme.test", "password": "x"}
    assert {client.post("/auth/token", json=wrong).status_code for _ in range(10)} == {401}
    assert client.post("/auth/token", json={**wrong, "email": " MANAGER@acme.test"}).status_code == 429
    signed_in(client, "admin@acme.test")
