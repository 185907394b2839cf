"""What happens to a page on its way: scanned askew, photographed on a desk, photographed off a screen."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image

from tests.support.foreign import Image8


def jpeg(pixels: Image8, quality: int = 85) -> bytes:
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "JPEG", quality=quality)
    return target.getvalue()


def png(pixels: Image8) -> bytes:
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "PNG")
    return target.getvalue()


def scanned(page: Image8, rng: np.random.Generator) -> Image8:
    """Gray, a little askew, specks and a dark rim of the lid."""
    high, wide = page.shape[:2]
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), float(rng.uniform(-1.4, 1.4)), 0.985)
    gray = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY)
    gray = cv2.warpAffine(gray, turn, (wide, high), flags=cv2.INTER_AREA, borderValue=int(rng.integers(215, 255)))
    noisy = gray + rng.normal(0, 5, gray.shape)
    for x, y in zip(rng.integers(0, wide, 60), rng.integers(0, high, 60), strict=True):
        noisy[y : y + 3, x : x + 3] = 60
    soft = cv2.GaussianBlur(np.clip(noisy, 0, 255).astype(np.uint8), (0, 0), 0.7)
    return cv2.cvtColor(soft, cv2.COLOR_GRAY2RGB)


def phone(page: Image8, rng: np.random.Generator) -> bytes:
    """On a wooden or gray desk, from aside, the paper curled, the shadow of a hand, warm light."""
    high, wide = page.shape[:2]
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    bend = float(rng.uniform(-0.006, 0.006)) * high
    page = cv2.remap(page, x, y + bend * np.sin(np.pi * x / wide), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    frame = _desk(round(high * 1.22), round(wide * 1.22), rng)
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    tilt = cv2.getRotationMatrix2D((wide / 2, high / 2), float(rng.uniform(-5, 5)), 1.0)
    moved = cv2.transform(corners[None], tilt)[0] + np.array([0.11 * wide, 0.11 * high])
    moved = (moved + rng.uniform(-0.03, 0.03, (4, 2)) * (wide, high)).astype(np.float32)
    frame = _laid(page, frame, corners, moved)
    light = _shadow(frame.shape[:2], rng)[..., None] * np.array([1.0, 0.97, rng.uniform(0.82, 0.97)])
    noisy = frame * light + rng.normal(0, 3.5, frame.shape)
    soft = cv2.GaussianBlur(np.clip(noisy, 0, 255).astype(np.uint8), (0, 0), float(rng.uniform(0.7, 1.3)))
    return jpeg(soft, int(rng.integers(68, 88)))


def off_screen(window: Image8, rng: np.random.Generator) -> bytes:
    """A screen with its bezel, seen from aside, with moire, a glare and cool light."""
    high, wide = window.shape[:2]
    frame = np.empty((round(high * 1.2), round(wide * 1.14), 3), np.uint8)
    frame[:] = rng.integers(20, 70, 3).astype(np.uint8)
    rim = 26
    screen = cv2.copyMakeBorder(window, rim, rim, rim, rim, cv2.BORDER_CONSTANT, value=(12, 12, 14))
    y, x = np.mgrid[0 : screen.shape[0], 0 : screen.shape[1]].astype(np.float32)
    wave = np.sin(x * float(rng.uniform(0.9, 1.4))) * np.sin(y * float(rng.uniform(0.9, 1.4)))
    screen = np.clip(screen * (0.95 + 0.05 * wave)[..., None], 0, 255).astype(np.uint8)
    h, w = screen.shape[:2]
    corners = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    off = (np.array(frame.shape[1::-1]) - (w, h)) / 2
    moved = (corners + off + rng.uniform(-0.025, 0.025, (4, 2)) * (w, h)).astype(np.float32)
    frame = _laid(screen, frame, corners, moved)
    high, wide = frame.shape[:2]
    y, x = np.mgrid[0:high, 0:wide]
    at = rng.uniform(0.15, 0.85, 2) * (wide, high)
    glare = 70 * np.exp(-(((x - at[0]) / (0.12 * wide)) ** 2 + ((y - at[1]) / (0.1 * high)) ** 2))
    lit = frame * np.array([0.95, 0.98, 1.0]) + glare[..., None] + rng.normal(0, 3, frame.shape)
    soft = cv2.GaussianBlur(np.clip(lit, 0, 255).astype(np.uint8), (0, 0), float(rng.uniform(0.6, 1.0)))
    return jpeg(soft, int(rng.integers(72, 90)))


def _desk(high: int, wide: int, rng: np.random.Generator) -> Image8:
    base = np.array([(104, 78, 54), (70, 72, 76), (58, 44, 36)][int(rng.integers(3))], float)
    grain = cv2.GaussianBlur(rng.normal(0, 40, (high, max(wide // 16, 1))).astype(np.float32), (0, 0), 2)
    return np.clip(base + cv2.resize(grain, (wide, high))[..., None] * 0.6, 0, 255).astype(np.uint8)


def _laid(page: Image8, frame: Image8, corners: Image8, moved: Image8) -> Image8:
    matrix = cv2.getPerspectiveTransform(corners, moved)
    size = (frame.shape[1], frame.shape[0])
    over = cv2.warpPerspective(page, matrix, size, flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(np.full(page.shape[:2], 255, np.uint8), matrix, size)
    return np.where(mask[..., None] > 127, over, frame)


def _shadow(shape: tuple[int, int], rng: np.random.Generator) -> Image8:
    """Light (h, w), 0-1: falling off to a side, and a soft blob where hand and phone are."""
    high, wide = shape
    y, x = np.mgrid[0:high, 0:wide]
    fall = 1.0 - 0.25 * (x / wide if rng.random() < 0.5 else y / high)
    at, wideness = rng.uniform(0.2, 1.0, 2) * (wide, high), rng.uniform(0.2, 0.4)
    blob = np.exp(-(((x - at[0]) / (wideness * wide)) ** 4 + ((y - at[1]) / (wideness * high)) ** 4))
    return fall * (1.0 - float(rng.uniform(0.2, 0.45)) * blob)
