"""Places, prices, codes and facings as they are written on planograms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.documents import tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [("$1.90", 1.9), ("1.90", 1.9), ("$2 25", 2.25), ("€3,49", 3.49), ("190", None), ("12 oz", None), ("$", None)],
)
def test_a_price_is_read_with_its_cents_or_not_at_all(text: str, expected: float | None) -> None:
    """A bare number is a place or a count, never a price."""
    assert tokens.price(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2 facings", (2, None)), ("1 facing", (1, None)), ("x3", (3, None)), ("4×", (4, None)), ("2F", (2, None)),
     ("Facings: 5", (5, None)), ("2 facings, 3 high", (2, 3)), ("x0", None), ("12 oz", None), ("3", None)],
)
def test_facings_are_read_in_all_their_spellings(text: str, expected: tuple[int, int | None] | None) -> None:
    """With the number that stand on one another, where written."""
    assert tokens.facings(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("B4", "B4"), ("b4", ""), ("148", "148"), ("A at 12.5 in", "A at 12.5 in"), ("A - 3", "A-3"), ("12345", ""), ("Cola", "")],
)
def test_a_place_is_a_letter_and_a_number_or_a_selection(text: str, expected: str) -> None:
    """Names and long numbers are none."""
    assert tokens.slot(text) == expected


def test_a_code_has_8_to_14_digits_however_it_is_parted() -> None:
    """Spaces and dashes aside."""
    assert tokens.code("0 41018-500016 8") == "0410185000168"
    assert tokens.code("1234567") == ""
    assert tokens.code("410185000168 oz") == ""


def test_a_shelf_is_named_with_what_follows() -> None:
    """A product with the word in its name is no shelf."""
    assert tokens.row("Tray A, the top one") == ("A", "the top one")
    assert tokens.row("Shelf 2:") == ("2", "")
    assert tokens.row("Top Shelf Vodka") is None


@given(st.text(max_size=60))
def test_nothing_that_is_written_breaks_a_reader(text: str) -> None:
    """Whatever letters come."""
    tokens.price(text), tokens.facings(text), tokens.slot(text), tokens.row(text), tokens.size(text)
    assert all(c.isdigit() for c in tokens.code(text))
