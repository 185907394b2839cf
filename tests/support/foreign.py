"""Planograms as other people write them: invented shelves, headings of several trades and tongues, lists and
drawings as pictures. Nothing here is taken from what reads documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from core.planogram.fixture import TemperatureZone
from core.planogram.product import Catalog, Product

Image8 = NDArray[np.uint8]
FACES = ("font_roboto/files/Roboto-Regular.ttf", "font_caladea/files/Caladea-Regular.ttf",
         "font_roboto/files/Roboto-Medium.ttf", "font_source_serif_pro/files/SourceSerifPro-Regular.ttf")
HELD_FACES = ("reportlab/fonts/Vera.ttf", "font_source_serif_pro/files/SourceSerifPro-Semibold.ttf",
              "font_roboto/files/Roboto-Light.ttf", "reportlab/fonts/VeraBd.ttf", "font_caladea/files/Caladea-Bold.ttf")
HAND = "font_amatic_sc/files/AmaticSC-Bold.ttf"
HEADINGS: tuple[dict[str, str], ...] = (
    {"row": "Shelf", "place": "Position", "name": "Product", "code": "UPC", "facings": "Facings"},
    {"row": "Shelf #", "place": "Seq", "name": "Item Description", "code": "UPC Code", "facings": "H Fac"},
    {"row": "Row", "place": "Loc", "name": "SKU Name", "code": "GTIN-14", "facings": "Qty Facings"},
    {"row": "Estante", "place": "Posición", "name": "Producto", "code": "Código de barras", "facings": "Frentes"},
    {"row": "Regalboden", "place": "Pos.", "name": "Artikel", "code": "EAN", "facings": "Facings"},
    {"row": "Tablette", "place": "Position", "name": "Désignation", "code": "Code-barres", "facings": "Facings"},
)
HELD_HEADINGS: tuple[dict[str, str], ...] = (
    {"row": "Level", "place": "Location", "name": "Article Description", "code": "Barcode", "facings": "Fcgs"},
    {"row": "Shelf No.", "place": "Slot", "name": "Product Description", "code": "UPC #", "facings": "Facings (H)"},
    {"row": "Bandeja", "place": "Orden", "name": "Descripción", "code": "Código", "facings": "Caras"},
    {"row": "Boden", "place": "Platz", "name": "Artikelbezeichnung", "code": "GTIN", "facings": "Anzahl Facings"},
    {"row": "Étagère", "place": "Rang", "name": "Produit", "code": "EAN13", "facings": "Nb facings"},
    {"row": "Shelf", "place": "Item #", "name": "Item", "code": "UPC/EAN", "facings": "# Facings"},
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A product with so many facings."""

    product: Product
    facings: int


