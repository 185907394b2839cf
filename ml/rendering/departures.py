"""What stands on a shelf instead of what the plan says, drawn at random, with the truth about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog
from core.planogram.standing import along_in
from ml.rendering.truth import Departure

KINDS = ("missing", "fewer_facings", "replaced", "swapped", "unknown")
UNKNOWN = -1
"""Product id of a package that is in no catalog."""
ROOM = 1.03
"""By how much a package may be wider than its place."""


@dataclass(frozen=True, slots=True)
class Stand:
    """One facing as it truly stands: what it is (None: nothing), where, in inches along the shelf, and
    whose place it is."""

    product_id: int | None
    planned_id: int
    row: int
    column: int
    left: float
    right: float
    high: int
    position: int


def as_planned(plan: Planogram) -> list[Stand]:
    """Every facing where the plan wants it."""
    stands = []
    for index, p in enumerate(plan.positions):
        left, right = along_in(plan.fixture, p)
        pitch = (right - left) / p.facings
        stands += [
            Stand(p.product_id, p.product_id, p.row, p.column + n * p.cells // p.facings, left + n * pitch,
                  left + (n + 1) * pitch, p.facings_high, index)
            for n in range(p.facings)
        ]
    return stands


def departed(
    plan: Planogram, catalog: Catalog, count: int, rng: np.random.Generator, kinds: Sequence[str] = KINDS,
    outsiders: Sequence[float] = (),
) -> tuple[list[Stand], tuple[Departure, ...]]:
    """``count`` departures at different positions, and the facings as they then stand. ``outsiders``: widths
    of packages that are in no catalog, inches; without any nothing is "unknown". Only positions with as many
    facings are swapped, so that it is but a swap. Fewer where the plan has no room for more."""
    stands, touched = as_planned(plan), set[int]()
    told: list[Departure] = []
    able = [k for k in kinds if k != "unknown" or outsiders]
    for attempt in range(count * 8):
        if len(told) == count:
            break
        free = [i for i in range(len(plan.positions)) if i not in touched]
        if not free:
            break
        at, kind = int(rng.choice(free)), able[attempt % len(able)]
        others = [i for i in free if i != at]
        made = _depart(kind, at, stands, plan, catalog, rng, others, min(outsiders, default=0.0))
        if made is not None:
            stands, departure, places = made
            told.append(departure)
            touched |= places
    return stands, tuple(told)


def _depart(
    kind: str, at: int, stands: list[Stand], plan: Planogram, catalog: Catalog, rng: np.random.Generator,
    others: list[int], narrowest: float,
) -> tuple[list[Stand], Departure, set[int]] | None:
    position = plan.positions[at]
    here = (position.row, position.column, position.product_id)
    if kind == "missing":
        return _emptied(stands, at, position.facings), Departure(kind, *here, None), {at}
    if kind == "fewer_facings":
        if position.facings < 2:
            return None
        return _emptied(stands, at, 1), Departure(kind, *here, position.product_id), {at}
    if kind == "unknown":
        if narrowest > _share(stands, at) * ROOM:
            return None
        return _filled(stands, at, UNKNOWN), Departure(kind, *here, UNKNOWN), {at}
    if kind == "replaced":
        planned = set(plan.product_ids)
        fitting = [k for k in catalog if k not in planned and _fits(k, stands, at, catalog, plan)]
        if not fitting:
            return None
        other = int(rng.choice(fitting))
        return _filled(stands, at, other), Departure(kind, *here, other), {at}
    alike = (position.facings, position.facings_high)
    partners = [
        i for i in others
        if plan.positions[i].product_id != position.product_id
        and (plan.positions[i].facings, plan.positions[i].facings_high) == alike
        and _fits(plan.positions[i].product_id, stands, at, catalog, plan)
        and _fits(position.product_id, stands, i, catalog, plan)
    ]
    if not partners:
        return None
    other_at = int(rng.choice(partners))
    other = plan.positions[other_at].product_id
    swapped = _filled(_filled(stands, at, other), other_at, position.product_id)
    return swapped, Departure(kind, *here, other), {at, other_at}


def _share(stands: list[Stand], at: int) -> float:
    return next(s.right - s.left for s in stands if s.position == at)


def _fits(product_id: int, stands: list[Stand], at: int, catalog: Catalog, plan: Planogram) -> bool:
    """Whether a product is neither wider nor higher than its place."""
    product = catalog[product_id]
    clear = plan.fixture.shelf_height_in - 1.0
    high = next(s.high for s in stands if s.position == at)
    return product.width_in <= _share(stands, at) * ROOM and product.height_in * high <= clear


def _emptied(stands: list[Stand], at: int, count: int) -> list[Stand]:
    """The last ``count`` facings of a position gone."""
    own = [k for k, s in enumerate(stands) if s.position == at][-count:]
    return [_with(s, None) if k in own else s for k, s in enumerate(stands)]


def _filled(stands: list[Stand], at: int, product_id: int) -> list[Stand]:
    return [_with(s, product_id) if s.position == at else s for s in stands]


def _with(stand: Stand, product_id: int | None) -> Stand:
    return Stand(product_id, stand.planned_id, stand.row, stand.column, stand.left, stand.right, stand.high,
                 stand.position)


def gap_positions(plan: Planogram, stands: Sequence[Stand]) -> list[tuple[Position, Stand]]:
    """The facings that are missing, with the position they belong to."""
    return [(plan.positions[s.position], s) for s in stands if s.product_id is None]
