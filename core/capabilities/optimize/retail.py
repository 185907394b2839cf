"""Shelves: the task as strips and options for the solver, and the search for the best arrangement."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.capabilities.optimize.exchange import exchanged
from core.capabilities.optimize.machine import Found, placed
from core.capabilities.optimize.progress import Watch
from core.capabilities.optimize.shelf import Arrangement, Shelves, Strip, free_strips
from core.capabilities.optimize.value import Tangent, Worth, tangent, totals_of
from core.capabilities.optimize.wishes import Task, block_key
from core.errors import RuleViolation
from core.optimize.problem import Items, Options, Problem, Strips
from core.optimize.solution import Progress, Solution
from core.optimize.solve import solve
from core.planogram.findings import Rule, Violation
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position
from core.planogram.space import extent, length, row_length, span
from core.site.zones import FloatArray, IntArray

SOLVER_SHARE = 0.5
"""Share of the time that the solver of the first-order problem gets; the rest is for the full response."""
FREE_SHARE = 0.25
"""Share of the solver's time that goes to the problem without blocks."""
ROUNDS = 3
CLOSE_ENOUGH = 1e-3


@dataclass(frozen=True, eq=False)
class _Solved:
    arrangement: Arrangement
    shelves: Shelves
    at: Tangent
    objective: float
    bound: float

    @property
    def next(self) -> Tangent:
        """The first-order worth around this arrangement."""
        shelves = self.shelves
        return tangent(shelves.worth, shelves.products, *shelves.totals(self.arrangement))


def search_shelves(task: Task, cautious: Worth, starts: tuple[Planogram, ...], watch: Watch) -> Found:
    """The best arrangement of shelves; as ``optimize_machine.search_machine``."""
    shelves = shelves_of(task, cautious)
    at = tangent(cautious, shelves.products, *totals_of(cautious, task.plan))
    watch.say("Solving shelf by shelf", 0.05)
    best = _first_order(task, shelves, at, watch)
    candidates = [(best.shelves, best.arrangement), *_begun(task, shelves, starts)]
    watch.say("Exchanging products and facings", SOLVER_SHARE)
    on, begin = max(candidates, key=lambda pair: pair[0].value(pair[1]))
    found = exchanged(on, begin, watch.is_over, watch.reached)
    baseline = best.at.constant + _first_order_worth(shelves, task.plan, best.at)
    return Found((plan_of(best.shelves, task, best.arrangement), plan_of(on, task, found)),
                 best.objective, best.bound, baseline)


def _begun(
    task: Task, shelves: Shelves, starts: tuple[Planogram, ...]
) -> list[tuple[Shelves, Arrangement]]:
    """Plans to begin from, on the strips they are on: with blocks those are the plan's own windows."""
    found = []
    for plan in starts:
        on = shelves
        if task.wishes.blocks:
            if not task.keeps(plan):
                continue
            on = replace(shelves, strips=_windows_of(task, plan), _rows={})
        arrangement = arrangement_of(on, task, plan)
        if _possible(on, arrangement):
            found.append((on, arrangement))
    return found


def _windows_of(task: Task, plan: Planogram) -> tuple[Strip, ...]:
    """The stretches of rows that blocks of a plan take, parted where a held position stands."""
    key = block_key(task.wishes)
    assert key is not None
    held = [(p.row, span(p, plan.fixture)[0]) for p in task.held]
    groups: dict[tuple[int, str, int], list[tuple[float, float]]] = {}
    for p in plan.positions:
        if p not in task.held:
            start, end = span(p, plan.fixture)
            passed = sum(row == p.row and at <= start for row, at in held)
            name = key(task.site.catalog[p.product_id])
            groups.setdefault((p.row, name, passed), []).append((start, end))
    return tuple(
        Strip(row, min(s for s, _ in spans), max(e for _, e in spans) - min(s for s, _ in spans), name)
        for (row, name, _), spans in groups.items()
    )


