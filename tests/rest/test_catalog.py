"""Lists, creation and change of stores, machines, products, fixtures, projects; product files."""

from __future__ import annotations

import io
import json

import pytest
from fastapi.testclient import TestClient
from openpyxl import Workbook
from PIL import Image

from tests.rest.test_access import assert_error

PRODUCTS = (
    b"Name;Category;Price;Width;UPC\nMint gum;Candy;$1.25;2.5;111\nOat bar;Bars;free;2;222\n;Bars;1;2;\n"
)


def test_every_list_has_items_with_id_and_name(client: TestClient) -> None:
    """And pages."""
    client.post("/stores", json={"name": "Mall"})
    client.post("/projects", json={"name": "Summer"})
    client.post("/fixtures", json={"name": "End", "width_in": 36, "shelf_count": 4})
    for path in ("/stores", "/devices", "/products", "/categories", "/fixtures", "/projects", "/planograms"):
        found = client.get(path).json()
        assert found["total"] >= 1
        assert all(isinstance(i["id"], int) and i["name"] for i in found["items"])
    first = client.get("/products?limit=5").json()
    rest = client.get("/products?limit=50&offset=5").json()
    assert (len(first["items"]), len(rest["items"]), first["total"]) == (5, 7, 12)


def test_a_device_lists_its_cabinets(client: TestClient) -> None:
    """With rows, columns, zone and planogram."""
    cabinet = client.get("/devices").json()["items"][0]["cabinets"][0]
    assert {k: cabinet[k] for k in ("index", "rows", "columns", "temperature_zone")} == {
        "index": 0, "rows": 3, "columns": 4, "temperature_zone": "ambient"}
    assert isinstance(cabinet["planogram_id"], int)


@pytest.mark.parametrize(
    ("path", "body", "change"),
    [("/stores", {"name": "Mall", "latitude": 40.5}, {"address": "1 Main St"}),
     ("/projects", {"name": "Summer"}, {"name": "Autumn"}),
     ("/products", {"name": "Gum", "category": "Candy", "price": 1.25}, {"price": 1.5}),
     ("/devices", {"name": "Lobby 2", "fixture": {"rows": 6, "columns": 8}}, {"model": "X1"}),
     ("/fixtures", {"name": "End", "width_in": 36, "shelf_count": 4}, {"shelf_count": 5})],
)
def test_things_are_created_and_changed(client: TestClient, path: str, body: dict, change: dict) -> None:
    """What was sent is what is read back."""
    made = client.post(path, json=body)
    assert made.status_code == 201, made.text
    number = made.json()["id"]
    changed = client.patch(f"{path}/{number}", json=change)
    assert changed.status_code == 200, changed.text
    listed = {i["id"]: i for i in client.get(path).json()["items"]}[number]
    for key, value in change.items():
        assert changed.json()[key] == value
        assert listed[key] == value


@pytest.mark.parametrize(
    ("path", "body"),
    [("/stores", {"name": ""}), ("/stores", {"name": "M", "latitude": 400}),
     ("/stores", {"name": "M", "x": 1}),
     ("/products", {"name": "Gum", "price": -1}), ("/products", {"name": "Gum", "price": "free"}),
     ("/products", {"name": "Gum", "width_in": 0}), ("/products", {"name": "Gum", "id": 5}),
     ("/products", {"name": "Gum", "product_id": 5}), ("/products", {"name": "Gum", "temperature": "hot"}),
     ("/devices", {"name": "D", "fixture": {"rows": 30, "columns": 20}}),
     ("/devices", {"name": "D", "fixture": {"rows": 0, "columns": 20}}),
     ("/devices", {"name": "D", "fixture": 7}), ("/devices", {"name": "D", "store_id": 99}),
     ("/fixtures", {"name": "F", "width_in": 0, "shelf_count": 4}),
     ("/fixtures", {"name": "F", "width_in": 120, "shelf_count": 30}),
     ("/fixtures", {"name": "F", "width_in": "wide", "shelf_count": 4}),
     ("/fixtures", {"name": "F"}), ("/projects", {"name": "P", "color": "red"}), ("/projects", {"name": 5})],
)
def test_bad_values_are_refused_and_change_nothing(client: TestClient, path: str, body: dict) -> None:
    """400 with the value and the rule."""
    before = client.get(path).json()
    assert_error(client.post(path, json=body), 400)
    assert client.get(path).json() == before


