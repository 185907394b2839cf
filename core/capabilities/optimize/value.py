"""What a plan is worth under the wishes of an optimization, on the full response and at first order.

A unit of product p is worth w_p: its price, its margin, the part of its price that its health score earns,
or a weighting of them. A plan is worth, with e_i the attraction of position i as in ``core.site.response``,

    Σ_c V_c · exp(−diversion_c · (log I_c − reference_c)) + variety · products on the plan,
    V_c = Σ w_i e_i,   I_c = Σ e_i .

Its tangent at a plan is a sum over positions, which is what an exact solver can maximize: a unit of e is
worth λ_c · (w_p − diversion_c · V_c / I_c) with λ_c = exp(−diversion_c · (log I_c − reference_c)), that is,
what it earns itself less what it takes from its category.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from core.capabilities.valuation import layout_of, season_ahead
from core.errors import BadInput
from core.planogram.planogram import Planogram
from core.planogram.product import Product
from core.site.response import Effects, Layout
from core.site.site import Site
from core.site.zones import FloatArray, IntArray

HEALTH_SCALE = 100.0
NEUTRAL_HEALTH = 50.0
"""What a product counts whose health score nobody knows."""


@dataclass(frozen=True, slots=True)
class Goals:
    """How much each goal counts; what is left out is 0. They are used as shares of their sum.

    ``revenue`` and ``margin``: money a day · ``health_score``: revenue a day × health score / 100 ·
    ``variety``: different products, each worth a present product's mean contribution.
    """

    revenue: float = 0.0
    margin: float = 0.0
    variety: float = 0.0
    health_score: float = 0.0

    def shares(self) -> Goals:
        """The same goals, adding up to 1. Raises BadInput for a negative one, and when all are 0."""
        weights = {f.name: float(getattr(self, f.name)) for f in fields(self)}
        for name, weight in weights.items():
            if not (np.isfinite(weight) and weight >= 0.0):
                raise BadInput(f"A weight of {weight:g} for {name.replace('_', ' ')} is not possible.",
                               "Give each goal a weight of 0 or more.")
        total = sum(weights.values())
        if total <= 0.0:
            raise BadInput("No goal has a weight.", "Give at least one of them a weight above 0.")
        return Goals(**{name: weight / total for name, weight in weights.items()})


REVENUE = Goals(revenue=1.0)


@dataclass(frozen=True, eq=False)
class Worth:
    """A site under goals. ``price`` (P,) money a unit that each product sells for here, ``unit`` (P,) what a
    unit is worth, season included, ``variety`` what one more product is, all in the order of the response."""

    site: Site
    goals: Goals
    price: FloatArray
    unit: FloatArray
    variety: float

    def of_draws(self, plan: Planogram, effects: Effects | None = None) -> FloatArray:
        """Worth a day of a plan under each draw of the effects (None: the point), shape (D,)."""
        layout = layout_of(plan, self.site)
        rates = self.site.response.rates(layout, effects)
        distinct = len(np.unique(layout.product))
        return np.asarray(rates @ self._per_unit(layout) + self.variety * distinct)

    def of(self, plan: Planogram) -> float:
        """Worth a day of a plan at the point estimate."""
        return float(self.of_draws(plan)[0])

    def by_position(self, plan: Planogram) -> FloatArray:
        """Worth a day of each position, variety aside, shape (n,)."""
        layout = layout_of(plan, self.site)
        return np.asarray(self.site.response.rates(layout)[0] * self._per_unit(layout))

    def _per_unit(self, layout: Layout) -> FloatArray:
        """What a unit sold at each position is worth, at the position's own price."""
        extra = (layout.price - self.price[layout.product]) * self._per_dollar[layout.product]
        return np.asarray(self.unit[layout.product] + extra)

    @property
    def _per_dollar(self) -> FloatArray:
        """What a dollar more of price adds to the worth of a unit, (P,)."""
        response = self.site.response
        season = season_ahead(self.site)[response.category]
        health = health_of(self.site)
        goals = self.goals
        return np.asarray(season * (goals.revenue + goals.margin + goals.health_score * health))


def worth_of(site: Site, plan: Planogram, goals: Goals) -> Worth:
    """The worth of plans at ``site``, which knows every product asked about; prices as on ``plan``."""
    goals = goals.shares()
    response = site.response
    price = response.reference_price.astype(np.float64).copy()
    for product_id, paid in prices_of(plan).items():
        if product_id in response.index and paid is not None:
            price[response.index[product_id]] = paid
    season = season_ahead(site)[response.category]
    healthy = goals.health_score * health_of(site)
    unit = season * ((goals.revenue + healthy) * price + goals.margin * (price - response.cost))
    plain = Worth(site, goals, price, np.asarray(unit), 0.0)
    if not goals.variety:
        return plain
    money = Worth(site, REVENUE, price, season * price, 0.0)
    each = money.of(plan) / len(plan.product_ids) if plan.positions else float((season * price).mean())
    return Worth(site, goals, price, np.asarray(unit), goals.variety * each)


def health_of(site: Site) -> FloatArray:
    """Health score of each product of the response as a share of 100, shape (P,)."""
    scores = [_health(site.catalog.get(int(p))) for p in site.response.product_ids]
    return np.array(scores) / HEALTH_SCALE


def _health(product: Product | None) -> float:
    if product is None or product.health_score is None:
        return NEUTRAL_HEALTH
    return float(product.health_score)


def prices_of(plan: Planogram) -> Mapping[int, float | None]:
    """What each product of a plan sells for, at its first place."""
    found: dict[int, float | None] = {}
    for p in plan.positions:
        found.setdefault(p.product_id, p.price)
    return found


def totals_of(worth: Worth, plan: Planogram) -> tuple[FloatArray, FloatArray]:
    """(I, V) of each category on a plan, (C,) each."""
    layout = layout_of(plan, worth.site)
    strength = np.exp(worth.site.response.attraction(layout)[0])
    return strength @ layout.member, (strength * worth.unit[layout.product]) @ layout.member


@dataclass(frozen=True, eq=False)
class Tangent:
    """First-order worth around a plan: ``per_attraction`` (P,) of a unit of attraction of each product and
    ``constant``, so that both add up to the plan's own worth there."""

    per_attraction: FloatArray
    constant: float
    variety: float


def tangent(worth: Worth, products: IntArray, inclusive: FloatArray, value: FloatArray) -> Tangent:
    """The tangent where categories have ``inclusive`` I_c and ``value`` V_c, (C,) each; ``products`` are
    indices that an absent category may be entered with, whose mean worth stands for V / I there."""
    response = worth.site.response
    category, diversion = response.category, response.point.diversion[0]
    count = np.bincount(category[products], minlength=len(response.categories))
    usual, typical = (
        np.bincount(category[products], each[products], len(count)) / np.maximum(count, 1)
        for each in (worth.unit, np.exp(response.point.base[0]))
    )
    present = inclusive > 1e-9
    floor = np.where(present, inclusive, np.maximum(typical, 1e-6))
    mean_worth = np.where(present, value / floor, usual)
    scale = np.exp(-diversion * (np.log(floor) - response.reference_inclusive))
    per = scale[category] * (worth.unit - diversion[category] * mean_worth[category])
    constant = float((scale * diversion * value)[present].sum())
    return Tangent(np.asarray(per), constant, worth.variety)
