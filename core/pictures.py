"""Which files are taken as pictures: checked by their first bytes, before anything is decoded."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

from core.errors import BadInput, TooLarge, UnsupportedType

MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
LIMIT_BYTES = 20 * 1024 * 1024
LIMIT_PIXELS = 51_000_000
"""What cameras call 50 megapixels is up to 8,192 × 6,192."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was checked. Pixels as stored, before any EXIF turn."""

    content_hash: str
    media_type: str
    width_px: int
    height_px: int


def check(content: bytes) -> Picture:
    """What a JPEG, PNG or WebP is, whatever its name says.

    Raises BadInput for an empty or broken file, UnsupportedType for another kind, TooLarge for too many
    bytes or pixels.
    """
    from PIL import Image, UnidentifiedImageError

    if not content:
        raise BadInput("The picture is empty.", "Send a JPEG, PNG or WebP.")
    if len(content) > LIMIT_BYTES:
        raise TooLarge(f"The picture has {len(content) / 1e6:,.0f} MB, more than {LIMIT_BYTES / 1e6:,.0f}.",
                       "Send a smaller one.")
    try:
        with Image.open(io.BytesIO(content), formats=tuple(MEDIA_TYPES)) as image:
            width, height, kind = image.width, image.height, image.format or ""
            if width * height > LIMIT_PIXELS:
                raise TooLarge(f"The picture has {width} × {height} pixels.",
                               "Send one of up to 50 megapixels.")
            image.verify()
    except Image.DecompressionBombError as error:
        raise TooLarge("The picture would have far more pixels than it may.",
                       "Send one of up to 50 megapixels.") from error
    except UnidentifiedImageError as error:
        raise UnsupportedType("The file is not a picture that can be read.",
                              "Send a JPEG, PNG or WebP.") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise BadInput("The picture is broken.", "Save it anew and send it again.") from error
    # Phones put a depth or gain map behind the picture, which Pillow then calls MPO.
    media_type = MEDIA_TYPES.get(kind, "image/jpeg")
    return Picture(hashlib.sha256(content).hexdigest(), media_type, width, height)
