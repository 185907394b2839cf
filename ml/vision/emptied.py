"""Shelves on which nothing stands, of which no package tells: seen in the picture, where the plan asks."""

from __future__ import annotations

import numpy as np

from ml.vision.edges import shelves
from ml.vision.photo import Photo
from ml.vision.resolve import Rows
from ml.vision.voting import Reals

SAME = 0.25
"""Of the usual distance of two shelves: within it two lines are one shelf's edge."""

LEAST_APART = 0.6
"""Of that distance: the least from an empty shelf to the next one."""


def with_empty(photo: Photo, standing: Rows, boxes: Reals, expected: int | None) -> Rows:
    """The rows of (n, 4) ``boxes`` of the working size, with empty shelves among them where the plan has more
    rows than packages stand on, and picture and packages together show just as many as it has, each row of
    packages on one of them. Nothing is added otherwise."""
    lines = np.array(standing.lines, float).reshape(-1, 2)
    if expected is None or not 2 <= len(lines) < expected:
        return standing
    found = shelves(photo, photo.to_photo(boxes), expected)
    if len(found) != expected:
        return standing
    middle = photo.width / 2
    edges = np.array([np.interp(middle, *np.array(line).T) for line in found]) * photo.scale
    at = lines[:, 0] + lines[:, 1] * middle * photo.scale
    usual = float(np.median(np.diff(edges)))
    off = np.abs(at[:, None] - edges)
    own = off.argmin(axis=1)
    is_told = off.min(axis=1).max() < SAME * usual and len(np.unique(own)) == len(own)
    if not is_told or np.diff(edges).min() < LEAST_APART * usual:
        return standing
    slope = float(np.median(lines[:, 1]))
    all_lines = [(float(y - slope * middle * photo.scale), slope) for y in edges]
    for row, edge in enumerate(own.tolist()):
        all_lines[edge] = standing.lines[row]
    return Rows(own[standing.row].astype(np.intp), tuple(all_lines))
