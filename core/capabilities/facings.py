"""How many facings a product deserves: what each one brings, against what the room would earn otherwise.

The curve is the plan's money with 1, 2, 3 … facings, what it takes from neighbors and substitutes included.
More facings always sell a little more (space elasticity is below 1 but above 0), so the room has a price:
what the weaker quarter of the other positions earns by the same length. The best number is taken in every
draw of the response; the interval holds nine in ten of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from core.capabilities.change import paired_delta
from core.capabilities.overlays import units_a_day
from core.capabilities.pairs import suggest_positions
from core.capabilities.valuation import layout_of, money_of, season_ahead
from core.capabilities.widen import covering, known_product
from core.errors import NotFound
from core.planogram import edit
from core.planogram.planogram import Planogram, Position
from core.planogram.space import extent, length, row_length
from core.site.site import Site
from core.site.zones import FloatArray

MOST = 6
WEAK_QUARTER = 0.25
NINE_IN_TEN = (0.05, 0.95)
LASTING_DAYS = 3.0
"""Days that the stock of a product should last at least."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Money a day of the product with this many facings, less what others lose, and its interval."""

    facings: int
    daily_revenue: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class FacingsSuggestion:
    """``interval``: facings that are best in nine of ten draws · ``room_price``: money a day that the room of
    one facing earns otherwise · ``slot``: where the product stands, or would stand best."""

    product_id: int
    suggested_facings: int
    interval: tuple[int, int]
    reason: str
    curve: tuple[CurvePoint, ...]
    current_facings: int | None
    slot: str
    room_price: float
    learned_from: str


def suggest_facings(plan: Planogram, site: Site, product_id: int) -> FacingsSuggestion:
    """The facings of a product on a plan: of where it earns most, or where it would stand best.

    Raises BadInput for an unknown product and NotFound where it can stand nowhere.
    """
    known_product(site, product_id)
    site = covering(site, (plan,), (product_id,))
    placed, position = _standing(plan, site, product_id)
    most = _most(placed, site, position)
    point, draws = _curve(placed, site, position, most)
    price = _room_price(placed, site, position)
    cost = price * np.arange(1, most + 1)
    best = int(np.argmax(point - cost)) + 1
    low, high = np.quantile(np.argmax(draws - cost, axis=1) + 1, NINE_IN_TEN).round().astype(int).tolist()
    enough = _enough(placed, site, position, most)
    suggested = max(best, enough)
    bounds = np.quantile(draws, NINE_IN_TEN, axis=0)
    curve = tuple(
        CurvePoint(f, float(point[f - 1]), min(float(bounds[0, f - 1]), float(point[f - 1])),
                   max(float(bounds[1, f - 1]), float(point[f - 1])))
        for f in range(1, most + 1)
    )
    return FacingsSuggestion(
        product_id, suggested, (min(low, suggested), max(high, suggested)),
        _reason(site, position, point, price, best, enough, placed is plan), curve,
        position.facings if placed is plan else None, position.slot, price,
        site.response.provenance.phrase_of(product_id),
    )


def _standing(plan: Planogram, site: Site, product_id: int) -> tuple[Planogram, Position]:
    """The plan with the product on it, and its position that earns most."""
    placed = plan
    if not plan.of_product(product_id):
        best = suggest_positions(plan, site, product_id, 1).optimal_positions
        if not best:
            raise NotFound(f"{site.catalog[product_id].name} fits nowhere on this plan.",
                           "Choose a plan with room at its temperature.")
        target = plan.fixture.locate(best[0].slot)
        placed = edit.drop(plan, site.catalog, target, product_id=product_id).plan
    money = money_of(site, layout_of(placed, site), None, season_ahead(site))[0]
    own = [i for i, p in enumerate(placed.positions) if p.product_id == product_id]
    return placed, placed.positions[max(own, key=lambda i: money[i])]


def _most(plan: Planogram, site: Site, position: Position) -> int:
    one = length(site.catalog[position.product_id], plan.fixture)
    room = math.floor(row_length(plan.fixture, position.row) / one + 1e-9) if one > 0 else 1
    return max(1, min(max(MOST, position.facings + 1), room))


def _curve(
    plan: Planogram, site: Site, position: Position, most: int
) -> tuple[FloatArray, FloatArray]:
    """Money a day with 1 … ``most`` facings: point (F,) and draws (D, F)."""
    season, draws = season_ahead(site), site.response.draws
    index = plan.positions.index(position)
    layout = layout_of(plan, site)
    own, own_draws = (money_of(site, layout, e, season)[:, index] for e in (None, draws))
    point, sampled = [], []
    for facings in range(1, most + 1):
        other = replace(position, facings=facings)
        changed = plan.with_positions(other if p is position else p for p in plan.positions)
        point.append(float(own[0] + paired_delta(plan, changed, site, season, None)[0]))
        sampled.append(own_draws + paired_delta(plan, changed, site, season, draws))
    return np.array(point), np.array(sampled).T


def _room_price(plan: Planogram, site: Site, position: Position) -> float:
    """Money a day that the room of one facing earns on the weaker positions of this plan."""
    money = money_of(site, layout_of(plan, site), None, season_ahead(site))[0]
    taken = np.array([extent(p, plan.fixture) for p in plan.positions])
    others = np.array([p is not position for p in plan.positions])
    if not others.any():
        return 0.0
    by_length = money[others] / np.maximum(taken[others], 1e-9)
    one = length(site.catalog[position.product_id], plan.fixture)
    return float(np.quantile(by_length, WEAK_QUARTER) * one)


def _enough(plan: Planogram, site: Site, position: Position, most: int) -> int:
    """Facings whose stock lasts some days, 1 where the capacity is not known."""
    if not position.capacity:
        return 1
    units = units_a_day(plan, site)[plan.positions.index(position)]
    return min(max(1, math.ceil(LASTING_DAYS * units * position.facings / position.capacity)), most)


def _reason(
    site: Site, position: Position, point: FloatArray, price: float, best: int, enough: int, stands: bool
) -> str:
    name = site.catalog[position.product_id].name
    if enough > best:
        return (f"{enough} facings of {name} hold what it sells in {LASTING_DAYS:.0f} days; fewer would run "
                "out.")
    at = f"at {position.slot}" if stands else f"at {position.slot}, its best place,"
    if best == 1:
        more = f"a second facing brings ${point[1] - point[0]:.2f}" if len(point) > 1 else "there is no room"
        return (f"{name} earns ${point[0]:.2f} a day {at} with one facing; {more}, and the room earns "
                f"${price:.2f} elsewhere.")
    gain = point[best - 1] - point[best - 2]
    tail = ""
    if best < len(point):
        tail = f", one more only ${point[best] - point[best - 1]:.2f}"
    return (f"{name} {at} earns ${point[best - 1]:.2f} a day with {best} facings: the last one brings "
            f"${gain:.2f}{tail}; its room earns ${price:.2f} elsewhere.")
