"""What print tells of packages, in rendered photos in which it is known what stands: what the weights of a
package's probability are fitted to.

Each photo shows brands of which one variant is withheld from the gallery, as a new flavor is that a shop's
packshots lack: it looks all but like its siblings, and is to be told from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position
from ml.rendering import goods
from ml.rendering.articles import Article
from ml.rendering.cases import Case, held_out
from ml.rendering.shelf import HARD, render
from ml.rendering.truth import Rendered, Shown
from ml.vision.gallery import Index, Indexes
from ml.vision.naming import strange
from ml.vision.photo import from_pixels
from ml.vision.reader import Sight, see
from ml.vision.resolve import Spot

FIRST = 2_000
"""Number of the first of these shelves: none of those that the reader is judged by."""

WIDTH, SAME, SEEN_FROM = 1_800, 0.5, 0.3
"""Pixels of a photo; intersection over union from which a place is a package's, and how much of the package
must be seen for it to be asked."""

MANY, FEW = (4, 7), (1, 3)
"""Facings of a variant that the gallery has, so that its packages have fellows, and of one that it lacks."""


@dataclass(frozen=True, eq=False)
class Place:
    """One place that was weighed. ``is_there``: whether a package stands there; ``right``: which of its c
    candidates it is, -1 for none of them. ``own`` and ``tint``, (c,), as in ``Evidence``."""

    witnesses: int
    explained: float
    is_there: bool
    right: int
    own: NDArray[np.float64]
    tint: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fellow:
    """A package among at least three others of its name. ``is_other``: it is a variant that the gallery
    lacks; ``strange``: the share of its print that its fellows show and it does not."""

    strange: float
    is_other: bool


@dataclass(frozen=True, eq=False)
class Collected:
    """What one photo told."""

    places: tuple[Place, ...]
    fellows: tuple[Fellow, ...]


def collected(photos: int, ways: Sequence[str] = tuple(HARD), first: int = FIRST) -> Iterator[Collected]:
    """Photo after photo, each of another shelf, in turn plainly, blurred, tilted and occluded. Each is read
    against the gallery of the shelf before it too: what that finds are places without a package."""
    indexes = Indexes()
    foreign: Index | None = None
    for number in range(first, first + photos):
        case, withheld = shelf(number)
        settings = replace(HARD[ways[number % len(ways)]], width=WIDTH, departures=0, art_px=320)
        made = render(case.plan, case.catalog, number, settings, articles=case.articles, beside=case.beside)
        index, photo = indexes.of(case.gallery), from_pixels(made.image)
        found = told(index, see(photo, index), made, withheld)
        wrong = () if foreign is None else see(photo, foreign).weighed
        nothing = [] if foreign is None else [_place(foreign, spot, None) for spot in wrong]
        yield replace(found, places=(*found.places, *(p for p in nothing if p is not None)))
        foreign = index


def shelf(number: int) -> tuple[Case, frozenset[int]]:
    """A shelf of some of the products of a held-out one, all variants of its larger brands with them; and
    those that its gallery lacks, one of each of these brands."""
    case = held_out(number)
    rng = np.random.default_rng((FIRST, number))
    brands: dict[int, list[Article]] = {}
    for article in case.articles.values():
        brands.setdefault(article.brand, []).append(article)
    families = [articles for articles in brands.values() if len(articles) >= 3]
    withheld = frozenset(articles[int(rng.integers(len(articles)))].id for articles in families)
    ordered = sorted(brands.values(), key=lambda articles: -len(articles))
    plan = _filled(case.plan.fixture, [a for articles in ordered for a in articles], withheld, rng)
    known = [a for k, a in case.articles.items() if k not in withheld]
    return replace(case, plan=plan, gallery=goods.gallery_of(known)), withheld


def _filled(
    fixture: Fixture, articles: Sequence[Article], withheld: frozenset[int], rng: np.random.Generator
) -> Planogram:
    """Products side by side, row by row, until the fixture is full."""
    positions: list[Position] = []
    at, row, column = 0.3, 0, 0
    for article in articles:
        facings = int(rng.integers(*(FEW if article.id in withheld else MANY)))
        wide = article.size_in[0] * 1.03
        if at + facings * wide > fixture.width_in - 0.2:
            row, column, at = row + 1, 0, 0.3
        if row == fixture.rows:
            break
        facings = min(facings, max(1, int((fixture.width_in - 0.5) / wide)))
        cells = max(int(facings * wide), 1)
        positions.append(Position(article.id, row, column, cells, at, facings * wide, facings))
        at, column = at + facings * wide, column + cells
    return Planogram(fixture, tuple(positions))


def told(index: Index, sight: Sight, made: Rendered, withheld: frozenset[int]) -> Collected:
    """What a photo's places tell, with what truly stands there."""
    scale = sight.photo.scale
    weighed = [_place(index, spot, _stands(spot, made, scale)) for spot in sight.weighed]
    spots = [spot for spot in sight.spots if spot.best.count]
    views = [spot.best.view for spot in spots]
    fellows = []
    for spot, view, other in zip(spots, views, strange(index, spots), strict=True):
        stands = _stands(spot, made, scale)
        named = index.gallery.products[index.views[view].product].product_id
        if stands is not None and views.count(view) >= 4 and stands.product_id in (named, *withheld):
            fellows.append(Fellow(float(other), stands.product_id in withheld))
    return Collected(tuple(p for p in weighed if p is not None), tuple(fellows))


def _place(index: Index, spot: Spot, stands: Shown | None) -> Place | None:
    """None for one whose package is hardly seen."""
    if stands is not None and stands.visible < SEEN_FROM:
        return None
    products = [index.gallery.products[index.views[c.view].product].product_id for c in spot.candidates]
    right = products.index(stands.product_id) if stands and stands.product_id in products else -1
    explained = float(spot.evidence.explained.max(initial=0.0))
    return Place(max(c.count for c in spot.candidates), explained, stands is not None, right,
                 np.asarray(spot.evidence.own, float), np.asarray(spot.evidence.tint, float))


def _stands(spot: Spot, made: Rendered, scale: float) -> Shown | None:
    """The package that stands at a place; None where none does."""
    x, y, w, h = (v / scale for v in spot.box)

    def overlap(shown: Shown) -> float:
        left, top, wide, high = shown.box
        across, down = min(x + w, left + wide) - max(x, left), min(y + h, top + high) - max(y, top)
        both = max(0.0, across) * max(0.0, down)
        return both / max(w * h + wide * high - both, 1e-9)

    best = max(made.packages, key=overlap, default=None)
    return best if best is not None and overlap(best) >= SAME else None
