"""The edges on which packages stand, from the top shelf to the bottom one.

A shelf's front shows as long level lines stacked closely, where the photo changes little along the shelf and
no upright line passes. Packages, where they are known already, tell more: they stand on edges, and no edge
passes through them. All this is summed by height in the straightened photo, and the heights that together
have the most evidence are chosen.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.compliance.reading import Box, Problem
from ml.vision.perspective import Floats, Perspective, perspective, straighten
from ml.vision.photo import Photo

Polyline = tuple[tuple[float, float], ...]

BINS, COLUMNS, BLOCKS = 400, 96, 6
"""Heights and places along the shelf at which evidence is counted; blocks of places that may be another
fixture's: only the better half of them counts."""

STRIP = round(0.02 * BINS)
"""Height of a shelf's front with its shadow."""

APART = round(0.05 * BINS)
"""Least distance of two shelves."""

STACKED = 3
"""Lines one above another from which a shelf's front is certain: its upper and lower edge, and its shadow."""

ENOUGH, ENOUGH_WITH_BOXES, ENOUGH_EMPTY = 0.45, 0.3, 0.35
"""Evidence from which a height is a shelf, of that of the clearest ones: by the picture alone, where packages
are known, and of an empty shelf among them by the picture alone. The first was chosen on 24 rendered photos,
where the second may be anything from 0.2 to 0.45."""

PICTURE_SHARE = 0.4
"""Weight of what the picture shows of an edge, where packages are known; theirs is the rest."""

EXPECTED_HELP = 0.06
"""Evidence that one edge may lack, or have too much, for the number of rows to come out as expected."""

MOST_ROWS = 24


def shelves(
    photo: Photo, boxes: Floats | Sequence[Box] = (), expected: int | None = None,
    view: Perspective | None = None,
) -> tuple[Polyline, ...]:
    """For each row from the top the edge on which it stands, as points from left to right in the photo's
    pixels. ``boxes`` (n, 4) of packages, where they are known already, and the ``expected`` number of rows
    help. Empty for a photo without shelves."""
    view = perspective(photo) if view is None else view
    if not len(view.found):
        return ()
    profile = picture_evidence(photo, view)
    enough = ENOUGH
    standing = view.boxes_straight(boxes)
    if len(standing):
        profile, enough = with_packages(profile, standing, view), ENOUGH_WITH_BOXES
    heights = (chosen(profile - enough, expected) + 0.5) / BINS * view.height
    found_lines = (level_line(photo, view, y) for y in heights)
    return tuple(line for line in found_lines if 0 < line[2][1] <= photo.height)


def picture_evidence(photo: Photo, view: Perspective) -> Floats:
    """(BINS,) how much a height of the straightened photo looks like a shelf's upper edge, 0 to about 1, by
    its own lines, by its evenness along the shelf and by uprights that end there."""
    fronts, clearest = front_lines(view), clearest_front(view)
    if clearest <= 0.02:
        return np.zeros(BINS)
    even = 0.4 + 0.6 * spread(evenness(photo, view), 7)
    free = 0.25 + 0.75 * free_of_uprights(view)
    return np.asarray(fronts / clearest * even * free, float)


def clearest_front(view: Perspective) -> float:
    """How complete the clearest lines of shelf fronts are, 0 to 1."""
    return float(np.sort(front_lines(view))[-APART:].mean())


