"""Packages as pictures: the drawings of ``packages.svg`` in a product's color, with its short brand name.

The drawings use a small part of SVG: paths of lines and curves, rectangles, circles and ellipses, filled
plainly or by a gradient from left to right. Curves are flattened to polygons and painted at twice the
size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from core.planogram.look import package_color, package_shape, short_brand
from core.planogram.product import Product

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

FloatArray = NDArray[np.float64]
Point = tuple[float, float]

HIGH_PX = 200
OVERSAMPLED = 2
CURVE_STEPS = 10
FADED = 0.68
"""Share of white in the picture of a product that is not meant."""
DARK_LABELS = frozenset({"bottle", "glass"})
UPRIGHT_LABELS = frozenset({"bar", "gum"})
_SVG = "{http://www.w3.org/2000/svg}"
_TOKEN = re.compile(r"[MmLlHhVvCcQqZz]|-?(?:\d+\.?\d*|\.\d+)")
_NUMBERS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "Q": 4, "Z": 0}


@dataclass(frozen=True)
class Drawing:
    """A shape: narrowest and widest width : height that still look right, the label's box (x, y, width,
    height in percent), and its parts from the back."""

    aspect: tuple[float, float]
    label: tuple[float, float, float, float]
    parts: tuple[ElementTree.Element, ...]


def aspect_of(product: Product) -> float:
    """Width : height that a product's package is drawn with."""
    low, high = _drawings()[package_shape(product)].aspect
    natural = product.width_in / product.height_in if product.height_in > 0 else low
    return min(max(natural, low), high)


def picture_of(product: Product, *, is_faded: bool = False) -> Picture:
    """The package of a product, transparent around it, ``HIGH_PX`` high."""
    key = (package_shape(product), package_color(product), short_brand(product), round(aspect_of(product), 2))
    return _picture(*key, is_faded)


@lru_cache(maxsize=1024)
def _picture(shape: str, color: str, label: str, aspect: float, is_faded: bool) -> Picture:
    from PIL import Image

    drawing = _drawings()[shape]
    width, height = max(round(HIGH_PX * aspect), 8), HIGH_PX
    canvas = np.zeros((height, width, 4))
    for part in drawing.parts:
        _paint(canvas, part, color)
    if is_faded:
        canvas[..., :3] = canvas[..., :3] * (1 - FADED) + FADED
    alpha = canvas[..., 3:]
    colors = np.divide(canvas[..., :3], alpha, out=np.zeros_like(canvas[..., :3]), where=alpha > 0)
    if is_faded:
        colors = canvas[..., :3]
    pixels = np.concatenate([np.clip(colors, 0, 1), alpha], axis=2)
    picture = Image.fromarray(np.round(pixels * 255).astype(np.uint8), "RGBA")
    ink = color if shape in DARK_LABELS else "#ffffff"
    _write_label(picture, drawing, shape, label, ink)
    return picture


def _paint(canvas: FloatArray, part: ElementTree.Element, color: str) -> None:
    """Lay a part over the canvas of premultiplied colors, shape (height, width, 4)."""
    from PIL import Image, ImageDraw

    height, width = canvas.shape[:2]
    size = (width * OVERSAMPLED, height * OVERSAMPLED)
    mask = Image.new("L", size)
    pen = ImageDraw.Draw(mask)
    outlines = [[(x / 100 * size[0], y / 100 * size[1]) for x, y in o] for o in _outlines(part)]
    for outline in outlines:
        if len(outline) > 2:
            pen.polygon(outline, fill=255)
    cover = np.asarray(mask.resize((width, height), Image.Resampling.BOX), np.float64) / 255
    points = [p for outline in outlines for p in outline]
    left, right = (f(x for x, _ in points) / OVERSAMPLED for f in (min, max))
    fill = _fill(part, color, (np.arange(width) + 0.5 - left) / max(right - left, 1e-9))
    over = cover[..., None] * fill[None, :, 3:] * float(part.get("fill-opacity", 1))
    canvas[..., :3] = canvas[..., :3] * (1 - over) + fill[None, :, :3] * over
    canvas[..., 3:] = canvas[..., 3:] * (1 - over) + over


def _fill(part: ElementTree.Element, color: str, along: FloatArray) -> FloatArray:
    """Red, green, blue and opacity by column, shape (width, 4); ``along`` runs from 0 to 1 over the part."""
    fill = part.get("fill", "#000")
    if not fill.startswith("url("):
        return np.tile([*rgb(color if fill == "currentColor" else fill), 1.0], (len(along), 1))
    stops = _gradients()[fill[5:-1]]
    columns = [np.interp(along, stops[:, 0], stops[:, i]) for i in range(1, 5)]
    return np.stack(columns, axis=1)


def rgb(color: str) -> tuple[float, float, float]:
    """#rgb or #rrggbb → shares of red, green and blue."""
    digits = color.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    red, green, blue = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return red, green, blue


