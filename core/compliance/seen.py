"""The facings of a reading as arrays, with what each may be among the products of a plan."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from core.compliance.planned import BoolArray, FloatArray, IntArray
from core.compliance.reading import Box, Reading

_STACKED = 0.5
"""Share of the narrower one's width in which two packages must agree to stand on one another."""
_APART = 0.35
"""Share of the lower one's height by which they may reach into each other."""
_HANGS = 0.5
"""Of a usual height: so far above the shelf a package does not stand on it."""
_ENOUGH = 3
_LARGEST_PX = 1e6


@dataclass(frozen=True, eq=False)
class Seen:
    """(n,) arrays in the order of the reading's facings. ``boxes`` (n, 4) are finite and at least a pixel
    wide; ``row`` counts the rows of ``row_y`` from the top (``labels``: as the reading does); ``level`` is
    how many packages a package stands on, ``base`` the index of the lowest of them (its own on the shelf).
    ``named`` is the product id that a package is more likely than not, -1 without one, ``shares``
    (n, products) what it may be of the plan's.
    """

    reading: Reading
    labels: tuple[int, ...]
    boxes: FloatArray
    row: IntArray
    level: IntArray
    base: IntArray
    confidence: FloatArray
    named: IntArray
    named_share: FloatArray
    unknown: FloatArray
    shares: FloatArray
    row_y: FloatArray

    def __len__(self) -> int:
        return len(self.row)

    @property
    def rows(self) -> int:
        return len(self.row_y)

    @cached_property
    def center_px(self) -> FloatArray:
        center: FloatArray = self.boxes[:, 0] + self.boxes[:, 2] / 2
        return center

    @cached_property
    def right_px(self) -> FloatArray:
        right: FloatArray = self.boxes[:, 0] + self.boxes[:, 2]
        return right

    @cached_property
    def bottom_px(self) -> FloatArray:
        bottom: FloatArray = self.boxes[:, 1] + self.boxes[:, 3]
        return bottom

    def of_row(self, row: int, level: int | None = None) -> IntArray:
        """Facings of a row (of one level) from left to right."""
        mask = self.row == row if level is None else (self.row == row) & (self.level == level)
        found = np.flatnonzero(mask)
        ordered: IntArray = found[np.lexsort((found, self.boxes[found, 1], self.center_px[found]))]
        return ordered

    def raised(self, row: int) -> Seen:
        """The same with those of a row that hang in the air one level up: what is below was not found."""
        facings = self.of_row(row, 0)
        if len(facings) < _ENOUGH:
            return self
        x, foot = self.center_px[facings], self.bottom_px[facings]
        i, j = np.triu_indices(len(facings), 1)
        slope = np.median((foot[j] - foot[i]) / np.maximum(x[j] - x[i], 1.0))
        floor = np.median(foot - slope * x) + slope * x
        hangs = floor - foot > _HANGS * np.median(self.boxes[facings, 3])
        level = self.level.copy()
        level[facings[hangs]] = 1
        return replace(self, level=level)

    def levels(self, row: int) -> list[IntArray]:
        """Facings of a row by what they stand on: the shelf, others, …"""
        highest = int(self.level[self.row == row].max(initial=-1))
        return [self.of_row(row, level) for level in range(highest + 1)]


def seen_facings(reading: Reading, products: tuple[int, ...]) -> Seen:
    """Whatever a reading holds, in an order and with bounds that can be computed with. A package that could
    not be named may be what lies on it: a pile is of one product."""
    facings = reading.facings
    boxes = boxes_of([f.box for f in facings])
    index = {p: i for i, p in enumerate(products)}
    shares = np.zeros((len(facings), len(products)))
    for i, f in enumerate(facings):
        for c in f.candidates:
            at = index.get(c.product_id)
            if at is not None:
                shares[i, at] = max(shares[i, at], _share(c.probability))
    labels = sorted({f.row for f in facings} | {g.row for g in reading.gaps}
                    | set(range(len(reading.shelves))))
    rows = {label: i for i, label in enumerate(labels)}
    row = np.array([rows[f.row] for f in facings], np.intp)
    level, base = _levels(boxes, row)
    named = np.array([-1 if f.product_id is None else f.product_id for f in facings], np.intp)
    upper = np.flatnonzero((named >= 0) & (level > 0) & (named[base] < 0))
    np.maximum.at(shares, base[upper], shares[upper])
    return Seen(
        reading, tuple(labels), boxes, row, level, base,
        np.array([_share(f.confidence) for f in facings], float), named,
        np.array([_share(f.probability) for f in facings], float),
        np.array([_share(f.unknown) for f in facings], float),
        shares, _row_heights(reading, boxes, row, labels),
    )


