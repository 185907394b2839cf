"""What is before a shelf and hides a part of it: a hand, a sign, a trolley's handle.

Nothing that stands on a shelf reaches across the shelf's edge. So where no package is named, the color that
fills the place is followed: what goes on below the edge, and is neither the rail nor the shelf's back, which
go on to the sides and are seen elsewhere, is before the shelf.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.compliance.reading import Box
from ml.vision.edges import Polyline, height_at
from ml.vision.features import Floats
from ml.vision.photo import Photo

ROOT_PX = 28.0
"""Root of a place's area, in pixels, at which colors are followed."""

AROUND = 1.5
"""Of a place's longer side: as far around it."""

LAB = np.array([0.4, 1.0, 1.0], np.float32)
"""Weights of Lab: a hand is round, and has a light and a dark side."""

SAME, STEP = 9.0, 12.0
"""ΔE within which it is one color; and the steps in which colors are counted to find the commonest."""

FILLS = 0.3
"""Share of a place that a color fills."""

ABOVE, BELOW, WIDE = 0.15, 0.3, 0.2
"""Of a place's height, how far above and below its shelf's edge the color is seen, below the rail; and of its
width, how wide."""

ALONE = 0.1
"""Share of a shape's area up to which its color is seen elsewhere around: a shelf's back and its rails are
seen on every row."""

STRIPS = 5
"""Boxes by which a shape is told, of a place's height each."""


class Around(NamedTuple):
    """A place with what is around it: ``lab`` (h, w, 3) in pixels of a size of their own, ``scale`` of them a
    photo's pixel, and the photo's (x, y) of the first."""

    lab: Floats
    scale: float
    x: float
    y: float


def before(photo: Photo, shelves: Sequence[Polyline], places: Sequence[tuple[Box, int]]) -> list[Box]:
    """Boxes of what is before (box, row) places in the photo's pixels, where no package is named."""
    found: list[Box] = []
    for box, row in places:
        if 0 <= row < len(shelves):
            found += _before(around(photo, box), box, shelves[row])
    return found


def around(photo: Photo, box: Box) -> Around:
    """A place of the photo with what is around it, made smaller."""
    import cv2

    x, y, w, h = box
    margin = AROUND * max(w, h)
    x0, y0 = max(0.0, x - margin), max(0.0, y - margin)
    wide, high = min(photo.width, x + w + margin) - x0, min(photo.height, y + h + margin) - y0
    part = photo.crop((x0, y0, wide, high))
    scale = ROOT_PX / float(np.sqrt(w * h))
    size = max(4, round(wide * scale)), max(4, round(high * scale))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    lab = cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 0.7), cv2.COLOR_RGB2LAB) * LAB
    return Around(np.asarray(lab, np.float32), scale, x0, y0)


def _before(seen: Around, box: Box, shelf: Polyline) -> Iterator[Box]:
    """The strips of the shape that fills a place and goes on below its shelf's edge, if any does."""
    import cv2

    x, y, w, h = ((box[0] - seen.x) * seen.scale, (box[1] - seen.y) * seen.scale,
                  box[2] * seen.scale, box[3] * seen.scale)
    rows, columns = slice(max(0, round(y)), round(y + h)), slice(max(0, round(x)), round(x + w))
    for color in commonest(seen.lab[rows, columns]):
        alike = (np.linalg.norm(seen.lab - color, axis=2) < SAME).astype(np.uint8)
        parts = cv2.connectedComponents(alike, connectivity=4)[1]
        inside = np.bincount(parts[rows, columns].ravel())
        inside[0] = 0
        if inside.max() < FILLS * w * h:
            continue
        shape = parts == int(inside.argmax())
        elsewhere = int(alike.sum()) - int(shape.sum())
        if elsewhere < ALONE * shape.sum() and goes_on(shape, (x, y, w, h), seen, shelf):
            yield from strips(shape, h / STRIPS, seen)


def commonest(lab: Floats) -> list[Floats]:
    """The colors that fill a place, the commonest first."""
    if not lab.size:
        return []
    pixels = lab.reshape(-1, 3)
    _, which, count = np.unique(np.round(pixels / STEP), axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(-count, kind="stable")[:3]
    return [np.median(pixels[which.ravel() == k], axis=0).astype(np.float32) for k in order
            if 2 * count[k] >= FILLS * len(pixels)]


def goes_on(shape: NDArray[np.bool_], box: Box, seen: Around, shelf: Polyline) -> bool:
    """Whether a shape is seen above and below a shelf's edge, and does not go on to either side."""
    x, _, w, h = box
    if shape[:, 0].any() or shape[:, -1].any():
        return False
    across = np.arange(shape.shape[1])
    edge = (height_at(shelf, across / seen.scale + seen.x) - seen.y) * seen.scale
    down = np.arange(shape.shape[0])[:, None]
    above = (shape & (down < edge - ABOVE * h) & (down > edge - h)).any(axis=0)
    below = (shape & (down > edge + BELOW * h)).any(axis=0)
    return bool((above & below & (across > x - w / 2) & (across < x + 1.5 * w)).sum() >= WIDE * w)


def strips(shape: NDArray[np.bool_], high: float, seen: Around) -> Iterator[Box]:
    """Boxes in the photo's pixels that together are about a shape."""
    step = max(1, round(high))
    for top in range(0, shape.shape[0], step):
        columns = np.flatnonzero(shape[top : top + step].mean(axis=0) >= 0.5)
        if len(columns):
            for run in np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1):
                yield (float(seen.x + run[0] / seen.scale), float(seen.y + top / seen.scale),
                       float(len(run) / seen.scale), float(min(step, shape.shape[0] - top) / seen.scale))


def covered(box: Box, others: Sequence[Box]) -> float:
    """Share of a box that others, which do not overlap, cover."""
    x, y, w, h = box
    wide = (min(x + w, ox + ow) - max(x, ox) for ox, _, ow, _ in others)
    high = (min(y + h, oy + oh) - max(y, oy) for _, oy, _, oh in others)
    both = sum(max(a, 0.0) * max(b, 0.0) for a, b in zip(wide, high, strict=True))
    return min(1.0, both / max(w * h, 1e-9))
