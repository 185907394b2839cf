"""Which parameter acts where: the global index, and each site's linear design.

Attraction of a position is linear in the parameters; what makes the model nonlinear, diversion
within a category, is the solver's. Local parameters belong to one site (its level, its products, its
rows, columns and zones), global ones to the whole group of sites.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.planogram.fixture import Fixture
from core.site import priors
from core.site.arrays import totals
from core.site.cells import Goods, SiteCells, Standing, rivals
from core.site.days import SMALLEST_CHANGE
from core.site.zones import FloatArray, IntArray, Zones, zones_of

LOCAL_BLOCKS = ("site", "site_product", "site_home", "site_price", "site_row", "site_surface", "site_zone")
PLACE_BLOCKS = LOCAL_BLOCKS[4:7]
ELASTICITIES = {"space": priors.SPACE, "price": priors.PRICE, "diversion": priors.DIVERSION}


def model_key(fixture: Fixture) -> str:
    """Fixtures of one make share row, column and zone effects: same placement, same rows."""
    zones = zones_of(fixture)
    return f"{fixture.placement.value}:" + "-".join(str(n) for n in np.bincount(zones.row))


@dataclass(frozen=True)
class Index:
    """Where each block of global parameters lies.

    ``blocks``: name → (start, size); ``stocked``: catalog indices of the P products with a fleet
    effect; ``venues``; ``models``: key → first row and column index within their blocks;
    ``patterns`` (P, K): how far each stocked product shares each of the effects of kin, see ``kin``;
    ``repriced`` and ``promoted``: catalog indices of the products whose own answer to prices and to
    promotions the data can tell.
    """

    blocks: Mapping[str, tuple[int, int]]
    stocked: IntArray
    venues: tuple[str, ...]
    models: Mapping[str, tuple[int, int]]
    categories: int
    patterns: FloatArray
    repriced: IntArray
    promoted: IntArray

    @property
    def size(self) -> int:
        return sum(n for _, n in self.blocks.values())

    def at(self, block: str, offset: IntArray | int = 0) -> IntArray:
        """Global index of entries of a block."""
        return np.asarray(self.blocks[block][0] + np.asarray(offset, np.int64))

    def span(self, block: str) -> slice:
        start, size = self.blocks[block]
        return slice(start, start + size)

    def homes(self, fixture: Fixture) -> IntArray:
        """Global indices of what a make's rows usually hold, (rows,)."""
        rows = np.arange(fixture.rows)
        return self.at("home", self.models[model_key(fixture)][0] + rows)

    def product_of(self, catalog_index: IntArray) -> IntArray:
        """Offset within the product block, −1 for a product that no site has stocked."""
        return _offset(self.stocked, catalog_index)

    def own_price(self, catalog_index: IntArray) -> IntArray:
        """Global indices of products' own price elasticities, −1 where there is none."""
        offset = _offset(self.repriced, catalog_index)
        return np.where(offset >= 0, self.at("price_product", offset), -1)

    def own_promotion(self, catalog_index: IntArray, kind: int) -> IntArray:
        """Global indices of what the promotion number ``kind`` does to products, −1 where there is none."""
        offset = _offset(self.promoted, catalog_index)
        return np.where(offset >= 0, self.at("promoted_product", kind * len(self.promoted) + offset), -1)


def _offset(known: IntArray, wanted: IntArray) -> IntArray:
    """Place of each wanted value in the sorted ``known``, −1 where it is not there."""
    if not len(known):
        return np.full(len(wanted), -1, np.int64)
    place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[place] == wanted, place, -1)


def told_apart(cells: Sequence[SiteCells]) -> tuple[IntArray, IntArray]:
    """Catalog indices of the products whose price changed at a site, and of those ever promoted."""
    repriced, promoted = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for standing in (c.standing for c in cells):
        products, product = np.unique(standing.product, return_inverse=True)
        low, high = np.full(len(products), np.inf), np.full(len(products), -np.inf)
        np.minimum.at(low, product, standing.log_price)
        np.maximum.at(high, product, standing.log_price)
        repriced.append(products[high - low > SMALLEST_CHANGE])
        promoted.append(np.unique(standing.product[standing.promoted.any(axis=1)]))
    return np.unique(np.concatenate(repriced)), np.unique(np.concatenate(promoted))


