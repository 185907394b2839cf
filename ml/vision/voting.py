"""Where each view of the gallery may stand in a photo, by features that vote for its place.

Every feature of the photo that looks like one of a view tells where that package would be, how large and how
turned (the generalized Hough transform; Lowe 2004, 7.3). Packages of one shelf are seen from about one
distance and stand upright: so the votes of all products together tell the pixels an inch and the turn of the
photo, and only votes that agree with those are heard. Votes for one place are then fitted by an affine map.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.vision.features import Features
from ml.vision.gallery import Index

Ints = NDArray[np.intp]
Reals = NDArray[np.float64]

NEIGHBORS = 6
"""Views that may share a piece of art before it says nothing any more: variants of one brand share most."""

NOVELTY = 0.9
"""A neighbor counts where its squared distance is below this share of that of the first one beyond them,
which stands for chance (local naive-Bayes nearest neighbor; McCann and Lowe 2012)."""

LEAN = np.radians(20)
"""How far a package may be turned against the others and still stand."""

SCALE_SPREAD = 0.5
"""Octaves by which sizes may differ from the photo's pixels an inch: perspective, a set-back package, and
inches that are measured by hand."""

LEAST = 4
"""Votes of one place: three fix an affine map, so the fourth is the first that can agree with it."""

SLACK = 0.03
"""Distance of a vote that agrees with the fit, of the root of the package's area: bags have wrinkles."""


@dataclass(frozen=True, slots=True, eq=False)
class Votes:
    """m votes: ``scene`` and ``train`` are features of the photo and of the gallery, ``view`` their views,
    ``turn`` radians, ``growth`` the base-2 logarithm of photo pixels a view's pixel."""

    scene: Ints
    train: Ints
    view: Ints
    turn: Reals
    growth: Reals

    def take(self, which: Ints | NDArray[np.bool_]) -> Votes:
        return Votes(self.scene[which], self.train[which], self.view[which], self.turn[which],
                     self.growth[which])


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """How packages are seen: ``turn`` in radians, and (v,) ``scale``, photo pixels a pixel of each view."""

    turn: float
    scale: Reals


@dataclass(frozen=True, slots=True, eq=False)
class Hypothesis:
    """A view that may stand at a place. ``matrix`` (2, 3) takes its pixels to the photo's; ``inliers`` are
    features of the photo that agree; ``span``: over which share of its width or height they lie. ``match``:
    correlation of its colors with the photo's, ``alike``: the probability that follows from that (see
    ``ml.vision.templates``); 0 where they were not compared."""

    view: int
    matrix: Reals
    inliers: Ints
    train: Ints
    box: tuple[float, float, float, float]
    span: float = 1.0
    alike: float = 0.0
    match: float = 0.0

    @property
    def count(self) -> int:
        return len(self.inliers)


def vote(index: Index, scene: Features) -> Votes:
    """All votes of a photo's features."""
    near, distance = index.nearest(scene.vectors, NEIGHBORS + 1)
    if near.shape[1] < 2:
        none = np.zeros(0, np.intp)
        return Votes(none, none, none, np.zeros(0), np.zeros(0))
    at, rank = np.nonzero(distance[:, :-1] < NOVELTY * distance[:, -1:])
    train = near[at, rank]
    turn = scene.angle[at].astype(float) - index.features.angle[train]
    growth = np.log2(scene.size[at].astype(float) / index.features.size[train])
    return Votes(at, train, index.owner[train], (turn + np.pi) % (2 * np.pi) - np.pi, growth)


def common_pose(index: Index, votes: Votes) -> Pose | None:
    """What most votes agree in; None without votes. Views with inches share one scale; one without has its
    own, from its own votes."""
    if not len(votes.scene):
        return None
    turn = peak(votes.turn, np.radians(2.5))
    upright = np.abs(votes.turn - turn) < LEAN
    per_inch = np.array([np.nan if v.per_inch is None else v.per_inch for v in index.views])
    known = np.isfinite(per_inch)[votes.view] & upright
    shared = peak(votes.growth[known] + np.log2(per_inch[votes.view[known]]), 0.1) if known.any() else np.nan
    scale = 2.0**shared / per_inch
    for view in np.nonzero(~np.isfinite(scale))[0]:
        own = votes.growth[(votes.view == view) & upright]
        scale[view] = 2.0 ** peak(own, 0.1) if len(own) else 1.0
    return Pose(float(turn), scale)


def peak(values: Reals, width: float) -> float:
    """The median of the values around the fullest bin of ``width``, smoothed over its neighbors."""
    low = values.min()
    count = np.bincount(((values - low) / width).astype(int))
    smooth = np.convolve(count, [1, 2, 1], "same")
    middle = low + (smooth.argmax() + 0.5) * width
    return float(np.median(values[np.abs(values - middle) <= 1.5 * width]))


def agreeing(votes: Votes, pose: Pose) -> Votes:
    """The votes that are upright and of about the size of the others."""
    size_ok = np.abs(votes.growth - np.log2(pose.scale[votes.view])) < SCALE_SPREAD
    return votes.take(size_ok & (np.abs(votes.turn - pose.turn) < LEAN))


def hypotheses(index: Index, scene: Features, votes: Votes, pose: Pose) -> list[Hypothesis]:
    """Places where at least ``LEAST`` votes agree on a view, upright and of about the size of the others."""
    votes = agreeing(votes, pose)
    found = []
    for view in np.unique(votes.view):
        own = votes.take(votes.view == view)
        if len(own.scene) >= LEAST:
            found += of_view(index, scene, own, pose, int(view))
    return found


