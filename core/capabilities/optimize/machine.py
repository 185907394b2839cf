"""A machine's plan as a filling of its slots and back, and the search for its best filling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from core.capabilities.optimize.progress import Watch
from core.capabilities.optimize.rack import EMPTY, Rack
from core.capabilities.optimize.search import Assigned, assigned, fillings, improved
from core.capabilities.optimize.value import Worth
from core.capabilities.optimize.wishes import Task
from core.capabilities.whatif import Labor
from core.planogram.planogram import Planogram, Position
from core.planogram.space import new_position, relocated
from core.site.zones import IntArray

FIRST_SHARE = 0.4
"""Share of the time that first-order optima get at most; the rest is for the full response."""
TOUCH = Labor().rate_per_hour * Labor().minutes_per_move / 60.0 / 365.0
"""What it costs a day to touch a slot, spread over a year: no product moves for less."""


@dataclass(frozen=True, eq=False)
class Found:
    """Plans that a search found, the best last, and the proof of its first-order problem: the best filling's
    worth there, the bound that no plan exceeds, and what the present plan is worth by the same measure."""

    plans: tuple[Planogram, ...]
    objective: float
    bound: float
    baseline: float


def search_machine(task: Task, cautious: Worth, starts: tuple[Planogram, ...], watch: Watch) -> Found:
    """The best filling of a machine's slots. ``cautious``: the worth that choices are made by · ``starts``:
    plans to begin from beside the first-order optima."""
    rack = rack_of(task, cautious)
    begin = [_filling_of(rack, task, plan) for plan in starts]
    first = begin[0]
    watch.say("Solving slot by slot", 0.05)
    until = watch.left_s * (1.0 - FIRST_SHARE)
    candidates = [*begin[1:], *fillings(rack, first, lambda: watch.is_over() or watch.left_s < until)]
    if _possible(rack, first):
        candidates.append(first)
    candidates = [f for f in candidates if _possible(rack, f)]
    order = np.argsort(-rack.worths(np.array(candidates)), kind="stable")
    best = candidates[order[0]]
    for k, i in enumerate(order[:2].tolist()):
        watch.say("Exchanging products and slots", 0.2 + 0.3 * k)
        found = improved(rack, candidates[i], watch.is_over, watch.reached)
        best = max(best, found, key=lambda f: float(rack.worths(f[None, :])[0]))
    proof, again = _proof(rack, best)
    if rack.worths(again[None, :])[0] > rack.worths(best[None, :])[0] and not watch.is_over():
        best = improved(rack, again, watch.is_over, watch.reached)
        proof, _ = _proof(rack, best)
    at = rack.tangent_at(best)
    baseline = at.constant + rack.first_order(first, at)
    plans = (plan_of(rack, task, candidates[order[0]]), plan_of(rack, task, best))
    return Found(plans, proof.objective, proof.bound, baseline)


def _proof(rack: Rack, best: IntArray) -> tuple[Assigned, IntArray]:
    """The first-order problem around a filling, solved to its proven optimum."""
    found = assigned(rack, rack.tangent_at(best))
    return found, found.filling


def _possible(rack: Rack, filling: IntArray) -> bool:
    """Whether a filling keeps locks, limits and fits."""
    coils = np.bincount(filling[filling >= 0], minlength=len(rack.products))
    slots = np.flatnonzero((filling >= 0) & ~rack.blocked)
    return bool(
        rack.allowed(coils) and (filling[rack.blocked] == rack.fixed[rack.blocked]).all()
        and rack.fits[filling[slots], slots].all()
    )


def rack_of(task: Task, worth: Worth) -> Rack:
    """The slots and products of a task. A product that is not to choose from stands only where it is held or,
    in the present plan, where it is."""
    fixture, response = task.plan.fixture, task.site.response
    held = {p.product_id for p in task.held}
    present = [i for i in task.plan.product_ids if i in response.index]
    ids = list(dict.fromkeys([*task.candidates, *sorted(held), *present]))
    at = {i: k for k, i in enumerate(ids)}
    size = fixture.cell_count
    fixed, blocked = np.full(size, EMPTY), np.zeros(size, np.bool_)
    for p in task.held:
        first = fixture.cell_index(p.row, p.column)
        fixed[first : first + p.cells], blocked[first : first + p.cells] = at[p.product_id], True
    choice = set(task.candidates)
    fits = np.repeat(np.array([i in choice for i in ids])[:, None], size, axis=1)
    least = np.array([task.limits.least.get(i, 0) for i in ids], np.int64)
    most = np.array([task.limits.most.get(i, 0) if i in choice or i in held else 0 for i in ids], np.int64)
    stays = np.bincount(fixed[fixed >= 0], minlength=len(ids))
    return Rack(
        worth, fixture, np.array([response.index[i] for i in ids], np.int64), fixed, blocked,
        least, np.maximum(most, stays), fits, _present(task, at), TOUCH,
    )


def _present(task: Task, at: Mapping[int, int]) -> IntArray:
    """What stands in each slot now, by its number among the products, (S,)."""
    filling = np.full(task.plan.fixture.cell_count, EMPTY)
    for p in task.plan.positions:
        first = task.plan.fixture.cell_index(p.row, p.column)
        filling[first : first + p.cells] = at.get(p.product_id, EMPTY)
    return filling


def _filling_of(rack: Rack, task: Task, plan: Planogram) -> IntArray:
    """What stands in each slot, (S,)."""
    response = task.site.response
    at = {int(response.product_ids[p]): k for k, p in enumerate(rack.products)}
    filling = np.full(rack.fixture.cell_count, EMPTY)
    for p in plan.positions:
        first = rack.fixture.cell_index(p.row, p.column)
        end = min(first + p.cells, len(filling))
        filling[first:end] = at.get(p.product_id, EMPTY)
    return filling


def plan_of(rack: Rack, task: Task, filling: IntArray) -> Planogram:
    """The planogram of a filling. What stands as it did is the same position; coils side by side are one."""
    fixture, site = rack.fixture, task.site
    ids = [int(site.response.product_ids[p]) for p in rack.products]
    positions: list[Position] = []
    left = filling.copy()
    for p in (*task.held, *(q for q in task.plan.positions if not q.locked)):
        first = fixture.cell_index(p.row, p.column)
        cells = slice(first, first + p.cells)
        here = left[cells]
        if len(here) == p.cells and (here >= 0).all() and all(ids[k] == p.product_id for k in here):
            positions.append(p)
            left[cells] = EMPTY
    for row, (first, end) in enumerate(rack.columns):
        s = first
        while s < end:
            run = s
            while run < end and left[run] == left[s]:
                run += 1
            if left[s] != EMPTY:
                positions.append(placed(task, ids[left[s]], row, float(s - first), run - s))
            s = run
    return task.plan.with_positions(positions)


def placed(task: Task, product_id: int, row: int, start: float, facings: int) -> Position:
    """A product at a new place, with what it carried where it stood: its price, and its stock in
    proportion."""
    fixture = task.plan.fixture
    fresh = new_position(task.site.catalog[product_id], fixture, row, start, facings)
    stood = task.plan.of_product(product_id)
    if not stood:
        return fresh
    was = stood[0]
    before = max(was.facings, 1)

    def scaled(amount: int | None) -> int | None:
        return None if amount is None else round(amount * facings / before)

    carried = replace(
        was, facings=facings, cells=fresh.cells, width_in=fresh.width_in, capacity=scaled(was.capacity),
        quantity=scaled(was.quantity), par_level=scaled(was.par_level), locked=False,
    )
    return relocated(carried, fixture, row, start)
