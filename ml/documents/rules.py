"""Lines drawn on a page: what is long, thin and straight."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ml.documents.words import Rules

LONGEST = 4_000
"""Lines of one direction that are kept, the longest."""
CONTRAST = 4
"""Shades by which a line differs from the paper around it."""


def ruled(gray: NDArray[np.uint8]) -> Rules:
    """The upright and level lines of a page (h, w), by opening with a long thin element (Serra 1982)."""
    import cv2

    ink = cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, CONTRAST)
    long_side = max(gray.shape)
    # Longer than any letter is high, and for a level line longer than a letter's bar.
    upright = _lines(ink, (1, max(12, long_side // 45)))
    level = _lines(ink, (max(16, long_side // 30), 1))
    return Rules(upright[:, [0, 2, 3]], level[:, [1, 4, 5]])


def _lines(ink: NDArray[np.uint8], element: tuple[int, int]) -> NDArray[np.float64]:
    """(n, 6): middle x, middle y, top, bottom, left, right of each line."""
    import cv2

    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, element)
    kept = cv2.morphologyEx(ink, cv2.MORPH_OPEN, kernel)
    _, _, stats, _ = cv2.connectedComponentsWithStats(kept)
    x, y, w, h = np.asarray(stats[1:], np.float64)[:, :4].T
    thin = np.minimum(w, h) <= 0.2 * np.maximum(w, h)
    found = np.column_stack([x + w / 2, y + h / 2, y, y + h, x, x + w])[thin]
    order = np.argsort(-np.maximum(w, h)[thin])[:LONGEST]
    return np.asarray(found[order], np.float64)
