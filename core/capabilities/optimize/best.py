"""The best layout of a plan under goals, locks and limits, with its proof.

First the separable problem, what every product is worth at every place by itself (level, place, facings,
price, and at first order what it takes from its category), is solved to a proven bound. Then the plan is
improved on the full response, with substitution and neighbors, as what-if sees it. What is returned is
the best of all plans seen, the present one and the automatic layout among them, so it is never worse.

An optimizer picks what looks best, and what looks best is in part what was overestimated (Smith & Winkler
2006). So choices are made on shrunken estimates, of which a product that little is known about counts with
its median instead of its mean; the lift that is told is that of what-if, with its interval.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace

import numpy as np

from core.capabilities import confidence as trust
from core.capabilities.optimize.conflicts import facings_of
from core.capabilities.optimize.lines import Line, lines_of, taken
from core.capabilities.optimize.machine import Found, search_machine
from core.capabilities.optimize.progress import OnStep, Step, Watch
from core.capabilities.optimize.reasons import not_placed
from core.capabilities.optimize.retail import search_shelves
from core.capabilities.optimize.value import REVENUE, Goals, Worth, worth_of
from core.capabilities.optimize.wishes import Lock, Task, Wishes, task_of
from core.capabilities.valuation import CONFIDENCE_LEVEL, Estimate, estimate
from core.capabilities.whatif import RevenuePrediction, predict_revenue
from core.errors import RuleViolation
from core.planogram.autofill import NotPlaced, autofill
from core.planogram.findings import Rule, Violation
from core.planogram.fixture import Placement
from core.planogram.planogram import Planogram
from core.planogram.rules import added_violations, refusal
from core.site.site import Site

__all__ = ["Goals", "Lock", "Optimized", "Step", "Wishes", "optimize"]

CAUTION = 1.0
"""How much of the gap between mean and median of a product's level is left out while choosing."""


@dataclass(frozen=True, eq=False)
class Optimized:
    """The best plan found, and what can be said of it.

    Of the separable problem, worth a day by the goals: ``objective_value`` of its best plan, ``bound`` that
    no plan exceeds, ``gap`` between them as a fraction, ``baseline_value`` of the present plan. Of the full
    response: ``value``, ``present_value`` and ``autofill_value`` (None where the automatic layout breaks a
    wish) a day, ``gain`` a day and ``predicted_lift`` in percent with 90 % intervals, of the goals' worth;
    ``prediction`` is what-if's, of revenue. ``source``: where the plan comes from · ``required_data``: what
    is missing where there is little history, else None.
    """

    before: Planogram
    plan: Planogram
    goals: Goals
    objective_value: float
    bound: float
    gap: float
    baseline_value: float
    value: float
    present_value: float
    autofill_value: float | None
    gain: Estimate
    predicted_lift: Estimate
    prediction: RevenuePrediction
    lines: tuple[Line, ...]
    not_placed: tuple[NotPlaced, ...]
    source: str
    learned_from: str
    required_data: dict[str, object] | None
    solve_time_ms: float
    stopped_early: bool

    def accept(self, keys: Collection[int]) -> Planogram:
        """The present plan with the lines of these keys carried out."""
        return taken(self.before, self.lines, keys)

    def explain(self) -> dict[str, object]:
        """Factors and weights behind the plan, as plain values."""
        return {
            "goals": asdict(self.goals),
            "separable": {"objective_value": self.objective_value, "bound": self.bound, "gap": self.gap,
                          "baseline_value": self.baseline_value},
            "full_response": {"value": self.value, "present_value": self.present_value,
                              "autofill_value": self.autofill_value},
            "lines": [{"what": line.what, "why": line.why, "gain": line.gain} for line in self.lines],
            "method": "separable problem to a proven bound, then local search on the full response; choices "
                      "on shrunken estimates",
            "learned_from": self.learned_from,
        }


def optimize(
    plan: Planogram, site: Site, wishes: Wishes | None = None, progress: OnStep | None = None
) -> Optimized:
    """The best plan for the wishes within their time limit; ``progress`` hears of each step and may stop it.

    Raises BadInput for a wish that means nothing and RuleViolation, a violation for each conflict, for wishes
    that cannot all be kept.
    """
    task = task_of(plan, site, wishes or Wishes())
    watch = Watch(task.wishes.time_limit_s, task.worth.of(plan), progress)
    filled = _autofilled(task)
    found = _search(task, (plan, filled), watch)
    best, source = _chosen(task, filled, found)
    watch.say("Writing down what moves and why", 0.97)
    return _told(task, best, source, filled, found, watch)


