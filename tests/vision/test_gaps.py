"""Gaps: told where nothing stands, and never where a package merely was not detected."""

from __future__ import annotations

import numpy as np
import pytest

from core.compliance.reading import SHOWN_FROM, Box
from ml.vision.edges import Polyline
from ml.vision.gaps import find_gaps
from ml.vision.photo import Photo, from_pixels
from tests.support.drawn_shelf import Drawn, drawn, package, turned


def overlap(a: Box, b: Box) -> float:
    wide = max(0.0, min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0]))
    high = max(0.0, min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1]))
    return wide * high / (a[2] * a[3] + b[2] * b[3] - wide * high)


def seen(shelf: Drawn) -> tuple[Photo, tuple[Polyline, ...]]:
    return from_pixels(shelf.pixels), tuple(((0.0, e), (900.0, e)) for e in shelf.edges)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("place", [(0, 3), (1, 1), (3, 6)])
def test_the_place_of_a_missing_package_is_a_gap(place: tuple[int, int], seed: int) -> None:
    """One gap, in its row, over its place."""
    shelf = drawn(left_out=(place,), seed=seed)
    (gap,) = find_gaps(*seen(shelf), shelf.boxes)
    assert gap.row == place[0]
    assert overlap(gap.box, shelf.left_out[0]) > 0.7
    assert gap.confidence >= SHOWN_FROM


@pytest.mark.parametrize("seed", range(4))
def test_a_package_that_was_not_detected_is_no_gap(seed: int) -> None:
    """Each package in turn is withheld from the boxes."""
    shelf = drawn(seed=seed)
    photo, lines = seen(shelf)
    for i in range(0, len(shelf.boxes), 5):
        assert find_gaps(photo, lines, shelf.boxes[:i] + shelf.boxes[i + 1 :]) == ()


def test_a_full_shelf_has_no_gap() -> None:
    """Nor has one of which nothing is known."""
    shelf = drawn()
    photo, lines = seen(shelf)
    assert find_gaps(photo, lines, shelf.boxes) == ()
    assert find_gaps(photo, lines, ()) == ()
    assert find_gaps(photo, (), shelf.boxes) == ()


def test_neighboring_missing_packages_are_one_gap() -> None:
    """As wide as both."""
    shelf = drawn(left_out=((1, 3), (1, 4)))
    (gap,) = find_gaps(*seen(shelf), shelf.boxes)
    assert gap.box[2] > 1.9 * shelf.boxes[0][2]


@pytest.mark.parametrize("column", [0, 7])
def test_room_at_a_shelfs_end_is_a_gap_where_the_other_rows_go_on(column: int) -> None:
    """The end is where most rows have theirs."""
    shelf = drawn(left_out=((2, column),))
    (gap,) = find_gaps(*seen(shelf), shelf.boxes)
    assert gap.row == 2
    assert overlap(gap.box, shelf.left_out[0]) > 0.6


@pytest.mark.parametrize("column", [0, 7])
def test_room_at_the_same_end_of_half_the_rows_is_a_gap_in_each(column: int) -> None:
    """Two rows that go on tell that the others could."""
    shelf = drawn(left_out=((1, column), (3, column)))
    gaps = find_gaps(*seen(shelf), shelf.boxes)
    assert [g.row for g in gaps] == [1, 3]
    assert all(overlap(g.box, box) > 0.6 for g, box in zip(gaps, shelf.left_out, strict=True))


def test_less_room_than_a_package_at_a_shelfs_end_is_no_gap() -> None:
    """What is left over, where the packages of a row do not fill it."""
    shelf = drawn(columns=8, left_out=((2, 7),))
    x, y, w, h = shelf.left_out[0]
    pixels = shelf.pixels.copy()
    half: Box = (x, y, 0.4 * w, h)
    package(pixels, half, (200, 190, 150), (20, 40, 80))
    assert find_gaps(from_pixels(pixels), seen(shelf)[1], (*shelf.boxes, half)) == ()


