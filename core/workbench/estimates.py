"""Scores, heat and predictions: capabilities called on the right site, and what was shown kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.capabilities.heat import HeatMap, heat
from core.capabilities.money import PlanMoney, delta_money
from core.capabilities.pairs import PairScores, Suggestions, score_pairs, suggest_positions
from core.capabilities.proposals import Proposal, proposals
from core.capabilities.score import PlacementScore, score_placement
from core.capabilities.whatif import RevenuePrediction, predict_revenue
from core.capabilities.zone_effects import ZoneEffects, zone_effects
from core.planogram.edit import swap
from core.planogram.planogram import Planogram
from core.site.site import Site
from core.store import planograms, records
from core.store.planograms import SavedPlanogram
from core.store.records import StoredPrediction
from core.workbench.door import Door
from core.workbench.library import site_of


class EstimatesDoor(Door):
    """What the response says of a plan. ``plan`` is an unsaved draft; without one, the saved plan."""

    def site(self, planogram_id: int | str) -> Site:
        return self._at(planogram_id)[1]

    def score(
        self, planogram_id: int | str, product_id: int, slot: str, plan: Planogram | None = None
    ) -> PlacementScore:
        saved, site = self._at(planogram_id)
        return score_placement(plan or saved.plan, site, product_id, slot)

    def suggest(
        self, planogram_id: int | str, product_id: int, plan: Planogram | None = None, k: int = 3
    ) -> Suggestions:
        saved, site = self._at(planogram_id)
        return suggest_positions(plan or saved.plan, site, product_id, k)

    def pairs(
        self, planogram_id: int | str, plan: Planogram | None = None,
        product_ids: Sequence[int] | None = None,
    ) -> PairScores:
        saved, site = self._at(planogram_id)
        return score_pairs(plan or saved.plan, site, product_ids)

    def heat(
        self, planogram_id: int | str, measure: str = "potential", plan: Planogram | None = None
    ) -> HeatMap:
        saved, site = self._at(planogram_id)
        return heat(plan or saved.plan, site, measure)

    def money(self, planogram_id: int | str, plan: Planogram) -> PlanMoney:
        """What ``plan`` earns a day, and what it earns more than the saved one."""
        saved, site = self._at(planogram_id)
        return delta_money(saved.plan, plan, site)

    def predict_revenue(
        self, planogram_id: int | str, proposed: Planogram, current: Planogram | None = None,
        horizon_days: int = 30, confidence_level: float = 0.9,
    ) -> RevenuePrediction:
        saved, site = self._at(planogram_id)
        return predict_revenue(current or saved.plan, proposed, site, horizon_days, confidence_level)

    def zone_effects(self, planogram_id: int | str) -> ZoneEffects:
        """What rows and columns do to sales at the place of a plan."""
        return zone_effects(self._at(planogram_id)[1])

    def proposals(self, planogram_id: int | str, plan: Planogram | None = None) -> tuple[Proposal, ...]:
        """Changes that a merchandiser would try first, as plans to compare with."""
        saved, site = self._at(planogram_id)
        return proposals(plan or saved.plan, site)

    def swapped(self, planogram_id: int | str, a: str, b: str, plan: Planogram | None = None) -> Planogram:
        """The plan with two slots exchanged. Raises RuleViolation for what a hard rule forbids."""
        saved, site = self._at(planogram_id)
        return swap(plan or saved.plan, site.catalog, a, b)

    def record(
        self, kind: str, request: Mapping[str, Any], result: Mapping[str, Any], *,
        planogram_id: int | None = None, model_version: str = "",
    ) -> int:
        """Keep an estimate that is shown; its ``prediction_id``."""
        with self._session() as session:
            return records.add_prediction(
                session, kind, request, result, planogram_id=planogram_id, model_version=model_version
            )

    def prediction(self, prediction_id: int) -> StoredPrediction:
        """What was asked and answered then. Raises NotFound."""
        with self._session() as session:
            return records.load_prediction(session, prediction_id)

    def feedback(self, prediction_id: int, feedback_type: str, text: str = "") -> int:
        """Keep what a person said of an estimate. Raises NotFound and BadInput."""
        with self._session() as session:
            return records.add_feedback(session, prediction_id, feedback_type, text)

    def _at(self, planogram_id: int | str) -> tuple[SavedPlanogram, Site]:
        with self._session() as session:
            saved = planograms.load(session, planogram_id)
            return saved, site_of(session, self.memory, saved)
