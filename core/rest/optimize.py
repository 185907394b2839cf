"""The best layout of a planogram."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from core.capabilities.optimize import Goals, Lock, Optimized, Wishes
from core.capabilities.optimize.lines import Line
from core.capabilities.valuation import Estimate
from core.planogram.fixture import Fixture
from core.rest.auth import PredictionBench
from core.rest.reading import CheckedRoute, Whole
from core.rest.shapes import Json, planogram_ref, position_json

router = APIRouter(route_class=CheckedRoute, tags=["Optimize"])


class Objective(BaseModel):
    revenue: float = 0.0
    margin: float = 0.0
    variety: float = 0.0
    health_score: float = 0.0


class LockBody(BaseModel):
    slot: str
    product_id: Whole


class OptimizeRequest(BaseModel):
    planogram_id: Whole | str
    objective: Objective = Field(default_factory=lambda: Objective(revenue=1.0))
    products: list[Whole] | None = None
    locks: list[LockBody] = []
    min_facings: Whole | dict[int, Whole] | None = None
    max_facings: Whole | dict[int, Whole] | None = None
    blocks: Literal["brand", "category"] | None = None
    time_limit_s: float = 10.0

    def wishes(self) -> Wishes:
        goals = Goals(**self.objective.model_dump())
        products = None if self.products is None else tuple(self.products)
        locks = tuple(Lock(k.slot, k.product_id) for k in self.locks)
        return Wishes(
            goals, products, locks, self.min_facings, self.max_facings, self.blocks, self.time_limit_s
        )


@router.post("/planograms/optimize")
def optimize(wb: PredictionBench, body: OptimizeRequest) -> Json:
    """The best layout for goals, locks and limits, with its proof, its lift and a reason for every product
    that is not on it. ``min_facings`` and ``max_facings``: one number, or product id → number."""
    saved = wb.open(planogram_ref(str(body.planogram_id)))
    found = wb.optimize(saved.id, body.wishes())
    shape = optimized_json(found)
    kept = wb.record("optimization", body.model_dump(), {**shape, **found.explain()}, planogram_id=saved.id,
                     model_version=found.prediction.model.model_version)
    return {**shape, "base_version": saved.version, "prediction_id": kept}


def optimized_json(found: Optimized) -> Json:
    """The answer of ``POST /planograms/optimize``."""
    fixture, lift = found.plan.fixture, found.predicted_lift
    shape: Json = {
        "success": True,
        "positions": [position_json(p, fixture) for p in found.plan.positions],
        "objective_value": found.objective_value, "bound": found.bound, "gap": found.gap,
        "baseline_value": found.baseline_value,
        "predicted_lift": {"percent": lift.value, "lower": lift.lower, "upper": lift.upper},
        "not_placed": [{"product_id": n.product_id, "reason": n.reason} for n in found.not_placed],
        "solve_time_ms": found.solve_time_ms,
        "value": found.value, "present_value": found.present_value, "autofill_value": found.autofill_value,
        "daily_gain": _interval(found.gain), "revenue_lift": _interval(found.prediction.lift),
        "moves": [_line_json(line, fixture) for line in found.lines],
        "source": found.source, "learned_from": found.learned_from, "stopped_early": found.stopped_early,
        "degraded": found.required_data is not None,
    }
    if found.required_data is not None:
        shape["required_data"] = found.required_data
    return shape


def _line_json(line: Line, fixture: Fixture) -> Json:
    places: dict[str, Any] = {
        name: [position_json(p, fixture) for p in positions]
        for name, positions in (("removed", line.gone), ("placed", line.new))
    }
    return {
        "key": line.key, "what": line.what, "steps": list(line.steps), "why": line.why,
        "slots": list(line.slots), "daily_gain": line.gain, "daily_revenue": line.daily_revenue, **places,
    }


def _interval(estimate: Estimate) -> Json:
    return {"value": estimate.value, "lower": estimate.lower, "upper": estimate.upper}
