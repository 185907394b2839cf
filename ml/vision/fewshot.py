"""Which product a crop shows, from a packshot or a few confirmed crops of each.

Nothing is trained beforehand but the embedding. What there is of pictures fits a small ridge regression on
the spot, which weighs the directions in which these very products differ; a handful of numbers turn its
scores into probabilities, with room for "none of these". A crop of a photo differs from a packshot in
light, sharpness and background, the same way for a whole photo: that common shift is estimated from the crops
and taken off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.compliance.reading import Gallery
from core.errors import WorkbenchError
from ml.vision.embedding import Floats, Pixels
from ml.vision.gallery import trimmed
from ml.vision.photo import load

Ints = NDArray[np.intp]
Reals = NDArray[np.float64]

RIDGE = 0.1
"""Of the mean of the kernel's diagonal."""

MUCH_ALIKE, GAIN = 0.6, 2.0
"""Cosine from which a confirmed crop speaks for its product where other products have none, and how much."""

SCORE, LIKENESS, OFFSET = 9.8, 2.5, -3.35
"""Log odds of a product against "none of these": per unit of its regression score, per unit of cosine to the
view of it that is most alike, and at 0 of both. The likeliest for rendered crops, with galleries of 5 to 40
products and up to 5 crops beside the packshot of each; see ``docs/vision.md``."""

VIEW_SIDE = 512


class Embeds(Protocol):
    """``ml.vision.embedding.Embedding``, or what stands in for it."""

    def embed(self, crops: Sequence[Pixels]) -> Floats: ...

    def embed_views(self, pictures: Sequence[Pixels]) -> Floats: ...


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """What is known of ``products`` products: (v, d) unit vectors, (v,) the place of each one's product, and
    (v,) whether it is a crop of a photo rather than a packshot."""

    vectors: Floats
    product: Ints
    confirmed: NDArray[np.bool_]
    products: int

    def __len__(self) -> int:
        return len(self.product)


def views_of(gallery: Gallery, embedding: Embeds) -> Views:
    """Every view of a gallery as it is embedded, in the order of its products. A picture that cannot be read
    is left out."""
    pixels: list[Pixels] = []
    product: list[int] = []
    confirmed: list[bool] = []
    for place, known in enumerate(gallery.products):
        for n, content in enumerate((*known.views, *known.confirmed)):
            try:
                picture = load(content, VIEW_SIDE).pixels
            except WorkbenchError:
                continue
            of_photo = n >= len(known.views)
            pixels.append(picture if of_photo else trimmed(picture))
            product.append(place)
            confirmed.append(of_photo)
    return as_views(embedding.embed_views(pixels), product, confirmed, len(gallery.products))


def as_views(vectors: Floats, product: Sequence[int], confirmed: Sequence[bool], products: int) -> Views:
    """(pictures, views, d) vectors of pictures with the product of each."""
    times = vectors.shape[1]
    return Views(vectors.reshape(-1, vectors.shape[-1]), np.repeat(np.array(product, np.intp), times),
                 np.repeat(np.array(confirmed, bool), times), products)


def classify(crops: Floats, views: Views) -> Reals:
    """(n, products) probabilities of (n, d) vectors of the crops of one photo. What a row leaves to 1 is the
    probability that it shows none of the products; one without a view has 0."""
    known, score, likeness = scores(crops, views)
    odds = np.exp(np.clip(SCORE * score + LIKENESS * likeness + OFFSET, -40, 40))
    result = np.zeros((len(crops), views.products))
    result[:, known] = odds / (1 + odds.sum(axis=1, keepdims=True))
    return result


def scores(crops: Floats, views: Views) -> tuple[Ints, Reals, Reals]:
    """The k products that have views, (n, k) regression scores (about 1 for the right one, 0 for others), and
    (n, k) cosines of each crop to the view of the product that is most like it."""
    known, owner = np.unique(views.product, return_inverse=True)
    if not len(known) or not len(crops):
        return known, np.zeros((len(crops), len(known))), np.zeros((len(crops), len(known)))
    middle, shift = _frame(crops, views, owner, len(known))
    own = _unit(views.vectors - middle - shift * views.confirmed[:, None])
    asked = _unit(crops - middle - shift)
    cosine = asked @ own.T
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], np.arange(len(known)))
    likeness = np.maximum.reduceat(cosine[:, order], starts, axis=1)
    clean = ~views.confirmed
    packed, told = np.unique(owner[clean]), np.unique(owner[views.confirmed])
    score = _regressed(own, owner, len(known), cosine)
    if len(told) and len(np.setdiff1d(packed, told)):
        # Crops of photos have more in common than products do: a product that has some draws others' crops to
        # itself. So while some have none, packshots decide, and a confirmed crop must be much alike to count.
        place = np.searchsorted(packed, owner[clean])
        score[:, packed] = _regressed(own[clean], place, len(packed), cosine[:, clean])
        for k in np.intersect1d(packed, told):
            near = cosine[:, views.confirmed & (owner == k)].max(axis=1)
            score[:, k] += GAIN * np.maximum(near - MUCH_ALIKE, 0)
    return known, score, likeness


def _regressed(own: Reals, owner: Ints, count: int, cosine: Reals) -> Reals:
    """(n, count) scores by kernel ridge regression: of crops with (n, v) cosines to (v, d) views."""
    kernel = own @ own.T
    kernel[np.diag_indices_from(kernel)] += RIDGE * np.trace(kernel) / len(kernel)
    return np.asarray(cosine @ np.linalg.solve(kernel, np.eye(count)[owner] - 1 / count), np.float64)


def _frame(crops: Floats, views: Views, owner: Ints, count: int) -> tuple[Reals, Reals]:
    """The middle of the products as packshots show them, and how far off crops of photos are: both (d,)."""
    clean = ~views.confirmed
    shift = np.zeros(crops.shape[1])
    own = _means(views.vectors, owner, count)
    if not clean.any():
        return own.mean(axis=0), shift
    packshots = _means(views.vectors[clean], owner[clean], count)
    has = np.bincount(owner[clean], minlength=count) > 0
    paired = views.confirmed & has[owner]
    told = views.vectors[paired] - packshots[owner[paired]]
    clear = packshots[has]
    # Crops that are as varied as the products show many of them, and their mean is that of the products, but
    # for the shift. Crops that are all alike show one: their mean is that product, and says nothing of it.
    varied = min(1.0, _spread(crops) / max(_spread(clear), 1e-9)) if len(crops) > 1 else 0.0
    shift = varied * (crops.mean(axis=0) - clear.mean(axis=0))
    if len(told):
        shift = shift + (1 - varied) * told.mean(axis=0)
    return np.where(has[:, None], packshots, own - shift).mean(axis=0), shift


def _spread(vectors: Floats | Reals) -> float:
    """Mean squared distance of (n, d) vectors from their middle, over n - 1."""
    return float(((vectors - vectors.mean(axis=0)) ** 2).sum() / max(len(vectors) - 1, 1))


def _means(vectors: Floats, owner: Ints, count: int) -> Reals:
    """(count, d) mean of each one's vectors; 0 for one without any."""
    total = np.zeros((count, vectors.shape[1]))
    np.add.at(total, owner, vectors)
    return total / np.maximum(np.bincount(owner, minlength=count), 1)[:, None]


def _unit(vectors: Reals) -> Reals:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
