"""A hand-held camera before a shelf: from inches in the room to pixels.

The room: x to the right and y down along the plane of the shelves' front edges, z into the shelf. The lens
has one radial coefficient (Brown 1966).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
NEAREST_IN = 2.0
FARTHEST = 4.0
"""Squared half widths from the middle beyond which the lens bends no further: nothing of it is seen."""


@dataclass(frozen=True, slots=True)
class Camera:
    """``eye``: where it is, inches (z negative); turns in radians; ``focal_px``; ``bend``: radial
    coefficient per squared half width."""

    width: int
    height: int
    eye: tuple[float, float, float]
    focal_px: float
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    bend: float = 0.0

    def project(self, points: ArrayLike) -> FloatArray:
        """Points (n, 3) in inches → (n, 2) in pixels."""
        seen = (np.asarray(points, float) - self.eye) @ _turn(self.yaw, self.pitch, self.roll).T
        flat = self.focal_px * seen[:, :2] / np.maximum(seen[:, 2:], NEAREST_IN)
        square = (flat**2).sum(axis=1, keepdims=True) / (self.width / 2) ** 2
        square = np.minimum(square, FARTHEST)
        pixels: FloatArray = flat * (1 + self.bend * square) + (self.width / 2, self.height / 2)
        return pixels


@lru_cache(maxsize=64)
def _turn(yaw: float, pitch: float, roll: float) -> FloatArray:
    """From directions in the room to directions in the camera, (3, 3)."""
    cy, sy, cp, sp, cr, sr = (f(a) for a in (yaw, pitch, roll) for f in (np.cos, np.sin))
    around = np.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]])
    nod = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    tilt = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    turn: FloatArray = tilt @ nod @ around
    return turn


def aimed(
    width: int, height: int, at: tuple[float, float], span_in: float, distance_in: float,
    yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0, bend: float = 0.0,
) -> Camera:
    """A camera that looks at a point of the front plane from ``distance_in``, turned by ``yaw`` and
    ``pitch``, and shows ``span_in`` inches across the picture's width there."""
    x = at[0] - distance_in * np.sin(yaw) * np.cos(pitch)
    y = at[1] - distance_in * np.sin(pitch)
    z = -distance_in * np.cos(yaw) * np.cos(pitch)
    focal = width * distance_in / span_in
    return Camera(width, height, (float(x), float(y), float(z)), focal, yaw, pitch, roll, bend)
