"""A shelf as it is painted: bays with boards, rails and tags, packages on them, seen by a camera.

Painter's order: bays from the farthest above or below the eye to the nearest, in each the walls, then
packages from the back to the front, then the board's edge with its tags.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.rendering.artwork import Color
from ml.rendering.camera import Camera
from ml.rendering.packages import Sprite
from ml.rendering.truth import Image8, Point, Shown

FloatArray = NDArray[np.float64]
ROUND = np.stack([np.cos(np.linspace(0, 2 * np.pi, 25)[:-1]), np.sin(np.linspace(0, 2 * np.pi, 25)[:-1])], 1)


@dataclass(frozen=True, eq=False)
class Item:
    """A package in the room: middle of its front at ``x``, ``z`` behind the shelf's edge, standing at
    ``bottom``. ``turn`` about the upright, ``lean`` sideways, radians. ``tone``: light that reaches it.
    ``is_front``: it counts as a facing."""

    sprite: Sprite
    product_id: int
    x: float
    bottom: float
    z: float
    row: int
    column: int
    turn: float = 0.0
    lean: float = 0.0
    tone: float = 1.0
    is_front: bool = True

    def face(self, bounds: tuple[float, float, float, float] = (0, 0, 1, 1), behind: float = 0.0) -> FloatArray:
        """Corners (4, 3) in inches of a part of the front, top left first, clockwise; ``bounds`` are left,
        top, right and bottom as shares of it."""
        wide, high, _ = self.sprite.size_in
        left, top, right, low = bounds
        along = (np.array([left, right, right, left]) - 0.5) * wide
        up = (1 - np.array([top, top, low, low])) * high
        cos, sin = np.cos(self.lean), np.sin(self.lean)
        along, up = along * cos + up * sin, up * cos - along * sin
        x = self.x + along * np.cos(self.turn) + behind * np.sin(self.turn)
        z = self.z - along * np.sin(self.turn) + behind * np.cos(self.turn)
        return np.stack([x, self.bottom - up, z], axis=1)


@dataclass(frozen=True, slots=True)
class Look:
    """Colors of a fixture. ``shade``: how dark it gets below a board, 0 to 1."""

    board: Color = (225, 225, 220)
    rail: Color = (210, 210, 205)
    back: Color = (200, 200, 196)
    tags: tuple[Color, ...] = ((250, 250, 248),)
    pegs: bool = False
    shade: float = 0.35
    wire: bool = False


@dataclass(frozen=True, eq=False)
class Bay:
    """The room above one board, inches: from ``top`` down to ``bottom``, where things stand. ``tag_x``:
    where price tags hang. ``row``: −1 outside of the fixture."""

    left: float
    right: float
    top: float
    bottom: float
    depth: float
    thick: float
    look: Look
    items: tuple[Item, ...] = ()
    tag_x: tuple[float, ...] = ()
    row: int = -1
    is_open: bool = False


@dataclass(frozen=True, eq=False)
class Scene:
    """``gaps``: (left, right, top, bottom, row, column, product id) in inches."""

    camera: Camera
    bays: tuple[Bay, ...]
    background: Image8
    gaps: tuple[tuple[float, float, float, float, int, int, int | None], ...] = ()
    uprights: tuple[tuple[float, float, float, Color], ...] = ()
    tags: tuple[Image8, ...] = field(default=())


class Canvas:
    """A picture in the making; ``marks`` holds at every pixel the number of the front that is seen, or 0."""

    def __init__(self, background: Image8, camera: Camera) -> None:
        self.image = np.ascontiguousarray(background.copy())
        self.camera = camera
        self.marks = np.zeros(background.shape[:2], np.int32)

    def fill(self, corners: FloatArray, color: Color, tone: float = 1.0) -> None:
        """A plain polygon (n, 3) in inches."""
        points = np.round(self.camera.project(corners) * 16).clip(-(2**26), 2**26).astype(np.int32)
        shown = tuple(float(min(c * tone, 255)) for c in color)
        cv2.fillPoly(self.image, [points], shown, cv2.LINE_AA, 4)
        cv2.fillPoly(self.marks, [points], 0, cv2.LINE_8, 4)

    def window(self, quad: FloatArray) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of what the picture holds of a quad, pixels."""
        height, width = self.marks.shape
        low, high = np.floor(quad.min(axis=0)), np.ceil(quad.max(axis=0))
        left, top = int(np.clip(low[0], 0, width)), int(np.clip(low[1], 0, height))
        right, bottom = int(np.clip(high[0], 0, width)), int(np.clip(high[1], 0, height))
        return left, top, right, bottom

    def paste(self, level: Image8, corners: FloatArray, tone: float, mark: int = 0, border: int = 1) -> None:
        """A premultiplied RGBA picture onto four corners in inches."""
        quad = self.camera.project(corners)
        left, top, right, bottom = self.window(quad)
        if right - left < 1 or bottom - top < 1:
            return
        h, w = level.shape[:2]
        source = np.array([[border, border], [w - border, border], [w - border, h - border], [border, h - border]])
        turn = cv2.getPerspectiveTransform(
            (source - 0.5).astype(np.float32), (quad - (left, top) - 0.5).astype(np.float32)
        )
        part = cv2.warpPerspective(level, turn, (right - left, bottom - top), flags=cv2.INTER_LINEAR)
        cover = part[..., 3]
        under = self.image[top:bottom, left:right]
        lit = part[..., :3].astype(np.float32) * tone
        kept = under.astype(np.float32) * ((255 - cover.astype(np.float32)) / 255)[..., None]
        under[:] = np.minimum(lit + kept, 255).astype(np.uint8)
        self.marks[top:bottom, left:right][cover > 127] = mark

    def darken(self, corners: FloatArray, alpha: FloatArray) -> None:
        """Shadow over four corners in inches; ``alpha`` (h, w) from 0 (none) to 1 (black)."""
        quad = self.camera.project(corners)
        left, top, right, bottom = self.window(quad)
        if right - left < 1 or bottom - top < 1:
            return
        h, w = alpha.shape
        source = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
        turn = cv2.getPerspectiveTransform(source, (quad - (left, top)).astype(np.float32))
        shade = cv2.warpPerspective((alpha * 255).astype(np.uint8), turn, (right - left, bottom - top))
        under = self.image[top:bottom, left:right]
        under[:] = (under.astype(np.float32) * (1 - shade.astype(np.float32) / 255)[..., None]).astype(np.uint8)


