"""Articles as sprites: the outline of a package, its print and shading, transparent around.

Round packages are a profile (half width by height) around which the print is bent; flat ones an outline
with the folds of board or film.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.rendering.articles import Article, Size
from ml.rendering.artwork import Color, Image8, draw_front, hsv, style_of

FloatArray = NDArray[np.float32]
ART_PX = 224
SMALLEST_PX = 12


@dataclass(frozen=True, eq=False)
class Sprite:
    """A package as it is painted. ``levels``: premultiplied RGBA, each half the size of the one before;
    ``side`` and ``lid``: colors of its flanks and top; ``body``: "box", "round" or "flat"; ``bounds``: left,
    top, right and bottom of what is not transparent, as shares; ``cover``: the share of those bounds that is
    not; ``top_width``: of a round package's top, as a share of its width."""

    levels: tuple[Image8, ...]
    size_in: Size
    kind: str
    body: str
    side: Color
    lid: Color
    gloss: float = 0.0
    bounds: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    cover: float = 1.0
    top_width: float = 1.0

    def level_for(self, height_px: float) -> Image8:
        """The smallest level that is not smaller than wanted."""
        fit = [level for level in self.levels if level.shape[0] >= height_px]
        return fit[-1] if fit else self.levels[0]


@dataclass(frozen=True, slots=True)
class Turned:
    """A round package: (height, half width) of its profile as shares, from the top; where its print and its
    cap are; what shows elsewhere: "cap", "glass", "plastic" or "metal"."""

    profile: tuple[tuple[float, float], ...]
    label: tuple[float, float]
    cap: float
    body: str
    is_capped_below: bool = False


TURNED = {
    "bottle": (
        Turned(((0, .3), (.1, .3), (.11, .26), (.16, .3), (.32, .97), (.36, 1), (.97, 1), (1, .94)),
               (.4, .86), .1, "plastic"),
        Turned(((0, .34), (.09, .34), (.1, .3), (.2, .78), (.3, 1), (.5, .9), (.6, .9), (.75, 1), (1, .96)),
               (.32, .74), .09, "clear"),
        Turned(((0, .62), (.16, .62), (.17, .9), (.22, 1), (.97, 1), (1, .95)), (.24, .94), .16, "plastic"),
    ),
    "pump": (
        Turned(((0, .5), (.05, .5), (.06, .12), (.14, .12), (.15, .4), (.2, .4), (.27, .95), (.31, 1),
                (1, .97)), (.36, .9), .2, "plastic"),
    ),
    "jug": (
        Turned(((0, .3), (.13, .3), (.14, .25), (.24, .7), (.38, .98), (.97, 1), (1, .9)), (.42, .9), .13,
               "plastic"),
    ),
    "tube": (
        Turned(((0, 1), (.05, 1), (.1, .99), (.84, .76), (.85, .68), (1, .66)), (.04, .82), .85, "plastic",
               True),
        Turned(((0, .5), (.2, .5), (.21, .95), (.24, 1), (1, 1)), (.24, .98), .2, "plastic"),
    ),
    "spray": (
        Turned(((0, .6), (.02, .8), (.2, .82), (.21, .88), (.25, 1), (.98, 1), (1, .96)), (.24, .97), .2,
               "metal"),
    ),
    "can": (
        Turned(((0, .84), (.02, .86), (.07, 1), (.94, 1), (.98, .88), (1, .84)), (.05, .95), .03, "metal"),
        Turned(((0, .97), (.03, 1), (.97, 1), (1, .97)), (.04, .96), .04, "metal"),
    ),
    "tin": (Turned(((0, .98), (.08, 1), (.92, 1), (1, .97)), (.1, .9), .08, "metal"),),
    "glass": (
        Turned(((0, .36), (.05, .36), (.06, .32), (.28, .36), (.42, .95), (.46, 1), (.98, 1), (1, .95)),
               (.5, .86), .07, "glass"),
        Turned(((0, .33), (.06, .33), (.07, .29), (.2, .34), (.5, 1), (.98, 1), (1, .95)), (.54, .9), .06,
               "glass"),
    ),
    "jar": (
        Turned(((0, .84), (.15, .86), (.16, .82), (.24, 1), (.96, 1), (1, .9)), (.3, .88), .16, "glass"),
        Turned(((0, .97), (.24, 1), (.25, .96), (.28, 1), (.97, 1), (1, .95)), (.32, .94), .25, "plastic"),
    ),
    "tub": (
        Turned(((0, 1), (.13, 1), (.14, .96), (1, .8)), (.16, .97), .14, "plastic"),
        Turned(((0, .93), (.3, .95), (.31, 1), (.97, 1), (1, .96)), (.36, .95), .3, "plastic"),
    ),
    "canister": (Turned(((0, .95), (.12, .97), (.13, 1), (.98, 1), (1, .98)), (.14, .98), .13, "plastic"),),
}


