"""Room on a shelf where nothing stands at the front."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from core.compliance.reading import Box, Gap
from ml.vision.edges import Polyline, rows_of
from ml.vision.photo import Photo


def find_gaps(photo: Photo, shelves: Sequence[Polyline], boxes: Sequence[Box]) -> tuple[Gap, ...]:
    """Gaps between the packages of a row that are wide enough for the narrower neighbor. Boxes and gaps in
    the photo's pixels."""
    all_boxes = np.asarray(boxes, float).reshape(-1, 4)
    rows = rows_of(all_boxes, shelves)
    gaps = []
    for row in range(len(shelves)):
        inside = all_boxes[rows == row]
        inside = inside[np.argsort(inside[:, 0])]
        for left, right in pairwise(inside):
            start, end = left[0] + left[2], right[0]
            if end - start >= 0.8 * min(left[2], right[2]):
                top, bottom = min(left[1], right[1]), max(left[1] + left[3], right[1] + right[3])
                gaps.append(Gap((start, top, end - start, bottom - top), row))
    return tuple(gaps)
