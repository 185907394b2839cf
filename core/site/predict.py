"""From a posterior to a site's response: joint draws, and a point that equals their mean."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from core.planogram.fixture import Fixture
from core.planogram.product import Catalog
from core.site import priors
from core.site.cells import Goods, goods_of
from core.site.design import ELASTICITIES, PLACE_BLOCKS, local_blocks
from core.site.kin import hashed, traits_of
from core.site.posterior import MODEL_VERSION, FleetFit, SitePosterior, zone_basis
from core.site.response import Effects, Layout, Provenance, Response
from core.site.state import DIVERSION_RANGE
from core.site.zones import FloatArray, IntArray, zones_of

TYPICAL_RANGE = 6
"""Products of a category on a face at most, where nothing is known of the range."""
VELOCITY_SD = 0.4
ABSENT_GAIN = (0.5, 0.4)
"""How a category does that a site never had. Of what its first product would gain there from having no rivals
(diversion times the log of a usual range) this share comes, mean and sd. Nothing comes where nobody asks for
the category, more than all of it where those who buy others wanted it; no history tells which."""
PRICE_LIMIT = -0.05


@dataclass(frozen=True, eq=False)
class _Shelf:
    """The products to answer for, P of them, and where each lies in the fit (−1: newer than it). Of their
    kin: ``patterns`` (P, K), ``unexplained`` (P,) and ``similar`` (P,) as ``kin.Kin`` says them, the last two
    0 for what was stocked."""

    goods: Goods
    fitted: IntArray
    affinity: FloatArray
    season: FloatArray
    patterns: FloatArray
    unexplained: FloatArray
    similar: IntArray

    def of_fit(self, values: FloatArray, missing: FloatArray | float) -> FloatArray:
        """Values by the fit's products, (P of the fit,) → (P,)."""
        if not len(values):
            return np.broadcast_to(np.asarray(missing, np.float64), (len(self.goods),)).copy()
        return np.where(self.fitted >= 0, values[np.maximum(self.fitted, 0)], missing)


def site_response(
    fit: FleetFit, site: SitePosterior, draws: int, seed: int, catalog: Catalog | None
) -> Response:
    """Response of a site with history."""
    shelf = _shelf(fit, catalog)
    rng = np.random.default_rng([seed, 2, site.site_id])
    shared = fit.global_draws(draws, seed)
    own = site.mean - (shared[:, site.touched] - fit.theta[site.touched]) @ site.gain.T
    own += rng.standard_normal((draws, len(site.mean))) @ site.root.T
    zones = zones_of(site.fixture)
    stood = np.full(max(len(fit.goods), 1), -1, np.int64)
    stood[site.products] = np.arange(len(site.products))
    here = np.where(shelf.fitted >= 0, stood[np.maximum(shelf.fitted, 0)], -1)
    new = here < 0
    base = _site_base(fit, site, shelf, here, shared, own, rng)
    basis = zone_basis(zones, site.fixture, fit.index, len(site.products))
    base += (shared @ basis.shared_mean + own @ basis.own_mean)[:, None]
    own_price = own[:, local_blocks(zones, len(site.products))["site_price"][0]]
    sampled = Effects(
        base, shared @ basis.shared.T + own @ basis.own.T, *_elasticities(fit, shelf, shared, own_price)
    )
    sampled, reference = _with_absent(fit, site, shelf, sampled, rng)
    learned = np.where(new, 0.0, site.learned[np.maximum(here, 0)])
    provenance = Provenance(
        site.days, fit.sites - 1, site.slot_learned, learned, site.slot_known < 0.5, MODEL_VERSION,
        site.last_day, fit.calibration.phrase, _borrowed(fit, shelf, np.flatnonzero(new)),
    )
    response = Response(
        shelf.goods.product_ids, shelf.goods.category, shelf.goods.categories,
        shelf.of_fit(site.reference_price, shelf.goods.price), shelf.goods.cost, shelf.affinity,
        shelf.season, site.weekday, reference, zones, _mean_effects(sampled), sampled,
        site.dispersion, provenance, _noise(site, here), fit.spread["time"],
    )
    layout = _relocated(site.layout, shelf)
    left_out = new & (fit.index.product_of(shelf.fitted) >= 0)  # what nobody could stock yet, nobody refused
    response = fit.calibration.applied(response, left_out, layout, rng)
    return _agree(replace(response, point=_mean_effects(response.draws)), layout)


