"""Local features of a picture: places that look the same from another distance, and how each looks.

SIFT (Lowe 2004) with the Hellinger kernel ("RootSIFT", Arandjelović and Zisserman 2012): printed packages
are planar and full of texture, so they are recognized by these without any training (Tonioni and Di Stefano
2017).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.vision.photo import luma

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]

DIMENSIONS = 128
CONTRAST = 0.03
"""Least contrast of a feature (Lowe's measure): a little below his 0.04, as shelves are in shadow."""

SIGMAS = (1.5, 3.0, 6.0)
LEVEL_FROM = (4.4, 9.0)
"""Pixels over which color is averaged, and from which sizes of features on: about a third of the size."""


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """n features. ``xy``: (n, 2) pixels, ``size``: (n,) diameter in pixels, ``angle``: (n,) radians clockwise
    from the right, ``vectors``: (n, 128) unit vectors, ``color``: (n, 3) CIE Lab of its surroundings."""

    xy: Floats
    size: Floats
    angle: Floats
    vectors: Floats
    color: Floats

    def __len__(self) -> int:
        return len(self.size)

    def take(self, which: NDArray[np.intp] | NDArray[np.bool_]) -> Features:
        """Some of them."""
        return Features(self.xy[which], self.size[which], self.angle[which], self.vectors[which],
                        self.color[which])


def extract(pixels: Pixels, most: int = 0) -> Features:
    """Features of (h, w, 3) RGB pixels; at most the ``most`` with the clearest contrast, 0 for all."""
    import cv2

    points, vectors = cv2.SIFT_create(most, contrastThreshold=CONTRAST).detectAndCompute(luma(pixels), None)
    if vectors is None or not len(points):
        return none()
    xy = np.asarray(cv2.KeyPoint_convert(points), np.float32)
    shape = np.array([(p.size, p.angle) for p in points], np.float32)
    share = vectors / np.maximum(vectors.sum(axis=1, keepdims=True), 1e-9)
    return Features(xy, shape[:, 0], np.radians(shape[:, 1]), np.sqrt(share),
                    color_at(pixels, xy, shape[:, 0]))


def none() -> Features:
    """No features."""
    return Features(*(np.zeros(shape, np.float32) for shape in ((0, 2), (0,), (0,), (0, DIMENSIONS), (0, 3))))


def color_at(pixels: Pixels, xy: Floats, size: Floats) -> Floats:
    """(n, 3) mean CIE Lab around (n, 2) points, over about the (n,) ``size`` of what is there."""
    import cv2

    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    at = np.clip(np.rint(xy).astype(int), 0, np.array(pixels.shape[1::-1]) - 1)
    level = np.digitize(size, LEVEL_FROM)
    color = np.zeros((len(xy), 3), np.float32)
    for n, sigma in enumerate(SIGMAS):
        own = level == n
        if own.any():
            color[own] = cv2.GaussianBlur(lab, (0, 0), sigma)[at[own, 1], at[own, 0]]
    return color