def _first_order(task: Task, shelves: Shelves, at: Tangent, watch: Watch) -> _Solved:
    """First-order optima around the present plan and then around one another; the one worth most on the full
    response, with the proof of its own problem. Blocks are laid out around the optimum without them."""
    rounds, limit_s = ROUNDS, watch.left_s * SOLVER_SHARE
    if task.wishes.blocks:
        rounds, free = 1, replace(task, wishes=replace(task.wishes, blocks=None))
        on = shelves_of(free, shelves.worth)
        at = _first_order_of(free, on, at, watch, limit_s * FREE_SHARE, ROUNDS).next
        limit_s *= 1.0 - FREE_SHARE
    return _first_order_of(task, shelves, at, watch, limit_s, rounds)


def _first_order_of(
    task: Task, shelves: Shelves, at: Tangent, watch: Watch, limit_s: float, rounds: int
) -> _Solved:
    """The best of some rounds."""
    each = limit_s / rounds
    best, worth = None, -np.inf
    for _ in range(rounds):
        solved = _solved(task, shelves, at, each, watch)
        now = solved.shelves.value(solved.arrangement)
        watch.proved(max(solved.bound - solved.objective, 0.0) / max(abs(solved.bound), 1e-9))
        watch.reached(now)
        if now > worth:
            best, worth = solved, now
        at = solved.next
        if watch.is_over():
            break
    assert best is not None
    return best


def _solved(task: Task, shelves: Shelves, at: Tangent, limit_s: float, watch: Watch) -> _Solved:
    problem, held_worth = _problem(task, shelves, at)

    def on_progress(progress: Progress) -> bool:
        watch.proved(progress.gap)
        return not watch.is_over()

    solution = solve(problem, time_limit_s=max(limit_s, 0.05), gap=CLOSE_ENOUGH, progress=on_progress)
    _refuse_unmet(task, shelves, problem, solution)
    extra = at.constant + held_worth
    windows, arrangement = _arranged(task, shelves, problem, solution)
    laid = shelves if windows is None else replace(shelves, strips=windows, _rows={})
    # Where the time was up before anything was found, what is held is the plan; nothing exceeds all together.
    objective = solution.objective if np.isfinite(solution.objective) else 0.0
    bound = solution.bound if np.isfinite(solution.bound) else problem.options.value.clip(min=0.0).sum()
    return _Solved(arrangement, laid, at, objective + extra, max(float(bound), objective) + extra)


def _problem(task: Task, shelves: Shelves, at: Tangent) -> tuple[Problem, float]:
    """(the first-order problem, the worth of what is held and not in it)."""
    product, strip, facings, value = shelves.options(at)
    size, held = len(shelves.products), task.plan.with_positions(task.held)
    width = shelves.length[product] * facings
    key = block_key(task.wishes)
    names = sorted(set(shelves.keys))
    block = np.array([names.index(k) for k in shelves.keys], np.int64) if key else np.full(size, -1)
    required = shelves.required > 0
    if not key or not task.held:
        items = Items.of(size, required=required, block=block)
        wide = Strips.of(np.array([s.length for s in shelves.strips]))
        options = Options.of(product, strip, width, value, facings=facings)
        return Problem(wide, items, options), _first_order_worth(shelves, held, at)
    # Blocks must know of what is held: each held position is an option that must be chosen, at its place.
    catalog = task.site.catalog
    names = sorted({*names, *(key(catalog[p.product_id]) for p in task.held)})
    block = np.array([names.index(k) for k in shelves.keys]
                     + [names.index(key(catalog[p.product_id])) for p in task.held], np.int64)
    fixed = np.array([span(p, task.plan.fixture) for p in task.held])
    items = Items.of(size + len(task.held), required=np.append(required, np.zeros(len(task.held), bool)),
                     block=block)
    options = Options.of(
        np.append(product, size + np.arange(len(task.held))),
        np.append(strip, [p.row for p in task.held]),
        np.append(width, fixed[:, 1] - fixed[:, 0]), np.append(value, np.zeros(len(task.held))),
        at=np.append(np.full(len(product), np.nan), fixed[:, 0]),
        facings=np.append(facings, [p.facings for p in task.held]),
        locked=np.append(np.zeros(len(product), bool), np.ones(len(task.held), bool)),
    )
    wide = Strips.of(np.array([s.length for s in shelves.strips]))
    return Problem(wide, items, options), _first_order_worth(shelves, held, at)


