"""One answer of several looks at a photo: boxes that overlap are one package, and looks vote on it.

Weighted boxes fusion (Solovyev, Wang and Gabruseva 2021): a package's box is the mean of what the looks say,
weighed by their scores, and its score is the mean over all looks; one that does not see it counts as 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SAME_PACKAGE = 0.5
"""Two boxes that overlap by more than this (IoU) show one package."""


class Boxes(NamedTuple):
    """``corners`` (n, 4): x0, y0, x1, y1; ``kinds`` (n,): their numbers; ``score`` (n,): the best first."""

    corners: Floats
    kinds: NDArray[np.int_]
    score: Floats


def merged(looks: Sequence[Boxes], kinds: int) -> Boxes:
    """What several looks at one picture say together. ``kinds``: how many there are."""
    if len(looks) == 1:
        return looks[0]
    every = [np.concatenate(parts) for parts in zip(*looks, strict=True)]
    order = np.argsort(-every[2], kind="stable")
    corners, kind, score = (part[order] for part in every)
    look = np.repeat(np.arange(len(looks)), [len(one.score) for one in looks])[order]
    kept = without_doubles(corners, SAME_PACKAGE)
    if not len(kept):
        return looks[0]
    overlap = iou(corners[kept], corners)
    package, belongs = overlap.argmax(axis=0), overlap.max(axis=0) > SAME_PACKAGE
    package, corners, kind, score, look = (
        part[belongs] for part in (package, corners, kind, score, look)
    )
    heard = np.zeros((len(kept), len(looks)))
    np.maximum.at(heard, (package, look), score)
    place, weight, votes = np.zeros((len(kept), 4)), np.zeros((len(kept), 1)), np.zeros((len(kept), kinds))
    np.add.at(place, package, corners * score[:, None])
    np.add.at(weight, package, score[:, None])
    np.add.at(votes, (package, kind), score)
    mean = heard.mean(axis=1)
    best = np.argsort(-mean, kind="stable")
    return Boxes(
        (place / weight)[best].astype(np.float32), votes.argmax(axis=1)[best], mean[best].astype(np.float32)
    )


def without_doubles(corners: Floats, most: float) -> NDArray[np.int_]:
    """Indices of the boxes (n, 4: x0, y0, x1, y1; the best first) that no better one overlaps by more than
    ``most`` (IoU): greedy suppression."""
    if not len(corners):
        return np.zeros(0, np.int_)
    overlap = iou(corners, corners)
    kept: list[int] = []
    free = np.ones(len(corners), bool)
    for i in range(len(corners)):
        if free[i]:
            kept.append(i)
            free &= overlap[i] <= most
    return np.array(kept, np.int_)


def iou(a: Floats, b: Floats) -> Floats:
    """Intersection over union of each of (n, 4) with each of (m, 4) boxes by corners, (n, m)."""
    first = np.maximum(a[:, None, :2], b[None, :, :2])
    last = np.minimum(a[:, None, 2:], b[None, :, 2:])
    both = (last - first).clip(0).prod(axis=2)
    areas = (a[:, 2:] - a[:, :2]).prod(axis=1)[:, None] + (b[:, 2:] - b[:, :2]).prod(axis=1)[None]
    return np.asarray(both / np.maximum(areas - both, 1e-9), np.float32)
