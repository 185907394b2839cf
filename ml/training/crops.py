"""Pieces of shelf scenes to train on: where a package is as large as it will be when photos are read.

A scene is far larger than a network needs to see at once, so each step takes another piece of it at another
scale and proportion, mirrored or not, in other light, and some from a worse picture. Which piece depends on
the seed, the epoch and the number of the scene alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

SEEN_FROM = 0.4
"""A package cut by the edge of the piece is labelled where this share of it is in it; else painted over, so
that the network is neither told that it is nothing nor asked for what cannot be known."""
SMALLEST_PX = 6.0
GRAY = 114
WORST_SCALE, WORST_QUALITY, BEST_QUALITY = 0.45, 18, 80


@dataclass(frozen=True, slots=True)
class Scene:
    """An encoded picture and its labels (n, 5): class, then x, y, width and height of the box, all but the
    class as shares of the picture, the box by its middle."""

    data: bytes
    labels: Floats


@dataclass(frozen=True, slots=True)
class Piece:
    """``pixels`` (size, size, 3) BGR; ``labels`` as of a scene."""

    pixels: Pixels
    labels: Floats


@dataclass(frozen=True, slots=True)
class Light:
    """How far brightness, contrast, and the strength of each color may go from what they are. ``stretch``:
    how much wider or taller things may be; ``worn``: share of pieces that are made from a blurred and
    strongly compressed picture, as messengers send them."""

    brightness: float = 0.25
    contrast: float = 0.3
    color: float = 0.12
    stretch: float = 1.3
    worn: float = 0.3


def read_scene(picture: Path) -> Scene:
    """A picture and its label file, in ``labels`` beside ``images``; without one it shows nothing."""
    return Scene(picture.read_bytes(), read_labels(labels_of(picture)))


def labels_of(picture: Path) -> Path:
    """Where the labels of a picture lie."""
    return picture.parent.parent / "labels" / f"{picture.stem}.txt"


def read_labels(path: Path) -> Floats:
    """(n, 5), empty for a missing file. Raises BadInput for lines that are no YOLO labels."""
    if not path.is_file():
        return np.zeros((0, 5), np.float32)
    try:
        lines = (line.split() for line in path.read_text().splitlines())
        rows = [[float(word) for word in words] for words in lines if words]
        labels = np.array(rows, np.float32).reshape(-1, 5)
    except ValueError as error:
        raise BadInput(f"{path} holds no YOLO labels: {error}.", "Class, x, y, width, height.") from error
    inside = (labels[:, 1:] >= 0) & (labels[:, 1:] <= 1)
    if not inside.all():
        raise BadInput(f"{path} has a box outside of its picture.", "Numbers go from 0 to 1.")
    return labels


def take_piece(
    scene: Scene,
    rng: np.random.Generator,
    size: int,
    scales: tuple[float, float],
    light: Light | None = None,
) -> Piece:
    """A random piece of ``size`` pixels at a random scale between two. Raises BadInput for what cv2 cannot
    decode."""
    picture = cv2.imdecode(np.frombuffer(scene.data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise BadInput("A picture of the data set cannot be read.", "Look for damaged files.")
    scale = np.exp(rng.uniform(*np.log(scales))) * _proportion(rng, light.stretch if light else 1.0)
    extent = np.array(picture.shape[1::-1])
    window = size / scale
    room = extent - window
    corner = np.where(room > 0, rng.uniform(size=2) * room, room / 2)
    shrunk = scale.max() <= 0.67
    if shrunk:
        # Averaged first, so that fine print does not alias.
        picture = cv2.resize(picture, None, fx=scale[0], fy=scale[1], interpolation=cv2.INTER_AREA)
    drawn = np.ones(2) if shrunk else scale
    moved = np.array([[drawn[0], 0, -corner[0] * scale[0]], [0, drawn[1], -corner[1] * scale[1]]])
    warped = cv2.warpAffine(
        picture, moved, (size, size), flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT, borderValue=(GRAY, GRAY, GRAY),
    )
    pixels = np.asarray(warped, np.uint8)
    labels = _inside(pixels, scene.labels, extent, scale, corner, size)
    if rng.random() < 0.5:
        pixels = np.ascontiguousarray(pixels[:, ::-1])
        labels[:, 1] = 1 - labels[:, 1]
    return Piece(_worn(_lit(pixels, rng, light), rng, light.worn) if light else pixels, labels)


def _proportion(rng: np.random.Generator, most: float) -> NDArray[np.float64]:
    """Factors of width and height whose product is one."""
    ratio = np.exp(rng.uniform(-1, 1) * np.log(most) / 2)
    return np.array([ratio, 1 / ratio])


def _inside(
    pixels: Pixels,
    labels: Floats,
    extent: NDArray[np.int_],
    scale: NDArray[np.float64],
    corner: NDArray[np.float64],
    size: int,
) -> Floats:
    """Labels of the packages of which enough is in the piece; the others are painted over."""
    middle, half = labels[:, 1:3] * extent, labels[:, 3:5] * extent / 2
    first = (middle - half - corner) * scale
    last = (middle + half - corner) * scale
    kept_first, kept_last = first.clip(0, size), last.clip(0, size)
    sides = kept_last - kept_first
    share = sides.prod(axis=1) / np.maximum((last - first).prod(axis=1), 1e-6)
    told = (share >= SEEN_FROM) & (sides.min(axis=1, initial=np.inf) >= SMALLEST_PX)
    for (x0, y0), (x1, y1) in zip(
        kept_first[~told & (share > 0)].astype(int), np.ceil(kept_last[~told & (share > 0)]).astype(int),
        strict=True,
    ):
        pixels[y0:y1, x0:x1] = GRAY
    boxes = np.concatenate([(kept_first + kept_last) / 2, sides], axis=1)[told] / size
    return np.concatenate([labels[told, :1], boxes], axis=1).astype(np.float32)


def _lit(pixels: Pixels, rng: np.random.Generator, light: Light) -> Pixels:
    """The same in other light: a curve for each color."""
    contrast = 1 + rng.uniform(-light.contrast, light.contrast)
    brightness = 255 * rng.uniform(-light.brightness, light.brightness) * 0.5
    gain = 1 + rng.uniform(-light.color, light.color, 3)
    levels = np.arange(256)[:, None]
    curve = ((levels - 128) * contrast + 128 + brightness) * gain
    table = curve.clip(0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(pixels, table[None]), np.uint8)


def _worn(pixels: Pixels, rng: np.random.Generator, share: float) -> Pixels:
    """Made smaller and large again, then saved as JPEG, with the chance ``share``."""
    if rng.random() >= share:
        return pixels
    size = pixels.shape[1::-1]
    scale = rng.uniform(WORST_SCALE, 1)
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    large = cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)
    quality = int(rng.integers(WORST_QUALITY, BEST_QUALITY))
    data = cv2.imencode(".jpg", large, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def scenes_of(pictures: Sequence[Path]) -> list[Scene]:
    """All of them, encoded as they are on disk: a tenth of what they take decoded."""
    return [read_scene(path) for path in pictures]
