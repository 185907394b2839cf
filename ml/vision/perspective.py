"""From which angle a shelf was photographed, and the photo as if taken straight on.

Shelf edges are parallel in the world, so in the photo they meet in one point (Hartley and Zisserman,
"Multiple View Geometry", 8.6); so do the upright edges of packages. Both pencils together give the
homography after which shelves are level and packages upright.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.compliance.reading import Box
from ml.vision.photo import Photo, Pixels, from_pixels

Floats = NDArray[np.float64]

SIDE = 1_000
"""Pixels of the long side at which lines are looked for: finer ones are print, not shelves."""

LEAST_SIDE = 640
"""Pixels of the long side to which a smaller photo is enlarged for it."""

SHORTEST = 0.03
"""Shortest line that counts, of the photo's width."""

STEEPEST = 0.45
"""Steepest slope of a line that may be a shelf edge: about 24°."""

STRONGEST = 0.6
"""Strongest convergence: how much the slope may change over half a photo's width."""

TOLERANCE = 0.02
"""Difference of slope to the pencil, about 1.1°, at which a line counts nothing."""


AGREEING = 0.5
"""Share of the long lines that have to agree before a photo is straightened by them."""

NEARLY_STRAIGHT = 0.01
"""Of a photo's long side: how far straightening has to move a corner before it is worth the loss by it."""

OUTSIDE = (110, 110, 110)
"""Color of what a straightened photo does not show."""


@dataclass(frozen=True, slots=True, eq=False)
class Perspective:
    """``matrix`` (3, 3) takes pixels of the upright photo to pixels of the straightened one, which has
    ``width`` and ``height``; ``tilt`` is the slope of the shelves in the middle of the photo and
    ``lean`` that of the uprights, both in degrees; ``convergence`` how much the slope of shelves changes
    over half the photo's width. ``sure``: share of the long lines that agree. ``found``: (n, 4) the lines
    that it was told by, in the photo."""

    matrix: Floats
    width: int
    height: int
    tilt: float
    lean: float
    convergence: float
    sure: float
    found: Floats

    def straight(self, points: NDArray[np.float64] | Sequence[tuple[float, float]]) -> Floats:
        """(n, 2) points of the photo, in the straightened photo."""
        return transformed(self.matrix, points)

    def back(self, points: NDArray[np.float64] | Sequence[tuple[float, float]]) -> Floats:
        """(n, 2) points of the straightened photo, in the photo."""
        return transformed(np.linalg.inv(self.matrix), points)

    def boxes_straight(self, boxes: Floats | Sequence[Box]) -> Floats:
        """(n, 4) boxes around what (n, 4) boxes of the photo hold, straightened: the middles of their sides
        are taken over, which keeps a tilted package's size."""
        return boxes_through(self.matrix, boxes)

    def boxes_back(self, boxes: Floats | Sequence[Box]) -> Floats:
        """(n, 4) boxes of the photo for (n, 4) boxes of the straightened one."""
        return boxes_through(np.linalg.inv(self.matrix), boxes)


def transformed(matrix: Floats, points: NDArray[np.float64] | Sequence[tuple[float, float]]) -> Floats:
    """(n, 2) points through a homography."""
    xy = np.asarray(points, float).reshape(-1, 2)
    out = np.column_stack([xy, np.ones(len(xy))]) @ matrix.T
    return np.asarray(out[:, :2] / out[:, 2:], float)


def boxes_through(matrix: Floats, boxes: Floats | Sequence[Box]) -> Floats:
    """(n, 4) boxes whose middles of sides are those of (n, 4) boxes taken through a homography."""
    x, y, w, h = np.asarray(boxes, float).reshape(-1, 4).T
    left, right = (transformed(matrix, np.column_stack([x + w * k, y + h / 2])) for k in (0.0, 1.0))
    top, bottom = (transformed(matrix, np.column_stack([x + w / 2, y + h * k])) for k in (0.0, 1.0))
    return np.column_stack([left[:, 0], top[:, 1], right[:, 0] - left[:, 0], bottom[:, 1] - top[:, 1]])


