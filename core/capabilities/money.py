"""Money a day of a plan at a site, point and draws: what every capability counts with.

All money is expected revenue a day over the days ahead (season included, an average weekday), so
that score, heat, what-if and suggestions speak of the same figure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from core.capabilities.memo import remembered
from core.errors import BadInput
from core.planogram.planogram import Planogram
from core.planogram.product import Product
from core.site.response import Effects, Layout, Provenance, Response
from core.site.site import Site
from core.site.zones import FloatArray, IntArray

HORIZON_DAYS = 30
CONFIDENCE_LEVEL = 0.9
NEW_PRODUCT_SD = 0.8
"""Log standard deviation of the sales of a product that nothing is known about but its category."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Money with its interval at a confidence level."""

    value: float
    lower: float
    upper: float
    level: float = CONFIDENCE_LEVEL

    def times(self, factor: float) -> Estimate:
        return Estimate(self.value * factor, self.lower * factor, self.upper * factor, self.level)


def estimate(point: float, draws: FloatArray, level: float = CONFIDENCE_LEVEL) -> Estimate:
    """Point with the central ``level`` interval of the draws, which is widened to hold the point."""
    lower, upper = np.quantile(draws, ((1.0 - level) / 2.0, (1.0 + level) / 2.0))
    return Estimate(point, min(float(lower), point), max(float(upper), point), level)


def season_ahead(site: Site, horizon_days: int = HORIZON_DAYS) -> FloatArray:
    """Mean season factor of each category over the days after the site's last day of data, shape (C,).

    1 where the site has no data yet: then no day is known to count from.
    """
    categories = len(site.response.categories)
    if site.last_day is None or horizon_days < 1:
        return np.ones(categories)
    return _season_mean(site, site.last_day, horizon_days)


@lru_cache(maxsize=256)
def _season_mean(site: Site, last_day: date, horizon_days: int) -> FloatArray:
    months = [(last_day + timedelta(days=d)).month for d in range(1, horizon_days + 1)]
    share = np.bincount(months, minlength=13)[1:] / horizon_days
    mean: FloatArray = site.response.season @ share
    return mean


def money_of(site: Site, layout: Layout, effects: Effects | None, season: FloatArray) -> FloatArray:
    """Expected revenue a day of each position, shape (D, n)."""
    worth = layout.price * season[layout.category]
    revenue: FloatArray = site.response.rates(layout, effects) * worth
    return revenue


@remembered(32)
def layout_of(plan: Planogram, site: Site) -> Layout:
    """``Response.layout``, kept for the plans of the last moments. Raises KeyError as it does."""
    return site.response.layout(plan)


def covering(site: Site, plans: Iterable[Planogram], product_ids: Iterable[int] = ()) -> Site:
    """The site, its response widened by products, of the plans or named, that it has never seen.

    A new product starts from its own velocity, or the mean of its category, with wide draws.
    Raises BadInput for a product that is not even in the site's catalog.
    """
    known = site.response.index
    wanted = {p.product_id for plan in plans for p in plan.positions} | set(product_ids)
    missing = sorted(wanted - known.keys())
    return _widened(site, tuple(missing)) if missing else site


@lru_cache(maxsize=32)
def _widened(site: Site, product_ids: tuple[int, ...]) -> Site:
    products = [known_product(site, p) for p in product_ids]
    return replace(site, response=_with_products(site.response, products))


def known_product(site: Site, product_id: int) -> Product:
    """The product of the catalog. Raises BadInput when there is none."""
    product = site.catalog.get(product_id)
    if product is None:
        raise BadInput(
            f"Product {product_id} is not in the catalog.", "Choose a product from the list, or add it first."
        )
    return product


def _with_products(response: Response, products: list[Product]) -> Response:
    n = len(products)
    new = list(dict.fromkeys(p.category for p in products if p.category not in response.categories))
    categories = (*response.categories, *new)
    category = np.array([categories.index(p.category) for p in products], np.int64)
    price = np.array([p.price for p in products])
    point = _with_rows(response, response.point, products, category, len(new))
    draws = _with_rows(response, response.draws, products, category, len(new))
    rng = np.random.default_rng([p.id for p in products])
    draws.base[:, -n:] += rng.normal(0.0, NEW_PRODUCT_SD, (len(draws), n))
    provenance: Provenance = replace(
        response.provenance,
        product_learned=np.concatenate([response.provenance.product_learned, np.zeros(n)]),
    )
    size = len(response.product_ids)
    affinity = np.zeros((size + n, size + n))
    affinity[:size, :size] = response.affinity
    return replace(
        response,
        product_ids=np.concatenate([response.product_ids, np.array([p.id for p in products], np.int64)]),
        category=np.concatenate([response.category, category]),
        categories=categories,
        reference_price=np.concatenate([response.reference_price, price]),
        cost=np.concatenate([response.cost, np.array([p.cost for p in products])]),
        affinity=affinity,
        season=np.vstack([response.season, np.ones((len(new), 12))]),
        reference_inclusive=np.concatenate([response.reference_inclusive, np.zeros(len(new))]),
        point=point,
        draws=draws,
        provenance=provenance,
    )


