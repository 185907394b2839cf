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
DARKER, RIM_PX = 18, 7
"""Shades by which what lies around a paper has to be darker, so many pixels to each side of its edge."""
CLEAR, MOST_BEYOND = 0.7, 0.25
"""Share of a side along which that holds, and how much of one may lie outside the picture."""
LEVELS = range(50, 231, 15)


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
    it fills the picture.

    Sheets are looked for at many levels of brightness, as half of one may lie in a shadow, and of grayness,
    as a lit desk may be as bright; the largest that is brighter than what lies around it on all sides is it.
    """
    import cv2

    shrink = 600 / max(pixels.shape[:2])
    small = cv2.resize(pixels, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    small = np.asarray(cv2.GaussianBlur(small, (0, 0), 2), np.uint8)
    gray = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    # Colored wood, cloth and skin are far less gray than paper, in the light as in the shadow.
    paper = small.min(axis=2)
    masks = [gray > level for level in LEVELS] + [paper > level for level in LEVELS]
    found = [c for mask in masks if (c := _corners(np.asarray(mask, np.uint8), gray)) is not None]
    if not found:
        return None
    return max(found, key=lambda c: float(cv2.contourArea(c.astype(np.float32)))) / shrink


def _corners(mask: Pixels, gray: Pixels) -> NDArray[np.float64] | None:
    """(4, 2) corners of the largest piece of a mask, where it is a sheet with something darker around it."""
    import cv2

    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8)), np.uint8)
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not outlines:
        return None
    largest = cv2.convexHull(max(outlines, key=cv2.contourArea))
    if not LEAST_SHEET < cv2.contourArea(largest) / mask.size < WHOLE:
        return None
    for share in (0.01, 0.02, 0.03, 0.05, 0.08):
        shape = cv2.approxPolyDP(largest, share * cv2.arcLength(largest, True), True)
        if len(shape) == 4 and cv2.contourArea(shape) > 0.9 * cv2.contourArea(largest):
            corners = _clockwise(np.asarray(shape, float).reshape(4, 2))
            return corners if _stands_out(corners, gray) else None
    return None


def _stands_out(corners: NDArray[np.float64], gray: Pixels) -> bool:
    """Whether a sheet is brighter than what lies around it, along most of each side."""
    middle = corners.mean(axis=0)
    height, width = gray.shape
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        along = a + (b - a) * np.linspace(0.08, 0.92, 30)[:, None]
        out = along - middle
        out /= np.maximum(np.hypot(*out.T), 1e-9)[:, None]
        inner, outer = np.round(along - RIM_PX * out).astype(int), np.round(along + RIM_PX * out).astype(int)
        beyond = (outer < 0).any(axis=1) | (outer[:, 0] >= width) | (outer[:, 1] >= height)
        if beyond.mean() > MOST_BEYOND:
            return False
        inner, outer = (np.clip(at[~beyond], 0, (width - 1, height - 1)) for at in (inner, outer))
        lighter = gray[inner[:, 1], inner[:, 0]].astype(float) - gray[outer[:, 1], outer[:, 0]]
        if float(np.mean(lighter > DARKER)) < CLEAR:
            return False
    return True


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
