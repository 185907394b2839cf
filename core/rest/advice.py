"""Issues of a plan, its overview, and how many facings a product deserves."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from core.capabilities.validate import Issue, Validation
from core.rest.auth import Bench, RealTimeBench
from core.rest.layouts import layout_of
from core.rest.reading import CheckedRoute
from core.rest.shapes import Json, planogram_ref

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
