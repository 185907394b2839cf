"""Advice of a shelf's depth and shape: what is deeper than its place, and what would bend around a corner."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np

from core.planogram import geometry
from core.planogram.findings import Notice, Rule
from core.planogram.fixture import Fixture, Placement
from core.planogram.planogram import Position
from core.planogram.product import Product

DEEPER_IN = 0.05
"""Less than this much too deep is not worth a word."""
ON_CORNER_IN = 0.01


def room_notices(fixture: Fixture, placed: Iterable[tuple[Position, Product]]) -> Iterator[Notice]:
    """One notice a position that has no room behind its front, or a facing across the corner of an L.

    Not of machines, whose depth is that of their coils.
    """
    if fixture.placement is Placement.SLOTS:
        return
    stands = [(p, q) for p, q in placed if _measured(p, q)]
    share = np.array([p.width_in / p.facings for p, _ in stands])
    wide = np.minimum([q.width_in for _, q in stands], share)
    rooms = geometry.room_behind_in(fixture, wide, share)
    for (position, product), room in zip(stands, rooms.tolist(), strict=True):
        at = f"{product.name} at {position.slot}"
        if _across_corner(fixture, position):
            yield Notice(Rule.SHELF_DEPTH, f"{at} stands across the corner.", position.slot, product.id,
                         "Move it to one of the two legs.")
        elif product.depth_in > room + DEEPER_IN:
            yield Notice(Rule.SHELF_DEPTH, f"{at} is {product.depth_in:g} in deep, {_left(fixture, room)}.",
                         position.slot, product.id, _hint(fixture))


def _measured(position: Position, product: Product) -> bool:
    sizes = product.width_in, product.depth_in, position.width_in, position.facings
    return all(math.isfinite(v) and v > 0 for v in sizes)


def _across_corner(fixture: Fixture, position: Position) -> bool:
    """Whether a facing, not the line between two, lies on the corner."""
    corner = geometry.front(fixture).corner_in
    if corner is None or not position.x_in + ON_CORNER_IN < corner < position.right_in - ON_CORNER_IN:
        return False
    share = position.width_in / position.facings
    into = (corner - position.x_in) % share
    return min(into, share - into) > ON_CORNER_IN


def _left(fixture: Fixture, room: float) -> str:
    if geometry.front(fixture).radius_in is None:
        return f"the shelf {room:.1f} in"
    return f"the curve leaves {room:.1f} in behind a front as wide"


def _hint(fixture: Fixture) -> str:
    if geometry.front(fixture).radius_in is None:
        return "Put it on a deeper shelf."
    return "Give each facing more width along the front, or put it on a straight shelf."
