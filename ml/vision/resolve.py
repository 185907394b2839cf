"""From places where something may stand to packages that can stand together.

What decides is geometry: two packages are not in one place, the packages of one photo have about one scale,
and each stands on a shelf or on another package.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.compliance.reading import SHOWN_FROM, Box
from ml.vision.gallery import Index
from ml.vision.variants import Evidence
from ml.vision.voting import Hypothesis, Reals

SURE_FROM = 0.95
"""Probability from which a package's place needs no more reason, and is one for others."""

ONE_PLACE = 0.5
"""Intersection over union from which two boxes are one place."""

OVERLAP = 0.35
"""Share of the smaller box that two packages may both cover: by perspective, or where one is set back."""

CLEARLY = 3
"""Times the witnesses with which a package leaves no doubt which of two that overlap is there."""

TOUCH = 0.1
"""Height of the higher of two packages, by which one may seem to float over or to sink into what it lies on:
less than the board of a shelf with the hand's room above a package."""

PASSES = 0.3
"""Height of a package that lies above and below the edge of a shelf that would pass through a pile."""

RISE = 0.3
"""Height of a row's packages, by which one that is set back may stand higher in the photo. Shelves are
further apart than their packages are high."""


STANDING, FLOATING = 5.0, 0.1
"""Odds that a place is a package's, where it stands on a shelf or on a package, and where it does not: nearly
all packages stand, and of places at random one in five does so within ``STEP``."""

STEP = 0.15
"""Height of a package within which its foot is on the edge of its row. One that is pushed back seems to stand
higher, so above the edge twice as much is allowed."""

SUNK, BOARD, FEW = 0.2, 0.05, 3
"""Of a package's height, from its foot: from where no other shelf's edge passes through it; of the usual
distance of two shelves, the board that is between its top and the shelf above; and the least number of
packages that tell of a shelf."""

BASE, WITNESSES, EXPLAINED = 0.0, 0.6, 2.8
"""Logit that something stands at a place: for four witnesses that explain a tenth of its print, for each
e-fold more witnesses, and for each e-fold of the share. Fitted by logistic regression to 292 packages and 15
places without on six rendered shelves (plain, tilted, blurred, occluded), five real shelves of other goods
and a real one with another gallery; then brought to even odds, as on those 19 of 20 places are right."""

MANY, SPAN = 10, 0.25
"""Witnesses from which they need not be spread over the front, and the share of its width or height that
fewer have to span: in one corner they tell of a package behind, or of a mark that many packages bear."""


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """One place. ``candidates``: at most one a product, the most witnesses first; ``evidence`` for each;
    ``confidence``: the probability that a package stands there."""

    candidates: tuple[Hypothesis, ...]
    evidence: Evidence
    confidence: float = 0.0

    @property
    def best(self) -> Hypothesis:
        """The likeliest candidate."""
        return self.candidates[self.evidence.best]

    @property
    def box(self) -> Box:
        return self.best.box

    @property
    def explained(self) -> float:
        """How many features a package here accounts for."""
        return float(self.evidence.explained.max(initial=0.0)) * self.evidence.features


def believed(spot: Spot) -> float:
    """Probability that a package stands at a place, by its print, and by its colors where compared."""
    by_color = min(max(c.alike for c in spot.candidates), 0.999)
    count = max(c.count for c in spot.candidates)
    if not count:
        return by_color
    share = float(spot.evidence.explained.max(initial=0.0))
    logit = BASE + WITNESSES * np.log(count / 4) + EXPLAINED * np.log((share + 0.01) / 0.11)
    if by_color:
        logit += np.log(by_color / (1 - by_color))
    return float(1 / (1 + np.exp(-logit)))


def cornered(spot: Spot) -> bool:
    """Whether few witnesses in one corner are all that tells of a package."""
    best = spot.best
    return not best.alike and best.count < MANY and best.span < SPAN and believed(spot) < SURE_FROM


def settled(spots: Sequence[Spot], turn: float) -> tuple[list[Spot], Rows]:
    """The spots where packages stand together, each more likely than not, with their rows."""
    boxes = np.array([s.box for s in spots], float).reshape(-1, 4)
    kept = apart(boxes, np.array([s.explained for s in spots]))
    kept = kept[[not cornered(spots[i]) for i in kept]] if len(kept) else kept
    boxes = boxes[kept]
    by_print = np.array([believed(spots[i]) for i in kept])
    sure = by_print > SURE_FROM
    if sure.any():
        unseen = np.array([not spots[i].best.count for i in kept])
        passed = unseen & crossed(boxes, boxes[sure], turn)
        by_print, sure = np.where(passed, 0.0, by_print), sure & ~passed
    if sure.any():
        odds = by_print / (1 - by_print) * np.where(stands(boxes, boxes[sure], turn), STANDING, FLOATING)
        by_print = np.where(sure, by_print, odds / (1 + odds))
    chosen = by_print >= SHOWN_FROM
    result = [replace(spots[i], confidence=float(p))
              for i, p in zip(kept[chosen], by_print[chosen], strict=True)]
    return result, rows(boxes[chosen], turn)


