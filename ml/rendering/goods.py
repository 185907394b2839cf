"""A catalog's products as packages: from their packshots where there are some, else drawn.

A drawn package has the shape and color that the editor draws the product with, its brand and the words of its
name that other products of the brand do not have; the same product always looks the same.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

import cv2
import numpy as np

from core.compliance.reading import Gallery, GalleryProduct
from core.errors import BadInput
from core.planogram.look import package_color, package_shape
from core.planogram.product import Catalog, Product
from ml.rendering.articles import SHAPES, Article, Size
from ml.rendering.packages import Sprite, as_sprite, sprite_of
from ml.rendering.truth import Image8

EDITOR_SHAPES = {
    "bag": "bag", "bar": "bar", "bottle": "bottle", "box": "box", "can": "can", "carton": "carton",
    "cup": "tub", "glass": "glass", "gum": "flat_box", "jar": "jar", "pouch": "pouch", "tray": "wrap",
    "tub": "tub",
}
USUAL_IN: Size = (3.0, 5.0, 3.0)
WHITE_FROM = 236
"""Brightness from which the rim of a packshot counts as its white ground."""


def article_of(product: Product) -> Article:
    """How a product without a picture is drawn."""
    brand = product.brand or product.name.split()[0] if product.name else "?"
    words = [w for w in re.findall(r"[A-Za-z]{3,}", product.name) if w.lower() not in brand.lower()]
    given = (product.width_in, product.height_in, product.depth_in)
    wide, high, deep = (v if v > 0 else usual for v, usual in zip(given, USUAL_IN, strict=True))
    return Article(
        product.id, zlib.crc32(brand.encode()), zlib.crc32(product.name.encode()), brand[:14],
        " ".join(words[:2]).upper()[:16] or "ORIGINAL", EDITOR_SHAPES[package_shape(product)],
        (wide, high, deep), product.size, package_color(product),
    )


def product_of(article: Article) -> Product:
    """A product record for a drawn article, to plan with."""
    wide, high, deep = article.size_in
    name = f"{article.name} {article.flavor.title()} {article.size_text}".strip()
    return Product(article.id, name, article.shape.replace("_", " "), article.name, article.size_text,
                   width_in=round(wide, 2), height_in=round(high, 2), depth_in=round(deep, 2))


def sprites(
    catalog: Catalog, articles: Mapping[int, Article], views: Mapping[int, bytes], art_px: int
) -> dict[int, Sprite]:
    """The package of every product, in its true size: its packshot, else its article, else its drawing."""
    made = {}
    for key, product in catalog.items():
        if key in views:
            made[key] = sprite_of_picture(views[key], article_of(product))
        else:
            made[key] = sprite_of(articles.get(key) or article_of(product), art_px)
    return made


def sprite_of_picture(picture: bytes, like: Article) -> Sprite:
    """A packshot as a package of an article's size and kind: its white or transparent ground is taken away.

    Raises BadInput for bytes that are no picture.
    """
    pixels = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.ndim != 3:
        raise BadInput(f"The packshot of {like.name} is not a color picture.", "Give a PNG or JPEG.")
    rgb = np.ascontiguousarray(pixels[..., 2::-1])
    alpha = pixels[..., 3] if pixels.shape[2] == 4 else _not_ground(rgb)
    rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    cut = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] if len(rows) else np.s_[:, :]
    rgba = np.dstack([rgb, alpha])[cut].astype(np.uint8)
    is_full = float((rgba[..., 3] > 127).mean()) > 0.95
    return as_sprite(rgba, like.size_in, SHAPES[like.shape].kind, "box" if is_full else "flat")


def packshot(article: Article, height_px: int = 320) -> bytes:
    """A clean picture of an article on white, PNG, as a gallery holds it."""
    level = sprite_of(article, height_px).levels[0]
    alpha = level[..., 3:].astype(np.uint16)
    image = (level[..., :3] + (255 - alpha)).astype(np.uint8)
    rim = max(height_px // 40, 2)
    framed = cv2.copyMakeBorder(image, rim, rim, rim, rim, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    _, data = cv2.imencode(".png", framed[..., ::-1])
    return data.tobytes()


def packshots(catalog: Catalog, height_px: int = 320) -> dict[int, bytes]:
    """A clean drawn picture of every product, PNG: for products that have none of their own."""
    return {key: packshot(article_of(product), height_px) for key, product in catalog.items()}


def gallery_of(articles: Iterable[Article], height_px: int = 320) -> Gallery:
    """A gallery with one clean view of each article."""
    products = tuple(
        GalleryProduct(a.id, product_of(a).name, a.name, tuple(a.flavor.lower().split()), a.size_in[0],
                       a.size_in[1], (packshot(a, height_px),))
        for a in articles
    )
    seen = zlib.crc32(b"".join(v for p in products for v in p.views))
    return Gallery(products, f"drawn-{len(products)}-{seen:08x}")


def resized(sprite: Sprite, scale: float) -> Sprite:
    """The same package, smaller or larger."""
    wide, high, deep = sprite.size_in
    return sprite if scale == 1 else replace(sprite, size_in=(wide * scale, high * scale, deep * scale))


def _not_ground(rgb: Image8) -> Image8:
    """255 where a picture shows its object: white that touches the rim is ground."""
    height, width = rgb.shape[:2]
    is_white = (rgb.min(axis=2) >= WHITE_FROM).astype(np.uint8)
    framed = cv2.copyMakeBorder(is_white, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    _, parts = cv2.connectedComponents(framed, connectivity=4)
    solid = np.where((parts == parts[0, 0]) & (framed == 1), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(solid[1 : height + 1, 1 : width + 1])
