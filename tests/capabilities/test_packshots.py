"""Packshots find their products by what their files are called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.capabilities.packshots import PictureMatch, match_pictures
from core.planogram.product import Product

PRODUCTS = {
    p.id: p
    for p in (
        Product(1, "Cola Zero", "Soda", "Beacon", "12 oz", upc="036000291452"),
        Product(2, "Cola", "Soda", "Beacon", "12 oz", upc="012345678905"),
        Product(3, "Rosemary & Olive Oil Crackers", "Crackers", "Fjord", "20 oz"),
        Product(4, "Rosemary & Olive Oil Crackers", "Crackers", "Fjord", "8 oz"),
        Product(5, "Nabisco Ritz Original Classic Crackers", "Crackers"),
        Product(6, "Nabisco Ritz Original Classic Crackers Side", "Crackers"),
        Product(7, "Twin", "Gum", upc="4006381333931"),
        Product(8, "Twin too", "Gum", upc="4006381333931"),
    )
}


def found(name: str) -> PictureMatch:
    return match_pictures([name], PRODUCTS)[0]


@pytest.mark.parametrize(
    "name",
    ["036000291452.jpg", "00036000291452_A1N1.png", "36000291452 front.webp", "03600029145.jpg",
     "shots/cola (036000291452) 2.JPG", "C:\\shots\\036000291452-1.jpg"],
)  # fmt: skip
def test_a_gtin_in_the_name_tells_the_product(name: str) -> None:
    """With leading zeros or none, with its check digit or without, wherever it stands."""
    assert (found(name).product_id, found(name).by) == (1, "UPC")


@pytest.mark.parametrize(
    ("name", "product_id"),
    [("Beacon Cola Zero.png", 1), ("cola_zero-beacon.jpg", 1), ("Cola 12 oz (2).jpg", 2),
     ("Beacon Cola Zero 12 oz_front.png", 1), ("rosemary & olive oil crackers 20 oz.png", 3),
     ("Nabisco Ritz Original Classic Crackers Side.png", 6), ("nabisco ritz original clasic crackers back.png", 5)],
)  # fmt: skip
def test_a_name_tells_the_product_whatever_its_order_case_and_view(name: str, product_id: int) -> None:
    """A misspelled letter and a word for the view do not matter."""
    assert found(name).product_id == product_id


@pytest.mark.parametrize(
    ("name", "offered"),
    [("rosemary olive oil crackers.png", {3, 4}), ("rosemary olive oil crackers 12 oz.png", {3, 4}),
     ("Cola Zera.png", {1}), ("4006381333931.jpg", {7, 8})],
)  # fmt: skip
def test_another_size_another_flavor_and_a_shared_code_are_left_to_the_person(
    name: str, offered: set[int]
) -> None:
    """They are offered, and none is taken for sure."""
    assert found(name).product_id is None
    assert offered <= set(found(name).likely)


def test_a_name_like_no_product_offers_none() -> None:
    """A camera's own name."""
    assert found("IMG_20261121_4711.jpg") == PictureMatch("IMG_20261121_4711.jpg", None, (), "", 0.0)


@given(st.lists(st.text(max_size=40), max_size=5))
def test_every_file_gets_one_answer_whatever_it_is_called(names: list[str]) -> None:
    """In the order of the files, and what is sure is among what is likely."""
    matches = match_pictures(names, PRODUCTS)
    assert [m.file_name for m in matches] == names
    assert all(m.product_id is None or m.product_id in m.likely for m in matches)


@pytest.mark.parametrize("name", ["-1" * 30_000 + "x.jpg", "9" * 60_000 + ".jpg", "cola " * 12_000 + ".jpg"])
def test_a_name_of_thousands_of_letters_is_looked_at_as_far_as_names_go(name: str) -> None:
    """As a ZIP folder may have; the time that it takes does not grow with it."""
    cut = match_pictures([name[:200] + ".jpg"], PRODUCTS)[0]
    found = match_pictures([name], PRODUCTS)[0]
    assert (found.product_id, found.likely, found.score) == (cut.product_id, cut.likely, cut.score)
