"""What is private goes, what a product is called by stays."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.trust.redact import KINDS, redact
from tests.support.private_texts import gtin, texts


def test_nothing_private_is_left_of_generated_texts() -> None:
    """900 texts, six kinds of secrets in many forms; names and codes of products stand as they did."""
    for made in texts(900, seed=7):
        told = redact(made.text)
        rest = told.text
        for kept in made.kept:
            assert kept in rest, (made, told)
            rest = rest.replace(kept, "")
        assert made.secret.casefold() not in rest.casefold(), (made, told)
        assert told.found.get(made.kind), (made, told)


@pytest.mark.parametrize("text", [
    "036000291452", "UPC 036000291452", "Item 5552345678", "SKU 12-34567-89012", "GTIN-14 10036000291459",
    "2026-11-22 10:30", "11/22/2026", "$2,125,551,234.50", "slots 1 2 3 4 5 6 7 8 9", "12.50 34.20 55.10 66.20",
    "24-pack 12/12 oz 355 ml", "sold 12, 14, 15, 18, 22, 31 units", "[0.5551234567, 0.25]", "the password is required",
    "store . North", "12 @ $3.50", "coil A4: pin 3", "1,234,567,890 units", "lat 40.712776, lon -74.005974",
    "4006381333931",
])
def test_what_a_workbench_speaks_of_stays(text: str) -> None:
    """Codes, prices, dates, counts and places are not private."""
    assert redact(text).text == text


def test_a_card_goes_whatever_it_is_called() -> None:
    """A word before it does not make a card a product code."""
    assert redact("ITEM# 4111 1111 1111 1111").text == "ITEM# [card]"


def test_digits_of_other_scripts_count() -> None:
    """Full-width digits and other dashes hide nothing."""
    assert redact("１２３‑４５‑６７８９").found == {"social security number": 1}


def test_numbers_in_a_row_are_told_apart() -> None:
    """A phone number beside a card is two things."""
    assert redact("555-234-5678 4111111111111111").text == "[phone] [card]"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_redacting_twice_changes_nothing(text: str) -> None:
    """The words put in a secret's place are no secret."""
    once = redact(text).text
    assert redact(once).text == once
    assert set(redact(text).found) <= set(KINDS)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**9))
def test_product_codes_stay(seed: int) -> None:
    """Any GTIN that is called a UPC stays."""
    code = gtin(random.Random(seed))
    assert redact(f"UPC {code} sold 12 units").text == f"UPC {code} sold 12 units"
