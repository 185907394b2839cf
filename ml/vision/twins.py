"""Which of several near twins a package is, by the pixels in which their pictures differ.

The flavors of one brand share all but a word, a color and a picture. So each two candidates are compared
only where they differ: which of them correlates more with the photo there, in lightness, as colors are told
by ``ml.vision.variants.tints``. Correlation knows neither the gain nor the offset that light and exposure
make, and what the two share cancels, blur and noise included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ml.vision.features import Floats
from ml.vision.gallery import Index
from ml.vision.photo import Photo
from ml.vision.resolve import Spot
from ml.vision.variants import relit, small_lab
from ml.vision.voting import Hypothesis, Ints, Reals

SIDE = 112.0
"""Root of the area, in pixels, at which fronts are compared at most: a flavor's word is five pixels high."""

LAB = np.array([0.5, 1.0, 1.0], np.float32)
"""Weights of Lab: shade and gloss change lightness."""

EVEN = 0.8
"""Blur, in pixels, of photo and pictures alike: what is finer than that, print and noise do not share."""

DIFFER = 8.0
"""ΔE from which two pictures differ in a pixel."""

FEWEST = 6
"""Pixels in which two pictures differ, below which nothing is compared."""

MOST_DIFFER = 0.2
"""Share of a front in which two pictures may differ to be compared so. Where they differ in more, print tells
enough, and does so wherever an edition has moved it; pictures laid over one another do not: three packages of
a real shelf, with two thirds of the front another, correlated more with a sibling's older picture."""

AROUND = 7
"""Pixels across of what is looked at for each pixel that differs: a word and the ground beside it."""

REACH, NUDGE = 4, 1
"""Pixels within which the photo is laid over the pictures, all at once, and each once more: an affine map
from few witnesses is off by as much."""

ASPECT = 0.03
"""Difference of proportions, as a logarithm, up to which two pictures are of one design."""

NOISE = 1.3
"""Variance, in ΔE², added to those of the photo and of a picture: plain color correlates with nothing."""

CLEAR = 0.6
"""Most that a gain counts: a price tag over a package takes as much."""

DOUBT = 1e-6
"""Share of the second candidate by print and colors below which there is no doubt."""

Pair = tuple[Ints, Ints, Floats]


