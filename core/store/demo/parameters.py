"""Drawing the true parameters of a world from one seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.planogram.fixture import Placement
from core.planogram.product import Catalog
from core.site.zones import FloatArray, IntArray, zones_of
from core.store.demo.assortment import AFFINE, CATEGORIES, TWINS, category_index, season_curves
from core.store.demo.places import VENUES, CabinetModel

VERTICAL_RANGE, HORIZONTAL_RANGE = np.log(1.39), np.log(1.15)
APPEAL_SD, DEVIATION_SD, TASTE_SD, IDIOSYNCRASY_SD = 0.5, 0.25, 0.12, 0.05
NEIGHBOR_EFFECT, AFFINE_PAIRS, RIVAL = 0.08, 30, -0.3


@dataclass(frozen=True, eq=False)
class ProductEffects:
    """True effects of the products, see ``Truth``. ``appeal`` (P,), ``taste`` (V, C)."""

    category: IntArray
    price: FloatArray
    appeal: FloatArray
    taste: FloatArray
    space: FloatArray
    price_elasticity: FloatArray
    diversion: FloatArray
    affinity: FloatArray
    season: FloatArray
    trend: FloatArray
    twins: tuple[tuple[int, int], ...]


def draw_products(catalog: Catalog, rng: np.random.Generator) -> ProductEffects:
    """Effects by product; the two of a twin pair get the same in everything."""
    products = list(catalog.values())
    index = category_index()
    category = np.array([index[p.category] for p in products])
    price = np.array([p.price for p in products])
    n, c = len(products), len(CATEGORIES)
    appeal = rng.normal(0, APPEAL_SD, n) - 0.25 * np.log(price)
    space = np.array([s.space for s in CATEGORIES])[category] + rng.normal(0, 0.02, n)
    trend = rng.normal(0, 0.07, n)
    taste = rng.normal(0, TASTE_SD, (len(VENUES), c))
    for v, venue in enumerate(VENUES):
        for name, liking in venue.taste:
            taste[v, index[name]] += liking
    twins = _twin_indices(catalog)
    for a, b in twins:
        for effect in (appeal, space, trend):
            effect[b] = effect[a]
    return ProductEffects(
        category,
        price,
        appeal,
        taste,
        space,
        np.array([s.price for s in CATEGORIES]) * np.exp(rng.normal(0, 0.08, c)),
        np.clip(np.array([s.diversion for s in CATEGORIES]) + rng.normal(0, 0.03, c), 0.15, 0.5),
        draw_affinity(category, twins, rng),
        season_curves(rng.normal(0, 0.02, (c, 12))),
        trend,
        twins,
    )


def draw_affinity(
    category: IntArray, twins: tuple[tuple[int, int], ...], rng: np.random.Generator
) -> FloatArray:
    """Symmetric (P, P): what goes together by category, some special pairs, rivals within a category."""
    index = category_index()
    by_category = np.diag(np.full(len(CATEGORIES), RIVAL))
    pairs = [(index[a], index[b], value) for a, b, value in AFFINE]
    for a, b, value in pairs:
        by_category[a, b] = by_category[b, a] = value
    affinity = by_category[category[:, None], category]
    for _ in range(AFFINE_PAIRS):
        a, b, _value = pairs[int(rng.integers(len(pairs)))]
        p, q = (int(rng.choice(np.flatnonzero(category == k))) for k in (a, b))
        affinity[p, q] = affinity[q, p] = affinity[p, q] + rng.uniform(0.5, 1.0)
    for a, b in twins:
        affinity[b], affinity[:, b] = affinity[a], affinity[:, a]
    np.fill_diagonal(affinity, RIVAL)
    for a, b in twins:
        affinity[a, b] = affinity[b, a] = RIVAL
    return np.asarray(affinity)


def _twin_indices(catalog: Catalog) -> tuple[tuple[int, int], ...]:
    at = {p.name: i for i, p in enumerate(catalog.values())}
    return tuple((at[a], at[b]) for a, b in TWINS)


def draw_deviations(sites: int, effects: ProductEffects, rng: np.random.Generator) -> FloatArray:
    """How a product does at a site beyond what appeal and taste say, shape (K, P)."""
    deviation = rng.normal(0, DEVIATION_SD, (sites, len(effects.appeal)))
    for a, b in effects.twins:
        deviation[:, b] = deviation[:, a]
    return deviation


def draw_slots(models: Sequence[CabinetModel], rng: np.random.Generator) -> list[FloatArray]:
    """Log multipliers of the zones of each site, mean 0.

    A fall from the eye row (worst to best about +39 %) and from the eye column (about +15 %; Drèze, Hoch and
    Purk 1994), both places a property of the model, plus small row effects and a smooth
    pattern of the site's own.
    """
    result = []
    for model in models:
        fixture = model.fixture
        zones = zones_of(fixture)
        row = (zones.row + 0.5) / fixture.rows
        column = (zones.column + 0.5) / np.array(fixture.row_columns)[zones.row]
        effect = _fall(row, model.eye_row) * VERTICAL_RANGE * rng.uniform(0.85, 1.15)
        effect = effect + _fall(column, model.eye_column) * HORIZONTAL_RANGE * rng.uniform(0.8, 1.2)
        effect = effect + rng.normal(0, 0.03, fixture.rows)[zones.row]
        effect = effect + _smooth(row, column, fixture.placement, rng)
        result.append(np.asarray(effect - effect.mean()))
    return result


def _fall(at: FloatArray, eye: float) -> FloatArray:
    """0 at the eye, −1 at the cell farthest from it, flat near the eye."""
    distance = np.abs(at - eye)
    distance = distance - distance.min()
    return np.asarray(-((distance / distance.max()) ** 1.3))


def _smooth(
    row: FloatArray, column: FloatArray, placement: Placement, rng: np.random.Generator
) -> FloatArray:
    """A smooth random surface over the face with standard deviation ``IDIOSYNCRASY_SD``."""
    reach = 0.2 if placement is Placement.SLOTS else 0.15
    distance = ((row[:, None] - row) ** 2 + (column[:, None] - column) ** 2) / reach**2
    surface = np.exp(-distance) @ rng.normal(size=len(row))
    return np.asarray(surface / max(float(surface.std()), 1e-9) * IDIOSYNCRASY_SD)