@dataclass(frozen=True, eq=False)
class Gaps:
    """The gaps of a reading: (g, 4) boxes, (g,) rows as in ``Seen`` and confidences."""

    boxes: FloatArray
    row: IntArray
    confidence: FloatArray

    def of_row(self, row: int) -> FloatArray:
        """Boxes of a row."""
        boxes: FloatArray = self.boxes[self.row == row]
        return boxes


def gaps_of(reading: Reading, seen: Seen) -> Gaps:
    """The gaps of a reading, in its order."""
    rows = {label: i for i, label in enumerate(seen.labels)}
    boxes = boxes_of([g.box for g in reading.gaps])
    row = np.array([rows[g.row] for g in reading.gaps], np.intp)
    return Gaps(boxes, row, np.array([_share(g.confidence) for g in reading.gaps], float))


def edge_y(reading: Reading, label: int, x_px: float) -> float | None:
    """Height in pixels of the edge on which a row stands at ``x_px``; None where it is not known."""
    if not 0 <= label < len(reading.shelves):
        return None
    points = sorted((x, y) for x, y in reading.shelves[label] if math.isfinite(x) and math.isfinite(y))
    if not points:
        return None
    xs, ys = zip(*points, strict=True)
    return float(np.interp(x_px, xs, ys))


def _levels(boxes: FloatArray, row: IntArray) -> tuple[IntArray, IntArray]:
    """(level, base) of each package, by what is below it in its row."""
    level = np.zeros(len(row), np.intp)
    base = np.arange(len(row), dtype=np.intp)
    for r in np.unique(row):
        at = np.flatnonzero(row == r)
        at = at[np.argsort(-(boxes[at, 1] + boxes[at, 3]), kind="stable")]
        below = _stands_on(boxes[at])
        for i in np.flatnonzero(below.any(axis=1)):
            under = np.flatnonzero(below[i])
            top = under[np.argmax(level[at[under]])]
            level[at[i]], base[at[i]] = level[at[top]] + 1, base[at[top]]
    return level, base


def _stands_on(boxes: FloatArray) -> BoolArray:
    """(n, n): whether i stands on j, for boxes that come from the lowest to the highest."""
    x, y, w, h = boxes.T
    beside = np.minimum((x + w)[:, None], x + w) - np.maximum(x[:, None], x)
    shared = beside >= _STACKED * np.minimum(w[:, None], w)
    reaches = (y + h)[:, None] - y
    above = reaches <= _APART * np.minimum(h[:, None], h)
    found: BoolArray = np.tril(shared & above, -1)
    return found


def _row_heights(reading: Reading, boxes: FloatArray, row: IntArray, labels: list[int]) -> FloatArray:
    """The height in pixels on which each row stands; nan where nothing tells."""
    middle = reading.width / 2
    heights = np.full(len(labels), np.nan)
    for i, label in enumerate(labels):
        edge = edge_y(reading, label, middle)
        bottoms = (boxes[:, 1] + boxes[:, 3])[row == i]
        heights[i] = edge if edge is not None else np.median(bottoms) if len(bottoms) else np.nan
    return heights


def boxes_of(boxes: Sequence[Box]) -> FloatArray:
    """(n, 4) boxes that are finite and at least a pixel wide and high."""
    found = np.array(boxes, float).reshape(-1, 4)
    found = np.where(np.isfinite(found), np.clip(found, -_LARGEST_PX, _LARGEST_PX), 0.0)
    found[:, 2:] = np.maximum(found[:, 2:], 1.0)
    return found


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0) if math.isfinite(value) else 0.0