def of_view(index: Index, scene: Features, votes: Votes, pose: Pose, view: int) -> list[Hypothesis]:
    """Places of one view, whose votes these are."""
    shown, scale = index.views[view], float(pose.scale[view])
    extent = np.array([shown.width, shown.height], float)
    source = index.features.xy[votes.train].astype(float)
    target = scene.xy[votes.scene].astype(float)
    start = scale * rotation(pose.turn)
    centers = target + (extent / 2 - source) @ start.T
    result = []
    for center in crowded(centers, extent * scale):
        near = np.linalg.norm(centers - center, axis=1) < 0.3 * scale * extent.min()
        if near.sum() < LEAST:
            continue
        matrix = np.column_stack([start, np.median(centers[near], axis=0) - start @ (extent / 2)])
        matrix, agree = fitted(source[near], target[near], matrix, extent)
        where = np.nonzero(near)[0][agree]
        # One feature of the photo is one witness, even where it looks like several of the view's.
        _, first = np.unique(votes.scene[where], return_index=True)
        where = where[first]
        if len(where) >= LEAST and stands(matrix, pose.turn, scale):
            span = np.ptp(index.features.xy[votes.train[where]], axis=0) / extent
            result.append(Hypothesis(view, matrix, votes.scene[where], votes.train[where],
                                     box_of(matrix, extent), float(span.max())))
    return result


def crowded(centers: Reals, extent: Reals) -> Reals:
    """(k, 2) places around which (m, 2) centers crowd, at least half an ``extent`` from one another."""
    import cv2

    cell = extent.min() / 10
    low = centers.min(axis=0) - 3 * cell
    at = ((centers - low) / cell).astype(int)
    grid = np.zeros(at.max(axis=0)[::-1] + 4, np.float32)
    np.add.at(grid, (at[:, 1], at[:, 0]), 1)
    # Summed over a disk of about two cells, the error of a center that is told by one feature.
    smooth = cv2.GaussianBlur(grid, (0, 0), 1.0, borderType=cv2.BORDER_CONSTANT) * np.float32(4 * np.pi)
    reach = np.maximum(1, (0.25 * extent / cell).astype(int))
    highest = cv2.dilate(smooth, np.ones((2 * reach[1] + 1, 2 * reach[0] + 1), np.uint8))
    y, x = np.nonzero((smooth >= highest) & (smooth > LEAST))
    return np.asarray(np.column_stack([x, y]) + 0.5, float) * cell + low


def fitted(source: Reals, target: Reals, matrix: Reals, extent: Reals) -> tuple[Reals, Ints]:
    """The affine map (2, 3) from (n, 2) to (n, 2) points that the most agree with, and which do.

    Iteratively reweighted least squares with Tukey's weights, from coarse to fine; the corners of the package
    as the first map has them weigh as much as two matches, so that a few cannot shear it.
    """
    corners = np.array([[0, 0], [1, 0], [0, 1], [1, 1]]) * extent
    held = np.column_stack([corners, np.ones(4)])
    points = np.column_stack([source, np.ones(len(source))])
    unit = float(np.sqrt(abs(np.linalg.det(matrix[:, :2])) * extent.prod()))
    first = held @ matrix.T
    for slack in (0.25, 0.15, 0.1, 0.07, 0.05, 0.05):
        miss = np.linalg.norm(points @ matrix.T - target, axis=1) / (slack * unit)
        weight = np.clip(1 - miss**2, 0, None) ** 2
        terms, goal = np.vstack([points, held]), np.vstack([target, first])
        weight = np.concatenate([weight, np.full(4, 0.5)])[:, None]
        matrix = np.linalg.solve(terms.T @ (weight * terms), terms.T @ (weight * goal)).T
    miss = np.linalg.norm(points @ matrix.T - target, axis=1)
    return matrix, np.nonzero(miss < SLACK * unit)[0]


def stands(matrix: Reals, turn: float, scale: float) -> bool:
    """Whether a package mapped so stands as the others do: upright, hardly sheared and of their size. A
    package that is turned by 45° has 0.7 of its width."""
    linear = rotation(-turn) @ matrix[:, :2] / scale
    across, down = np.linalg.norm(linear, axis=0)
    if np.linalg.det(linear) <= 0 or not (0.6 < across < 1.5 and 0.65 < down < 1.5):
        return False
    shear = linear[:, 0] @ linear[:, 1] / (across * down)
    lean = np.arctan2(linear[1, 0], linear[0, 0])
    return bool(abs(shear) < 0.35 and abs(lean) < LEAN)


def rotation(turn: float) -> Reals:
    """(2, 2) of a turn in radians."""
    return np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])


def box_of(matrix: Reals, extent: Reals) -> tuple[float, float, float, float]:
    """The box (x, y, w, h) around a mapped package: through the middles of its sides, which keeps its size
    where it leans."""
    middles = np.array([[0, 0.5], [1, 0.5], [0.5, 0], [0.5, 1]]) * extent
    left, right, top, bottom = middles @ matrix[:, :2].T + matrix[:, 2]
    return (float(left[0]), float(top[1]), float(right[0] - left[0]), float(bottom[1] - top[1]))
