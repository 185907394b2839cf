"""A photo as every reader wants it: upright, RGB, at a working size, with the way back to its own pixels."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.compliance.reading import Box
from core.errors import BadInput
from core.pictures import check

if TYPE_CHECKING:
    from PIL import Image

Pixels = NDArray[np.uint8]

LONG_SIDE = 1_600
"""Pixels of the working size's long side; a smaller photo is never enlarged."""

DETAIL_PIXELS = 13_000_000
"""Most pixels that are kept for reading words and measuring sharpness."""

ORIENTATION = 0x0112
"""The EXIF tag that says how the camera was held (Exif 2.32, 4.6.4 A)."""


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """An upright photo. ``width`` and ``height`` are its own, in pixels, and all boxes are in them.

    ``pixels``: (h, w, 3) uint8 RGB at the working size, ``scale`` working pixels a photo pixel.
    ``detail``: the same with all the detail that is kept, ``detail_scale`` of its pixels a photo pixel.
    Arrays are read-only.
    """

    pixels: Pixels
    scale: float
    width: int
    height: int
    detail: Pixels
    detail_scale: float

    def gray(self) -> Pixels:
        """(h, w) luma of the working size."""
        return luma(self.pixels)

    def crop(self, box: Box) -> Pixels:
        """(h, w, 3) of a box at full detail, cut at the photo's borders; at least one pixel."""
        height, width = self.detail.shape[:2]
        x, y, w, h = (value * self.detail_scale for value in box)
        left, top = min(max(round(x), 0), width - 1), min(max(round(y), 0), height - 1)
        right, bottom = min(max(round(x + w), left + 1), width), min(max(round(y + h), top + 1), height)
        return self.detail[top:bottom, left:right]

    def to_photo(self, boxes: Sequence[Box] | NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 4) boxes of the working size, in the photo's own pixels."""
        return np.asarray(boxes, float).reshape(-1, 4) / self.scale

    def to_working(self, boxes: Sequence[Box] | NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 4) boxes of the photo, in pixels of the working size."""
        return np.asarray(boxes, float).reshape(-1, 4) * self.scale


def luma(pixels: Pixels) -> Pixels:
    """(h, w) luma of (h, w, 3) RGB, by ITU-R BT.601."""
    import cv2

    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def load(content: bytes, long_side: int = LONG_SIDE) -> Photo:
    """Read a JPEG, PNG or WebP of at most 50 megapixels; a large JPEG is decoded at a half or a quarter.

    Raises BadInput for an empty or broken file, UnsupportedType for another kind, TooLarge for too many
    bytes or pixels.
    """
    from PIL import Image

    checked = check(content)
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as image:
            turn = orientation(image)
            shrink = (checked.width_px * checked.height_px / DETAIL_PIXELS) ** 0.5
            if shrink > 1:
                # A little below what is kept, so that 50 megapixels come out of the decoder halved.
                wanted = shrink * 1.1
                image.draft("RGB", (round(checked.width_px / wanted), round(checked.height_px / wanted)))
            rgb = to_rgb(image)
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        raise BadInput("The picture is broken.", "Save it anew and send it again.") from error
    return from_pixels(upright(rgb, turn), long_side, (checked.width_px, checked.height_px), turn)


def from_pixels(
    detail: Pixels, long_side: int = LONG_SIDE, stored: tuple[int, int] | None = None, turn: int = 1,
) -> Photo:
    """A photo of (h, w, 3) upright RGB pixels; ``stored`` is the width and height of the file, ``turn`` its
    EXIF orientation, where the pixels are a reduction of it."""
    import cv2

    height, width = detail.shape[:2]
    full = (width, height) if stored is None else stored if turn < 5 else stored[::-1]
    ratio = min(1.0, long_side / max(width, height))
    pixels = detail
    if ratio < 1:
        size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
        pixels = np.asarray(cv2.resize(detail, size, interpolation=cv2.INTER_AREA), np.uint8)
    long_full = max(full)
    pixels.setflags(write=False)
    detail.setflags(write=False)
    return Photo(pixels, max(pixels.shape[:2]) / long_full, full[0], full[1], detail,
                 max(width, height) / long_full)


def orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 where there is none, or none that makes sense."""
    try:
        turn = image.getexif().get(ORIENTATION, 1)
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, struct.error):
        return 1
    return turn if isinstance(turn, int) and 1 <= turn <= 8 else 1


def upright(pixels: Pixels, turn: int) -> Pixels:
    """Pixels as the camera's holder saw them, by their EXIF orientation."""
    if turn in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)
    if turn in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if turn in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def to_rgb(image: Image.Image) -> Pixels:
    """(h, w, 3) of any kind of picture, at most ``DETAIL_PIXELS``: 16 bits brought to 8, transparent parts
    on white, CMYK and gray as they look."""
    from PIL import Image

    if image.mode.startswith("I"):
        values = np.asarray(image)
        image = Image.fromarray((values >> 8 if values.max(initial=0) > 255 else values).astype(np.uint8))
    elif image.mode in ("P", "PA", "1") or "transparency" in image.info:
        image = image.convert("RGBA" if "transparency" in image.info or image.mode == "PA" else "RGB")
    factor = (image.width * image.height / DETAIL_PIXELS) ** 0.5
    if factor > 1:
        size = (max(1, int(image.width / factor)), max(1, int(image.height / factor)))
        image = image.resize(size, Image.Resampling.BOX, reducing_gap=None)
    if "A" in image.mode or image.mode == "La":
        rgba = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
    return np.array(image.convert("RGB"))
