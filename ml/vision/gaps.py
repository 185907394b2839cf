"""Room on a shelf where nothing stands at the front.

Room between packages is a gap when a package would fit and the picture shows none: a shelf's back and floor
have less print on them than the packages beside, and other colors. Packages that stand deeper in the shelf
do not fill the room at its front.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.compliance.reading import SHOWN_FROM, Box, Gap
from ml.vision.edges import Polyline, height_at, rows_of
from ml.vision.perspective import Floats
from ml.vision.photo import Photo, Pixels

FITS = 0.75
"""Least room between packages, of the narrower one beside it."""

EASE = 0.2
"""Of a package's width: so much less room at a shelf's end takes a package too, as the end is not seen."""

SURE = 0.8
"""Least probability of a gap at a shelf's end and of a shelf that is empty."""

LIKE_PACKAGE = 1.0
"""Print and color in common with packages, 1 each, at which a gap is as likely as none. Chosen by looking at
rendered shelves and nine photos; of those renders 94 % of the gaps lie below, 96 % of the packages above."""

SOFTNESS = 0.15

SET_BACK = 0.15
"""A package whose foot is this much of its height farther from the edge than the row's stands deeper."""

MOST_BESIDE = 4
LEVELS = 6
"""Steps of each of the three color channels that are told apart; their 216 combinations fit a byte."""


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """Free room of a row, in the photo's pixels. ``beside``: (k, 4) boxes of the nearest packages;
    ``least``: probability from which it is told."""

    row: int
    left: float
    right: float
    edge: float
    beside: Floats
    least: float

    @property
    def box(self) -> Box:
        """As high as a package beside it."""
        high = float(np.median(self.beside[:, 3]))
        return self.left, self.edge - high, self.right - self.left, high

    @property
    def wide(self) -> float:
        """The width of a package beside it."""
        return float(np.median(self.beside[:, 2]))

    @property
    def filled(self) -> float:
        """Width of the whole packages that go in."""
        return self.wide * int((self.right - self.left) / self.wide + EASE)

    def places(self) -> list[Room]:
        """The same, a package's width at a time."""
        at = np.linspace(self.left, self.right, 1 + max(1, round((self.right - self.left) / self.wide)))
        return [replace(self, left=float(a), right=float(b)) for a, b in pairwise(at)]


def find_gaps(
    photo: Photo, shelves: Sequence[Polyline], boxes: Floats | Sequence[Box],
    sides: tuple[float, float] | None = None,
) -> tuple[Gap, ...]:
    """Gaps of each row from left to right, with their probability as ``confidence``; never below
    ``SHOWN_FROM``. ``boxes`` (n, 4) of the packages, ``shelves`` and gaps in the photo's pixels, and so are
    the fixture's left and right ``sides``, where they are known."""
    packages = np.asarray(boxes, float).reshape(-1, 4)
    if not len(packages) or not shelves:
        return ()
    look = Look.of(photo)
    gaps = []
    for room in rooms(photo, shelves, packages, sides):
        for part, likely in empty_parts(room, look):
            x, y, w, h = part.box
            top, bottom = max(0.0, y), min(float(photo.height), y + h)
            gaps.append(Gap((x, top, w, bottom - top), room.row, round(likely, 3)))
    return tuple(gaps)


def empty_parts(room: Room, look: Look) -> Iterator[tuple[Room, float]]:
    """The parts of a room that are empty, each with its probability. A room wider than a package is judged
    place by place: a package in it that was not detected must not hide the gap beside it."""
    places = room.places()
    likely = np.array([look.empty(place) for place in places])
    told = np.concatenate([[False], likely >= room.least, [False]])
    starts, ends = np.flatnonzero(told[1:] & ~told[:-1]), np.flatnonzero(told[:-1] & ~told[1:])
    for start, end in zip(starts, ends, strict=True):
        part = replace(room, left=places[start].left, right=places[end - 1].right)
        yield part, float(likely[start:end].mean())


