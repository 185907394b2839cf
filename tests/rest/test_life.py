"""The life of a plan by REST: status, comments, the store's answers, photos."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from core.rest import create_api
from core.settings import Settings
from core.store.database import Database
from tests.rest.test_access import assert_error, signed_in
from tests.rest.test_planograms import SHELF, swapped

TODAY = datetime.now(UTC).date().isoformat()
STATUS = {
    "planogram_id", "name", "status", "version", "prepared_version", "implemented_version",
    "implemented_since", "variant_of", "next", "steps",
}
STEP = {"id", "name", "status", "version", "day", "at", "by", "note"}
COMMENT = {
    "id", "name", "version", "answer_to", "slot", "product_id", "product", "reason", "reason_text", "text",
    "by", "role", "at", "resolved", "resolved_at", "resolved_by",
}
PROOF = {
    "id", "name", "version", "content_hash", "media_type", "width_px", "height_px", "note", "by", "at",
    "image_url",
}


def picture(kind: str = "JPEG", color: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (32, 24), color).save(out, kind)
    return out.getvalue()


@pytest.fixture
def path(client: TestClient, machine: dict) -> str:
    """The machine's plan with a draft behind the version that stands."""
    here = f"/planograms/{machine['id']}"
    client.put(f"{here}/layout", json={"base_version": 1, "positions": swapped(machine)})
    return here


def test_a_version_is_prepared_and_put_in_place(client: TestClient, path: str) -> None:
    """Every step is told, the newest first."""
    now = client.get(f"{path}/status").json()
    assert set(now) == STATUS
    assert (now["status"], now["implemented_version"], now["prepared_version"]) == ("draft", 1, None)
    ready = client.post(f"{path}/status", json={"status": "prepared", "note": "Monday"}).json()
    assert (ready["status"], ready["prepared_version"]) == ("prepared", 2)
    done = client.post(f"{path}/status", json={"status": "implemented"}).json()
    assert (done["status"], done["implemented_version"], done["implemented_since"]) == ("implemented", 2, TODAY)
    assert [set(s) for s in done["steps"]] == [STEP, STEP]
    assert client.get(path).json()["status"] == "implemented"
    assert [v["status"] for v in client.get(f"{path}/versions").json()["items"]] == ["implemented", "archived"]


@pytest.mark.parametrize(("body", "status"), [
    ({"status": "sold"}, 400), ({}, 400), ({"status": "implemented"}, 422), ({"status": "draft"}, 422),
    ({"status": "archived"}, 422), ({"status": "prepared", "version": 9}, 404),
    ({"status": "prepared", "version": True}, 400), ({"status": "prepared", "day": "soon"}, 400),
])
def test_a_step_that_cannot_follow_changes_nothing(
    client: TestClient, path: str, body: dict, status: int
) -> None:
    """Malformed is 400, impossible 422."""
    before = client.get(f"{path}/status").json()
    assert_error(client.post(f"{path}/status", json=body), status)
    assert client.get(f"{path}/status").json() == before


def test_a_plan_that_breaks_a_hard_rule_cannot_be_prepared(client: TestClient) -> None:
    """422 with the violations; it stays a draft that can be mended."""
    product = client.post("/products", json={"name": "Wide", "category": "Boxes", "width_in": 6}).json()
    made = client.post("/planograms", json={
        "name": "Shelf", "fixture": SHELF, "positions": [{"slot": "A1", "product_id": product["id"]}]}).json()
    client.patch(f"/products/{product['id']}", json={"temperature": "frozen"})
    refused = client.post(f"/planograms/{made['id']}/status", json={"status": "prepared"})
    assert_error(refused, 422)
    assert [v["rule"] for v in refused.json()["violations"]] == ["temperature"]
    assert client.get(f"/planograms/{made['id']}").json()["status"] == "draft"


def test_a_change_of_status_goes_through_the_same_guard(client: TestClient, path: str) -> None:
    """With the other fields, all or nothing."""
    refused = client.patch(path, json={"name": "Hall", "status": "implemented"})
    assert_error(refused, 422)
    assert client.get(path).json()["name"] != "Hall"
    done = client.patch(path, json={"name": "Hall", "status": "prepared"}).json()
    assert (done["name"], done["status"]) == ("Hall", "prepared")
    assert_error(client.patch(path, json={"color": "red"}), 400)
    assert client.patch(path, json={"season": "winter"}).json()["season"] == "winter"


