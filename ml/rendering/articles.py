"""What stands on a rendered shelf: brands, and the variants of a brand that share its art.

All of it follows from seeds: the same article always has the same name, size and look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Size = tuple[float, float, float]

FLAVORS = (
    "ORIGINAL", "CLASSIC", "LEMON", "LIME", "CHERRY", "STRAWBERRY", "VANILLA", "CHOCOLATE", "HAZELNUT",
    "PEPPER", "SEA SALT", "GARLIC", "ROSEMARY", "TOMATO", "BASIL", "PAPRIKA", "CHILI", "HONEY", "MAPLE",
    "APPLE", "PEACH", "MANGO", "COCONUT", "GINGER", "MINT", "LAVENDER", "ALOE", "ROSE", "OCEAN", "COTTON",
    "SENSITIVE", "EXTRA", "LIGHT", "ZERO", "MEDIUM ROAST", "DARK ROAST", "DECAF", "WHOLE GRAIN", "OAT",
    "ALMOND", "BERRY", "ORANGE", "GRAPE", "KIWI", "CHEDDAR", "SOUR CREAM", "BARBECUE", "ONION", "REPAIR",
    "VOLUME", "HYDRATE", "FRESH", "NIGHT", "DAILY", "ULTRA", "SPORT", "KIDS", "BABY", "TOTAL", "SMOKED",
)
SIZES = ("7 OZ", "9.1 OZ", "12 OZ", "16 OZ", "500 ml", "1 L", "250 g", "400 g", "24 CT", "8 FL OZ", "30 CT")
_STARTS = (
    "Bra", "Cal", "Dor", "El", "Fen", "Gal", "Hul", "Iv", "Jo", "Kel", "Lu", "Mar", "Nor", "Ol", "Pri", "Qua",
    "Ro", "Sol", "Tam", "Ul", "Vel", "Wil", "Xa", "Yor", "Zen", "Bi", "Che", "Fri", "Tri", "Sta",
)
_ENDS = ("ba", "co", "dan", "la", "mi", "nea", "ra", "ro", "sa", "ta", "via", "x", "zo", "lly", "nex", "pan",
         "go", "ston", "field", "wick", "ette", "ino", "ola", "ique", "ors", "um")


@dataclass(frozen=True, slots=True)
class Range:
    """Smallest and largest width and height of a shape in inches, and its depth as a share of the width."""

    width: tuple[float, float]
    height: tuple[float, float]
    depth: tuple[float, float]
    kind: str = "packaged"
    stacks: int = 1


SHAPES = {
    "box": Range((3.0, 8.0), (4.5, 11.0), (0.25, 0.5)),
    "small_box": Range((1.4, 3.2), (3.0, 6.5), (0.4, 0.9)),
    "flat_box": Range((4.0, 8.5), (1.1, 2.6), (0.4, 0.8), stacks=5),
    "carton": Range((2.7, 4.4), (6.5, 10.0), (0.8, 1.0)),
    "bag": Range((5.0, 10.0), (7.0, 12.5), (0.3, 0.5)),
    "pouch": Range((3.5, 7.5), (5.0, 9.5), (0.3, 0.5)),
    "wrap": Range((6.0, 12.0), (4.5, 9.5), (0.5, 0.8), stacks=2),
    "bar": Range((1.6, 5.5), (1.4, 3.5), (0.3, 0.6), stacks=2),
    "blister": Range((2.6, 5.0), (5.0, 9.5), (0.15, 0.3)),
    "multipack": Range((5.0, 9.0), (4.0, 6.5), (0.5, 0.8), stacks=2),
    "bottle": Range((2.2, 4.2), (6.0, 11.5), (0.7, 1.0), "bottle"),
    "pump": Range((2.0, 3.4), (6.0, 9.5), (0.5, 1.0), "bottle"),
    "jug": Range((3.8, 7.0), (7.5, 11.5), (0.5, 0.8), "bottle"),
    "tube": Range((1.5, 2.8), (4.5, 7.5), (0.6, 1.0), "bottle"),
    "spray": Range((1.7, 2.6), (5.0, 9.5), (1.0, 1.0), "can"),
    "can": Range((2.1, 3.4), (3.4, 6.6), (1.0, 1.0), "can", 2),
    "tin": Range((2.8, 4.6), (1.1, 2.0), (1.0, 1.0), "can", 5),
    "glass": Range((2.4, 3.5), (7.0, 12.5), (1.0, 1.0), "glass"),
    "jar": Range((2.4, 4.2), (2.8, 6.6), (1.0, 1.0), "glass", 2),
    "tub": Range((2.8, 5.2), (2.0, 4.4), (1.0, 1.0), "unknown_container", 2),
    "canister": Range((3.2, 5.5), (4.5, 8.5), (1.0, 1.0), "unknown_container"),
}


@dataclass(frozen=True, slots=True)
class Article:
    """A product by its looks. ``brand`` seeds what its variants share, ``variant`` what they differ in;
    ``color``: #rrggbb of its ground where that is given."""

    id: int
    brand: int
    variant: int
    name: str
    flavor: str
    shape: str
    size_in: Size
    size_text: str = ""
    color: str = ""

    @property
    def kind(self) -> str:
        """One of ``core.compliance.reading.KINDS``."""
        return SHAPES[self.shape].kind


def brand_name(seed: int) -> str:
    """A made-up name of two or three syllables."""
    rng = np.random.default_rng((seed, 11))
    ends = rng.choice(len(_ENDS), 2, replace=False)
    return _STARTS[rng.integers(len(_STARTS))] + "".join(_ENDS[e] for e in ends[: rng.integers(1, 3)])


def brand_articles(
    seed: int, variants: int, first_id: int = 0, shapes: Sequence[str] = tuple(SHAPES)
) -> tuple[Article, ...]:
    """The variants of one brand: same shape, size and art, another flavor word and accent each."""
    rng = np.random.default_rng((seed, 12))
    shape = shapes[rng.integers(len(shapes))]
    size = _size(SHAPES[shape], rng)
    flavors = rng.permutation(len(FLAVORS))
    name, text = brand_name(seed), SIZES[rng.integers(len(SIZES))]
    return tuple(
        Article(first_id + i, seed, i, name, FLAVORS[flavors[i % len(FLAVORS)]], shape, size, text)
        for i in range(variants)
    )


def assortment(
    seed: int, brands: int, variants: tuple[int, int] = (1, 8), shapes: Sequence[str] = tuple(SHAPES)
) -> tuple[Article, ...]:
    """Many brands with some variants each. Brand seeds begin at ``seed`` × 100,000, so that assortments of
    different seeds have no brand in common."""
    rng = np.random.default_rng((seed, 13))
    articles: list[Article] = []
    for brand in range(brands):
        count = int(rng.integers(variants[0], variants[1] + 1))
        articles += brand_articles(seed * 100_000 + brand, count, len(articles), shapes)
    return tuple(articles)


def _size(bounds: Range, rng: np.random.Generator) -> Size:
    width, height = float(rng.uniform(*bounds.width)), float(rng.uniform(*bounds.height))
    return width, height, width * float(rng.uniform(*bounds.depth))
