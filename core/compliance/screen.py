"""Labels that people gave, screened before anything learns from them.

A crop is held against the pictures of its product by its color layout (Manjunath et al. 2001, the MPEG-7
descriptor of that name, here in CIE L*a*b* on a 6 × 6 grid after gray-world correction). One that looks like
the pictures of another brand's product, and far more than like its own product's, is left out. Where most of
a product's crops, or most labels of one person, are such, all of them are: that is how sudden label flips and
careless or hostile labelling show. Telling a brand's variants apart is the reader's work.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Layout = NDArray[np.float64]

GRID = 6
DIFFERENT = 22.0
"""Mean distance in L*a*b* above which a crop does not look like a product's picture."""
ALIKE, CLOSER = 16.0, 0.6
"""Another product's picture has to be at most so far away, and this much nearer than the product's own. Crops
of a real shelf are 7 to 20 from their own packshots, half of them below 12; a new design is rarely below 16
from another brand's."""
MOST = 0.5
FEWEST_OF_PERSON = 5
"""Labels of one person before that person as a whole is judged."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A crop under a name. ``person``: who gave it, None where that is not known."""

    product_id: int
    layout: Layout
    person: int | None = None


@dataclass(frozen=True, slots=True)
class Screened:
    """``kept[i]`` of the labelled crops; products and people all of whose crops are held back."""

    kept: tuple[bool, ...]
    products: frozenset[int]
    people: frozenset[int]


def layout_of(picture: bytes) -> Layout:
    """(GRID, GRID, 3) L*a*b* of a picture, transparent parts left to the mean of the rest."""
    from PIL import Image

    with Image.open(io.BytesIO(picture), formats=("JPEG", "PNG", "WEBP")) as image:
        image.draft("RGB", (96, 96))
        small = image.convert("RGBA").resize((GRID * 4, GRID * 4), Image.Resampling.BOX)
    pixels = np.asarray(small, np.float64) / 255
    weight = pixels[..., 3:] + 1e-6
    blocks = (pixels[..., :3] * weight).reshape(GRID, 4, GRID, 4, 3).sum((1, 3))
    cover = weight.reshape(GRID, 4, GRID, 4, 1).sum((1, 3))
    return _lab(_corrected(blocks / cover))


def _corrected(rgb: Layout) -> Layout:
    """Half of the gray-world correction, and the mean brightness of all: photos differ in light."""
    mean = rgb.mean((0, 1))
    cast = (mean.mean() / np.maximum(mean, 1e-3)) ** 0.5
    leveled = rgb * cast
    bright: Layout = np.clip(leveled * (0.5 / max(float(leveled.mean()), 0.05)), 0, 1)
    return bright


def _lab(rgb: Layout) -> Layout:
    """CIE L*a*b* (D65) of sRGB from 0 to 1."""
    linear = np.where(rgb > 0.04045, ((rgb + 0.055) / 1.055) ** 2.4, rgb / 12.92)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = linear @ to_xyz.T / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    x, y, z = np.moveaxis(f, -1, 0)
    lab: Layout = np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)
    return lab


def distances(crops: Sequence[Layout], views: Sequence[Layout]) -> NDArray[np.float64]:
    """(crops, views) mean distances in L*a*b*."""
    a, b = np.stack(crops)[:, None], np.stack(views)[None]
    found: NDArray[np.float64] = np.sqrt(((a - b) ** 2).sum(-1)).mean((-1, -2))
    return found


def screen(
    labelled: Sequence[Labelled], views: Mapping[int, Sequence[Layout]],
    brands: Mapping[int, str] | None = None,
) -> Screened:
    """Which crops may be learned from. ``views``: product → its clean pictures; ``brands``: product → brand,
    "" where it is not known. A new design may well look like its brand's other products, so those are not
    held against it."""
    if not labelled:
        return Screened((), frozenset(), frozenset())
    against = _against(labelled, views, brands or {})
    products = np.array([c.product_id for c in labelled])
    people = np.array([-1 if c.person is None else c.person for c in labelled])
    held = {int(p) for p in np.unique(products) if against[products == p].mean() > MOST}
    doubted = {
        int(p) for p in np.unique(people)
        if p >= 0 and (people == p).sum() >= FEWEST_OF_PERSON and against[people == p].mean() > MOST
    }
    kept = ~(against | np.isin(products, sorted(held)) | np.isin(people, sorted(doubted)))
    return Screened(tuple(bool(k) for k in kept), frozenset(held), frozenset(doubted))


def _against(
    labelled: Sequence[Labelled], views: Mapping[int, Sequence[Layout]], brands: Mapping[int, str]
) -> NDArray[np.bool_]:
    """Which crops look like another brand's product, and far more than like their own."""
    pictured = [(product, layout) for product, layouts in views.items() for layout in layouts]
    if not pictured:
        return np.zeros(len(labelled), bool)
    far = distances([c.layout for c in labelled], [layout for _, layout in pictured])
    own = np.array([c.product_id for c in labelled])[:, None] == np.array([p for p, _ in pictured])
    brand_of = np.array([brands.get(p) or f"#{p}" for p, _ in pictured])
    kin = np.array([brands.get(c.product_id) or f"#{c.product_id}" for c in labelled])[:, None] == brand_of
    to_own = np.where(own, far, np.inf).min(1)
    to_other = np.where(own | kin, np.inf, far).min(1)
    found: NDArray[np.bool_] = np.isfinite(to_own) & (to_own > DIFFERENT) & (
        to_other < np.minimum(ALIKE, CLOSER * to_own))
    return found
