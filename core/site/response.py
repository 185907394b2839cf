"""The one estimated model: how sales answer to place, space, neighbors, price and season.

Units a day of product p standing at positions i with facings f_i and F = Σ f_i:

    rate_i = exp(base_p + slot_i + price_p · log(price_i / reference_p) + promotions + neighbor · A_i
                 − diversion_c · (log I_c − reference_I_c)) · f_i · F^(space_p − 1) · season · weekday

with promotions the log multipliers of a flagged deal and of an advertisement where there is one,
slot_i the mean log multiplier of the zones it covers, A_i the summed affinity of the products
beside it on its shelf, and I_c the inclusive value of its category c: the sum of the bracket's first
terms over all positions of c, so that what is added takes part of its sales from substitutes
(attribute-based diversion, nested-logit form; Train 2009, ch. 4). Space elasticity and its prior:
Eisend 2014. Estimation is in ``estimate``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from core.planogram.planogram import Planogram
from core.site.zones import FloatArray, IntArray, Zones

BoolArray = NDArray[np.bool_]
Promoted = Mapping[int, tuple[float, float]]
"""Product id → how much of a flagged deal and of an advertisement it has, 0–1 each."""


@dataclass(frozen=True, eq=False)
class Effects:
    """Parameters with a leading axis D: D = 1 for the point estimate, D = number of draws else.

    ``base`` (D, P) log units a day · ``slot`` (D, S) log multipliers, mean 0 · ``space`` (D, P) ·
    ``price`` (D, P), negative · ``diversion`` (D, C) in [0, 1] · ``neighbor`` (D,) · ``promotion`` and
    ``feature`` (D, P) log multipliers of a full promotion and ``advertised`` (D,) what an advertisement
    adds to the price elasticity, empty where none is known · ``answer`` and ``tilt`` (D, P): how much more
    than others a product answers to a place's effect and to its height (0 at the top, 1 at the bottom), empty
    where all do alike.
    """

    base: FloatArray
    slot: FloatArray
    space: FloatArray
    price: FloatArray
    diversion: FloatArray
    neighbor: FloatArray
    promotion: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))
    feature: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))
    advertised: FloatArray = field(default_factory=lambda: np.zeros(0))
    answer: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))
    tilt: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))

    def __post_init__(self) -> None:
        """Draws of one parameter lie together, because plans pick few parameters and all draws."""
        for name in ("base", "slot", "space", "price", "diversion", "promotion", "feature", "answer", "tilt"):
            object.__setattr__(self, name, np.asfortranarray(getattr(self, name)))

    def __len__(self) -> int:
        return len(self.neighbor)


@dataclass(frozen=True)
class Provenance:
    """What an estimate was learned from.

    ``slot_learned`` (S,) and ``product_learned`` (P,): share of the estimate that this site's own
    history carries, 0 (prior only) to 1; ``days`` of history here; ``sites`` pooled; ``literature``
    true where a published prior still carries most of the place effects. ``calibration``: what was done
    to the intervals. ``borrowed``: product id → from whom the level of a product comes that never stood here.
    """

    days: int
    sites: int
    slot_learned: FloatArray
    product_learned: FloatArray
    literature: bool
    version: str
    fitted_on: str = ""
    calibration: str = ""
    borrowed: Mapping[int, str] = field(default_factory=dict)

    def phrase_of(self, product_id: int) -> str:
        """The phrase for one product: "from 6 similar products" where it never stood here."""
        return self.borrowed.get(product_id, self.phrase)

    def phrase_with(self, product_ids: Collection[int]) -> str:
        """The phrase for a plan with these products: what is new here is named by its number, or alone."""
        new = [self.borrowed[p] for p in product_ids if p in self.borrowed]
        if not new or self.days == 0:
            return self.phrase
        return f"{self.phrase}; 1 product {new[0]}" if len(new) == 1 else (
            f"{self.phrase}; {len(new)} products that are new here from others"
        )

    @property
    def phrase(self) -> str:
        """One short phrase for the screen: "learned from 11 months here"."""
        if self.days >= 60:
            here = f"learned from {round(self.days / 30.4)} months here"
        elif self.days > 0:
            here = f"learned from {self.days} days here"
        elif self.sites > 0:
            return f"from {self.sites} similar machines" if self.sites > 1 else "from 1 similar machine"
        else:
            return "from published studies"
        return here + (" and published studies" if self.literature else "")


@dataclass(frozen=True, eq=False)
class Layout:
    """A planogram as arrays for the response, n positions: see ``Response.layout``. ``promotion`` and
    ``feature``: 0–1, empty where nothing is promoted."""

    product: IntArray
    category: IntArray
    weights: FloatArray
    log_price: FloatArray
    facings: FloatArray
    total_facings: FloatArray
    affinity: FloatArray
    price: FloatArray
    member: FloatArray
    promotion: FloatArray = field(default_factory=lambda: np.zeros(0))
    feature: FloatArray = field(default_factory=lambda: np.zeros(0))


def neighbor_affinity(row: IntArray, product: IntArray, affinity: FloatArray) -> FloatArray:
    """Summed affinity of each position's neighbors left and right on its row, shape (n,).

    Positions come in order of row and left edge, as in a planogram.
    """
    result = np.zeros(len(product))
    if len(product) > 1:
        pair = np.where(row[1:] == row[:-1], affinity[product[1:], product[:-1]], 0.0)
        result[1:] += pair
        result[:-1] += pair
    return result


@dataclass(frozen=True, eq=False)
class Response:
    """Estimated response of one site. P products, C categories, S zones, D draws. ``dispersion``: variance
    over mean of a count, on average; ``noise`` (2, P): that of each product, first + second · units a day
    (empty: ``dispersion`` for all); ``week_sd``: of the log effect that a week has on the whole site."""

    product_ids: IntArray
    category: IntArray
    categories: tuple[str, ...]
    reference_price: FloatArray
    cost: FloatArray
    affinity: FloatArray
    season: FloatArray
    weekday: FloatArray
    reference_inclusive: FloatArray
    zones: Zones
    point: Effects
    draws: Effects
    dispersion: float
    provenance: Provenance
    noise: FloatArray = field(default_factory=lambda: np.zeros((2, 0)))
    week_sd: float = 0.0

    @cached_property
    def index(self) -> Mapping[int, int]:
        """Product id → index along P."""
        return {int(p): i for i, p in enumerate(self.product_ids)}

    @cached_property
    def padded_affinity(self) -> FloatArray:
        """``affinity`` with a row and a column of zeros, which the index −1 reads: no neighbor."""
        return np.pad(self.affinity, ((0, 1), (0, 1)))

    @cached_property
    def height(self) -> FloatArray:
        """Of each zone, from 0 at the top to 1 at the bottom, (S,)."""
        rows = int(self.zones.row.max(initial=0)) + 1
        return np.asarray((self.zones.row + 0.5) / rows)

    def layout(self, plan: Planogram, promoted: Promoted | None = None) -> Layout:
        """The arrays that ``rates`` needs, with the products that are ``promoted`` (product id → shares of
        a flagged deal and of an advertisement, 0–1). Raises KeyError for a product the site does not know."""
        positions = plan.positions
        n = len(positions)
        product = np.fromiter(
            map(self.index.__getitem__, map(attrgetter("product_id"), positions)), np.int64, n
        )
        category = self.category[product]
        reference = self.reference_price[product]
        price = np.array(list(map(attrgetter("price"), positions)), np.float64)  # None becomes NaN
        price = np.where(np.isnan(price), reference, price)
        with np.errstate(divide="ignore", invalid="ignore"):
            log_price = np.where((price > 0) & (reference > 0), np.log(price / reference), 0.0)
        facings = np.fromiter(map(attrgetter("facings"), positions), np.float64, n)
        everywhere = np.bincount(product, facings, minlength=len(self.product_ids))
        total: FloatArray = everywhere[product].astype(np.float64)
        row = np.fromiter(map(attrgetter("row"), positions), np.int64, n)
        return Layout(
            product, category, self.zones.weights(plan), log_price, facings, total,
            neighbor_affinity(row, product, self.affinity), price,
            np.eye(len(self.categories))[category], *_promotions(plan, promoted),
        )

    def attraction(self, layout: Layout, effects: Effects | None = None) -> FloatArray:
        """Log units a day of each position before substitution: the bracket of the model, shape (D, n)."""
        e = self.point if effects is None else effects
        p = layout.product
        attraction = _place(e.slot, layout.weights)
        if e.answer.size:
            attraction *= 1.0 + _columns(e.answer, p)
            attraction += _columns(e.tilt, p) * (layout.weights @ self.height)
        attraction += _columns(e.base, p)
        if layout.log_price.any():
            attraction += _columns(e.price, p) * layout.log_price
        if layout.promotion.any():
            attraction += _columns(e.promotion, p) * layout.promotion
        if layout.feature.any():
            slope = e.advertised[:, None] * layout.log_price
            attraction += (_columns(e.feature, p) + slope) * layout.feature
        if (layout.total_facings != 1.0).any():
            attraction += (_columns(e.space, p) - 1.0) * np.log(layout.total_facings)
            attraction += np.log(layout.facings)
        if layout.affinity.any():
            attraction += e.neighbor[:, None] * layout.affinity
        return attraction

    def rates(self, layout: Layout, effects: Effects | None = None) -> FloatArray:
        """Expected units a day at average season and weekday, shape (D, n)."""
        e = self.point if effects is None else effects
        attraction = self.attraction(layout, e)
        inclusive = np.log(np.exp(attraction) @ layout.member + 1e-12)
        shift = e.diversion * (inclusive - self.reference_inclusive)
        return np.exp(attraction - shift[:, layout.category])

    def chance(self, layout: Layout, rates: FloatArray, days: float) -> FloatArray:
        """Variance of each position's units over ``days`` at its expected ``rates`` (D, n) a day, the site's
        good and bad weeks included, (D, n). Positions share those weeks."""
        together = (self.week_sd * rates * days) ** 2 / max(days / 7.0, 1.0)
        return np.asarray(self._dispersion(layout, rates) * rates * days + together)

    def simulate(
        self, layout: Layout, rates: FloatArray, days: float, rng: np.random.Generator
    ) -> FloatArray:
        """Units that ``days`` may show at each position, one sample a draw of ``rates`` (D, n): negative
        binomial, with the same good and bad weeks for all positions."""
        week = self.week_sd / np.sqrt(max(days / 7.0, 1.0))
        mean = rates * days * np.exp(week * rng.standard_normal((len(rates), 1)) - week**2 / 2)
        phi = np.maximum(self._dispersion(layout, rates), 1.0 + 1e-6)
        return np.asarray(rng.negative_binomial(np.maximum(mean, 1e-9) / (phi - 1.0), 1.0 / phi), np.float64)

    def _dispersion(self, layout: Layout, rates: FloatArray) -> FloatArray:
        """Variance over mean of counts at ``rates`` (D, n), at least 1."""
        if not self.noise.size:
            return np.full_like(rates, max(self.dispersion, 1.0))
        first, second = self.noise[:, layout.product]
        return np.asarray(np.maximum(first + second * rates, 1.0))

    def season_factor(self, month: int) -> FloatArray:
        """Multiplier of each category in a month (1–12), mean 1 over the year, shape (C,)."""
        return self.season[:, month - 1]


def _promotions(plan: Planogram, promoted: Promoted | None) -> tuple[FloatArray, FloatArray]:
    """(deal, advertisement) of each position, (n,) each; both empty where nothing is promoted."""
    if not promoted:
        return np.zeros(0), np.zeros(0)
    shares = np.array([promoted.get(q.product_id, (0.0, 0.0)) for q in plan.positions], np.float64)
    return shares.reshape(-1, 2)[:, 0], shares.reshape(-1, 2)[:, 1]


def _place(slot: FloatArray, weights: FloatArray) -> FloatArray:
    """Mean slot effect of each position, shape (D, n); a mere look-up where each covers one zone."""
    if weights.size and (weights.max(axis=1) == 1.0).all():
        return _columns(slot, weights.argmax(axis=1))
    used = np.flatnonzero(weights.any(axis=0))
    mean: FloatArray = slot[:, used] @ weights[:, used].T
    return mean


def _columns(values: FloatArray, index: IntArray) -> FloatArray:
    """``values[:, index]`` of an array whose columns lie together."""
    picked: FloatArray = values.T.take(index, axis=0).T
    return picked
