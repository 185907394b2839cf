"""Packages that can stand together, and their rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.vision.resolve import (
    Spot,
    apart,
    believed,
    between,
    crossed,
    in_company,
    line,
    of_fixture,
    overlaps,
    rows,
    settled,
    stands,
)
from ml.vision.uncertain import less
from ml.vision.variants import CELLS, Evidence
from ml.vision.voting import Hypothesis

SHELF = np.array([[0, 100, 50, 80], [60, 110, 50, 70], [0, 300, 50, 80], [60, 290, 50, 80]], float)


def test_rows_are_counted_from_the_top_and_set_back_packages_stay_in_theirs() -> None:
    """The fourth stands ten pixels higher, an eighth of its height."""
    found = rows(SHELF, 0.0)
    assert found.row.tolist() == [0, 0, 1, 1]
    assert len(found.lines) == 2


def test_a_package_that_lies_on_another_is_of_its_row() -> None:
    """Its foot is where the other's top is."""
    lying = np.array([[0, 100, 50, 80], [0, 72, 50, 30], [0, 300, 50, 80]], float)
    assert rows(lying, 0.0).row.tolist() == [0, 0, 1]


@pytest.mark.parametrize("degrees", [-6, -2, 3, 6])
def test_rows_are_found_in_a_turned_photo(degrees: float) -> None:
    """Ten packages wide, a turn of six degrees lifts one end by more than a package's height."""
    slope = np.tan(np.radians(degrees))
    boxes = np.array([[60 * i, 100 + 200 * r + slope * (60 * i + 25), 50, 80]
                      for r in range(2) for i in range(16)], float)
    found = rows(boxes, float(np.radians(degrees)))
    assert found.row.tolist() == [0] * 16 + [1] * 16
    assert found.lines[0][1] == pytest.approx(slope, abs=0.01)


def test_no_boxes_have_no_rows() -> None:
    """An empty shelf is no error."""
    assert rows(np.zeros((0, 4)), 0.0).lines == ()


def test_a_line_runs_under_those_in_front() -> None:
    """One of five that is set back by 20 pixels moves it by less than four."""
    a, b = line(np.arange(5) * 100.0, np.array([50.0, 50, 30, 50, 50]), 0.0)
    assert a + b * 200 == pytest.approx(50, abs=4)


def test_standing_means_on_a_row_or_on_a_package() -> None:
    """A box that floats between two rows does neither."""
    tried = np.array([[120, 100, 50, 80], [0, 60, 50, 40], [120, 180, 50, 60]], float)
    assert stands(tried, SHELF, 0.0).tolist() == [True, True, False]


def test_the_upper_ones_of_piles_whose_lower_ones_are_not_seen_make_no_shelf() -> None:
    """Three piles of two, and two upper packages alone: a shelf under these would pass through the piles."""
    piles = [[60 * i, y, 50, 40] for i in range(3) for y in (200, 240)]
    alone = [[60 * i, 200, 50, 40] for i in (3, 4)]
    found = rows(np.array([*piles, *alone], float), 0.0)
    assert set(found.row.tolist()) == {0}
    assert found.lines[0][0] == pytest.approx(280, abs=2)


def test_no_shelf_passes_through_high_packages() -> None:
    """Two bottles beside three packages that seem to stand at half their height."""
    boxes = np.array([[0, 100, 40, 200], [50, 100, 40, 200], *([100 + 60 * i, 150, 50, 50] for i in range(3))])
    assert set(rows(boxes.astype(float), 0.0).row.tolist()) == {0}


@pytest.mark.parametrize(("box", "is_crossed"), [
    ((200, 150, 50, 60), True), ((200, 182, 50, 40), True), ((200, 110, 50, 70), False),
    ((200, 230, 50, 150), False),
])
def test_what_a_shelf_passes_through_is_no_package(box: tuple[float, ...], is_crossed: bool) -> None:
    """The rail of the upper of two shelves, and what stands on either."""
    shelf = np.array([[60 * i, y, 50, 80] for y in (100, 300) for i in range(3)], float)
    assert crossed(np.array([box], float), shelf, 0.0).tolist() == [is_crossed]


