"""Layouts that a client sends for a plan that is already there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.errors import RuleViolation
from core.planogram.parse import merge_adjacent, positions_from_payload
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog
from core.planogram.rules import added_violations, refusal


def layout_of(current: Planogram, items: object, catalog: Catalog) -> Planogram:
    """The plan with these positions. Touching positions of one product become facings, unless the plan
    itself keeps such positions apart, as a machine's coils may be. Raises BadInput."""
    fixture = current.fixture
    merge = merge_adjacent(current.positions, fixture) == current.positions
    return current.with_positions(positions_from_payload(items, fixture, catalog, merge=merge))


def scenario_of(current: Planogram, items: object, catalog: Catalog) -> Planogram:
    """As ``layout_of``; what is left out of a position stays as it is for the product: its price, and at
    the same place its facings high and deep. Raises BadInput."""
    plan = layout_of(current, items, catalog)
    prices: dict[int, float | None] = {}
    for p in current.positions:
        prices.setdefault(p.product_id, p.price)
    there = {(p.product_id, p.row, p.column): p for p in current.positions}
    return plan.with_positions(_kept(p, there, prices) for p in plan.positions)


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
