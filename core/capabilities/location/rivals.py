"""How a place's range differs from that of places like it: what only it has, and what it lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.capabilities.location.clusters import Cluster, FloatArray
from core.capabilities.overview.facts import PlanFacts
from core.planogram.planogram import Planogram
from core.planogram.product import Catalog
from core.site.site import Site

NEARBY, UNIQUE_SHARE, GAP_SHARE = 8, 0.1, 0.5
GAPS_TOLD, UNIQUE_TOLD = 6, 8


@dataclass(frozen=True, eq=False)
class Here:
    """The place: its plans with their sites, and what it sold by the hour (product, hour, units)."""

    site_id: int
    venue_type: str
    plans: tuple[tuple[int, Planogram, Site], ...]
    hourly: FloatArray


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that places like this sell and this one does not. ``daily_revenue`` is theirs, on average."""

    category: str
    product: str
    product_id: int
    carried_by: float
    daily_revenue: float
    text: str


def nearest_plans(here: Here, facts: Sequence[PlanFacts], kind: Cluster | None) -> list[PlanFacts]:
    """Plans of other places of the cluster on fixtures at the same temperatures."""
    zones = {plan.fixture.temperature_zone for _, plan, _ in here.plans}
    ids = set(kind.site_ids) if kind else set()
    return [f for f in facts if f.stand.site_id in ids and f.stand.site_id != here.site_id
            and f.fixture.temperature_zone in zones]


def _carried(here: Here) -> set[int]:
    return {i for _, plan, _ in here.plans for i in plan.product_ids}


def _by_site(facts: Sequence[PlanFacts]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for f in facts:
        found[f.stand.site_id or 0] |= f.products
    return found


def differentiation(here: Here, nearest: Sequence[PlanFacts]) -> float:
    """1 less the mean Jaccard likeness of the range with the nearest places."""
    own, ranges = _carried(here), _by_site(nearest)
    likeness = sorted((len(own & r) / len(own | r) for r in ranges.values() if own | r), reverse=True)
    return float(1.0 - np.mean(likeness[:NEARBY])) if likeness else 1.0


def unique_products(here: Here, facts: Sequence[PlanFacts], catalog: Catalog) -> tuple[str, ...]:
    """Products that at most one in ten other places carries, the best seller first."""
    ranges = [r for site, r in _by_site(facts).items() if site != here.site_id]
    if not ranges:
        return ()
    rare = [i for i in _carried(here) if sum(i in r for r in ranges) <= UNIQUE_SHARE * len(ranges)]
    rare.sort(key=lambda i: (-catalog[i].velocity, i))
    return tuple(catalog[i].name for i in rare[:UNIQUE_TOLD])


def market_gaps(here: Here, nearest: Sequence[PlanFacts], catalog: Catalog) -> tuple[Gap, ...]:
    """What most of the nearest places carry and this one does not, by what it earns them."""
    own, ranges = _carried(here), _by_site(nearest)
    if not ranges:
        return ()
    earned: dict[int, float] = defaultdict(float)
    for f in nearest:
        for product_id, money in f.earned.items():
            earned[product_id] += money
    found = []
    for product_id in {i for r in ranges.values() for i in r} - own:
        count = sum(product_id in r for r in ranges.values())
        if count < GAP_SHARE * len(ranges):
            continue
        product, daily = catalog[product_id], earned[product_id] / count
        found.append(Gap(
            product.category, product.name, product_id, count / len(ranges), daily,
            f"{count} of {len(ranges)} places like this carry {product.name}, which earns them "
            f"${daily:.2f} a day.",
        ))
    return tuple(sorted(found, key=lambda g: -g.daily_revenue * g.carried_by)[:GAPS_TOLD])
