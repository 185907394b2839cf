"""What is printed on a package: ground, pattern, a photo-like picture, logo, flavor band and small print.

Everything a brand shares is drawn from the brand's seed; accent, flavor word and picture from the variant's.
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.rendering.articles import Article
from ml.rendering.fonts import face

if TYPE_CHECKING:
    from PIL.Image import Image as Picture
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

Image8 = NDArray[np.uint8]
Color = tuple[int, int, int]
OVERSAMPLED = 2


@dataclass(frozen=True, slots=True)
class Style:
    """A brand's look. ``logo_at`` and the others are heights from the top as shares."""

    ground: Color
    second: Color
    logo: Color
    ink: Color
    font: int
    small_font: int
    pattern: int
    logo_shape: int
    logo_at: float
    logo_width: float
    picture_at: float
    picture_size: float
    picture_kind: int
    band_at: float
    band_shape: int
    turned: bool
    upper: bool


def hsv(hue: float, saturation: float, value: float) -> Color:
    """Shares → red, green, blue of 0–255."""
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, min(max(saturation, 0), 1), min(max(value, 0), 1))
    return round(red * 255), round(green * 255), round(blue * 255)


def style_of(brand: int, color: str = "") -> Style:
    """The look of a brand, by its seed; ``color``: #rrggbb of its ground where that is given."""
    rng = np.random.default_rng((brand, 21))
    hue = _hue(rng)
    ground = _ground(hue, rng)
    if color:
        ground = (int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16))
        hue = colorsys.rgb_to_hsv(*(v / 255 for v in ground))[0]
    other = hue + float(rng.choice([0.0, 0.08, -0.08, 0.33, 0.5, 0.6]))
    second = hsv(other, float(rng.uniform(0.4, 1)), float(rng.uniform(0.3, 0.95)))
    logo = hsv(other + 0.5 * (rng.random() < 0.3), float(rng.uniform(0.6, 1)), float(rng.uniform(0.25, 0.9)))
    has_plate = rng.random() < 0.55
    ink = _against(logo if has_plate else ground, hue, rng)
    logo_at = float(rng.uniform(0.08, 0.32))
    below = float(rng.uniform(logo_at + 0.3, 0.72))
    return Style(
        ground, second, logo, ink, int(rng.integers(1000)), int(rng.integers(1000)), int(rng.integers(9)),
        int(rng.integers(1, 6)) if has_plate else 0, logo_at, float(rng.uniform(0.65, 0.95)), below,
        float(rng.uniform(0.22, 0.5)), int(rng.integers(6)), float(rng.uniform(0.42, 0.86)),
        int(rng.integers(4)), bool(rng.random() < 0.25), bool(rng.random() < 0.6),
    )


def draw_front(article: Article, width: int, height: int) -> Image8:
    """The printed face of an article, shape (height, width, 3), RGB."""
    from PIL import Image, ImageDraw

    style = style_of(article.brand, article.color)
    own = np.random.default_rng((article.brand, article.variant, 22))
    shared = np.random.default_rng((article.brand, 23))
    w, h = width * OVERSAMPLED, height * OVERSAMPLED
    canvas = _grounded(style, shared, w, h)
    accent = hsv(own.random(), own.uniform(0.45, 1), own.uniform(0.3, 0.95))
    _add_blocks(canvas, style, shared)
    if style.picture_kind:
        _add_picture(canvas, style, own, shared)
    picture = Image.fromarray(canvas)
    pen = ImageDraw.Draw(picture)
    _add_small_print(pen, style, shared, w, h)
    _add_band(pen, style, article, accent, w, h)
    _add_logo(picture, style, article, w, h)
    _add_badge(pen, article, style, shared, accent, w, h)
    return np.asarray(picture.reduce(OVERSAMPLED), np.uint8)


def _hue(rng: np.random.Generator) -> float:
    """Mostly what packages are printed in: reds, yellows, greens and blues."""
    if rng.random() < 0.2:
        return float(rng.random())
    return float(rng.choice([0.0, 0.01, 0.97, 0.09, 0.13, 0.15, 0.33, 0.38, 0.55, 0.6, 0.62, 0.66, 0.9])
                 + rng.normal(0, 0.015))