def build_index(
    stocked: IntArray, patterns: FloatArray, venues: Sequence[str], fixtures: Sequence[Fixture],
    categories: int, repriced: IntArray, promoted: IntArray,
) -> Index:
    """The index for a group of sites: the catalog indices of what they ever stocked, with the patterns of
    its kin, their venue types and fixtures, and what ``told_apart`` says of prices."""
    kinds = tuple(sorted(set(venues)))
    models: dict[str, tuple[int, int]] = {}
    rows = columns = 0
    for fixture in fixtures:
        key = model_key(fixture)
        if key not in models:
            zones = zones_of(fixture)
            models[key] = (rows, columns)
            rows += int(zones.row.max()) + 1
            columns += int(zones.column.max()) + 1
    sizes = {
        "level": 1, "category": categories, "product": len(stocked), "kin": patterns.shape[1],
        "venue_category": len(kinds) * categories, "profile": 2, "row": rows, "column": columns, "home": rows,
        "space0": 1, "space": categories, "price0": 1, "price": categories, "price_product": len(repriced),
        "promotion0": 1, "promotion": categories, "feature0": 1, "feature": categories, "advertised": 1,
        "promoted_product": len(priors.PROMOTIONS) * len(promoted),
        "habit": 1, "diversion0": 1, "diversion": categories, "neighbor": 1, "rival": 1,
        "pair": categories * (categories + 1) // 2,
    }
    starts = np.concatenate([[0], np.cumsum(list(sizes.values()))])
    blocks = {name: (int(starts[i]), n) for i, (name, n) in enumerate(sizes.items())}
    return Index(blocks, stocked, kinds, models, categories, patterns, repriced, promoted)


@dataclass(frozen=True, eq=False)
class SiteDesign:
    """Design of one site: attraction = offset + matrix @ [local, global[touched]].

    ``local``: block → (start, size) of the L local parameters. ``diversion`` (N, 2): columns of the
    category's and of the common diversion parameter within ``matrix``.
    """

    cells: SiteCells
    products: IntArray
    local: Mapping[str, tuple[int, int]]
    touched: IntArray
    matrix: FloatArray
    offset: FloatArray
    diversion: IntArray

    @property
    def local_size(self) -> int:
        return sum(n for _, n in self.local.values())

    def span(self, block: str) -> slice:
        start, size = self.local[block]
        return slice(start, start + size)


def habit(cells: SiteCells) -> FloatArray:
    """Mean log facings of each of the site's products over its days there, (products,).

    Merchandisers give space to what sells, so products with many facings would sell more on few, too.
    With this mean as a covariate of the product's level, the space elasticity is learned from facings
    that changed (correlated random effects; Mundlak 1978)."""
    return np.asarray(_usual(cells) @ cells.standing.log_total)


def home(cells: SiteCells) -> FloatArray:
    """Share of its time there that each of the site's products spent in each row, (products, rows).

    Rows are filled by kind (drinks below, bars on a row of their own), and what is popular about a kind is
    no merit of its row. With these means as covariates of the products' levels, a row's effect is learned
    from products that moved between rows (Mundlak 1978), and a row that never exchanged one keeps its
    prior."""
    return np.asarray(_usual(cells) @ (cells.standing.weights @ _rows(cells.zones)))


def _usual(cells: SiteCells) -> FloatArray:
    """Weights that average a value of positions over each product's days there, (products, N)."""
    standing = cells.standing
    products, product = np.unique(standing.product, return_inverse=True)
    weight = standing.days * np.exp(standing.log_facings - standing.log_total)
    usual = np.zeros((len(products), len(product)))
    usual[product, np.arange(len(product))] = weight / totals(product, weight, len(products))[product]
    return usual


def _rows(zones: Zones) -> FloatArray:
    """Indicator of each zone's row, (S, rows)."""
    return np.asarray(zones.row[:, None] == np.arange(int(zones.row.max()) + 1), np.float64)


def local_blocks(zones: Zones, products: int) -> dict[str, tuple[int, int]]:
    """Name → (start, size) of a site's own parameters."""
    rows = int(zones.row.max()) + 1
    sizes = (1, products, rows, 1, rows, surface(zones).shape[1], len(zones))
    starts = np.concatenate([[0], np.cumsum(sizes)])
    return {name: (int(starts[i]), n) for i, (name, n) in enumerate(zip(LOCAL_BLOCKS, sizes, strict=True))}


def surface(zones: Zones) -> FloatArray:
    """Smooth patterns over the face, (S, K): the leading parts of a rational quadratic covariance of
    unit variance, a mixture of all length scales around ``SURFACE_REACH`` (Rasmussen and Williams 2006,
    ch. 4), so that weights N(0, sd²) draw a surface of that standard deviation."""
    place = np.column_stack([
        (zones.row + 0.5) / (zones.row.max() + 1),
        (zones.left + zones.right) / 2 / max(float(zones.right.max()), 1e-9),
    ])
    squared = ((place[:, None] - place) ** 2).sum(axis=2)
    values, vectors = np.linalg.eigh(1.0 / (1.0 + squared / (2 * priors.SURFACE_REACH**2)))
    leading = slice(max(len(values) - priors.SURFACE_PATTERNS, 0), None)
    return np.asarray(vectors[:, leading] * np.sqrt(np.maximum(values[leading], 0.0)))


