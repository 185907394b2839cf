"""Planograms printed by somebody else: other fonts, other columns, no packages; and photos of such paper."""

from __future__ import annotations

import io

import cv2
import numpy as np
from numpy.typing import NDArray

from core.planogram.planogram import Planogram
from core.planogram.product import Catalog
from core.units import row_letter
from ml.rendering.fonts import MEANT, installed

Image8 = NDArray[np.uint8]
WIDE, HIGH, MARGIN = 1_700, 2_200, 90
FACES = ("font_caladea/Caladea-Bold", "font_roboto/Roboto-Medium", "font_source_serif_pro/SourceSerifPro-Bold")
DESK = (92, 74, 58)


def _face(name: str, size: int):
    from importlib.resources import files

    from PIL import ImageFont

    known = name if name in installed() else MEANT[4]
    package, file = known.split("/")
    return ImageFont.truetype(str(files(package).joinpath("files", f"{file}.ttf")), size)


def listed(plan: Planogram, catalog: Catalog, face: int = 0, codes: bool = True) -> Image8:
    """A page with a table: shelf, position, product, UPC (or none), facings."""
    from PIL import Image, ImageDraw

    page = Image.new("RGB", (WIDE, HIGH), "white")
    pen = ImageDraw.Draw(page)
    pen.text((MARGIN, 60), "Shelf plan", fill="black", font=_face(FACES[face], 52))
    columns = [("Shelf", 90), ("Position", 230), ("Product", 420), ("Facings", 1480)]
    columns += [("UPC", 1160)] if codes else []
    font = _face(FACES[face], 27)
    step = min(44, (HIGH - 260) // (len(plan.positions) + 1))
    for name, x in columns:
        pen.text((x, 170), name, fill="black", font=font)
    order: dict[int, int] = {}
    for line, p in enumerate(plan.positions, start=1):
        order[p.row] = order.get(p.row, 0) + 1
        product = catalog[p.product_id]
        texts = {"Shelf": str(p.row + 1), "Position": str(order[p.row]), "Product": product.name,
                 "UPC": product.upc, "Facings": str(p.facings)}
        for name, x in columns:
            pen.text((x, 170 + line * step), texts[name], fill="black", font=font)
        pen.line((MARGIN, 164 + line * step, WIDE - MARGIN, 164 + line * step), fill=(170, 170, 170), width=1)
    return np.asarray(page, np.uint8)


def drawn(plan: Planogram, catalog: Catalog, face: int = 0) -> Image8:
    """A page with rows of boxes, as wide as they stand, a name and the facings in each."""
    from PIL import Image, ImageDraw

    page = Image.new("RGB", (HIGH, WIDE), "white")
    pen = ImageDraw.Draw(page)
    pen.text((MARGIN, 50), "Shelf plan", fill="black", font=_face(FACES[face], 52))
    fixture = plan.fixture
    high = min(260, (WIDE - 220) // fixture.rows)
    scale = (HIGH - 2 * MARGIN) / max(fixture.width_in, max(p.right_in for p in plan.positions))
    for p in plan.positions:
        left, right = MARGIN + p.x_in * scale, MARGIN + p.right_in * scale
        top = 170 + p.row * high
        pen.rectangle((left, top, right, top + high - 30), outline="black", width=2)
        product = catalog[p.product_id]
        size = 24
        lines = _lines(pen, product.name, right - left - 14, _face(FACES[face], size))
        for n, line in enumerate([*lines, f"x{p.facings}"]):
            pen.text((left + 8, top + 10 + n * (size + 6)), line, fill="black", font=_face(FACES[face], size))
    for row in range(fixture.rows):
        pen.text((30, 170 + row * high + high // 3), row_letter(row), fill="black", font=_face(FACES[face], 34))
    return np.asarray(page, np.uint8)


def _lines(pen, text: str, width: float, font) -> list[str]:
    found = [""]
    for word in text.split():
        longer = f"{found[-1]} {word}".strip()
        if pen.textlength(longer, font) <= width or not found[-1]:
            found[-1] = longer
        else:
            found.append(word)
    return found


def photographed(page: Image8, seed: int = 0) -> bytes:
    """A phone's photo of a page on a desk: from the side, with a shadow, a little out of focus."""
    rng = np.random.default_rng(seed)
    high, wide = page.shape[:2]
    frame = np.empty((round(high * 1.16), round(wide * 1.16), 3), np.uint8)
    frame[:] = np.clip(np.array(DESK) + rng.normal(0, 6, (*frame.shape[:2], 1)), 0, 255)
    off = np.array([0.08 * wide, 0.08 * high])
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    moved = (corners + off + rng.uniform(-0.035, 0.035, (4, 2)) * (wide, high)).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners, moved)
    size = (frame.shape[1], frame.shape[0])
    warped = cv2.warpPerspective(page, matrix, size, flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full((high, wide), 255, np.uint8), matrix, size)
    frame = np.where(mask[..., None] > 127, warped, frame)
    y, x = np.mgrid[0 : frame.shape[0], 0 : frame.shape[1]]
    edge = (x / wide + y / high * rng.uniform(-0.5, 0.5)) - rng.uniform(0.4, 0.8)
    shade = 1.0 - 0.38 / (1.0 + np.exp(-edge / 0.05))
    lit = np.clip(frame * shade[..., None] * 0.96, 0, 255).astype(np.uint8)
    return jpeg(cv2.GaussianBlur(lit, (0, 0), 0.9), 82)


def jpeg(pixels: Image8, quality: int = 90) -> bytes:
    """As a file."""
    from PIL import Image

    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "JPEG", quality=quality)
    return target.getvalue()
