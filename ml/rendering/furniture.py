"""What carries the packages: walls, boards, rails with their price tags, hooks, fences of wire or plastic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ml.rendering.artwork import Color
from ml.rendering.canvas import Canvas, FloatArray
from ml.rendering.truth import Image8


@dataclass(frozen=True, slots=True)
class Look:
    """Colors of a fixture. ``shade``: how dark it gets below a board, 0 to 1. ``fence``: "", "wire" or
    "clear", ``fence_in`` high. ``walls``: whether there is a panel between bays."""

    board: Color = (225, 225, 220)
    rail: Color = (210, 210, 205)
    back: Color = (200, 200, 196)
    tags: tuple[Color, ...] = ((250, 250, 248),)
    pegs: bool = False
    shade: float = 0.35
    fence: str = ""
    fence_in: float = 1.5
    walls: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """The room above one board, inches: from ``top`` down to ``bottom``, where things stand. ``tag_x``:
    where price tags hang. ``is_open``: there is nothing above and behind. ``coils``: where the spirals of a
    machine are (left, right). ``own_tags``: what hangs at ``tag_x``, one each, instead of any tag."""

    left: float
    right: float
    top: float
    bottom: float
    depth: float
    thick: float
    look: Look
    tag_x: tuple[float, ...] = ()
    is_open: bool = False
    coils: tuple[tuple[float, float], ...] = ()
    own_tags: tuple[Image8, ...] = ()


def upright(left: float, right: float, top: float, bottom: float, z: float) -> FloatArray:
    """Corners (4, 3) of a plane that faces the front."""
    return np.array([[left, top, z], [right, top, z], [right, bottom, z], [left, bottom, z]])


def flat(left: float, right: float, y: float, near: float, far: float) -> FloatArray:
    """Corners (4, 3) of a level plane."""
    return np.array([[left, y, far], [right, y, far], [right, y, near], [left, y, near]])


def paint_inside(canvas: Canvas, room: Room) -> None:
    """Back wall, panels, the board above and the one on which things stand, as far as the eye sees them."""
    look, eye = room.look, canvas.camera.eye
    if not room.is_open:
        canvas.fill(upright(room.left, room.right, room.top, room.bottom, room.depth), look.back, 0.75)
        if look.pegs:
            _paint_pegs(canvas, room)
        if look.walls:
            for x, is_seen in ((room.left, eye[0] > room.left), (room.right, eye[0] < room.right)):
                side = upright(0, 0, room.top, room.bottom, 0)
                side[:, 0], side[1:3, 2] = x, room.depth
                if is_seen:
                    canvas.fill(side, look.back, 0.6)
        if eye[1] > room.top:
            canvas.fill(flat(room.left, room.right, room.top, 0, room.depth), look.board, 0.45)
    if eye[1] < room.bottom:
        canvas.fill(flat(room.left, room.right, room.bottom, 0, room.depth), look.board, 0.85)
        canvas.darken(flat(room.left, room.right, room.bottom, 0, room.depth),
                      np.repeat(np.linspace(0.6, 0.0, 8)[:, None], 4, axis=1))


def paint_shadow(canvas: Canvas, room: Room) -> None:
    """The dark below a board, over everything that stands there."""
    if room.is_open or room.look.shade <= 0:
        return
    fall = np.linspace(1, 0, 16)[:, None] ** 1.7
    canvas.darken(upright(room.left, room.right, room.top, room.bottom, 0.0),
                  np.repeat(room.look.shade * (0.15 + 0.85 * fall), 8, axis=1))


def paint_edge(canvas: Canvas, room: Room, tags: Sequence[Image8]) -> None:
    """The board's front with its rail, tags and fence."""
    left, right, low, look = room.left, room.right, room.bottom, room.look
    if look.fence == "clear":
        _paint_clear(canvas, room)
    elif look.fence == "wire":
        _paint_wire(canvas, room)
    canvas.fill(upright(left, right, low, low + room.thick, -0.1), look.rail)
    canvas.fill(upright(left, right, low, low + 0.15 * room.thick, -0.12), look.rail, 1.12)
    canvas.fill(upright(left, right, low + 0.88 * room.thick, low + room.thick, -0.12), look.rail, 0.6)
    for k, x in enumerate(room.tag_x if tags or room.own_tags else ()):
        tag = room.own_tags[k] if room.own_tags else tags[(k * 7 + round(x)) % len(tags)]
        high = min(room.thick * 0.95, 1.4) * (1.0 if tag.shape[0] < tag.shape[1] else 1.9)
        wide = high * tag.shape[1] / tag.shape[0]
        top = low + 0.03 * room.thick
        canvas.paste(tag, upright(x - wide / 2, x + wide / 2, top, top + high, -0.2))