@pytest.mark.parametrize("place", [(1, 3), (2, 6)])
def test_a_package_that_was_not_detected_does_not_hide_the_gap_beside_it(place: tuple[int, int]) -> None:
    """Nor is it part of it."""
    shelf = drawn(left_out=(place,))
    x, y, w, h = shelf.left_out[0]
    boxes = tuple(b for b in shelf.boxes if not (b[1] + b[3] == y + h and 0 < b[0] - x < 1.5 * w))
    assert len(boxes) == len(shelf.boxes) - 1
    (gap,) = find_gaps(*seen(shelf), boxes)
    assert gap.row == place[0]
    assert overlap(gap.box, shelf.left_out[0]) > 0.6


def test_room_at_the_ends_of_two_rows_is_not_judged() -> None:
    """Two rows do not tell where a shelf ends."""
    shelf = drawn(rows=2, left_out=((0, 0),))
    assert find_gaps(*seen(shelf), shelf.boxes) == ()


def test_room_at_the_ends_of_all_rows_is_a_gap_where_the_sides_of_the_fixture_are_known() -> None:
    """Each row has lost its last package, and the last one of a whole shelf ends at the fixture's side."""
    last = max(box[0] + box[2] for box in drawn().boxes)
    first = min(box[0] for box in drawn().boxes)
    shelf = drawn(left_out=tuple((row, 7) for row in range(4)))
    assert find_gaps(*seen(shelf), shelf.boxes) == ()
    found = find_gaps(*seen(shelf), shelf.boxes, (first, last))
    assert sorted(gap.row for gap in found) == [0, 1, 2, 3]


def test_an_empty_shelf_is_one_gap() -> None:
    """From end to end."""
    shelf = drawn(left_out=tuple((2, column) for column in range(8)))
    (gap,) = find_gaps(*seen(shelf), shelf.boxes)
    assert gap.row == 2
    assert gap.box[2] > 800


def test_a_package_set_far_back_does_not_fill_the_front() -> None:
    """It is smaller and its foot is higher; the room before it is a gap though it is detected."""
    shelf = drawn(left_out=((1, 4),))
    x, y, w, h = shelf.left_out[0]
    pixels = shelf.pixels.copy()
    back: Box = (x + 0.3 * w, y + 0.05 * h, 0.5 * w, 0.5 * h)
    package(pixels, back, (200, 190, 150), (20, 40, 80))
    lines = seen(shelf)[1]
    gaps = find_gaps(from_pixels(pixels), lines, (*shelf.boxes, back))
    assert [g.row for g in gaps] == [1]


def test_a_package_stacked_on_another_makes_no_gap_below_it() -> None:
    """Nor is it taken to stand deeper."""
    shelf = drawn(columns=4)
    x, y, w, _ = shelf.boxes[5]
    stacked: Box = (x, y - 40, w, 38)
    pixels = shelf.pixels.copy()
    package(pixels, stacked, (200, 190, 150), (20, 40, 80))
    assert find_gaps(from_pixels(pixels), seen(shelf)[1], (*shelf.boxes, stacked)) == ()


def test_a_package_that_is_gone_from_under_others_is_a_gap() -> None:
    """Something lies on every package of the row, and stays in the air where one was taken out."""
    shelf = drawn(columns=4, left_out=((1, 2),))
    pixels = shelf.pixels.copy()
    row = [b for b in (*shelf.boxes, *shelf.left_out) if b[1] + b[3] == shelf.edges[1]]
    top = min(y for _, y, _, _ in row)
    lying: list[Box] = [(x, top - 28.0, w, 26.0) for x, _, w, _ in row]
    for box in lying:
        package(pixels, box, (200, 190, 150), (20, 40, 80))
    (gap,) = find_gaps(from_pixels(pixels), seen(shelf)[1], (*shelf.boxes, *lying))
    assert overlap(gap.box, shelf.left_out[0]) > 0.6


@pytest.mark.parametrize("degrees", [-6, 6])
def test_a_gap_is_found_where_the_phone_was_held_askew(degrees: float) -> None:
    """By the boxes around turned packages."""
    shelf = drawn(left_out=((1, 4),))
    matrix = turned(degrees, shelf.pixels)
    pixels, boxes = shelf.seen_through(matrix)
    edge = [np.array([[0.0, e, 1.0], [900.0, e, 1.0]]) @ matrix.T for e in shelf.edges]
    lines = tuple(tuple((float(x), float(y)) for x, y, _ in points) for points in edge)
    gaps = find_gaps(from_pixels(pixels), lines, boxes)
    assert [g.row for g in gaps] == [1]