def test_a_plan_saved_beside_another_hands_its_layout_over(client: TestClient, machine: dict, path: str,
                                                           database: Database) -> None:
    """The plan of the place gets a version, the variant goes to the archive."""
    from core.store import users
    from core.workbench import Workbench

    actor = users.demo_actor(database)
    assert actor is not None
    wb = Workbench(database, actor)
    variant = wb.save_as(machine["id"], "Mine", wb.open(machine["id"], 1).plan)
    assert client.get(f"/planograms/{variant.id}/status").json()["variant_of"] == machine["id"]
    done = client.post(f"/planograms/{variant.id}/hand-over").json()
    assert (done["id"], done["version"], done["positions"]) == (machine["id"], 3, machine["positions"])
    assert client.get(f"/planograms/{variant.id}").json()["status"] == "archived"
    assert_error(client.post(f"{path}/hand-over"), 422)


def test_the_store_answers_and_is_answered(client: TestClient, path: str) -> None:
    """A reason and a slot; closed with its answers, open ones listed alone."""
    said = client.post(f"{path}/comments", json={"reason": "obstacle", "slot": "B2", "text": "A pillar"})
    assert said.status_code == 201
    body = said.json()
    assert set(body) == COMMENT
    assert (body["slot"], body["reason_text"], body["version"]) == ("B2", "an obstacle is in the way", 1)
    assert body["product_id"]
    client.post(f"{path}/comments", json={"text": "We move it", "answer_to": body["id"]})
    listed = client.get(f"{path}/comments").json()
    assert listed["total"] == 2
    assert client.get(f"{path}/comments?open=true").json()["total"] == 1
    closed = client.patch(f"{path}/comments/{body['id']}", json={"resolved": True}).json()
    assert (closed["resolved"], closed["resolved_by"]) == (True, "Manager")
    assert client.get(f"{path}/comments?open=true").json()["total"] == 0


@pytest.mark.parametrize(("body", "status"), [
    ({}, 400), ({"text": "a", "slot": "Z9"}, 400), ({"reason": "bored"}, 400),
    ({"text": "a", "product_id": 999}, 400), ({"text": "a", "answer_to": 999}, 404),
])
def test_an_impossible_comment_is_refused(client: TestClient, path: str, body: dict, status: int) -> None:
    """And nothing is kept."""
    assert_error(client.post(f"{path}/comments", json=body), status)
    assert client.get(f"{path}/comments").json()["total"] == 0


def test_markup_in_a_comment_stays_data(client: TestClient, path: str) -> None:
    """What is sent comes back, as JSON."""
    text = "<script>alert(1)</script> & {{x}}"
    assert client.post(f"{path}/comments", json={"text": text}).json()["text"] == text


def test_a_photo_proves_that_it_stands(client: TestClient, path: str) -> None:
    """Kept by its content, given back as it came."""
    photo = picture()
    files = [("image", ("a.jpg", photo)), ("image", ("b.png", picture("PNG", "blue")))]
    made = client.post(f"{path}/proof", files=files, data={"note": "Left side"})
    assert made.status_code == 201, made.text
    assert set(made.json()) == PROOF | {"proof_id", "proof_ids"}
    listed = client.get(f"{path}/proof").json()
    assert [set(p) for p in listed["items"]] == [PROOF, PROOF]
    image = client.get(listed["items"][1]["image_url"].removeprefix("/api"))
    assert (image.content, image.headers["content-type"]) == (photo, "image/jpeg")
    assert_error(client.get(f"{path}/proof/999/image"), 404)


@pytest.mark.parametrize(("content", "status"), [
    (b"", 400), (b"no picture", 415), (picture("GIF"), 415), (picture("PNG")[:-20], 400)])
def test_what_is_no_photo_is_refused_with_those_beside_it(
    client: TestClient, path: str, content: bytes, status: int
) -> None:
    """All or none."""
    files = [("image", ("a.jpg", picture())), ("image", ("b.jpg", content))]
    assert_error(client.post(f"{path}/proof", files=files), status)
    assert client.get(f"{path}/proof").json()["total"] == 0


def test_a_viewer_only_looks(database: Database, settings: Settings, path: str) -> None:
    """Status, comments and photos are not for viewers, and nothing is for another company."""
    strict = TestClient(create_api(database, settings.model_copy(update={"demo": False})))
    viewer, stranger = (signed_in(strict, f"{who}.test") for who in ("viewer@acme", "admin@other"))
    assert strict.get(f"{path}/status", headers=viewer).status_code == 200
    for body in ({"status": "prepared"}, {"status": "implemented"}):
        assert_error(strict.post(f"{path}/status", json=body, headers=viewer), 403)
        assert_error(strict.post(f"{path}/status", json=body, headers=stranger), 404)
    said = {"text": "Hello"}
    assert_error(strict.post(f"{path}/comments", json=said, headers=viewer), 403)
    assert_error(strict.get(f"{path}/comments", headers=stranger), 404)
    photo = {"image": ("a.jpg", picture())}
    assert_error(strict.post(f"{path}/proof", files=photo, headers=viewer), 403)
    assert_error(strict.get(f"{path}/proof", headers=stranger), 404)
    assert_error(strict.get(f"{path}/status"), 401)
