"""What the plans that earn most do differently from this one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.capabilities.overview.facts import PlanFacts, shares, size_word
from core.planogram.planogram import Planogram
from core.site.site import Site

BEST_PART, BEST_LEAST = 3, 2
"""The best third of the plans of a kind, at least two, are what is compared with."""
NOTICEABLE = 0.06
"""A category's share of the facings that differs by less is not told."""
COMMON = 0.6
"""Share of the best plans that carry a product which is worth mentioning."""
CATEGORIES_TOLD = 2


@dataclass(frozen=True, slots=True)
class Pattern:
    """``ours`` and ``theirs`` in the unit of ``kind``; ``advice``: what to do, where something follows."""

    kind: str
    text: str
    ours: float
    theirs: float
    advice: str = ""


def patterns(
    plan: Planogram, site: Site, per_size: float, others: Sequence[PlanFacts]
) -> tuple[Pattern, ...]:
    """How the best of the other plans of the same kind differ; nothing where there are too few."""
    if len(others) < BEST_LEAST:
        return ()
    count = max(BEST_LEAST, len(others) // BEST_PART)
    best = sorted(others, key=lambda f: -f.per_size)[:count]
    return (*_earned(plan, per_size, best), *_mix(plan, site, best), *_range(plan, best),
            *_missing(plan, site, best))


def _earned(plan: Planogram, per_size: float, best: Sequence[PlanFacts]) -> list[Pattern]:
    theirs, unit = float(np.mean([f.per_size for f in best])), size_word(plan.fixture)
    return [Pattern(
        "revenue",
        f"The best {len(best)} of its kind earn ${theirs:.2f} a day by {unit}, this plan ${per_size:.2f}.",
        per_size, theirs,
    )]


def _mix(plan: Planogram, site: Site, best: Sequence[PlanFacts]) -> list[Pattern]:
    own: dict[str, float] = defaultdict(float)
    for p in plan.positions:
        own[site.catalog[p.product_id].category] += p.facings
    ours = shares(own)
    names = {*ours, *(c for f in best for c in f.space)}
    theirs = {c: float(np.mean([f.space.get(c, 0.0) for f in best])) for c in names}
    order = sorted(names, key=lambda c: -abs(theirs[c] - ours.get(c, 0.0)))
    found = []
    for c in order[:CATEGORIES_TOLD]:
        if abs(theirs[c] - ours.get(c, 0.0)) < NOTICEABLE:
            continue
        more = theirs[c] > ours.get(c, 0.0)
        found.append(Pattern(
            "category",
            f"They give {c} {theirs[c]:.0%} of the facings, this plan {ours.get(c, 0.0):.0%}.",
            ours.get(c, 0.0), theirs[c],
            f"Give {c} {'more' if more else 'less'} room: {theirs[c]:.0%} of the facings, as the best do.",
        ))
    return found


def _range(plan: Planogram, best: Sequence[PlanFacts]) -> list[Pattern]:
    """Different products by place on the plan."""
    ours = len(plan.product_ids) / max(len(plan.positions), 1)
    theirs = float(np.mean([len(f.products) / max(len(f.stand.plan.positions), 1) for f in best]))
    if abs(ours - theirs) < 0.05 or not plan.positions:
        return []
    return [Pattern(
        "range",
        f"They hold {100 * theirs:.0f} different products on 100 positions, this plan {100 * ours:.0f}.",
        ours, theirs,
    )]


def _missing(plan: Planogram, site: Site, best: Sequence[PlanFacts]) -> list[Pattern]:
    """The product most worth having of those that most of the best carry and this plan does not."""
    own, zone = set(plan.product_ids), plan.fixture.temperature_zone
    earned: dict[int, list[float]] = defaultdict(list)
    for f in best:
        for i in f.products - own:
            product = site.catalog.get(i)
            if product is not None and product.temperature in (None, zone):
                earned[i].append(f.earned.get(i, 0.0))
    common = {i: float(np.mean(v)) for i, v in earned.items() if len(v) >= COMMON * len(best)}
    if not common:
        return []
    best_id = max(common, key=lambda i: common[i])
    name = site.catalog[best_id].name
    carried = f"{len(earned[best_id])} of the best {len(best)}"
    return [Pattern(
        "product", f"{carried} carry {name}, which earns them ${common[best_id]:.2f} a day.",
        0.0, len(earned[best_id]) / len(best), f"Try {name}: {carried} plans of this kind carry it.",
    )]
