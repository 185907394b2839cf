"""Products that a site has never seen: what can be assumed of them, so that plans with them count too."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

import numpy as np

from core.errors import BadInput
from core.planogram.planogram import Planogram
from core.planogram.product import Product
from core.site.response import Effects, Provenance, Response
from core.site.site import Site
from core.site.zones import FloatArray, IntArray

NEW_PRODUCT_SD = 0.8
"""Log standard deviation of the sales of a product that nothing is known about but its category."""


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
        promotion=widened(effects.promotion) if effects.promotion.size else effects.promotion,
        feature=widened(effects.feature) if effects.feature.size else effects.feature,
        answer=widened(effects.answer) if effects.answer.size else effects.answer,
        tilt=widened(effects.tilt) if effects.tilt.size else effects.tilt,
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
