"""A photo of a paper: the sheet found, straightened, evenly lit, and its letters read."""

from __future__ import annotations

import io

import numpy as np
import pytest

from core.errors import BadInput
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Product
from ml.documents import ocr
from ml.documents.photo import leveled, page_of, sheet_corners
from ml.documents.reader import DocumentReader
from tests.support import papers

CATALOG = {i: Product(i, name, "drinks") for i, name in enumerate(
    ["Beacon Cola Zero 12 oz", "Citron Grape Soda 12 oz", "Stride Lemon Lime 20 oz", "Fjord Sparkling Lime 12 oz"], start=1)}


def plan() -> Planogram:
    """Two shelves of two products, two facings each."""
    fixture = Fixture.shelves(24.0, 2)
    return Planogram(fixture, tuple(
        Position(1 + 2 * row + side, row, 2 * side, 2, 12.0 * side, 12.0, 2) for row in (0, 1) for side in (0, 1)))


def pixels(content: bytes):
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


def test_a_sheet_on_a_desk_is_found_by_its_corners() -> None:
    """Within a fiftieth of the picture."""
    page = np.full((880, 680, 3), 255, np.uint8)
    photo = pixels(papers.photographed(page, 3))
    corners = sheet_corners(photo)
    assert corners is not None
    rng = np.random.default_rng(3)
    rng.normal(0, 6, (round(880 * 1.16), round(680 * 1.16), 1))
    true = np.array([[0, 0], [680, 0], [680, 880], [0, 880]]) + np.array([54.4, 70.4])
    true += rng.uniform(-0.035, 0.035, (4, 2)) * (680, 880)
    assert np.abs(corners - true).max() < 0.02 * 880


def test_a_scan_is_taken_as_it_is() -> None:
    """A page that fills the picture has no desk around it."""
    assert sheet_corners(papers.listed(plan(), CATALOG)) is None


def test_a_shadow_is_taken_out() -> None:
    """The paper is as bright on both sides."""
    page = papers.listed(plan(), CATALOG).copy()
    page[:, 850:] = (page[:, 850:] * 0.6).astype(np.uint8)
    even = leveled(page)
    left, right = np.median(even[1500:, :700]), np.median(even[1500:, 1000:])
    assert abs(float(left) - float(right)) < 12


def test_a_picture_too_small_to_read_is_refused() -> None:
    """With how large it should be."""
    with pytest.raises(BadInput, match="too few to read"):
        page_of(papers.jpeg(np.full((120, 160, 3), 255, np.uint8)))


@pytest.mark.skipif(not ocr.installed(), reason="what reads letters in pictures is not installed")
def test_a_photographed_drawing_is_read_with_its_names_and_facings() -> None:
    """Tilted, with a shadow."""
    import cv2

    page = cv2.resize(papers.drawn(plan(), CATALOG, 1)[:760], None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
    paper = DocumentReader().read(papers.photographed(page, 1), lambda share, doing: None)
    assert [(c.row, c.text.lower(), c.facings) for c in paper.cells] == [
        (0, "beacon cola zero 12 oz", 2), (0, "citron grape soda 12 oz", 2), (1, "stride lemon lime 20 oz", 2),
        (1, "fjord sparkling lime 12 oz", 2)]
    assert paper.methods == (ocr.NAME,)
