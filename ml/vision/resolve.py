"""From places where something may stand to packages that can stand together.

What decides is geometry: two packages are not in one place, the packages of one photo have about one scale,
and each stands on a shelf or on another package.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.compliance.reading import Box
from ml.vision.edges import Polyline
from ml.vision.gallery import Index
from ml.vision.variants import Evidence
from ml.vision.voting import Hypothesis, Reals

ONE_PLACE = 0.5
"""Intersection over union from which two boxes are one place."""

OVERLAP = 0.35
"""Share of the smaller box that two packages may both cover: by perspective, or where one is set back."""

TOUCH = 0.1
"""Height of the higher of two packages, by which one may seem to float over or to sink into what it lies on:
less than the board of a shelf with the hand's room above a package."""

RISE = 0.3
"""Height of a row's packages, by which one that is set back may stand higher in the photo. Shelves are
further apart than their packages are high."""


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """One place. ``candidates``: at most one a product, the most witnesses first; ``evidence`` for each."""

    candidates: tuple[Hypothesis, ...]
    evidence: Evidence

    @property
    def box(self) -> Box:
        return self.candidates[0].box

    @property
    def explained(self) -> float:
        """How many features a package here accounts for."""
        return float(self.evidence.explained.max(initial=0.0)) * self.evidence.features


def places(index: Index, found: Sequence[Hypothesis], most: int = 6) -> list[tuple[Hypothesis, ...]]:
    """Hypotheses by place, the clearest place first; of each product the best, at most
    ``most``, and none with less than a fourth of the witnesses of the clearest."""
    ordered = sorted(found, key=lambda h: -h.count)
    if not ordered:
        return []
    same = overlaps(np.array([h.box for h in ordered])) > ONE_PLACE
    free = np.ones(len(ordered), bool)
    result = []
    for i in range(len(ordered)):
        if not free[i]:
            continue
        members = np.nonzero(same[i] & free)[0]
        free[members] = False
        best: dict[int, Hypothesis] = {}
        for m in members:
            if 4 * ordered[m].count >= ordered[i].count:
                best.setdefault(index.views[ordered[m].view].product, ordered[m])
        result.append(tuple(best.values())[:most])
    return result


def overlaps(boxes: Reals, of_smaller: bool = False) -> Reals:
    """(n, n) intersection over union of (n, 4) boxes, or over the smaller of the two."""
    low, high = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
    side = np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None])
    both = np.clip(side, 0, None).prod(axis=2)
    area = boxes[:, 2] * boxes[:, 3]
    if of_smaller:
        return np.asarray(both / np.maximum(np.minimum(area[:, None], area[None]), 1e-9))
    return np.asarray(both / np.maximum(area[:, None] + area[None] - both, 1e-9))


def apart(boxes: Reals, weight: Reals) -> NDArray[np.intp]:
    """Which of (n, 4) boxes to keep so that none covers another: by falling weight, each that is free of
    those before it."""
    if not len(boxes):
        return np.zeros(0, np.intp)
    over = overlaps(boxes, of_smaller=True) > OVERLAP
    taken = np.zeros(len(boxes), bool)
    for i in np.argsort(-weight, kind="stable"):
        taken[i] = not (over[i] & taken).any()
    return np.nonzero(taken)[0]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """(n,) the ``row`` of each box from the top, and for each row the line (a, b) y = a + b·x on which its
    packages stand."""

    row: NDArray[np.intp]
    lines: tuple[tuple[float, float], ...]

    def shelves(self, width: float) -> tuple[Polyline, ...]:
        """The edges from the photo's left border to its right."""
        return tuple(((0.0, a), (width, a + b * width)) for a, b in self.lines)


def rows(boxes: Reals, turn: float) -> Rows:
    """Rows of (n, 4) boxes in a photo that is turned by about ``turn`` radians."""
    if not len(boxes):
        return Rows(np.zeros(0, np.intp), ())
    middle, bottom = boxes[:, 0] + boxes[:, 2] / 2, boxes[:, 1] + boxes[:, 3]
    level = bottom - np.tan(turn) * middle
    below = carrier(boxes, level)
    standing = np.nonzero(below < 0)[0]
    order = standing[np.argsort(level[standing])]
    reach = RISE * float(np.median(boxes[standing, 3]))
    row = np.full(len(boxes), -1, np.intp)
    row[order] = np.concatenate([[0], (np.diff(level[order]) > reach).cumsum()])
    for i in np.argsort(-level):
        if below[i] >= 0:
            row[i] = row[below[i]]
    count = int(row.max()) + 1
    lines = tuple(line(middle[s], bottom[s], np.tan(turn))
                  for s in (standing[row[standing] == r] for r in range(count)))
    return Rows(row, lines)


def carrier(boxes: Reals, level: Reals) -> NDArray[np.intp]:
    """(n,) the box on which each of (n, 4) boxes lies, -1 where it stands on a shelf."""
    x, _, w, h = boxes.T
    top = level - h
    gap = np.abs(level[:, None] - top[None])
    beside = np.minimum((x + w)[:, None], (x + w)[None]) - np.maximum(x[:, None], x[None])
    lies = (gap < TOUCH * np.maximum(h[:, None], h[None])) \
        & (beside > 0.5 * np.minimum(w[:, None], w[None]))
    np.fill_diagonal(lies, False)
    return np.where(lies.any(axis=1), np.where(lies, gap, np.inf).argmin(axis=1), -1).astype(np.intp)


def line(x: Reals, y: Reals, slope: float) -> tuple[float, float]:
    """(a, b) of y = a + b·x through (n,) points, of which some lie too high: set-back packages. The slope is
    held to the photo's as strongly as by two points a third of the points' spread apart."""
    a, b = float(np.median(y - slope * x)), slope
    center = float(x.mean())
    spread = max(float(np.ptp(x)), 1.0)
    for _ in range(10):
        miss = y - a - b * x
        scale = max(1.5, 1.5 * float(np.median(np.abs(miss))))
        weight = 1 / np.maximum(np.abs(miss), scale)
        weight = np.where(miss < 0, 0.5, 1.0) * weight / weight.max()
        off = x - center
        pull = 2 * (spread / 6) ** 2
        mean_y = float((weight * y).sum() / weight.sum())
        mean_x = float((weight * off).sum() / weight.sum())
        b = float(((weight * (off - mean_x) * (y - mean_y)).sum() + pull * slope)
                  / ((weight * (off - mean_x) ** 2).sum() + pull))
        a = mean_y - b * (mean_x + center)
    return a, b
