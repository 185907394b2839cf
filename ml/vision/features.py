"""Local features of a picture: places that look the same from another distance, and how each looks.

SIFT (Lowe 2004) with the Hellinger kernel ("RootSIFT", Arandjelović and Zisserman 2012): printed packages are
planar and full of texture, so they are recognized by these without any training (Tonioni and Di Stefano 2017).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]

DIMENSIONS = 128
CONTRAST = 0.03
"""Least contrast of a feature (Lowe's measure): a little below his 0.04, as shelves are in shadow."""


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """n features. ``xy``: (n, 2) pixels, ``size``: (n,) diameter in pixels, ``angle``: (n,) radians clockwise
    from the right, ``vectors``: (n, 128) unit vectors."""

    xy: Floats
    size: Floats
    angle: Floats
    vectors: Floats

    def __len__(self) -> int:
        return len(self.size)

    def take(self, which: NDArray[np.intp] | NDArray[np.bool_]) -> Features:
        """Some of them."""
        return Features(self.xy[which], self.size[which], self.angle[which], self.vectors[which])


def extract(gray: Pixels, most: int = 0) -> Features:
    """Features of (h, w) gray pixels; at most the ``most`` with the clearest contrast, 0 for all."""
    import cv2

    points, vectors = cv2.SIFT_create(most, contrastThreshold=CONTRAST).detectAndCompute(gray, None)
    if vectors is None or not len(points):
        return Features(*(np.zeros(shape, np.float32) for shape in ((0, 2), (0,), (0,), (0, DIMENSIONS))))
    xy = np.asarray(cv2.KeyPoint_convert(points), np.float32)
    shape = np.array([(p.size, p.angle) for p in points], np.float32)
    share = vectors / np.maximum(vectors.sum(axis=1, keepdims=True), 1e-9)
    return Features(xy, shape[:, 0], np.radians(shape[:, 1]), np.sqrt(share))
