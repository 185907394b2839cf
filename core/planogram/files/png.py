"""A planogram as a picture (PNG): the drawing of the prints, two pixels a point."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from core.planogram.drawing import GAP_PT, INK, QUIET, TAG_PT, Strip, strips
from core.planogram.drawing_fonts import font
from core.planogram.drawing_packages import picture_of
from core.planogram.planogram import Planogram
from core.planogram.product import Catalog, Product

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

SCALE = 2
MARGIN_PT, TITLE_PT = 20.0, 46.0
NARROWEST_PT, WIDTHS_PT = 36.0, (560.0, 2400.0)
"""A narrow position is drawn this wide, within these widths of the whole picture."""
TALLEST_PT = 2600.0
"""All shelves together, their boards and rails aside."""


class PicturePen:
    """Draws on a picture."""

    def __init__(self, width: float, height: float) -> None:
        from PIL import Image, ImageDraw

        self.picture = Image.new("RGB", (round(width * SCALE), round(height * SCALE)), "#ffffff")
        self._draw = ImageDraw.Draw(self.picture)
        self._sized: dict[tuple[int, bool, int, int], Picture] = {}

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str, edge: str = "", radius: float = 0.0
    ) -> None:
        box = [round(v * SCALE) for v in (x, y, x + max(width, 0.5), y + max(height, 0.5))]
        self._draw.rounded_rectangle(box, radius * SCALE, fill, edge or None)

    def circle(self, x: float, y: float, radius: float, fill: str, edge: str = "") -> None:
        box = [round(v * SCALE) for v in (x - radius, y - radius, x + radius, y + radius)]
        self._draw.ellipse(box, fill, edge or None, width=SCALE)

    def text(
        self, x: float, y: float, text: str, size: float, *, is_bold: bool = False, color: str = INK,
        anchor: str = "left",
    ) -> None:
        where = {"left": "ls", "middle": "ms", "right": "rs"}[anchor]
        face = font(max(round(size * SCALE), 6), is_bold)
        self._draw.text((x * SCALE, y * SCALE), text, color, face, where)

    def width(self, text: str, size: float, is_bold: bool = False) -> float:
        return font(max(round(size * SCALE), 6), is_bold).getlength(text) / SCALE

    def package(
        self, product: Product, x: float, y: float, width: float, height: float, is_faded: bool = False
    ) -> None:
        from PIL import Image

        size = max(round(width * SCALE), 1), max(round(height * SCALE), 1)
        key = (product.id, is_faded, *size)
        if key not in self._sized:
            picture = picture_of(product, is_faded=is_faded)
            self._sized[key] = picture.resize(size, Image.Resampling.LANCZOS)
        drawn = self._sized[key]
        self.picture.paste(drawn, (round(x * SCALE), round(y * SCALE)), drawn)


def write(plan: Planogram, products: Catalog, *, name: str = "", about: str = "") -> bytes:
    """The whole plan with slots and prices, and its name above."""
    target = io.BytesIO()
    drawn(plan, products, name=name, about=about).save(target, "PNG")
    return target.getvalue()


def drawn(plan: Planogram, products: Catalog, *, name: str = "", about: str = "") -> Picture:
    """As ``write``, as a picture."""
    limit = max(40.0, min(150.0, TALLEST_PT / plan.fixture.rows))
    rows = list(strips(plan, products, _width(plan), has_names=True, limit_pt=limit))
    height = sum(_height(strip) for strip in rows) + TITLE_PT + 2 * MARGIN_PT
    pen = PicturePen(rows[0].width + 2 * MARGIN_PT, height)
    pen.text(MARGIN_PT, MARGIN_PT + 16, name, 19, is_bold=True)
    pen.text(MARGIN_PT, MARGIN_PT + 33, about, 11, color=QUIET)
    y = MARGIN_PT + TITLE_PT
    for strip in rows:
        strip.draw(pen, MARGIN_PT, y)
        y += _height(strip)
    return pen.picture


def _height(strip: Strip) -> float:
    return strip.height + GAP_PT


def _width(plan: Planogram) -> float:
    widths = sorted(p.width_in / p.facings for p in plan.positions) or [plan.fixture.width_in / 8]
    narrow = max(widths[len(widths) // 4], 0.2)
    low, high = WIDTHS_PT
    return min(max(plan.fixture.width_in / narrow * NARROWEST_PT, low), high) + TAG_PT