def rooms(
    photo: Photo, shelves: Sequence[Polyline], packages: Floats, sides: tuple[float, float] | None = None
) -> Iterator[Room]:
    """Free room between packages, at the ends of shelves and on empty shelves, wide enough for a package."""
    rows = rows_of(packages, shelves)
    if sides is None:
        ends = shelf_ends(photo, shelves, packages, rows)
    else:
        ends = np.tile(np.clip(sides, 0, photo.width), (len(shelves), 1))
    for row, shelf in enumerate(shelves):
        standing = front(packages[rows == row], shelf)
        if len(standing):
            yield from between(row, shelf, standing)
            if ends is not None:
                yield from at_ends(row, shelf, standing, ends)
        elif ends is not None:
            yield from empty_shelf(row, shelves, packages[rows >= 0], ends)


def front(standing: Floats, shelf: Polyline) -> Floats:
    """The packages of a row at its front: those set back no farther than most that have none below them, and
    those stacked on them."""
    if not len(standing):
        return standing
    x, y, w, h = standing.T
    middle, low = (x + w / 2)[:, None], lowest(standing, shelf)
    back = (height_at(shelf, x + w / 2) - y - h) / max(float(np.median(h[low])), 1.0)
    usual = back[low]
    foot = back <= np.median(usual[usual <= np.median(usual) + SET_BACK]) + SET_BACK
    carried = ((middle > x[foot]) & (middle < (x + w)[foot])).any(1)
    return standing[foot | carried]


def lowest(standing: Floats, shelf: Polyline) -> NDArray[np.bool_]:
    """(n,) which packages of a row have none below them."""
    x, y, w, h = standing.T
    middle, high = (x + w / 2)[:, None], height_at(shelf, x + w / 2) - y - h
    above = (middle > x) & (middle < x + w) & (high[:, None] > high + SET_BACK * h)
    return np.asarray(~above.any(1))


def between(row: int, shelf: Polyline, standing: Floats) -> Iterator[Room]:
    """Room between the packages of a row."""
    standing = standing[np.argsort(standing[:, 0])]
    left, width = standing[:, 0], standing[:, 2]
    # The package that reaches farthest so far, which need not be the one before.
    reach = np.maximum.accumulate(left + width)
    farthest = np.array([int(np.argmax((left + width)[: i + 1])) for i in range(len(left))])
    for i in np.flatnonzero(left[1:] - reach[:-1] >= FITS * np.minimum(width[farthest[:-1]], width[1:])):
        yield room_of(row, shelf, float(reach[i]), float(left[i + 1]), standing, SHOWN_FROM)


def at_ends(row: int, shelf: Polyline, standing: Floats, ends: Floats) -> Iterator[Room]:
    """Room left and right of the packages of a row, as far as other rows reach, for whole packages as the
    nearest ones: less is left over at the end of any shelf."""
    first, last = float(standing[:, 0].min()), float((standing[:, 0] + standing[:, 2]).max())
    left, right = (float(x) for x in ends[row])
    if left < first:
        room = room_of(row, shelf, left, first, standing, SURE)
        if room.filled > 0:
            yield replace(room, left=max(left, first - room.filled))
    if last < right:
        room = room_of(row, shelf, last, right, standing, SURE)
        if room.filled > 0:
            yield replace(room, right=min(right, last + room.filled))


def empty_shelf(row: int, shelves: Sequence[Polyline], packages: Floats, ends: Floats) -> Iterator[Room]:
    """The whole of a shelf on which nothing stands, where another one is above it."""
    left, right = (float(x) for x in ends[row])
    middle = np.array([(left + right) / 2])
    edge = float(height_at(shelves[row], middle)[0])
    above = float(height_at(shelves[row - 1], middle)[0]) if row else 0.0
    high = min(0.7 * (edge - above), float(np.median(packages[:, 3])))
    if row and right > left:
        near = packages[np.argsort(np.abs(packages[:, 1] + packages[:, 3] - edge))[:MOST_BESIDE]].copy()
        near[:, 1] += near[:, 3] - high
        near[:, 3] = high
        yield Room(row, left, right, edge, near, SURE)