@dataclass(frozen=True, slots=True)
class Invented:
    """Shelves from the top, what stands on each from the left. ``held``: written in a form that nothing was
    mended by."""

    rows: tuple[tuple[Entry, ...], ...]
    seed: int
    held: bool

    @property
    def rng(self) -> np.random.Generator:
        return np.random.default_rng((self.seed, 977))

    @property
    def headings(self) -> dict[str, str]:
        return (HELD_HEADINGS if self.held else HEADINGS)[self.seed % 6]

    @property
    def face(self) -> str:
        faces = [f for f in (HELD_FACES if self.held else FACES) if find_spec(f.split("/")[0]) is not None]
        return faces[self.seed // 2 % len(faces)]


def invent(catalog: Catalog, seed: int, held: bool, most: tuple[int, int] = (5, 6)) -> Invented:
    """Two to five shelves of one temperature from few categories, so that near twins stand together."""
    rng = np.random.default_rng((seed, 4_111))
    zones = [z for z in TemperatureZone if sum(p.temperature in (None, z) for p in catalog.values()) >= 40]
    zone = zones[seed % len(zones)]
    fitting = [p for p in catalog.values() if p.temperature in (None, zone) and 0 < p.width_in <= 11]
    kinds = sorted({p.category for p in fitting})
    chosen = set(rng.permutation(kinds)[: max(2, len(kinds) // 3)])
    near = [p for p in fitting if p.category in chosen]
    pool = near if len(near) >= 30 else fitting
    picked = iter([pool[i] for i in rng.permutation(len(pool))])
    rows = []
    for _ in range(int(rng.integers(2, most[0] + 1))):
        count = int(rng.integers(3, most[1] + 1))
        row = tuple(Entry(p, int(rng.choice([1, 1, 2, 2, 3, 4]))) for p, _ in zip(picked, range(count), strict=False))
        rows += [row] if len(row) == count else []
    return Invented(tuple(rows), seed, held)


@cache
def face(path: str, size: int) -> ImageFont.FreeTypeFont:
    package, _, inner = path.partition("/")
    return ImageFont.truetype(str(files(package).joinpath(inner)), size)


def written(product: Product, style: int) -> str:
    """A name as people write it: as it is, in capitals, its size apart or without blanks."""
    name = product.name
    return (name, name.upper(), name.replace(" oz", "oz").replace(" ct", "ct"), name)[style % 4]


def listing(plan: Invented, codes: bool | None = None) -> tuple[list[str], list[list[str]]]:
    """(heading, lines) of a list with columns in an order of its own."""
    rng, head = plan.rng, plan.headings
    style = int(rng.integers(4))
    codes = bool(rng.random() < 0.6) if codes is None else codes
    columns = ["row", "place", "name", "facings"] if rng.random() < 0.6 else ["row", "place", "facings", "name"]
    if codes:
        columns.insert(int(rng.integers(2, len(columns) + 1)), "code")
    label = (lambda r: f"Shelf {r}", lambda r: str(r))[int(rng.random() < 0.6)]
    lines = [
        [{"row": label(r), "place": str(n), "name": written(e.product, style), "code": e.product.upc,
          "facings": str(e.facings)}[c] for c in columns]
        for r, row in enumerate(plan.rows, start=1) for n, e in enumerate(row, start=1)
    ]
    return [head[c] for c in columns], lines


def list_page(plan: Invented, wide: int = 1_650) -> Image8:
    """A printed list: ruled, striped or bare, as the seed has it."""
    heading, lines = listing(plan)
    rng = plan.rng
    size = int(rng.integers(24, 31))
    font, pad, step = face(plan.face, size), 22, round(size * float(rng.uniform(1.5, 2.1)))
    widths = [max(font.getlength(t) for t in column) + 2 * pad for column in zip(heading, *lines, strict=True)]
    stretch = min(1.25, (wide - 160) / sum(widths))
    widths = [w * max(stretch, 1.0) for w in widths]
    total = sum(widths)
    page = Image.new("RGB", (round(max(wide, total + 160)), 260 + step * (len(lines) + 2) + 160), "white")
    pen = ImageDraw.Draw(page)
    pen.text((80, 70), str(rng.choice(["Planogram", "Shelf layout 2026", "POG 14-B Cooler", "Store 118 reset"])),
             fill="black", font=face(plan.face, size + 18))
    look = int(rng.integers(3))
    for n, line in enumerate([heading, *lines]):
        y = 170 + n * step
        if look == 1 and n % 2:
            pen.rectangle((80, y, 80 + total, y + step), fill=(236, 238, 242))
        if n == 0 and look != 2:
            pen.rectangle((80, y, 80 + total, y + step), fill=(214, 220, 230))
        x = 80.0
        for width, text in zip(widths, line, strict=True):
            pen.text((x + pad, y + (step - size) / 2 - 2), text, fill=(20, 20, 24), font=font)
            if look == 0:
                pen.rectangle((x, y, x + width, y + step), outline=(120, 120, 120))
            x += width
    pen.text((80, 210 + step * (len(lines) + 1)), "Page 1 of 1", fill=(90, 90, 90), font=face(plan.face, size - 5))
    return np.asarray(page, np.uint8)


Pen = Callable[[ImageDraw.ImageDraw, Sequence[tuple[float, float]]], None]


def drawn_page(plan: Invented, by_hand: bool = False, colored: bool = False) -> Image8:
    """Rows of boxes as wide as their facings; by hand: with trembling lines and capitals."""
    rng, wide = plan.rng, 2_100
    path = HAND if by_hand else plan.face
    size = 40 if by_hand else int(rng.integers(21, 26))
    most = max(sum(e.facings + 0.8 for e in row) for row in plan.rows)
    high = int(size * (7.0 if by_hand else 7.6))
    gap = int(rng.integers(16, 60))
    page = Image.new("RGB", (wide, 210 + len(plan.rows) * (high + gap) + 60), "white")
    pen = ImageDraw.Draw(page)
    pen.text((120, 60), str(rng.choice(["Cooler door 2", "My shelf", "Aisle 4 left", "Set B"])), fill="black",
             font=face(path, size + 22))
    style, label = int(rng.integers(4)), int(rng.integers(3))
    ink = (25, 35, 110) if by_hand and rng.random() < 0.5 else (15, 15, 18)
    for r, row in enumerate(plan.rows):
        y = 170 + r * (high + gap)
        if label:
            pen.text((24, y + high / 2 - 20), (str(r + 1), chr(65 + r))[label - 1], fill=ink, font=face(path, size + 8))
        x, unit = 110.0, (wide - 150) / most
        for e in row:
            box = (x, y, x + (e.facings + 0.8) * unit, y + high)
            fill = tuple(int(v) for v in rng.integers(165, 250, 3)) if colored else None
            _box(pen, box, ink, fill, rng if by_hand else None)
            lines = wrapped(written(e.product, 1 if by_hand else style), box[2] - box[0] - 16, face(path, size))
            count = (f"x{e.facings}", f"{e.facings} facings", f"{e.facings}F", f"x{e.facings}")[style]
            for n, text in enumerate([*lines, count]):
                off = rng.normal(0, 1.5, 2) if by_hand else (0, 0)
                pen.text((x + 9 + off[0], y + 9 + n * size * 1.14 + off[1]), text, fill=ink, font=face(path, size))
            x = box[2] + (0 if style % 2 else 8)
    return np.asarray(page, np.uint8)


def _box(
    pen: ImageDraw.ImageDraw, box: tuple[float, ...], ink: tuple[int, ...], fill: tuple[int, ...] | None,
    rng: np.random.Generator | None,
) -> None:
    x0, y0, x1, y1 = box
    if rng is None:
        pen.rectangle((x0, y0, x1, y1), outline=ink, width=2, fill=fill)
        return
    for a, b in (((x0, y0), (x1, y0)), ((x1, y0), (x1, y1)), ((x1, y1), (x0, y1)), ((x0, y1), (x0, y0))):
        t = np.linspace(0, 1, 14)[:, None]
        line = np.array(a) * (1 - t) + np.array(b) * t + rng.normal(0, 1.3, (14, 2)) + rng.normal(0, 3, 2)
        pen.line([tuple(p) for p in line.tolist()], fill=ink, width=3, joint="curve")


def wrapped(text: str, width: float, font: ImageFont.FreeTypeFont) -> list[str]:
    found = [""]
    for word in text.split():
        longer = f"{found[-1]} {word}".strip()
        if font.getlength(longer) <= width or not found[-1]:
            found[-1] = longer
        else:
            found.append(word)
    return found