def test_search_forgives_typing_errors(client: TestClient) -> None:
    """The best first, the doubtful marked, and no more than asked for."""
    client.post("/products", json={"name": "Blue agave tea", "category": "Tea", "upc": "0123"})
    found = client.get("/products/search", params={"q": "blu agve tee", "k": 3}).json()
    assert found["mode"] == "text"
    assert found["items"][0]["name"] == "Blue agave tea"
    sure = client.get("/products/search", params={"q": "blue agve tee", "k": 3}).json()["items"]
    assert sure[0]["uncertain"] is False
    assert len(found["items"]) <= 3
    doubtful = client.get("/products/search", params={"q": "brown agave soap", "k": 3}).json()["items"]
    assert doubtful[0]["uncertain"] is True
    assert client.get("/products/search", params={"q": "0123"}).json()["items"][0]["score"] == 1.0
    assert client.get("/products/search", params={"q": "  "}).json()["items"] == []


def test_products_are_ranked_by_category(client: TestClient) -> None:
    """An unknown category or store is told."""
    category = client.get("/categories").json()["items"][0]
    items = client.post("/products/rank", json={"category_ids": [category["id"]]}).json()["items"]
    assert len(items) == category["products"]
    scores = [i["predicted_score"] for i in items]
    assert scores == sorted(scores, reverse=True)
    assert all(i["why"] for i in items)
    assert_error(client.post("/products/rank", json={"category_ids": [999]}), 404)
    assert_error(client.post("/products/rank", json={"store_id": 999}), 404)


def test_a_product_file_goes_in_row_by_row(client: TestClient) -> None:
    """Bad rows are told with their lines, good ones go in, the same file again updates."""
    first = client.post("/products/import", files={"file": ("p.csv", PRODUCTS)}).json()
    assert (first["rows_read"], first["created"], first["updated"]) == (3, 1, 0)
    assert [r["line"] for r in first["rejected"]] == [3, 4]
    assert "free" in first["rejected"][0]["error"]
    assert first["product_ids"][1:] == [None, None]
    again = client.post("/products/import", files={"file": ("p.csv", PRODUCTS)}).json()
    assert (again["created"], again["updated"]) == (0, 1)
    assert again["product_ids"] == first["product_ids"]
    stored = {p["id"]: p for p in client.get("/products").json()["items"]}[first["product_ids"][0]]
    assert (stored["name"], stored["price"], stored["width_in"]) == ("Mint gum", 1.25, 2.5)


def test_a_product_file_may_be_json_or_excel(client: TestClient) -> None:
    """The kind is told by the content, not by the name."""
    sent = json.dumps([{"name": "Kelp chips", "category": "Chips", "width_cm": 25.4}]).encode()
    done = client.post("/products/import", files={"file": ("p.txt", sent)}).json()
    assert done["created"] == 1
    book = Workbook()
    book.active.append(["Product name", "Category", "Price"])
    book.active.append(["Rice ball", "Fresh", 3.5])
    kept = io.BytesIO()
    book.save(kept)
    assert client.post("/products/import", files={"file": ("p.csv", kept.getvalue())}).json()["created"] == 1
    names = {p["name"]: p for p in client.get("/products").json()["items"]}
    assert names["Kelp chips"]["width_in"] == pytest.approx(10.0)
    assert names["Rice ball"]["price"] == 3.5


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"", 400), (b"   \n", 400), (b"Name,Price\n", 400), (b"Price,Width\n1,2\n", 400),
     (b"\x00\x01\x02" * 50, 415), (b"PK\x03\x04junk", 415), (b"{broken", 400), (b'{"a": 1}', 400)],
)
def test_an_unreadable_product_file_changes_nothing(client: TestClient, content: bytes, status: int) -> None:
    """With a clear error."""
    before = client.get("/products").json()
    assert_error(client.post("/products/import", files={"file": ("p.csv", content)}), status)
    assert client.get("/products").json() == before


def picture(kind: str) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (8, 6), "teal").save(kept, kind)
    return kept.getvalue()


def test_pictures_are_kept_by_their_content(client: TestClient) -> None:
    """Several views at once; the same picture again has the same id."""
    views = [("image", ("a.png", picture("PNG"))), ("image", ("b.webp", picture("WEBP")))]
    done = client.post("/products/1/images", files=views)
    assert done.status_code == 201
    assert len(set(done.json()["image_ids"])) == 2
    again = client.post("/products/1/images", files={"image": ("c.png", picture("PNG"))})
    assert again.json()["image_id"] == done.json()["image_ids"][0]


def test_what_is_no_picture_is_refused(client: TestClient) -> None:
    """Text, a broken file, another kind, an unknown product."""
    for content, status in ((b"hello", 415), (b"", 400), (picture("PNG")[:-20], 400), (picture("GIF"), 415)):
        assert_error(client.post("/products/1/images", files={"image": ("a.png", content)}), status)
    assert_error(client.post("/products/999/images", files={"image": ("a.png", picture("PNG"))}), 404)
