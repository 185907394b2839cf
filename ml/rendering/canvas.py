"""A picture in the making: polygons and pictures pasted onto it, and which facing is seen at each pixel."""

from __future__ import annotations

from math import ceil, floor

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.rendering.artwork import Color
from ml.rendering.camera import Camera
from ml.rendering.truth import Image8

FloatArray = NDArray[np.float64]
Window = tuple[int, int, int, int]
_FAR_PX = 2**26
_SUBPIXELS = 4


class Canvas:
    """``marks`` holds at every pixel the number of the facing that is seen, or 0. Corners in inches are
    (n, 3); quads and polygons in pixels (n, 2)."""

    def __init__(self, background: Image8, camera: Camera) -> None:
        self.image = np.ascontiguousarray(background.copy())
        self.camera = camera
        self.marks = np.zeros(background.shape[:2], np.int32)

    def fill(self, corners: FloatArray, color: Color, tone: float = 1.0) -> None:
        """A plain polygon in inches."""
        self.fill_pixels(self.camera.project(corners), color, tone)

    def fill_pixels(self, polygon: FloatArray, color: Color, tone: float = 1.0) -> None:
        points = np.round(polygon * 2**_SUBPIXELS).clip(-_FAR_PX, _FAR_PX).astype(np.int32)
        shown = tuple(float(min(c * tone, 255)) for c in color)
        cv2.fillPoly(self.image, [points], shown, cv2.LINE_AA, _SUBPIXELS)
        cv2.fillPoly(self.marks, [points], 0, cv2.LINE_8, _SUBPIXELS)

    def window(self, quad: FloatArray) -> Window:
        """Left, top, right, bottom of what the picture holds of a quad, pixels."""
        height, width = self.marks.shape
        x, y = quad.T.tolist()
        left, right = (int(min(max(v, 0), width)) for v in (floor(min(x)), ceil(max(x))))
        top, bottom = (int(min(max(v, 0), height)) for v in (floor(min(y)), ceil(max(y))))
        return left, top, right, bottom

    def paste(self, level: Image8, corners: FloatArray, tone: float = 1.0, border: int = 0) -> None:
        """A premultiplied RGBA picture onto four corners in inches."""
        quad = self.camera.project(corners)
        self.paste_pixels(level, quad, self.window(quad), tone, border=border)

    def paste_pixels(
        self, level: Image8, quad: FloatArray, window: Window, tone: float, mark: int = 0, border: int = 1
    ) -> None:
        """The same onto a quad in pixels; ``border``: pixels of the picture's rim that lie outside of it."""
        left, top, right, bottom = window
        if right <= left or bottom <= top:
            return
        h, w = level.shape[:2]
        low, far, deep = border - 0.5, w - border - 0.5, h - border - 0.5
        source = np.array([[low, low], [far, low], [far, deep], [low, deep]], np.float32)
        turn = cv2.getPerspectiveTransform(source, (quad - (left + 0.5, top + 0.5)).astype(np.float32))
        part = cv2.warpPerspective(level, turn, (right - left, bottom - top), flags=cv2.INTER_LINEAR)
        cover = part[..., 3]
        under = self.image[top:bottom, left:right]
        kept = under * (1.0 - cover[..., None] * np.float32(1 / 255))
        under[:] = np.minimum(part[..., :3] * np.float32(tone) + kept, 255)
        self.marks[top:bottom, left:right][cover > 127] = mark

    def darken(self, corners: FloatArray, alpha: FloatArray) -> None:
        """Shadow over four corners in inches; ``alpha`` (h, w) from 0 (none) to 1 (black)."""
        quad = self.camera.project(corners)
        left, top, right, bottom = self.window(quad)
        if right <= left or bottom <= top:
            return
        h, w = alpha.shape
        source = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
        turn = cv2.getPerspectiveTransform(source, (quad - (left, top)).astype(np.float32))
        kept = cv2.warpPerspective((1 - alpha).astype(np.float32), turn, (right - left, bottom - top),
                                   borderValue=1.0)
        under = self.image[top:bottom, left:right]
        under[:] = under * kept[..., None]
