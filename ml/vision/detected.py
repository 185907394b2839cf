"""Packages that only a network has found: which of them belong to the fixture, and what they may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from core.compliance.reading import SHOWN_FROM
from core.planogram.planogram import Planogram
from ml.vision.features import Features, Pixels
from ml.vision.fronts import fronts_at, recognized
from ml.vision.photo import Photo
from ml.vision.resolve import OVERLAP, Rows, Spot, apart, overlaps, stands
from ml.vision.twins import Twins
from ml.vision.variants import weigh
from ml.vision.voting import Pose, Reals

SHORTEST, TALLEST, SHORTEST_OF_ALL = 0.5, 1.3, 0.8
"""Heights of a package that no packshot explains, of the lowest and of the highest one that is named, and of
the lowest one of the gallery, if that is less."""

CUT = 1.0
"""Pixels from the photo's side within which a package is taken to be cut by it."""

BEYOND = 0.15
"""Share of a package's width beyond the fixture's sides from which it stands on another one, where the plan
has nothing: it is seen past the post."""

UNPLANNED = 0.25
"""Odds that what only a network tells of is a package where the plan has nothing, beside where it has
something: what is put into free room is rarer than a corner of the shelf that looks like a package."""


class PackageDetector(Protocol):
    """A network that finds packages of any kind; see ``ml.vision.detector``."""

    @property
    def name(self) -> str:
        """The model and its version."""

    def detect(self, pixels: Pixels) -> Any:
        """Boxes (n, 4), kinds and confidence (n,) in (h, w, 3) RGB pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Detected:
    """A package of the fixture that a network has found, ``box`` (4,) in the working size. ``spot``: what it
    may be, None for a package that is like no product of its size; ``known``: the probability that it is one
    of those."""

    box: Reals
    kind: str
    confidence: float
    row: int
    spot: Spot | None = None
    known: float = 0.0


def free_of(
    detector: PackageDetector, photo: Photo, named: Reals, standing: Rows, pose: Pose,
    sides: tuple[float, float] | None, lowest: float,
) -> list[Detected]:
    """Packages that a detector sees where none is named: free of the (n, 4) ``named`` ones, on one of their
    rows, about as high as they are or as the ``lowest`` product of the gallery, and between the sides of the
    fixture, or where these are not known of all others."""
    found = detector.detect(photo.pixels)
    boxes, sure = np.asarray(found.boxes, float).reshape(-1, 4), np.asarray(found.confidence, float)
    if not len(named) or not len(boxes):
        return []
    covered = overlaps(np.vstack([named, boxes]), of_smaller=True)[len(named) :, : len(named)].max(axis=1)
    tall = boxes[:, 3]
    free = (sure >= SHOWN_FROM) & (covered <= OVERLAP)
    free &= tall > min(SHORTEST * named[:, 3].min(), SHORTEST_OF_ALL * lowest)
    free &= tall < TALLEST * named[:, 3].max()
    free &= stands(boxes, named, pose.turn)
    # What the photo's side cuts may be a package of the fixture beside.
    free &= (boxes[:, 0] > CUT) & (boxes[:, 0] + boxes[:, 2] < photo.pixels.shape[1] - CUT)
    across = boxes[:, 0] + boxes[:, 2] / 2
    first, last = sides or (named[:, 0].min(), (named[:, 0] + named[:, 2]).max())
    free &= (across > first) & (across < last)
    chosen = np.nonzero(free)[0]
    chosen = chosen[apart(boxes[chosen], sure[chosen])]
    bottom = boxes[:, 1] + boxes[:, 3]
    distance = np.abs(np.array([a + b * across - bottom for a, b in standing.lines]))
    return [Detected(boxes[i], found.kinds[i], float(sure[i]), int(distance[:, i].argmin())) for i in chosen]


def recognize(
    twins: Twins, photo: Photo, scene: Features, pose: Pose, one: Detected, odds: Mapping[int, float]
) -> Detected:
    """A package with what it may be by its pixels, and by the ``odds`` of products where it stands."""
    places = fronts_at(twins.index, photo, pose, one.box)
    known = recognized(twins.index, places, odds)
    if known < SHOWN_FROM:
        return one
    spot = Spot(places, weigh(twins.index, photo, scene, places, twins.light), one.confidence)
    return replace(one, spot=twins.told_apart(photo, spot), known=known)


def where_planned(
    one: Detected, inches: float | None, expected: Planogram | None, rows: int,
    sides: tuple[float, float] | None = None,
) -> float:
    """The confidence of a package that only a network tells of, less where the plan has no place, and none
    for one that reaches beyond the fixture's ``sides`` there."""
    if inches is None or expected is None or rows != len(expected.fixture.row_columns):
        return one.confidence
    if any(p.row == one.row and p.x_in <= inches < p.right_in for p in expected.positions):
        return one.confidence
    if sides is not None:
        left, width = float(one.box[0]), float(one.box[2])
        if max(sides[0] - left, left + width - sides[1]) > BEYOND * width:
            return 0.0
    odds = UNPLANNED * one.confidence / max(1 - one.confidence, 1e-6)
    return odds / (1 + odds)

