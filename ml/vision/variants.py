"""Which of several look-alike products stands at a place, by the print in which they differ.

The flavors of one brand share most of their art, and shared art says nothing. What counts is a piece of
print, with its color, that the photo has at about the place where one candidate has it and no other does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.vision.features import Features, Floats
from ml.vision.gallery import Index, View
from ml.vision.voting import Hypothesis, Ints, Reals

NEAR = 0.1
"""Distance within which a piece of print is looked for, of the root of the package's area: prints of one
design differ by that from one edition to the next."""

SAME, OTHER = 0.3, 0.45
"""Squared distances of unit vectors below which print is the same, and above which it is another one. Of
features matched at random in natural pictures 95 % lie above the second."""

TINT = 15.0
"""Difference of CIE Lab chroma, in units of ΔE, that weighs as much as a tenth of a squared distance."""

OCTAVES = 0.6
"""By how much print may differ in size."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What the print says at one place. For each of c candidates: ``explained``, the share of the photo's
    features there that it has too, and ``own``, how many it alone has. ``features``: how many there are."""

    explained: Reals
    own: Ints
    features: int


def cast(index: Index, scene: Features, sure: Sequence[Hypothesis]) -> Floats:
    """(4, 3) what the photo's light makes of the gallery's colors: Lab with a 1 appended, times this, is the
    photo's Lab. Reweighted least squares over the matches of ``sure`` hypotheses; unchanged without any."""
    if sum(h.count for h in sure) < 12:
        return np.eye(4, 3, dtype=np.float32)
    train = np.concatenate([h.train for h in sure])
    seen = scene.color[np.concatenate([h.inliers for h in sure])]
    color = np.column_stack([index.features.color[train], np.ones(len(train))])
    weight = np.ones((len(train), 1))
    # A weak pull to unchanged colors, for a gallery of one color.
    pull = np.diag([30.0, 30.0, 30.0, 1.0])
    for _ in range(5):
        terms = color.T @ (weight * color) + pull
        found = np.linalg.solve(terms, color.T @ (weight * seen) + pull @ np.eye(4, 3))
        weight = 1 / np.maximum(np.linalg.norm((color @ found - seen)[:, 1:], axis=1, keepdims=True), 3.0)
    return np.asarray(found, np.float32)


def weigh(
    index: Index, scene: Features, candidates: Sequence[Hypothesis], light: Floats,
) -> Evidence:
    """The evidence for candidates of one place, the likeliest first, whose box is looked at."""
    x, y, w, h = candidates[0].box
    inside = np.nonzero((scene.xy[:, 0] > x) & (scene.xy[:, 0] < x + w)
                        & (scene.xy[:, 1] > y) & (scene.xy[:, 1] < y + h))[0]
    if not len(inside):
        return Evidence(np.zeros(len(candidates)), np.zeros(len(candidates), np.intp), 0)
    near = np.stack([distances(scene.take(inside), index.views[c.view], c.matrix, light)
                     for c in candidates])
    others = np.stack([np.delete(near, i, axis=0).min(axis=0, initial=9.0) for i in range(len(near))])
    own = ((near < SAME) & (others > OTHER)).sum(axis=1)
    return Evidence((near < SAME).mean(axis=1), own.astype(np.intp), len(inside))


def distances(scene: Features, view: View, matrix: Reals, light: Floats) -> NDArray[np.float32]:
    """(n,) squared distance of each of n features of the photo to the most alike one of a view that stands
    near by, look and color together; 9 where none does."""
    own = view.features
    if not len(own):
        return np.full(len(scene), 9.0, np.float32)
    place = (own.xy @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
    growth = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    reach = NEAR * growth * float(np.sqrt(view.width * view.height))
    color = np.column_stack([own.color, np.ones(len(own), np.float32)]) @ light
    tint = squared(scene.color[:, 1:] / TINT, color[:, 1:] / TINT)
    look = 2 - 2 * (scene.vectors @ own.vectors.T) + 0.1 * np.minimum(tint, 4)
    size = np.abs(np.log2(scene.size)[:, None] - np.log2(own.size * growth)[None])
    far = (squared(scene.xy, place) > reach**2) | (size > OCTAVES)
    look[far] = 9.0
    return np.asarray(look.min(axis=1), np.float32)


def squared(a: Floats, b: Floats) -> Floats:
    """(n, m) squared distances of (n, d) and (m, d) points."""
    return np.asarray(((a[:, None] - b[None]) ** 2).sum(axis=2), np.float32)