def _search(task: Task, starts: tuple[Planogram, ...], watch: Watch) -> Found:
    if not task.candidates:
        held = task.plan.with_positions(task.held)
        return Found((held, held), task.worth.of(held), task.worth.of(held), task.worth.of(task.plan))
    worth = _cautious(task.worth)
    coil_by_coil = all(task.limits.smallest[i] <= max(task.limits.least[i], 1) for i in task.candidates)
    by_slot = task.plan.fixture.placement is Placement.SLOTS and not task.strict and not task.wishes.blocks
    search = search_machine if by_slot and coil_by_coil else search_shelves
    return search(task, worth, starts, watch)


def _cautious(worth: Worth) -> Worth:
    """The worth that choices are made by: every level by ``CAUTION`` nearer to its median."""
    site = worth.site
    response = site.response
    spread = response.draws.base.var(axis=0) / 2.0
    point = replace(response.point, base=response.point.base - CAUTION * spread[None, :])
    return replace(worth, site=replace(site, response=replace(response, point=point)))


def _autofilled(task: Task) -> Planogram:
    """The automatic layout of the products to choose from, at the present prices."""
    products = [task.site.catalog[i] for i in task.candidates]
    filled = autofill(task.plan.fixture, products, task.plan.rule_set).plan
    prices = {p.product_id: p.price for p in reversed(task.plan.positions)}
    return filled.with_positions(replace(p, price=prices.get(p.product_id)) for p in filled.positions)


def _chosen(task: Task, filled: Planogram, found: Found) -> tuple[Planogram, str]:
    """The best of all plans that keep the wishes and break no rule that the present one keeps."""
    named = [
        (task.plan, "the present plan"), (filled, "the automatic layout"),
        *((p, "the solver's plan") for p in found.plans[:-1]), (found.plans[-1], "the improved plan"),
    ]
    kept = [
        (p, name) for p, name in named
        if task.keeps(p) and not added_violations(task.plan, p, task.site.catalog)
    ]
    if not kept:
        raised: RuleViolation = refusal(_unkept(task, found.plans[-1]))
        raise raised
    return max(kept, key=lambda pair: task.worth.of(pair[0]))


def _unkept(task: Task, plan: Planogram) -> tuple[Violation, ...]:
    """What the best plan found does not keep."""
    broken = added_violations(task.plan, plan, task.site.catalog)
    if broken:
        return broken
    facings = facings_of(plan.positions)
    hint = "Give more time, or lower some minimum, or give the blocks up."
    said = [
        Violation(Rule.FACINGS, f"No plan was found in {task.wishes.time_limit_s:g} s that gives "
                  f"{task.name(i)} {least} facings beside the other wishes.", None, i, hint)
        for i, least in task.limits.least.items() if facings.get(i, 0) < least
    ]
    blocked = (f"No plan was found in {task.wishes.time_limit_s:g} s that keeps every {task.wishes.blocks} "
               "together beside the other wishes.")
    return tuple(said) or (Violation(Rule.LOCKED, blocked, None, None, hint),)


def _told(
    task: Task, best: Planogram, source: str, filled: Planogram, found: Found, watch: Watch
) -> Optimized:
    worth, site = task.worth, task.site
    money = worth if worth.goals == REVENUE else worth_of(site, task.plan, REVENUE)
    prediction = predict_revenue(task.plan, best, site, confidence_level=CONFIDENCE_LEVEL)
    value, present = worth.of(best), worth.of(task.plan)
    draws = [worth.of_draws(p, site.response.draws) for p in (task.plan, best)]
    gain = estimate(value - present, draws[1] - draws[0])
    lift = prediction.lift
    if worth.goals != REVENUE:
        lift = _lift(present, value, draws)
    objective = found.objective
    return Optimized(
        task.plan, best, worth.goals, objective, max(found.bound, objective),
        max(found.bound - objective, 0.0) / max(abs(found.bound), 1e-9), found.baseline, value, present,
        worth.of(filled) if task.keeps(filled) else None, gain, lift, prediction,
        lines_of(task, best, money), not_placed(task, best), source,
        site.response.provenance.phrase_with(best.product_ids), trust.required_data(site.history_days),
        watch.spent_s * 1000.0, watch.asked_to_stop,
    )


def _lift(present: float, value: float, draws: list[np.ndarray]) -> Estimate:
    """Percent more worth, with its interval; 0 where the present plan is worth nothing."""
    if present <= 0:
        return Estimate(0.0, 0.0, 0.0)
    return estimate(100.0 * (value / present - 1.0),
                    100.0 * (draws[1] / np.maximum(draws[0], 1e-12) - 1.0))
