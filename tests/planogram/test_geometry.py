"""Every shape bends the unrolled front back into the room: once, without holes, without boxes that cut."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.planogram import geometry
from core.planogram.fixture import Fixture, Shape

ROUND = (Shape.HALF_CIRCLE, Shape.CIRCLE)
TOUCH_IN = 1e-6


def shaped(shape: Shape, width_in: float = 120.0, depth_in: float = 16.0, cell_in: float = 6.0) -> Fixture:
    return Fixture.shelves(width_in, 4, 60.0, depth_in, shape=shape, cell_width_in=cell_in)


fixtures = st.builds(
    shaped,
    st.sampled_from(Shape),
    st.floats(24.0, 300.0),
    st.floats(4.0, 40.0),
    st.sampled_from([2.5, 6.0, 7.3]),
)


def separated(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two convex polygons (n, 2) share no more than a rim, by the separating axis theorem."""
    for polygon in (a, b):
        sides = np.roll(polygon, -1, axis=0) - polygon
        axes = np.stack([-sides[:, 1], sides[:, 0]], axis=1)
        axes /= np.maximum(np.hypot(*axes.T), 1e-12)[:, None]
        over_a, over_b = axes @ a.T, axes @ b.T
        gap = np.maximum(over_a.min(axis=1) - over_b.max(axis=1), over_b.min(axis=1) - over_a.max(axis=1))
        if gap.max() > -TOUCH_IN:
            return True
    return False


def inside(fixture: Fixture, points: np.ndarray) -> np.ndarray:
    """Whether plan points (n, 2) lie on the floor of a fixture, from first principles."""
    x, y, width, depth = points[:, 0], points[:, 1], fixture.width_in, fixture.depth_in
    if fixture.shape is Shape.CIRCLE:
        return np.hypot(x, y) <= width / (2 * math.pi) + TOUCH_IN
    if fixture.shape is Shape.HALF_CIRCLE:
        return (np.hypot(x, y) <= width / math.pi + TOUCH_IN) & (y >= -TOUCH_IN)
    if fixture.shape is Shape.L:
        left = fixture.cell_width_in * (fixture.columns // 2)
        near = np.minimum(x, y) >= -depth - TOUCH_IN
        return near & ((x <= TOUCH_IN) | (y <= TOUCH_IN)) & (x <= width - left + TOUCH_IN) & (y <= left + TOUCH_IN)
    return (np.abs(x) <= width / 2 + TOUCH_IN) & (y <= TOUCH_IN) & (y >= -depth - TOUCH_IN)


# --- the edge ---


@settings(max_examples=60, deadline=None)
@given(fixtures)
def test_an_inch_along_the_edge_is_an_inch_in_the_room(fixture):
    """The path has unit speed, and runs to the right of who looks at it."""
    edge = geometry.front(fixture)
    along = np.linspace(0.0, edge.length_in, 97)[:-1]
    if edge.corner_in is not None:
        along = along[np.abs(along - edge.corner_in) > 0.01]
    step = 1e-3
    moved = (edge.point(along + step) - edge.point(along)) / step
    heading = edge.heading(along)
    assert edge.length_in == pytest.approx(fixture.width_in)
    assert np.allclose(moved, np.stack([np.cos(heading), -np.sin(heading)], axis=1), atol=1e-3)


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        (Shape.STRAIGHT, (120.0, 16.0)),
        (Shape.END_CAP, (120.0, 16.0)),
        (Shape.L, (76.0, 76.0)),
        (Shape.HALF_CIRCLE, (240 / math.pi, 120 / math.pi)),
        (Shape.CIRCLE, (120 / math.pi, 120 / math.pi)),
    ],
)
def test_the_footprint_follows_from_the_length_of_the_front(shape, size):
    """Ten feet of front: a wall, two legs of five feet, or a round."""
    assert geometry.footprint_in(shaped(shape)) == pytest.approx(size)


def test_a_round_turns_to_the_shopper_and_closes():
    """A half circle looks from left to right, a circle starts and ends behind."""
    half, full = (geometry.front(shaped(s)) for s in ROUND)
    assert half.heading([0.0, 60.0, 120.0]) == pytest.approx([-math.pi / 2, 0.0, math.pi / 2])
    assert np.allclose(full.point(0.0), full.point(120.0))
    assert np.allclose(full.point(60.0), [0.0, 60 / math.pi])


