"""The best layout of a plan: asked for on the right site."""

from __future__ import annotations

from core.capabilities.optimize import Optimized, Wishes, optimize
from core.capabilities.optimize_progress import OnStep
from core.planogram.planogram import Planogram
from core.workbench.estimates import EstimatesDoor


class OptimizeDoor(EstimatesDoor):
    """What a plan could be at its place."""

    def optimize(
        self, planogram_id: int | str, wishes: Wishes | None = None, plan: Planogram | None = None,
        progress: OnStep | None = None,
    ) -> Optimized:
        """The best plan for the wishes, from the saved plan or from ``plan``. Raises BadInput and
        RuleViolation as the capability does."""
        saved, site = self._at(planogram_id)
        return optimize(plan or saved.plan, site, wishes, progress)
