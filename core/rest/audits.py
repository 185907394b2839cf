"""A photo of a shelf against its plan: what departs, what people made of it, and how it went over time."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from core.compliance.findings import Detected, Stock, Violation
from core.compliance.reading import SHOWN_FROM
from core.compliance.trend import PlaceTrend
from core.rest.auth import Bench, PredictionBench
from core.rest.lists import Limit, Offset
from core.rest.photos import BODY, Photo, picture
from core.rest.reading import CheckedRoute, Whole
from core.rest.recognize import box_json, reading_json
from core.rest.shapes import Json, card_json, planogram_ref
from core.store.audits import AuditCard, SavedAudit, Verdict
from core.workbench import Workbench

router = APIRouter(route_class=CheckedRoute, tags=["Photos"])


@router.post("/planograms/{planogram}/audit", openapi_extra=BODY)
def audit(
    wb: PredictionBench, planogram: str, photo: Photo, version: Annotated[Whole | None, Query()] = None
) -> Json:
    """Hold a photo against a plan, by default as it was saved last."""
    return _told(wb, wb.audit_photo(planogram_ref(planogram), photo, version))


@router.get("/planograms/{planogram}/audits")
def audits_of_plan(wb: Bench, planogram: str, limit: Limit = 50, offset: Offset = 0) -> Json:
    """The audits of a plan, the newest first."""
    return _page(*wb.audits(planogram_ref(planogram), limit=limit, offset=offset))


@router.get("/audits")
def audits(
    wb: Bench, planogram_id: Whole | None = None, store_id: Whole | None = None,
    device_id: Whole | None = None, limit: Limit = 50, offset: Offset = 0,
) -> Json:
    """Audits, the newest first; a store's include those of its machines."""
    return _page(*wb.audits(planogram_id, store_id, device_id, limit, offset))


@router.get("/audits/trend")
def compliance_trend(wb: Bench, store_id: Whole | None = None, device_id: Whole | None = None) -> Json:
    """Compliance and on-shelf availability by week, of all and by place, the least compliant first."""
    found = wb.compliance_trend(store_id, device_id)
    return {
        "overall": None if found.overall is None else _place(found.overall),
        "items": [{"id": p.site_id or 0, **_place(p)} for p in found.places], "total": len(found.places),
    }


def _place(found: PlaceTrend) -> Json:
    weeks = [{**asdict(w), "week": w.week.isoformat()} for w in found.weeks]
    return {"site_id": found.site_id, "name": found.name, "score": found.score, "change": found.change,
            "weeks": weeks}


@router.get("/audits/{audit_id}")
def one(wb: Bench, audit_id: Whole) -> Json:
    """An audit with all that was found and what people made of it."""
    return _told(wb, wb.audit(audit_id))


@router.get("/audits/{audit_id}/image", response_class=Response)
def annotated(wb: Bench, audit_id: Whole) -> Response:
    """The photo with boxes and short labels, as JPEG."""
    return picture(wb.annotated(audit_id), "image/jpeg", kept_s=0)


@router.get("/audits/{audit_id}/photo", response_class=Response)
def photo(wb: Bench, audit_id: Whole) -> Response:
    """The photo as it was sent."""
    return picture(*wb.audit_picture(audit_id))


@router.get("/audits/{audit_id}/fixes")
def fixes(wb: Bench, audit_id: Whole) -> Json:
    """What to do at the shelf, in order; what people have dismissed is left out."""
    return {"audit_id": audit_id, "fixes": [fix.as_json() for fix in wb.audit_fixes(audit_id)]}


@router.get("/audits/{audit_id}/fixes.pdf", response_class=Response)
def fixes_pdf(wb: Bench, audit_id: Whole) -> Response:
    """The same with the marked photo, to print."""
    return picture(wb.audit_pdf(audit_id), "application/pdf", kept_s=0)


@router.post("/audits/{audit_id}/repeat")
def repeat(wb: PredictionBench, audit_id: Whole) -> Json:
    """Read the same photo anew with all that was learned since."""
    return _told(wb, wb.audit_again(audit_id))


class Judgement(BaseModel):
    """``correction``: {product_id (null: not in the catalog), box?, note?}, a product's id, or words."""

    verdict: str
    correction: dict[str, Any] | Whole | str | None = None


