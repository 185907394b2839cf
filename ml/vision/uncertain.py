"""Packages that print alone does not tell of: small, plain, or blurred ones, seen by their colors too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ml.vision.features import Features, Floats
from ml.vision.gallery import Index
from ml.vision.photo import Photo
from ml.vision.resolve import ONE_PLACE, SURE_FROM, Spot, overlaps, stands
from ml.vision.templates import seen_by_color
from ml.vision.variants import thumbnails, unlike, weigh
from ml.vision.voting import Hypothesis, Pose

LEAST = 0.15
"""Probability by color from which a place can be a package's, where it stands on a shelf and no print tells
of it."""

OTHER_COLOR, PER_DE = 9.0, 0.5
"""Difference of color, ΔE, from which a place is less likely a package's, and by how much its logit falls
for each ΔE beyond: correlation knows patterns, not colors. On two rendered photos true places differed by
less, and what was none by 12 and more."""


def also_by_color(
    index: Index, photo: Photo, scene: Features, pose: Pose, weighed: Sequence[Spot], kept: Sequence[Spot],
    light: Floats,
) -> list[Spot]:
    """Places apart from the ``kept`` ones where colors tell of a package, together with what print told of
    it, among all spots that were ``weighed``."""
    known = np.array([s.box for s in kept], float).reshape(-1, 4)
    found = seen_by_color(index, photo, pose, known)
    if not found:
        return []
    boxes = np.array([place[0].box for place in found])
    sure = boxes[[place[0].alike >= SURE_FROM for place in found]]
    # In a blurred photo print tells of too few to know all rows, or in which light their colors are seen.
    by_print = len(kept) > len(sure)
    others = known if by_print else np.vstack([known, sure])
    can_stand = stands(boxes, others, pose.turn) if len(others) else np.ones(len(found), bool)
    result = []
    for place, is_standing in zip(found, can_stand, strict=True):
        told = printed(index, weighed, place)
        if told is not None:
            result.append(told)
        elif is_standing and place[0].alike >= LEAST:
            result.append(Spot(place, weigh(index, photo, scene, place, light)))
    return [colored(index, photo, spot, light) for spot in result] if by_print else result


def printed(index: Index, weighed: Sequence[Spot], place: Sequence[Hypothesis]) -> Spot | None:
    """The spot at a place where print tells of the product that its colors are most alike to, with both."""
    best = place[0]
    boxes = np.array([best.box, *(s.box for s in weighed)])
    for n in np.flatnonzero(overlaps(boxes)[0, 1:] > ONE_PLACE):
        spot = weighed[int(n)]
        if index.views[spot.best.view].product == index.views[best.view].product:
            both = tuple(replace(c, alike=best.alike, match=best.match) for c in spot.candidates)
            return replace(spot, candidates=both)
    return None


def colored(index: Index, photo: Photo, spot: Spot, light: Floats) -> Spot:
    """A spot whose probability by color counts in how much its colors differ from its packshot's in the light
    of the photo."""
    crop, shown = thumbnails(index, photo, spot.candidates, light)
    differ = float(unlike(crop, shown[spot.evidence.best]).mean())
    lost = PER_DE * max(0.0, differ - OTHER_COLOR)
    return replace(spot, candidates=tuple(replace(c, alike=less(c.alike, lost)) for c in spot.candidates))


def less(chance: float, lost: float) -> float:
    """A probability whose logit has ``lost`` so much."""
    return float(chance / (chance + (1 - chance) * np.exp(lost)))
