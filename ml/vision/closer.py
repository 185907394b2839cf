"""A second look, with all the detail that the photo has, where few witnesses tell of a package.

Small packages and narrow sides have only small print, which is not seen at the working size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ml.vision.features import Features, extract
from ml.vision.gallery import Index
from ml.vision.photo import Photo
from ml.vision.variants import OCTAVES, squared
from ml.vision.voting import LEAST, Hypothesis, Pose, box_of, fitted, stands

FEW = 20
"""Witnesses below which a place is looked at again."""

MORE = 1.3
"""Detail over the working size from which a second look shows more."""

AROUND = 0.1
"""Margin around the box, of its sides: what few witnesses tell is rough."""

CLEARER = 0.64
"""Squared distance of the best match, of that of the second best elsewhere on the front (Lowe's 0.8)."""

ELSEWHERE = 0.05
"""Root of the front's area within which two features of a view are the same print."""


def closer(
    index: Index, photo: Photo, place: Sequence[Hypothesis], pose: Pose,
) -> tuple[Features, tuple[Hypothesis, ...]] | None:
    """Features of a place at full detail, in pixels of the working size, and its hypotheses fitted to them,
    the most witnesses first; None where there is nothing more to see, or less."""
    zoom = photo.detail_scale / photo.scale
    if zoom < MORE or place[0].count >= FEW:
        return None
    scene = detail(photo, place, zoom)
    found = [h for h in (refitted(index, scene, h, pose) for h in place) if h is not None]
    if not found or max(h.count for h in found) <= place[0].count:
        return None
    return scene, tuple(sorted(found, key=lambda h: -h.count))


def detail(photo: Photo, place: Sequence[Hypothesis], zoom: float) -> Features:
    """Features around the boxes of a place at full detail, in pixels of the working size."""
    boxes = np.array([h.box for h in place])
    low = (boxes[:, :2] - AROUND * boxes[:, 2:]).min(axis=0)
    high = (boxes[:, :2] + (1 + AROUND) * boxes[:, 2:]).max(axis=0)
    start = np.maximum(np.floor(low * zoom), 0).astype(int)
    end = np.ceil(high * zoom).astype(int)
    part = photo.detail[start[1] : max(end[1], 0), start[0] : max(end[0], 0)]
    if min(part.shape[:2]) < 8:
        return extract(np.zeros((8, 8, 3), np.uint8))
    found = extract(np.ascontiguousarray(part))
    xy = ((found.xy + start) / zoom).astype(np.float32)
    return replace(found, xy=xy, size=found.size / np.float32(zoom))


def refitted(index: Index, scene: Features, first: Hypothesis, pose: Pose) -> Hypothesis | None:
    """A hypothesis fitted anew to features at full detail; None where too few agree."""
    view = index.views[first.view]
    own = view.features
    if len(own) < LEAST or len(scene) < LEAST:
        return None
    extent = np.array([view.width, view.height], float)
    growth = float(np.sqrt(abs(np.linalg.det(first.matrix[:, :2]))))
    root = float(np.sqrt(extent.prod()))
    look = 2 - 2 * (scene.vectors @ own.vectors.T)
    best = look.argmin(axis=1)
    apart = squared(own.xy, own.xy) > (ELSEWHERE * root) ** 2
    second = np.where(apart[best], look, np.inf).min(axis=1)
    clear = look[np.arange(len(best)), best] < CLEARER * second
    place = own.xy[best] @ first.matrix[:, :2].T + first.matrix[:, 2]
    near = np.linalg.norm(place - scene.xy, axis=1) < 1.5 * AROUND * growth * root
    size = np.abs(np.log2(scene.size / (own.size[best] * growth))) < OCTAVES
    chosen = np.nonzero(clear & near & size)[0]
    if len(chosen) < LEAST:
        return None
    source, target = own.xy[best[chosen]].astype(float), scene.xy[chosen].astype(float)
    matrix, agree = fitted(source, target, first.matrix, extent)
    if len(agree) < LEAST or not stands(matrix, pose.turn, float(pose.scale[first.view])):
        return None
    span = float((np.ptp(source[agree], axis=0) / extent).max())
    return Hypothesis(first.view, matrix, chosen[agree], index_of(index, first.view) + best[chosen[agree]],
                      box_of(matrix, extent), span)


def index_of(index: Index, view: int) -> int:
    """The first of a view's features among the gallery's."""
    return int(np.searchsorted(index.owner, view))
