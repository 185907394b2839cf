"""Issues of a plan, its overview, and how many facings a product deserves."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from core.capabilities.location import Context
from core.capabilities.location.hours import PARTS
from core.capabilities.location.range import GOALS, Goals
from core.capabilities.validate import Issue, Validation
from core.errors import BadInput, NotFound
from core.planogram.fixture import Fixture
from core.planogram.places import is_number
from core.rest.auth import Bench, PredictionBench, RealTimeBench
from core.rest.layouts import layout_of
from core.rest.reading import CheckedRoute, Whole
from core.rest.shapes import Json, fixture_from, planogram_ref, season_of
from core.workbench import Workbench

router = APIRouter(route_class=CheckedRoute, tags=["Advice"])


class ValidateRequest(BaseModel):
    positions: list[Any] | None = None


class Acknowledge(BaseModel):
    key: str
    take_back: bool = False


@router.post("/planograms/{planogram}/validate")
def validate(wb: RealTimeBench, planogram: str, body: ValidateRequest | None = None) -> Json:
    """Every rule that the plan, or the positions sent, break; a fix is one edit that mends it."""
    saved = wb.open(planogram_ref(planogram))
    sent = body.positions if body else None
    plan = None if sent is None else layout_of(saved.plan, sent, wb.catalog())
    return _validation_json(wb.validate(saved.id, plan))


@router.post("/planograms/{planogram}/acknowledge")
def acknowledge(wb: Bench, planogram: str, body: Acknowledge) -> Json:
    """Live with a warning, named by its ``key``, until its facts change."""
    saved = wb.open(planogram_ref(planogram))
    return _validation_json(wb.acknowledge(saved.id, body.key, taken_back=body.take_back))


@router.get("/planograms/{planogram}/overview")
def overview(wb: Bench, planogram: str) -> Json:
    """The plan in numbers and words, beside the best of its kind, and what to do first."""
    found = wb.overview(planogram_ref(planogram))
    shape = asdict(found)
    shape["improvements"] = [i["text"] for i in shape["improvements"]]
    return {**shape, "improvement_details": [asdict(i) for i in found.improvements]}


@router.get("/products/{product_id}/facings")
def facings(wb: RealTimeBench, product_id: Whole, planogram_id: str) -> Json:
    """How many facings a product deserves on a plan, with the money that each one brings."""
    saved = wb.open(planogram_ref(planogram_id))
    found = wb.facings(product_id, saved.id)
    low, high = found.interval
    shape = {**asdict(found), "interval": {"lower": low, "upper": high}}
    kept = wb.record("facings", {"product_id": product_id}, shape, planogram_id=saved.id)
    return {**shape, "prediction_id": kept}


class CategoriesRequest(BaseModel):
    season: str | None = None
    fixture_id: Whole | None = None
    fixture: dict[str, Any] | None = None
    store_id: Whole | None = None


@router.post("/planograms/suggest-categories")
def suggest_categories(wb: RealTimeBench, body: CategoriesRequest) -> Json:
    """What a new plan should hold; say which were taken through ``/feedback``."""
    found = wb.suggest_categories(_fixture_of(wb, body), season_of(body.season), body.store_id)
    shape = {"suggestions": [asdict(s) for s in found]}
    return {**shape, "prediction_id": wb.record("categories", body.model_dump(), shape)}


def _fixture_of(wb: Workbench, body: CategoriesRequest) -> Fixture:
    if body.fixture is not None:
        return fixture_from(body.fixture)
    if body.fixture_id is None:
        raise BadInput("No fixture is named.", "Give fixture_id, or fixture with width_in and shelf_count.")
    cards = wb.fixtures(body.fixture_id)
    if not cards:
        raise NotFound(f"There is no fixture {body.fixture_id}.", "Look at the list of fixtures.")
    return cards[0].fixture


class LocationContext(BaseModel):
    type: str = ""
    demographics: dict[str, Any] = {}
    traffic_patterns: dict[str, float] | list[float] = []


class LocationRequest(BaseModel):
    device_id: Whole
    location_context: LocationContext = LocationContext()
    optimization_goals: dict[str, float] = {}


@router.post("/planograms/personalize-location")
def personalize_location(wb: PredictionBench, body: LocationRequest) -> Json:
    """What a machine's place should carry, slot by slot, and how its range compares."""
    told = body.location_context
    people = {k: float(v) for k, v in told.demographics.items() if is_number(v)}
    context = Context(told.type, people, _hours_of(told.traffic_patterns))
    found = wb.personalize(body.device_id, _goals_of(body.optimization_goals), context)
    shape = {
        "personalized_planogram": {
            "recommendations": [asdict(r) for r in found.recommendations],
            "category_mix": [asdict(m) for m in found.category_mix],
            "time_based_suggestions": {t.period: asdict(t) for t in found.time_based},
        },
        "competitive_analysis": {
            "differentiation_score": found.differentiation_score,
            "unique_products": list(found.unique_products),
            "market_gaps": [asdict(g) for g in found.market_gaps],
        },
        "cluster": found.cluster, "learned_from": found.learned_from, "degraded": found.degraded,
    }
    kept = wb.record("location", body.model_dump(), {"cluster": found.cluster,
                     "competitive_analysis": shape["competitive_analysis"]})
    return {"success": True, **shape, "prediction_id": kept}


def _goals_of(weights: dict[str, float]) -> Goals:
    """Weights by name; one left out is 0, and without any revenue alone counts. Raises BadInput."""
    if unknown := sorted(weights.keys() - set(GOALS)):
        raise BadInput(f"“{unknown[0]}” is not a goal.", f"Choose among {', '.join(GOALS)}.")
    return Goals(**{name: weights.get(name, 0.0) for name in GOALS}) if weights else Goals()


def _hours_of(traffic: dict[str, float] | list[float]) -> tuple[float, ...]:
    """24 shares from a list, or from a table of hours or of parts of the day. Raises BadInput."""
    if isinstance(traffic, list):
        values = traffic
    else:
        values = [0.0] * 24
        for name, share in traffic.items():
            hours = range(*PARTS[name]) if name in PARTS else [int(name)] if name.isdecimal() else []
            if not hours or max(hours) > 23:
                raise BadInput(f"“{name}” is no hour and no part of the day.",
                               f"Give hours from 0 to 23, or {', '.join(PARTS)}.")
            for hour in hours:
                values[hour] += share / len(hours)
    if values and (len(values) != 24 or min(values) < 0):
        raise BadInput("The traffic cannot be read.", "Give 24 shares of 0 or more, one an hour.")
    return tuple(values)


def _validation_json(found: Validation) -> Json:
    return {"score": found.score, "issues": [_issue_json(issue) for issue in found.issues]}


def _issue_json(issue: Issue) -> Json:
    shape: Json = {
        "rule": issue.rule.value, "severity": issue.severity, "message": issue.message, "hint": issue.hint,
        "key": issue.key, "acknowledged": issue.acknowledged,
    }
    if issue.slot is not None:
        shape["slot"] = issue.slot
    if issue.product_id is not None:
        shape["product_id"] = issue.product_id
    if issue.fix is not None:
        shape["fix"] = issue.fix.explain()
    return shape