def lines(photo: Photo) -> Floats:
    """(n, 4) straight lines (x0, y0, x1, y1) in the photo's pixels, longer than ``SHORTEST``, found by the
    line segment detector (Grompone von Gioi et al., IPOL 2012)."""
    import cv2

    gray, scale = photo.gray(), photo.scale
    side = min(max(max(gray.shape), LEAST_SIDE), SIDE)
    if side != max(gray.shape):
        shrink = side / max(gray.shape)
        how = cv2.INTER_AREA if shrink < 1 else cv2.INTER_CUBIC
        size = (max(1, round(gray.shape[1] * shrink)), max(1, round(gray.shape[0] * shrink)))
        gray = np.asarray(cv2.resize(gray, size, interpolation=how), np.uint8)
        scale = max(gray.shape) / max(photo.width, photo.height)
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(gray)[0]
    if found is None:
        return np.zeros((0, 4))
    all_lines = np.asarray(found, float).reshape(-1, 4)
    length = np.hypot(all_lines[:, 2] - all_lines[:, 0], all_lines[:, 3] - all_lines[:, 1])
    return all_lines[length >= SHORTEST * gray.shape[1]] / scale


def perspective(photo: Photo, found: Floats | None = None) -> Perspective:
    """The perspective of a photo by its lines; straight on where they say nothing."""
    found = lines(photo) if found is None else found
    half = photo.width / 2
    to_unit = np.array([[1 / half, 0, -1.0], [0, 1 / half, -photo.height / photo.width], [0, 0, 1.0]])
    unit = np.hstack([transformed(to_unit, found[:, :2]), transformed(to_unit, found[:, 2:])])
    slope, change, sure = pencil(unit)
    level = np.array([[1.0, 0, 0], [-slope, 1.0, 0], [change, 0, 1.0]])
    unit = np.hstack([transformed(level, unit[:, :2]), transformed(level, unit[:, 2:])])
    lean, widen, _ = pencil(unit[:, [1, 0, 3, 2]])
    upright = np.array([[1.0, -lean, 0], [0, 1.0, 0], [0, widen, 1.0]])
    matrix = np.linalg.inv(to_unit) @ upright @ level @ to_unit
    return framed(photo, matrix, (slope, lean, change, sure), found)


def framed(
    photo: Photo, matrix: Floats, told: tuple[float, float, float, float], found: Floats,
) -> Perspective:
    """A perspective whose straightened photo holds the whole photo, about as large. ``told``: slope of
    shelves, of uprights, convergence and share of lines that agree."""
    slope, lean, change, sure = told
    corners = np.array([[0, 0], [photo.width, 0], [0, photo.height], [photo.width, photo.height]], float)
    seen = transformed(matrix, corners)
    low, size = seen.min(0), np.ptp(seen, axis=0)
    shrink = min(1.0, 2.0 * photo.width / size[0], 2.0 * photo.height / size[1])
    shift = np.array([[shrink, 0, -low[0] * shrink], [0, shrink, -low[1] * shrink], [0, 0, 1.0]])
    width, height = (max(1, round(side * shrink)) for side in size)
    return Perspective(shift @ matrix, width, height, float(np.degrees(np.arctan(slope))),
                       float(np.degrees(np.arctan(lean))), change, sure, found)


def pencil(unit: Floats) -> tuple[float, float, float]:
    """Slope a and its change b so that nearly level lines (n, 4) have slope a + b·y₀, y₀ where they cross
    x = 0: the lines of one vanishing point (-1/b, -a/b). Coordinates in half widths from the middle.

    Also the share of length that agrees. RANSAC over pairs, then reweighted least squares with Tukey's
    weights; (0, 0, 0) with fewer than two lines.
    """
    step = unit[:, 2:] - unit[:, :2]
    level = np.abs(step[:, 1]) < STEEPEST * np.abs(step[:, 0])
    step, middle = step[level], (unit[level, :2] + unit[level, 2:]) / 2
    if len(step) < 2:
        return 0.0, 0.0, 0.0
    slope = step[:, 1] / step[:, 0]
    weight = (step**2).sum(1)
    crossing = middle[:, 1] - slope * middle[:, 0]
    a, b = sampled(slope, crossing, weight)
    terms = np.column_stack([np.ones_like(crossing), crossing])
    for _ in range(5):
        near = weight * (1 - np.minimum(np.abs(slope - a - b * crossing) / TOLERANCE, 1) ** 2) ** 2
        # A weak pull to parallel lines, which all agree with where they say nothing of convergence.
        pull = np.diag([0.0, 1e-3 * weight.sum()]) + 1e-12 * np.eye(2)
        a, b = np.linalg.solve(terms.T @ (terms * near[:, None]) + pull, terms.T @ (near * slope))
    agree = np.abs(slope - a - b * crossing) < TOLERANCE
    length = np.sqrt(weight)
    return float(a), float(np.clip(b, -STRONGEST, STRONGEST)), float(length[agree].sum() / length.sum())


