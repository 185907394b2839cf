"""What a package is that a network has found and whose print told of nothing: by its pixels as a whole.

Small, flat, shiny and blurred packages show no print that could vote. Where they stand and how large they
are is known; so the pictures of products of that size are laid over each, and compared by correlation. A
package that is in no gallery is like none of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ml.vision.gallery import Index
from ml.vision.photo import Photo
from ml.vision.templates import MOST_HERE, chance, likenesses, shrunk
from ml.vision.voting import Hypothesis, Ints, Pose, Reals, box_of

ROOT_PX = 24.0
"""Root of a package's area, in pixels, at which it is compared."""

ROOM = 0.25
"""Of a package's sides: around it its picture may lie, as a network's boxes are rough."""

SIZE = 0.3
"""Difference of width or height, as a logarithm, up to which a product is of a package's size."""

KNOWN_FROM, SOFTNESS = 0.56, 0.03
"""Correlation from which a package is more likely the product than one of no gallery, and how sharply. In 29
rendered photos, eleven of them with strong blur, all but three of 55 fronts of a product had 0.55 and more;
29 packages of none, or what is no package, had 0.53 and less, but for one of another fixture."""


def fronts_at(index: Index, photo: Photo, pose: Pose, box: Reals) -> tuple[Hypothesis, ...]:
    """The products that may be at a box (4,) of the working size, the most alike first, each where its view
    correlates most (``match``). They have no witnesses."""
    x, y, w, h = box
    factor = min(1.0, ROOT_PX / float(np.sqrt(w * h)))
    height, width = photo.pixels.shape[:2]
    left, top = max(0, int(x - ROOM * w)), max(0, int(y - ROOM * h))
    right, bottom = min(width, int(x + (1 + ROOM) * w) + 1), min(height, int(y + (1 + ROOM) * h) + 1)
    fitting = of_size(index, pose, w, h)
    if not len(fitting) or right - left < 8 or bottom - top < 8:
        return ()
    part = shrunk(photo.pixels[top:bottom, left:right], factor)
    found: dict[int, Hypothesis] = {}
    none = np.zeros(0, np.intp)
    for n, likeness, (wide, high) in likenesses([index.views[i] for i in fitting], part,
                                                pose.scale[fitting] * factor):
        row, column = np.unravel_index(int(np.argmax(likeness)), likeness.shape)
        view, match = index.views[fitting[n]], float(likeness[row, column])
        matrix = np.array([[wide / view.width / factor, 0, left + column / factor],
                           [0, high / view.height / factor, top + row / factor]])
        around = box_of(matrix, np.array([view.width, view.height], float))
        place = Hypothesis(int(fitting[n]), matrix, none, none, around, 1.0, chance(match), match)
        best = found.get(view.product)
        if best is None or match > best.match:
            found[view.product] = place
    return tuple(sorted(found.values(), key=lambda place: -place.match)[:MOST_HERE])


def of_size(index: Index, pose: Pose, wide: float, high: float) -> Ints:
    """The views whose product is about as large as a package of so many pixels."""
    size = np.array([(v.width, v.height) for v in index.views], float).reshape(-1, 2) * pose.scale[:, None]
    return np.flatnonzero((np.abs(np.log(size / (wide, high))) < SIZE).all(axis=1))


def recognized(index: Index, places: Sequence[Hypothesis], odds: Mapping[int, float]) -> float:
    """Probability that a package is one of these products rather than of none, with the ``odds`` of each
    where it stands."""
    product = [index.gallery.products[index.views[place.view].product].product_id for place in places]
    sure = [(place.match - KNOWN_FROM) / SOFTNESS + float(np.log(odds.get(p, 1.0)))
            for p, place in zip(product, places, strict=True)]
    return float(1 / (1 + np.exp(-max(sure)))) if sure else 0.0
