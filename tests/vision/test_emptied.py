"""Empty shelves, of which only the picture tells."""

from __future__ import annotations

import numpy as np
import pytest

from ml.vision.emptied import with_empty
from ml.vision.photo import from_pixels
from ml.vision.resolve import rows
from tests.support.drawn_shelf import drawn

BARE = drawn(left_out=tuple((2, column) for column in range(8)))
PHOTO = from_pixels(BARE.pixels)
BOXES = PHOTO.to_working(BARE.boxes)
SEEN = rows(BOXES, 0.0)


def test_an_empty_shelf_is_a_row_where_the_plan_has_one() -> None:
    """Between the others, within a tenth of a shelf's height of its edge; packages below move down a row."""
    found = with_empty(PHOTO, SEEN, BOXES, 4)
    assert len(SEEN.lines) == 3
    assert len(found.lines) == 4
    assert np.unique(found.row).tolist() == [0, 1, 3]
    a, b = found.lines[2]
    assert a + b * 450 * PHOTO.scale == pytest.approx(BARE.edges[2] * PHOTO.scale, abs=20)
    assert [found.lines[r] for r in (0, 1, 3)] == list(SEEN.lines)


@pytest.mark.parametrize("expected", [None, 2, 3, 5, 9])
def test_no_row_is_added_that_picture_and_plan_do_not_both_have(expected: int | None) -> None:
    """Without a plan, with one of fewer rows, and with one of more than the picture shows."""
    assert with_empty(PHOTO, SEEN, BOXES, expected) is SEEN


def test_full_shelves_stay_as_they_are() -> None:
    """As many rows as planned."""
    full = drawn()
    photo = from_pixels(full.pixels)
    boxes = photo.to_working(full.boxes)
    seen = rows(boxes, 0.0)
    assert with_empty(photo, seen, boxes, 4) is seen
    assert with_empty(photo, seen, boxes, 5) is seen
