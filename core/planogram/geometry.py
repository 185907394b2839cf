"""Where a shelf's front runs in the room, for every shape, and what of it is seen from the aisle.

The engine knows a shelf unrolled: inches from its left end along the *front edge*. So ``width_in`` of a
fixture is the length of that edge, whatever its shape, and columns = floor(width / cell width) holds
everywhere: a half circle has the radius width / π, a circle width / 2π, an L is two legs that meet in an
inside corner, the shopper between them. This module bends that line back into the room.

Plan view in inches: x to the right, y towards the shopper, as seen by one who stands in front. A heading is
the angle in radians of the way a front looks, from +y towards +x; from left to right along the edge people
walk in the direction (cos heading, -sin heading). Everything is vectorized over places along the edge.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.planogram.fixture import Fixture, Placement, Shape

FloatArray = NDArray[np.float64]

ARM_IN = 48.0
"""How far a shopper stands from the part of the fixture that comes nearest."""
_ARC_STEP = math.radians(3.0)
"""Angle of one chord of a drawn curve: on a radius of 20 in it departs from the arc by 0.01 in."""
_SAMPLES = 9
"""Points of a cell that are looked at."""
_ON_FRONT = 1e-6


@dataclass(frozen=True, slots=True)
class Piece:
    """A straight (curvature 0) or evenly bent stretch of front from ``start_in`` on; ``bend`` is the
    heading gained per inch, 1 / radius on a round that bulges towards the shopper."""

    start_in: float
    length_in: float
    x: float
    y: float
    heading: float
    bend: float = 0.0


@dataclass(frozen=True)
class Front:
    """The front edge of a fixture's shelves. ``depth_in`` is what is behind it at most: a round cannot be
    deeper than its radius."""

    pieces: tuple[Piece, ...]
    depth_in: float
    closed: bool = False
    _table: FloatArray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        rows = [(p.start_in, p.length_in, p.x, p.y, p.heading, p.bend) for p in self.pieces]
        object.__setattr__(self, "_table", np.array(rows, float).T)

    @property
    def length_in(self) -> float:
        last = self.pieces[-1]
        return last.start_in + last.length_in

    @property
    def corner_in(self) -> float | None:
        """Inches from the left end to the inside corner, where there is one."""
        return self.pieces[1].start_in if len(self.pieces) > 1 else None

    @property
    def radius_in(self) -> float | None:
        """Radius of a round front, None for a straight one."""
        bend = self.pieces[0].bend
        return 1.0 / bend if bend else None

    def heading(self, along_in: ArrayLike) -> FloatArray:
        """Headings at places along the edge; at a corner that of the right leg."""
        start, _, _, _, heading, bend = self._at(along_in)
        turned: FloatArray = heading + bend * (np.asarray(along_in, float) - start)
        return turned

    def point(self, along_in: ArrayLike, behind_in: ArrayLike = 0.0) -> FloatArray:
        """Plan points (…, 2) at places along the edge, ``behind_in`` inches behind it."""
        along = np.asarray(along_in, float)
        start, _, x, y, heading, bend = self._at(along)
        gone, half = along - start, bend * (along - start) / 2
        chord = gone * np.sinc(half / np.pi)
        middle = heading + half
        now = heading + 2 * half
        behind = np.asarray(behind_in, float)
        px = x + chord * np.cos(middle) - behind * np.sin(now)
        py = y - chord * np.sin(middle) - behind * np.cos(now)
        return np.stack([px, py], axis=-1)

    def _at(self, along_in: ArrayLike) -> FloatArray:
        starts = self._table[0]
        index = np.searchsorted(starts, np.asarray(along_in, float), side="right") - 1
        return self._table[:, np.clip(index, 0, len(starts) - 1)]


@lru_cache(maxsize=256)
def front(fixture: Fixture) -> Front:
    """The front edge of a fixture, its left end at 0 inches.

    Straight fixtures and end caps lie with their middle at the origin. An L has its inside corner there: the
    left leg runs back along the left wall, the right one along the back wall. It turns at the cell edge next
    to the middle; with one cell it is straight. Rounds have their center at the origin: a half circle's ends
    touch the wall at y = 0, a circle's ends meet behind, and the middle of both looks at the shopper.
    """
    width = fixture.width_in
    if fixture.shape is Shape.HALF_CIRCLE:
        radius = width / math.pi
        piece = Piece(0.0, width, -radius, 0.0, -math.pi / 2, 1 / radius)
        return Front((piece,), min(fixture.depth_in, radius))
    if fixture.shape is Shape.CIRCLE:
        radius = width / (2 * math.pi)
        piece = Piece(0.0, width, 0.0, -radius, -math.pi, 1 / radius)
        return Front((piece,), min(fixture.depth_in, radius), closed=True)
    left = fixture.cell_width_in * (fixture.columns // 2)
    if fixture.shape is Shape.L and left > 0:
        legs = (Piece(0.0, left, 0.0, left, math.pi / 2), Piece(left, width - left, 0.0, 0.0, 0.0))
        return Front(legs, fixture.depth_in)
    return Front((Piece(0.0, width, -width / 2, 0.0, 0.0),), fixture.depth_in)


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of one row along the front: (n,) arrays in inches and radians.

    ``center`` (n, 2) is the middle of a cell's front on the edge, ``width_in`` the straight line between its
    two front corners (on a round shorter than the cell is along the edge), ``start_in`` where it begins.
    """

    start_in: FloatArray
    center: FloatArray
    heading: FloatArray
    width_in: FloatArray