def _first_order_worth(shelves: Shelves, plan: Planogram, at: Tangent) -> float:
    """First-order worth of a plan's positions: what is held where it stands, the rest at the average place
    of its strip, without neighbors."""
    index = shelves.worth.site.response.index
    total = at.variety * len(plan.product_ids)
    for p in plan.positions:
        left, width = np.array([p.x_in]), np.array([p.width_in])
        if p not in shelves.held:
            middle = float(left[0] + width[0] / 2) / shelves.inches
            for i in shelves.of_row[p.row]:
                strip = shelves.strips[i]
                if strip.start <= middle < strip.start + strip.length:
                    left, width = np.array([strip.start]), np.array([strip.length])
                    left, width = left * shelves.inches, width * shelves.inches
        product = np.array([index[p.product_id]])
        strength = shelves.strength(p.row, left, width, product, p.facings)
        total += float((strength * at.per_attraction[product])[0])
    return total


def _refuse_unmet(task: Task, shelves: Shelves, problem: Problem, solution: Solution) -> None:
    """Raise RuleViolation for what must stand and cannot together with the rest."""
    response = task.site.response
    found = []
    for item in solution.unmet_items:
        product_id = int(response.product_ids[shelves.products[item]])
        found.append(Violation(
            Rule.FACINGS, f"{task.name(product_id)} is to have at least {task.limits.least[product_id]} "
            "facings, and there is no room for it beside what is locked and what else must be placed.",
            None, product_id,
            "Lower some minimum, or take a lock off.",
        ))
    for option in solution.unmet_locks:
        p = task.held[int(problem.options.item[option]) - len(shelves.products)]
        found.append(Violation(
            Rule.LOCKED, f"{task.name(p.product_id)} is locked at {p.slot}, where its {task.wishes.blocks} "
            "cannot stand in one block with the other locks.", p.slot, p.product_id,
            "Take the lock off, or give the blocks up.",
        ))
    if found:
        raise RuleViolation(found[0].message, found[0].hint, found)


def _arranged(
    task: Task, shelves: Shelves, problem: Problem, solution: Solution
) -> tuple[tuple[Strip, ...] | None, Arrangement]:
    """What stands on each strip; with blocks the strips are then the windows of the blocks."""
    options, chosen = problem.options, solution.chosen
    real = options.item[chosen] < len(shelves.products)
    order = np.lexsort((solution.x[real], options.strip[chosen][real]))
    picked, x = chosen[real][order], solution.x[real][order]
    product, strip, facings = options.item[picked], options.strip[picked], options.facings[picked]
    if task.wishes.blocks is None:
        sets: list[list[tuple[int, int]]] = [[] for _ in shelves.strips]
        for k, i, f in zip(product.tolist(), strip.tolist(), facings.tolist(), strict=True):
            sets[i].append((k, f))
        return None, tuple(tuple(s) for s in sets)
    return _windows(shelves, product, strip, facings, x)


def _windows(
    shelves: Shelves, product: IntArray, strip: IntArray, facings: IntArray, x: FloatArray
) -> tuple[tuple[Strip, ...], Arrangement]:
    """Each block's stretch of each row, parted where a held position stands in it, as a strip of its own."""
    end = x + shelves.length[product] * facings
    key = [shelves.keys[k] for k in product.tolist()]
    row = [shelves.strips[i].row for i in strip.tolist()]
    held = [(p.row, span(p, shelves.fixture)[0]) for p in shelves.held]
    passed = [sum(r == at and start <= left for at, start in held) for r, left in zip(row, x, strict=True)]
    groups: dict[tuple[int, str, int], list[int]] = {}
    for n, group in enumerate(zip(row, key, passed, strict=True)):
        groups.setdefault(group, []).append(n)
    windows, arrangement = [], []
    for (at, name, _), here in groups.items():
        left, right = float(x[here].min()), float(end[here].max())
        windows.append(Strip(at, left, right - left, name))
        arrangement.append(tuple((int(product[n]), int(facings[n])) for n in here))
    return tuple(windows), tuple(arrangement)


