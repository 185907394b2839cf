"""Products that are like each other: what the fit expects of a product that nobody has stocked.

The effects of products are drawn around a smooth function over what products are: their words, their brand,
and their form (price and package size against their category's, temperature). Its covariance is

    k(p, q) = TEXT · exp(−(1 − cos(words)) / reach) + BRAND · [same brand] + FORM · exp(−|form|² / 2)

with form the difference of the two and k(p, p) = 1. The shares are what products of a grocer asked for; how
much of it there is, the data decide (``priors.SPREADS["kin"]``). Its leading patterns over the stocked
products, scaled so that weights N(0, sd²) draw such effects, are columns of the fit, and the same patterns at
any other product follow by Nyström's formula (Rasmussen and Williams 2006, ch. 8). A pivoted Cholesky
decomposition comes first, so that at most ``LANDMARKS`` products are compared with all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.models import HashedWords, Vectors
from core.planogram.fixture import TemperatureZone
from core.planogram.product import Catalog, Product
from core.site.arrays import totals
from core.site.zones import FloatArray, IntArray

TEXT, BRAND, FORM = 0.50, 0.25, 0.25
"""Shares of the variance, estimated on products that no later measurement used."""
REACH = 0.45
"""Of the likeness of words, as a share of the median distance of two products."""
LANDMARKS, PATTERNS, FEWEST_PATTERNS, PRODUCTS_A_PATTERN = 256, 64, 32, 6
"""Every pattern is a column of every site's fit, so a small catalog gets fewer than a large one."""
SMALLEST_SCALE = np.array([0.1, 0.1, 0.5])
"""Of log price, log size and temperature, so that tiny differences do not count."""
ALIKE, MOST_ALIKE = 0.5, 12
"""Products at least this share as near as the nearest are called similar, so many at most."""
BARELY_ALIKE = 0.2

_SIZE = re.compile(
    r"(\d+(?:\.\d+)?)\s*(?:/\s*(\d+))?\s*-?\s*(fl\.?\s*oz|oz|ml|cl|kg|lbs?|gal|qt|pt|g|l|ct|pk)\b", re.I
)
_OUNCES: Final = {
    "oz": 1.0, "ml": 1 / 29.57, "cl": 1 / 2.957, "l": 33.81, "g": 1 / 28.35, "kg": 35.27, "lb": 16.0,
    "lbs": 16.0, "gal": 128.0, "qt": 32.0, "pt": 16.0, "ct": 1.0, "pk": 1.0,
}
_WARMTH: Final = {
    TemperatureZone.AMBIENT: 0.0, TemperatureZone.REFRIGERATED: 1.0, TemperatureZone.FROZEN: 2.0,
}


@dataclass(frozen=True, eq=False)
class ProductVectors:
    """Product id → unit vector of its words, by the embedder ``model``."""

    model: str
    vectors: Mapping[int, Vectors]


@dataclass(frozen=True, eq=False)
class Traits:
    """What P products are: ``vectors`` (P, d) of their words, zeros where not known; ``form`` (P, 3): log
    price, log size in ounces and temperature, NaN where not known; ``category`` (P,), ``brand`` "" where
    not known."""

    vectors: Vectors
    form: FloatArray
    category: IntArray
    brand: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.brand)

    def take(self, chosen: IntArray) -> Traits:
        """Some of the products, in the order given."""
        brand = tuple(self.brand[i] for i in chosen)
        return Traits(self.vectors[chosen], self.form[chosen], self.category[chosen], brand)