def _site_base(
    fit: FleetFit, site: SitePosterior, shelf: _Shelf, here: IntArray, shared: FloatArray, own: FloatArray,
    rng: np.random.Generator,
) -> FloatArray:
    """Level of each product at a site, (D, P), from draws of the ``shared`` parameters and of its ``own``;
    ``here`` (P,): its number among the site's products, −1 for one that never stood there."""
    local, old = local_blocks(zones_of(site.fixture), len(site.products)), here >= 0
    first, home = local["site_product"][0], slice(local["site_home"][0], local["site_price"][0])
    base = _common_base(fit, shelf, shared, site.venue_type, rng) + own[:, :1]
    base[:, old] += own[:, first + here[old]]
    base[:, old] += shared[:, fit.index.span("habit")] * site.habit[here[old]]
    usual = own[:, home] + shared[:, fit.index.homes(site.fixture)]
    base[:, old] += usual @ site.home[here[old]].T
    base[:, ~old] += _own_sd(fit) * rng.standard_normal((len(shared), int((~old).sum())))
    return base


def _with_absent(
    fit: FleetFit, site: SitePosterior, shelf: _Shelf, sampled: Effects, rng: np.random.Generator
) -> tuple[Effects, FloatArray]:
    """The draws with what the products of categories do that the site never had, and each category's
    inclusive value (C,)."""
    category, known = shelf.goods.category, np.full(len(shelf.goods.categories), np.nan)
    known[: fit.index.categories] = site.reference_inclusive
    absent = np.isnan(known)
    reference = np.where(absent, _single_inclusive(shelf, sampled.base), known)
    share = ABSENT_GAIN[0] + ABSENT_GAIN[1] * rng.standard_normal((len(sampled), len(known)))
    gain = (share * sampled.diversion * np.log(_choice(shelf)))[:, category]
    return replace(sampled, base=sampled.base + np.where(absent[category], gain, 0.0)), reference


def _noise(site: SitePosterior, here: IntArray) -> FloatArray:
    """``Response.noise``, (2, P); products that never stood here are as the others."""
    usual = site.noise.mean(axis=1, keepdims=True)
    return np.where(here >= 0, site.noise[:, np.maximum(here, 0)], usual)


def _own_sd(fit: FleetFit) -> float:
    """How much a product that never stood at a site may sell better or worse there than elsewhere."""
    return math.hypot(fit.spread["site_product"], fit.spread["site_home"])


def place_response(
    fit: FleetFit, fixture: Fixture, venue_type: str, catalog: Catalog, draws: int, seed: int
) -> Response:
    """Response of a place without history of its own."""
    shelf = _shelf(fit, catalog)
    rng = np.random.default_rng([seed, 3])
    shared = fit.global_draws(draws, seed)
    zones = zones_of(fixture)
    base = _common_base(fit, shelf, shared, venue_type, rng)
    base += fit.spread["site"] * rng.standard_normal((draws, 1))
    base += _own_sd(fit) * rng.standard_normal(base.shape)
    if not fit.sites:
        base = _from_velocity(base, catalog, rng)
    basis = zone_basis(zones, fixture, fit.index, 0)
    own_sd = np.zeros(basis.own.shape[1])
    for block, (start, size) in local_blocks(zones, 0).items():
        if block in PLACE_BLOCKS:
            own_sd[start : start + size] = fit.spread[block]
    own = own_sd * rng.standard_normal((draws, len(own_sd)))
    base += (shared @ basis.shared_mean + own @ basis.own_mean)[:, None]
    own_price = fit.spread["site_price"] * rng.standard_normal(draws)
    sampled = Effects(
        base, shared @ basis.shared.T + own @ basis.own.T, *_elasticities(fit, shelf, shared, own_price)
    )
    zeros = np.zeros(len(zones))
    provenance = Provenance(
        0, fit.sites, zeros, np.zeros(len(shelf.goods)), fit.sites == 0, MODEL_VERSION,
        calibration=fit.calibration.phrase,
        borrowed=_borrowed(fit, shelf, np.flatnonzero(fit.index.product_of(shelf.fitted) < 0)),
    )
    same = [p for p in fit.posteriors.values() if p.venue_type == venue_type] or [*fit.posteriors.values()]
    weekday = np.mean([p.weekday for p in same], axis=0) if same else np.ones(7)
    dispersion = float(np.mean([p.dispersion for p in same])) if same else 1.2
    return Response(
        shelf.goods.product_ids, shelf.goods.category, shelf.goods.categories, shelf.goods.price,
        shelf.goods.cost, shelf.affinity, shelf.season, weekday,
        _typical_inclusive(fit, shelf, base, 0.0), zones, _mean_effects(sampled), sampled, dispersion,
        provenance, week_sd=fit.spread["time"],
    )