def front_lines(view: Perspective) -> Floats:
    """(BINS,) share of the width in which level lines are stacked in the strip below a height."""
    import cv2

    start, end = straight_lines(view)
    step = np.abs(end - start)
    start, end = (points[step[:, 1] < 0.02 * step[:, 0]] for points in (start, end))
    row = ((start[:, 1] + end[:, 1]) / 2 / view.height * BINS).astype(int).clip(0, BINS - 1)
    left, right = (np.rint(which(start[:, 0], end[:, 0]) / view.width * COLUMNS).astype(int).clip(0, COLUMNS)
                   for which in (np.minimum, np.maximum))
    change = np.zeros((BINS, COLUMNS + 1), np.float32)
    np.add.at(change, (row, left), 1)
    np.add.at(change, (row, right), -1)
    covered = (change.cumsum(1)[:, :COLUMNS] > 0).astype(np.float32)
    stacked = cv2.boxFilter(covered, -1, (1, STRIP), anchor=(-1, 0), normalize=False,
                            borderType=cv2.BORDER_CONSTANT)
    blocks = np.minimum(stacked, STACKED).reshape(BINS, BLOCKS, -1).mean(2) / STACKED
    return np.asarray(np.sort(blocks, axis=1)[:, BLOCKS // 2:].mean(1), float)


def evenness(photo: Photo, view: Perspective) -> Floats:
    """(BINS,) how much less the colors differ along a height than along those around it, 0 to 1."""
    import cv2

    straight, _ = straighten(photo, view, 2 * BINS)
    lab = cv2.GaussianBlur(np.asarray(cv2.cvtColor(straight, cv2.COLOR_RGB2LAB), np.float32), (1, 5), 0)
    differ = np.median(np.abs(lab - np.median(lab, 1, keepdims=True)), 1).sum(1)
    around = spread(differ, round(0.06 * len(differ)) | 1)
    even = ((around - differ) / (around + 5)).astype(np.float32)
    return np.asarray(cv2.resize(even[:, None], (1, BINS), interpolation=cv2.INTER_AREA)[:, 0], float)


def straight_lines(view: Perspective) -> tuple[Floats, Floats]:
    """(n, 2) where the photo's lines start and end, straightened."""
    return view.straight(view.found[:, :2]), view.straight(view.found[:, 2:])


def free_of_uprights(view: Perspective) -> Floats:
    """(BINS,) 1 where no upright line passes the strip below a height, 0 where as many as anywhere near."""
    import cv2

    start, end = straight_lines(view)
    step = np.abs(end - start)
    upright = step[:, 0] < 0.08 * step[:, 1]
    top, bottom = (which(start[upright, 1], end[upright, 1]) / view.height * BINS
                   for which in (np.minimum, np.maximum))
    inset = 0.1 * (bottom - top)
    at = np.arange(BINS)[:, None]
    passing = ((at > top + inset) & (at < bottom - inset)).sum(1).astype(np.float32)
    passing = np.asarray(cv2.boxFilter(passing[:, None], -1, (1, STRIP), anchor=(-1, 0))[:, 0])
    return np.asarray(1 - passing / np.maximum(spread(passing, 49), 3), float)


def with_packages(profile: Floats, standing: Floats, view: Perspective) -> Floats:
    """(BINS,) evidence with (n, 4) straightened boxes of packages: much where many stand, none where the
    strip below is covered by packages."""
    top = standing[:, 1] / view.height * BINS
    bottom = (standing[:, 1] + standing[:, 3]) / view.height * BINS
    wide, tall = standing[:, 2] / view.width, bottom - top
    inside = (bottom > 0) & (bottom < BINS)
    ends = np.bincount(bottom[inside].astype(int), wide[inside], BINS)
    reach = np.exp(-0.5 * (np.arange(-10, 11) / 2.5) ** 2)
    stand = np.minimum(np.convolve(ends, reach, "same"), 1.0)
    clearest = float(np.sort(stand)[-APART:].mean())
    at = np.arange(BINS)[:, None] + 0.5
    covered = (((at + STRIP / 2 > top + 0.04 * tall) & (at < bottom - 0.12 * tall)) * wide).sum(1)
    # Beyond the packages, lines are more likely the ceiling's or the floor's than an empty shelf's.
    between = (at[:, 0] > np.quantile(top, 0.02)) & (at[:, 0] < np.quantile(bottom, 0.98) + STRIP)
    seen = profile * np.where(between, 1.0, 0.7)
    both = PICTURE_SHARE * seen + (1 - PICTURE_SHARE) * stand / max(clearest, 1e-6)
    # Where a package's height above a line holds no package, a shelf may be empty: the picture alone tells.
    above = ((bottom > at - np.median(tall)) & (top < at)).any(1)
    alone = np.where(between & ~above, ENOUGH_WITH_BOXES / ENOUGH_EMPTY * profile, 0.0)
    return np.asarray(np.maximum(both, alone) - np.minimum(covered, 1.0), float)


def spread(values: Floats, size: int) -> Floats:
    """(n,) the largest value within ``size`` around each."""
    import cv2

    column = np.asarray(values, np.float32)[:, None]
    return np.asarray(cv2.dilate(column, np.ones((size, 1), np.uint8))[:, 0], float)


def chosen(gain: Floats, expected: int | None = None) -> NDArray[np.int64]:
    """(k,) the places, at least ``APART`` apart, with the largest sum of ``gain`` (BINS,), from the first
    on: dynamic programming over how many. Those as many as ``expected`` have a small advantage."""
    best = [np.zeros(BINS + 1)]
    while len(best) <= MOST_ROWS:
        before = np.concatenate([np.full(APART - 1, best[-1][0]), best[-1]])[:BINS]
        best.append(np.concatenate([[-np.inf], np.maximum.accumulate(before + gain)]))
    totals = np.array([sums[-1] for sums in best])
    if expected is not None and expected < len(totals):
        totals[expected] += EXPECTED_HELP
    places, end = [], BINS
    for sums in best[int(np.argmax(totals)):0:-1]:
        after = int(np.argmax(sums[: end + 1] >= sums[end]))
        places.append(after - 1)
        end = max(0, after - APART)
    return np.array(places[::-1], np.int64)


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
