"""The drawn package of a product as a picture for tables: the same drawings as on the shelf."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import quote

from core.planogram.product import Product
from pages.parts.shelf_editor import look

_DRAWINGS = Path(__file__).parent / "shelf_editor" / "front" / "packages.js"
_CONSTANT = re.compile(r"const (\w+) = '([^']*)';")
_MARKUP = re.compile(r"const PACKAGE_MARKUP = `(.*?)`;", re.DOTALL)
_ASPECT = re.compile(r"(\w+): \{ aspect: \[([\d.]+), ([\d.]+)\]")
_SYMBOL = re.compile(r'<symbol id="pe-(\w+)"[^>]*>(.*?)</symbol>', re.DOTALL)
_GRADIENT = re.compile(r'<linearGradient id="(pe-\w+)".*?</linearGradient>', re.DOTALL)
_HIGH = 40
"""Pixels."""


def picture(product: Product) -> str:
    """An image address that holds the drawing itself: shape by category, color by category and brand."""
    return _picture(look.package_shape(product), look.package_color(product))


def short_name(product: Product) -> str:
    """The name without brand and size, as long as something is left."""
    return product.name.removeprefix(product.brand).removesuffix(product.size).strip() or product.name


@lru_cache(maxsize=1024)
def _picture(shape: str, color: str) -> str:
    aspects, gradients, symbols = _drawings()
    shape = shape if shape in symbols else "box"
    drawn = symbols[shape]
    used = "".join(text for name, text in gradients.items() if f"#{name})" in drawn)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" preserveAspectRatio="none" '
        f'width="{_HIGH * aspects[shape]:.0f}" height="{_HIGH}" color="{color}">{used}{drawn}</svg>'
    )
    return f"data:image/svg+xml,{quote(svg)}"


@cache
def _drawings() -> tuple[dict[str, float], dict[str, str], dict[str, str]]:
    """Width : height of each shape, gradients and drawings, from the script that draws in the browser."""
    script = _DRAWINGS.read_text(encoding="utf-8")
    found = _MARKUP.search(script)
    if found is None:
        raise ValueError(f"{_DRAWINGS.name} holds no PACKAGE_MARKUP.")
    markup = found.group(1)
    for name, value in _CONSTANT.findall(script):
        markup = markup.replace("${" + name + "}", value)
    aspects = {shape: (float(low) + float(high)) / 2 for shape, low, high in _ASPECT.findall(script)}
    gradients = {m.group(1): m.group(0) for m in _GRADIENT.finditer(markup)}
    return aspects, gradients, dict(_SYMBOL.findall(markup))