def _shelf(fit: FleetFit, catalog: Catalog | None) -> _Shelf:
    if catalog is None:
        return _Shelf(
            fit.goods, np.arange(len(fit.goods)), fit.affinity, fit.season,
            *_kin(fit, fit.goods, np.arange(len(fit.goods)), {}),
        )
    goods = goods_of(catalog, fit.goods.categories)
    known = fit.goods.index
    fitted = np.fromiter((known.get(int(p), -1) for p in goods.product_ids), np.int64, len(goods))
    affinity = np.zeros((len(goods), len(goods)))
    old = np.flatnonzero(fitted >= 0)
    affinity[np.ix_(old, old)] = fit.affinity[np.ix_(fitted[old], fitted[old])]
    season = np.ones((len(goods.categories), 12))
    season[: len(fit.season)] = fit.season
    return _Shelf(goods, fitted, affinity, season, *_kin(fit, goods, fitted, catalog))


def _kin(
    fit: FleetFit, goods: Goods, fitted: IntArray, catalog: Catalog
) -> tuple[FloatArray, FloatArray, IntArray]:
    """(patterns (P, K), unexplained (P,), similar (P,)) of the products: those of the fit's own, and by what
    they are of those that no site has stocked. One that the catalog no longer has is like nothing."""
    offset = fit.index.product_of(fitted)
    size = len(goods)
    patterns, unexplained = np.zeros((size, fit.index.patterns.shape[1])), np.zeros(size)
    similar = np.zeros(size, np.int64)
    patterns[offset >= 0] = fit.index.patterns[offset[offset >= 0]]
    unexplained[offset < 0] = 1.0 - fit.kin.leftover
    new = np.flatnonzero((offset < 0) & np.isin(goods.product_ids, list(catalog)))
    if len(new) and len(fit.kin.landmarks):
        ids = goods.product_ids[new].tolist()
        words = hashed(catalog, ids)
        if words.model != fit.kin.model:
            words = fit.newer or replace(words, vectors={})
        width = fit.kin.landmarks.vectors.shape[1]
        traits = traits_of(catalog, ids, goods.category[new], words, width)
        patterns[new] = fit.kin.patterns(traits)
        unexplained[new], similar[new] = fit.kin.unexplained(patterns[new]), fit.kin.similar(traits)
    return patterns, unexplained, similar


def _borrowed(fit: FleetFit, shelf: _Shelf, new: IntArray) -> Mapping[int, str]:
    """From whom the levels of products come that never stood at a place: product id → words."""
    if not fit.sites:
        return {}
    places = np.zeros(len(fit.goods) + 1, np.int64)
    for site in fit.posteriors.values():
        places[site.products] += 1
    sold = np.isin(shelf.goods.category, fit.goods.category[fit.index.stocked])
    return {
        int(shelf.goods.product_ids[i]):
        _from_whom(int(places[shelf.fitted[i]]), int(shelf.similar[i]), bool(sold[i]))
        for i in new
    }


