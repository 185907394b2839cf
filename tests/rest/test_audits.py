"""Photos by REST: audits, verdicts, recognition and the queue, field by field as other programs read them."""

from __future__ import annotations

import base64
import io
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from core.compliance.reading import Gap, Problem, Quality
from core.models import Models
from core.rest import create_api
from core.settings import Settings
from core.store import tables as t
from core.store.database import Database
from core.trust.access import hash_password
from core.workbench.door import equip
from tests.rest.conftest import PASSWORD
from tests.rest.test_access import assert_error, signed_in
from tests.support.readers import FakeReader, named, photo_of

AUDIT = {
    "success", "audit_id", "id", "name", "planogram_id", "planogram", "version", "site_id", "site_name",
    "store_id", "device_id", "at", "by", "usable", "expected_facings", "judged", "photo_hash", "media_type",
    "compliance_score", "score_low", "score_high", "definition", "summary", "notes", "availability",
    "violations", "to_check", "detected_products", "gaps", "facings", "shares", "rows", "width", "height",
    "annotated_image_url", "photo_url", "quality", "elapsed_ms", "methods", "fallbacks", "fixes",
    "judged_score",
}
VIOLATION = {
    "id", "type", "box", "boxes", "confidence", "severity", "text", "is_fact", "expected", "actual", "verdict",
}
DETECTED = {
    "box", "row", "column", "slot", "confidence", "standing", "violation_id", "product_id", "name",
    "product_confidence",
}
ITEM = {
    "id", "item_id", "name", "image_url", "box", "candidates", "confidence", "status", "source", "sku_id",
    "product_id", "not_in_catalog", "audit_id", "planogram_id", "labelled_by", "labelled_at", "created_at",
}


@pytest.fixture
def database(each_database: Database) -> Database:
    """All of this on SQLite and on PostgreSQL."""
    return each_database


@pytest.fixture
def reader(database: Database) -> FakeReader:
    fake = FakeReader(gaps=(Gap((600.0, 10.0, 60.0, 150.0), 0, 0.8),))
    equip(database, Models(reader=fake))
    return fake


@pytest.fixture
def path(client: TestClient, machine: dict, reader: FakeReader) -> str:
    """Where photos of the machine are sent to."""
    return f"/planograms/{machine['id']}/audit"


def send(client: TestClient, path: str, photo: bytes | None = None, name: str = "a.jpg", **more: Any) -> Any:
    return client.post(path, files={"image": (name, photo_of() if photo is None else photo)}, **more)


def with_wrong(reader: FakeReader, to: int | None = None) -> None:
    reader.change = lambda f: (named(f[0], to), *f[1:])


def test_an_audit_has_every_published_field(client: TestClient, path: str, reader: FakeReader, machine: dict) -> None:
    """Boxes as [x, y, width, height] of the photo."""
    with_wrong(reader)
    made = send(client, path).json()
    assert set(made) == AUDIT
    assert 0 < made["compliance_score"] < 1
    assert [set(v) for v in made["violations"]] == [VIOLATION]
    wrong = made["violations"][0]
    assert wrong["type"] == "wrong_product"
    first = machine["positions"][0]
    assert wrong["expected"]["product_id"] == first["product_id"]
    assert wrong["expected"]["grid_position"] == {"x": first["column"], "y": first["row"]}
    assert len(made["detected_products"]) == 12
    assert set(made["detected_products"][1]) == DETECTED
    assert "product_id" not in made["detected_products"][0]
    assert all(len(d["box"]) == 4 for d in made["detected_products"])
    assert made["quality"] == {"ok": True, "problems": []}
    assert made["elapsed_ms"] == 12
    assert made["annotated_image_url"] == f"/api/audits/{made['audit_id']}/image"
    assert client.get(f"/audits/{made['audit_id']}").json() == made


