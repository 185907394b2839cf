"""What light, lens and sensor do to a picture of a shelf."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.rendering.truth import Image8

FloatImage = NDArray[np.float32]
COARSE = 6
SHOULDER, PRESSED = np.float32(180), np.float32(0.4)
"""Brightness from which a camera presses highlights together, and to which share of their range."""
MIDDLE = 115.0
"""Brightness that contrast leaves as it is."""
GRAIN_PX = 256


@dataclass(frozen=True, slots=True)
class Effects:
    """Strengths from 0 to 1; ``blur_px`` and ``motion_px`` in pixels; ``jpeg`` quality, 0: none;
    ``brightness``: the mean that the camera exposes for, as a share of white, 0: as it is."""

    light: float = 0.4
    glare: float = 0.2
    warmth: float = 0.0
    exposure: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    blur_px: float = 0.0
    motion_px: float = 0.0
    motion_angle: float = 0.0
    sharpening: float = 0.0
    noise: float = 0.1
    jpeg: int = 88
    brightness: float = 0.0


def random_effects(rng: np.random.Generator, strength: float = 1.0) -> Effects:
    """As phones in shops give them; ``strength`` 0: a perfect picture."""
    is_moved = rng.random() < 0.12
    exposure = float(np.clip(rng.normal(0, 0.25), -0.9, 0.4))
    return Effects(
        light=strength * float(rng.uniform(0, 1)), glare=strength * float(max(rng.uniform(-0.6, 1), 0)),
        warmth=strength * float(rng.normal(0.05, 0.3)), exposure=strength * exposure,
        contrast=strength * float(rng.normal(0, 0.4)), saturation=strength * float(rng.normal(-0.35, 0.4)),
        blur_px=strength * float(max(rng.normal(0.15, 0.45), 0)),
        motion_px=strength * float(rng.uniform(1, 4)) if is_moved else 0.0,
        motion_angle=float(rng.uniform(0, 180)),
        sharpening=strength * float(max(rng.uniform(-0.6, 1), 0)),
        noise=strength * float(rng.uniform(0, 0.5)),
        jpeg=int(rng.integers(45, 97)), brightness=float(rng.uniform(0.36, 0.58)),
    )


def photographed(image: Image8, effects: Effects, seed: int) -> Image8:
    """The picture (h, w, 3) as a phone would bring it home; boxes stay where they are."""
    rng = np.random.default_rng((seed, 41))
    seen = image.astype(np.float32)
    if effects.light > 0:
        seen = cv2.multiply(seen, _field(seen.shape[:2], 0.44 * effects.light, rng))
    gain = 1.0
    if effects.brightness > 0:
        mean = max(float(np.mean(cv2.mean(seen)[:3])), 13.0)
        gain = float(np.clip(effects.brightness * 255 / mean, 0.75, 1.9))
    seen = cv2.transform(seen, _tone(effects, gain))
    np.minimum(seen, PRESSED * seen + (1 - PRESSED) * SHOULDER, out=seen)
    if effects.glare > 0:
        _add_glare(seen, effects.glare, rng)
    seen = _blurred(seen, effects)
    if effects.noise > 0:
        seen += _grain(seen.shape[:2], 13 * effects.noise, rng)
    made = np.clip(seen, 0, 255, out=seen).astype(np.uint8)
    return _compressed(made, effects.jpeg) if effects.jpeg else made


def _field(shape: tuple[int, int], strength: float, rng: np.random.Generator) -> FloatImage:
    """Smooth light around 1, (h, w, 3)."""
    coarse = np.float32(1) + np.float32(strength) * rng.uniform(-1, 1, (3, 4)).astype(np.float32)
    field = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return cv2.merge([field] * 3)


def _tone(effects: Effects, gain: float) -> FloatImage:
    """Exposure, white balance, saturation and contrast as one matrix (3, 4) of colors up to 255."""
    gray = np.tile([0.3, 0.59, 0.11], (3, 1))
    keeps = max(1 + 0.5 * effects.saturation, 0.1)
    balance = np.diag([1 + 0.22 * effects.warmth, 1.0, 1 - 0.28 * effects.warmth])
    steep = 1 + 0.35 * effects.contrast
    colors = steep * gain * 2**effects.exposure * balance @ (keeps * np.eye(3) + (1 - keeps) * gray)
    return np.hstack([colors, np.full((3, 1), MIDDLE * (1 - steep))]).astype(np.float32)


def _add_glare(seen: FloatImage, strength: float, rng: np.random.Generator) -> None:
    """Reflections of lamps: soft bright spots, more where the picture is bright already."""
    height, width = seen.shape[0] // COARSE + 1, seen.shape[1] // COARSE + 1
    spots = np.zeros((height, width), np.float32)
    for _ in range(int(rng.integers(1, 9))):
        center = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
        axes = (max(int(rng.uniform(0.01, 0.07) * width), 1), max(int(rng.uniform(0.01, 0.05) * height), 1))
        cv2.ellipse(spots, center, axes, float(rng.uniform(0, 180)), 0, 360, float(rng.uniform(0.3, 1)), -1)
    spots = cv2.GaussianBlur(spots, (0, 0), max(width * 0.012, 0.8))
    spots = cv2.resize(spots, (seen.shape[1], seen.shape[0]), interpolation=cv2.INTER_LINEAR)
    spots *= np.float32(0.7 * strength)
    seen *= cv2.merge([1 + spots] * 3)
    seen += cv2.merge([np.float32(76) * spots] * 3)


def _blurred(seen: FloatImage, effects: Effects) -> FloatImage:
    if effects.blur_px > 0.2:
        seen = cv2.GaussianBlur(seen, (0, 0), effects.blur_px)
    if effects.motion_px > 1:
        size = 2 * int(effects.motion_px / 2 + 0.5) + 1
        kernel = np.zeros((size, size), np.float32)
        kernel[size // 2] = 1
        turn = cv2.getRotationMatrix2D((size / 2 - 0.5, size / 2 - 0.5), effects.motion_angle, 1)
        kernel = cv2.warpAffine(kernel, turn, (size, size))
        seen = cv2.filter2D(seen, -1, kernel / max(float(kernel.sum()), 1e-6))
    if effects.sharpening > 0:
        strength = 0.9 * effects.sharpening
        seen = cv2.addWeighted(seen, 1 + strength, cv2.GaussianBlur(seen, (0, 0), 1.2), -strength, 0)
    return seen


def _grain(shape: tuple[int, int], sigma: float, rng: np.random.Generator) -> FloatImage:
    """Sensor noise, (h, w, 3): a tile of it, moved and repeated."""
    tile = rng.standard_normal((GRAIN_PX, GRAIN_PX), np.float32) * np.float32(sigma)
    times = (shape[0] // GRAIN_PX + 1, shape[1] // GRAIN_PX + 1)
    return cv2.merge([np.tile(tile, times)[: shape[0], : shape[1]]] * 3)


def _compressed(image: Image8, quality: int) -> Image8:
    _, data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])