def test_an_l_too_short_to_turn_is_straight():
    """One cell has no corner."""
    assert geometry.front(shaped(Shape.L, 8.0)).corner_in is None


# --- cells ---


@settings(max_examples=60, deadline=None)
@given(fixtures)
def test_cells_cover_the_length_once(fixture):
    """Where one cell ends the next begins, and less than a cell is left."""
    found = geometry.cells(fixture)
    assert len(found.start_in) == math.floor(fixture.width_in / fixture.cell_width_in + 1e-9)
    assert np.allclose(np.diff(found.start_in), fixture.cell_width_in)
    assert 0 <= fixture.width_in - len(found.start_in) * fixture.cell_width_in + 1e-6 < fixture.cell_width_in + 1e-6
    assert (found.width_in <= fixture.cell_width_in + 1e-9).all()


@settings(max_examples=60, deadline=None)
@given(fixtures, st.integers(0, 2**31))
def test_cells_cover_the_shelf_without_overlap_and_without_holes(fixture, seed):
    """A random point of the shelf lies in the cell in front of which it is; what no cell has is the rest."""
    rng = np.random.default_rng(seed)
    edge, pitch = geometry.front(fixture), fixture.cell_width_in
    along = rng.uniform(0.0, fixture.width_in, 200)
    behind = rng.uniform(0.001, 0.999, 200) * edge.depth_in
    near_edge = np.abs(along / pitch - np.rint(along / pitch)) < 1e-6
    expected = np.floor(along / pitch).astype(int)
    expected[expected >= fixture.columns] = -1
    found = geometry.cell_of(fixture, edge.point(along, behind))
    assert (found == expected)[~near_edge].all()


@settings(max_examples=60, deadline=None)
@given(fixtures, st.integers(0, 2**31))
def test_what_no_cell_covers_is_the_core_the_dead_corner_or_the_rest(fixture, seed):
    """Points thrown over the floor: the share that cells cover is the one that geometry says."""
    rng = np.random.default_rng(seed)
    rim = geometry.outline(fixture)
    low, high = rim.min(axis=0), rim.max(axis=0)
    thrown = rng.uniform(low, high, (4000, 2))
    on_floor = inside(fixture, thrown)
    covered = geometry.cell_of(fixture, thrown) >= 0
    assert not (covered & ~on_floor).any()
    edge = geometry.front(fixture)
    used, depth = fixture.columns * fixture.cell_width_in, edge.depth_in
    ring = used * depth - (used / edge.radius_in * depth**2 / 2 if edge.radius_in else 0.0)
    share = covered.mean() * np.prod(high - low)
    assert share == pytest.approx(ring, abs=0.045 * np.prod(high - low))


@pytest.mark.parametrize("shape", ROUND)
def test_a_deep_round_is_covered_to_its_middle(shape):
    """A shelf as deep as its radius leaves no core: cells cover all of the floor but the drawn chords."""
    fixture = shaped(shape, 120.0, 200.0)
    sector = fixture.columns * fixture.cell_width_in * geometry.front(fixture).depth_in / 2
    assert geometry.area_in2(geometry.outline(fixture)) == pytest.approx(sector, rel=2e-3)


# --- what is seen ---