def pitch_in(fixture: Fixture, row: int) -> float:
    """Inches of front that a cell of a row takes. In a machine the slots of a tray share its width evenly, so
    that a tray of fewer slots has wider ones; elsewhere the cell width of the fixture."""
    if fixture.placement is Placement.SLOTS:
        return fixture.width_in / fixture.row_columns[row]
    return fixture.cell_width_in


def cells(fixture: Fixture, row: int = 0) -> Cells:
    """Cells of a row, left to right: side by side, they cover columns × pitch of the edge once."""
    edge, pitch = front(fixture), pitch_in(fixture, row)
    starts: FloatArray = np.arange(fixture.row_columns[row], dtype=np.float64) * pitch
    middle = starts + pitch / 2
    ends = edge.point(starts + pitch * (1 - 1e-12)) - edge.point(starts)
    return Cells(starts, edge.point(middle), edge.heading(middle), np.hypot(ends[:, 0], ends[:, 1]))


def cell_of(fixture: Fixture, points: ArrayLike) -> NDArray[np.intp]:
    """Column (…,) of the widest row over which plan points (…, 2) lie, -1 where there is none.

    None are the dead corner of an L, the core of a round that is less deep than its radius, the rest of the
    edge that is narrower than a cell, and all that is outside.
    """
    edge, at = front(fixture), np.asarray(points, float)
    x, y = at[..., 0], at[..., 1]
    radius = edge.radius_in
    if radius is not None:
        heading, behind = np.arctan2(x, y), radius - np.hypot(x, y)
        along = (heading - edge.pieces[0].heading) * radius
        inside = (behind >= 0) & (behind <= edge.depth_in) & (edge.closed | (y >= 0))
    elif edge.corner_in is not None:
        on_left = y > 0
        along = np.where(on_left, edge.corner_in - y, edge.corner_in + x)
        behind, beside = np.where(on_left, -x, -y), np.where(on_left, y, x)
        inside = (behind >= 0) & (behind <= edge.depth_in) & (beside >= 0)
    else:
        along, behind = x + edge.length_in / 2, -y
        inside = (behind >= 0) & (behind <= edge.depth_in)
    column = np.floor(along / fixture.cell_width_in).astype(np.intp)
    return np.where(inside & (column >= 0) & (column < fixture.columns), column, -1)


# --- the room it takes ---


def edges(fixture: Fixture) -> tuple[FloatArray, FloatArray]:
    """Front and back line of the shelves as polylines (n, 2) each, point by point behind one another.

    A board is the strip between them. Behind an L's corner it covers the dead corner too.
    """
    edge = front(fixture)
    if edge.corner_in is not None:
        along = np.array([0.0, edge.corner_in, edge.length_in])
        ahead = edge.point(along)
        return ahead, ahead - edge.depth_in * np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    turn = edge.length_in * abs(edge.pieces[0].bend)
    along = np.linspace(0.0, edge.length_in, max(2, math.ceil(turn / _ARC_STEP) + 1))
    return edge.point(along), edge.point(along, edge.depth_in)


def outline(fixture: Fixture) -> FloatArray:
    """Footprint as a closed polygon (n, 2) whose last point joins the first. A circle's is its rim: what
    is inside its ring of shelves belongs to the fixture."""
    ahead, behind = edges(fixture)
    edge = front(fixture)
    if edge.closed:
        return ahead[:-1]
    if edge.radius_in is not None:  # its back is the wall, whatever the depth of its shelves
        return ahead
    return np.concatenate([ahead, behind[::-1]])