def test_the_annotated_picture_and_the_photo_can_be_fetched(client: TestClient, path: str) -> None:
    """As pictures."""
    made = send(client, path).json()
    drawn = client.get(made["annotated_image_url"].removeprefix("/api"))
    assert (drawn.headers["content-type"], drawn.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert client.get(made["photo_url"].removeprefix("/api")).content == photo_of()


def test_a_photo_may_come_as_base64(client: TestClient, path: str) -> None:
    """In JSON, with or without the prefix of a data address."""
    text = base64.b64encode(photo_of()).decode()
    plain = client.post(path, json={"image": text})
    assert plain.status_code == 200, plain.text
    assert client.post(path, json={"image": f"data:image/jpeg;base64,{text}"}).status_code == 200
    assert_error(client.post(path, json={"image": "not base64!"}), 400)
    assert_error(client.post(path, json={"photo": text}), 400)
    assert_error(client.post(path, json=[text]), 400)


def broken(kind: str) -> tuple[bytes, str]:
    """A file that is no photo, under the name of one."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30)).save(out, "PNG")
    return {
        "twelve bytes": (b"\xff\xd8\xff\xe0twelve!!", "a.jpg"), "text": (b"Dear shelf,\n" * 100, "a.jpg"),
        "empty": (b"", "a.jpg"), "gif": (b"GIF89a" + bytes(50), "a.gif"),
        "cut off": (photo_of()[:2000], "a.jpg"), "huge": (bytes(20 * 1024 * 1024 + 1), "a.jpg"),
        "html": (b"<html><script>alert(1)</script></html>", "a.png"),
    }[kind]


@pytest.mark.parametrize(("kind", "status"), [
    ("twelve bytes", (400, 415)), ("text", (415,)), ("empty", (400,)), ("gif", (415,)), ("cut off", (400,)),
    ("huge", (413,)), ("html", (415,)),
])
@pytest.mark.parametrize("route", ["audit", "recognize"])
def test_what_is_no_photo_is_told(client: TestClient, path: str, route: str, kind: str, status: tuple[int, ...]) -> None:
    """In one shape, and nothing is kept."""
    content, name = broken(kind)
    answer = send(client, path if route == "audit" else "/ai/v2/recognize", content, name)
    assert answer.status_code in status, answer.text
    assert_error(answer, answer.status_code)
    assert client.get("/audits").json() == {"items": [], "total": 0}


def test_a_png_by_the_name_of_a_jpeg_is_read_as_what_it_is(client: TestClient, path: str) -> None:
    """The bytes count, not the name."""
    made = send(client, path, photo_of(kind="PNG"), "photo.jpg")
    assert made.status_code == 200, made.text
    assert made.json()["media_type"] == "image/png"


def test_a_request_without_a_photo_is_told(client: TestClient, path: str) -> None:
    """Multipart, nothing at all, another kind of body, another plan."""
    assert_error(client.post(path, files={"photo": ("a.jpg", photo_of())}), 400)
    assert_error(client.post(path, data={"image": "text"}), 415)
    assert_error(client.post(path), 400)
    assert_error(client.post(path, content=photo_of(), headers={"Content-Type": "text/plain"}), 415)
    assert_error(send(client, "/planograms/999/audit"), 404)
    assert_error(send(client, path, params={"version": 99}), 404)


def test_a_bad_photo_is_answered_with_what_to_do_better(client: TestClient, path: str, reader: FakeReader) -> None:
    """Quality says so."""
    reader.quality = Quality((Problem("blur", "The photo is blurred.", "Hold still.", "unusable"),))
    quality = send(client, path).json()["quality"]
    assert not quality["ok"]
    assert quality["problems"] == [
        {"code": "blur", "text": "The photo is blurred.", "hint": "Hold still.", "severity": "unusable"}]


def test_verdicts_are_kept_and_shown(client: TestClient, path: str, reader: FakeReader, machine: dict) -> None:
    """With the correction, by whom and when."""
    with_wrong(reader)
    made = send(client, path).json()
    here = f"/audits/{made['audit_id']}/violations/{made['violations'][0]['id']}"
    product = machine["positions"][3]["product_id"]
    done = client.post(here, json={"verdict": "corrected", "correction": {"product_id": product}})
    assert done.status_code == 200, done.text
    assert (done.json()["verdict"], done.json()["correction"]) == ("corrected", {"product_id": product})
    shown = client.get(f"/audits/{made['audit_id']}").json()["violations"][0]
    assert (shown["verdict"], shown["judged_by"]) == ("corrected", "Manager")
    assert client.get("/ai/v2/active-learning-queue?status=labelled").json()["total"] == 1
    assert client.post(here, json={"verdict": "dismissed"}).json()["verdict"] == "dismissed"
    assert client.get("/ai/v2/active-learning-queue?status=labelled").json()["total"] == 0
    for body, status in (({"verdict": "maybe"}, 400), ({}, 400), ({"verdict": "corrected"}, 400),
                         ({"verdict": "corrected", "correction": {"product_id": 999}}, 404)):
        assert_error(client.post(here, json=body), status)
    assert_error(client.post(f"/audits/{made['audit_id']}/violations/x9", json={"verdict": "confirmed"}), 404)
    assert_error(client.post("/audits/999/violations/1", json={"verdict": "confirmed"}), 404)


def test_audits_are_listed_by_plan_machine_and_store(client: TestClient, path: str, machine: dict) -> None:
    """The newest first, with the score."""
    first, second = (send(client, path).json()["audit_id"] for _ in range(2))
    listed = client.get(path + "s").json()
    assert ([i["id"] for i in listed["items"]], listed["total"]) == ([second, first], 2)
    assert listed["items"][0]["compliance_score"] == 1.0
    assert all(isinstance(i["name"], str) for i in listed["items"])
    assert client.get(f"/audits?device_id={machine['device_id']}&limit=1").json()["total"] == 2
    assert client.get("/audits?store_id=99").json() == {"items": [], "total": 0}
    assert client.get(f"/audits?planogram_id={machine['id']}&offset=1").json()["items"][0]["id"] == first
    assert_error(client.get("/audits/99"), 404)
    assert_error(client.get("/audits/99/image"), 404)
    assert_error(client.get("/planograms/99/audits"), 404)


@pytest.mark.parametrize("base", ["/ai/v2", "/v1/ai/v2"])
def test_a_photo_is_recognized_without_a_plan(client: TestClient, reader: FakeReader, base: str, machine: dict) -> None:
    """By either address."""
    found = send(client, f"{base}/recognize").json()
    assert set(found) >= {"detections", "gaps", "quality", "elapsed_ms"}
    assert set(found["detections"][0]) >= {
        "box", "class", "confidence", "product_id", "name", "product_confidence"}
    assert [set(g) >= {"box"} for g in found["gaps"]] == [True]


def test_the_queue_is_labelled_by_body_and_by_query(client: TestClient, path: str, reader: FakeReader, machine: dict) -> None:
    """As the training guide calls it, too."""
    reader.change = lambda f: tuple(named(x, None) for x in f[:4])
    send(client, path)
    queue = client.get("/v1/ai/v2/active-learning-queue").json()
    assert queue["total"] == 4
    assert queue["counts"] == {"open": 4, "labelled": 0, "skipped": 0}
    assert all(set(i) == ITEM for i in queue["items"])
    assert client.get(queue["items"][0]["image_url"].removeprefix("/api")).content[:3] == b"\xff\xd8\xff"
    a, b, c, d = (i["item_id"] for i in queue["items"])
    product = machine["positions"][0]["product_id"]
    label = "/ai/v2/active-learning/label"
    done = client.post(label, json={"item_id": a, "sku_id": product}).json()
    assert (done["labelled"], done["sku_id"], done["labelled_by"]) == (True, product, "Manager")
    assert client.post(f"/v1{label}?item_id={b}&sku_id={product}").json()["sku_id"] == product
    assert client.post(label, json={"item_id": c, "sku_id": None}).json()["not_in_catalog"]
    assert client.post(label, json={"item_id": d, "skip": True}).json()["status"] == "skipped"
    assert client.get("/ai/v2/active-learning-queue").json()["total"] == 0
    for sent, status in (({"item_id": a}, 400), ({"sku_id": product}, 400), ({"item_id": "abc123", "sku_id": 1}, 404),
                         ({"item_id": a, "sku_id": 999}, 404), ({"item_id": 999, "sku_id": product}, 404),
                         ({"item_id": True, "sku_id": product}, 404), ([1], 400)):
        assert_error(client.post(label, json=sent), status)
    assert_error(client.post(f"{label}?item_id=abc123&sku_id=42"), 404)
    assert_error(client.get("/ai/v2/active-learning-queue?status=lost"), 400)


@pytest.mark.parametrize("role", ["viewer", "driver"])
def test_a_viewer_looks_and_a_driver_works(client: TestClient, database: Database, path: str, reader: FakeReader, role: str) -> None:
    """403 for what is not theirs."""
    with database.admin_session() as session:
        session.add(t.User(company_id=1, email="driver@acme.test", name="Driver", role="driver",
                           password_hash=hash_password(PASSWORD)))
    with_wrong(reader)
    made = send(client, path).json()
    who = signed_in(client, f"{role}@acme.test")
    verdict = f"/audits/{made['audit_id']}/violations/{made['violations'][0]['id']}"
    item = client.get("/ai/v2/active-learning-queue", headers=who).json()["items"][0]["item_id"]
    work = [
        send(client, path, headers=who), send(client, "/ai/v2/recognize", headers=who),
        client.post(verdict, json={"verdict": "confirmed"}, headers=who),
        client.post("/ai/v2/active-learning/label", json={"item_id": item, "sku_id": None}, headers=who),
        client.post(f"/audits/{made['audit_id']}/repeat", headers=who),
    ]
    assert {w.status_code for w in work} == ({403} if role == "viewer" else {200})
    for look in (f"/audits/{made['audit_id']}", "/audits", made["annotated_image_url"].removeprefix("/api"), path + "s"):
        assert client.get(look, headers=who).status_code == 200


def test_another_company_sees_nothing(client: TestClient, path: str, reader: FakeReader) -> None:
    """Neither audits nor packages."""
    with_wrong(reader)
    made = send(client, path).json()
    item = client.get("/ai/v2/active-learning-queue").json()["items"][0]["item_id"]
    other = signed_in(client, "admin@other.test")
    for look in (f"/audits/{made['audit_id']}", f"/audits/{made['audit_id']}/image", f"/ai/v2/active-learning/{item}/image"):
        assert_error(client.get(look, headers=other), 404)
    assert client.get("/audits", headers=other).json()["total"] == 0
    assert client.get("/ai/v2/active-learning-queue", headers=other).json()["total"] == 0


def test_without_a_reader_the_way_to_one_is_told(client: TestClient, machine: dict) -> None:
    """422 with a hint."""
    assert_error(send(client, f"/planograms/{machine['id']}/audit"), 422)
    assert_error(send(client, "/ai/v2/recognize"), 422)


def test_too_many_photos_at_once_are_told_to_come_again(database: Database, settings: Settings, machine: dict,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    """429 with Retry-After while the others are being read; nothing is read twice at once."""
    from core.workbench import audits
    from core.workbench.turns import Turns

    monkeypatch.setattr(audits, "TURNS", Turns(waiting=1, patience_s=20))
    started, go = Event(), Event()

    def slow() -> None:
        started.set()
        go.wait(10)

    equip(database, Models(reader=FakeReader(before=slow)))
    client = TestClient(create_api(database, settings))
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(send, client, f"/planograms/{machine['id']}/audit")
        started.wait(10)
        others = [pool.submit(send, client, f"/planograms/{machine['id']}/audit") for _ in range(2)]
        while not any(o.done() for o in others):
            pass
        go.set()
        answers = [f.result() for f in (first, *others)]
    assert sorted(a.status_code for a in answers) == [200, 200, 429]
    assert next(a for a in answers if a.status_code == 429).headers["retry-after"] == "5"


def test_audits_are_paced(database: Database, settings: Settings, machine: dict) -> None:
    """As other predictions: 20 a minute."""
    equip(database, Models(reader=FakeReader()))
    paced = TestClient(create_api(database, settings.model_copy(update={"rate_limits": True})))
    statuses = [paced.post(f"/planograms/{machine['id']}/audit").status_code for _ in range(21)]
    assert statuses[-1] == 429


def test_two_hundred_products_are_answered(client: TestClient, reader: FakeReader) -> None:
    """A long wall of small packages."""
    ids = [client.post("/products", json={"name": f"Tin {i}", "category": "Tins", "width_in": 6}).json()["id"]
           for i in range(200)]
    shelf = {"shape": "straight", "width_in": 120, "height_in": 120, "depth_in": 18, "shelf_count": 10}
    positions = [{"row": i // 20, "column": i % 20, "product_id": p} for i, p in enumerate(ids)]
    made = client.post("/planograms", json={"name": "Wall", "fixture": shelf, "positions": positions}).json()
    done = send(client, f"/planograms/{made['id']}/audit", photo_of(4)).json()
    assert (done["compliance_score"], len(done["detected_products"])) == (1.0, 200)
    assert len(reader.shown[-1][0].products) <= 240


def test_compliance_over_time_is_told_by_place(client: TestClient, path: str, machine: dict) -> None:
    """By week, for the regional manager."""
    assert client.get("/audits/trend").json() == {"overall": None, "items": [], "total": 0}
    send(client, path)
    found = client.get(f"/audits/trend?device_id={machine['device_id']}").json()
    assert [(p["name"], p["score"], p["change"], len(p["weeks"])) for p in found["items"]] == [("Lobby", 1.0, None, 1)]
    assert found["overall"]["weeks"][0]["plans"] == 1
    assert client.get("/audits/trend?store_id=99").json()["total"] == 0


def test_a_photo_too_large_for_json_is_told_the_other_way(client: TestClient, path: str) -> None:
    """With the size that JSON takes; nothing is read."""
    body = b'{"image": "' + b"A" * (16 * 1024 * 1024) + b'"}'
    refused = client.post(path, content=body, headers={"content-type": "application/json"})
    assert_error(refused, 413)
    assert "above 12 MB as multipart" in refused.json()["hint"]