def own_zones(zones: Zones) -> FloatArray:
    """A site's own place parameters as patterns over its zones, (S, rows + K + S)."""
    return np.hstack([_rows(zones), surface(zones), np.eye(len(zones))])


def shared_zones(zones: Zones, key: str, index: Index) -> FloatArray:
    """The group's place parameters as patterns over a fixture's zones, (S, G); a make that the
    index does not know has the literature profile only."""
    shared = np.zeros((len(zones), index.size))
    shared[:, index.span("profile")] = priors.place_profile(zones)
    if key in index.models:
        row, column = index.models[key]
        every = np.arange(len(zones))
        shared[every, index.at("row", row + zones.row)] = 1.0
        shared[every, index.at("column", column + zones.column)] = 1.0
    return shared


def site_design(cells: SiteCells, goods: Goods, index: Index) -> SiteDesign:
    """Build the dense design of a site, N positions × (L + touched)."""
    standing, zones = cells.standing, cells.zones
    n = len(standing.product)
    products = np.unique(standing.product)
    local = local_blocks(zones, len(products))
    own = np.zeros((n, sum(size for _, size in local.values())))
    every = np.arange(n)
    own[:, 0] = 1.0
    which = np.searchsorted(products, standing.product)
    own[every, local["site_product"][0] + which] = 1.0
    usual_rows = home(cells)[which]
    own[:, local["site_home"][0] : local["site_price"][0]] = usual_rows
    own[:, local["site_price"][0]] = standing.log_price
    own[:, local["site_row"][0] :] = standing.weights @ own_zones(zones)
    wide = _shared(cells, goods, index, habit(cells)[which], usual_rows)
    category = goods.category[standing.product]
    touched = np.flatnonzero(
        (np.abs(wide).sum(axis=0) > 0)
        | np.isin(np.arange(index.size), np.append(index.at("diversion", category), index.at("diversion0")))
    )
    diversion = own.shape[1] + np.column_stack([
        np.searchsorted(touched, index.at("diversion", category)),
        np.full(n, np.searchsorted(touched, index.at("diversion0"))),
    ])
    return SiteDesign(
        cells, products, local, touched, np.hstack([own, wide[:, touched]]),
        standing.log_facings - standing.log_total, diversion,
    )


def _shared(
    cells: SiteCells, goods: Goods, index: Index, usual_facings: FloatArray, usual_rows: FloatArray
) -> FloatArray:
    """How the positions depend on the global parameters, (N, G); ``usual_facings`` (N,) and ``usual_rows``
    (N, rows): what ``habit`` and ``home`` say of their products."""
    standing, every = cells.standing, np.arange(len(cells.standing.product))
    wide = standing.weights @ shared_zones(cells.zones, model_key(cells.history.fixture), index)
    category = goods.category[standing.product]
    venue = index.venues.index(cells.history.venue_type)
    fleet = index.product_of(standing.product)
    wide[:, index.at("level")] = 1.0
    wide[every, index.at("category", category)] = 1.0
    wide[every, index.at("product", fleet)] = 1.0
    wide[:, index.span("kin")] = index.patterns[fleet]
    wide[every, index.at("venue_category", venue * index.categories + category)] = 1.0
    _elasticities(wide, standing, category, index)
    wide[:, index.homes(cells.history.fixture)] = usual_rows
    wide[every, index.at("habit")] = usual_facings
    wide[:, index.span("neighbor")] = standing.affinity[:, None]
    wide[:, index.span("pair")] = standing.pairs
    wide[:, index.span("rival")] = standing.pairs[:, rivals(index.categories)].sum(axis=1, keepdims=True)
    return wide


def _elasticities(wide: FloatArray, standing: Standing, category: IntArray, index: Index) -> None:
    """Fill the columns of space, prices and promotions in."""
    every = np.arange(len(wide))
    covariates = {
        "space": standing.log_total, "price": standing.log_price,
        **dict(zip(priors.PROMOTIONS, standing.promoted.T, strict=True)),
    }
    for block, values in covariates.items():
        wide[:, index.at(f"{block}0")] = values
        wide[every, index.at(block, category)] = values
    at = index.own_price(standing.product)
    wide[every[at >= 0], at[at >= 0]] = standing.log_price[at >= 0]
    for k in range(len(priors.PROMOTIONS)):
        at = index.own_promotion(standing.product, k)
        wide[every[at >= 0], at[at >= 0]] = standing.promoted[at >= 0, k]
    wide[:, index.at("advertised")] = standing.promoted[:, 1] * standing.log_price

