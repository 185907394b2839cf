"""Why a product is not on the optimized plan, each with what it would bring at its best place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.capabilities.moves import Moves, moves
from core.capabilities.optimize.value import Worth
from core.capabilities.optimize.wishes import Task
from core.capabilities.shelf import Shelf, shelf_of, zone_targets
from core.planogram.autofill import NotPlaced
from core.planogram.planogram import Planogram
from core.site.zones import FloatArray

CENT = 0.01


def not_placed(task: Task, best: Planogram) -> tuple[NotPlaced, ...]:
    """Every product asked about that does not stand on ``best``, with its reason: first those that could, by
    how little they miss, then by product id those that cannot."""
    stands = set(best.product_ids)
    absent = [i for i in task.candidates if i not in stands]
    beaten = _beaten(task, best, absent) if absent else []
    forbidden = [NotPlaced(i, task.impossible[i]) for i in sorted(task.impossible) if i not in stands]
    return (*beaten, *forbidden)


def _beaten(task: Task, best: Planogram, absent: list[int]) -> list[NotPlaced]:
    """What each product would bring at its best place, less what makes way for it; the most first."""
    shelf = _valued(task.worth, best)
    targets = zone_targets(best, task.site)
    table = moves(shelf, absent, targets, np.full(len(absent), -1))
    ready = table.legal & _may_give_way(task, best, table)
    gain = np.where(ready, table.gain, -np.inf)
    order = np.argsort(-gain.max(axis=1), kind="stable").tolist()
    return [NotPlaced(absent[a], _reason(task, best, table, gain[a], a, absent[a])) for a in order]


def _reason(task: Task, best: Planogram, table: Moves, gain: FloatArray, a: int, product_id: int) -> str:
    t = int(np.argmax(gain))
    if not np.isfinite(gain[t]):
        return "No room: nothing that may make way leaves it enough, with your locks and limits."
    j, brings = int(table.displaced[a, t]), float(gain[t])
    unit = "a day" if task.wishes.goals.shares().revenue == 1.0 else "a day by your goals"
    if j < 0:
        at = "in the free place there is"
    else:
        other = best.positions[j]
        at = f"in place of {task.name(other.product_id)} at {other.slot}, its best place,"
    if abs(brings) < CENT / 2:
        return f"No room that pays: {at} it would change less than a cent {unit}."
    if brings > 0:
        if task.wishes.blocks:
            return f"It would bring ${brings:,.2f} more {unit} {at} and break the blocks."
        if task.site.position_days.get(product_id, 0) > 0:
            return f"The time was up: {at} it would bring ${brings:,.2f} more {unit}. Give it more time."
        return (f"Too little is known of it here: {at} it may bring ${brings:,.2f} more {unit}, counted with "
                "care it brings less.")
    return f"No room that pays: {at} it would bring ${-brings:,.2f} less {unit}."


def _may_give_way(task: Task, best: Planogram, table: Moves) -> np.ndarray:
    """Whether what stands at each target may leave without breaking a minimum, (P, T)."""
    facings: dict[int, int] = {}
    for p in best.positions:
        facings[p.product_id] = facings.get(p.product_id, 0) + p.facings
    held = set(task.held)
    leaves = np.array([
        p not in held and facings[p.product_id] - p.facings >= task.limits.least.get(p.product_id, 0)
        for p in best.positions
    ] + [True])
    return np.asarray(leaves[table.displaced])


def _valued(worth: Worth, plan: Planogram) -> Shelf:
    """The plan as arrays whose money is worth by the goals, for ``moves``: there a new product is worth its
    reference price × season a unit, so the price is set to what makes that its worth."""
    from core.capabilities.valuation import season_ahead

    site = worth.site
    season = season_ahead(site)[site.response.category]
    priced = replace(site, response=replace(site.response, reference_price=worth.unit / season))
    shelf = shelf_of(plan, site)
    return replace(shelf, site=priced, worth=worth.unit[shelf.layout.product])