def paint_coils(canvas: Canvas, room: Room) -> None:
    """A machine's spirals: rings that lie along the depth, in front of the packages' feet."""
    turn = np.linspace(0, 2 * np.pi, 20)
    unit = max(round(0.12 * canvas.camera.focal_px / abs(canvas.camera.eye[2])), 1)
    for left, right in room.coils:
        radius, middle = 0.42 * min(right - left, 3.0), (left + right) / 2
        for z in (2.2, 0.8):
            ring = np.stack([middle + radius * np.cos(turn), room.bottom - radius - radius * np.sin(turn),
                             np.full(len(turn), z)], axis=1)
            points = np.round(canvas.camera.project(ring[:11] if z < 1 else ring)).astype(np.int32)
            cv2.polylines(canvas.image, [points], False, (120, 122, 126), unit, cv2.LINE_AA)


def _paint_pegs(canvas: Canvas, room: Room) -> None:
    """Holes of a perforated wall, where they are large enough to be seen."""
    scale = canvas.camera.focal_px / abs(canvas.camera.eye[2])
    pitch = 1.0 if scale > 8 else 2.0
    down = np.arange(room.top + 0.6, room.bottom, pitch)
    x, y = np.meshgrid(np.arange(room.left + 0.7, room.right, pitch), down)
    if not x.size:
        return
    at = canvas.camera.project(np.stack([x.ravel(), y.ravel(), np.full(x.size, room.depth - 0.05)], axis=1))
    color = tuple(float(c * 0.4) for c in room.look.back)
    height, width = canvas.marks.shape
    inside = ((at > 0) & (at < (width, height))).all(axis=1)
    for px, py in np.round(at[inside]).astype(int).tolist():
        cv2.circle(canvas.image, (px, py), max(round(0.16 * scale), 1), color, -1)


def _paint_clear(canvas: Canvas, room: Room) -> None:
    """A strip of clear plastic: it whitens what stands behind, and its rim shines."""
    top = room.bottom - room.look.fence_in
    haze = np.full((4, 4, 4), 46, np.uint8)
    quad = canvas.camera.project(upright(room.left, room.right, top, room.bottom, -0.05))
    left, high, right, low = canvas.window(quad)
    marks = canvas.marks[high:low, left:right].copy()
    canvas.paste_pixels(haze, quad, (left, high, right, low), 1.0, border=0)
    canvas.marks[high:low, left:right] = marks
    canvas.fill(upright(room.left, room.right, top, top + 0.12, -0.05), (235, 240, 242))


def _paint_wire(canvas: Canvas, room: Room) -> None:
    top, width = room.bottom - room.look.fence_in, 0.14
    color: Color = (196, 198, 200)
    for y in np.linspace(top, room.bottom - 0.4, 3):
        canvas.fill(upright(room.left, room.right, float(y), float(y) + width, -0.05), color)
    for x in np.arange(room.left, room.right, 2.0):
        canvas.fill(upright(float(x), float(x) + width, top, room.bottom, -0.06), color, 0.9)
