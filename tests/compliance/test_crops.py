"""Pieces of a photo are cut where the boxes lie on the photo as it is looked at."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from core.compliance.crops import LONGEST_CROP_PX, cut, upright
from core.errors import BadInput


def halves(kind: str = "PNG", size: tuple[int, int] = (80, 40), exif: int | None = None) -> bytes:
    """Left half red, right half blue."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, *size))
    out = io.BytesIO()
    tags = Image.Exif()
    if exif is not None:
        tags[0x0112] = exif
    picture.save(out, kind, exif=tags, **({"quality": 95} if kind == "JPEG" else {}))
    return out.getvalue()


def color_of(crop: bytes) -> str:
    red, _, blue = np.asarray(Image.open(io.BytesIO(crop)).convert("RGB"), float).mean((0, 1))
    return "red" if red > blue else "blue"


def test_a_box_is_cut_where_it_lies() -> None:
    """Two boxes, one picture each."""
    left, right = cut(halves(), [(5, 5, 30, 30), (45, 5, 30, 30)])
    assert (color_of(left), color_of(right)) == ("red", "blue")


def test_boxes_count_on_the_photo_as_the_camera_was_held() -> None:
    """Turned by EXIF 6, what was left is on top."""
    top, bottom = cut(halves("JPEG", exif=6), [(0, 0, 40, 30), (0, 50, 40, 30)])
    assert (color_of(top), color_of(bottom)) == ("red", "blue")


def test_a_large_photo_is_decoded_smaller_and_boxes_still_fit() -> None:
    """The scale goes back to the photo's own pixels."""
    photo = halves("JPEG", (1600, 800))
    small, scale = upright(photo, most_pixels=200_000)
    assert small.width * small.height <= 200_000 * 1.02
    assert scale == pytest.approx(small.width / 1600)
    crop = cut(photo, [(850, 50, 700, 700)])[0]
    assert max(Image.open(io.BytesIO(crop)).size) == LONGEST_CROP_PX
    assert color_of(crop) == "blue"


@pytest.mark.parametrize("box", [(200, 5, 30, 30), (5, 5, 0, 30), (-50, -50, 10, 10)])
def test_a_box_outside_the_photo_is_refused(box: tuple[float, ...]) -> None:
    """There is nothing to learn from it."""
    with pytest.raises(BadInput, match="not within the photo"):
        cut(halves(), [box])


def test_a_photo_cut_off_is_told() -> None:
    """Its header reads, its pixels do not."""
    noise = np.random.default_rng(1).integers(0, 255, (200, 300, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "JPEG")
    with pytest.raises(BadInput, match="broken"):
        cut(out.getvalue()[:9000], [(0, 0, 20, 20)])
