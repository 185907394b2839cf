"""The edges on which packages stand, from the top shelf to the bottom one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.compliance.reading import Box, Problem
from ml.vision.perspective import Floats, Perspective, lines, perspective
from ml.vision.photo import Photo

Polyline = tuple[tuple[float, float], ...]

BINS, COLUMNS = 400, 96
STRIP = 0.025
"""Height of a shelf's front with its shadow, of the photo."""
APART = 0.05
"""Least distance of two shelves, of the photo's height."""


def shelves(
    photo: Photo, boxes: Sequence[Box] = (), expected: int | None = None, view: Perspective | None = None,
) -> tuple[Polyline, ...]:
    """For each row from the top the edge on which it stands, as points from left to right in the photo's
    pixels. ``boxes`` of packages, where they are known already, and the ``expected`` number of rows help,
    never more. Empty for a photo without shelves."""
    found = lines(photo)
    view = perspective(photo, found) if view is None else view
    profile = evidence(view, found)
    return tuple(level_line(photo, view, y) for y in chosen(profile, view.height))


def evidence(view: Perspective, found: Floats) -> Floats:
    """(BINS,) how much of the width has up to three lines, one above another, in a strip of the height of a
    shelf's front, 0 to 1, by height in the straightened photo."""
    import cv2

    start, end = view.straight(found[:, :2]), view.straight(found[:, 2:])
    level = np.abs(end[:, 1] - start[:, 1]) < 0.02 * np.abs(end[:, 0] - start[:, 0])
    start, end = start[level], end[level]
    row = ((start[:, 1] + end[:, 1]) / 2 / view.height * BINS).astype(int).clip(0, BINS - 1)
    left, right = (np.rint(f(start[:, 0], end[:, 0]) / view.width * COLUMNS).astype(int).clip(0, COLUMNS)
                   for f in (np.minimum, np.maximum))
    change = np.zeros((BINS, COLUMNS + 1), np.float32)
    np.add.at(change, (row, left), 1)
    np.add.at(change, (row, right), -1)
    covered = (change.cumsum(1)[:, :COLUMNS] > 0).astype(np.float32)
    stacked = cv2.boxFilter(covered, -1, (1, round(STRIP * BINS)), normalize=False,
                            borderType=cv2.BORDER_CONSTANT)
    return np.asarray(np.minimum(stacked, 3).mean(1) / 3, float)


def chosen(profile: Floats, height: int) -> Floats:
    """Heights whose evidence sums to most above half that of the clearest, at least ``APART`` apart
    (dynamic programming)."""
    gap = round(APART * BINS)
    clear = 0.5 * float(np.sort(profile)[-gap:].mean()) if profile.size else 0.0
    best, take = np.zeros(BINS + 1), np.zeros(BINS + 1, bool)
    for i in range(1, BINS + 1):
        with_it = best[max(0, i - gap)] + profile[i - 1] - clear
        take[i] = with_it > best[i - 1]
        best[i] = max(with_it, best[i - 1])
    picked, i = [], BINS
    while i > 0:
        if take[i]:
            picked.append(i - 1)
        i = max(0, i - gap) if take[i] else i - 1
    return (np.array(picked[::-1], float) + 0.5) / BINS * height


def level_line(photo: Photo, view: Perspective, y: float) -> Polyline:
    """A level line of the straightened photo, in the photo, from its left border to its right."""
    ends = view.back([(0.0, y), (float(view.width), y)])
    at = np.linspace(0.0, photo.width, 5)
    heights = np.interp(at, ends[:, 0], ends[:, 1])
    return tuple((float(x), float(h)) for x, h in zip(at, heights, strict=True))


def height_at(shelf: Polyline, x: NDArray[np.float64]) -> Floats:
    """(n,) heights of a shelf's edge at (n,) x, carried on straight beyond its ends."""
    points = np.asarray(shelf, float)
    inside = np.interp(x, points[:, 0], points[:, 1])
    for (x0, y0), (x1, y1), beyond in (
        (points[0], points[1], x < points[0, 0]), (points[-1], points[-2], x > points[-1, 0]),
    ):
        inside = np.where(beyond, y0 + (x - x0) * (y1 - y0) / (x1 - x0 or 1.0), inside)
    return np.asarray(inside, float)


def rows_of(boxes: Floats | Sequence[Box], shelves: Sequence[Polyline]) -> NDArray[np.int64]:
    """(n,) the row of each of (n, 4) boxes: the first shelf edge that its bottom does not pass by more than
    a third of its height. -1 for a box that stands below the last edge; 0 for all without shelves."""
    x, y, w, h = np.asarray(boxes, float).reshape(-1, 4).T
    if not shelves:
        return np.zeros(len(x), np.int64)
    edges = np.stack([height_at(shelf, x + w / 2) for shelf in shelves], axis=1)
    above = y[:, None] + h[:, None] * (2 / 3) <= edges
    return np.where(above.any(1), above.argmax(1), -1).astype(np.int64)


def row_problem(found: int, expected: int) -> Problem | None:
    """What to say where a photo shows another number of rows than the planogram has."""
    if found == expected:
        return None
    if found == 0:
        return Problem("no_shelves", "No shelf edges are seen in the photo.",
                       "Photograph the whole shelf straight on, with its front edges in the picture.")
    text = f"The photo shows {found} {'shelf' if found == 1 else 'shelves'}, the plan has {expected}."
    return Problem("rows_differ", text, "Take in the whole fixture, from the top shelf to the bottom one."
                   if found < expected else "Check that the photo shows this fixture alone.")
