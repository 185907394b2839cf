"""Par levels by product: one figure for all of a product's places, shared out over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from core.errors import BadInput
from core.planogram.edit import MAX_STOCK, set_stock
from core.planogram.places import count
from core.planogram.planogram import Planogram, Position


def set_pars(plan: Planogram, pars: Mapping[int, int]) -> Planogram:
    """The plan with the par level of each named product, shared over its places by what they hold.

    Raises BadInput for a product that does not stand there and for more units than its places hold;
    then nothing has changed.
    """
    for product_id, par in pars.items():
        places = plan.of_product(product_id)
        if not places:
            raise BadInput(f"Product {product_id} does not stand on this plan.", "Place it first.")
        shares = _shares(places, count(par, "par level", 0, MAX_STOCK))
        for position, share in zip(places, shares, strict=True):
            plan = set_stock(plan, position, par_level=share)
    return plan


def _shares(places: Sequence[Position], par: int) -> list[int]:
    """Whole units for each place, by capacity where all are known, else by facings; what rounding leaves
    goes to the largest remainders."""
    room = [p.capacity for p in places if p.capacity is not None]
    known = len(room) == len(places)
    if known and par > sum(room):
        slots = " and ".join(p.slot for p in places)
        hint = "Give less, or more room."
        raise BadInput(f"A par level of {par} is more than the {sum(room)} units that fit at {slots}.", hint)
    weights = np.array(room if known and any(room) else [max(p.facings, 1) for p in places], np.float64)
    exact = par * weights / weights.sum()
    shares = np.floor(exact).astype(np.int64)
    shares[np.argsort(shares - exact, kind="stable")[: par - int(shares.sum())]] += 1
    return [int(share) for share in shares]