def _from_whom(places: int, similar: int, category_sold: bool) -> str:
    if places:
        return "from its sales at " + ("1 other place" if places == 1 else f"{places} other places")
    if similar:
        return "from 1 similar product" if similar == 1 else f"from {similar} similar products"
    return "from the products of its category" if category_sold else "from products of other categories"


def _common_base(
    fit: FleetFit, shelf: _Shelf, shared: FloatArray, venue_type: str, rng: np.random.Generator
) -> FloatArray:
    """Level + category + venue's taste + product, (D, P); what the fit never saw comes from its prior."""
    index, draws = fit.index, len(shared)
    n_categories = len(shelf.goods.categories)
    by_category = fit.spread["category"] * rng.standard_normal((draws, n_categories))
    by_category[:, : index.categories] = shared[:, index.span("category")]
    taste = fit.spread["venue_category"] * rng.standard_normal((draws, n_categories))
    if venue_type in index.venues:
        start = index.venues.index(venue_type) * index.categories + index.blocks["venue_category"][0]
        taste[:, : index.categories] = shared[:, start : start + index.categories]
    offset = index.product_of(shelf.fitted)
    product = rng.standard_normal((draws, len(shelf.goods)))
    product *= np.sqrt(fit.spread["product"] ** 2 + fit.spread["kin"] ** 2 * shelf.unexplained)
    product[:, offset >= 0] = shared[:, index.at("product", offset[offset >= 0])]
    product += shared[:, index.span("kin")] @ shelf.patterns.T
    level = shared[:, index.span("level")]
    return np.asarray(level + (by_category + taste)[:, shelf.goods.category] + product)


def _elasticities(
    fit: FleetFit, shelf: _Shelf, shared: FloatArray, own_price: FloatArray
) -> tuple[FloatArray, ...]:
    """(space (D, P), price (D, P), diversion (D, C), neighbor (D,), promotion (D, P), feature (D, P),
    advertised (D,)) within their possible range; ``own_price`` (D,): how much steeper than elsewhere this
    site answers to prices."""
    index, category = fit.index, shelf.goods.category
    rng = np.random.default_rng(4)
    space, price, diversion, promotion, feature = (
        _of_category(fit, shelf, shared, name, own, rng)
        for name, (_, _, own) in {**ELASTICITIES, **priors.PROMOTIONS}.items()
    )
    price = price[:, category] + own_price[:, None]
    price += _of_product(fit.spread["price_product"], shared, index.own_price(shelf.fitted), rng)
    promotion, feature = (
        values[:, category]
        + _of_product(fit.spread["promoted_product"], shared, index.own_promotion(shelf.fitted, kind), rng)
        for kind, values in enumerate((promotion, feature))
    )
    drawn = shared[:, index.span("neighbor")][:, 0]
    neighbor = fit.strength + fit.widening * (drawn - fit.theta[index.span("neighbor")])
    return (
        space[:, category], np.minimum(price, PRICE_LIMIT), np.clip(diversion, *DIVERSION_RANGE), neighbor,
        promotion, feature, shared[:, index.span("advertised")][:, 0],
    )


def _of_category(
    fit: FleetFit, shelf: _Shelf, shared: FloatArray, name: str, own: float, rng: np.random.Generator
) -> FloatArray:
    """Draws of an elasticity of each category, (D, C); ``own`` is the sd of one that the fit never saw."""
    known, c = fit.index.categories, len(shelf.goods.categories)
    values = np.repeat(shared[:, fit.index.span(f"{name}0")], c, axis=1)
    values[:, :known] += shared[:, fit.index.span(name)]
    values[:, known:] += own * rng.standard_normal((len(shared), c - known))
    return values


def _of_product(spread: float, shared: FloatArray, at: IntArray, rng: np.random.Generator) -> FloatArray:
    """Draws of what is a product's own, (D, P), ``at`` its global index, −1 where it has none."""
    values = spread * rng.standard_normal((len(shared), len(at)))
    values[:, at >= 0] = shared[:, at[at >= 0]]
    return values


