"""What published studies say before any sale is seen, and how much each kind of effect may vary.

Space elasticity: mean 0.17 over 1,268 estimates (Eisend 2014). Place: worst → best vertical place
about +39 %, horizontal about +15 % (Drèze, Hoch and Purk 1994); eye level is no constant
(Chandon et al. 2009), so these are prior means that rows and columns learn away from. Price:
−1.8 (Tellis 1988) to −2.6 (Bijmolt et al. 2005) for brands, about −0.8 for soft drinks and juice as
categories (Andreyeva et al. 2010); brands differ widely, and so do stores, a little (Hoch et al. 1995).
Promotions: a feature or a display multiplies what the price alone does (Narasimhan, Neslin and Sen 1996;
van Heerde and Neslin 2008). Diversion: 45 % of buyers before an empty shelf take another item
or brand (Gruen, Corsten and Bharadwaj 2002). Cross-space effects barely matter (Schaal and Hübner 2018).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.site.zones import FloatArray, Zones

SPACE = (0.17, 0.06, 0.05)
PRICE = (-1.5, 0.55, 0.40)
DIVERSION = (0.45, 0.15, 0.10)
"""(mean, sd of the common value, sd of a category around it)."""
PROMOTIONS = {"promotion": (0.15, 0.20, 0.10), "feature": (0.40, 0.30, 0.15)}
"""The same for the log multiplier of a flagged deal and of an advertisement, at an unchanged price."""
ADVERTISED = (-0.5, 0.5)
"""(mean, sd) of how much steeper an advertised price acts (Blattberg, Briesch and Fox 1995)."""

NEIGHBOR = (0.0, 0.10)
PROFILE = (1.0, 0.6)
"""(mean, sd) of the weight of a literature profile or of affinity's log lift."""

RIVAL_SD = 0.03
"""Of what a neighbor of the same category does beyond what baskets say."""
HABIT_SD = 0.5
"""How much better than others a product sells here anyway, for each log of facings that it is given."""
LEVEL = (-1.0, 3.0)
VERTICAL_RANGE, VERTICAL_BEST = 0.33, 0.35
HORIZONTAL_RANGE, HORIZONTAL_BEST = 0.14, 0.50


@dataclass(frozen=True)
class Spread:
    """Prior of a variance component: standard deviation and the weight of that guess in effects."""

    sd: float
    weight: float


SPREADS = {
    "category": Spread(0.8, 4),
    "product": Spread(0.5, 8),
    "kin": Spread(0.4, 8),
    "venue_category": Spread(0.25, 8),
    "row": Spread(0.10, 6),
    "column": Spread(0.06, 6),
    "pair": Spread(0.010, 10),
    "price_product": Spread(0.30, 8),
    "promoted_product": Spread(0.15, 8),
    "site_price": Spread(0.15, 8),
    "site": Spread(0.6, 4),
    "site_product": Spread(0.35, 10),
    "home": Spread(0.25, 6),
    "site_home": Spread(0.25, 10),
    "site_row": Spread(0.06, 10),
    "site_surface": Spread(0.06, 10),
    "site_zone": Spread(0.05, 20),
    "time": Spread(0.15, 10),
}
"""Each estimated from the data; with little data the guess here carries it."""

NO_SHRINKAGE_SD = 1.0
"""Of every block that is otherwise shrunk, but the pairs of neighbors, most of which never met."""
SURFACE_REACH, SURFACE_PATTERNS = 0.33, 24
"""Length scale of a site's smooth place pattern, in shares of the face, and how many parts it has."""


def place_profile(zones: Zones) -> FloatArray:
    """Log effect of height and of horizontal place from the literature, shape (S, 2), mean 0."""
    rows = int(zones.row.max()) + 1
    height = (zones.row + 0.5) / rows
    center = (zones.left + zones.right) / 2
    across = center / max(float(zones.right.max()), 1e-9)
    worst_v = max(VERTICAL_BEST, 1 - VERTICAL_BEST) ** 2
    worst_h = max(HORIZONTAL_BEST, 1 - HORIZONTAL_BEST) ** 2
    profile = np.column_stack([
        -VERTICAL_RANGE * (height - VERTICAL_BEST) ** 2 / worst_v,
        -HORIZONTAL_RANGE * (across - HORIZONTAL_BEST) ** 2 / worst_h,
    ])
    centered: FloatArray = profile - profile.mean(axis=0)
    return centered
