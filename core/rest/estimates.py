"""Scores, heat, predictions, and what people say of them."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from core.capabilities.score import PlacementScore
from core.capabilities.valuation import Estimate
from core.capabilities.whatif import PlanRevenue, RevenuePrediction
from core.errors import BadInput
from core.rest.auth import Bench, PredictionBench, RealTimeBench
from core.rest.errors import error_body
from core.rest.layouts import require_possible, scenario_of, stocked
from core.rest.reading import CheckedRoute, Whole
from core.rest.shapes import Json, card_json, planogram_ref
from core.telemetry import meters

router = APIRouter(route_class=CheckedRoute, tags=["Estimates"])


class Context(BaseModel):
    current_slots: list[dict[str, Any]] | None = None


class ScoreRequest(BaseModel):
    planogram_id: Whole | str
    product_id: Whole
    slot_position: str
    context: Context | None = None


class SuggestRequest(BaseModel):
    planogram_id: Whole | str
    product_id: Whole
    k: int = Field(default=3, ge=1, le=50)


class Slots(BaseModel):
    slots: list[dict[str, Any]]


class PredictRequest(BaseModel):
    proposed_planogram: Slots
    planogram_id: Whole | str | None = None
    device_id: Whole | None = None
    cabinet_index: Whole = 0
    current_planogram: Slots | None = None
    prediction_horizon_days: Whole = 30
    confidence_level: float = 0.9

    @property
    def reference(self) -> int | str:
        """The planogram that is meant. Raises BadInput when none is named."""
        if self.planogram_id is not None:
            return planogram_ref(str(self.planogram_id))
        if self.device_id is None:
            raise BadInput("No planogram is named.", "Give planogram_id, or device_id and cabinet_index.")
        return f"{self.device_id}_{self.cabinet_index}"


class FeedbackRequest(BaseModel):
    prediction_id: Whole
    feedback_type: Literal["accepted", "rejected", "modified"]
    user_feedback: str | None = None


@router.post("/planograms/realtime-analysis", response_model=None)
def realtime_analysis(wb: RealTimeBench, body: ScoreRequest) -> Json | JSONResponse:
    """What a product would do at a slot: score, reasons, money."""
    saved = wb.open(planogram_ref(str(body.planogram_id)))
    slots = body.context.current_slots if body.context else None
    plan = stocked(saved.plan, slots, wb.catalog()) if slots else saved.plan
    score = wb.score(saved.id, body.product_id, body.slot_position, plan)
    if not score.valid:
        wrong = {"valid": False, "suggestion": score.suggestion, "violations": []}
        return JSONResponse(error_body(score.error, score.suggestion, **wrong), 422)
    _meter("score", score.response_time_ms, score.degraded)
    shape = _score_json(score)
    kept = wb.record("score", body.model_dump(exclude={"context"}), {**shape, **score.explain()},
                     planogram_id=saved.id)
    return {**shape, "prediction_id": kept}


@router.post("/planograms/placement-suggestions")
def placement_suggestions(wb: RealTimeBench, body: SuggestRequest) -> Json:
    """The best slots for a product that is held."""
    saved = wb.open(planogram_ref(str(body.planogram_id)))
    found = wb.suggest(saved.id, body.product_id, k=body.k)
    shape = {"optimal_positions": [card_json(s) for s in found.optimal_positions],
             "degraded": found.rules_only, "learned_from": found.learned_from}
    kept = wb.record("suggestion", body.model_dump(), shape, planogram_id=saved.id)
    return {"success": True, **shape, "prediction_id": kept}


@router.get("/planograms/{planogram}/heat")
def heat(wb: RealTimeBench, planogram: str, measure: str = "potential") -> Json:
    """What each zone is worth, and the swaps that bring fast movers into the good ones."""
    saved = wb.open(planogram_ref(planogram))
    found = wb.heat(saved.id, measure)
    swaps = [
        {**card_json(s), "interval": {"lower": s.interval[0], "upper": s.interval[1]}} for s in found.swaps
    ]
    shape = {"measure": found.measure, "unit": found.unit, "learned_from": found.learned_from,
             "slots": [card_json(s) for s in found.slots], "swaps": swaps}
    kept = wb.record("heat", {"measure": measure}, {"swaps": swaps, **found.explain()}, planogram_id=saved.id)
    return {**shape, "prediction_id": kept}


@router.post("/planograms/predict-revenue")
def predict_revenue(wb: PredictionBench, body: PredictRequest) -> Json:
    """What a changed plan would earn, with interval, reasons, cost and risk."""
    saved, catalog = wb.open(body.reference), wb.catalog()
    current = saved.plan
    if body.current_planogram is not None:
        current = scenario_of(saved.plan, body.current_planogram.slots, catalog)
    proposed = scenario_of(current, body.proposed_planogram.slots, catalog)
    require_possible(current, proposed, catalog)
    found = wb.predict_revenue(
        saved.id, proposed, current, body.prediction_horizon_days, body.confidence_level
    )
    shape = _prediction_json(found)
    kept = wb.record("revenue", body.model_dump(), {**shape["predictions"], **found.explain()},
                     planogram_id=saved.id, model_version=found.model.model_version)
    return {**shape, "prediction_id": kept}


@router.post("/feedback", status_code=201)
def feedback(wb: Bench, body: FeedbackRequest) -> Json:
    """What became of an estimate: accepted, rejected or modified."""
    kept = wb.feedback(body.prediction_id, body.feedback_type, body.user_feedback or "")
    return {"success": True, "feedback_id": kept}


@router.get("/predictions/{prediction_id}/explanation")
def explanation(wb: Bench, prediction_id: Whole) -> Json:
    """What was asked and answered then, with its factors and weights."""
    return card_json(wb.prediction(prediction_id))


def _score_json(score: PlacementScore) -> Json:
    shape: Json = {
        "success": True, "valid": True, "placement_score": score.placement_score,
        "confidence": score.confidence, "feedback": card_json(score.feedback),
        "zone_analysis": card_json(score.zone_analysis), "constraints_passed": score.constraints_passed,
        "expected_revenue_delta": {
            "daily": score.expected_revenue_delta.value, "lower": score.expected_revenue_delta.lower,
            "upper": score.expected_revenue_delta.upper,
        },
        "degraded": score.degraded, "violations": list(score.violations),
        "contributions": [card_json(c) for c in score.contributions], "learned_from": score.learned_from,
        "description": score.description, "response_time_ms": score.response_time_ms,
    }
    if score.fallback_score is not None:
        shape["fallback_score"] = score.fallback_score
    if score.required_data is not None:
        shape["required_data"] = score.required_data
    return shape


def _prediction_json(p: RevenuePrediction) -> Json:
    contributions = [
        {"slot": c.slot, "product_id": c.product_id, "delta_daily_revenue": c.delta_daily_revenue,
         "before": c.before, "after": c.after} for c in p.contributions
    ]
    predictions = {
        "baseline": _plan_json(p.baseline),
        "proposed": {
            **_plan_json(p.proposed), "revenue_lift": p.revenue_lift,
            "confidence_interval": _bounds(p.proposed.observed),
        },
        "delta_daily_revenue": p.delta.value, "delta_interval": _bounds(p.delta),
        "lift_interval": _bounds(p.lift), "contributions": contributions,
        "product_contributions": [card_json(c) for c in p.products], "causes": p.causes,
        "break_even_analysis": card_json(p.break_even),
        "risk_factors": [card_json(r) for r in p.risk_factors],
        "horizon_days": p.horizon_days, "confidence_level": p.confidence_level,
    }
    return {"success": True, "predictions": predictions, "model_metadata": card_json(p.model)}


def _plan_json(plan: PlanRevenue) -> Json:
    return {
        "daily_revenue": plan.daily_revenue, "monthly_revenue": plan.monthly_revenue,
        "expected_interval": _bounds(plan.interval),
        "top_products": [card_json(t) for t in plan.top_products],
    }


def _bounds(estimate: Estimate) -> Json:
    return {"lower": estimate.lower, "upper": estimate.upper}


def _meter(kind: str, milliseconds: float, degraded: bool) -> None:
    meters().estimate_seconds.labels(kind).observe(milliseconds / 1000.0)
    if degraded:
        meters().fallbacks.labels(kind).inc()