@dataclass(frozen=True, eq=False)
class Kin:
    """The patterns of a fit, for any product: K of them, from ``landmarks`` by ``projection`` (m, K).

    ``center`` (C + 1, 3): mean form of each category and of all, ``scale`` (3,); ``reach`` of the words of
    ``model``; ``leftover``: mean share of a stocked product's variance that the patterns do not carry.
    """

    model: str
    landmarks: Traits
    projection: FloatArray
    center: FloatArray
    scale: FloatArray
    reach: float
    leftover: float

    def patterns(self, traits: Traits) -> FloatArray:
        """(P, K); near zero for a product like none."""
        return np.asarray(self.similarity(traits) @ self.projection)

    def similarity(self, traits: Traits) -> FloatArray:
        """Likeness to the landmarks, 0–1, (P, m)."""
        return _likeness(traits, self.landmarks, self.center, self.scale, self.reach)

    def similar(self, traits: Traits) -> IntArray:
        """How many landmarks are much like each product, (P,)."""
        if not len(self.landmarks):
            return np.zeros(len(traits), np.int64)
        likeness = self.similarity(traits)
        near = likeness >= np.maximum(ALIKE * likeness.max(axis=1, keepdims=True), BARELY_ALIKE)
        return np.asarray(np.minimum(near.sum(axis=1), MOST_ALIKE), np.int64)

    def unexplained(self, patterns: FloatArray) -> FloatArray:
        """Share of the variance that a product has beyond what a stocked one would, (P,): what is like no
        other is known no better than the group's spread says."""
        return np.asarray(np.maximum(1.0 - (patterns**2).sum(axis=1) - self.leftover, 0.0))


def product_words(product: Product) -> str:
    """The words by which a product is compared: brand, name, size. Its category has an effect of its own."""
    known = product.name.casefold()
    extra = [part for part in (product.brand, product.size) if part.casefold() not in known]
    return " ".join([*extra[:1], product.name, *extra[1:]])


def hashed(catalog: Catalog, ids: Sequence[int]) -> ProductVectors:
    """Vectors without a model: likeness of the words' letters."""
    embedder = HashedWords()
    vectors = embedder.embed([product_words(catalog[i]) for i in ids])
    return ProductVectors(embedder.name, dict(zip(ids, vectors, strict=True)))


def traits_of(
    catalog: Catalog, ids: Sequence[int], category: IntArray, words: ProductVectors | None = None,
    width: int = 1,
) -> Traits:
    """Traits of the named products, with ``category`` (P,) indices; hashed words unless others are given.
    ``width`` of the vectors where none is known."""
    vectors = (words or hashed(catalog, ids)).vectors
    table = np.zeros((len(ids), max((len(v) for v in vectors.values()), default=width)), np.float32)
    for row, i in enumerate(ids):
        if i in vectors:
            table[row] = vectors[i]
    products = [catalog[i] for i in ids]
    return Traits(table, _form(products), category, tuple(p.brand.strip().casefold() for p in products))