def room_of(row: int, shelf: Polyline, left: float, right: float, standing: Floats, least: float) -> Room:
    """Room with the packages nearest to it that have none below them."""
    middle = (left + right) / 2
    standing = standing[lowest(standing, shelf)]
    apart = np.abs(standing[:, 0] + standing[:, 2] / 2 - middle)
    beside = standing[np.argsort(apart)[:MOST_BESIDE]]
    feet = beside[:, 1] + beside[:, 3] - height_at(shelf, beside[:, 0] + beside[:, 2] / 2)
    edge = float(height_at(shelf, np.array([middle]))[0]) + float(np.median(feet))
    return Room(row, left, right, edge, beside, least)


def shelf_ends(
    photo: Photo, shelves: Sequence[Polyline], packages: Floats, rows: NDArray[np.int64],
) -> Floats | None:
    """(rows, 2) where each shelf begins and ends: the shelves of a fixture are equally wide, so each goes on
    to where two of them have packages, as one may have a neighbor's. None with fewer than three rows to tell
    it by."""
    filled = [row for row in range(len(shelves)) if (rows == row).any()]
    if len(filled) < 3:
        return None
    middle = np.array([photo.width / 2, photo.width / 2 + 1])
    slope = float(np.median([np.diff(height_at(shelf, middle))[0] for shelf in shelves]))
    # A camera held askew shifts each row sideways.
    shift = slope * np.array([height_at(shelf, middle)[0] for shelf in shelves])
    first = np.array([packages[rows == row, 0].min() + shift[row] for row in filled])
    last = np.array([packages[rows == row][:, [0, 2]].sum(1).max() + shift[row] for row in filled])
    ends = np.column_stack([np.sort(first)[1] - shift, np.sort(last)[-2] - shift])
    return np.asarray(ends.clip(0, photo.width), float)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What a photo looks like at each working pixel: ``print`` strength of edges, ``color`` its step."""

    print: NDArray[np.float32]
    color: Pixels
    scale: float

    @classmethod
    def of(cls, photo: Photo) -> Look:
        """Measured once a photo."""
        import cv2

        gray = cv2.GaussianBlur(photo.gray(), (0, 0), 1)
        across, down = (cv2.Sobel(gray, cv2.CV_32F, *which) for which in ((1, 0), (0, 1)))
        lab: Pixels = np.asarray(cv2.cvtColor(photo.pixels, cv2.COLOR_RGB2LAB), np.uint8)
        steps = lab // (256 // LEVELS + 1)
        color = (steps[..., 0] * LEVELS + steps[..., 1]) * LEVELS + steps[..., 2]
        return cls(np.minimum(cv2.magnitude(across, down), 200), color, photo.scale)

    def empty(self, room: Room) -> float:
        """Probability that nothing stands at the front of room, by how much print and color it has in
        common with the lower part of the packages beside it."""
        x, y, w, h = room.box
        strength, colors = self.lower((x, y, w, h))
        others = [self.lower((bx, by, bw, bh)) for bx, by, bw, bh in room.beside]
        printed = strength / (1.0 + float(np.median([s for s, _ in others])))
        common = max(float(np.minimum(colors, other).sum()) for _, other in others)
        return float(1 / (1 + np.exp((min(printed, 1.5) + common - LIKE_PACKAGE) / SOFTNESS)))

    def lower(self, box: Box) -> tuple[float, Floats]:
        """Mean strength of print and the shares of colors in the middle of a box's lower part, where
        neither a price rail from above nor a package set back is seen."""
        x, y, w, h = box
        left, right = (round(value * self.scale) for value in (x + 0.12 * w, x + 0.88 * w))
        top, bottom = (round(value * self.scale) for value in (y + 0.38 * h, y + 0.94 * h))
        height, width = self.color.shape
        left, top = min(max(left, 0), width - 1), min(max(top, 0), height - 1)
        part = np.s_[top : max(bottom, top + 1), left : max(right, left + 1)]
        colors = np.bincount(self.color[part].ravel(), minlength=LEVELS**3)
        return float(self.print[part].mean()), colors / colors.sum()