def paint(scene: Scene) -> tuple[Image8, tuple[Shown, ...], NDArray[np.int32]]:
    """The picture before the camera's own faults, its facings, and the mark of the facing at each pixel
    (1 for the first, 0 where none is seen)."""
    canvas = Canvas(scene.background, scene.camera)
    eye = scene.camera.eye[1]
    ordered = sorted(scene.bays, key=lambda b: -abs((b.top + b.bottom) / 2 - eye))
    fronts: list[Item] = []
    for bay in ordered:
        _paint_inside(canvas, bay)
        for item in sorted(bay.items, key=lambda i: -i.z):
            if item.is_front:
                fronts.append(item)
            _paint_item(canvas, item, len(fronts) if item.is_front else 0)
        _paint_shadow(canvas, bay)
        _paint_edge(canvas, bay, scene.tags)
    for x, top, bottom, color in scene.uprights:
        canvas.fill(_upright(x - 0.6, x + 0.6, top, bottom, -0.15), color)
    return canvas.image, _shown(canvas, fronts), canvas.marks


def _shown(canvas: Canvas, fronts: Sequence[Item]) -> tuple[Shown, ...]:
    """The facings that the picture holds a part of, by row and place."""
    if not fronts:
        return ()
    height, width = canvas.marks.shape
    seen = np.bincount(canvas.marks.ravel(), minlength=len(fronts) + 1)
    quads = canvas.camera.project(np.concatenate([i.face(i.sprite.bounds) for i in fronts])).reshape(-1, 4, 2)
    low = np.clip(quads.min(axis=1), 0, (width, height))
    size = np.clip(quads.max(axis=1), 0, (width, height)) - low
    shown = []
    for k, item in enumerate(fronts):
        if seen[k + 1] == 0 or size[k].min() < 1:
            continue
        share = float(seen[k + 1] / max(_area(quads[k]) * item.sprite.cover, 1.0))
        corners: tuple[Point, ...] = tuple((float(x), float(y)) for x, y in quads[k])
        box = (float(low[k, 0]), float(low[k, 1]), float(size[k, 0]), float(size[k, 1]))
        shown.append(Shown(
            box, (corners[0], corners[1], corners[2], corners[3]), item.product_id, item.sprite.kind,
            item.row, item.column, min(share, 1.0),
        ))
    return tuple(sorted(shown, key=lambda s: (s.row, s.box[0])))


def _area(quad: FloatArray) -> float:
    x, y = quad[:, 0], quad[:, 1]
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def _upright(left: float, right: float, top: float, bottom: float, z: float) -> FloatArray:
    return np.array([[left, top, z], [right, top, z], [right, bottom, z], [left, bottom, z]])


def _level(left: float, right: float, y: float, near: float, far: float) -> FloatArray:
    return np.array([[left, y, far], [right, y, far], [right, y, near], [left, y, near]])


