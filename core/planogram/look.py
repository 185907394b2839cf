"""What a product without a picture looks like: the shape of its package, its color, its short brand name.

Colors follow the category, so that a shelf is readable from afar, and shift a little with the brand, so
that neighbors stay apart. They depend on names alone: the same product has the same color everywhere.
"""

from __future__ import annotations

import colorsys
import re
import zlib
from functools import lru_cache

from core.planogram.product import Product

# (words of the category, [words of the name,] shape); the first line that fits decides
_SHAPES = (
    (r"ice cream", r"sandwich|bar\b|cone|pop\b", "bar"),
    (r"ice cream", "", "cup"),
    (r"fresh|deli|meal|prepared", r"cup|hummus|salad|yog|parfait|dip\b", "tub"),
    (r"fresh|deli|prepared", "", "tray"),
    (r"frozen", "", "box"),
    (r"\bgum\b|mints?\b", "", "gum"),
    (r"bar\b|bars\b|chocolate", "", "bar"),
    (r"jerky|nuts|trail|gumm|candy|dried|seeds|pet|coffee beans", "", "pouch"),
    (r"cookie|cereal|cracker|pastr|pizza|pasta|cake|bakery", "", "box"),
    (r"chip|pretzel|popcorn|puff|crisp|snack|tortilla|bread", "", "bag"),
    (r"coffee|tea|milk|dairy", r"latte|cold brew|milk|carton", "carton"),
    (r"wine|beer|spirits|\boil\b|vinegar|kombucha", "", "glass"),
    (r"water|juice|sport|tea|coffee|drink mix|shampoo|detergent|lotion|cleaning", "", "bottle"),
    (r"soft drink|soda|energy|cola|canned|soup|beans|seltzer", "", "can"),
    (r"jam|pickle|sauce|spread|honey|butter", "", "jar"),
    (r"yog|dip\b|margarine", "", "tub"),
)
_SHAPE_RULES = tuple((re.compile(category), re.compile(name), shape) for category, name, shape in _SHAPES)

# (words of a category, hue in degrees, saturation, lightness)
_HUES = (
    (r"potato|chip", 40, 0.72, 0.49),
    (r"tortilla|corn", 30, 0.74, 0.47),
    (r"pretzel|cracker", 33, 0.45, 0.42),
    (r"popcorn|puff", 47, 0.74, 0.50),
    (r"cookie|biscuit", 24, 0.42, 0.44),
    (r"chocolate", 305, 0.36, 0.36),
    (r"gumm|candy|sweet", 328, 0.50, 0.46),
    (r"\bgum\b|mint", 172, 0.52, 0.37),
    (r"nut|trail|seed", 68, 0.40, 0.38),
    (r"bar\b|bars\b|granola", 18, 0.50, 0.42),
    (r"pastr|bakery|bread|muffin", 22, 0.46, 0.52),
    (r"jerky|meat|beef", 8, 0.42, 0.30),
    (r"soft drink|soda|cola", 4, 0.62, 0.46),
    (r"energy", 92, 0.52, 0.34),
    (r"water", 204, 0.55, 0.50),
    (r"juice|smoothie", 20, 0.74, 0.52),
    (r"tea|coffee", 145, 0.34, 0.34),
    (r"sport|electrolyte", 222, 0.55, 0.50),
    (r"fresh|salad|produce|sandwich", 112, 0.40, 0.42),
    (r"frozen", 212, 0.40, 0.40),
    (r"ice cream|dessert", 280, 0.36, 0.56),
    (r"dairy|milk|yog", 196, 0.38, 0.56),
)
_HUE_RULES = tuple((re.compile(words), h, s, b) for words, h, s, b in _HUES)
_BRANDS = (
    "#2f6fb0",
    "#b5482f",
    "#4d7c2a",
    "#7b4a9e",
    "#b8862b",
    "#0f7f82",
    "#a63d6c",
    "#5b6675",
    "#8a5a33",
    "#3d55b8",
    "#7a8f1f",
    "#c0662a",
    "#54459c",
    "#2d8a5f",
    "#9a3340",
    "#47779b",
)


def package_shape(product: Product) -> str:
    """One of the shapes of ``packages.svg``, by the words of category and name."""
    category, name = product.category.lower(), product.name.lower()
    for words in (category, name):
        for of_category, of_name, shape in _SHAPE_RULES:
            if of_category.search(words) and of_name.search(name):
                return _by_proportion(shape, product)
    return "can" if 0 < product.width_in < 3 < product.height_in else "box"


def _by_proportion(shape: str, product: Product) -> str:
    """Drinks come in cans where they are short for their width."""
    if shape == "bottle" and 0 < product.height_in < 2.2 * product.width_in:
        return "can"
    if shape == "can" and product.height_in > 2.7 * product.width_in > 0:
        return "bottle"
    return shape


def package_color(product: Product) -> str:
    """#rrggbb by category, shifted a little by brand; where the category says little, by the name."""
    return _package_color(product.category, product.name, product.brand or short_brand(product))


@lru_cache(maxsize=4096)
def _package_color(category: str, name: str, brand: str) -> str:
    hue, saturation, lightness = _known_hue(category) or _known_hue(name) or _hue(brand)
    shift = _hash(brand)
    hue += (shift % 7 - 3) * 4.5
    lightness += ((shift // 7) % 5 - 2) * 0.035
    return _hex(hue, saturation, min(max(lightness, 0.26), 0.6))


def category_color(category: str) -> str:
    """#rrggbb of a category, the middle of its products' colors."""
    return _hex(*_hue(category))


def brand_color(brand: str) -> str:
    """#rrggbb of a brand from a fixed, distinguishable set."""
    return _BRANDS[_hash(brand) % len(_BRANDS)] if brand else "#8a8f98"


def short_brand(product: Product, longest: int = 9) -> str:
    """What fits on a label: the brand's first word, else the product's."""
    text = product.brand or product.name
    word = next((w for w in re.split(r"[\s&]+", text) if len(w) > 2), text)
    return word[:longest]


def _hue(text: str) -> tuple[float, float, float]:
    return _known_hue(text) or (float(_hash(text) * 47 % 360), 0.44, 0.44)


def _known_hue(text: str) -> tuple[float, float, float] | None:
    lowered = text.lower()
    for words, hue, saturation, lightness in _HUE_RULES:
        if words.search(lowered):
            return hue, saturation, lightness
    return None


def _hash(text: str) -> int:
    return zlib.crc32(text.encode())


def _hex(hue: float, saturation: float, lightness: float) -> str:
    red, green, blue = colorsys.hls_to_rgb(hue % 360 / 360, lightness, saturation)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"