def footprint_in(fixture: Fixture) -> tuple[float, float]:
    """(width, depth) in inches of the rectangle of floor that the fixture stands on."""
    size = np.ptp(_rim(fixture), axis=0)
    return float(size[0]), float(size[1])


def area_in2(polygon: FloatArray) -> float:
    """Area of a polygon (n, 2) by the shoelace formula."""
    x, y = polygon[:, 0], polygon[:, 1]
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def _rim(fixture: Fixture) -> FloatArray:
    """The outline with the outermost points of a round, which a chord may miss."""
    edge = front(fixture)
    if edge.radius_in is None:
        return outline(fixture)
    quarters = edge.point(np.linspace(0.0, edge.length_in, 5))
    return np.concatenate([outline(fixture), quarters])


# --- what is seen ---


def shopper(fixture: Fixture, distance_in: float = ARM_IN) -> tuple[float, float]:
    """Where a shopper stands who looks at the fixture from the front: on the line through its middle, and
    ``distance_in`` from what comes nearest. Before an L that line halves its corner."""
    rim = _rim(fixture)
    edge = front(fixture)
    looks = np.pi / 4 if edge.corner_in is not None else 0.0
    way = np.array([math.sin(looks), math.cos(looks)])
    x, y = (float((rim @ way).max()) + distance_in) * way
    return float(x), float(y)


def seen(
    fixture: Fixture, eye: tuple[float, float] | None = None, distance_in: float = ARM_IN
) -> FloatArray:
    """How much of each cell of the widest row a shopper sees, (columns,) from 0 to 1.

    1 is a cell that faces the eye squarely; turned away by an angle it shows the cosine of it, and nothing
    beyond a right angle or where the fixture itself stands between. ``eye`` is a plan point, by default
    ``shopper(fixture, distance_in)``.
    """
    edge = front(fixture)
    eye_at = np.array(eye if eye is not None else shopper(fixture, distance_in))
    pitch = fixture.cell_width_in
    share = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    along = (np.arange(fixture.columns)[:, None] + share) * pitch
    points, heading = edge.point(along), edge.heading(along)
    ray = eye_at - points
    ahead = ray[..., 0] * np.sin(heading) + ray[..., 1] * np.cos(heading)
    facing = np.clip(ahead / np.maximum(np.hypot(ray[..., 0], ray[..., 1]), _ON_FRONT), 0.0, 1.0)
    free = ~_hidden(points.reshape(-1, 2), eye_at, outline(fixture)).reshape(along.shape)
    shown: FloatArray = (facing * free).mean(axis=1)
    return shown


