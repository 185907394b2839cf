"""Soft rules that need to know what sells: judged beside those of ``core.planogram.notices``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from core.planogram.findings import Notice, Rule
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog, Product

WEIGHT = {"error": 3.0, "warning": 0.6}
MINOR = {Rule.COMPETING_APART: 0.1, Rule.REPEATED: 0.2, Rule.LOOK_ALIKE: 0.3}
"""What an issue takes off the score, as a share of one position's part of it; rules that are often broken for
good reason count less."""
OVERFACED_DAYS = 90.0
"""Days of supply from which a second facing is one too many."""


def weight(rule: Rule, severity: str) -> float:
    """What an issue takes off the layout score, as a share of one position's part of it."""
    return WEIGHT[severity] if severity == "error" else MINOR.get(rule, WEIGHT[severity])


def money_notices(plan: Planogram, catalog: Catalog, rates: Mapping[int, float]) -> tuple[Notice, ...]:
    """Prices that lose money or are missing, and facings that hardly sell. ``rates``: units a day of a
    product here."""
    return (*_below_cost(plan, catalog), *_overfaced(plan, catalog, rates), *_unpriced(plan, catalog))


def price_of(position: Position, product: Product) -> float:
    return product.price if position.price is None else position.price


def _known(plan: Planogram, catalog: Catalog) -> Iterator[tuple[Position, Product]]:
    for position in plan.positions:
        if (product := catalog.get(position.product_id)) is not None:
            yield position, product


def _below_cost(plan: Planogram, catalog: Catalog) -> Iterator[Notice]:
    for position, product in _known(plan, catalog):
        price = price_of(position, product)
        if 0 < price < product.cost:
            yield Notice(
                Rule.BELOW_COST,
                f"{product.name} at {position.slot} sells for ${price:.2f} and costs ${product.cost:.2f}.",
                position.slot, product.id, "Raise the price, or take it off.",
            )


def _overfaced(plan: Planogram, catalog: Catalog, rates: Mapping[int, float]) -> Iterator[Notice]:
    """Products whose stock lasts for months and that have more than one facing."""
    stock: dict[int, int] = defaultdict(int)
    for position in plan.positions:
        stock[position.product_id] += position.capacity or 0
    for position, product in _known(plan, catalog):
        rate = rates.get(product.id, 0.0)
        if position.facings < 2 or not stock[product.id] or rate <= 0:
            continue
        days = stock[product.id] / rate
        if days > OVERFACED_DAYS:
            yield Notice(
                Rule.OVERFACED,
                f"{product.name} at {position.slot} has {position.facings} facings, which last {days:.0f} "
                "days.",
                position.slot, product.id, "Give it one facing less.",
            )


def _unpriced(plan: Planogram, catalog: Catalog) -> Iterator[Notice]:
    for position, product in _known(plan, catalog):
        if price_of(position, product) == 0:
            yield Notice(Rule.UNPRICED, f"{product.name} at {position.slot} has no price.", position.slot,
                         product.id, "Set its price, or the product's own.")