def _paint_inside(canvas: Canvas, bay: Bay) -> None:
    look, eye = bay.look, canvas.camera.eye
    if not bay.is_open:
        canvas.fill(_upright(bay.left, bay.right, bay.top, bay.bottom, bay.depth), look.back, 0.75)
        if look.pegs:
            _paint_pegs(canvas, bay)
        for x in (bay.left, bay.right):
            if (x - eye[0]) * (1 if x == bay.right else -1) > 0:
                continue
            side = np.array([[x, bay.top, 0], [x, bay.top, bay.depth], [x, bay.bottom, bay.depth], [x, bay.bottom, 0]])
            canvas.fill(side, look.back, 0.6)
        if eye[1] > bay.top:
            canvas.fill(_level(bay.left, bay.right, bay.top, 0, bay.depth), look.board, 0.45)
    if eye[1] < bay.bottom:
        canvas.fill(_level(bay.left, bay.right, bay.bottom, 0, bay.depth), look.board, 0.85)


def _paint_pegs(canvas: Canvas, bay: Bay) -> None:
    """Holes of a perforated wall, where they are large enough to be seen."""
    pitch = 1.0 if canvas.camera.focal_px / abs(canvas.camera.eye[2]) > 8 else 2.0
    x, y = np.meshgrid(np.arange(bay.left + 0.7, bay.right, pitch), np.arange(bay.top + 0.6, bay.bottom, pitch))
    holes = np.stack([x.ravel(), y.ravel(), np.full(x.size, bay.depth - 0.05)], axis=1)
    if not len(holes):
        return
    at = canvas.camera.project(holes)
    radius = max(round(0.16 * canvas.camera.focal_px / abs(canvas.camera.eye[2])), 1)
    color = tuple(float(c * 0.4) for c in bay.look.back)
    height, width = canvas.marks.shape
    inside = ((at > 0) & (at < (width, height))).all(axis=1)
    for px, py in np.round(at[inside]).astype(int).tolist():
        cv2.circle(canvas.image, (px, py), radius, color, -1)


def _paint_item(canvas: Canvas, item: Item, mark: int) -> None:
    sprite, eye = item.sprite, canvas.camera.eye
    front = item.face()
    quad = canvas.camera.project(front)
    left, top, right, bottom = canvas.window(quad)
    if right <= left or bottom <= top:
        return
    depth = sprite.size_in[2]
    if sprite.body == "box":
        back = item.face(behind=depth)
        for a, b in ((0, 3), (1, 2)):
            corners = np.array([front[a], back[a], back[b], front[b]])
            outward = 1 if a == 1 else -1
            if outward * (eye[0] - front[a, 0]) > outward * np.tan(item.turn) * (front[a, 2] - eye[2]):
                canvas.fill(corners, sprite.side, item.tone * 0.8)
        if eye[1] < front[:2, 1].min():
            canvas.fill(np.array([back[0], back[1], front[1], front[0]]), sprite.lid, item.tone)
    high = float(np.linalg.norm(quad[0] - quad[3]))
    canvas.paste(sprite.level_for(high), front, item.tone, mark)
    if sprite.body == "round" and eye[1] < front[:2, 1].min():
        across = float(np.ptp(front[:2, 0])) / 2 * sprite.top_width
        rim = np.stack([item.x + (front[0, 0] + front[1, 0]) / 2 - item.x + across * ROUND[:, 0],
                        np.full(len(ROUND), front[:2, 1].mean()),
                        item.z + across * (1 + ROUND[:, 1])], axis=1)
        canvas.fill(rim, sprite.lid, item.tone)


def _paint_shadow(canvas: Canvas, bay: Bay) -> None:
    if bay.is_open or bay.look.shade <= 0:
        return
    fall = np.linspace(1, 0, 16)[:, None] ** 1.7
    canvas.darken(_upright(bay.left, bay.right, bay.top, bay.bottom, 0.0),
                  np.repeat(bay.look.shade * (0.15 + 0.85 * fall), 8, axis=1))


def _paint_edge(canvas: Canvas, bay: Bay, tags: Sequence[Image8]) -> None:
    canvas.fill(_upright(bay.left, bay.right, bay.bottom, bay.bottom + bay.thick, -0.1), bay.look.rail)
    lip = bay.bottom + 0.15 * bay.thick
    canvas.fill(_upright(bay.left, bay.right, bay.bottom, lip, -0.12), bay.look.rail, 1.12)
    low = bay.bottom + 0.88 * bay.thick
    canvas.fill(_upright(bay.left, bay.right, low, bay.bottom + bay.thick, -0.12), bay.look.rail, 0.6)
    for k, x in enumerate(bay.tag_x if tags else ()):
        tag = tags[(k * 7 + round(x)) % len(tags)]
        high = min(bay.thick * 0.95, 1.4) * (1.0 if tag.shape[0] < tag.shape[1] else 1.9)
        wide = high * tag.shape[1] / tag.shape[0]
        top = bay.bottom + 0.03 * bay.thick
        canvas.paste(tag, _upright(x - wide / 2, x + wide / 2, top, top + high, -0.2), 1.0, border=0)


def moved(items: Iterable[Item], dx: float, dy: float) -> tuple[Item, ...]:
    """The same items elsewhere."""
    return tuple(replace(i, x=i.x + dx, bottom=i.bottom + dy) for i in items)
