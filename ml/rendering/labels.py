"""Price labels that say a price: paper with a product's name and what it costs."""

from __future__ import annotations

import numpy as np

from ml.rendering.fonts import face
from ml.rendering.truth import Image8

WIDE, HIGH = 250, 120
ROBOTO_BLACK, ROBOTO_MEDIUM = 0, 6
"""By ``ml.rendering.fonts.MEANT``."""


def label(name: str, price: str) -> Image8:
    """(HIGH, WIDE, 4) RGBA. ``price`` as it is to be printed: "$4.20", "4.20", "2 for $5", or "4^20" with the
    cents small and raised."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGBA", (WIDE, HIGH), (252, 252, 248, 255))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, WIDE - 1, HIGH - 1), outline=(150, 150, 150, 255), width=2)
    small = face(ROBOTO_MEDIUM, 19)
    shown = name
    while shown and pen.textlength(shown, small) > WIDE - 20:
        shown = shown[:-1]
    pen.text((10, 5), shown, fill=(40, 40, 45), font=small)
    whole, raised, cents = price.partition("^")
    size = 76 if pen.textlength(price, face(ROBOTO_BLACK, 76)) < WIDE - 16 else 50
    big = face(ROBOTO_BLACK, size)
    top = 28 + (76 - size) / 2
    pen.text((12, top), whole, fill=(15, 15, 20), font=big)
    if raised:
        at = (16 + pen.textlength(whole, big), top + 6)
        pen.text(at, cents, fill=(15, 15, 20), font=face(ROBOTO_BLACK, 38))
    return np.asarray(picture, np.uint8).copy()
