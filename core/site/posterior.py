"""What a fit leaves behind: the group's posterior and each site's, ready to draw from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from core.planogram.fixture import Fixture
from core.planogram.product import Catalog
from core.site.arrays import inverse
from core.site.calibration import UNCALIBRATED, Calibration
from core.site.cells import Goods
from core.site.design import (
    PLACE_BLOCKS,
    Index,
    habit,
    home,
    local_blocks,
    model_key,
    own_zones,
    shared_zones,
)
from core.site.kin import Kin, ProductVectors
from core.site.response import Layout, Response
from core.site.solver import prior_sd
from core.site.state import SiteState, Solution
from core.site.zones import FloatArray, IntArray, Zones

MODEL_VERSION = "response 2.0"


@dataclass(frozen=True, eq=False)
class SitePosterior:
    """A site's own L parameters given the global ones: mean − gain·(g − ḡ) + root·z.

    Time effects are integrated out, their average added to the site's level. ``products``: the
    catalog indices that have stood here, ``habit`` their usual log facings, ``home`` (products, rows)
    their usual rows, ``learned`` the share of each that its own history carries; ``slot_learned`` the same
    for zones. ``layout``: the last plan's arrays, on which point and draws are made to agree. ``noise``
    (2, products): dispersion of a product's counts, first + second · units a day.
    """

    site_id: int
    venue_type: str
    fixture: Fixture
    days: int
    last_day: str
    products: IntArray
    touched: IntArray
    mean: FloatArray
    gain: FloatArray
    root: FloatArray
    habit: FloatArray
    home: FloatArray
    learned: FloatArray
    slot_learned: FloatArray
    slot_known: float
    reference_inclusive: FloatArray
    reference_price: FloatArray
    weekday: FloatArray
    dispersion: float
    layout: Layout
    noise: FloatArray


@dataclass(frozen=True, eq=False)
class FleetFit:
    """The posterior of a group of sites: global mean ``theta`` (G,), ``covariance`` (G, G), the
    variance components' ``spread``, ``season`` (C, 12), ``affinity`` (P, P), a neighbor's ``strength``
    with the ``widening`` of its draws (see ``blend``), the sites', and the ``kin`` of products; ``newer``:
    what the names of products newer than the fit mean, by the model of its kin; ``calibration``: what the
    group's own resets say of the draws."""

    goods: Goods
    index: Index
    theta: FloatArray
    covariance: FloatArray
    spread: Mapping[str, float]
    season: FloatArray
    affinity: FloatArray
    strength: float
    widening: float
    posteriors: Mapping[int, SitePosterior]
    kin: Kin
    shrinkage: bool = True
    newer: ProductVectors | None = None
    calibration: Calibration = UNCALIBRATED
    _drawn: dict[tuple[int, int], FloatArray] = field(default_factory=dict, repr=False)

    @property
    def sites(self) -> int:
        return len(self.posteriors)

    def response(
        self, site_id: int, draws: int = 1000, seed: int = 0, catalog: Catalog | None = None
    ) -> Response:
        """The response of a fitted site. With ``catalog`` it also answers for products newer than
        the fit: their category's mean and a wide interval. Raises KeyError for an unknown site."""
        from core.site.predict import site_response

        return site_response(self, self.posteriors[site_id], draws, seed, catalog)

    def response_for(
        self, fixture: Fixture, venue_type: str, catalog: Catalog, draws: int = 1000, seed: int = 0
    ) -> Response:
        """The response of a place without history: what this group's sites have in common."""
        from core.site.predict import place_response

        return place_response(self, fixture, venue_type, catalog, draws, seed)

    def to_bytes(self) -> bytes:
        """One compressed .npz, without pickles."""
        from core.site.fit_file import dump

        return dump(self)

    @classmethod
    def from_bytes(cls, data: bytes) -> FleetFit:
        """Read what ``to_bytes`` wrote. Raises BadInput for anything else."""
        from core.site.fit_file import load

        return load(data)

    def global_draws(self, draws: int, seed: int) -> FloatArray:
        """Draws of the global parameters, (D, G), the same for every site of the group."""
        key = (draws, seed)
        if key not in self._drawn:
            self._drawn.clear()
            jitter = 1e-10 * np.diag(self.covariance).mean() * np.eye(len(self.theta))
            root = np.linalg.cholesky(self.covariance + jitter)
            z = np.random.default_rng([seed, 1]).standard_normal((draws, len(self.theta)))
            self._drawn[key] = self.theta + z @ root.T
        return self._drawn[key]


