"""Where a fixture begins and ends in a photo, by the packages that stand where the plan has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.planogram.planogram import Planogram

FEWEST = 3
"""Products at their places that tell where the plan's inches lie."""

NEAR_IN = 3.0
"""Inches from its planned place within which a product stands there."""


def sides(
    products: Sequence[int], boxes: NDArray[np.float64], expected: Planogram | None
) -> tuple[float, float] | None:
    """x of the left and right side of the planned fixture in a straightened photo, in the unit of (n, 4)
    ``boxes`` that show ``products``; None where too few stand where the plan has them. Products count that
    the plan has at one place, with as many facings as are seen. The line through them is Theil and Sen's
    (1968), so that nearly a third may have been moved."""
    if expected is None:
        return None
    planned, seen = _pairs(np.asarray(products, int), boxes, expected)
    apart = planned[:, None] - planned[None]
    far = apart > NEAR_IN
    if not far.any():
        return None
    slope = float(np.median((seen[:, None] - seen[None])[far] / apart[far]))
    if slope <= 0:
        return None
    start = float(np.median(seen - slope * planned))
    at_place = np.abs(seen - slope * planned - start) < NEAR_IN * slope
    if at_place.sum() < max(FEWEST, len(planned) / 2):
        return None
    return start, start + slope * expected.fixture.width_in


def _pairs(
    products: NDArray[np.int_], boxes: NDArray[np.float64], expected: Planogram
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Middles of products (m,) in the plan, in inches, and in the photo."""
    names, places = np.unique([p.product_id for p in expected.positions], return_counts=True)
    once = set(names[places == 1].tolist())
    middle = boxes[:, 0] + boxes[:, 2] / 2
    count = Counter(products.tolist())
    pairs = [
        (p.x_in + p.width_in / 2, float(middle[products == p.product_id].mean()))
        for p in expected.positions
        if p.product_id in once and count[p.product_id] == p.facings
    ]
    found = np.array(pairs, float).reshape(-1, 2)
    return found[:, 0], found[:, 1]
