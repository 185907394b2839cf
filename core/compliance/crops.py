"""Pieces of a photo: upright, at a bounded size, with little memory."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.compliance.reading import Box
from core.errors import BadInput

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

DETAIL_PIXELS = 13_000_000
"""Most pixels of a photo that are decoded to be drawn on or cut from."""
LONGEST_CROP_PX = 512
PADDING = 0.02
"""Of a box's sides, so that a box that is a little too tight still holds the package."""
QUALITY = 92


def upright(photo: bytes, most_pixels: int = DETAIL_PIXELS) -> tuple[Picture, float]:
    """An RGB picture turned as its EXIF says, of at most about ``most_pixels``, and how many of its pixels
    one pixel of the photo is. Raises BadInput for a picture that cannot be decoded."""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(photo), formats=("JPEG", "PNG", "WEBP")) as image:
            long_side = max(image.size)
            shrink = (image.width * image.height / most_pixels) ** 0.5
            size = (max(1, round(image.width / shrink)), max(1, round(image.height / shrink)))
            if shrink > 1:
                # The decoder halves down to just above this size; ``thumbnail`` does the rest.
                image.draft("RGB", size)
            turned = ImageOps.exif_transpose(image)
            if shrink > 1:
                turned.thumbnail((max(size), max(size)), Image.Resampling.BOX)
            rgb = _on_white(turned)
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise BadInput("The picture is broken.", "Save it anew and send it again.") from error
    return rgb, max(rgb.size) / long_side


def _on_white(image: Picture) -> Picture:
    from PIL import Image

    if "A" not in image.mode and "transparency" not in image.info:
        return image.convert("RGB")
    rgba = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")


def cut(photo: bytes, boxes: Sequence[Box]) -> list[bytes]:
    """The boxes (x, y, width, height in pixels of the upright photo) as JPEGs with a narrow margin, the long
    side at most ``LONGEST_CROP_PX``. Raises BadInput for a box outside the photo."""
    if not boxes:
        return []
    picture, scale = upright(photo)
    return [_encoded(picture, box, scale) for box in boxes]


def _encoded(picture: Picture, box: Box, scale: float) -> bytes:
    from PIL import Image

    left, right = _within(box[0], box[2], scale, picture.width)
    top, bottom = _within(box[1], box[3], scale, picture.height)
    if right - left < 2 or bottom - top < 2:
        raise BadInput(f"The box ({', '.join(f'{v:g}' for v in box)}) is not within the photo.",
                       "Draw it over the package.")
    piece = picture.crop((left, top, right, bottom))
    piece.thumbnail((LONGEST_CROP_PX, LONGEST_CROP_PX), Image.Resampling.LANCZOS)
    target = io.BytesIO()
    piece.save(target, "JPEG", quality=QUALITY)
    return target.getvalue()


def _within(at: float, size: float, scale: float, most: int) -> tuple[int, int]:
    """A side of a box with its margin, in pixels of the picture; nothing of what is no number."""
    if not (math.isfinite(at) and math.isfinite(size)):
        return 0, 0
    first, last = (at - PADDING * size) * scale, (at + (1 + PADDING) * size) * scale
    return round(min(max(first, 0.0), most)), round(min(max(last, 0.0), most))
