"""Price and velocity of products that are new, from what a file sold of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from core.store import tables as t
from core.store.tenant import TenantSession

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ProductTotal:
    """What a file sold of a product: units, revenue in ten-thousandths, and the days from first to
    last sale, summed over the places that sell it."""

    units: int
    revenue_e4: int
    days: int


class ProductTotals:
    """Totals by product and place, gathered chunk by chunk."""

    def __init__(self) -> None:
        self._parts: list[IntArray] = []

    def add(
        self, product: IntArray, place: IntArray, day: IntArray, units: IntArray, amount: IntArray
    ) -> None:
        """Add the rows of a chunk, all (n,)."""
        self._parts.append(_reduce((product << 32) | place, np.stack([units, amount, day, day])))

    def by_product(self, id_of: IntArray) -> dict[int, ProductTotal]:
        """Product id → total; ``id_of`` gives the id of each product code."""
        if not self._parts:
            return {}
        pairs = np.concatenate(self._parts, axis=1)
        pair, units, revenue, first, last = _reduce(pairs[0], pairs[1:])
        product, inverse = np.unique(id_of[pair >> 32], return_inverse=True)
        sums = [np.bincount(inverse, weights) for weights in (units, revenue, last - first + 1)]
        return {
            int(p): ProductTotal(round(u), round(r), round(d))
            for p, u, r, d in zip(product, *sums, strict=True)
        }


def _reduce(key: IntArray, values: IntArray) -> IntArray:
    """(key, units, revenue, first day, last day) of each distinct key, shape (5, keys)."""
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    units, revenue, first, last = values[:, order]
    return np.stack([
        ordered[starts], np.add.reduceat(units, starts), np.add.reduceat(revenue, starts),
        np.minimum.reduceat(first, starts), np.maximum.reduceat(last, starts),
    ])


def price_products(session: TenantSession, totals: Mapping[int, ProductTotal]) -> None:
    """Give products that have neither price nor velocity those that their sales show: the mean price
    a unit, to the cent, and units a day where they are sold."""
    product: Any = t.Product
    bare = select(product).where(
        product.id.in_(list(totals)), product.price_e4 == 0, product.velocity == 0
    )
    for row in session.scalars(bare).all():
        total = totals[row.id]
        row.price_e4 = round(total.revenue_e4 / total.units / 100) * 100
        row.velocity = total.units / total.days
    session.flush()
