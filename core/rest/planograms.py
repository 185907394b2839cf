"""Planograms and their versions."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from core.planogram.autofill import as_layout
from core.planogram.fixture import Fixture, Placement
from core.planogram.parse import plan_from_payload
from core.planogram.planogram import Planogram, RuleSet
from core.rest.auth import Bench
from core.rest.layouts import layout_of
from core.rest.lists import Limit, Offset, page
from core.rest.reading import CheckedRoute, Whole
from core.rest.shapes import Json, card_json, fixture_from, planogram_json, planogram_ref, product_from
from core.store.planograms import VersionCard
from core.workbench import Workbench

router = APIRouter(route_class=CheckedRoute, prefix="/planograms", tags=["Planograms"])


class NewPlanogram(BaseModel):
    name: str
    fixture: dict[str, Any]
    season: str | None = None
    project_id: Whole | None = None
    rule_set: Literal["strict", "as found"] | None = None
    category_ids: list[Whole] | None = None
    positions: list[Any] | None = None
    comment: str = ""


class NewLayout(BaseModel):
    base_version: Whole
    positions: list[Any]
    comment: str = ""


class Restore(BaseModel):
    version: Whole


class AutofillRequest(BaseModel):
    fixture: dict[str, Any]
    products: list[dict[str, Any]] | None = None
    category_ids: list[Whole] | None = None


@router.get("")
def planograms(
    wb: Bench, device_id: Whole | None = None, store_id: Whole | None = None, project_id: Whole | None = None,
    limit: Limit = 50, offset: Offset = 0,
) -> Json:
    """Planograms by place and name, each with its fixture and positions."""
    cards = wb.planograms(device_id, store_id, project_id)
    whole = {p.id: p for p in wb.open_all([card.id for card in cards[offset:offset + limit]])}
    return page(cards, limit, offset, lambda card: {**card_json(card), **planogram_json(whole[card.id])})


@router.post("", status_code=201)
def create(wb: Bench, body: NewPlanogram) -> Json:
    """A new planogram with the given positions, or filled from categories, or empty."""
    plan = _new_plan(wb, body, fixture_from(body.fixture))
    saved = wb.create_planogram(
        body.name, plan, season=body.season, project_id=body.project_id, comment=body.comment
    )
    return planogram_json(saved)


@router.post("/autofill")
def autofill(wb: Bench, body: AutofillRequest) -> Json:
    """The rule-based layout of products on an empty fixture; nothing is saved."""
    fixture = fixture_from(body.fixture)
    if body.products is not None:
        products = [product_from(p) for p in body.products]
    else:
        products = wb.products_of(body.category_ids)
    filled = wb.autofill(fixture, products)
    left = [{"product_id": n.product_id, "reason": n.reason} for n in filled.not_placed]
    return {**as_layout(filled.plan, {p.id: p for p in products}), "not_placed": left}


@router.get("/{planogram}")
def planogram(wb: Bench, planogram: str, version: Whole | None = None) -> Json:
    """A planogram by id or ``{device_id}_{cabinet_index}``, as its last or the asked-for version."""
    return planogram_json(wb.open(planogram_ref(planogram), version))


@router.put("/{planogram}/layout")
def save_layout(wb: Bench, planogram: str, body: NewLayout) -> Json:
    """A new version; 409 if someone saved after ``base_version``."""
    saved = wb.open(planogram_ref(planogram))
    plan = layout_of(saved.plan, body.positions, wb.catalog())
    return planogram_json(wb.save(saved.id, body.base_version, plan, body.comment))


@router.get("/{planogram}/versions")
def versions(wb: Bench, planogram: str, limit: Limit = 50, offset: Offset = 0) -> Json:
    """The history, the newest first."""
    found = wb.versions(wb.open(planogram_ref(planogram)).id)
    return page(found, limit, offset, _version_json)


def _version_json(version: VersionCard) -> Json:
    return {"id": version.version, "name": f"Version {version.version}", **card_json(version)}


@router.get("/{planogram}/diff")
def difference(
    wb: Bench, planogram: str, start: Annotated[Whole, Query(alias="from")],
    end: Annotated[Whole, Query(alias="to")],
) -> Json:
    """What changed between two versions."""
    return asdict(wb.diff(wb.open(planogram_ref(planogram)).id, start, end))


@router.post("/{planogram}/restore")
def restore(wb: Bench, planogram: str, body: Restore) -> Json:
    """An old version as the newest one."""
    return planogram_json(wb.restore(wb.open(planogram_ref(planogram)).id, body.version))


def _new_plan(wb: Workbench, body: NewPlanogram, fixture: Fixture) -> Planogram:
    default = RuleSet.AS_FOUND if fixture.placement is Placement.SLOTS else RuleSet.STRICT
    rule_set = RuleSet(body.rule_set) if body.rule_set else default
    if body.positions:
        return plan_from_payload(body.positions, fixture, wb.catalog(), rule_set)
    if body.category_ids:
        filled = wb.autofill(fixture, category_ids=body.category_ids).plan
        return Planogram(fixture, filled.positions, rule_set)
    return Planogram(fixture, (), rule_set)
