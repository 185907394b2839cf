"""A photo of a paper as a page: the sheet found, straightened and evenly lit."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.pictures import check

Pixels = NDArray[np.uint8]
LONG_SIDE = 2_000
LEAST_SIDE = 500
"""Pixels of the longer side below which no letter can be read."""
WHOLE = 0.97
"""Share of the picture from which a sheet is the picture itself, such as a scan."""
LEAST_SHEET = 0.25
DARKER = 25
"""Shades by which what lies around a paper has to differ from it."""


def page_of(content: bytes) -> Pixels:
    """The paper in a picture (h, w, 3), RGB, upright and straightened, its longer side ``LONG_SIDE`` at most.

    Raises as ``core.pictures.check``, and BadInput for a picture too small to read.
    """
    from PIL import Image, ImageOps

    check(content)
    try:
        with Image.open(io.BytesIO(content)) as image:
            image.draft("RGB", (2 * LONG_SIDE, 2 * LONG_SIDE))
            turned = ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, SyntaxError, ValueError) as error:
        raise BadInput("The picture is broken.", "Save it anew and send it again.") from error
    turned.thumbnail((2 * LONG_SIDE, 2 * LONG_SIDE))
    pixels = np.asarray(turned, np.uint8)
    if max(pixels.shape[:2]) < LEAST_SIDE:
        raise BadInput(f"The picture has {pixels.shape[1]} × {pixels.shape[0]} pixels, too few to read.",
                       "Send one of at least 1,000 pixels.")
    return _smaller(leveled(flattened(pixels)))


def _smaller(pixels: Pixels) -> Pixels:
    import cv2

    scale = LONG_SIDE / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    size = (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def flattened(pixels: Pixels) -> Pixels:
    """The sheet alone, as if seen from above; the picture itself where no sheet stands out."""
    import cv2

    corners = sheet_corners(pixels)
    if corners is None:
        return pixels
    width = max(np.hypot(*(corners[1] - corners[0])), np.hypot(*(corners[2] - corners[3])))
    height = max(np.hypot(*(corners[3] - corners[0])), np.hypot(*(corners[2] - corners[1])))
    goal = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), goal)
    return np.asarray(cv2.warpPerspective(pixels, matrix, (round(width), round(height)),
                                          flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def sheet_corners(pixels: Pixels) -> NDArray[np.float64] | None:
    """(4, 2) corners of the bright sheet, from the upper left clockwise; None where there is none, or where
    it fills the picture."""
    import cv2

    shrink = 600 / max(pixels.shape[:2])
    small = cv2.resize(pixels, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    gray = np.asarray(cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), (0, 0), 3), np.uint8)
    level, _ = cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    # Where a shadow lies on the sheet, the dark part is parted once more: the larger sheet is the whole one.
    below = gray[gray <= level].reshape(-1, 1)
    levels = [level]
    if below.size:
        levels.append(cv2.threshold(below, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0])
    found = [(at, corners) for at in levels if (corners := _corners(gray, float(at))) is not None]
    if not found:
        return None
    _, corners = max(found, key=lambda f: cv2.contourArea(f[1].astype(np.float32)))
    return corners / shrink


def _corners(gray: NDArray[np.uint8], level: float) -> NDArray[np.float64] | None:
    """(4, 2) corners of the largest piece that is brighter than a level, where it is a sheet."""
    import cv2

    mask = np.asarray(gray > level, np.uint8)
    bright, dark = gray[mask > 0], gray[mask == 0]
    if not len(bright) or not len(dark) or float(bright.mean()) - float(dark.mean()) < DARKER:
        return None
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8)), np.uint8)
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not outlines:
        return None
    largest = cv2.convexHull(max(outlines, key=cv2.contourArea))
    area = cv2.contourArea(largest) / mask.size
    if not LEAST_SHEET < area < WHOLE:
        return None
    for share in (0.01, 0.02, 0.03, 0.05, 0.08):
        shape = cv2.approxPolyDP(largest, share * cv2.arcLength(largest, True), True)
        if len(shape) == 4 and cv2.contourArea(shape) > 0.9 * cv2.contourArea(largest):
            return _clockwise(np.asarray(shape, float).reshape(4, 2))
    return None


def _clockwise(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    total, apart = corners.sum(axis=1), corners[:, 1] - corners[:, 0]
    order = [int(np.argmin(total)), int(np.argmin(apart)), int(np.argmax(total)), int(np.argmax(apart))]
    return corners[order]


def leveled(pixels: Pixels) -> Pixels:
    """The page with its shadows taken out: each place as bright against the paper around it, which is what a
    wide median shows once the ink is closed."""
    import cv2

    small = cv2.resize(pixels, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), 21)
    light = np.asarray(cv2.cvtColor(paper, cv2.COLOR_RGB2GRAY), np.float32)
    if float(np.percentile(light, 95) - np.percentile(light, 5)) < 20:
        return pixels
    whole = (pixels.shape[1], pixels.shape[0])
    light = cv2.resize(np.maximum(light, 40), whole, interpolation=cv2.INTER_LINEAR)
    even = pixels.astype(np.float32) * (240.0 / light)[..., None]
    return np.asarray(np.clip(even, 0, 255), np.uint8)