@cache
def _root() -> ElementTree.Element:
    return ElementTree.fromstring((Path(__file__).parent / "packages.svg").read_text("utf-8"))


@cache
def _drawings() -> dict[str, Drawing]:
    found = {}
    for symbol in _root().iter(f"{_SVG}symbol"):
        low, high = (float(v) for v in symbol.attrib["data-aspect"].split())
        x, y, width, height = (float(v) for v in symbol.attrib["data-label"].split())
        shape = symbol.attrib["id"].removeprefix("pe-")
        found[shape] = Drawing((low, high), (x, y, width, height), tuple(symbol))
    return found


@cache
def _gradients() -> dict[str, FloatArray]:
    """Name → stops, shape (stops, 5): offset, red, green, blue, opacity."""
    return {
        g.attrib["id"]: np.array([
            [float(s.get("offset", 0)), *rgb(s.get("stop-color", "#000")), float(s.get("stop-opacity", 1))]
            for s in g
        ])
        for g in _root().iter(f"{_SVG}linearGradient")
    }


def _outlines(part: ElementTree.Element) -> Iterator[list[Point]]:
    """Closed polygons in the 100 × 100 box of a drawing."""
    kind = part.tag.removeprefix(_SVG)
    if kind == "path":
        yield from _path(part.attrib["d"])
    elif kind == "rect":
        x, y, w, h = (float(part.get(name, 0)) for name in ("x", "y", "width", "height"))
        r = float(part.get("rx", 0))
        yield from _path(f"M{x + r} {y}h{w - 2 * r}q{r} 0 {r} {r}v{h - 2 * r}q0 {r} -{r} {r}h-{w - 2 * r}"
                         f"q-{r} 0 -{r} -{r}v-{h - 2 * r}q0 -{r} {r} -{r}z")
    else:
        cx, cy = float(part.get("cx", 0)), float(part.get("cy", 0))
        rx, ry = (float(part.get(name, part.get("r", 0))) for name in ("rx", "ry"))
        turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
        yield list(zip((cx + rx * np.cos(turn)).tolist(), (cy + ry * np.sin(turn)).tolist(), strict=True))


def _path(text: str) -> Iterator[list[Point]]:
    """The subpaths of path data as polygons."""
    tokens = _TOKEN.findall(text)
    outline: list[Point] = []
    at, command = 0, ""
    while at < len(tokens):
        if tokens[at].isalpha():
            command, at = tokens[at], at + 1
            if command in "Zz":
                yield outline
                outline = []
                continue
        count = _NUMBERS[command.upper()]
        numbers = [float(t) for t in tokens[at : at + count]]
        at += count
        if command in "Mm" and outline:
            yield outline
            outline = []
        last = outline[-1] if outline else (0.0, 0.0)
        outline += _segment(command, numbers, last)
        command = {"M": "L", "m": "l"}.get(command, command)
    if outline:
        yield outline


def _segment(command: str, numbers: list[float], last: Point) -> list[Point]:
    """The points that a command adds, curves flattened."""
    x, y = last
    if command in "Hh":
        return [(numbers[0] + (x if command == "h" else 0), y)]
    if command in "Vv":
        return [(x, numbers[0] + (y if command == "v" else 0))]
    dx, dy = (x, y) if command.islower() else (0.0, 0.0)
    points = [(a + dx, b + dy) for a, b in zip(numbers[::2], numbers[1::2], strict=True)]
    if command in "MmLl":
        return points
    t = np.linspace(0, 1, CURVE_STEPS + 1)[1:, None]
    p = np.array([last, *points])
    if command in "Qq":
        curve = (1 - t) ** 2 * p[0] + 2 * t * (1 - t) * p[1] + t**2 * p[2]
    else:
        curve = ((1 - t) ** 3 * p[0] + 3 * t * (1 - t) ** 2 * p[1] + 3 * t**2 * (1 - t) * p[2] + t**3 * p[3])
    return [(float(a), float(b)) for a, b in curve]


def _write_label(picture: Picture, drawing: Drawing, shape: str, label: str, ink: str) -> None:
    """The short name, as large as its box allows; upright on a narrow bar."""
    from PIL import Image, ImageDraw

    from core.planogram.drawing_fonts import fitted

    x, y, width, height = (share / 100 for share in drawing.label)
    box = (x * picture.width, y * picture.height, width * picture.width, height * picture.height)
    is_upright = shape in UPRIGHT_LABELS and picture.width < 0.75 * picture.height
    along, across = (box[3], box[2]) if is_upright else (box[2], box[3])
    font = fitted(label, 0.96 * along, 0.72 * across)
    layer = Image.new("RGBA", (max(round(along), 1), max(round(across), 1)))
    ImageDraw.Draw(layer).text((along / 2, across / 2), label, fill=ink, font=font, anchor="mm")
    if is_upright:
        layer = layer.rotate(90, expand=True)
    picture.alpha_composite(layer, (round(box[0]), round(box[1])))
