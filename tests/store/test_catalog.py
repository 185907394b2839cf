"""Products and categories: what goes in comes out, and nonsense is told."""

from __future__ import annotations

import math

import pytest

from core.errors import BadInput, NotFound
from core.planogram.fixture import TemperatureZone
from core.store import catalog
from core.store.database import Actor, Database


@pytest.fixture
def shop(database: Database, acme: Actor) -> Database:
    """Product 1 "Cola" in the category "Soft drinks"."""
    with database.session(acme) as session:
        catalog.create_product(session, "Cola", "Soft drinks", price=1.25, upc="0001")
    return database


def test_a_product_comes_back_with_all_its_fields(database: Database, acme: Actor) -> None:
    """Money to the ten-thousandth, the rest as given."""
    fields = {
        "brand": "Zing", "size": "12 oz", "upc": "00012345", "width_in": 2.6, "height_in": 4.8,
        "depth_in": 2.6,
        "pack_height_in": 5.0, "price": 1.2345, "cost": 0.1, "velocity": 3.5, "seasonality": {"summer": 1.4},
        "shelf_life_days": 180, "temperature": "refrigerated", "health_score": 12.0,
    }
    with database.session(acme) as session:
        made = catalog.create_product(session, " Cola ", "Soft drinks", **fields)
        found = catalog.load_catalog(session)
    assert found == {made.id: made}
    assert {name: getattr(made, name) for name in fields} == fields
    assert (made.name, made.category) == ("Cola", "Soft drinks")
    assert made.temperature is TemperatureZone.REFRIGERATED


BAD_FIELDS = [
    {"price": -1}, {"price": math.nan}, {"price": "free"}, {"price": True}, {"cost": 1e12}, {"width_in": 0},
    {"height_in": -2}, {"velocity": math.inf}, {"shelf_life_days": 0}, {"shelf_life_days": 1.5},
    {"temperature": "hot"}, {"seasonality": {"monsoon": 1.0}}, {"seasonality": 3}, {"health_score": 101},
    {"brand": 7}, {"brand": "x" * 501}, {"name": " "}, {"company_id": 2}, {"id": 9}, {"category": ""},
]


@pytest.mark.parametrize("changes", BAD_FIELDS, ids=str)
def test_a_bad_change_is_told_and_changes_nothing(shop: Database, acme: Actor, changes) -> None:
    """Even beside a good one."""
    with shop.session(acme) as session, pytest.raises(BadInput):
        catalog.patch_product(session, 1, brand="Changed", **changes) if "brand" not in changes \
            else catalog.patch_product(session, 1, size="Changed", **changes)
    with shop.session(acme) as session:
        cola = catalog.load_catalog(session)[1]
        assert (cola.name, cola.brand, cola.size, cola.price) == ("Cola", "", "", 1.25)
        assert [c.name for c in catalog.categories(session)] == ["Soft drinks"]


def test_a_change_leaves_the_other_fields(shop: Database, acme: Actor) -> None:
    """A new category is made on the way."""
    with shop.session(acme) as session:
        found = catalog.patch_product(session, 1, price=1.5, category="Colas", upc=None)
    assert (found.price, found.category, found.upc, found.name) == (1.5, "Colas", "", "Cola")


def test_a_upc_belongs_to_one_product(shop: Database, acme: Actor) -> None:
    """The owner is named; another company may have the same."""
    with shop.session(acme) as session, pytest.raises(BadInput, match="Cola"):
        catalog.create_product(session, "Copy", "Soft drinks", upc="0001")
    with shop.session(Actor(None, 2)) as session:
        assert catalog.create_product(session, "Theirs", "Soft drinks", upc="0001").upc == "0001"


def test_an_unknown_product_is_told(shop: Database, acme: Actor, other: Actor) -> None:
    """So is one of another company."""
    with shop.session(acme) as session, pytest.raises(NotFound):
        catalog.patch_product(session, 2, price=1.0)
    with shop.session(other) as session, pytest.raises(NotFound):
        catalog.patch_product(session, 1, price=1.0)


def test_categories_count_their_products(shop: Database, acme: Actor) -> None:
    """By name, empty ones too."""
    with shop.session(acme) as session:
        catalog.category_id(session, "Candy")
        assert catalog.category_id(session, "Candy") == catalog.category_id(session, " Candy ")
        found = catalog.categories(session)
    assert [(c.name, c.products) for c in found] == [("Candy", 0), ("Soft drinks", 1)]


def test_a_category_that_two_make_at_once_is_one(shop: Database, acme: Actor, monkeypatch) -> None:
    """The second session uses what the first one made after it had looked."""
    look = catalog._ids_of

    def look_and_be_overtaken(session, names):
        found = look(session, names)
        monkeypatch.setattr(catalog, "_ids_of", look)
        with shop.session(acme) as faster:
            catalog.category_id(faster, "Gum")
        return found

    monkeypatch.setattr(catalog, "_ids_of", look_and_be_overtaken)
    with shop.session(acme) as session:
        mine = catalog.category_id(session, "Gum")
        assert [c.id for c in catalog.categories(session) if c.name == "Gum"] == [mine]


@pytest.mark.parametrize("name", ["", "  ", "\ufeff", "a\x00b", "a\x1b[31m", "\ud800", "x" * 201, 5, None])
def test_what_is_no_name_is_refused(shop: Database, acme: Actor, name: object) -> None:
    """For a product as for its category, and nothing is made."""
    for made in ((name, "Candy"), ("Gum", name)):
        with shop.session(acme) as session, pytest.raises(BadInput) as told:
            catalog.create_product(session, *made)
        assert len(told.value.message) < 300
        assert told.value.hint
    with shop.session(acme) as session:
        assert len(catalog.load_catalog(session)) == 1


def test_the_same_picture_is_noted_once(shop: Database, acme: Actor) -> None:
    """By its content."""
    with shop.session(acme) as session:
        first = catalog.add_image(session, 1, "ab" * 32, "image/png", 10, 10)
        assert catalog.add_image(session, 1, "ab" * 32, "image/png", 10, 10) == first
        assert catalog.add_image(session, 1, "cd" * 32, "image/png", 10, 10) != first
        with pytest.raises(NotFound):
            catalog.add_image(session, 9, "ab" * 32, "image/png", 10, 10)