@router.post("/audits/{audit_id}/violations/{violation_id}")
def judge(wb: Bench, audit_id: Whole, violation_id: str, body: Judgement) -> Json:
    """Confirm, dismiss or correct a finding; what is named so is learned from."""
    saved = wb.judge_violation(audit_id, violation_id, body.verdict, body.correction)
    found = saved.audit.violation(violation_id)
    assert found is not None
    return {"success": True, "audit_id": audit_id, **violation_json(found, saved.verdicts.get(violation_id))}


def _told(wb: Workbench, saved: SavedAudit) -> Json:
    """An audit, and what is left of it once people's verdicts are put in."""
    now = wb.judged(saved.id)
    return {
        **audit_json(saved), "fixes": [fix.as_json() for fix in now.fixes],
        "judged_score": now.audit.compliance_score,
    }


def audit_json(saved: SavedAudit) -> Json:
    found = saved.audit
    return {
        "success": True, "audit_id": saved.id, **_card(saved.card),
        "compliance_score": found.compliance_score, "score_low": found.score_low,
        "score_high": found.score_high, "definition": found.definition, "summary": found.summary,
        "notes": list(found.notes), "availability": found.availability,
        "violations": [violation_json(v, saved.verdicts.get(v.id)) for v in found.violations],
        "to_check": [violation_json(v, saved.verdicts.get(v.id)) for v in found.to_check],
        "detected_products": [_detected(d) for d in found.detected if d.confidence >= SHOWN_FROM],
        "gaps": [{"box": box_json(g.box), "row": g.row, "confidence": round(g.confidence, 3)}
                 for g in saved.reading.gaps if g.confidence >= SHOWN_FROM],
        "facings": [asdict(f) for f in found.facings], "shares": [asdict(s) for s in found.shares],
        "rows": [{**asdict(r), "violations": list(r.violations)} for r in found.rows],
        "width": saved.reading.width, "height": saved.reading.height,
        "annotated_image_url": f"/api/audits/{saved.id}/image", "photo_url": f"/api/audits/{saved.id}/photo",
        **reading_json(saved.reading),
    }


def violation_json(found: Violation, verdict: Verdict | None = None) -> Json:
    shape: Json = {
        "id": found.id, "type": found.kind.value, "box": box_json(found.box),
        "boxes": [box_json(b) for b in found.boxes], "confidence": round(found.confidence, 3),
        "severity": found.severity, "text": found.text, "is_fact": found.is_fact,
        "expected": _stock(found.expected), "actual": _stock(found.actual),
        "verdict": None if verdict is None else verdict.verdict,
    }
    if verdict is not None:
        shape |= {"correction": dict(verdict.correction), "judged_by": verdict.by,
                  "judged_at": verdict.at.isoformat()}
    return shape


def _stock(stock: Stock | None) -> Json | None:
    if stock is None:
        return None
    shape: Json = {"product_id": stock.product_id, "name": stock.name, "facings": stock.facings}
    if stock.spot is not None:
        shape |= {"grid_position": stock.spot.grid_position, "slot": stock.spot.slot,
                  "label": stock.spot.label or None, "where": stock.spot.words}
    return shape


def _detected(found: Detected) -> Json:
    shape: Json = {
        "box": box_json(found.box), "row": found.row, "column": found.column, "slot": found.slot,
        "confidence": round(found.confidence, 3), "standing": found.standing.value,
        "violation_id": found.violation_id,
    }
    if found.product_id is not None:
        shape |= {"product_id": found.product_id, "name": found.name,
                  "product_confidence": round(found.probability, 3)}
    return shape


def _card(card: AuditCard) -> Json:
    shape = card_json(card)
    for taken in ("violations", "facings", "methods", "elapsed_ms", "score", "availability"):
        del shape[taken]
    return {"name": f"Audit {card.id} of {card.planogram}", **shape}


def _page(cards: list[AuditCard], total: int) -> Json:
    items = [
        {**card_json(c), "name": f"Audit {c.id} of {c.planogram}", "compliance_score": c.score,
         "annotated_image_url": f"/api/audits/{c.id}/image"}
        for c in cards
    ]
    return {"items": items, "total": total}
