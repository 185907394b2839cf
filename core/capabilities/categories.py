"""Which categories a new plan should hold: what sells on fixtures like it, at places like it, in the season.

Every plan of the company that sells is a witness, weighed by how alike its fixture and its place are. What a
category earns by slot or foot of shelf there, shrunken towards the mean of all where few carry it, times what
the season does to its products, ranks it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.capabilities.overview.facts import PlanFacts, size_of, size_word
from core.planogram.fixture import Fixture
from core.planogram.product import Catalog
from core.site.zones import FloatArray

OTHER_KIND, OTHER_SHAPE, OTHER_VENUE = 0.15, 0.7, 0.5
"""Weight of a witness on another kind of fixture, of another shape, at another kind of place."""
PRIOR_WITNESSES = 1.5
"""How many average witnesses a category's result is mixed with."""
FULL_TRUST = 4.0
"""Witnesses at which confidence is half of what it can be."""
CHIPS = 6
UNSORTED = "Uncategorized"
"""What imports call products whose category nobody gave: nothing to choose by."""
MOST_IN_SET, LEAST_IN_SET = 12, 2


@dataclass(frozen=True, slots=True)
class CategorySuggestion:
    """``categories`` by the name and, in the same order, the id; ``confidence`` 0–1."""

    category_ids: tuple[int, ...]
    categories: tuple[str, ...]
    confidence: float
    reasoning: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """The plan to be made. ``venue_type`` and ``site_id`` of the store, where one is named."""

    fixture: Fixture
    season: str | None = None
    venue_type: str = ""
    site_id: int | None = None
    store_name: str = ""


@dataclass(frozen=True, slots=True)
class _Standing:
    """A category among the witnesses: money by size, of how many of them, and what the season does to it."""

    name: str
    money: float
    carried: float
    witnesses: float
    season: float

    @property
    def worth(self) -> float:
        return self.money * self.season


def suggest_categories(
    wanted: Wanted, facts: Sequence[PlanFacts], catalog: Catalog, ids: Mapping[str, int]
) -> tuple[CategorySuggestion, ...]:
    """A set of categories first, then single ones, the best first; only those with a product that may stand
    on the fixture. ``ids``: category name → id. Without any sales, by margin, velocity and season alone."""
    possible = _possible(wanted.fixture, catalog, ids)
    if not possible:
        return ()
    season = {c: _season_of(c, wanted.season, catalog) for c in possible}
    zone = wanted.fixture.temperature_zone
    sells = [f for f in facts if f.revenue > 0 and f.fixture.temperature_zone is zone]
    weights = np.array([_alike(wanted, f) for f in sells])
    if not sells or weights.sum() < 0.2:
        return _without_sales(wanted, catalog, possible, season, ids)
    standing = _standings(possible, sells, weights, season)
    best = sorted(standing, key=lambda s: -s.worth)
    known = [s for s in best if s.witnesses] or best
    singles = [_single(s, wanted, sells, ids) for s in known[:CHIPS]]
    return (_set(known, wanted, sells, weights, ids), *singles)


def _possible(fixture: Fixture, catalog: Catalog, ids: Mapping[str, int]) -> list[str]:
    zone = fixture.temperature_zone
    fits = {p.category for p in catalog.values() if p.temperature in (None, zone)}
    return sorted(c for c in fits if c in ids and c != UNSORTED)


def _season_of(category: str, season: str | None, catalog: Catalog) -> float:
    """Demand in the season relative to the mean of the year, over the category's products."""
    if season is None:
        return 1.0
    ratio = [
        p.seasonality[season] / mean
        for p in catalog.values()
        if p.category == category and season in p.seasonality
        and (mean := sum(p.seasonality.values()) / len(p.seasonality)) > 0
    ]
    return float(np.mean(ratio)) if ratio else 1.0


def _alike(wanted: Wanted, f: PlanFacts) -> float:
    """Weight of a witness, 0–1, more than 1 for a plan of the same store."""
    fixture = wanted.fixture
    weight = 1.0 if f.fixture.placement is fixture.placement else OTHER_KIND
    weight *= 1.0 if f.fixture.shape is fixture.shape else OTHER_SHAPE
    weight *= math.exp(-abs(math.log(f.size / size_of(fixture))))
    if wanted.venue_type and f.stand.venue_type != wanted.venue_type:
        weight *= OTHER_VENUE
    return 2.0 * weight if wanted.site_id is not None and f.stand.site_id == wanted.site_id else weight


