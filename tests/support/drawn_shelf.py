"""A shelf drawn flat, with all that is to be found in it known."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.compliance.reading import Box
from ml.vision.photo import Pixels

STRIP_PX = 22


@dataclass(frozen=True, eq=False)
class Drawn:
    """``boxes``: of the packages, row by row; ``left_out``: of those that were not drawn; ``edges``: the
    height of each row's edge. Pixels."""

    pixels: Pixels
    boxes: tuple[Box, ...]
    left_out: tuple[Box, ...]
    edges: tuple[float, ...]

    def seen_through(self, matrix: NDArray[np.float64]) -> tuple[Pixels, NDArray[np.float64]]:
        """The picture and the boxes around its packages after a homography; the picture keeps its size."""
        height, width = self.pixels.shape[:2]
        warped = cv2.warpPerspective(self.pixels, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        x, y, w, h = np.array(self.boxes).T
        corners = np.stack([np.column_stack(c) for c in ((x, y), (x + w, y), (x + w, y + h), (x, y + h))], 1)
        moved = cv2.perspectiveTransform(corners, matrix)
        low, high = moved.min(1), moved.max(1)
        return np.asarray(warped, np.uint8), np.hstack([low, high - low])


def drawn(rows: int = 4, columns: int = 8, left_out: tuple[tuple[int, int], ...] = (), seed: int = 1) -> Drawn:
    """Rows of packages of one width with prints, on boards with light fronts before a dark back."""
    rng = np.random.default_rng(seed)
    width, pitch, margin = 900, 200, 30
    pixels = np.full((rows * pitch + 40, width, 3), (70, 72, 78), np.uint8)
    wide = (width - 2 * margin) / columns
    boxes: list[Box] = []
    missing: list[Box] = []
    edges = tuple(float((row + 1) * pitch) for row in range(rows))
    for row, edge in enumerate(edges):
        aside = int(rng.integers(-12, 13))
        ground, ink = (tuple(int(v) for v in rng.integers(low, low + 90, 3)) for low in (140, 10))
        for column in range(columns):
            left, high = margin + aside + column * wide, int(rng.integers(105, 155))
            box = (left + 2, edge - high, wide - 4, float(high))
            if (row, column) in left_out:
                missing.append(box)
                continue
            boxes.append(box)
            package(pixels, box, ground, ink)
        cv2.rectangle(pixels, (0, int(edge)), (width, int(edge) + STRIP_PX), (214, 210, 200), -1)
        cv2.line(pixels, (0, int(edge) + STRIP_PX), (width, int(edge) + STRIP_PX), (40, 40, 40), 3)
    noisy = cv2.GaussianBlur(pixels, (0, 0), 0.6) + rng.normal(0, 2.0, pixels.shape)
    return Drawn(noisy.clip(0, 255).astype(np.uint8), tuple(boxes), tuple(missing), edges)


def package(pixels: Pixels, box: Box, ground: tuple[int, ...], ink: tuple[int, ...]) -> None:
    """One package with lines of print and a round picture."""
    x, y, w, h = (round(value) for value in box)
    cv2.rectangle(pixels, (x, y), (x + w, y + h), ground, -1)
    cv2.rectangle(pixels, (x, y), (x + w, y + h), ink, 1)
    for line in range(5):
        cv2.putText(pixels, "CRISP WHEAT", (x + 4, y + 18 + line * h // 6), cv2.FONT_HERSHEY_SIMPLEX, 0.35, ink, 1,
                    cv2.LINE_AA)
    cv2.circle(pixels, (x + w // 2, y + int(0.78 * h)), int(0.17 * h), ink, 2, cv2.LINE_AA)
    cv2.circle(pixels, (x + w // 2, y + int(0.78 * h)), int(0.09 * h), ink[::-1], -1, cv2.LINE_AA)


def turned(degrees: float, pixels: Pixels) -> NDArray[np.float64]:
    """A homography that turns a picture around its middle."""
    height, width = pixels.shape[:2]
    return np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1), [0, 0, 1]])


def from_the_side(share: float, pixels: Pixels) -> NDArray[np.float64]:
    """A homography that makes one side of a picture smaller: the left one by a positive share."""
    height, width = pixels.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = corners.copy()
    near = [0, 3] if share > 0 else [1, 2]
    seen[near, 1] += np.array([1, -1], np.float32) * abs(share) * height
    seen[near, 0] += 0.5 * share * width
    return np.asarray(cv2.getPerspectiveTransform(corners, seen), float)