def kin_of(traits: Traits, categories: int, model: str) -> tuple[Kin, FloatArray]:
    """The patterns of stocked products: as a ``Kin`` for any product, and theirs (P, K)."""
    center, scale = _forms(traits, categories)
    reach = _reach(traits.vectors)
    chosen, root = _pivoted(traits, center, scale, reach)
    landmarks = traits.take(chosen)
    values, vectors = np.linalg.eigh(root.T @ root)
    size = min(max(len(traits) // PRODUCTS_A_PATTERN, FEWEST_PATTERNS), PATTERNS)
    leading = vectors[:, np.argsort(values)[::-1][:size]]
    patterns = root @ leading
    projection = np.linalg.solve(root[chosen].T, leading) if len(chosen) else leading
    leftover = float(np.maximum(1.0 - (patterns**2).sum(axis=1), 0.0).mean()) if len(traits) else 0.0
    return Kin(model, landmarks, projection, center, scale, reach, leftover), patterns


def _form(products: Sequence[Product]) -> FloatArray:
    warmth = [np.nan if p.temperature is None else _WARMTH[p.temperature] for p in products]
    price = [np.log(p.price) if p.price > 0 else np.nan for p in products]
    size = [_log_ounces(p.size or p.name) for p in products]
    return np.array([price, size, warmth], np.float64).T.reshape(len(products), 3)


def _log_ounces(text: str) -> float:
    """Log size in ounces (a count for what is counted), NaN where none is stated: "1/2 gal", "12 fl oz"."""
    found = _SIZE.search(text)
    if found is None:
        return float("nan")
    number, parts, unit = float(found[1]), float(found[2] or 1), found[3].casefold()
    ounces = number / max(parts, 1.0) * _OUNCES["oz" if unit.endswith("oz") else unit]
    return float(np.log(ounces)) if ounces > 0 else float("nan")


def _forms(traits: Traits, categories: int) -> tuple[FloatArray, FloatArray]:
    """Mean form of each category, the last row of all; and the standard deviation within categories."""
    known = ~np.isnan(traits.form)
    filled = np.where(known, traits.form, 0.0)
    overall = filled.sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    center = np.empty((categories + 1, 3))
    center[-1] = overall
    for k in range(3):
        count = totals(traits.category, known[:, k].astype(np.float64), categories)
        total = totals(traits.category, filled[:, k], categories)
        center[:-1, k] = np.where(count > 0, total / np.maximum(count, 1.0), overall[k])
    off = np.where(known, traits.form - center[traits.category], 0.0)
    scale = np.sqrt((off**2).sum(axis=0) / np.maximum(known.sum(axis=0), 1))
    return center, np.maximum(scale, SMALLEST_SCALE)


def _reach(vectors: Vectors) -> float:
    """The length on which likeness of words fades: a share of the usual distance, over a sample of pairs."""
    if len(vectors) < 2:
        return REACH
    some = vectors[:: max(len(vectors) // 300, 1)]
    distance = 1.0 - (some @ some.T)[np.triu_indices(len(some), 1)]
    return float(max(REACH * np.median(distance), 0.05))


def _pivoted(
    traits: Traits, center: FloatArray, scale: FloatArray, reach: float
) -> tuple[IntArray, FloatArray]:
    """(landmarks (m,), root (P, m)) with root @ rootᵀ near the covariance: a Cholesky decomposition that
    takes next the product which those before explain least (Harbrecht, Peters and Schneider 2012)."""
    n = len(traits)
    left, root, chosen = np.ones(n), np.zeros((n, min(n, LANDMARKS))), []
    for k in range(root.shape[1]):
        pivot = int(left.argmax())
        if left[pivot] < 1e-6:
            break
        one = np.array([pivot])
        column = _likeness(traits, traits.take(one), center, scale, reach)[:, 0]
        column[pivot] = 1.0
        column -= root[:, :k] @ root[pivot, :k]
        root[:, k] = column / np.sqrt(left[pivot])
        left = np.maximum(left - root[:, k] ** 2, 0.0)
        left[pivot] = 0.0
        chosen.append(pivot)
    return np.array(chosen, np.int64), root[:, : len(chosen)]


def _likeness(a: Traits, b: Traits, center: FloatArray, scale: FloatArray, reach: float) -> FloatArray:
    """k of every product of ``a`` with every one of ``b``, (A, B). What is not known is like nothing, in
    words and brand, and like its category, in form."""
    cosine = np.asarray(a.vectors, np.float64) @ np.asarray(b.vectors, np.float64).T
    told = np.outer(np.abs(a.vectors).sum(axis=1) > 0, np.abs(b.vectors).sum(axis=1) > 0)
    text = np.where(told, np.exp(-(1.0 - np.minimum(cosine, 1.0)) / reach), 0.0)
    mine, theirs = np.array(a.brand, np.str_), np.array(b.brand, np.str_)
    brand = (mine[:, None] == theirs) & (mine != "")[:, None]
    x, y = (_standard(t, center, scale) for t in (a, b))
    squared = (x**2).sum(axis=1)[:, None] + (y**2).sum(axis=1) - 2.0 * x @ y.T
    return np.asarray(TEXT * text + BRAND * brand + FORM * np.exp(-0.5 * np.maximum(squared, 0.0)))


def _standard(traits: Traits, center: FloatArray, scale: FloatArray) -> FloatArray:
    """Form against the category's, in standard deviations; 0 where not known."""
    usual = center[np.minimum(traits.category, len(center) - 1)]
    return np.nan_to_num((traits.form - usual) / scale)
