"""Which product should stand on each place of a plan: by what it earns, its health, and what is short."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.capabilities.location.clusters import Cluster, FloatArray
from core.capabilities.overview.facts import PlanFacts
from core.capabilities.widen import covering
from core.errors import BadInput
from core.planogram.fixture import Placement
from core.planogram.planogram import Planogram, Position
from core.site.site import Site

GOALS = ("revenue", "variety", "health_score")
HEALTHY, HEALTH_MISSING = 60.0, 50.0
"""Health score from which it is told, and what one counts as that nobody has given."""
CROWDED = 0.6
"""What a product is worth less for each of its category beyond the room that it should have."""


@dataclass(frozen=True, slots=True)
class Goals:
    """What counts, each 0 or more; they need not add up to 1."""

    revenue: float = 1.0
    variety: float = 0.0
    health_score: float = 0.0

    def __post_init__(self) -> None:
        values = (self.revenue, self.variety, self.health_score)
        if not all(np.isfinite(values)) or min(values) < 0 or sum(values) <= 0:
            raise BadInput(f"The goals {', '.join(f'{v:g}' for v in values)} cannot be used.",
                           "Give weights of 0 or more, at least one above 0.")


@dataclass(frozen=True, slots=True)
class Recommendation:
    """``change``: keep, move or new; ``expected_velocity`` in units a day at this slot."""

    planogram_id: int
    slot: str
    product_id: int
    product: str
    reason: str
    expected_velocity: float
    change: str


def recommend(
    planogram_id: int, plan: Planogram, site: Site, goals: Goals, target: Mapping[str, float],
    kind: Cluster | None, facts: Sequence[PlanFacts],
) -> list[Recommendation]:
    """A product for every position of a plan, the best place first."""
    site = covering(site, (plan,))
    response, fixture = site.response, plan.fixture
    ids = [int(i) for i in response.product_ids if _may_stand(int(i), plan, site)]
    if not ids or not plan.positions:
        return []
    index = np.array([response.index[i] for i in ids])
    units = np.exp(response.point.base[0, index])
    money = units * response.reference_price[index]
    category = [site.catalog[i].category for i in ids]
    worth = _worth(site, ids, money, category, goals, target)
    slot = np.exp(response.point.slot[0]) if len(response.zones) == fixture.cell_count else None
    value = np.array([
        1.0 if slot is None else slot[fixture.cell_index(p.row, p.column)] for p in plan.positions
    ])
    carriers = _carriers(kind, facts)
    standing = set(plan.product_ids)
    left = np.ones(len(ids), bool)
    ample = len(plan.positions) * (1.5 + goals.variety)
    room = {c: max(1.0, target.get(c, 0.0) * ample) for c in set(category)}
    taken: dict[str, int] = defaultdict(int)
    found: dict[int, Recommendation] = {}
    for k in np.argsort(-value, kind="stable").tolist():
        p = plan.positions[k]
        crowded = np.array([CROWDED ** max(0.0, taken[c] - room[c] + 1.0) for c in category])
        score = np.where(left & _fits(p, ids, plan, site), worth * crowded, -np.inf)
        if not np.isfinite(score.max()):
            continue
        best = int(np.argmax(score))
        left[best] = False
        taken[category[best]] += 1
        change = "keep" if ids[best] == p.product_id else "move" if ids[best] in standing else "new"
        found[k] = Recommendation(
            planogram_id, p.slot, ids[best], site.catalog[ids[best]].name,
            _reason(site, ids[best], change, float(money[best]), carriers, kind, goals),
            float(units[best] * value[k]), change,
        )
    return [found[k] for k in sorted(found)]


def _may_stand(product_id: int, plan: Planogram, site: Site) -> bool:
    product = site.catalog.get(product_id)
    return product is not None and product.temperature in (None, plan.fixture.temperature_zone)


def _fits(position: Position, ids: Sequence[int], plan: Planogram, site: Site) -> NDArray[np.bool_]:
    """Which products have room where a position stands; in a machine all do."""
    if plan.fixture.placement is Placement.SLOTS:
        return np.ones(len(ids), bool)
    return np.array([0 < site.catalog[i].width_in <= position.width_in + 0.01 for i in ids])


def _worth(
    site: Site, ids: Sequence[int], money: FloatArray, category: Sequence[str], goals: Goals,
    target: Mapping[str, float],
) -> FloatArray:
    """Worth of each product by the goals: money and health against the best, variety by what is wanted."""
    health = np.array([
        HEALTH_MISSING if site.catalog[i].health_score is None else float(site.catalog[i].health_score or 0.0)
        for i in ids
    ]) / 100.0
    wanted = np.array([target.get(c, 0.0) for c in category])
    scaled = money / max(float(money.max()), 1e-9)
    variety = wanted / max(float(wanted.max()), 1e-9)
    total = goals.revenue + goals.variety + goals.health_score
    result: FloatArray = (
        goals.revenue * scaled
        + goals.variety * 0.5 * (variety + scaled)
        + goals.health_score * health * (0.5 + 0.5 * scaled)
    ) / total
    return result


def _carriers(kind: Cluster | None, facts: Sequence[PlanFacts]) -> dict[int, tuple[int, float]]:
    """Product → at how many places of the cluster it stands, and its money a day there."""
    if kind is None:
        return {}
    found: dict[int, list[float]] = defaultdict(list)
    for f in facts:
        if f.stand.site_id in kind.site_ids:
            for product_id, earned in f.earned.items():
                found[product_id].append(earned)
    return {i: (len(v), float(np.mean(v))) for i, v in found.items()}


def _reason(
    site: Site, product_id: int, change: str, money: float, carriers: Mapping[int, tuple[int, float]],
    kind: Cluster | None, goals: Goals,
) -> str:
    product = site.catalog[product_id]
    health = product.health_score or 0.0
    tail = f"; health score {health:.0f}" if goals.health_score > 0 and health >= HEALTHY else ""
    count, earned = carriers.get(product_id, (0, 0.0))
    if change == "new" and kind is not None and count:
        return (f"New here: {count} of {len(kind.site_ids)} places like this carry it, where it earns "
                f"${earned:.2f} a day{tail}.")
    if change == "new":
        return f"New here: expected to earn ${money:.2f} a day in an average slot{tail}."
    verb = "Stays here" if change == "keep" else "Moves here"
    return f"{verb}: earns ${money:.2f} a day in an average slot here{tail}."
