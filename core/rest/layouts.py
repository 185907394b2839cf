"""Layouts that a client sends for a plan that is already there."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.errors import RuleViolation
from core.planogram.fixture import Fixture
from core.planogram.parse import adjacent, merge_adjacent, positions_from_payload
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog
from core.planogram.rules import added_violations, refusal
from core.planogram.space import span

NO_STOCK = (None, None, None, False)


def layout_of(current: Planogram, items: object, catalog: Catalog) -> Planogram:
    """The plan with these positions. Touching positions of one product become facings, except where the
    plan itself keeps them apart, as a machine's coils may be. Raises BadInput."""
    sent = positions_from_payload(items, current.fixture, catalog, merge=False)
    return current.with_positions(_as_they_stand(current, sent))


def scenario_of(current: Planogram, items: object, catalog: Catalog) -> Planogram:
    """As ``layout_of``; what is left out of a position stays as it is for the product: its price, and at
    the same place its stock and its facings high and deep. Raises BadInput."""
    sent = positions_from_payload(items, current.fixture, catalog, merge=False)
    prices: dict[int, float | None] = {}
    for p in current.positions:
        prices.setdefault(p.product_id, p.price)
    there = {(p.product_id, p.row, p.column): p for p in current.positions}
    filled = [_kept(p, there, prices) for p in sent]
    return current.with_positions(_as_they_stand(current, filled, keep_stock=True))


def _as_they_stand(
    current: Planogram, sent: Sequence[Position], *, keep_stock: bool = False
) -> list[Position]:
    """Neighbors of one product joined to facings, unless the plan has the same facings in parts: then its
    own parts, so that two ways to write one shelf are no change. ``keep_stock``: stock left out stays."""
    fixture = current.fixture
    own: dict[tuple[object, ...], deque[Sequence[Position]]] = defaultdict(deque)
    for group in adjacent(current.positions, fixture):
        own[_facings(group, fixture)].append(group)
    apart = any(len(group) > 1 for groups in own.values() for group in groups)
    result: list[Position] = []
    for group in adjacent(sent, fixture):
        alike = own[_facings(group, fixture)]
        parts = alike.popleft() if alike else []
        if parts and (_stock(group) == _stock(parts) or (keep_stock and _stock(group) == NO_STOCK)):
            result += parts
        else:
            result += group if apart else merge_adjacent(group, fixture)
    return result


def _facings(group: Sequence[Position], fixture: Fixture) -> tuple[object, ...]:
    """What tells touching facings of one product from others, however they are cut into positions."""
    first, last = group[0], group[-1]
    return (
        first.product_id, first.row, round(span(first, fixture)[0], 2), round(span(last, fixture)[1], 2),
        sum(p.facings for p in group), first.facings_high, first.facings_deep, first.price,
    )


def _stock(group: Sequence[Position]) -> tuple[int | bool | None, ...]:
    """Capacity, quantity, par level and lock of all together; None where not all are known."""
    figures = ([p.capacity for p in group], [p.quantity for p in group], [p.par_level for p in group])
    totals = [None if None in values else sum(v for v in values if v is not None) for values in figures]
    return *totals, any(p.locked for p in group)


def stocked(current: Planogram, slots: Sequence[Mapping[str, Any]], catalog: Catalog) -> Planogram:
    """The plan as a client sees it now: what stands at the same place keeps its facings and price, with
    the quantity and capacity that were sent. Raises BadInput."""
    sent = layout_of(current, list(slots), catalog)
    there = {(p.product_id, p.row, p.column): p for p in current.positions}

    def known(p: Position) -> Position:
        was = there.get((p.product_id, p.row, p.column))
        if was is None:
            return p
        capacity = was.capacity if p.capacity is None else p.capacity
        quantity = was.quantity if p.quantity is None else p.quantity
        return replace(was, capacity=capacity, quantity=quantity)

    return sent.with_positions(known(p) for p in sent.positions)


def require_possible(current: Planogram, proposed: Planogram, catalog: Catalog) -> None:
    """Raises RuleViolation when the proposed layout breaks hard rules that the current one keeps."""
    broken = added_violations(current, proposed, catalog)
    if broken:
        raised: RuleViolation = refusal(broken)
        raise raised


def _kept(
    p: Position, there: Mapping[tuple[int, int, int], Position], prices: Mapping[int, float | None]
) -> Position:
    was = there.get((p.product_id, p.row, p.column))
    price = p.price if p.price is not None else was.price if was else prices.get(p.product_id)
    if was is not None and was.facings == p.facings:
        return replace(was, price=price)
    return replace(p, price=price)