def _with_rows(
    response: Response, effects: Effects, products: list[Product], category: IntArray, new_categories: int
) -> Effects:
    base = np.column_stack([
        _expected_base(response, effects, p, int(c)) for p, c in zip(products, category, strict=True)
    ])
    repeat = len(products)

    def widened(values: FloatArray) -> FloatArray:
        mean = values.mean(axis=1, keepdims=True) if values.shape[1] else np.zeros((len(values), 1))
        return np.hstack([values, np.repeat(mean, repeat, axis=1)])

    diversion = np.hstack([effects.diversion, np.zeros((len(effects), new_categories))])
    return replace(
        effects, base=np.hstack([effects.base, base]), space=widened(effects.space),
        price=widened(effects.price), diversion=diversion,
    )


def _expected_base(response: Response, effects: Effects, product: Product, category: int) -> FloatArray:
    """Log units a day in an average slot, shape (D,)."""
    if product.velocity > 0:
        return np.full(len(effects), math.log(product.velocity))
    alike = response.category == category
    if not alike.any():
        alike = np.ones(len(response.product_ids), np.bool_)
    if not alike.any():
        return np.zeros(len(effects))
    mean: FloatArray = effects.base[:, alike].mean(axis=1)
    return mean


def paired_delta(
    current: Planogram, proposed: Planogram, site: Site, season: FloatArray, effects: Effects | None
) -> FloatArray:
    """Revenue a day of ``proposed`` less that of ``current``, shape (D,), draw by draw.

    Only the categories that the change touches are computed: the others cancel exactly.
    Raises KeyError for a product that the site's response does not know (see ``covering``).
    """
    before, after = layout_of(current, site), layout_of(proposed, site)
    touched = _touched(current, before, proposed, after)
    if not touched.any():
        return np.zeros(1 if effects is None else len(effects))
    totals = [
        money_of(site, restricted(layout, touched[layout.category]), effects, season).sum(axis=1)
        for layout in (before, after)
    ]
    difference: FloatArray = totals[1] - totals[0]
    return difference


def restricted(layout: Layout, keep: np.ndarray) -> Layout:
    """The layout's rows where ``keep`` is true; exact when whole categories are kept."""
    return Layout(
        layout.product[keep], layout.category[keep], layout.weights[keep], layout.log_price[keep],
        layout.facings[keep], layout.total_facings[keep], layout.affinity[keep], layout.price[keep],
        layout.member[keep],
    )


def _touched(current: Planogram, before: Layout, proposed: Planogram, after: Layout) -> np.ndarray:
    """Categories with a position, or a neighbor of a position, that differs: shape (C,) bool.

    An edit keeps the positions it does not change, so identity tells them; an equal copy only costs time.
    """
    old = {id(p): i for i, p in enumerate(current.positions)}
    found = [old.get(id(p), -1) for p in proposed.positions]
    match = np.array(found, np.int64).reshape(len(found))
    same = match >= 0
    same[same] = before.affinity[match[same]] == after.affinity[same]
    gone = np.ones(len(current.positions), np.bool_)
    gone[match[same]] = False
    touched = np.zeros(before.member.shape[1], np.bool_)
    touched[after.category[~same]] = True
    touched[before.category[gone]] = True
    return touched


def delta(
    current: Planogram, proposed: Planogram, site: Site, level: float = CONFIDENCE_LEVEL
) -> Estimate:
    """What a change is worth in money a day over the next 30 days, with its interval.

    Raises BadInput for a product that is not in the catalog.
    """
    site = covering(site, (current, proposed))
    season = season_ahead(site)
    point = float(paired_delta(current, proposed, site, season, None)[0])
    draws = paired_delta(current, proposed, site, season, site.response.draws)
    return estimate(point, draws, level)


@dataclass(frozen=True, slots=True)
class PlanMoney:
    """Money a day of a plan, and what it is more than the saved one."""

    daily: Estimate
    delta: Estimate
    learned_from: str
    days: int


def delta_money(
    current: Planogram, proposed: Planogram, site: Site, level: float = CONFIDENCE_LEVEL
) -> PlanMoney:
    """The figures of the editor's card: the plan's money a day and its difference to the saved plan."""
    site = covering(site, (current, proposed))
    response, season = site.response, season_ahead(site)
    layout = layout_of(proposed, site)
    daily = estimate(
        float(money_of(site, layout, None, season).sum()),
        money_of(site, layout, response.draws, season).sum(axis=1), level,
    )
    gain = delta(current, proposed, site, level)
    return PlanMoney(daily, gain, response.provenance.phrase, site.history_days)
