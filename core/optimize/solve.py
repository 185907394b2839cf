"""The best plan of a problem within a time, with a bound: the one door of this package."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.optimize.assign import assign, is_assignment
from core.optimize.blocks import solve_blocks
from core.optimize.clock import Clock
from core.optimize.lay import lay
from core.optimize.plan_program import PlanProgram, plan_program
from core.optimize.problem import BoolArray, IntArray, Problem
from core.optimize.solution import OnProgress, Progress, Solution, StoppedBy, worth
from core.optimize.whole import whole_program
from core.optimize.windows import hold_on_strips


def solve(
    problem: Problem,
    *,
    time_limit_s: float = 10.0,
    gap: float = 0.0,
    seed: int = 0,
    start: IntArray | None = None,
    progress: OnProgress | None = None,
) -> Solution:
    """The best plan found within ``time_limit_s``, never worse than ``start`` (options) where that is a plan.

    ``gap``: relative gap that is close enough · ``progress``: told about improvements, returns False to stop.
    Never raises for a problem without a plan: demands that cannot be held together come back as ``unmet``.
    """
    clock = Clock(time_limit_s)
    possible = possible_options(problem)
    reduced, locks = _without(problem, possible)
    known = None if start is None else _known(possible, start)
    found = _solve(reduced, clock, gap, seed, known, progress)
    back = np.flatnonzero(possible)
    return replace(found, chosen=back[found.chosen], seconds=clock.spent,
                   unmet_locks=(*locks, *(int(back[i]) for i in found.unmet_locks)))  # fmt: skip


def possible_options(problem: Problem) -> BoolArray:
    """Which options (N,) fit their strip alone, carry no more than it may, and show no more than allowed."""
    options, strips, items = problem.options, problem.strips, problem.items
    left = np.nan_to_num(options.at, nan=0.0)
    slack = 1e-6
    fits = (left >= -slack) & (left + options.width <= strips.width[options.strip] + slack)
    carried = options.weight <= strips.weight[options.strip] + slack
    return np.asarray(fits & carried & (options.facings <= items.max_facings[options.item]))


def _without(problem: Problem, possible: BoolArray) -> tuple[Problem, tuple[int, ...]]:
    """The problem with its possible options alone, and the locked ones that are not."""
    lost = tuple(int(i) for i in np.flatnonzero(problem.options.locked & ~possible))
    return replace(problem, options=problem.options.take(possible)), lost


def _known(possible: BoolArray, start: IntArray) -> IntArray | None:
    """A start in the numbering of the possible options; None where one of it is not possible."""
    if not possible[start].all():
        return None
    return np.asarray((np.cumsum(possible) - 1)[start])


def _solve(
    problem: Problem, clock: Clock, gap: float, seed: int, start: IntArray | None, progress: OnProgress | None
) -> Solution:
    if is_assignment(problem):
        chosen = assign(problem)
        times = np.ones(len(chosen), np.int64)
        objective = worth(problem, chosen, times)
        x = lay(problem, chosen, times)
        return Solution(chosen, times, x, objective, objective, clock.spent, "optimal")
    if problem.has_blocks:
        return _solve_blocks(problem, clock, gap, seed, progress)
    posed, unmet_items, unmet_locks = hold_what_can(problem, _without_blocks(problem), clock)
    plan = plan_program(posed)
    hold_on_strips(plan, posed)
    found = solve_program(posed, plan, clock, gap, seed, start, progress)
    return replace(found, unmet_items=unmet_items, unmet_locks=unmet_locks)


def _solve_blocks(
    problem: Problem, clock: Clock, gap: float, seed: int, progress: OnProgress | None
) -> Solution:
    """A layout; where demands leave none, as many of them as can be held are held, and the others told."""
    posed, items, locks = hold_what_can(problem, _without_blocks(problem), Clock(clock.left / 4))
    demands = bool(posed.items.required.any() or posed.options.locked.any())
    found = solve_blocks(posed, clock, gap, seed, progress, patience=0.5 if demands else 1.0)
    if demands and not len(found.chosen):
        plan = whole_program(posed, hold_demands=False).plan
        posed, more_items, more_locks = hold_what_can(posed, plan, Clock(clock.left / 2))
        items, locks = (*items, *more_items), (*locks, *more_locks)
        found = solve_blocks(posed, clock, gap, seed, progress)
    return replace(found, unmet_items=items, unmet_locks=locks)


def _without_blocks(problem: Problem) -> PlanProgram:
    """The program of demands that may fail, blocks left out."""
    plan = plan_program(problem, hold_demands=False)
    hold_on_strips(plan, problem, certain=False)
    return plan


def hold_what_can(
    problem: Problem, plan: PlanProgram, clock: Clock
) -> tuple[Problem, tuple[int, ...], tuple[int, ...]]:
    """The problem with the most demands that hold together, and the items and options whose demand fails.

    ``plan``: the problem's program with demands that may fail.
    """
    options, items = problem.options, problem.items
    required, locked = np.flatnonzero(items.required), np.flatnonzero(options.locked)
    if not len(required) and not len(locked):
        return problem, (), ()
    found = plan.program.solve(clock.left)
    if found.x is None:  # nothing chosen always holds, so only the time was up: nothing can be said to fail
        return problem, (), ()
    kept_items, kept_locks = found.x[plan.demand[0]] > 0.5, found.x[plan.demand[1]] > 0.5
    if kept_items.all() and kept_locks.all():
        return problem, (), ()
    is_required, is_locked = items.required.copy(), options.locked.copy()
    is_required[required[~kept_items]] = False
    is_locked[locked[~kept_locks]] = False
    at = options.at.copy()
    if np.isnan(at).any():  # beside options that stand anywhere, one that need not be chosen is one of them
        at[locked[~kept_locks]] = np.nan
    held = replace(problem, items=replace(items, required=is_required),
                   options=replace(options, locked=is_locked, at=at))  # fmt: skip
    return held, tuple(required[~kept_items].tolist()), tuple(locked[~kept_locks].tolist())


def solve_program(
    problem: Problem, plan: PlanProgram, clock: Clock, gap: float, seed: int, start: IntArray | None,
    progress: OnProgress | None,
) -> Solution:  # fmt: skip
    """The plan of a program, each improvement told."""
    told = -np.inf

    def on_bounds(objective: float, bound: float) -> bool:
        nonlocal told
        if progress is None or objective == told:
            return True
        told = objective
        return progress(Progress(objective, bound, clock.spent))

    known = None
    if start is not None:
        known = plan.option, np.isin(np.arange(len(problem.options)), start).astype(float)
    found = plan.program.solve(clock.left, gap=gap, start=known, on_bounds=on_bounds, seed=seed)
    if found.x is None:
        chosen = np.zeros(0, np.int64) if start is None else np.sort(start)
        times = np.ones(len(chosen), np.int64)
    else:
        count = np.round(found.x[plan.option]).astype(np.int64)
        chosen = np.flatnonzero(count > 0)
        times = count[chosen]
    objective = worth(problem, chosen, times)
    stopped: StoppedBy = "time" if found.ended == "infeasible" else found.ended
    bound = max(objective, min(found.bound, trivial_bound(problem)))
    return Solution(chosen, times, lay(problem, chosen, times), objective, bound, clock.spent, stopped)


def trivial_bound(problem: Problem) -> float:
    """What every option of positive value and every gain would bring together."""
    options, items = problem.options, problem.items
    values = (options.value.clip(min=0.0) * options.most).sum()
    return float(values + (items.gain_width * items.gain_slope).sum())