def spot(witnesses: int, alike: float, explained: float = 0.1) -> Spot:
    """One candidate with so many witnesses, and so much alike in color."""
    some, cells = np.arange(witnesses), np.zeros((1, *CELLS), np.intp)
    seen = Hypothesis(0, np.eye(2, 3), some, some, (0.0, 0.0, 50.0, 80.0), alike=alike)
    one = np.array([explained])
    return Spot((seen,), Evidence(one, np.zeros(1, np.intp), np.zeros(1), 40, cells, cells))


def test_print_and_colors_together_tell_more_than_either() -> None:
    """Their odds multiply; colors that speak against a package take from what print says."""
    assert believed(spot(4, 0.0)) == pytest.approx(0.5)
    assert believed(spot(0, 0.7)) == pytest.approx(0.7)
    assert believed(spot(4, 0.7)) == pytest.approx(0.7)
    assert believed(spot(10, 0.7)) > max(believed(spot(10, 0.0)), 0.7)
    assert believed(spot(10, 0.2)) < believed(spot(10, 0.0))


@given(st.floats(0.001, 0.999), st.floats(0, 40))
def test_other_colors_only_ever_make_a_package_less_likely(chance: float, lost: float) -> None:
    """And never less than impossible."""
    assert 0 <= less(chance, lost) <= chance + 1e-12


boxes_of = st.lists(
    st.tuples(st.floats(0, 500), st.floats(0, 500), st.floats(5, 200), st.floats(5, 200)), max_size=12,
).map(lambda found: np.array(found, float).reshape(-1, 4))


@given(boxes_of)
def test_what_is_kept_does_not_overlap_and_the_heaviest_stays(boxes: np.ndarray) -> None:
    """Whatever the boxes: mutual exclusion."""
    weight = np.arange(len(boxes), dtype=float)
    kept = apart(boxes, weight)
    over = overlaps(boxes[kept], of_smaller=True) - np.eye(len(kept))
    assert not len(kept) or over.max() <= 0.35 + 1e-9
    assert not len(boxes) or len(boxes) - 1 in kept


@given(boxes_of.filter(len))
def test_overlap_is_symmetric_and_one_with_itself(boxes: np.ndarray) -> None:
    """Intersection over union."""
    found = overlaps(boxes)
    assert np.allclose(found, found.T)
    assert np.allclose(np.diag(found), 1)


def colored(x: float, y: float) -> Spot:
    """A package of 50 by 80 that only its colors tell of."""
    one = spot(0, 0.9)
    return replace(one, candidates=(replace(one.candidates[0], box=(x, y, 50.0, 80.0)),))


def test_a_lone_patch_of_color_makes_no_row() -> None:
    """Two on one level do, and so does one package that is known by its print."""
    patch, pair = colored(300, 20), [colored(0, 200), colored(60, 200)]
    assert in_company([patch, *pair], 0.0) == pair
    printed = spot(30, 0.0)
    assert in_company([printed, *pair], 0.0) == [printed, *pair]
    assert in_company([], 0.0) == []


def test_what_only_colors_tell_of_beyond_the_fixtures_sides_is_left_out() -> None:
    """What print tells of stays: it may be told where it stands."""
    inside, outside, printed = colored(100, 0), colored(500, 0), spot(30, 0.0)
    assert between([inside, outside, printed], (60.0, 400.0)) == [inside, printed]
    assert between([inside, outside], None) == [inside, outside]


def test_a_row_that_only_colors_tell_of_below_the_fixture_is_left_out() -> None:
    """Where the plan has one row less: two patches on the floor under a shelf of four."""
    shelf = [colored(60 * i, 100) for i in range(4)]
    floor = [colored(60 * i, 400) for i in range(2)]
    assert of_fixture([*shelf, *floor], 0.0, 1) == shelf
    assert len(of_fixture([*shelf, *floor], 0.0, 2)) == 6
    assert len(of_fixture([*shelf, *floor], 0.0, None)) == 6


def test_a_rail_that_looks_like_a_package_is_left_out() -> None:
    """By its colors alone, as likely as the packages above it."""
    shelf = [colored(60 * i, 100) for i in range(4)]
    clear = [replace(s, candidates=(replace(s.candidates[0], alike=0.98),)) for s in shelf]
    kept, found = settled([*clear, colored(260, 150)], 0.0)
    assert [s.box[0] for s in kept] == [0, 60, 120, 180]
    assert len(found.lines) == 1