@dataclass(eq=False)
class Twins:
    """Pictures of a gallery as they look in the light of one photo; see ``ml.vision.variants.cast``."""

    index: Index
    light: Floats
    _shown: dict[tuple[int, tuple[int, int]], Floats] = field(default_factory=dict)
    _pairs: dict[tuple[int, int, tuple[int, int]], Pair | None] = field(default_factory=dict)

    def told_apart(self, photo: Photo, spot: Spot) -> Spot:
        """A spot whose candidates are compared by their pixels too, where its print leaves a doubt."""
        shares = spot.evidence.shares
        if len(shares) < 2 or np.partition(shares, -2)[-2] < DOUBT:
            return spot
        gains = self.gains(photo, spot.candidates, spot.evidence.best)
        if not gains.any():
            return spot
        return replace(spot, evidence=replace(spot.evidence, gains=gains))

    def gains(self, photo: Photo, candidates: Sequence[Hypothesis], best: int) -> Reals:
        """(c,) how much more each candidate tells of the photo than the one that comes closest to it, where
        the two differ: the difference of information in a pixel, −½ ln(1 − r²), −``CLEAR`` to ``CLEAR``; 0
        where no other candidate is its near twin. ``best`` is the one whose place is looked at."""
        first = self.index.views[candidates[best].view]
        shape = np.log([self.index.views[c.view].width / self.index.views[c.view].height for c in candidates])
        alike = np.flatnonzero(np.abs(shape - np.log(first.width / first.height)) < ASPECT)
        result = np.zeros(len(candidates))
        if len(alike) < 2:
            return result
        crop, size = self.seen(photo, candidates[best])
        views = [candidates[int(i)].view for i in alike]
        crop = registered(crop, np.mean([self.shown(v, size) for v in views], axis=0))
        against = np.full((len(views), len(views)), np.inf)
        for i in range(len(views)):
            for j in range(i):
                against[i, j] = self.gain(crop, views[i], views[j], size)
                against[j, i] = -against[i, j]
        result[alike] = np.clip(against.min(axis=1), -CLEAR, CLEAR)
        return result

    def seen(self, photo: Photo, place: Hypothesis) -> tuple[Floats, tuple[int, int]]:
        """(h, w, 3) weighted Lab of the photo at a place, straight as its view, and (w, h)."""
        view = self.index.views[place.view]
        zoom = max(photo.detail_scale / photo.scale, 1e-6)
        growth = float(np.sqrt(abs(np.linalg.det(place.matrix[:, :2])))) * max(zoom, 1.0)
        factor = min(SIDE / float(np.sqrt(view.width * view.height)), growth)
        size = max(8, round(view.width * factor)), max(8, round(view.height * factor))
        to_view = np.diag([size[0] / view.width, size[1] / view.height, 1.0])
        matrix = to_view @ np.linalg.inv(np.vstack([place.matrix, [0, 0, 1]]))
        return even(small_lab(photo.detail, matrix @ np.diag([1 / zoom, 1 / zoom, 1.0]), size)), size

    def shown(self, view: int, size: tuple[int, int]) -> Floats:
        """(h, w, 3) weighted Lab of a view of ``size`` (w, h) as it would look in the photo."""
        if (view, size) not in self._shown:
            own = self.index.views[view]
            to_size = np.diag([size[0] / own.width, size[1] / own.height, 1.0])
            self._shown[view, size] = even(relit(small_lab(own.pixels, to_size, size), own, self.light))
        return self._shown[view, size]

    def gain(self, crop: Floats, one: int, other: int, size: tuple[int, int]) -> float:
        """By how much more one view tells of the photo than another where they differ."""
        pair = self.pair(one, other, size)
        if pair is None:
            return 0.0
        y, x, shown = pair
        around = np.pad(crop[..., 0], NUDGE, mode="edge")
        moves = range(2 * NUDGE + 1)
        seen = centered(np.stack([around[y + down, x + right] for down in moves for right in moves]))
        told = information(correlations(seen, shown).max(axis=0))
        return float(told[0] - told[1])

    def pair(self, one: int, other: int, size: tuple[int, int]) -> Pair | None:
        """The pixels around which two views differ, rows and columns, and (2, n) their lightness there about
        its mean; None for views that are the same, or no near twins."""
        import cv2

        key = one, other, size
        if key not in self._pairs:
            a, b = self.shown(one, size), self.shown(other, size)
            apart = (np.linalg.norm(a - b, axis=2) > DIFFER).astype(np.uint8)
            y, x = np.nonzero(cv2.dilate(apart, np.ones((AROUND, AROUND), np.uint8)))
            enough = FEWEST <= apart.sum() <= MOST_DIFFER * apart.size
            self._pairs[key] = (y, x, centered(np.stack([a[y, x, 0], b[y, x, 0]]))) if enough else None
        return self._pairs[key]


def even(lab: Floats) -> Floats:
    """Weighted Lab without what is finer than ``EVEN``."""
    import cv2

    return np.asarray(cv2.GaussianBlur(lab * LAB, (0, 0), EVEN), np.float32)


def registered(crop: Floats, picture: Floats) -> Floats:
    """A crop (h, w, 3) moved by whole pixels, at most ``REACH``, to where its lightness fits a picture's."""
    import cv2

    h, w = crop.shape[:2]
    reach = min(REACH, (min(h, w) - 4) // 2)
    part = np.ascontiguousarray(picture[reach : h - reach, reach : w - reach, 0])
    likeness = cv2.matchTemplate(np.ascontiguousarray(crop[..., 0]), part, cv2.TM_CCOEFF_NORMED)
    y, x = np.unravel_index(int(np.argmax(likeness)), likeness.shape)
    around = np.pad(crop, ((reach, reach), (reach, reach), (0, 0)), mode="edge")
    return np.asarray(around[y : y + h, x : x + w], np.float32)


def centered(values: Floats) -> Floats:
    """(k, n) about the mean of each of k."""
    return np.asarray(values - values.mean(axis=1, keepdims=True), np.float32)


def correlations(a: Floats, b: Floats) -> Floats:
    """(k, m) of (k, n) and (m, n) values about their means, −1 to 1."""
    least = NOISE * a.shape[1]
    spread = np.sqrt(((a * a).sum(axis=1) + least)[:, None] * ((b * b).sum(axis=1) + least))
    return np.asarray(a @ b.T / spread, np.float32)


def information(match: Floats) -> Floats:
    """What a picture tells of a pixel of the photo with which it correlates so (Gaussian variables)."""
    return np.asarray(-0.5 * np.log(1 - np.clip(match, 0, 0.999) ** 2), np.float32)
