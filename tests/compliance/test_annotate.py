"""Findings drawn over the photo."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from core.compliance.annotate import COLORS, Mark, annotated


def photo(size: tuple[int, int] = (900, 600)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#808080").save(out, "JPEG", quality=95)
    return out.getvalue()


def pixels(picture: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), int)


def rgb(color: str) -> np.ndarray:
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)])


def test_a_box_is_framed_in_the_color_of_its_kind() -> None:
    """On its border, where the box lies."""
    drawn = pixels(annotated(photo(), [Mark((100, 100, 200, 300), "wrong_product")]))
    assert np.abs(drawn[250, 100] - rgb(COLORS["wrong_product"])).max() < 40
    assert np.abs(drawn[50, 50] - 128).max() < 12


def test_a_large_photo_comes_small_enough_for_a_phone_with_its_boxes_in_place() -> None:
    """Boxes are in the photo's own pixels."""
    result = annotated(photo((3200, 2400)), [Mark((1600, 0, 1600, 2400), "extra_product")])
    drawn = pixels(result)
    assert drawn.shape == (1200, 1600, 3)
    assert np.abs(drawn[600, 801] - rgb(COLORS["extra_product"])).max() < 60
    assert len(result) < 500_000


def test_labels_do_not_cover_one_another() -> None:
    """Two findings on one box can both be read."""
    drawn = pixels(annotated(photo(), [
        Mark((100, 100, 300, 400), "wrong_product", "1", "Wrong: Cola"),
        Mark((100, 100, 300, 400), "wrong_facings", "2", "2 of 4: Water"),
    ]))[440:502, 100:400]
    for kind in ("wrong_product", "wrong_facings"):
        assert (np.abs(drawn - rgb(COLORS[kind])).max(-1) < 60).mean() > 0.05


def test_a_small_box_has_its_number_alone() -> None:
    """Words that would lie under the number are left out."""
    bare, told = (annotated(photo(), [Mark((300, 300, 40, 30), "out_of_stock", "5", text, absent=True)])
                  for text in ("", "Out of stock: Cola"))
    assert bare == told


def test_boxes_beyond_the_photo_and_odd_words_do_no_harm() -> None:
    """Whatever a reading says, a picture comes out."""
    marks = [Mark((-50, -50, 2000, 2000), "missing_product", "1", "nothing here", absent=True), Mark((890, 590, 500, 500), "?", "99999", "x" * 500),
             Mark((10, 10, 0, 0), "missing_product", "2", "日本語 ∞", absent=True, faded=True)]
    assert pixels(annotated(photo(), marks)).shape == (600, 900, 3)
