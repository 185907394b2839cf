"""Random changes of a plan, as people make them, for checking predictions against the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog

Change = Callable[[Planogram, Catalog, np.random.Generator], Planogram]


def _set(plan: Planogram, *changed: tuple[Position, Position | None]) -> Planogram:
    """The plan with some positions replaced, or taken out."""
    table = {id(old): new for old, new in changed}
    kept = [table.get(id(p), p) for p in plan.positions]
    return plan.with_positions(p for p in kept if p is not None)


def _with_product(spot: Position, other: Position) -> Position:
    """The product of ``other``, with its price, at ``spot``."""
    return replace(spot, product_id=other.product_id, price=other.price)


def swap(plan: Planogram, catalog: Catalog, rng: np.random.Generator) -> Planogram:
    """Two products change places."""
    a, b = (plan.positions[i] for i in rng.choice(len(plan.positions), 2, replace=False))
    return _set(plan, (a, _with_product(a, b)), (b, _with_product(b, a)))


def rotate(plan: Planogram, catalog: Catalog, rng: np.random.Generator) -> Planogram:
    """Three to six products move round, each to the next one's place."""
    n = min(len(plan.positions), int(rng.integers(3, 7)))
    spots = [plan.positions[i] for i in rng.choice(len(plan.positions), n, replace=False)]
    return _set(plan, *((spot, _with_product(spot, spots[i - 1])) for i, spot in enumerate(spots)))


def replace_product(plan: Planogram, catalog: Catalog, rng: np.random.Generator) -> Planogram:
    """A product that does not stand here takes a place, at its list price."""
    present = set(plan.product_ids)
    zone = {catalog[p].temperature for p in present}
    spare = [p for p in catalog.values() if p.id not in present and p.temperature in zone]
    if not spare:
        return swap(plan, catalog, rng)
    spot = plan.positions[int(rng.integers(len(plan.positions)))]
    new = spare[int(rng.integers(len(spare)))]
    return _set(plan, (spot, replace(spot, product_id=new.id, price=new.price)))


def reface(plan: Planogram, catalog: Catalog, rng: np.random.Generator) -> Planogram:
    """A product takes the place of its neighbor, which leaves, as additional facings."""
    pairs = [
        (a, b) for a, b in zip(plan.positions, plan.positions[1:], strict=False)
        if a.row == b.row and a.product_id != b.product_id
    ]
    a, b = pairs[int(rng.integers(len(pairs)))]
    keep, go = (a, b) if rng.random() < 0.5 else (b, a)
    left = min(a.x_in, b.x_in)
    wider = replace(
        keep, column=min(a.column, b.column), cells=a.cells + b.cells, x_in=left,
        width_in=max(a.right_in, b.right_in) - left, facings=a.facings + b.facings,
    )
    return _set(plan, (keep, wider), (go, None))


def reprice(plan: Planogram, catalog: Catalog, rng: np.random.Generator) -> Planogram:
    """One to six products become up to 20 % cheaper or dearer."""
    n = min(len(plan.positions), int(rng.integers(1, 7)))
    chosen = {plan.positions[i].product_id for i in rng.choice(len(plan.positions), n, replace=False)}
    factor = {p: float(rng.uniform(0.8, 1.2)) for p in chosen}
    return plan.with_positions(
        replace(p, price=round((p.price or 0) * factor.get(p.product_id, 1.0), 2)) for p in plan.positions
    )


def remove(plan: Planogram, catalog: Catalog, rng: np.random.Generator) -> Planogram:
    """A position is emptied and stays so."""
    return _set(plan, (plan.positions[int(rng.integers(len(plan.positions)))], None))


def fill_gap(
    plan: Planogram, catalog: Catalog, rng: np.random.Generator
) -> tuple[Planogram, Planogram]:
    """(the plan with an empty place, a product that did not stand here in it)."""
    replaced = replace_product(plan, catalog, rng)
    kept = {id(p) for p in replaced.positions}
    return plan.with_positions(p for p in plan.positions if id(p) in kept), replaced


def several(plan: Planogram, catalog: Catalog, rng: np.random.Generator) -> Planogram:
    """Three to eight changes of any kind at once."""
    for _ in range(int(rng.integers(3, 9))):
        kind = list(CHANGES)[int(rng.integers(len(CHANGES) - 1))]
        plan = CHANGES[kind](plan, catalog, rng)
    return plan


CHANGES: dict[str, Change] = {
    "swap": swap, "move": rotate, "replace": replace_product, "facings": reface, "price": reprice,
    "remove": remove, "several": several,
}


def twin_swap(plan: Planogram, twins: tuple[tuple[int, int], ...]) -> list[Planogram]:
    """Each product that stands here while its twin does not, exchanged for it at the same price."""
    other = dict(twins) | {b: a for a, b in twins}
    present = set(plan.product_ids)
    return [
        plan.with_positions(
            replace(q, product_id=other[p]) if q.product_id == p else q for q in plan.positions
        )
        for p in plan.product_ids if p in other and other[p] not in present
    ]