def _possible(shelves: Shelves, arrangement: Arrangement) -> bool:
    """Whether an arrangement keeps lengths and limits."""
    facings = np.zeros(len(shelves.products), np.int64)
    for i, strip in enumerate(arrangement):
        if sum(float(shelves.length[k]) * f for k, f in strip) > shelves.strips[i].length + 1e-6:
            return False
        for k, f in strip:
            if facings[k]:
                return False
            facings[k] = f
    placed_ = facings > 0
    return bool(
        ((shelves.required == 0) | placed_).all() and (facings <= shelves.most).all()
        and (~placed_ | (facings >= shelves.smallest)).all()
    )


def shelves_of(task: Task, worth: Worth) -> Shelves:
    """The strips and products of a task; with blocks the strips are whole rows, where locks are options."""
    fixture, response = task.plan.fixture, task.site.response
    held: dict[int, int] = {}
    for p in task.held:
        held[p.product_id] = held.get(p.product_id, 0) + p.facings
    least_of = task.limits.least
    ids = [i for i in task.candidates if i not in held or (not task.strict and least_of[i] > held[i])]
    key = block_key(task.wishes)
    if key:
        rows = range(fixture.rows)
        strips = tuple(Strip(r, 0.0, row_length(fixture, r)) for r in rows)
    else:
        strips = free_strips(fixture, task.held)
    already = np.array([held.get(i, 0) for i in ids], np.int64)
    least = np.array([least_of[i] for i in ids], np.int64)
    return Shelves(
        worth, fixture, np.array([response.index[i] for i in ids], np.int64),
        np.array([length(task.site.catalog[i], fixture) for i in ids]), task.held, strips,
        tuple(key(task.site.catalog[i]) if key else "" for i in ids),
        np.maximum(least - already, 0),
        np.maximum(np.array([task.limits.smallest[i] for i in ids], np.int64) - already, 1),
        np.array([task.limits.most[i] for i in ids], np.int64) - already,
    )


def arrangement_of(shelves: Shelves, task: Task, plan: Planogram) -> Arrangement:
    """What of a plan stands on each strip, in its order; what is not to choose from is left out."""
    response = task.site.response
    at = {int(response.product_ids[p]): k for k, p in enumerate(shelves.products)}
    found: list[list[tuple[int, int]]] = [[] for _ in shelves.strips]
    seen: set[int] = set()
    for p in plan.positions:
        k = at.get(p.product_id)
        if k is None or k in seen or p in task.held:
            continue
        start, end = span(p, plan.fixture)
        middle = (start + end) / 2
        for i in shelves.of_row[p.row]:
            strip = shelves.strips[i]
            if strip.start <= middle < strip.start + strip.length:
                found[i].append((k, p.facings))
                seen.add(k)
    return tuple(tuple(strip) for strip in found)


def plan_of(shelves: Shelves, task: Task, arrangement: Arrangement) -> Planogram:
    """The planogram of an arrangement; what stands as it did is the same position."""
    response = task.site.response
    old = {(p.product_id, p.row, p.facings): p for p in task.plan.positions if p not in task.held}
    positions = list(task.held)
    for strip, stands in zip(shelves.strips, arrangement, strict=True):
        x = strip.start
        for k, facings in stands:
            product_id = int(response.product_ids[shelves.products[k]])
            was = old.get((product_id, strip.row, facings))
            wide = float(shelves.length[k]) * facings
            if was is not None and _stands(was, task.plan.fixture, x, wide):
                positions.append(was)
            else:
                positions.append(placed(task, product_id, strip.row, x, facings))
            x += wide
    return task.plan.with_positions(positions)


def _stands(was: Position, fixture: Fixture, start: float, wide: float) -> bool:
    return abs(span(was, fixture)[0] - start) < 1e-6 and abs(extent(was, fixture) - wide) < 1e-6
