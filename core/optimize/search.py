"""The state that the parts of one search share: the best plan, the bound, and when to stop."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.optimize.clock import Clock
from core.optimize.problem import IntArray, Problem
from core.optimize.solution import OnProgress, Progress, Solution, StoppedBy, Window, relative_gap, worth
from core.optimize.windows import lay_windows


@dataclass(frozen=True, eq=False)
class Layout:
    """Windows with the options ``chosen`` in them, how often (``times``), and what they are worth."""

    windows: tuple[Window, ...]
    chosen: IntArray
    times: IntArray
    value: float


@dataclass(eq=False)
class Search:
    """One search for a layout with blocks. ``best`` is None until a plan is found."""

    problem: Problem
    clock: Clock
    gap: float
    progress: OnProgress | None
    patience_s: float = np.inf
    bound: float = np.inf
    best: Layout | None = None
    asked: bool = False

    @property
    def objective(self) -> float:
        return -np.inf if self.best is None else self.best.value

    def more(self) -> bool:
        """Whether to go on."""
        if self.best is None and self.clock.spent > self.patience_s:
            return False
        return not self.asked and self.clock.left > 0 and relative_gap(self.objective, self.bound) > self.gap

    def going(self, objective: float = 0.0, bound: float = 0.0) -> bool:
        """What every solver asks now and then."""
        return self.more()

    def offer(self, windows: tuple[Window, ...], chosen: IntArray, times: IntArray) -> Layout:
        """A layout of these options; the best so far is kept and told."""
        order = np.argsort(chosen)
        chosen, times = chosen[order], times[order]
        layout = Layout(windows, chosen, times, worth(self.problem, chosen, times))
        if layout.value > self.objective + 1e-9:
            self.best = layout
            told = Progress(layout.value, max(self.bound, layout.value), self.clock.spent)
            if self.progress is not None and not self.progress(told):
                self.asked = True
        return layout

    def solution(self) -> Solution:
        """What was found; without a plan nothing is chosen."""
        none = np.zeros(0, np.int64)
        best = self.best or Layout((), none, none, 0.0)
        bound = max(self.bound, best.value)
        stopped: StoppedBy = "gap" if relative_gap(best.value, bound) <= self.gap else "time"
        x = lay_windows(self.problem, best.chosen, best.times, best.windows)
        name = [*np.unique(self.problem.items.block[self.problem.items.block >= 0]).tolist(), -1]
        windows = tuple(replace(window, block=name[window.block]) for window in best.windows)
        return Solution(best.chosen, best.times, x, best.value, bound, self.clock.spent,
                        "asked" if self.asked else stopped, windows=windows)  # fmt: skip