def _ground(hue: float, rng: np.random.Generator) -> Color:
    how = rng.random()
    if how < 0.36:
        return hsv(hue, float(rng.uniform(0, 0.08)), float(rng.uniform(0.86, 1)))
    if how < 0.48:
        return hsv(hue, float(rng.uniform(0.1, 0.35)), float(rng.uniform(0.75, 1)))
    if how < 0.6:
        return hsv(hue, float(rng.uniform(0.1, 0.9)), float(rng.uniform(0.05, 0.3)))
    return hsv(hue, float(rng.uniform(0.6, 1)), float(rng.uniform(0.4, 0.95)))


def luminance(color: Color) -> float:
    return (0.3 * color[0] + 0.59 * color[1] + 0.11 * color[2]) / 255


def _against(ground: Color, hue: float, rng: np.random.Generator) -> Color:
    """A color that can be read on another."""
    if luminance(ground) > 0.55:
        return hsv(hue + float(rng.choice([0, 0.5])), float(rng.uniform(0.3, 1)), float(rng.uniform(0, 0.4)))
    return hsv(hue, float(rng.uniform(0, 0.25)), 1.0) if rng.random() < 0.7 else hsv(0.14, 0.8, 1.0)


def _grounded(style: Style, rng: np.random.Generator, w: int, h: int) -> Image8:
    """Ground and pattern, (h, w, 3)."""
    canvas = np.empty((h, w, 3), np.uint8)
    canvas[:] = style.ground
    if style.pattern == 1:
        t = np.linspace(0, 1, h)[:, None, None]
        canvas[:] = np.round((1 - t) * np.array(style.ground) + t * np.array(style.second))
    elif style.pattern == 2:
        cut = int(h * rng.uniform(0.3, 0.7))
        canvas[cut:] = style.second
    elif style.pattern == 3:
        a, b = rng.uniform(0.1, 0.9, 2) * h
        cv2.fillPoly(canvas, [np.array([[0, a], [w, b], [w, h], [0, h]], np.int32)], style.second)
    elif style.pattern == 4:
        step = max(int(w * rng.uniform(0.08, 0.25)), 3)
        for x in range(-h, w + h, 2 * step):
            cv2.line(canvas, (x, 0), (x + int(h * rng.choice([0, 0.4])), h), style.second, step // 2)
    elif style.pattern == 5:
        center = (int(w * rng.uniform(0, 1)), int(h * rng.uniform(0.4, 1.1)))
        axes = (int(w * 0.7), int(h * rng.uniform(0.2, 0.5)))
        cv2.ellipse(canvas, center, axes, 0, 0, 360, style.second, -1)
    elif style.pattern == 6:
        for _ in range(int(rng.integers(8, 30))):
            at = (int(rng.uniform(0, w)), int(rng.uniform(0, h)))
            cv2.circle(canvas, at, max(int(w * rng.uniform(0.02, 0.09)), 1), style.second, -1, cv2.LINE_AA)
    elif style.pattern == 7:
        canvas[: int(h * rng.uniform(0.05, 0.2))] = style.second
        canvas[int(h * rng.uniform(0.8, 0.95)):] = style.second
    return canvas


def _add_blocks(canvas: Image8, style: Style, rng: np.random.Generator) -> None:
    """Panels, swooshes, rings and strips in a few colors that go with the brand's."""
    h, w = canvas.shape[:2]
    light = luminance(style.ground) > 0.5
    colors = (style.second, style.logo, (250, 250, 248) if not light else style.ink,
              hsv(float(rng.random()), float(rng.uniform(0.5, 1)), float(rng.uniform(0.3, 1))))
    for _ in range(int(rng.integers(0, 6))):
        color, other = (colors[int(k)] for k in rng.integers(0, 4, 2))
        x, y = (rng.uniform(0, 1, 2) * (w, h)).astype(int).tolist()
        a, b = (rng.uniform((0.1, 0.03), (0.6, 0.3)) * (w, h)).astype(int).tolist()
        turn, how = float(rng.uniform(-40, 40)), int(rng.integers(5))
        if how == 0:
            cv2.rectangle(canvas, (x, y), (x + a, y + b), color, -1)
        elif how == 1:
            cv2.ellipse(canvas, (x, y), (a, b), turn, 0, 360, color, -1, cv2.LINE_AA)
        elif how == 2:
            thick = max(int(0.05 * min(w, h)), 1)
            axes = (int(w * 0.8), b + int(h * 0.1))
            cv2.ellipse(canvas, (w // 2, y), axes, turn, 180, 360, color, thick, cv2.LINE_AA)
        elif how == 3:
            cv2.rectangle(canvas, (0, y), (w, y + b // 3), color, -1)
        else:
            radius = max(int(rng.uniform(0.05, 0.2) * min(w, h)), 1)
            cv2.circle(canvas, (x, y), radius, color, -1, cv2.LINE_AA)
            cv2.circle(canvas, (x, y), max(int(0.8 * radius), 1), other, -1, cv2.LINE_AA)


def _add_picture(canvas: Image8, style: Style, own: np.random.Generator, shared: np.random.Generator) -> None:
    """Something that looks like a photo of food, fruit or a landscape: shaded overlapping blobs."""
    h, w = canvas.shape[:2]
    size = style.picture_size * min(w, h)
    cx, cy = w * shared.uniform(0.3, 0.7), h * style.picture_at
    hue, saturation = own.uniform(0, 0.17) if own.random() < 0.6 else own.random(), own.uniform(0.4, 0.9)
    for _ in range(int(own.integers(3, 14))):
        r = size * own.uniform(0.15, 0.5)
        x, y = cx + own.normal(0, 0.4) * size, cy + own.normal(0, 0.25) * size
        axes = (max(int(r), 2), max(int(r * own.uniform(0.35, 1)), 2))
        angle, bright = float(own.uniform(0, 180)), own.uniform(0.35, 1)
        for shrink, gain in ((1.0, 0.6), (0.85, 0.9), (0.5, 1.12)):
            color = hsv(hue + own.normal(0, 0.025), saturation, bright * gain)
            at = (int(x - (1 - shrink) * r * 0.3), int(y - (1 - shrink) * r * 0.3))
            cut = (max(int(axes[0] * shrink), 1), max(int(axes[1] * shrink), 1))
            cv2.ellipse(canvas, at, cut, angle, 0, 360, color, -1, cv2.LINE_AA)
    top, bottom = max(int(cy - size), 0), min(int(cy + size), h)
    left, right = max(int(cx - size), 0), min(int(cx + size), w)
    if bottom - top > 4 and right - left > 4:
        part = canvas[top:bottom, left:right]
        grain = own.normal(0, 16, (part.shape[0] // 3 + 1, part.shape[1] // 3 + 1)).astype(np.float32)
        grain = cv2.resize(grain, (part.shape[1], part.shape[0]))
        changed = np.any(part != np.array(style.ground), axis=2)
        part[:] = np.clip(part + grain[..., None] * changed[..., None], 0, 255).astype(np.uint8)


def _add_small_print(pen: ImageDraw, style: Style, rng: np.random.Generator, w: int, h: int) -> None:
    color = _against(style.ground, 0.6, rng)
    size = max(int(0.028 * h), 4)
    for _ in range(int(rng.integers(1, 4))):
        x, y = rng.uniform(0.05, 0.6) * w, rng.uniform(0.45, 0.95) * h
        for line in range(int(rng.integers(1, 5))):
            text = "".join(rng.choice(list("aeinrstlomdc  "), int(rng.integers(6, 22))))
            pen.text((x, y + 1.3 * line * size), text, fill=color, font=face(style.small_font, size))


def _add_band(pen: ImageDraw, style: Style, article: Article, accent: Color, w: int, h: int) -> None:
    """The flavor word on its accent."""
    high = 0.085 * h if h > w else 0.13 * h
    y = style.band_at * h
    left, right = (0.0, float(w)) if style.band_shape == 0 else (0.12 * w, 0.88 * w)
    if style.band_shape == 3:
        pen.rectangle((0, y, w, h), fill=accent)
    elif style.band_shape == 2:
        pen.rounded_rectangle((left, y, right, y + high), radius=high / 2, fill=accent)
    else:
        pen.rectangle((left, y, right, y + high), fill=accent)
    ink = (255, 255, 255) if luminance(accent) < 0.6 else (25, 25, 30)
    font = _fitting(article.flavor, style.small_font, 0.86 * (right - left), 0.75 * high)
    pen.text(((left + right) / 2, y + high / 2), article.flavor, fill=ink, font=font, anchor="mm")


def _fitting(text: str, font: int, width: float, height: float) -> FreeTypeFont:
    """A face as large as its box allows."""
    wanted = max(int(height), 5)
    long = max(face(font, wanted).getlength(text), 1.0)
    return face(font, max(int(wanted * min(1.0, width / long)), 5))


def _add_logo(picture: Picture, style: Style, article: Article, w: int, h: int) -> None:
    """The brand's name on its plate; upright on the narrow fronts of some brands."""
    from PIL import Image, ImageDraw

    is_upright = style.turned and h > 1.7 * w
    long, high = (0.62 * h, 0.6 * w) if is_upright else (style.logo_width * w, min(0.24 * h, 0.45 * w))
    layer = Image.new("RGBA", (max(int(long), 4), max(int(high), 4)))
    pen = ImageDraw.Draw(layer)
    _plate(pen, style, layer.width, layer.height)
    text = article.name.upper() if style.upper else article.name
    font = _fitting(text, style.font, 0.84 * layer.width, 0.7 * layer.height)
    rim = max(layer.height // 24, 1) if style.logo_shape == 0 else 0
    rim_color = (255, 255, 255) if luminance(style.ink) < 0.5 else (20, 20, 30)
    pen.text((layer.width / 2, layer.height / 2), text, fill=style.ink, font=font, anchor="mm",
             stroke_width=rim if style.pattern in (4, 6) else 0, stroke_fill=rim_color)
    if is_upright:
        layer = layer.rotate(90, expand=True)
    x, y = (w - layer.width) // 2, int(style.logo_at * h)
    picture.paste(layer, (x, min(y, h - layer.height)), layer)


def _plate(pen: ImageDraw, style: Style, w: int, h: int) -> None:
    box = (0, 0, w - 1, h - 1)
    if style.logo_shape == 1:
        pen.ellipse(box, fill=style.logo)
    elif style.logo_shape == 2:
        pen.rectangle(box, fill=style.logo)
    elif style.logo_shape == 3:
        pen.rounded_rectangle(box, radius=h // 3, fill=style.logo, outline=style.ink, width=max(h // 20, 1))
    elif style.logo_shape == 4:
        pen.polygon([(0, h * 0.2), (w, 0), (w, h * 0.8), (0, h - 1)], fill=style.logo)
    elif style.logo_shape == 5:
        turn = np.linspace(0, 2 * np.pi, 33)[:-1]
        reach = np.where(np.arange(32) % 2, 0.5, 0.42)
        x, y = w / 2 + w * reach * np.cos(turn), h / 2 + h * reach * np.sin(turn)
        pen.polygon(list(zip(x.tolist(), y.tolist(), strict=True)), fill=style.logo)


def _add_badge(
    pen: ImageDraw, article: Article, style: Style, rng: np.random.Generator, accent: Color, w: int, h: int
) -> None:
    size = max(int(0.035 * h), 5)
    ink = _against(style.ground, 0.6, rng)
    font = face(style.small_font, size)
    pen.text((0.06 * w, 0.955 * h), article.size_text, fill=ink, font=font, anchor="lm")
    if rng.random() < 0.3:
        r = 0.11 * min(w, h)
        x, y = (0.85 * w if rng.random() < 0.5 else 0.15 * w), rng.uniform(0.08, 0.9) * h
        pen.ellipse((x - r, y - r, x + r, y + r), fill=accent)
    if rng.random() < 0.1:
        x, y = rng.uniform(0.6, 0.8) * w, 0.9 * h
        pen.rectangle((x, y, x + 0.18 * w, y + 0.07 * h), fill=(255, 255, 255))
        for i in range(9):
            pen.line((x + i * 0.02 * w, y, x + i * 0.02 * w, y + 0.06 * h), fill=(0, 0, 0), width=1 + i % 2)
