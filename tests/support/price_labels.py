"""Price labels of several shops, drawn by nothing that the workbench draws or reads with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from tests.support.foreign import Image8, face

BOLD, PLAIN, SERIF = (f"font_roboto/files/Roboto-{n}.ttf" for n in ("Bold", "Regular", "Black"))
DIGITS = "reportlab/fonts/VeraBd.ttf"
Design = Callable[[str, float, np.random.Generator], Image8]


def _sheet(wide: int, high: int, paper: tuple[int, ...]) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGBA", (wide, high), (*paper, 255))
    return picture, ImageDraw.Draw(picture)


def _name(pen: ImageDraw.ImageDraw, name: str, at: tuple[int, int], width: int, size: int, ink: str) -> None:
    font = face(PLAIN, size)
    while name and font.getlength(name) > width:
        name = name[:-1]
    pen.text(at, name, fill=ink, font=font)


def plain(name: str, price: float, rng: np.random.Generator) -> Image8:
    """White, the price large at the right, a bar code below the name, a code and the price of an ounce small."""
    picture, pen = _sheet(280, 130, (250, 250, 250))
    _name(pen, name, (10, 8), 260, 19, "black")
    for n in range(40):
        pen.line((12 + n * 2.6, 52, 12 + n * 2.6, 92), fill="black", width=int(rng.integers(1, 3)))
    pen.text((12, 98), f"{rng.integers(10**5, 10**6)}  {price / 12 * 100:.1f}¢/oz", fill="black", font=face(PLAIN, 15))
    pen.text((272, 122), f"${price:.2f}", fill="black", font=face(BOLD, 54), anchor="rb")
    return np.asarray(picture, np.uint8).copy()


def yellow(name: str, price: float, rng: np.random.Generator) -> Image8:
    """Yellow, the price in the middle without a sign, the unit price beside the name."""
    picture, pen = _sheet(260, 140, (252, 226, 60))
    pen.rectangle((0, 0, 259, 30), fill=(200, 25, 30))
    pen.text((130, 15), "EVERY DAY LOW PRICE", fill="white", font=face(BOLD, 17), anchor="mm")
    pen.text((130, 76), f"{price:.2f}", fill="black", font=face(DIGITS, 58), anchor="mm")
    _name(pen, name, (12, 114), 236, 17, "black")
    return np.asarray(picture, np.uint8).copy()


def raised(name: str, price: float, rng: np.random.Generator) -> Image8:
    """White with a colored edge, dollars large, cents small and raised."""
    picture, pen = _sheet(250, 130, (255, 255, 255))
    pen.rectangle((0, 0, 12, 129), fill=(20, 90, 170))
    _name(pen, name, (24, 100), 216, 18, "black")
    whole, cents = divmod(round(price * 100), 100)
    pen.text((40, 50), "$", fill="black", font=face(BOLD, 30), anchor="rm")
    font = face(SERIF, 82)
    pen.text((46, 54), str(whole), fill="black", font=font, anchor="lm")
    pen.text((50 + font.getlength(str(whole)), 36), f"{cents:02d}", fill="black", font=face(SERIF, 42), anchor="lm")
    return np.asarray(picture, np.uint8).copy()


def dark(name: str, price: float, rng: np.random.Generator) -> Image8:
    """Electronic: white on black, the price in a thin face."""
    picture, pen = _sheet(260, 130, (18, 18, 20))
    _name(pen, name, (12, 10), 236, 20, "white")
    pen.text((248, 118), f"${price:.2f}", fill="white", font=face(PLAIN, 60), anchor="rb")
    pen.text((12, 96), f"Unit {price / 16 * 100:.1f}¢", fill=(190, 190, 190), font=face(PLAIN, 16))
    return np.asarray(picture, np.uint8).copy()


def sale(name: str, price: float, rng: np.random.Generator) -> Image8:
    """Red ink on white; what it was stands small and struck through."""
    picture, pen = _sheet(270, 140, (255, 255, 255))
    pen.rectangle((0, 0, 269, 139), outline=(200, 20, 30), width=6)
    _name(pen, name, (16, 12), 240, 18, "black")
    was = f"WAS ${price + float(rng.choice([0.5, 1.0, 1.2])):.2f}"
    pen.text((16, 108), was, fill=(110, 110, 110), font=face(PLAIN, 17))
    pen.line((16, 119, 16 + face(PLAIN, 17).getlength(was), 115), fill=(110, 110, 110), width=2)
    pen.text((258, 100), f"${price:.2f}", fill=(200, 20, 30), font=face(SERIF, 62), anchor="rb")
    return np.asarray(picture, np.uint8).copy()


def several(name: str, price: float, rng: np.random.Generator) -> Image8:
    """Two for so much."""
    picture, pen = _sheet(260, 130, (252, 252, 246))
    _name(pen, name, (12, 8), 236, 19, "black")
    both = round(price * 2, 2)
    shown = f"2 for ${both:.0f}" if both == int(both) else f"2/${both:.2f}"
    pen.text((130, 82), shown, fill="black", font=face(BOLD, 50), anchor="mm")
    return np.asarray(picture, np.uint8).copy()


DESIGNS: tuple[Design, ...] = (plain, raised, yellow)
HELD_DESIGNS: tuple[Design, ...] = (plain, raised, yellow, dark, sale, several)
