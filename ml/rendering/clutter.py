"""What is around a shelf and before it: aisle, floor, ceiling, hands, signs, people; and price tags."""

from __future__ import annotations

import cv2
import numpy as np

from ml.rendering.artwork import hsv
from ml.rendering.camera import Camera
from ml.rendering.fonts import face
from ml.rendering.stage import Overlay
from ml.rendering.truth import Image8

Generator = np.random.Generator
COARSE = 4
"""What is blurred anyway is painted this much smaller."""
_SIGN_WORDS = ("SALE", "NEW", "2 for 5", "SAVE 20%", "Member price", "Only today", "Clearance")


def background(rng: Generator, camera: Camera, floor_in: float) -> Image8:
    """Wall or aisle above, floor from ``floor_in`` below the top, blurred clutter, lamps."""
    height, width = camera.height // COARSE + 1, camera.width // COARSE + 1
    gray = hsv(float(rng.random()), float(rng.uniform(0, 0.4)), float(rng.uniform(0.1, 0.95)))
    image = np.empty((height, width, 3), np.uint8)
    image[:] = np.clip(np.array(gray) * np.linspace(rng.uniform(0.7, 1.2), 1, height)[:, None, None], 0, 255)
    for _ in range(int(rng.integers(0, 40))):
        x, y = rng.uniform(-0.1 * width, width), rng.uniform(-0.1 * height, height)
        w, h = rng.uniform(0.02, 0.25, 2) * (width, height)
        color = hsv(float(rng.random()), float(rng.uniform(0, 0.9)), float(rng.uniform(0.1, 0.95)))
        cv2.rectangle(image, (int(x), int(y)), (int(x + w), int(y + h)), color, -1)
    image = cv2.GaussianBlur(image, (0, 0), float(rng.uniform(1.0, 10 / COARSE)))
    height, width = camera.height, camera.width
    image = np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
    for _ in range(int(rng.integers(0, 5))):
        a, b = rng.uniform(0, width, 2), rng.uniform(0, 0.25 * height, 2)
        cv2.line(image, (int(a[0]), int(b[0])), (int(a[1]), int(b[1])), (250, 250, 245),
                 int(rng.integers(1, 8)), cv2.LINE_AA)
    _add_floor(image, camera, floor_in, rng)
    return image


