"""What is answered: the options chosen, what they are worth, and what no plan can exceed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.optimize.problem import FloatArray, IntArray, Problem

StoppedBy = Literal["optimal", "gap", "time", "asked"]
TOLERANCE = 1e-6
"""Relative gap from which a solution counts as proven: less than the arithmetic of the solver tells apart."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is: ``objective`` of the best plan, ``bound`` that no plan exceeds, ``seconds``."""

    objective: float
    bound: float
    seconds: float

    @property
    def gap(self) -> float:
        return relative_gap(self.objective, self.bound)


OnProgress = Callable[[Progress], bool]
"""Is told each improvement; returns False to stop, and the best so far is kept."""


@dataclass(frozen=True, slots=True)
class Window:
    """Where a block stands, -1 for items without one: strips ``first`` to ``last``, ``width`` from ``x``."""

    block: int
    first: int
    last: int
    x: float
    width: float


@dataclass(frozen=True, eq=False)
class Solution:
    """The best plan found.

    ``chosen`` (M,): indices of options · ``times`` (M,): how often side by side · ``x`` (M,): left edges, in
    the unit of the strips' widths · ``objective``, ``bound``: sum of values and gains, and what no plan
    exceeds · ``unmet_items``, ``unmet_locks``: required items and locked options that no plan can hold
    together with the others; as few as possible · ``stopped_by``: ``optimal`` (proven), ``gap`` (close enough
    as asked), ``time``, ``asked`` (the progress callback) · ``windows`` of the blocks.
    """

    chosen: IntArray
    times: IntArray
    x: FloatArray
    objective: float
    bound: float
    seconds: float
    stopped_by: StoppedBy
    unmet_items: tuple[int, ...] = ()
    unmet_locks: tuple[int, ...] = ()
    windows: tuple[Window, ...] = ()

    @property
    def gap(self) -> float:
        """(bound − objective) ÷ |bound|, from 0 on."""
        return relative_gap(self.objective, self.bound)

    @property
    def proven(self) -> bool:
        return self.gap <= TOLERANCE


def relative_gap(objective: float, bound: float) -> float:
    """How far an objective may be from the best, relative to the bound; infinite where nothing is known."""
    if not np.isfinite(objective) or not np.isfinite(bound):
        return float("inf")
    return max(0.0, bound - objective) / max(abs(bound), 1e-9)


def worth(problem: Problem, chosen: IntArray, times: IntArray) -> float:
    """Sum of values and gains of some options."""
    options, items = problem.options, problem.items
    item = options.item[chosen]
    amount = np.bincount(item, options.amount[chosen] * times, len(items)).astype(float)
    order = np.lexsort((-options.value[chosen], item))
    rank = np.arange(len(item)) - np.searchsorted(item[order], item[order])
    share = items.share(rank, item[order])
    return float((options.value[chosen] * times)[order] @ share + items.gain(amount).sum())
