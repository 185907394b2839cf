"""The true effects of a simulated world: what every estimate on every page can be checked against.

The form is that of ``core.site.response`` with known parameters; it is written out here on its own, so that
an error there cannot hide. The truth is kept beside the database as one .npz file. For tests alone: nothing
that estimates may import it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from core.planogram.planogram import Planogram
from core.site.zones import FloatArray, IntArray, zones_of


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A planted deviation: which site, what kind, since which day (ISO), and what happened."""

    site_id: int
    kind: str
    since: str
    description: str


@dataclass(frozen=True, eq=False)
class PlanTerms:
    """A planogram under the truth: log attraction, product index and category index, each (positions,)."""

    attraction: FloatArray
    product: IntArray
    category: IntArray
    price: FloatArray


@dataclass(frozen=True, eq=False)
class Truth:
    """P products, C categories, K sites, V venue types. Rates are units a day averaged over the history
    (season, weekday, holidays and trend at their mean), with everything in stock and no anomaly.

    ``base`` (K, P) log units a day at reference price · ``slots`` and ``slot_start``: the log multipliers of
    all sites end to end, mean 0 a site · ``space`` (P,) · ``price_elasticity`` (C,) · ``diversion`` (C,) ·
    ``affinity`` (P, P) symmetric · ``neighbor``: effect of one unit of affinity beside a product ·
    ``reference_inclusive`` (K, C) · ``season`` (C, 12) · ``weekday`` (V, 7), Monday first · ``trend`` (P,)
    log a year · ``dispersion``: variance of the gamma noise of a slot-day · ``site_shock``: log sd of a
    site-day.
    """

    seed: int
    categories: tuple[str, ...]
    venues: tuple[str, ...]
    product_ids: IntArray
    product_names: tuple[str, ...]
    category: IntArray
    reference_price: FloatArray
    site_ids: IntArray
    site_venue: IntArray
    base: FloatArray
    slots: FloatArray
    slot_start: IntArray
    space: FloatArray
    price_elasticity: FloatArray
    diversion: FloatArray
    affinity: FloatArray
    neighbor: float
    reference_inclusive: FloatArray
    season: FloatArray
    weekday: FloatArray
    trend: FloatArray
    dispersion: float
    site_shock: float
    twins: tuple[tuple[int, int], ...]
    anomalies: tuple[Anomaly, ...]

    @cached_property
    def product_index(self) -> Mapping[int, int]:
        return {int(p): i for i, p in enumerate(self.product_ids)}

    @cached_property
    def site_index(self) -> Mapping[int, int]:
        return {int(s): i for i, s in enumerate(self.site_ids)}

    def slot_effects(self, site_id: int) -> FloatArray:
        """Log multipliers of a site's zones in the order of ``zones_of``, shape (S,), mean 0."""
        k = self.site_index[site_id]
        return self.slots[self.slot_start[k] : self.slot_start[k + 1]]

    def slot_multipliers(self, site_id: int) -> FloatArray:
        """Multipliers of a site's zones, shape (S,), geometric mean 1."""
        return np.asarray(np.exp(self.slot_effects(site_id)))

    def terms(self, site_id: int, plan: Planogram) -> PlanTerms:
        """What the response needs of a plan. Raises KeyError for an unknown site or product."""
        positions = plan.positions
        n = len(positions)
        product = np.fromiter((self.product_index[p.product_id] for p in positions), np.int64, n)
        category = self.category[product]
        reference = self.reference_price[product]
        price = np.fromiter((np.nan if p.price is None else p.price for p in positions), np.float64, n)
        price = np.where(np.isnan(price), reference, price)
        facings = np.fromiter((float(p.facings) for p in positions), np.float64, n)
        total = np.bincount(product, facings, len(self.product_ids))[product]
        row = np.fromiter((p.row for p in positions), np.int64, n)
        beside = np.zeros(n)
        pair = np.where(row[1:] == row[:-1], self.affinity[product[1:], product[:-1]], 0.0)
        beside[1:] += pair
        beside[:-1] += pair
        attraction = (
            self.base[self.site_index[site_id], product]
            + zones_of(plan.fixture).weights(plan) @ self.slot_effects(site_id)
            + self.price_elasticity[category] * np.log(price / reference)
            + np.log(facings)
            + (self.space[product] - 1.0) * np.log(total)
            + self.neighbor * beside
        )
        return PlanTerms(attraction, product, category, price)

    def true_rates(self, site_id: int, plan: Planogram) -> FloatArray:
        """Expected units a day of each position, in the order of ``plan.positions``."""
        terms = self.terms(site_id, plan)
        shift = self.diversion * (self.inclusive(terms) - self.reference_inclusive[self.site_index[site_id]])
        return np.asarray(np.exp(terms.attraction - shift[terms.category]))

    def true_revenue(self, site_id: int, plan: Planogram) -> float:
        """Expected revenue a day."""
        return float(self.true_rates(site_id, plan) @ self.terms(site_id, plan).price)

    def true_lift(self, site_id: int, current: Planogram, proposed: Planogram) -> float:
        """Change of revenue a day as a fraction of the current plan's."""
        return self.true_revenue(site_id, proposed) / self.true_revenue(site_id, current) - 1.0

    def inclusive(self, terms: PlanTerms) -> FloatArray:
        """Log inclusive value of each category, shape (C,); very low for one that is absent."""
        total = np.bincount(terms.category, np.exp(terms.attraction), len(self.categories))
        return np.asarray(np.log(total + 1e-12))

    def renumbered(self, products: Mapping[int, int], sites: Mapping[int, int]) -> Truth:
        """The same truth under other ids, such as those that a database has given."""
        return replace(
            self,
            product_ids=np.array([products[int(p)] for p in self.product_ids]),
            site_ids=np.array([sites[int(s)] for s in self.site_ids]),
            twins=tuple((products[a], products[b]) for a, b in self.twins),
            anomalies=tuple(replace(a, site_id=sites[a.site_id]) for a in self.anomalies),
        )

    def save(self, path: Path) -> None:
        """Write the truth to one .npz file."""
        arrays = {f.name: v for f in fields(self) if isinstance(v := getattr(self, f.name), np.ndarray)}
        plain = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in arrays}
        plain["anomalies"] = [asdict(a) for a in self.anomalies]
        with path.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, plain=np.array(json.dumps(plain)), **arrays)

    @classmethod
    def load(cls, path: Path) -> Truth:
        """Read what ``save`` wrote. Raises FileNotFoundError when there is none."""
        with np.load(path) as file:
            values = {name: file[name] for name in file.files if name != "plain"}
            plain = json.loads(str(file["plain"]))
        plain["anomalies"] = tuple(Anomaly(**a) for a in plain["anomalies"])
        plain["twins"] = tuple((int(a), int(b)) for a, b in plain["twins"])
        for name in ("categories", "venues", "product_names"):
            plain[name] = tuple(plain[name])
        return cls(**values, **plain)
