"""A small shelf, drawn here, read from end to end."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.compliance.reading import Gallery, GalleryProduct, Reading
from core.errors import WorkbenchError
from core.planogram.fixture import Fixture, Placement
from core.planogram.planogram import Planogram, Position
from ml.vision.gallery import Indexes
from ml.vision.naming import PLANNED_HERE, planned_odds
from ml.vision.reader import PhotoReader

cv2 = pytest.importorskip("cv2")
SIZE = (120, 180)
PER_INCH = 24


def front(seed: int) -> np.ndarray:
    """(180, 120, 3) print of many small shapes."""
    rng = np.random.default_rng(seed)
    picture = np.full((SIZE[1], SIZE[0], 3), rng.integers(60, 255, 3), np.uint8)
    for _ in range(90):
        at = rng.integers(0, SIZE[0]), rng.integers(0, SIZE[1])
        color = tuple(int(c) for c in rng.integers(0, 255, 3))
        if rng.random() < 0.5:
            cv2.circle(picture, at, int(rng.integers(2, 11)), color, -1, cv2.LINE_AA)
        else:
            cv2.putText(picture, chr(int(rng.integers(65, 91))), at, 0, float(rng.uniform(0.3, 0.9)), color, 1,
                        cv2.LINE_AA)
    return picture


def png(picture: np.ndarray) -> bytes:
    """Encoded."""
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "PNG")
    return content.getvalue()


GALLERY = Gallery(tuple(
    GalleryProduct(n, f"Product {n}", width_in=5.0, height_in=7.5, views=(png(front(n)),)) for n in (1, 2, 3)
), "drawn 1")
PLACED = {(0, 0): 1, (0, 1): 1, (0, 2): 2, (1, 0): 3, (1, 2): 9, (1, 3): 2}
"""Row and column to product; 9 is in no gallery."""


@pytest.fixture(scope="module")
def shelf() -> bytes:
    """Two rows of four places on a plain wall, with shelf fronts."""
    photo = np.full((620, 640, 3), 190, np.uint8)
    for row in range(2):
        foot = 270 + 280 * row
        cv2.rectangle(photo, (0, foot), (640, foot + 22), (235, 232, 225), -1)
        for column in range(4):
            product = PLACED.get((row, column))
            if product is not None:
                left = 40 + 140 * column
                photo[foot - SIZE[1] : foot, left : left + SIZE[0]] = front(product)
    return png(photo)


@pytest.fixture(scope="module")
def reading(shelf: bytes) -> Reading:
    """Read once."""
    return PhotoReader().read(shelf, GALLERY)


def test_packages_are_found_where_they_stand_and_named(reading: Reading) -> None:
    """Five of the gallery, in two rows from left to right."""
    told = [(f.row, round((f.box[0] - 40) / 140), f.product_id) for f in reading.facings]
    assert told == [(0, 0, 1), (0, 1, 1), (0, 2, 2), (1, 0, 3), (1, 3, 2)]
    assert all(abs(f.box[2] - SIZE[0]) < 8 and abs(f.box[3] - SIZE[1]) < 8 for f in reading.facings)


def test_rows_stand_on_the_shelves(reading: Reading) -> None:
    """Within three pixels of the drawn edges."""
    assert [round(edge[0][1]) for edge in reading.shelves] == pytest.approx([270, 550], abs=3)


def test_probabilities_of_a_facing_never_exceed_one(reading: Reading) -> None:
    """What they leave is the unknown."""
    assert all(sum(c.probability for c in f.candidates) <= 1 for f in reading.facings)


def test_the_same_photo_gives_the_same_reading(shelf: bytes, reading: Reading) -> None:
    """Another reader, another index."""
    assert PhotoReader().read(shelf, GALLERY).facings == reading.facings


def test_a_saved_index_reads_alike(shelf: bytes, reading: Reading, tmp_path: Path) -> None:
    """The second reader computes no features of the gallery."""
    PhotoReader(tmp_path).read(shelf, GALLERY)
    assert [f.suffix for f in tmp_path.iterdir()] == [".npz"]
    again = PhotoReader(tmp_path).read(shelf, GALLERY)
    assert [f.product_id for f in again.facings] == [f.product_id for f in reading.facings]


def test_a_broken_cache_file_is_made_anew(tmp_path: Path) -> None:
    """A cut-off file is no error."""
    Indexes(tmp_path).of(GALLERY)
    next(tmp_path.iterdir()).write_bytes(b"cut off")
    assert len(Indexes(tmp_path).of(GALLERY).views) == 3


def test_a_plan_that_expects_another_product_does_not_hide_it(shelf: bytes) -> None:
    """The plan wants product 3 everywhere."""
    fixture = Fixture(24.0, 24.0, 10.0, (4, 4), 6.0, Placement.FREE)
    plan = Planogram(fixture, tuple(Position(3, row, 0, 4, 0.0, 24.0, 4) for row in range(2)))
    told = [f.product_id for f in PhotoReader().read(shelf, GALLERY, plan).facings]
    assert told == [1, 1, 2, 3, 2]


@given(st.floats(0.5, 0.999), st.integers(2, 6))
def test_the_plan_never_turns_clear_evidence(share: float, rows: int) -> None:
    """Where one product is clearer than the plan's odds, it stays the likeliest whatever is planned."""
    fixture = Fixture(24.0, 24.0, 10.0, (4,) * rows, 6.0, Placement.FREE)
    odds = planned_odds(Planogram(fixture, (Position(2, 0, 0, 1, 0.0, 5.0),)), rows)[0]
    assert max(odds.values()) <= PLANNED_HERE
    stays = share * odds.get(1, 1.0) > (1 - share) * odds[2]
    assert stays == (share > odds[2] / (1 + odds[2])) or abs(share - odds[2] / (1 + odds[2])) < 1e-9


def test_an_empty_gallery_names_nothing(shelf: bytes) -> None:
    """And is no error."""
    assert PhotoReader().read(shelf, Gallery((), "empty")).facings == ()


def test_a_product_without_a_picture_is_told(shelf: bytes) -> None:
    """By name, among the fallbacks."""
    products = (*GALLERY.products, GalleryProduct(4, "Plain bar"))
    told = PhotoReader().read(shelf, Gallery(products, "drawn 2")).fallbacks
    assert any("Plain bar" in text for text in told)


def test_a_picture_of_nothing_has_no_packages() -> None:
    """Noise and flat gray."""
    noise = np.random.default_rng(1).integers(0, 255, (300, 400, 3)).astype(np.uint8)
    for picture in (noise, np.full((300, 400, 3), 128, np.uint8)):
        assert PhotoReader().read(png(picture), GALLERY).facings == ()


def test_what_is_no_picture_is_refused() -> None:
    """Twelve bytes."""
    with pytest.raises(WorkbenchError):
        PhotoReader().read(b"123456789012", GALLERY)
