"""Shelf edges: where they are, however the phone was held, and which package stands on which."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.vision.edges import APART as APART_BINS
from ml.vision.edges import BINS, MOST_ROWS, chosen, height_at, row_problem, rows_of, shelves
from ml.vision.perspective import boxes_through, perspective, straighten, straightened, transformed
from ml.vision.photo import from_pixels
from tests.support.drawn_shelf import drawn, from_the_side, turned

SHELF = drawn()
VIEWS = {
    "straight on": np.eye(3), "turned 5": turned(5, SHELF.pixels), "turned -10": turned(-10, SHELF.pixels),
    "from the left": from_the_side(0.12, SHELF.pixels), "from the right": from_the_side(-0.12, SHELF.pixels),
}


@pytest.mark.parametrize("with_boxes", [False, True])
@pytest.mark.parametrize("name", VIEWS)
def test_each_edge_is_found_where_it_is(name: str, with_boxes: bool) -> None:
    """Within a tenth of a shelf's height in the middle, and at the sides by its slope."""
    pixels, boxes = SHELF.seen_through(VIEWS[name])
    found = shelves(from_pixels(pixels), boxes if with_boxes else (), None if with_boxes else 4)
    assert len(found) == 4
    for line, edge in zip(found, SHELF.edges, strict=True):
        ends = transformed(VIEWS[name], [(250.0, edge), (450.0, edge), (650.0, edge)])
        assert np.abs(height_at(line, ends[:, 0]) - ends[:, 1]).max() < 20


@pytest.mark.parametrize("name", VIEWS)
def test_packages_are_told_by_row_from_any_angle(name: str) -> None:
    """All eight of each of the four rows."""
    pixels, boxes = SHELF.seen_through(VIEWS[name])
    rows = rows_of(boxes, shelves(from_pixels(pixels), boxes))
    assert rows.tolist() == [row for row in range(4) for _ in range(8)]


@pytest.mark.parametrize("degrees", [-10, -3, 0, 6, 10])
def test_the_slope_of_shelves_is_measured(degrees: float) -> None:
    """Within half a degree; a picture turned against the clock has shelves that rise to the right."""
    pixels, _ = SHELF.seen_through(turned(degrees, SHELF.pixels))
    assert perspective(from_pixels(pixels)).tilt == pytest.approx(-degrees, abs=0.5)


@pytest.mark.parametrize("name", VIEWS)
def test_straightening_makes_shelves_level(name: str) -> None:
    """All points of an edge come to one height, and boxes find their way back."""
    pixels, boxes = SHELF.seen_through(VIEWS[name])
    photo = from_pixels(pixels)
    view = perspective(photo)
    for edge in SHELF.edges:
        seen = transformed(VIEWS[name], [(x, edge) for x in (150.0, 450.0, 750.0)])
        assert np.ptp(view.straight(seen)[:, 1]) < 8
    assert np.allclose(view.back(view.straight(boxes[:, :2])), boxes[:, :2])
    straight, matrix = straighten(photo, view, 500)
    assert max(straight.shape[:2]) == 500
    inside = boxes_through(matrix, boxes)
    assert (inside[:, 2:] > 0).all()


@pytest.mark.parametrize("name", ["turned 5", "from the left", "from the right"])
def test_a_photo_taken_askew_is_read_straightened(name: str) -> None:
    """A point of the straightened photo shows what the original has there, and its lines lead back to the
    shelves."""
    pixels, _ = SHELF.seen_through(VIEWS[name])
    straight = straightened(from_pixels(pixels))
    assert abs(perspective(straight.photo).tilt) < 0.5
    for edge in SHELF.edges:
        ends = transformed(VIEWS[name], [(250.0, edge), (650.0, edge)])
        line = straight.line_back(float(straight.view.straight(ends)[:, 1].mean()), 0.0)
        assert np.abs(height_at(line, ends[:, 0]) - ends[:, 1]).max() < 12


def test_a_photo_taken_straight_on_is_left_as_it_is() -> None:
    """To resample it would only blur it."""
    photo = from_pixels(SHELF.pixels)
    straight = straightened(photo)
    assert straight.photo is photo
    assert np.array_equal(straight.boxes_back(SHELF.boxes), np.array(SHELF.boxes))


