"""The best layout of a plan: asked for on the right site."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from core.capabilities.optimize import Optimized, Wishes, optimize
from core.capabilities.optimize.progress import OnStep
from core.fleet.optimum import FleetOptimum, OnPlace, Place, optimize_places
from core.planogram.planogram import Planogram
from core.store import catalog, planograms
from core.workbench.estimates import EstimatesDoor


class OptimizeDoor(EstimatesDoor):
    """What a plan could be at its place."""

    def optimize(
        self, planogram_id: int | str, wishes: Wishes | None = None, plan: Planogram | None = None,
        progress: OnStep | None = None,
    ) -> Optimized:
        """The best plan for the wishes, from the saved plan or from ``plan``; to a place where nothing of the
        demo company stands, nothing of it is suggested either. Raises BadInput and RuleViolation as the
        capability does."""
        saved, site = self._at(planogram_id)
        before, asked = plan or saved.plan, wishes or Wishes()
        if asked.usual is None:
            asked = replace(asked, usual=self._usual(before, site.catalog.keys()))
        return optimize(before, site, asked, progress)

    def optimize_fleet(
        self, planogram_ids: Sequence[int], wishes: Wishes | None = None, progress: OnPlace | None = None
    ) -> FleetOptimum:
        """The best layouts of many saved plans, each with the same wishes and its own time limit."""
        with self._session() as session:
            plans = planograms.load_all(session, planogram_ids)
            known = catalog.load_catalog(session)
        places = (
            Place(p.id, p.name, p.version, p.plan, partial(self.site, p.id), self._usual(p.plan, known))
            for p in plans
        )
        return optimize_places(list(places), wishes or Wishes(), progress)

    def _usual(self, plan: Planogram, product_ids: Iterable[int]) -> tuple[int, ...]:
        """The catalog's products: without the demo's where only others stand, and without those of the
        company's own places where the demo's stand."""
        with self._session() as session:
            demo, own = catalog.demo_ids(session), catalog.own_stock(session)
        stands = set(plan.product_ids)
        others = set() if not stands else own - stands if stands & demo else demo
        return tuple(sorted(set(product_ids) - others))
