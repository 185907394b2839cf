"""A shelf as it is painted: bays with packages, seen by a camera, and what of each package is seen.

Painter's order: bays from the farthest beside the eye to the nearest, of those side by side from the farthest
above or below it; in each the walls, then packages from the back to the front, then the board's edge with its
tags.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.rendering import furniture
from ml.rendering.artwork import Color
from ml.rendering.camera import Camera
from ml.rendering.canvas import Canvas, FloatArray
from ml.rendering.furniture import Room
from ml.rendering.packages import Sprite
from ml.rendering.truth import Image8, Point, Shown

_CIRCLE = np.linspace(0, 2 * np.pi, 25)[:-1]
RIM = np.stack([np.cos(_CIRCLE), np.zeros(24), 1 + np.sin(_CIRCLE)], axis=1)
WHOLE = (0.0, 0.0, 1.0, 1.0)


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


@dataclass(frozen=True, eq=False)
class Bay:
    """A room and what stands in it."""

    room: Room
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, eq=False)
class Overlay:
    """Something before the shelf: a premultiplied RGBA picture and its quad in pixels."""

    picture: Image8
    quad: FloatArray


@dataclass(frozen=True, eq=False)
class Scene:
    """All that a picture is made of. ``uprights``: (x, top, bottom, color) of posts."""

    camera: Camera
    bays: tuple[Bay, ...]
    background: Image8
    uprights: tuple[tuple[float, float, float, Color], ...] = ()
    tags: tuple[Image8, ...] = ()
    overlays: tuple[Overlay, ...] = ()


@dataclass(frozen=True, eq=False)
class _Faces:
    """Items of a bay in the room and in the picture: corners (n, 4, 3) of their fronts, top left first,
    clockwise, and of their backs; the same in pixels (n, 4, 2)."""

    front: FloatArray
    back: FloatArray
    front_px: FloatArray
    back_px: FloatArray


def paint(scene: Scene) -> tuple[Image8, tuple[Shown, ...], NDArray[np.int32]]:
    """The picture before the camera's own faults, its facings by row and place, and the number of the
    painted facing at each pixel (0 where none is seen)."""
    canvas = Canvas(scene.background, scene.camera)
    fronts: list[Item] = []
    for bay in sorted(scene.bays, key=lambda b: _distance(b.room, scene.camera), reverse=True):
        furniture.paint_inside(canvas, bay.room)
        _paint_items(canvas, bay.items, fronts)
        furniture.paint_shadow(canvas, bay.room)
        furniture.paint_coils(canvas, bay.room)
        furniture.paint_edge(canvas, bay.room, scene.tags)
    for x, top, bottom, color in scene.uprights:
        canvas.fill(furniture.upright(x - 0.6, x + 0.6, top, bottom, -0.15), color)
    for overlay in scene.overlays:
        canvas.paste_pixels(overlay.picture, overlay.quad, canvas.window(overlay.quad), 1.0, border=0)
    return canvas.image, _shown(canvas, fronts), canvas.marks


def _distance(room: Room, camera: Camera) -> tuple[float, float]:
    """How far beside the eye a room begins, and how far above or below it its middle is."""
    x, y, _ = camera.eye
    return max(room.left - x, x - room.right, 0.0), abs((room.top + room.bottom) / 2 - y)


def faces(items: Sequence[Item], bounds: Sequence[tuple[float, float, float, float]]) -> FloatArray:
    """Corners (n, 4, 3) in inches of parts of fronts; ``bounds``: left, top, right, bottom as shares."""
    return _placed(items, np.array(bounds, float), np.zeros(len(items)))


def _placed(items: Sequence[Item], bounds: FloatArray, behind: FloatArray) -> FloatArray:
    at = np.array([(i.x, i.bottom, i.z, i.turn, i.lean, *i.sprite.size_in[:2]) for i in items]).reshape(-1, 7)
    x, bottom, z, turn, lean, wide, high = (at[:, k, None] for k in range(7))
    along = (bounds[:, [0, 2, 2, 0]] - 0.5) * wide
    up = (1 - bounds[:, [1, 1, 3, 3]]) * high
    along, up = along * np.cos(lean) + up * np.sin(lean), up * np.cos(lean) - along * np.sin(lean)
    back = behind[:, None]
    return np.stack([x + along * np.cos(turn) + back * np.sin(turn), bottom - up,
                     z - along * np.sin(turn) + back * np.cos(turn)], axis=2)


def _paint_items(canvas: Canvas, items: Sequence[Item], fronts: list[Item]) -> None:
    """Paint from the back to the front; facings are appended to ``fronts``, their number is their mark."""
    ordered = sorted(items, key=lambda i: -i.z)
    if not ordered:
        return
    bounds = np.tile(WHOLE, (len(ordered), 1))
    front = _placed(ordered, bounds, np.zeros(len(ordered)))
    back = _placed(ordered, bounds, np.array([i.sprite.size_in[2] for i in ordered]))
    pixels = canvas.camera.project(np.concatenate([front, back]).reshape(-1, 3)).reshape(2, -1, 4, 2)
    placed = _Faces(front, back, pixels[0], pixels[1])
    height, width = canvas.marks.shape
    low, high = pixels.min(axis=(0, 2)), pixels.max(axis=(0, 2))
    is_inside = (high > 0).all(axis=1) & (low < (width, height)).all(axis=1)
    for k, item in enumerate(ordered):
        if is_inside[k]:
            if item.is_front:
                fronts.append(item)
            _paint_item(canvas, item, placed, k, len(fronts) if item.is_front else 0)


def _paint_item(canvas: Canvas, item: Item, placed: _Faces, k: int, mark: int) -> None:
    sprite, eye = item.sprite, canvas.camera.eye
    front, quad, back = placed.front[k], placed.front_px[k], placed.back_px[k]
    is_above = eye[1] < front[0, 1]
    if sprite.body == "box":
        # a flank is seen where its far edge lies outside of the front
        if back[0, 0] < quad[0, 0]:
            canvas.fill_pixels(np.stack([quad[0], back[0], back[3], quad[3]]), sprite.side, item.tone * 0.8)
        if back[1, 0] > quad[1, 0]:
            canvas.fill_pixels(np.stack([quad[1], back[1], back[2], quad[2]]), sprite.side, item.tone * 0.75)
        if is_above:
            canvas.fill_pixels(np.stack([back[0], back[1], quad[1], quad[0]]), sprite.lid, item.tone)
    high = math.dist(quad[0], quad[3])
    canvas.paste_pixels(sprite.level_for(high), quad, canvas.window(quad), item.tone, mark)
    if sprite.body == "round" and is_above:
        radius = sprite.size_in[0] / 2 * sprite.top_width
        rim = RIM * radius + (front[:2, 0].mean(), front[:2, 1].mean(), item.z)
        canvas.fill(rim, sprite.lid, item.tone)


def _shown(canvas: Canvas, fronts: Sequence[Item]) -> tuple[Shown, ...]:
    """The facings that the picture holds a part of, by row and place."""
    if not fronts:
        return ()
    height, width = canvas.marks.shape
    seen = np.bincount(canvas.marks.ravel(), minlength=len(fronts) + 1)
    corners = faces(fronts, [i.sprite.bounds for i in fronts])
    quads = canvas.camera.project(corners.reshape(-1, 3)).reshape(-1, 4, 2)
    low = np.clip(quads.min(axis=1), 0, (width, height))
    size = np.clip(quads.max(axis=1), 0, (width, height)) - low
    shown = []
    for k, item in enumerate(fronts):
        if seen[k + 1] == 0 or size[k].min() < 1:
            continue
        share = float(seen[k + 1] / max(_area(quads[k]) * item.sprite.cover, 1.0))
        points: list[Point] = [(float(x), float(y)) for x, y in quads[k]]
        box = (float(low[k, 0]), float(low[k, 1]), float(size[k, 0]), float(size[k, 1]))
        shown.append(Shown(box, (points[0], points[1], points[2], points[3]), item.product_id,
                           item.sprite.kind, item.row, item.column, min(share, 1.0)))
    return tuple(sorted(shown, key=lambda s: (s.row, s.box[0])))


def _area(quad: FloatArray) -> float:
    x, y = quad[:, 0], quad[:, 1]
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)