@settings(max_examples=60, deadline=None)
@given(fixtures)
def test_what_is_seen_is_a_share_and_the_same_from_both_sides(fixture):
    """0 to 1; a shopper in the middle of an even fixture sees as much left as right."""
    even = shaped(fixture.shape, fixture.cell_width_in * (fixture.columns // 2 * 2), fixture.depth_in,
                  fixture.cell_width_in)
    shown = geometry.seen(even)
    assert ((shown >= 0) & (shown <= 1)).all()
    assert np.allclose(shown, shown[::-1], atol=1e-6)


@pytest.mark.parametrize("shape", ROUND)
def test_from_the_front_a_round_shows_as_much_as_the_tangents_from_the_eye_enclose(shape):
    """The ends of a half circle and the back of a circle are hidden: acos(radius / distance) to either side."""
    fixture = shaped(shape, cell_in=1.0)
    radius = geometry.front(fixture).radius_in
    shown = geometry.seen(fixture, distance_in=48.0)
    assert shown[0] == shown[-1] == 0.0
    assert shown.max() == pytest.approx(1.0, abs=0.01)
    assert (shown > 0).sum() == pytest.approx(2 * radius * math.acos(radius / (radius + 48.0)), abs=2)


def test_far_away_half_of_a_circle_is_seen():
    """The share of its length that is turned to a distant eye is one half, its projection 1/π."""
    shown = geometry.seen(shaped(Shape.CIRCLE, 120.0, cell_in=1.0), distance_in=1e6)
    assert (shown > 0).mean() == pytest.approx(0.5, abs=0.01)
    assert shown.mean() == pytest.approx(1 / math.pi, rel=0.01)


def test_one_leg_of_an_l_hides_the_other():
    """Who stands behind the end of the left leg sees the right one only in part, and the left one not."""
    shown = geometry.seen(shaped(Shape.L), eye=(-10.0, 100.0))
    assert (shown[:10] == 0).all()
    assert shown[10:].max() > 0
    assert (geometry.seen(shaped(Shape.L), eye=(-80.0, 100.0))[:15] == 0).all()


# --- boxes ---


@st.composite
def shelves_of_boxes(draw):
    """A fixture and stretches that fill its front, with the sizes of what stands on each."""
    fixture = draw(fixtures)
    n = draw(st.integers(2, 30))
    cuts = np.sort(draw(st.lists(st.floats(0.0, 1.0), min_size=n - 1, max_size=n - 1)))
    ends = np.concatenate([[0.0], cuts, [1.0]]) * fixture.width_in
    keep = np.diff(ends) > 0.3
    size = st.lists(st.floats(0.5, 14.0), min_size=n, max_size=n)
    wide, deep = (np.array(draw(size)) for _ in range(2))
    return fixture, ends[:-1][keep], np.diff(ends)[keep], wide[keep], deep[keep]


@settings(max_examples=60, deadline=None)
@given(shelves_of_boxes())
def test_boxes_stand_within_the_outline_and_never_cut_each_other(shelf):
    """Whatever stands side by side along the front: no two boxes share floor, none leaves the fixture."""
    fixture, start, share, wide, deep = shelf
    boxes = geometry.stand(fixture, start, share, wide, deep)
    corners = boxes.corners()
    assert inside(fixture, corners.reshape(-1, 2)).all()
    for i in range(len(corners)):
        for j in range(i):
            assert separated(corners[i], corners[j]), (i, j)


@settings(max_examples=60, deadline=None)
@given(shelves_of_boxes())
def test_a_box_keeps_its_proportions_and_is_no_smaller_than_needed(shelf):
    """Made smaller evenly, and only where its true size has no room."""
    fixture, start, share, wide, deep = shelf
    boxes = geometry.stand(fixture, start, share, wide, deep)
    assert ((boxes.scale > 0) & (boxes.scale <= 1)).all()
    assert np.allclose(boxes.width_in, wide * boxes.scale)
    assert np.allclose(boxes.depth_in, deep * boxes.scale)
    corner = geometry.front(fixture).corner_in
    free = np.ones(len(wide), bool) if corner is None else (start + share <= corner) | (start >= corner)
    roomy = geometry.room_behind_in(fixture, wide, share) >= deep + 1e-6
    assert np.allclose(boxes.scale[free & roomy], 1.0)


@pytest.mark.parametrize(
    ("shape", "wide_in", "left_in"),
    [
        (Shape.STRAIGHT, 6.0, 16.0),
        (Shape.L, 6.0, 16.0),
        (Shape.HALF_CIRCLE, 3.0, 15.97),
        (Shape.HALF_CIRCLE, 5.0, 6.35),
        (Shape.CIRCLE, 3.0, 9.57),
        (Shape.CIRCLE, 6.0, 0.0),
    ],
)
def test_the_depth_that_a_curve_leaves(shape, wide_in, left_in):
    """In a six-inch cell of ten feet of front: a narrow box goes deep, a full one not at all."""
    assert geometry.room_behind_in(shaped(shape), wide_in, 6.0) == pytest.approx(left_in, abs=0.01)


def test_what_would_cross_the_corner_keeps_to_its_longer_leg():
    """A box across the corner of an L stands on one leg, made smaller."""
    boxes = geometry.stand(shaped(Shape.L), [55.0], [8.0], [8.0], [4.0])
    assert boxes.heading[0] == pytest.approx(math.pi / 2)
    assert boxes.scale[0] == pytest.approx(5 / 8)


def test_boards_of_an_l_cover_the_dead_corner():
    """Front and back line bound two legs and the square behind the corner."""
    assert geometry.area_in2(geometry.outline(shaped(Shape.L))) == pytest.approx(120 * 16 + 16 * 16)
