"""Why two plans earn differently: a decomposition by cause and by product that adds up exactly.

A product's money a day is a product of factors: its facings^space, its mean place, its neighbors, its
price and the substitution of its category. The difference of two such figures is split by the
logarithmic mean (LMDI: Ang 2004, Energy Policy 32): each factor gets L(new, old) · log(new factor / old
factor). No order of the factors has to be chosen, as with Shapley values, and nothing is left over. What
is added or removed counts in full under its own name; what it takes from others is their substitution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.planogram.planogram import Planogram
from core.site.response import Layout
from core.site.site import Site
from core.site.zones import FloatArray
from core.units import slot_name

CAUSES = ("place", "facings", "neighbors", "price", "added", "removed", "substitution")


@dataclass(frozen=True, slots=True)
class SlotContribution:
    """Money a day that a slot earns more. ``product_id`` stands there in the proposed plan, or stood
    there before when it is empty now; ``before`` and ``after`` are the slot's money a day."""

    slot: str
    product_id: int
    delta_daily_revenue: float
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class ProductContribution:
    """Money a day that a product earns more, and why: ``causes`` add up to ``delta_daily_revenue``."""

    product_id: int
    name: str
    delta_daily_revenue: float
    before: float
    after: float
    causes: dict[str, float]


@dataclass(frozen=True, eq=False)
class _Factors:
    """Of each product (P,): money a day, and the logs of the factors that it is made of."""

    money: FloatArray
    logs: dict[str, FloatArray]


def by_slot(
    current: Planogram, proposed: Planogram, before: FloatArray, after: FloatArray
) -> tuple[SlotContribution, ...]:
    """Difference slot by slot, in the order of the shelf. ``before``, ``after``: money of the positions."""
    old: dict[tuple[int, int], float] = {}
    new: dict[tuple[int, int], float] = {}
    product: dict[tuple[int, int], int] = {}
    for plan, money, into in ((current, before, old), (proposed, after, new)):
        for p, value in zip(plan.positions, money.tolist(), strict=True):
            cell = (p.row, p.column)
            into[cell] = into.get(cell, 0.0) + value
            product[cell] = p.product_id
    return tuple(
        SlotContribution(
            slot_name(*cell), product[cell], new.get(cell, 0.0) - old.get(cell, 0.0),
            old.get(cell, 0.0), new.get(cell, 0.0),
        )
        for cell in sorted(product)
    )


def by_product(
    site: Site, before: Layout, after: Layout, money_before: FloatArray, money_after: FloatArray,
    season: FloatArray,
) -> tuple[ProductContribution, ...]:
    """Difference product by product with its causes, the largest first."""
    old = _factors(site, before, money_before, season)
    new = _factors(site, after, money_after, season)
    causes = _causes(old, new)
    total = new.money - old.money
    seen = np.union1d(before.product, after.product)
    rows = [
        ProductContribution(
            int(site.response.product_ids[p]), site.catalog[int(site.response.product_ids[p])].name,
            float(total[p]), float(old.money[p]), float(new.money[p]),
            {name: float(values[p]) for name, values in causes.items()},
        )
        for p in seen
    ]
    return tuple(sorted(rows, key=lambda c: -abs(c.delta_daily_revenue)))


def by_cause(products: tuple[ProductContribution, ...]) -> dict[str, float]:
    """The waterfall: each cause over all products."""
    return {name: sum(p.causes[name] for p in products) for name in CAUSES}


def _factors(site: Site, layout: Layout, money: FloatArray, season: FloatArray) -> _Factors:
    e, size, p = site.response.point, len(site.response.product_ids), layout.product

    def per_product(values: FloatArray) -> FloatArray:
        sums: FloatArray = np.bincount(p, values, size).astype(np.float64)
        return sums

    place = layout.facings * np.exp(layout.weights @ e.slot[0])
    near = place * np.exp(e.neighbor[0] * layout.affinity)
    sold = near * np.exp(e.price[0, p] * layout.log_price)
    worth = sold * layout.price * season[layout.category]
    sums = [per_product(v) for v in (layout.facings, place, near, worth)]
    earned = per_product(money)
    with np.errstate(divide="ignore", invalid="ignore"):
        facings, placed, beside, paid = (np.log(s) for s in sums)
        own = e.base[0] + (e.space[0] - 1.0) * facings + paid
        logs = {
            "place": placed - facings,
            "facings": e.space[0] * facings,
            "neighbors": beside - placed,
            "price": paid - beside,
            "substitution": np.log(earned) - own,
        }
    return _Factors(earned, logs)


def _causes(old: _Factors, new: _Factors) -> dict[str, FloatArray]:
    stayed = (old.money > 0) & (new.money > 0)
    a, b = np.where(stayed, old.money, 1.0), np.where(stayed, new.money, 1.0)
    mean = _logarithmic_mean(a, b)
    causes = {
        name: mean * (np.where(stayed, new.logs[name], 0.0) - np.where(stayed, was, 0.0))
        for name, was in old.logs.items()
    }
    # The factors multiply to the money, so what is left is rounding in the last digits.
    rest = np.where(stayed, (new.money - old.money) - sum(causes.values()), 0.0)
    causes["substitution"] = causes["substitution"] + rest
    stood, stands = np.isfinite(old.logs["facings"]), np.isfinite(new.logs["facings"])
    change = np.where(stayed, 0.0, new.money - old.money)
    causes["added"] = np.where(stands & ~stood, change, 0.0)
    causes["removed"] = np.where(stood & ~stands, change, 0.0)
    causes["price"] = causes["price"] + np.where(stood & stands, change, 0.0)
    return {name: causes[name] for name in CAUSES}


def _logarithmic_mean(a: FloatArray, b: FloatArray) -> FloatArray:
    """(b − a) / (log b − log a), a where both are equal."""
    gap = np.log(b) - np.log(a)
    close = np.abs(gap) < 1e-9
    mean: FloatArray = np.where(close, (a + b) / 2.0, (b - a) / np.where(close, 1.0, gap))
    return mean