def stands(boxes: Reals, others: Reals, turn: float) -> NDArray[np.bool_]:
    """(n,) whether (n, 4) boxes stand on the rows of (m, 4) other boxes, or lie on one of them."""
    found = rows(others, turn)
    middle, bottom = boxes[:, 0] + boxes[:, 2] / 2, boxes[:, 1] + boxes[:, 3]
    edges = np.array([a + b * middle for a, b in found.lines]).reshape(-1, len(boxes))
    sunk = (bottom - edges) / boxes[:, 3]
    on_shelf = ((sunk < STEP) & (sunk > -2 * STEP)).any(axis=0)
    top = others[:, 1]
    beside = np.minimum((boxes[:, 0] + boxes[:, 2])[:, None], (others[:, 0] + others[:, 2])[None]) \
        - np.maximum(boxes[:, 0][:, None], others[:, 0][None])
    higher = np.maximum(boxes[:, 3][:, None], others[:, 3][None])
    lies = (np.abs(bottom[:, None] - top[None]) < TOUCH * higher) \
        & (beside > 0.5 * np.minimum(boxes[:, 2][:, None], others[:, 2][None]))
    return np.asarray(on_shelf | lies.any(axis=1))


def crossed(boxes: Reals, others: Reals, turn: float) -> NDArray[np.bool_]:
    """(n,) whether the edge of a shelf passes through (n, 4) boxes, by the rows of (m, 4) other ones: of a
    row on which more stand than on the box's own. A rail with its price labels, as a blurred photo shows it,
    has the colors of some package."""
    found = rows(others, turn)
    count = np.bincount(found.row, minlength=len(found.lines))
    middle, bottom = boxes[:, 0] + boxes[:, 2] / 2, boxes[:, 1] + boxes[:, 3]
    edges = np.array([a + b * middle for a, b in found.lines]).reshape(-1, len(boxes))
    board = BOARD * float(np.median(np.diff(edges, axis=0))) if len(edges) > 1 else 0.0
    sunk = (bottom - edges) / boxes[:, 3]
    own = np.where(np.abs(sunk) < STEP, count[:, None], 0).max(axis=0, initial=FEW - 1)
    through = (sunk > SUNK) & (boxes[:, 1] < edges + board) & (count[:, None] > own)
    return np.asarray(through.any(axis=0))


def between(spots: Sequence[Spot], ends: tuple[float, float] | None) -> list[Spot]:
    """The spots without those that only colors tell of beyond a fixture's sides, where these are known."""
    if ends is None:
        return list(spots)
    return [s for s in spots if s.best.count or ends[0] < s.box[0] + s.box[2] / 2 < ends[1]]


def in_company(spots: Sequence[Spot], turn: float) -> list[Spot]:
    """The spots without those that only colors tell of and that are the only ones of their row: a patch of
    color behind a shelf looks like a package now and then, but hardly two on one level."""
    row = rows(np.array([s.box for s in spots], float).reshape(-1, 4), turn).row
    alone = np.bincount(row)[row] == 1 if len(row) else np.zeros(0, bool)
    return [s for s, lone in zip(spots, alone, strict=True) if s.best.count or not lone]


def of_fixture(spots: Sequence[Spot], turn: float, wanted: int | None) -> list[Spot]:
    """The spots without rows above and below the fixture of which only colors tell, where there are more rows
    than ``wanted``: of the uppermost and the lowest the one with fewer, as often as there are too many."""
    left = list(spots)
    while wanted is not None and left:
        row = rows(np.array([s.box for s in left], float).reshape(-1, 4), turn).row
        last = int(row.max())
        printed = {int(at) for s, at in zip(left, row, strict=True) if s.best.count}
        outer = [r for r in (0, last) if r not in printed]
        if last < wanted or not outer:
            break
        gone = min(outer, key=lambda r: int((row == r).sum()))
        left = [s for s, at in zip(left, row, strict=True) if at != gone]
    return left


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


def uncovered(found: Sequence[tuple[Hypothesis, ...]]) -> list[tuple[Hypothesis, ...]]:
    """Places, the clearest first, without those that a place with ``CLEARLY`` times the witnesses covers:
    they could not stay, and need not be weighed."""
    if not found:
        return []
    count = np.array([place[0].count for place in found])
    over = overlaps(np.array([place[0].box for place in found]), of_smaller=True) > OVERLAP
    lost = (over & (count[None] >= CLEARLY * count[:, None])).any(axis=1)
    return [place for place, gone in zip(found, lost, strict=True) if not gone]


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
    foot = np.arange(len(boxes))
    for i in np.argsort(-level):
        if below[i] >= 0:
            row[i], foot[i] = row[below[i]], foot[below[i]]
    row, hangs = hanging(boxes, level, row, foot)
    standing = standing[~hangs[standing]]
    count = int(row.max()) + 1
    lines = tuple(line(middle[s], bottom[s], np.tan(turn))
                  for s in (standing[row[standing] == r] for r in range(count)))
    return Rows(row, lines)


def hanging(
    boxes: Reals, level: Reals, row: NDArray[np.intp], foot: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """The (n,) ``row`` of (n, 4) boxes that stand at ``level``, and which of them hang in the air: what lies
    on packages that were not found, behind a sign for one, seems to stand on a shelf of its own. No shelf
    passes through packages or piles of the row below (``foot``: the lowest of each pile), so there is none
    where half as many packages, or as many piles, are passed as packages stand."""
    own = foot == np.arange(len(boxes))
    alone = level - boxes[:, 3]
    top = alone.copy()
    np.minimum.at(top, foot, alone)
    row, hangs = row.copy(), np.zeros(len(boxes), bool)
    for r in range(int(row.max()) - 1, -1, -1):
        here = own & (row == r)
        edge = float(np.median(level[here]))
        room = PASSES * np.minimum(boxes[:, 3], np.median(boxes[here, 3]))
        below = own & (row == r + 1) & ~hangs & (level > edge + room)
        piles, single = ((below & (high < edge - room)).sum() for high in (top, alone))
        if piles >= max(2, here.sum()) or single >= max(2, here.sum() / 2):
            hangs |= here
            row[row == r] = r + 1
    return np.unique(row, return_inverse=True)[1].astype(np.intp), hangs


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
