"""Plans worth comparing with the one that stands: what a merchandiser would try first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from core.capabilities.heat import best_swaps
from core.capabilities.shelf import shelf_of
from core.capabilities.widen import covering
from core.errors import BadInput, RuleViolation
from core.planogram import edit
from core.planogram.planogram import Planogram, Position
from core.site.site import Site

PRICE_STEP = 0.05
RAISE = 1.05


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan under a short name, and in one sentence what it changes."""

    key: str
    name: str
    what: str
    plan: Planogram


def proposals(plan: Planogram, site: Site) -> tuple[Proposal, ...]:
    """The proposals that the rules allow on this plan; none for an empty one."""
    if not plan.positions:
        return ()
    site = covering(site, (plan,))
    makers: tuple[Callable[[Planogram, Site], Proposal | None], ...] = (
        _swaps, _prices, _second_facing, _without_slowest,
    )
    found = (make(plan, site) for make in makers)
    return tuple(p for p in found if p is not None and p.plan != plan)


def _swaps(plan: Planogram, site: Site) -> Proposal | None:
    """The best three swaps, as many of them as go together."""
    after, said = plan, []
    for swap in best_swaps(plan, site, 3):
        try:
            after = edit.swap(after, site.catalog, swap.a, swap.b)
        except (BadInput, RuleViolation):
            continue
        said.append(f"{swap.a} ↔ {swap.b}")
    if not said:
        return None
    name = "Best swap" if len(said) == 1 else f"Best {len(said)} swaps"
    return Proposal("swaps", name, "Swap " + ", ".join(said) + ".", after)


def _prices(plan: Planogram, site: Site) -> Proposal | None:
    after = plan.with_positions(replace(p, price=_raised(p, site)) for p in plan.positions)
    return Proposal("prices", "Prices +5%", "Raise every price by 5%, to the next five cents.", after)


def _raised(position: Position, site: Site) -> float | None:
    price = site.catalog[position.product_id].price if position.price is None else position.price
    return round(round(price * RAISE / PRICE_STEP) * PRICE_STEP, 2) if price > 0 else position.price


def _second_facing(plan: Planogram, site: Site) -> Proposal | None:
    """One facing more for the best seller: beside it where there is room, else in the slowest's place."""
    best, slowest = _extremes(plan, site)
    name = site.catalog[best.product_id].name
    try:
        after = edit.set_facings(plan, site.catalog, best, best.facings * 2)
    except (BadInput, RuleViolation):
        pass
    else:
        what = f"Give {name} twice its facings at {best.slot}."
        return Proposal("facings", "Twice the best seller", what, after)
    try:
        after = edit.drop(plan, site.catalog, (slowest.row, slowest.column), product_id=best.product_id).plan
    except (BadInput, RuleViolation):
        return None
    gone = site.catalog[slowest.product_id].name
    return Proposal(
        "facings", "Twice the best seller", f"Put {name} at {slowest.slot} too, in place of {gone}.", after
    )


def _without_slowest(plan: Planogram, site: Site) -> Proposal | None:
    _, slowest = _extremes(plan, site)
    try:
        after = edit.remove(plan, site.catalog, slowest)
    except (BadInput, RuleViolation):
        return None
    name = site.catalog[slowest.product_id].name
    what = f"Take {name} off {slowest.slot} and leave the slot empty."
    return Proposal("drop", "Drop the slowest", what, after)


def _extremes(plan: Planogram, site: Site) -> tuple[Position, Position]:
    """The positions that earn most and least, locked ones aside where others are there."""
    revenue = shelf_of(plan, site).position_revenue()
    free = np.array([not p.locked for p in plan.positions])
    usable = free if free.any() else np.ones(len(free), np.bool_)
    best = int(np.argmax(np.where(usable, revenue, -np.inf)))
    slowest = int(np.argmin(np.where(usable, revenue, np.inf)))
    return plan.positions[best], plan.positions[slowest]
