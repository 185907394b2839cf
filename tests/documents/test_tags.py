"""Price labels: what is printed on them, and where they are."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.compliance.reading import PriceTag, Reading
from ml.documents import ocr
from ml.documents.tags import PriceTagReader, _alike, _labels, price_of
from ml.documents.words import Word
from ml.rendering.labels import label


@pytest.mark.parametrize(
    ("text", "amount", "units"),
    [("$4.20", 4.2, 1), ("4.20", 4.2, 1), ("420", 4.2, 1), ("$420", 4.2, 1), ("4 20", 4.2, 1), ("2 for $5", 5.0, 2),
     ("2/$5", 5.0, 2), ("3 for 10.00", 10.0, 3), ("US $1,99", 1.99, 1), ("$12.05", 12.05, 1)],
)
def test_a_price_is_read_in_every_spelling(text: str, amount: float, units: int) -> None:
    """So much for so many."""
    found = price_of(text)
    assert found is not None
    assert (found.amount, found.units) == (amount, units)


@pytest.mark.parametrize("text", ["", "Cola", "1.75 oz", "1.75c", "12345", "20", "0.00", "1 for $5", "410185000168"])
def test_sizes_codes_and_counts_are_no_prices(text: str) -> None:
    """A wrong price would be told to a person."""
    assert price_of(text) is None


def test_bare_digits_are_less_sure_than_a_written_price() -> None:
    """They may be a code."""
    bare, plain = price_of("420"), price_of("$4.20")
    assert bare is not None
    assert plain is not None
    assert bare.sure < plain.sure


@given(st.text(max_size=40))
def test_nothing_printed_breaks_it(text: str) -> None:
    """And no price is ever 0 or less."""
    found = price_of(text)
    assert found is None or found.amount > 0


def test_small_raised_cents_belong_to_the_whole_beside_them() -> None:
    """4 and 20 are one price, 4.20."""
    words = (Word("$4", 0, 0, 40, 60), Word("20", 44, 2, 30, 30), Word("Cola", 200, 10, 60, 20))
    assert [" ".join(w.text for w in group) for group, _ in _labels(words)] == ["$4 20", "Cola"]


def tag(x: float, y: float, text: str, high: float = 30.0, row: int = 0) -> PriceTag:
    found = price_of(text)
    assert found is not None
    return PriceTag((x, y, 60.0, high), row, found.amount, 0.9, found.units, text)


HUNG = [tag(x, 100 + 0.1 * x, "$1.50") for x in (0, 200, 400, 600)]


@pytest.mark.parametrize("other", [tag(300, 130, "202"), tag(300, 130, "$2.02", high=12.0), tag(300, 60, "$2.02")])
def test_what_looks_unlike_the_labels_beside_it_is_no_label(other: PriceTag) -> None:
    """Bare digits among written prices, small print, and what is printed on a package above the edge."""
    assert _alike([*HUNG, other]) == tuple(HUNG)


def test_a_shop_that_prints_bare_digits_is_read() -> None:
    """They are alike, on an edge that is seen from aside; a row of two tells nothing of its line."""
    bare = [tag(x, 100 + 0.1 * x, "420") for x in (0, 200, 400, 600)]
    apart = [tag(0, 300, "$2.00", row=1), tag(900, 420, "$2.00", row=1)]
    assert _alike(bare) == tuple(bare)
    assert _alike(apart) == tuple(apart)
    assert _alike([]) == ()


@pytest.mark.skipif(not ocr.installed(), reason="what reads letters in pictures is not installed")
def test_labels_on_an_edge_are_read_where_they_hang() -> None:
    """Two labels on one shelf's edge, with their prices and places."""
    from PIL import Image

    photo = np.full((1000, 1000, 3), 205, np.uint8)
    for x, price in ((100, "$4.20"), (600, "3.99")):
        hung = Image.fromarray(label("Cola 12 oz", price)[..., :3]).resize((125, 60))
        photo[445:505, x : x + 125] = np.asarray(hung)
    target = io.BytesIO()
    Image.fromarray(photo).save(target, "JPEG", quality=92)
    edges = tuple(((0.0, y), (1000.0, y)) for y in (440.0, 840.0))
    tags = PriceTagReader().read(target.getvalue(), Reading(1000, 1000, (), shelves=edges))
    assert [(t.price, t.row) for t in tags] == [(4.2, 0), (3.99, 0)]
    assert 90 < tags[0].box[0] < 225
    assert 445 < tags[0].box[1] < 505
