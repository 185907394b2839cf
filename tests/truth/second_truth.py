"""Another truth than the demo's: customers who arrive with a want, look, and choose or walk on.

What the model under test assumes, and what holds here instead:

- its categories each lose a power of their inclusive value to what is added; here customers of a
  *mission* (salty, sweet, drinks, …) choose by a nested logit between categories, products and buying
  nothing, so that demand also moves across categories;
- its facings act as a power; here they saturate, the third adding an eighth of what the second does;
- its place effects multiply; here those of row, column and surface add up, categories answer to them more or
  less and like other heights, and what people come for anyway answers less;
- its price elasticity is a category's, constant; here it is a product's, grows with the price, and customers
  are of two kinds whose mix differs between sites;
- its neighbors change a rate by a factor; here a sale makes one beside it, so that good neighbors help more.

Everything is computed exactly: expected sales averaged over the months as the site lives through them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.planogram.planogram import Planogram
from core.site.zones import FloatArray, IntArray, zones_of

MISSIONS = (0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 1, 2, 3, 3, 3, 3, 3, 3, 4, 4, 5)
"""Of each category: salty, sweet, hearty, drinks, meals, ice cream."""
SEGMENTS = (0.6, 1.6)
"""Price sensitivities of the two kinds of customers, times a product's own."""
DESTINATION = 0.3
"""How much less a strong product answers to its place, as a power of its strength."""
FAINTEST = 0.25


@dataclass(frozen=True, eq=False)
class Spot:
    """A plan under this truth, n positions: ``worth`` log attraction at reference price, the ``price``
    ÷ reference − 1, and for each the neighbors ``left`` and ``right`` (−1 for none)."""

    product: IntArray
    category: IntArray
    worth: FloatArray
    price: FloatArray
    dearer: FloatArray
    left: IntArray
    right: IntArray


@dataclass(frozen=True, eq=False)
class SecondTruth:
    """P products, C categories, M missions, K sites. ``base`` (K, P) log attraction · ``places``: of each
    site its zones' additive effects, ``heights`` from −½ at the top to ½ · ``answer`` (C,) to place, ``height`` (C,) liked or not · ``typical``
    (K, C) log base of a category's usual product · ``saturation`` (P,) and ``sensitivity`` (P,) to price ·
    ``nest`` (C,) dissimilarity · ``outside`` (K, M) log attraction of buying nothing · ``arrivals`` (K, M) a
    day · ``thrifty`` (K,) share of price-sensitive customers · ``beside``: sales that one sale makes on
    either side, times exp(affinity) · ``season`` (C, 12) log · ``months`` (K, 12) of demand, sum 1."""

    product_ids: IntArray
    category: IntArray
    reference_price: FloatArray
    site_ids: IntArray
    base: FloatArray
    places: tuple[FloatArray, ...]
    heights: tuple[FloatArray, ...]
    answer: FloatArray
    height: FloatArray
    typical: FloatArray
    saturation: FloatArray
    sensitivity: FloatArray
    nest: FloatArray
    outside: FloatArray
    arrivals: FloatArray
    thrifty: FloatArray
    beside: float
    affinity: FloatArray
    season: FloatArray
    months: FloatArray
    twins: tuple[tuple[int, int], ...]

    @cached_property
    def product_index(self) -> Mapping[int, int]:
        return {int(p): i for i, p in enumerate(self.product_ids)}

    @cached_property
    def site_index(self) -> Mapping[int, int]:
        return {int(s): i for i, s in enumerate(self.site_ids)}

    def slot_effects(self, site_id: int) -> FloatArray:
        """Log multipliers of the zones for a usual product, averaged over the categories, (S,), mean 0."""
        k = self.site_index[site_id]
        liked = self.places[k] + self.height[:, None] * self.heights[k]
        effect = np.log(np.maximum(1 + self.answer[:, None] * liked, FAINTEST)).mean(axis=0)
        return np.asarray(effect - effect.mean())

    def spot(self, site_id: int, plan: Planogram) -> Spot:
        """The plan's terms. Raises KeyError for an unknown site or product."""
        k, n = self.site_index[site_id], len(plan.positions)
        product = np.fromiter((self.product_index[p.product_id] for p in plan.positions), np.int64, n)
        category, base = self.category[product], self.base[k, product]
        reference = self.reference_price[product]
        price = np.array([r if p.price is None else p.price for p, r in zip(plan.positions, reference, strict=True)])
        facings = np.fromiter((float(p.facings) for p in plan.positions), np.float64, n)
        total = np.bincount(product, facings, len(self.product_ids))[product]
        a = self.saturation[product]
        seen = (1 - np.exp(-a * total)) / (1 - np.exp(-a)) * facings / total
        row = np.fromiter((p.row for p in plan.positions), np.int64, n)
        zones = zones_of(plan.fixture).weights(plan)
        where = zones @ self.places[k] + self.height[category] * (zones @ self.heights[k])
        strength = np.exp(base - self.typical[k, category])
        place = np.maximum(1 + self.answer[category] * where * strength**-DESTINATION, FAINTEST)
        index = np.arange(n)
        same = np.zeros(n + 1, bool)
        same[1:n] = row[1:] == row[:-1]
        return Spot(
            product, category, base + np.log(seen * place), price, price / reference - 1,
            np.where(same[:-1], index - 1, -1), np.where(same[1:], index + 1, -1),
        )

    def true_rates(self, site_id: int, plan: Planogram) -> FloatArray:
        """Expected units a day of each position, in the order of ``plan.positions``."""
        k, s = self.site_index[site_id], self.spot(site_id, plan)
        log_a = s.worth + self.season.T[:, None, s.category]
        log_a = log_a - np.array(SEGMENTS)[None, :, None] * self.sensitivity[s.product] * s.dearer
        member, mission = np.eye(len(self.nest))[s.category], np.eye(self.outside.shape[1])[list(MISSIONS)]
        attraction = np.exp(log_a)
        pooled = attraction @ member
        nests = np.where(pooled > 0, np.maximum(pooled, 1e-300) ** self.nest, 0.0)
        chosen = nests / (np.exp(self.outside[k]) + nests @ mission)[..., list(MISSIONS)]
        taken = (chosen / np.maximum(pooled, 1e-300))[..., s.category] * attraction
        kinds = np.array([1 - self.thrifty[k], self.thrifty[k]])
        rate = self.months[k] @ (kinds @ taken) * self.arrivals[k][list(MISSIONS)][s.category]
        return rate + self.add_ons(s, rate)

    def add_ons(self, s: Spot, rate: FloatArray) -> FloatArray:
        """Sales that the neighbors' sales make, (n,)."""
        gained = np.zeros(len(rate))
        for side in (s.left, s.right):
            drawn = self.beside * rate[side] * np.exp(self.affinity[s.product, s.product[side]])
            gained += np.where(side >= 0, drawn, 0.0)
        return gained

    def true_revenue(self, site_id: int, plan: Planogram) -> float:
        """Expected revenue a day."""
        return float(self.true_rates(site_id, plan) @ self.spot(site_id, plan).price)

    def true_lift(self, site_id: int, current: Planogram, proposed: Planogram) -> float:
        """Change of revenue a day as a fraction of the current plan's."""
        return self.true_revenue(site_id, proposed) / self.true_revenue(site_id, current) - 1.0

