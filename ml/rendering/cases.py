"""Shelves that are kept from all training: plans, catalogs and packshots to judge the photo audit by."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.compliance.reading import Gallery
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Product
from ml.rendering import goods
from ml.rendering.articles import SHAPES, Article, assortment, brand_articles

HELD_OUT_SEED = 7_000_000
"""Assortments from here on are never drawn for training: data sets count theirs from three times a seed."""
LARGEST_IN, LARGEST_DENSE_IN = (9.0, 10.5), (3.6, 6.0)
"""Width and height of the packages that these shelves have room for; and the dense ones."""
SHORT_IN = 10.0
"""Shelves closer together than this are the dense ones: wide and many."""
CLEAR_IN = 2.0
"""From the highest package to the next shelf, with its board."""
FAMILY = 7
"""Variants of the brands that share all but flavor word, accent and picture."""


@dataclass(frozen=True, eq=False)
class Case:
    """A planogram with everything that a photo of it is rendered and read with. ``outsiders`` are in no
    gallery, ``beside`` stands on the shelves next to it."""

    number: int
    plan: Planogram
    catalog: dict[int, Product]
    articles: dict[int, Article]
    gallery: Gallery
    outsiders: tuple[Article, ...]
    beside: tuple[Article, ...]


SMALL = ("small_box", "can", "jar", "tube", "bar", "bottle", "tub", "spray", "pouch")


def held_out(number: int, families: int = 2) -> Case:
    """A shelf of 3 to 6 boards with every product at one place: ``families`` brands of seven variants each
    and many of one to three; every third shelf is dense with small packages, 100 and more."""
    rng = np.random.default_rng((HELD_OUT_SEED, number))
    seed = HELD_OUT_SEED + 4 * number
    articles: list[Article] = []
    for k in range(families):
        shape = ("box", "pouch", "jar", "bottle", "carton", "can", "bag")[(2 * number + k) % 7]
        articles += brand_articles((seed + 1) * 100_000 + k, FAMILY, 0, [shape])
    is_dense = number % 3 == 2
    articles += assortment(seed, 44 if is_dense else 24, (1, 3), SMALL if is_dense else tuple(SHAPES))
    largest = LARGEST_DENSE_IN if is_dense else LARGEST_IN
    stocked = {k + 1: replace(_fitting(a, largest), id=k + 1) for k, a in enumerate(articles)}
    catalog = {k: goods.product_of(a) for k, a in stocked.items()}
    plan = _planned(rng, stocked, largest[1] + CLEAR_IN)
    outside = tuple(_fitting(a, largest) for a in assortment(seed + 2, 8, (1, 2)))
    return Case(number, plan, catalog, stocked, goods.gallery_of(stocked.values()), outside,
                assortment(seed + 3, 16, (1, 3)))


def _fitting(article: Article, largest: tuple[float, float]) -> Article:
    wide, high, deep = article.size_in
    scale = min(1.0, largest[0] / wide, largest[1] / high)
    return replace(article, size_in=(wide * scale, high * scale, deep * scale))


def _planned(rng: np.random.Generator, articles: dict[int, Article], shelf_in: float) -> Planogram:
    """Brands in blocks from the left, one to five facings each; what is left over is not planned."""
    width, rows = float(rng.choice([36.0, 42.0, 48.0, 54.0])), int(rng.integers(4, 7))
    if shelf_in < SHORT_IN:
        width, rows = 60.0, 6
    brands = list(dict.fromkeys(a.brand for a in articles.values()))
    rank = dict(zip(brands, rng.permutation(len(brands)).tolist(), strict=True))
    order = sorted(articles.values(), key=lambda a: (rank[a.brand], a.variant))
    positions: list[Position] = []
    at, row, column = 0.3, 0, 0
    for article in order:
        wide = article.size_in[0] * 1.03
        facings = int(rng.integers(1, max(3, min(6, int(16 / wide) + 1))))
        if at + facings * wide > width - 0.2:
            row, column, at = row + 1, 0, 0.3
        if row == rows:
            break
        most = min(SHAPES[article.shape].stacks, int((shelf_in - 1.5) / article.size_in[1]), 2)
        high = most if most > 1 and rng.random() < 0.4 else 1
        span, cells = facings * wide, max(int(facings * wide), 1)
        positions.append(Position(article.id, row, column, cells, at, span, facings, high))
        at, column = at + span, column + cells
    rows = positions[-1].row + 1
    fixture = Fixture.shelves(width, rows, shelf_in * rows, 16, cell_width_in=1.0)
    return Planogram(fixture, tuple(positions))
