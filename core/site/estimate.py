"""Fit the response of a group of sites together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from core.planogram.fixture import Fixture
from core.planogram.product import Catalog
from core.site.affinity import log_lift
from core.site.blend import blend
from core.site.cells import Goods, SiteCells, goods_of, site_cells
from core.site.days import day_factors
from core.site.design import build_index, site_design, told_apart
from core.site.kin import ProductVectors, hashed, kin_of, traits_of
from core.site.posterior import FleetFit, site_posterior
from core.site.replay import before_last_reset, calibrate
from core.site.response import Layout, Response
from core.site.site import SiteHistory
from core.site.solver import solve
from core.site.state import Solution
from core.site.zones import FloatArray

REPLAYED_SITES = 40
"""So many tell how far the draws miss; more would only take their time."""

__all__ = ["FleetFit", "fit_fleet", "fit_groups", "prior_response"]


def fit_fleet(
    histories: Sequence[SiteHistory], catalog: Catalog, *, shrinkage: bool = True,
    words: ProductVectors | None = None, calibrated: bool = True,
) -> FleetFit:
    """Fit all sites of one group together; they learn from each other.

    Sites without a plan or a sold unit are left out (``response_for`` answers for them). The caller
    decides who may learn from whom; see ``fit_groups``. ``shrinkage=False`` gives every effect a
    flat prior, for comparison only. ``words``: what the products' names mean, by a model; likeness of
    letters without one. ``calibrated``: replay the resets that the histories hold, for which the sites are
    fitted a second time without them (see ``replay``). Raises KeyError for a product that the catalog lacks.
    """
    fit, solution = _fit(histories, catalog, shrinkage, words)
    if not calibrated or not shrinkage or not solution.sites:
        return fit
    earlier = {h.site_id: before_last_reset(h) for h in histories}
    cut = {site: h for site, h in earlier.items() if h is not None and site in fit.posteriors}
    held = _fit(_replayed(histories, cut), catalog, True, words)[0] if cut else fit
    return replace(fit, calibration=calibrate(solution, held, cut))


def _replayed(histories: Sequence[SiteHistory], cut: Mapping[int, SiteHistory]) -> list[SiteHistory]:
    """Enough of the histories as they were known before their last reset, evenly taken."""
    known = [cut.get(h.site_id, h) for h in histories]
    return known if len(known) <= REPLAYED_SITES else [
        known[i] for i in np.linspace(0, len(known) - 1, REPLAYED_SITES).astype(int)
    ]


def _fit(
    histories: Sequence[SiteHistory], catalog: Catalog, shrinkage: bool, words: ProductVectors | None
) -> tuple[FleetFit, Solution]:
    import scipy.linalg  # noqa: F401 - its BLAS has to be loaded before the limit can reach it
    from threadpoolctl import threadpool_limits

    goods = goods_of(catalog)
    used = [h for h in histories if any(p.plan.positions for p in h.periods) and len(h.daily)]
    affinity = log_lift(used, goods.product_ids, goods.category)
    cells = [
        site_cells(h, goods, affinity, factors)
        for h, factors in zip(used, day_factors(used), strict=True)
    ]
    stocked = np.unique(np.concatenate([np.zeros(0, np.int64), *(c.standing.product for c in cells)]))
    ids = goods.product_ids[stocked].tolist()
    words = words or hashed(catalog, ids)
    kin, patterns = kin_of(
        traits_of(catalog, ids, goods.category[stocked], words), len(goods.categories), words.model
    )
    index = build_index(
        stocked, patterns, [h.venue_type for h in used], [h.fixture for h in used], len(goods.categories),
        *told_apart(cells),
    )
    with threadpool_limits(1, "blas"):
        solution = solve([site_design(c, goods, index) for c in cells], index, len(goods), shrinkage)
        blended, correction, strength, widening = blend(affinity, solution, goods)
        posteriors = {
            state.design.cells.history.site_id: site_posterior(
                state, solution, _last_layout(state.design.cells, goods, correction)
            )
            for state in solution.sites
        }
    return FleetFit(
        goods, index, solution.theta, solution.covariance, solution.spread, solution.season, blended,
        strength, widening, posteriors, kin, shrinkage,
    ), solution


def fit_groups(histories: Sequence[SiteHistory], catalog: Catalog) -> dict[bool, FleetFit]:
    """One fit for the demo sites (True) and one for the user's own (False): a simulated sale never
    informs a real site."""
    return {
        demo: fit_fleet([h for h in histories if h.is_demo is demo], catalog) for demo in (False, True)
    }


def prior_response(fixture: Fixture, catalog: Catalog, draws: int = 1000, seed: int = 0) -> Response:
    """What published studies and the products' stated velocity say of a place, with no sale seen."""
    return fit_fleet([], catalog).response_for(fixture, "", catalog, draws, seed)


def _last_layout(cells: SiteCells, goods: Goods, correction: FloatArray) -> Layout:
    """The arrays of the plan that stands now."""
    standing = cells.standing
    last = standing.spell == standing.spell.max()
    product = standing.product[last]
    category = goods.category[product]
    facings = np.exp(standing.log_facings[last])
    price: FloatArray = cells.price[product] * np.exp(standing.log_price[last])
    return Layout(
        product, category, standing.weights[last], standing.log_price[last], facings,
        np.exp(standing.log_total[last]), standing.affinity[last] + standing.pairs[last] @ correction, price,
        np.eye(len(goods.categories))[category],
    )