@lru_cache(maxsize=1500)
def sprite_of(article: Article, height_px: int = ART_PX) -> Sprite:
    """How an article is painted, drawn ``height_px`` high (lower where it is much wider than high)."""
    wide, high, _ = article.size_in
    scale = height_px / max(high, 0.7 * wide)
    width, height = max(round(wide * scale), SMALLEST_PX), max(round(high * scale), SMALLEST_PX)
    rng = np.random.default_rng((article.brand, 31))
    if article.shape in TURNED:
        return _turned(article, width, height, rng)
    return _flat(article, width, height, rng)


def as_sprite(rgba: Image8, size_in: Size, kind: str, body: str, gloss: float = 0.0) -> Sprite:
    """A sprite of straight (not premultiplied) RGBA pixels."""
    alpha = rgba[..., 3:].astype(np.uint16)
    solid = rgba[rgba[..., 3] > 200][:, :3]
    mean = np.median(solid, axis=0) if len(solid) else np.array([128.0, 128.0, 128.0])
    level = np.concatenate([(rgba[..., :3] * alpha // 255).astype(np.uint8), rgba[..., 3:]], axis=2)
    level = cv2.copyMakeBorder(level, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    levels = [np.ascontiguousarray(level)]
    while min(levels[-1].shape[:2]) > 2 * SMALLEST_PX:
        h, w = levels[-1].shape[:2]
        levels.append(cv2.resize(levels[-1], (w // 2, h // 2), interpolation=cv2.INTER_AREA))
    side = _color(mean * 0.8)
    bounds, cover = _extent(rgba[..., 3] > 127)
    return Sprite(tuple(levels), size_in, kind, body, side, side, gloss, bounds, cover)


def _extent(solid: NDArray[np.bool_]) -> tuple[tuple[float, float, float, float], float]:
    height, width = solid.shape
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    if not len(rows):
        return (0.0, 0.0, 1.0, 1.0), 1.0
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    cover = float(solid[top:bottom, left:right].mean())
    return (left / width, top / height, right / width, bottom / height), cover


def _color(values: NDArray[np.floating]) -> Color:
    red, green, blue = (int(np.clip(v, 0, 255)) for v in values)
    return red, green, blue


# --- round packages ---


def _turned(article: Article, width: int, height: int, rng: np.random.Generator) -> Sprite:
    forms = TURNED[article.shape]
    form = forms[int(rng.integers(len(forms)))]
    style = style_of(article.brand, article.color)
    own = np.random.default_rng((article.brand, article.variant, 32))
    t = (np.arange(height, dtype=np.float32) + 0.5) / height
    points = np.array(form.profile, np.float32)
    half = np.interp(t, points[:, 0], points[:, 1]).astype(np.float32)
    half = cv2.GaussianBlur(half[:, None], (1, 2 * (height // 60) + 1), 0)[:, 0] * (width / 2 - 0.5)
    x = np.arange(width, dtype=np.float32) + 0.5 - width / 2
    u = x[None, :] / np.maximum(half[:, None], 0.5)
    alpha = np.clip(half[:, None] - np.abs(x)[None, :] + 0.5, 0, 1)
    pixels = _body(form, style.second, style.ground, t, u, own, rng)
    _wrap_label(pixels, article, form, u, t, width, height)
    pixels *= _cylinder_light(u, rng, glossy=form.body != "plastic")[..., None]
    rgba = np.dstack([np.clip(pixels, 0, 255), alpha * 255]).astype(np.uint8)
    if article.shape == "jug":
        _cut_handle(rgba, width, height)
    made = as_sprite(rgba, article.size_in, article.kind, "round", gloss=float(rng.uniform(0.1, 0.6)))
    top = rgba[max(height // 40, 1), width // 2, :3].astype(np.float32)
    lid = (190, 192, 196) if form.body == "metal" else _color(top * 1.05)
    return replace(made, lid=lid, top_width=form.profile[0][1])


def _body(
    form: Turned, second: Color, ground: Color, t: FloatArray, u: FloatArray, own: np.random.Generator,
    rng: np.random.Generator,
) -> FloatArray:
    """Colors of cap and content, (height, width, 3)."""
    pixels = np.empty((*u.shape, 3), np.float32)
    if form.body == "metal":
        pixels[:] = (176, 178, 182)
    elif form.body == "glass" or form.body == "clear":
        pixels[:] = hsv(own.uniform(0, 0.4), own.uniform(0.1, 0.9), own.uniform(0.12, 0.8))
    else:
        pixels[:] = ground if rng.random() < 0.6 else second
    cap: Color = second if rng.random() < 0.4 else ((242, 242, 240) if rng.random() < 0.6 else (30, 30, 34))
    if form.body == "metal" and form.cap < 0.1:
        cap = (196, 198, 202)
    is_cap = t > form.cap if form.is_capped_below else t < form.cap
    pixels[is_cap] = cap
    return pixels


def _wrap_label(
    pixels: FloatArray, article: Article, form: Turned, u: FloatArray, t: FloatArray, width: int, height: int
) -> None:
    """Print the front on the profile: bent by the arc that is seen."""
    top, bottom = form.label
    high = max(round((bottom - top) * height), 4)
    print_ = draw_front(article, width, high).astype(np.float32)
    bent = np.arcsin(np.clip(u, -1, 1)) / np.pi * 1.06 + 0.5
    row = np.broadcast_to(((t - top) / (bottom - top) * high)[:, None], u.shape)
    inside = (row >= 0) & (row < high)
    warped = cv2.remap(print_, (bent * width).astype(np.float32), row.astype(np.float32), cv2.INTER_LINEAR,
                       borderMode=cv2.BORDER_REPLICATE)
    pixels[inside] = warped[inside]


def _cylinder_light(u: FloatArray, rng: np.random.Generator, glossy: bool) -> FloatArray:
    around = np.sqrt(np.clip(1 - np.clip(u, -1, 1) ** 2, 0, 1))
    light = 0.5 + 0.55 * around ** float(rng.uniform(0.4, 0.9))
    at, wide = float(rng.uniform(-0.6, 0.6)), float(rng.uniform(0.05, 0.14))
    strength = float(rng.uniform(0.15, 0.6)) if glossy else float(rng.uniform(0.0, 0.25))
    shine = strength * np.exp(-(((u - at) / wide) ** 2))
    made: FloatArray = (light + shine).astype(np.float32)
    return made


def _cut_handle(rgba: Image8, width: int, height: int) -> None:
    center = (int(width * 0.74), int(height * 0.34))
    cv2.ellipse(rgba, center, (int(width * 0.07), int(height * 0.1)), 25, 0, 360, (40, 40, 40, 255), -1,
                cv2.LINE_AA)


# --- flat packages ---


def _flat(article: Article, width: int, height: int, rng: np.random.Generator) -> Sprite:
    pixels = draw_front(article, width, height).astype(np.float32)
    alpha = np.full((height, width), 255, np.uint8)
    shape, body, gloss = article.shape, "box", float(rng.uniform(0, 0.4))
    if shape in ("bag", "pouch", "wrap", "bar"):
        alpha = _film_outline(width, height, rng)
        pixels *= _film_light(width, height, rng, strength=0.22 if shape != "bar" else 0.14)[..., None]
        if shape in ("bag", "bar"):
            _crimp(pixels, rng)
        body, gloss = "flat", float(rng.uniform(0.2, 0.8))
    elif shape == "carton":
        _gable(pixels, alpha, rng)
    elif shape == "blister":
        _hang_hole(pixels, alpha, rng)
        body = "flat"
    elif shape == "multipack":
        _units(pixels, rng)
    else:
        pixels *= np.linspace(1.03, 0.95, height, dtype=np.float32)[:, None, None]
        pixels[:, : max(width // 60, 1)] *= 0.8
    rgba = np.dstack([np.clip(pixels, 0, 255).astype(np.uint8), alpha])
    return as_sprite(rgba, article.size_in, article.kind, body, gloss)


def _film_outline(width: int, height: int, rng: np.random.Generator) -> Image8:
    """A bag's outline: a bulging rectangle whose sides waver."""
    t = np.linspace(0, 1, 24)
    bulge = rng.uniform(0.01, 0.05) * np.sin(np.pi * t) + rng.normal(0, 0.006, 24)
    lift = rng.normal(0, 0.008, 24)
    left = np.stack([0.055 - bulge, t], 1)
    right = np.stack([0.945 + np.roll(bulge, 5), t], 1)[::-1]
    top = np.stack([t, 0.015 + np.abs(lift)], 1)[1:-1]
    low = np.stack([t, 0.99 - np.abs(lift)], 1)[::-1][1:-1]
    outline = np.concatenate([top, right[::-1], low, left[::-1]])
    mask = np.zeros((height * 2, width * 2), np.uint8)
    points = np.clip(outline, 0.0, 1.0) * (width * 2 - 1, height * 2 - 1)
    cv2.fillPoly(mask, [np.round(points).astype(np.int32)], 255)
    return np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _film_light(width: int, height: int, rng: np.random.Generator, strength: float) -> FloatArray:
    """Folds of film: smooth noise, brighter in the middle."""
    rough = rng.normal(0, 1, (7, 6)).astype(np.float32)
    fine = rng.normal(0, 0.5, (18, 14)).astype(np.float32)
    folds = cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC)
    folds += cv2.resize(fine, (width, height), interpolation=cv2.INTER_CUBIC)
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    light: FloatArray = (1.05 - 0.25 * x**4 + strength * 0.5 * folds).astype(np.float32)
    return light


def _crimp(pixels: FloatArray, rng: np.random.Generator) -> None:
    height, width = pixels.shape[:2]
    high = max(int(0.045 * height), 2)
    stripes = 0.85 + 0.25 * (np.arange(width) // max(width // 60, 1) % 2)
    for rows in (slice(0, high), slice(height - high, height)):
        pixels[rows] = pixels[rows].mean(axis=(0, 1)) * stripes[None, :, None]


def _gable(pixels: FloatArray, alpha: Image8, rng: np.random.Generator) -> None:
    height, width = alpha.shape
    top = int(rng.uniform(0.12, 0.2) * height)
    pixels[:top] *= np.linspace(0.7, 1.1, top, dtype=np.float32)[:, None, None]
    pixels[: max(top // 4, 1)] *= 0.85
    if rng.random() < 0.6:
        r = max(int(0.16 * width), 2)
        color = (245, 245, 245) if rng.random() < 0.6 else (40, 70, 160)
        cv2.circle(pixels, (width // 2, max(top // 2 + 1, r // 2)), r, color, -1, cv2.LINE_AA)


def _hang_hole(pixels: FloatArray, alpha: Image8, rng: np.random.Generator) -> None:
    height, width = alpha.shape
    center, r = (width // 2, max(int(0.05 * height), 2)), max(int(0.025 * height), 1)
    cv2.ellipse(alpha, center, (2 * r, r), 0, 0, 360, 0, -1)
    if rng.random() < 0.5:
        left, top = int(0.15 * width), int(rng.uniform(0.35, 0.5) * height)
        part = pixels[top : int(0.92 * height), left : width - left]
        part[:] = 0.45 * part + 0.55 * np.array([205, 212, 218]) * rng.uniform(0.6, 1.1)


def _units(pixels: FloatArray, rng: np.random.Generator) -> None:
    """The cans or bottles that show through a wrap."""
    count = int(rng.integers(2, 5))
    x = np.linspace(0, count, pixels.shape[1], endpoint=False) % 1.0
    pixels *= (0.6 + 0.5 * np.sin(np.pi * x) ** 0.6).astype(np.float32)[None, :, None]
    split = pixels.shape[0] // 2
    if rng.random() < 0.5:
        pixels[split - 1 : split + 2] *= 0.5