def _typical_inclusive(fit: FleetFit, shelf: _Shelf, base: FloatArray, site_level: float) -> FloatArray:
    """Inclusive value (C,) that a category would have with its usual range: as at the group's other
    sites, moved to this site's level; of a category nobody has, a handful of average products."""
    c = len(shelf.goods.categories)
    typical = np.full(c, np.nan)
    if fit.sites:
        seen = np.array([p.reference_inclusive - p.mean[0] for p in fit.posteriors.values()])
        count = (~np.isnan(seen)).sum(axis=0)
        mean = np.nansum(seen, axis=0) / np.maximum(count, 1)
        typical[: fit.index.categories] = np.where(count > 0, mean + site_level, np.nan)
    return np.where(np.isnan(typical), _single_inclusive(shelf, base) + np.log(_choice(shelf)), typical)


def _choice(shelf: _Shelf) -> IntArray:
    """Products that a face usually offers of each category, (C,)."""
    count = np.bincount(shelf.goods.category, minlength=len(shelf.goods.categories))
    return np.clip(count, 1, TYPICAL_RANGE)


def _single_inclusive(shelf: _Shelf, base: FloatArray) -> FloatArray:
    """Inclusive value (C,) of one average product of the category standing alone."""
    c = len(shelf.goods.categories)
    n = np.bincount(shelf.goods.category, minlength=c)
    return np.asarray(np.bincount(shelf.goods.category, base.mean(axis=0), c) / np.maximum(n, 1))


def _from_velocity(base: FloatArray, catalog: Catalog, rng: np.random.Generator) -> FloatArray:
    """Where no site was ever seen, a product's stated units a day are the best guess there is."""
    velocity = np.array([catalog[i].velocity for i in sorted(catalog)])
    stated = velocity > 0
    drawn = np.log(np.where(stated, velocity, 1.0)) + VELOCITY_SD * rng.standard_normal(base.shape)
    return np.where(stated, drawn, base)


def _mean_effects(sampled: Effects) -> Effects:
    """Point effects whose exponentials are the means of the draws' (a lognormal mean in closed form)."""
    slot = sampled.slot.mean(axis=0) + sampled.slot.var(axis=0) / 2
    shift = float(slot.mean()) if len(slot) else 0.0
    return Effects(
        (sampled.base.mean(axis=0) + sampled.base.var(axis=0) / 2)[None], (slot - shift)[None],
        sampled.space.mean(axis=0)[None], sampled.price.mean(axis=0)[None],
        sampled.diversion.mean(axis=0)[None], sampled.neighbor.mean(axis=0)[None],
        sampled.promotion.mean(axis=0)[None], sampled.feature.mean(axis=0)[None],
        sampled.advertised.mean(axis=0)[None],
    )


def _relocated(layout: Layout, shelf: _Shelf) -> Layout | None:
    """A layout by the fit's products as one by the answer's; None when one has left the catalog."""
    place = np.full(int(shelf.fitted.max(initial=-1)) + 1, -1, np.int64)
    old = np.flatnonzero(shelf.fitted >= 0)
    place[shelf.fitted[old]] = old
    if not len(layout.product) or layout.product.max() >= len(place):
        return None
    product = place[layout.product]
    if product.min() < 0:
        return None
    category = shelf.goods.category[product]
    return replace(
        layout, product=product, category=category, member=np.eye(len(shelf.goods.categories))[category]
    )


def _agree(response: Response, layout: Layout | None) -> Response:
    """Move each product's point base so that point rates equal the draws' mean on the present plan."""
    if layout is None:
        return response
    wanted = response.rates(layout, response.draws).mean(axis=0)
    size = len(response.product_ids)
    by_product = np.bincount(layout.product, wanted, minlength=size)
    stands = by_product > 0
    point = response.point
    for _ in range(6):
        rates = response.rates(layout, point)[0]
        now = np.bincount(layout.product, rates, minlength=size)
        shift = np.zeros(size)
        shift[stands] = np.log(by_product[stands] / now[stands])
        point = replace(point, base=point.base + shift)
    return replace(response, point=point)