def _hidden(points: FloatArray, eye: FloatArray, polygon: FloatArray) -> NDArray[np.bool_]:
    """Whether a side of the polygon crosses the line of sight of each point (n,), ends of it aside."""
    a, b = polygon, np.roll(polygon, -1, axis=0)
    sight, side = eye - points, b - a
    cross = sight[:, None, 0] * side[:, 1] - sight[:, None, 1] * side[:, 0]
    away = a - points[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        on_sight = (away[..., 0] * side[:, 1] - away[..., 1] * side[:, 0]) / cross
        on_side = (away[..., 0] * sight[:, None, 1] - away[..., 1] * sight[:, None, 0]) / cross
    # a chord of a drawn round cuts off a little of the shelf: what is that near the front is not between
    near = 1e-3
    crossed = (on_sight > near) & (on_sight < 1) & (on_side >= 0) & (on_side <= 1)
    hidden: NDArray[np.bool_] = np.any(crossed, axis=1)
    return hidden


# --- what fits behind ---


def room_behind_in(fixture: Fixture, wide_in: ArrayLike, share_in: ArrayLike) -> FloatArray:
    """Inches of depth behind fronts ``wide_in`` wide that may use ``share_in`` of the edge each.

    On a straight front the depth of the shelf. On a round neighbors lean towards each other: a box whose two
    front corners stand on the edge may be as deep as the wedge of its share is as wide as the box. 0 where
    the box is wider than its share.
    """
    edge = front(fixture)
    wide, share = np.broadcast_arrays(np.asarray(wide_in, float), np.asarray(share_in, float))
    radius = edge.radius_in
    if radius is None:
        return np.where(wide <= share + _ON_FRONT, edge.depth_in, 0.0)
    half = np.minimum(share / (2 * radius), math.pi / 2)
    ahead = np.sqrt(np.maximum(radius**2 - wide**2 / 4, 0.0))
    narrow = np.maximum(wide / 2 * np.cos(half) / np.sin(np.maximum(half, _ON_FRONT)), radius - edge.depth_in)
    room: FloatArray = np.maximum(ahead - narrow, 0.0)
    return room


@dataclass(frozen=True, eq=False)
class Boxes:
    """One box a stretch of front, (n,) arrays: ``front`` (n, 2) the middle of its front side in plan,
    ``heading`` its way to look, ``width_in`` and ``depth_in`` its size, ``room_in`` the depth that it might
    have, ``scale`` below 1 where it had to be made smaller to stand there without cutting a neighbor."""

    front: FloatArray
    heading: FloatArray
    width_in: FloatArray
    depth_in: FloatArray
    room_in: FloatArray
    scale: FloatArray

    def corners(self) -> FloatArray:
        """(n, 4, 2): front left, front right, back right, back left."""
        across = np.stack([np.cos(self.heading), -np.sin(self.heading)], axis=-1)[:, None]
        back = -np.stack([np.sin(self.heading), np.cos(self.heading)], axis=-1)[:, None]
        side = np.array([-0.5, 0.5, 0.5, -0.5])[None, :, None] * self.width_in[:, None, None]
        deep = np.array([0.0, 0.0, 1.0, 1.0])[None, :, None] * self.depth_in[:, None, None]
        placed: FloatArray = self.front[:, None] + side * across + deep * back
        return placed


def stand(
    fixture: Fixture, start_in: ArrayLike, share_in: ArrayLike, wide_in: ArrayLike, deep_in: ArrayLike
) -> Boxes:
    """Boxes ``wide_in`` × ``deep_in`` in the middle of stretches of the front that begin at ``start_in`` and
    are ``share_in`` long; (n,) each. The front corners stand on the edge.

    A box that its stretch has no room for is made smaller in plan, keeping its proportions. One that would
    stand across the corner of an L keeps to the leg that it has more of.
    """
    edge = front(fixture)
    arrays = (np.asarray(v, float) for v in (start_in, share_in, wide_in, deep_in))
    start, share, wide, deep = (np.atleast_1d(a) for a in np.broadcast_arrays(*arrays))
    start, share = _on_one_leg(edge, start, share)
    middle = start + share / 2
    scale = _scale(edge, share, wide, deep)
    drawn_wide, drawn_deep = wide * scale, deep * scale
    behind = np.zeros_like(share)
    if edge.radius_in is not None:
        behind = edge.radius_in - np.sqrt(np.maximum(edge.radius_in**2 - drawn_wide**2 / 4, 0.0))
    room = np.maximum(room_behind_in(fixture, drawn_wide, share), drawn_deep)
    return Boxes(edge.point(middle, behind), edge.heading(middle), drawn_wide, drawn_deep, room, scale)


def _on_one_leg(edge: Front, start: FloatArray, share: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Stretches cut at the corner, the longer part of each kept."""
    corner = edge.corner_in
    if corner is None:
        return start, share
    left, right = np.clip(corner - start, 0.0, share), np.clip(start + share - corner, 0.0, share)
    keeps_left = left >= right
    return np.where(keeps_left, start, np.maximum(start, corner)), np.where(keeps_left, left, right)


def _scale(edge: Front, share: FloatArray, wide: FloatArray, deep: FloatArray) -> FloatArray:
    """The largest factor up to 1 with which a box fits in its stretch."""
    radius = edge.radius_in
    if radius is None:
        return np.minimum(np.minimum(share / wide, edge.depth_in / deep), 1.0)
    half = np.minimum(share / (2 * radius), math.pi / 2)
    core = radius - edge.depth_in
    # front corners on the rim: the back side must keep within the wedge of the share, and off the core
    lean = wide / 2 * np.cos(half) / np.sin(half)
    in_wedge = radius / np.hypot(deep + lean, wide / 2)
    square = deep**2 + wide**2 / 4
    off_core = (np.sqrt((deep * core) ** 2 + square * (radius**2 - core**2)) - deep * core) / square
    fits = np.minimum(in_wedge, off_core)
    fitting: FloatArray = np.clip(fits, 0.0, 1.0)
    return fitting