@dataclass(frozen=True, eq=False)
class ZoneBasis:
    """Log slot effects, mean 0 over the zones, as linear in parameters: own (S, L) and shared (S, G);
    and their mean, which belongs to the site's level: ``own_mean`` (L,), ``shared_mean`` (G,)."""

    own: FloatArray
    shared: FloatArray
    own_mean: FloatArray
    shared_mean: FloatArray


def zone_basis(zones: Zones, fixture: Fixture, index: Index, products: int) -> ZoneBasis:
    """The basis of a fixture's zones; own parameters laid out as in ``design.local_blocks``."""
    before = local_blocks(zones, products)["site_row"][0]
    own = np.hstack([np.zeros((len(zones), before)), own_zones(zones)])
    shared = shared_zones(zones, model_key(fixture), index)
    own_mean, shared_mean = own.mean(axis=0), shared.mean(axis=0)
    return ZoneBasis(own - own_mean, shared - shared_mean, own_mean, shared_mean)


def site_posterior(state: SiteState, solution: Solution, layout: Layout) -> SitePosterior:
    """Integrate the time effects out and keep what prediction needs."""
    design, cells = state.design, state.design.cells
    size = design.local_size
    days = cells.day_share * np.exp(state.time)
    weeks = days / max(float(days.sum()), 1e-9)
    fold = np.eye(size)
    fold[0] -= (weeks @ state.time_slope)[:size]
    mean = state.local.copy()
    mean[0] += np.log(max(float(days.sum()), 1e-9) / max(float(cells.day_share.sum()), 1e-9))
    conditional = fold @ inverse(state.factor[0]) @ fold.T
    conditional[0, 0] += float(weeks**2 @ state.time_variance)
    gain = fold @ state.cross
    gain[0] += (weeks @ state.time_slope)[size:]
    touched = solution.covariance[np.ix_(design.touched, design.touched)]
    variance = conditional + gain @ touched @ gain.T
    span = design.span("site_product")
    learned = 1.0 - np.diag(variance)[span] / solution.spread["site_product"] ** 2
    slot_learned, slot_known = _slot_learning(state, solution, conditional, gain)
    root: FloatArray = np.linalg.cholesky(conditional + 1e-12 * np.eye(size)).astype(np.float64)
    history = cells.history
    return SitePosterior(
        history.site_id, history.venue_type, history.fixture, history.days,
        max(p.end for p in history.periods).isoformat(), design.products, design.touched,
        mean, gain, root, habit(cells), home(cells), np.clip(learned, 0.0, 1.0),
        slot_learned, slot_known, state.reference, cells.price, cells.weekday,
        float(state.dispersion.mean()), layout,
        np.outer(solution.noise_line * state.volatility, solution.volatility[design.products]),
    )


def _slot_learning(
    state: SiteState, solution: Solution, conditional: FloatArray, gain: FloatArray
) -> tuple[FloatArray, float]:
    """Share of each zone's estimate that this site's history carries (S,), against what the group
    alone would say; and the share that any history, here or elsewhere, carries of all."""
    design, index, spread = state.design, solution.index, solution.spread
    zones = design.cells.zones
    basis = zone_basis(zones, design.cells.history.fixture, index, len(design.products))
    shared = basis.shared[:, design.touched]
    covariance = solution.covariance[np.ix_(design.touched, design.touched)]
    direct = shared - basis.own @ gain
    after = ((basis.own @ conditional) * basis.own).sum(axis=1) + ((direct @ covariance) * direct).sum(axis=1)
    own_sd = np.zeros(basis.own.shape[1])
    for block in PLACE_BLOCKS:
        own_sd[design.span(block)] = spread[block]
    own = (basis.own**2) @ own_sd**2
    group = own + ((shared @ covariance) * shared).sum(axis=1)
    nothing = own + (shared**2) @ prior_sd(index, spread)[design.touched] ** 2
    learned = np.clip(1.0 - after / np.maximum(group, 1e-12), 0.0, 1.0)
    return learned, float(np.clip(1.0 - (after / np.maximum(nothing, 1e-12)).mean(), 0.0, 1.0))