def _standings(
    categories: Sequence[str], facts: Sequence[PlanFacts], weights: FloatArray, season: Mapping[str, float]
) -> list[_Standing]:
    carries = np.array([[c in f.space for f in facts] for c in categories])
    money = np.array([
        [f.sales.get(c, 0.0) * f.revenue / max(f.space.get(c, 0.0) * f.size, 1e-9) if c in f.space else 0.0
         for f in facts] for c in categories
    ])
    weight = carries * weights
    total = weight.sum(axis=1)
    mean = float((money * weight).sum() / max(weight.sum(), 1e-9))
    shrunken = ((money * weight).sum(axis=1) + PRIOR_WITNESSES * mean) / (total + PRIOR_WITNESSES)
    share = total / weights.sum()
    worth = (shrunken * (0.5 + 0.5 * share)).tolist()  # what few carry is less sure to sell
    return [
        _Standing(c, worth[k], float(share[k]), float(carries[k].sum()), season[c])
        for k, c in enumerate(categories)
    ]


def _confidence(carried: float, witnesses: float) -> float:
    return round((0.35 + 0.6 * carried) * witnesses / (witnesses + FULL_TRUST), 2)


def _single(
    s: _Standing, wanted: Wanted, facts: Sequence[PlanFacts], ids: Mapping[str, int]
) -> CategorySuggestion:
    unit = size_word(wanted.fixture)
    if s.witnesses:
        text = (f"{s.witnesses:.0f} of {len(facts)} plans like this carry it; there it earns about "
                f"${s.money:.2f} a day by {unit} of its own{_season_words(s.season, wanted.season)}.")
    else:
        text = f"No plan like this carries it yet{_season_words(s.season, wanted.season)}."
    return CategorySuggestion((ids[s.name],), (s.name,), _confidence(s.carried, s.witnesses), text)


def _season_words(factor: float, season: str | None) -> str:
    percent = round(100 * (factor - 1.0))
    if season is None or abs(percent) < 3:
        return ""
    return f", and sells {abs(percent)}% {'more' if percent > 0 else 'less'} in {season}"


def _set(
    best: Sequence[_Standing], wanted: Wanted, facts: Sequence[PlanFacts], weights: FloatArray,
    ids: Mapping[str, int],
) -> CategorySuggestion:
    """As many categories as plans of this size hold, the best of them."""
    usual = float((np.array([len(f.space) for f in facts]) * weights).sum() / weights.sum())
    count = max(LEAST_IN_SET, min(round(usual), MOST_IN_SET, len(best)))
    chosen = best[:count]
    top = facts[int(np.argmax(weights))]
    carried = float(np.mean([s.carried for s in chosen]))
    like = f"places like {top.stand.site_name}"
    at = f"{wanted.store_name} and places like it" if wanted.store_name else like
    season = f" in {wanted.season}" if wanted.season else ""
    size = f"{size_of(wanted.fixture):.0f}-{size_word(wanted.fixture).split()[0]}"
    text = (f"What earns most on a {size} fixture at {at}{season}; plans of this size hold about {usual:.0f} "
            "categories.")
    return CategorySuggestion(
        tuple(ids[s.name] for s in chosen), tuple(s.name for s in chosen),
        _confidence(carried, float(len(facts))), text,
    )


def _without_sales(
    wanted: Wanted, catalog: Catalog, possible: Sequence[str], season: Mapping[str, float],
    ids: Mapping[str, int],
) -> tuple[CategorySuggestion, ...]:
    """No plan like it has sold anything: margin × velocity of the products, and the season."""
    zone = wanted.fixture.temperature_zone
    worth = {
        c: season[c] * float(np.mean([
            max(p.margin, 0.0) * max(p.velocity, 0.05)
            for p in catalog.values() if p.category == c and p.temperature in (None, zone)
        ])) for c in possible
    }
    best = sorted(possible, key=lambda c: -worth[c])
    text = "No plan like this has sales yet: by the margin and velocity of its products"
    singles = [
        CategorySuggestion((ids[c],), (c,), 0.2, f"{text}{_season_words(season[c], wanted.season)}.")
        for c in best[:CHIPS]
    ]
    several = best[: max(LEAST_IN_SET, min(MOST_IN_SET, len(best) // 3))]
    whole = CategorySuggestion(tuple(ids[c] for c in several), tuple(several), 0.2, f"{text}.")
    return (whole, *singles)
