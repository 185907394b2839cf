"""Headings of lists, as shops and programs write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.documents.headings import OTHER, meaning


@pytest.mark.parametrize(("text", "column"), [
    ("Shelf", "row"), ("SHELF #", "row"), ("Shelf No.", "row"), ("Regalboden", "row"), ("Étagère", "row"),
    ("Position", "place"), ("Posición", "place"), ("Pos.", "place"), ("Shelf position", "place"),
    ("Item Description", "product"), ("SKU Name", "product"), ("Désignation", "product"), ("Producto", "product"),
    ("UPC #", "upc"), ("GTIN-14", "upc"), ("Código de barras", "upc"), ("UPC/EAN", "upc"), ("EAN13", "upc"),
    ("# Facings", "facings"), ("H Fac", "facings"), ("HFac", "facings"), ("Nombre de facings", "facings"),
    ("V Facings", "high"), ("Facings high", "high"), ("Facings deep", OTHER), ("Item #", OTHER), ("SKU", OTHER),
    ("Retail price", "price"), ("Pack size", "size"), ("Größe", "size"), ("Marca", "brand"),
])
def test_a_heading_is_known_by_its_words(text: str, column: str) -> None:
    """In any tongue and case, with a number's mark, or two words read as one."""
    assert meaning(text) == column


@pytest.mark.parametrize("text", ["", "Cola Zero 12 oz", "Shelf 1", "Store 42", "12", "Beacon", "The number of shelves in this store is four"])
def test_names_and_titles_are_no_headings(text: str) -> None:
    """One word that no heading has is enough."""
    assert meaning(text) == ""


@given(st.text(max_size=60))
def test_any_text_has_one_meaning_or_none(text: str) -> None:
    """And nothing breaks it."""
    assert meaning(text) in {"", OTHER, "row", "place", "product", "upc", "facings", "high", "price", "size", "brand"}
