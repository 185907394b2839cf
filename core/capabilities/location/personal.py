"""What a place should carry: by its own sales, places that sell alike, its people, its hours, and the goals.

Every product that may stand is given a worth: what it would earn in an average slot here (the place's
response, which knows its own sales and the fleet's), how healthy it is, and how far its category is short of
what places like this sell. The goals weigh the three. The best place goes to the product worth most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from core.capabilities.location.clusters import Cluster, PlaceSales, clusters, shrunken_shares
from core.capabilities.location.hours import TimeSuggestion, time_suggestions
from core.capabilities.location.range import Goals, Recommendation, recommend
from core.capabilities.location.rivals import (
    Gap,
    Here,
    differentiation,
    market_gaps,
    nearest_plans,
    unique_products,
)
from core.capabilities.overview.facts import PlanFacts
from core.planogram.product import Catalog

OWN_WEIGHT_UNITS = 400.0
"""Units sold at which a place's own mix counts as much as that of places like it."""


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the place beyond its sales. ``traffic``: share of the visitors by hour, 24 values, or
    nothing; ``demographics`` as stores have them (median_age, median_income, …)."""

    type: str = ""
    demographics: Mapping[str, float] = field(default_factory=dict)
    traffic: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class MixLine:
    """Share of the facings of a category now, as advised, and of the sales at places like this."""

    category: str
    now: float
    advised: float
    alike: float


@dataclass(frozen=True, slots=True)
class Personalized:
    """``differentiation_score``: 0 where the range equals that of the nearest places, 1 where it shares
    nothing with them."""

    recommendations: tuple[Recommendation, ...]
    category_mix: tuple[MixLine, ...]
    time_based: tuple[TimeSuggestion, ...]
    differentiation_score: float
    unique_products: tuple[str, ...]
    market_gaps: tuple[Gap, ...]
    cluster: str
    learned_from: str
    degraded: bool


def personalize(
    here: Here, facts: Sequence[PlanFacts], catalog: Catalog, goals: Goals, context: Context,
    people: Mapping[int, Mapping[str, float]] | None = None,
) -> Personalized:
    """Advice for one place. ``facts`` of all plans; ``people``: demographics by site, where known."""
    places = _place_sales(facts, catalog)
    categories = sorted({c for p in places for c in p.units} | {p.category for p in catalog.values()})
    kind = _kind_of(here, places, categories, context, people or {})
    target = _target_mix(here, places, categories, kind)
    now = _mix_now(here, catalog)
    chosen = [r for number, plan, site in here.plans
              for r in recommend(number, plan, site, goals, target, kind, facts)]
    advised = _mix_of([catalog[r.product_id].category for r in chosen])
    nearest = nearest_plans(here, facts, kind)
    mix = tuple(MixLine(c, now.get(c, 0.0), advised.get(c, 0.0), target[c])
                for c in sorted(target, key=lambda c: -target[c])
                if max(now.get(c, 0.0), advised.get(c, 0.0), target[c]) >= 0.01)
    sites = [site for _, _, site in here.plans]
    return Personalized(
        tuple(chosen), mix, time_suggestions(here.hourly, catalog, context.traffic),
        differentiation(here, nearest), unique_products(here, facts, catalog),
        market_gaps(here, nearest, catalog),
        kind.label if kind else "no other place sells yet",
        sites[0].response.provenance.phrase if sites else "", all(s.history_days == 0 for s in sites),
    )


def _place_sales(facts: Sequence[PlanFacts], catalog: Catalog) -> list[PlaceSales]:
    """What each place with sales sells by category, all its plans together."""
    money: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    names: dict[int, tuple[str, str]] = {}
    for f in facts:
        if f.stand.site_id is None or f.revenue <= 0:
            continue
        names[f.stand.site_id] = (f.stand.site_name, f.stand.venue_type)
        for product_id, earned in f.earned.items():
            product = catalog[product_id]
            money[f.stand.site_id][product.category] += earned / max(product.price, 0.25)
    return [PlaceSales(i, *names[i], dict(units), 28.0) for i, units in sorted(money.items())]


def _kind_of(
    here: Here, places: Sequence[PlaceSales], categories: Sequence[str], context: Context,
    people: Mapping[int, Mapping[str, float]],
) -> Cluster | None:
    """The cluster that the place belongs to; where it is said to be of another type, that type's places;
    of those the ones whose people are most alike, where that is known."""
    if context.type and context.type != here.venue_type:
        named = [p for p in places if p.venue_type == context.type]
        places = named or places
    found = clusters(places, categories)
    own = next((c for c in found if here.site_id in c.site_ids), None)
    if own is None and found:
        same = [c for c in found if c.venue_type == (context.type or here.venue_type)]
        own = (same or found)[0]
    if own is None or not context.demographics:
        return own
    return _people_alike(own, places, categories, context.demographics, people)


def _people_alike(
    kind: Cluster, places: Sequence[PlaceSales], categories: Sequence[str], wanted: Mapping[str, float],
    people: Mapping[int, Mapping[str, float]],
) -> Cluster:
    """The mix of the cluster weighed by how alike the people are, on the figures that both sides know."""
    shared = [k for k in wanted if any(k in people.get(i, {}) for i in kind.site_ids)]
    told = {i for i in kind.site_ids if {*shared} <= people.get(i, {}).keys()}
    members = [p for p in places if p.site_id in told]
    if not shared or len(members) < 2:
        return kind
    table = np.array([[people[p.site_id][k] for k in shared] for p in members], float)
    spread = np.maximum(table.std(axis=0), 1e-9)
    distance = (((table - np.array([wanted[k] for k in shared])) / spread) ** 2).mean(axis=1)
    weight = np.exp(-0.5 * (distance - distance.min()))
    mean = weight @ shrunken_shares(members, categories) / weight.sum()
    mix = {categories[i]: float(mean[i]) for i in np.argsort(-mean, kind="stable").tolist()}
    label = f"{kind.label}, weighed by how alike their people are"
    return Cluster(kind.site_ids, kind.venue_type, mix, label)


def _target_mix(
    here: Here, places: Sequence[PlaceSales], categories: Sequence[str], kind: Cluster | None
) -> dict[str, float]:
    """The own shares of sales, mixed with those of places like it by how much was sold."""
    own = next((p for p in places if p.site_id == here.site_id), None)
    alike = np.array([kind.mix.get(c, 0.0) if kind else 1.0 / len(categories) for c in categories])
    if own is None:
        return dict(zip(categories, alike.tolist(), strict=True))
    units = np.array([own.units.get(c, 0.0) * own.days for c in categories])
    mixed = (units + OWN_WEIGHT_UNITS * alike) / (units.sum() + OWN_WEIGHT_UNITS)
    return dict(zip(categories, mixed.tolist(), strict=True))


def _mix_now(here: Here, catalog: Catalog) -> dict[str, float]:
    return _mix_of([catalog[p.product_id].category for _, plan, _ in here.plans for p in plan.positions
                    for _ in range(p.facings)])


def _mix_of(names: Sequence[str]) -> dict[str, float]:
    return {c: names.count(c) / len(names) for c in set(names)} if names else {}
