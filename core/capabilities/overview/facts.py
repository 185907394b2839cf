"""How every plan of a company does: what it is, what stands on it, what it sells.

The common ground of the overview (what the best do differently), of category suggestions and of what a
place is advised to carry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.planogram.fixture import Fixture, Placement
from core.planogram.planogram import Planogram
from core.planogram.product import Catalog

INCHES_A_FOOT = 12.0


@dataclass(frozen=True, slots=True)
class Stand:
    """A plan at its place. ``site_id`` is None for one that stands nowhere yet."""

    planogram_id: int
    name: str
    site_id: int | None
    site_name: str
    venue_type: str
    season: str | None
    plan: Planogram


@dataclass(frozen=True, eq=False)
class PlanFacts:
    """``revenue`` and ``units`` a day over the last weeks, 0 where nothing was sold; ``space`` and ``sales``:
    shares of facings and of revenue by category; ``earned``: money a day by product."""

    stand: Stand
    revenue: float
    units: float
    space: Mapping[str, float]
    sales: Mapping[str, float]
    earned: Mapping[int, float]

    @property
    def fixture(self) -> Fixture:
        return self.stand.plan.fixture

    @property
    def size(self) -> float:
        """Slots of a machine, feet of shelf elsewhere."""
        return size_of(self.fixture)

    @property
    def per_size(self) -> float:
        """Money a day by slot or by foot of shelf."""
        return self.revenue / self.size

    @property
    def products(self) -> frozenset[int]:
        return frozenset(self.stand.plan.product_ids)


def size_of(fixture: Fixture) -> float:
    """Slots of a machine; elsewhere feet of shelf, all shelves together."""
    if fixture.placement is Placement.SLOTS:
        return float(fixture.cell_count)
    return fixture.width_in * fixture.rows / INCHES_A_FOOT


def size_word(fixture: Fixture) -> str:
    return "slot" if fixture.placement is Placement.SLOTS else "foot of shelf"


def facts_of(
    stands: Sequence[Stand], totals: NDArray[np.float64], days: int, catalog: Catalog
) -> list[PlanFacts]:
    """Facts of each plan. ``totals`` as ``core.store.results.product_totals``; what a product sold at a
    place with several plans is shared by its facings on them."""
    sold = {(int(r[0]), int(r[1])): (r[3] / days, r[4] / days) for r in totals}
    facings: dict[tuple[int, int], float] = defaultdict(float)
    for stand in stands:
        for p in stand.plan.positions:
            facings[stand.site_id or 0, p.product_id] += p.facings
    return [_facts(stand, sold, facings, catalog) for stand in stands]


def _facts(
    stand: Stand, sold: Mapping[tuple[int, int], tuple[float, float]],
    facings: Mapping[tuple[int, int], float], catalog: Catalog,
) -> PlanFacts:
    space: dict[str, float] = defaultdict(float)
    sales: dict[str, float] = defaultdict(float)
    earned: dict[int, float] = defaultdict(float)
    units = 0.0
    for p in stand.plan.positions:
        product = catalog.get(p.product_id)
        if product is None:
            continue
        key = (stand.site_id or 0, p.product_id)
        part = p.facings / facings[key]
        sold_units, money = sold.get(key, (0.0, 0.0))
        space[product.category] += p.facings
        sales[product.category] += part * money
        earned[p.product_id] += part * money
        units += part * sold_units
    return PlanFacts(stand, sum(earned.values()), units, shares(space), shares(sales), dict(earned))


def shares(amounts: Mapping[str, float]) -> dict[str, float]:
    """Amounts as parts of their sum, the largest first; nothing where the sum is 0."""
    total = sum(amounts.values())
    if total <= 0:
        return {}
    return {name: value / total for name, value in sorted(amounts.items(), key=lambda item: -item[1])}


def alike(
    facts: Sequence[PlanFacts], fixture: Fixture, venue_type: str = "", least: int = 4
) -> list[PlanFacts]:
    """Plans that sell, on fixtures of the same kind and temperature; of the same kind of place where there
    are ``least`` of them."""
    same = [
        f for f in facts
        if f.revenue > 0 and f.fixture.placement is fixture.placement
        and f.fixture.temperature_zone is fixture.temperature_zone
    ]
    here = [f for f in same if venue_type and f.stand.venue_type == venue_type]
    return here if len(here) >= least else same