def test_straightened_boxes_come_back_as_they_were_where_nothing_is_askew() -> None:
    """Seen straight on, a box is the same on both ways."""
    view = perspective(from_pixels(SHELF.pixels))
    boxes = np.array(SHELF.boxes)
    assert np.allclose(view.boxes_back(view.boxes_straight(boxes)), boxes, atol=2.0)


@pytest.mark.parametrize("pixels", [
    np.full((300, 400, 3), 128, np.uint8), np.random.default_rng(1).integers(0, 255, (300, 400, 3), dtype=np.uint8),
    np.zeros((1, 1, 3), np.uint8), np.zeros((3, 900, 3), np.uint8),
])
def test_where_there_is_nothing_there_is_no_shelf(pixels: np.ndarray) -> None:
    """Plain gray, noise, a single pixel."""
    assert shelves(from_pixels(pixels)) == ()
    assert perspective(from_pixels(pixels)).tilt == 0


def test_an_edge_between_rows_counts_though_nothing_stands_on_it() -> None:
    """An empty shelf is a shelf."""
    bare = drawn(left_out=tuple((2, column) for column in range(8)))
    assert len(shelves(from_pixels(bare.pixels), bare.boxes)) == 4


def test_a_stacked_package_belongs_to_the_shelf_below_it() -> None:
    """By the first edge under it; one below the last edge stands on none; without edges all are one row."""
    lines = (((0.0, 100.0), (200.0, 110.0)), ((0.0, 200.0), (200.0, 210.0)))
    boxes = [(10, 60, 20, 40), (10, 20, 20, 40), (150, 66, 20, 46), (10, 150, 20, 52), (10, 230, 20, 40)]
    assert rows_of(boxes, lines).tolist() == [0, 0, 0, 1, -1]
    assert rows_of(boxes, ()).tolist() == [0] * 5
    assert rows_of([], lines).tolist() == []


def test_an_edge_is_carried_on_straight_beyond_its_ends() -> None:
    """As a shelf is."""
    line = ((10.0, 100.0), (20.0, 110.0), (30.0, 110.0))
    assert height_at(line, np.array([0.0, 15.0, 25.0, 40.0])).tolist() == [90, 105, 110, 110]


@given(st.lists(st.integers(0, BINS - 1), max_size=60), st.integers(0, 2**31))
def test_chosen_heights_are_apart_and_none_could_be_added(peaks: list[int], seed: int) -> None:
    """In order, at least ``APART`` apart, and better than any single height."""
    gain = np.random.default_rng(seed).normal(-0.4, 0.1, BINS)
    gain[peaks] += 1.0
    places = chosen(gain)
    assert (np.diff(places) >= APART_BINS).all()
    assert len(places) <= MOST_ROWS
    free = [i for i in np.flatnonzero(gain > 0) if not len(places) or np.abs(places - i).min() >= APART_BINS]
    assert not free
    assert gain[places].sum() >= max(0.0, gain.max()) - 1e-9


def test_the_expected_number_decides_only_where_the_picture_hardly_does() -> None:
    """A weak edge is taken when the plan has it, a missing one is not invented, a clear one not dropped."""
    gain = np.full(BINS, -0.5)
    gain[[50, 150]], gain[250] = 0.4, -0.03
    assert chosen(gain).tolist() == [50, 150]
    assert chosen(gain, 3).tolist() == [50, 150, 250]
    assert chosen(gain, 4).tolist() == [50, 150]
    assert chosen(gain, 1).tolist() == [50, 150]


@pytest.mark.parametrize(("found", "code"), [(5, None), (4, "rows_differ"), (6, "rows_differ"), (0, "no_shelves")])
def test_another_number_of_rows_than_planned_is_told(found: int, code: str | None) -> None:
    """With what to do about it."""
    problem = row_problem(found, 5)
    assert (problem.code if problem else None) == code
    assert problem is None or (problem.hint and problem.severity == "warning")