def sampled(slope: Floats, crossing: Floats, weight: Floats) -> tuple[float, float]:
    """The best of many pairs of lines as slope and change; long lines are drawn more often."""
    draw = np.random.default_rng(0).choice(len(slope), (400, 2), p=weight / weight.sum())
    first, second = draw.T
    apart = crossing[first] - crossing[second]
    far = np.abs(apart) > 0.1
    b = np.where(far, (slope[first] - slope[second]) / np.where(far, apart, 1), 0.0)
    a = slope[first] - b * crossing[first]
    use = np.abs(b) <= STRONGEST
    a, b = a[use], b[use]
    miss = np.abs(slope[:, None] - a - b * crossing[:, None]) / TOLERANCE
    best = int(np.argmax(weight @ np.clip(1 - miss**2, 0, None)))
    return float(a[best]), float(b[best])


def straighten(photo: Photo, view: Perspective, long_side: int = SIDE) -> tuple[Pixels, Floats]:
    """(h, w, 3) the straightened photo, and the (3, 3) homography from the photo's pixels to it."""
    import cv2

    scale = min(1.0, long_side / max(view.width, view.height))
    matrix = np.diag([scale, scale, 1.0]) @ view.matrix
    from_working = matrix @ np.diag([1 / photo.scale, 1 / photo.scale, 1.0])
    size = (max(1, round(view.width * scale)), max(1, round(view.height * scale)))
    warped = cv2.warpPerspective(photo.pixels, from_working, size, flags=cv2.INTER_AREA,
                                 borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.uint8), matrix


@dataclass(frozen=True, slots=True, eq=False)
class Straight:
    """A photo as if taken straight on: ``photo``, which is the ``original`` itself where that is nearly
    straight or its lines do not agree. ``view``: how the original was taken."""

    photo: Photo
    original: Photo
    view: Perspective

    def boxes_back(self, boxes: Floats | Sequence[Box]) -> Floats:
        """(n, 4) boxes in the original's pixels."""
        plain = np.asarray(boxes, float).reshape(-1, 4)
        return plain if self.photo is self.original else self.view.boxes_back(plain)

    def line_back(self, a: float, b: float) -> tuple[tuple[float, float], ...]:
        """The line y = a + b·x in the original's pixels, as points from its left border to its right."""
        ends = np.array([(0.0, a), (float(self.photo.width), a + b * self.photo.width)])
        ends = ends if self.photo is self.original else self.view.back(ends)
        slope = (ends[1, 1] - ends[0, 1]) / (ends[1, 0] - ends[0, 0] or 1.0)
        at = np.array([0.0, self.original.width])
        height = ends[0, 1] + slope * (at - ends[0, 0])
        return tuple((float(x), float(y)) for x, y in zip(at, height, strict=True))


def straightened(photo: Photo) -> Straight:
    """A photo as if taken straight on, with all its detail."""
    view = perspective(photo)
    if view.sure < AGREEING or moved(photo, view) < NEARLY_STRAIGHT:
        return Straight(photo, photo, view)
    import cv2

    detail, scale = photo.detail, photo.detail_scale
    matrix = np.diag([scale, scale, 1.0]) @ view.matrix @ np.diag([1 / scale, 1 / scale, 1.0])
    size = (max(1, round(view.width * scale)), max(1, round(view.height * scale)))
    seen = np.asarray(cv2.warpPerspective(detail, matrix, size, flags=cv2.INTER_CUBIC, borderValue=OUTSIDE),
                      np.uint8)
    made = from_pixels(seen, round(max(view.width, view.height) * photo.scale))
    made = replace(made, width=view.width, height=view.height, scale=photo.scale, detail_scale=scale)
    return Straight(made, photo, view)


def moved(photo: Photo, view: Perspective) -> float:
    """How far straightening moves the corners of a photo apart from a mere shift, of its long side."""
    corners = np.array([[0, 0], [photo.width, 0], [0, photo.height], [photo.width, photo.height]], float)
    shift = view.straight(corners) - corners
    return float(np.abs(shift - shift.mean(axis=0)).max() / max(photo.width, photo.height))