def _add_floor(image: Image8, camera: Camera, floor_in: float, rng: Generator) -> None:
    edge = camera.project([[-400, floor_in, 4], [400, floor_in, 4]])
    width, height = camera.width, camera.height
    outline = np.array([edge[0], edge[1], (width * 3, height * 4), (-width * 3, height * 4)])
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [np.clip(outline, -30000, 30000).astype(np.int32)], 255)
    color = np.array(hsv(0.09, float(rng.uniform(0, 0.3)), float(rng.uniform(0.25, 0.85))), np.float32)
    rows = np.flatnonzero(mask.any(axis=1))
    if not len(rows):
        return
    below = np.s_[rows[0] : rows[-1] + 1]
    grain = rng.normal(1, 0.05, (len(rows) // 4 + 1, width // 4 + 1)).astype(np.float32)
    shades = cv2.resize(grain, (width, rows[-1] + 1 - rows[0]), interpolation=cv2.INTER_LINEAR)
    tiled = np.minimum(color * shades[..., None], 255).astype(np.uint8)
    np.copyto(image[below], tiled, where=mask[below, :, None] > 0)


def price_tags(
    rng: Generator, papers: tuple[tuple[int, int, int], ...], count: int = 9, scale: int = 1
) -> tuple[Image8, ...]:
    """Price tags, premultiplied RGBA: paper with a price and dark lines."""
    made = []
    for k in range(count):
        h, w = (24 * scale, int(rng.integers(30, 60)) * scale)
        if k % 4 == 0:
            h, w = 40 * scale, int(rng.integers(34, 60)) * scale
        tag = np.empty((h, w, 4), np.uint8)
        tag[:] = (*papers[int(rng.integers(len(papers)))], 255)
        ink = (25, 25, 30, 255) if rng.random() < 0.8 else (190, 20, 30, 255)
        cv2.putText(tag, f"{rng.integers(1, 20)}.{rng.integers(10, 99)}", (int(w * 0.3), int(h * 0.75)),
                    cv2.FONT_HERSHEY_SIMPLEX, 0.013 * h * rng.uniform(0.8, 1.2), ink, scale, cv2.LINE_AA)
        for y in range(3 * scale, h // 2, 4 * scale):
            cv2.line(tag, (2, y), (int(w * rng.uniform(0.3, 0.8)), y), (90, 90, 95, 255), scale)
        made.append(tag)
    return tuple(made)


def sign(rng: Generator, width: int, height: int) -> Image8:
    """A hanging sign or large tag, premultiplied RGBA of about the size asked for."""
    from PIL import Image, ImageDraw

    hue, is_plain = float(rng.choice([0.14, 0.0, 0.05, 0.6])), rng.random() < 0.2
    paper = hsv(hue, 0.0 if is_plain else 0.85, 0.95)
    picture = Image.new("RGBA", (max(width, 8), max(height, 8)), (*paper, 255))
    pen = ImageDraw.Draw(picture)
    word = str(rng.choice(_SIGN_WORDS))
    price = f"{rng.integers(1, 20)}.{rng.integers(10, 99)}"
    pen.text((width * 0.05, height * 0.05), word, fill=(20, 20, 25), font=face(2, int(0.26 * height)))
    pen.text((width * 0.4, height * 0.35), price, fill=(20, 20, 25), font=face(0, int(0.5 * height)))
    return np.asarray(picture, np.uint8).copy()


def hand(rng: Generator, size: int) -> Image8:
    """An arm with a hand that reaches in from below, premultiplied RGBA, ``size`` pixels high."""
    wide = max(int(size * 0.6), 8)
    skin = hsv(0.055, float(rng.uniform(0.3, 0.6)), float(rng.uniform(0.25, 0.95)))
    sleeve = hsv(float(rng.random()), float(rng.uniform(0, 0.8)), float(rng.uniform(0.1, 0.8)))
    picture = np.zeros((size, wide, 4), np.uint8)
    middle, palm = wide // 2, int(0.16 * size)
    cv2.rectangle(picture, (middle - int(0.09 * size), int(0.5 * size)), (middle + int(0.09 * size), size),
                  (*skin, 255), -1)
    cv2.rectangle(picture, (middle - int(0.14 * size), int(0.72 * size)), (middle + int(0.14 * size), size),
                  (*sleeve, 255), -1)
    cv2.circle(picture, (middle, int(0.42 * size)), palm, (*skin, 255), -1, cv2.LINE_AA)
    for k in range(4):
        x = middle + int((k - 1.5) * 0.085 * size)
        tip = (x + int((k - 1.5) * 0.03 * size), int(rng.uniform(0.06, 0.2) * size))
        cv2.line(picture, (x, int(0.36 * size)), tip, (*skin, 255), max(int(0.075 * size), 2), cv2.LINE_AA)
    cv2.line(picture, (middle - palm + 2, int(0.44 * size)), (middle - int(0.27 * size), int(0.28 * size)),
             (*skin, 255), max(int(0.08 * size), 2), cv2.LINE_AA)
    light = np.linspace(0.75, 1.1, wide)[None, :, None]
    picture[..., :3] = np.clip(picture[..., :3] * light, 0, 255)
    return cv2.GaussianBlur(picture, (0, 0), max(size / 150, 0.5))


def overlays(rng: Generator, width: int, height: int, signs: int, hands: int) -> tuple[Overlay, ...]:
    """Signs and hands at random places of a picture."""
    made = []
    for k in range(signs + hands):
        if k < signs:
            wide = float(rng.uniform(0.06, 0.16)) * width
            high = wide * float(rng.uniform(0.4, 0.9))
            picture = sign(rng, round(wide), round(high))
            angle = float(rng.normal(0, 0.05))
        else:
            high = float(rng.uniform(0.15, 0.45)) * height
            picture, wide = hand(rng, round(high)), high * 0.6
            angle = float(rng.normal(0, 0.5))
        middle = rng.uniform(0, 1, 2) * (width, height)
        corners = np.array([[-wide, -high], [wide, -high], [wide, high], [-wide, high]]) / 2
        cos, sin = np.cos(angle), np.sin(angle)
        made.append(Overlay(picture, corners @ np.array([[cos, sin], [-sin, cos]]) + middle))
    return tuple(made)
