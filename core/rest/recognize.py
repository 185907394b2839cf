"""What stands on a photo without a plan, and the queue of packages that people name for the next time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from core.compliance.reading import SHOWN_FROM, Box, Facing, Quality, Reading
from core.errors import BadInput, NotFound
from core.planogram.product import Product
from core.rest.auth import Bench, PredictionBench
from core.rest.lists import Limit, Offset
from core.rest.photos import BODY, Photo, picture
from core.rest.reading import CheckedRoute, Whole, read_json
from core.rest.shapes import Json
from core.store.labels import LabelItem

router = APIRouter(route_class=CheckedRoute, prefix="/ai/v2", tags=["Photos"])
_HINT = "Send item_id, and as sku_id the product's id, or none for what is not in the catalog."
_LABEL_BODY: dict[str, Any] = {
    "parameters": [
        {"name": name, "in": "query", "required": False, "schema": {"type": "string"}}
        for name in ("item_id", "sku_id", "not_in_catalog", "skip")
    ],
    "requestBody": {"required": False, "content": {"application/json": {"schema": {
        "type": "object", "properties": {
            "item_id": {"type": "integer"}, "sku_id": {"type": "integer", "nullable": True},
            "not_in_catalog": {"type": "boolean"}, "skip": {"type": "boolean"},
        }}}}},
}
_NOT_IN_CATALOG = ("none", "null", "unknown", "not_in_catalog")
"""What a client may send as ``sku_id`` for a package that is no product of the catalog."""


@router.post("/recognize", openapi_extra=BODY)
def recognize(wb: PredictionBench, photo: Photo) -> Json:
    """Packages and gaps on a photo; boxes in pixels of the upright photo. What is in doubt joins the
    queue."""
    reading = wb.recognize(photo)
    catalog = wb.catalog()
    return {
        "success": True, "width": reading.width, "height": reading.height,
        "detections": [_detection(f, catalog) for f in shown(reading)],
        "gaps": [{"box": box_json(g.box), "row": g.row, "confidence": round(g.confidence, 3)}
                 for g in reading.gaps if g.confidence >= SHOWN_FROM],
        **reading_json(reading),
    }


@router.get("/active-learning-queue")
def queue(wb: Bench, status: str = "open", limit: Limit = 50, offset: Offset = 0) -> Json:
    """Packages that wait for a name, the least sure first; also the ``labelled`` and the ``skipped``."""
    items, total = wb.learning_queue(status, limit, offset)
    catalog = wb.catalog()
    return {"items": [_item(i, catalog) for i in items], "total": total, "counts": wb.learning_counts()}


@router.get("/active-learning/{item_id}/image", response_class=Response)
def crop(wb: Bench, item_id: Whole) -> Response:
    """The package as it was cut out of its photo."""
    return picture(wb.crop(item_id), "image/jpeg")


async def _sent(request: Request) -> dict[str, Any]:
    """Fields from a JSON body, a form or the address, as clients of the guide send them."""
    sent: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
        async with request.form(max_files=0, max_fields=16) as form:
            return {**sent, **{k: v for k, v in form.items() if isinstance(v, str)}}
    content = await request.body()
    body = read_json(content) if content.strip() else {}
    if not isinstance(body, dict):
        raise BadInput("The request is not a JSON object.", _HINT)
    return {**sent, **body}


@router.post("/active-learning/label", openapi_extra=_LABEL_BODY)
def label(wb: Bench, sent: Annotated[dict[str, Any], Depends(_sent)]) -> Json:
    """Name a package: ``sku_id`` is the product; null or "none" says that it is no product of the catalog;
    ``skip`` that nobody can tell. By body or by query parameters."""
    item_id = _number(sent.get("item_id"), "item_id", "the queue")
    if _true(sent.get("skip")):
        done = wb.skip(item_id)
    elif (named := next((k for k in ("sku_id", "product_id") if k in sent), None)) is None:
        if not _true(sent.get("not_in_catalog")):
            raise BadInput("sku_id is missing.", _HINT)
        done = wb.label(item_id, None)
    else:
        said = sent[named]
        none = said is None or str(said).lower() in _NOT_IN_CATALOG
        done = wb.label(item_id, None if none else _number(said, named, "the list of products"))
    return {"success": True, "labelled": done.status == "labelled", **_item(done, wb.catalog())}


def _true(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() in ("1", "true", "yes"))


def _number(value: Any, field: str, where: str) -> int:
    """An id, also as text. Raises BadInput where it is missing, NotFound for what no id looks like."""
    if value is None or value == "":
        raise BadInput(f"{field} is missing.", _HINT)
    text = str(value)
    if isinstance(value, bool | float) or not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise NotFound(f"There is no {field} “{text[:40]}”.", f"Look at {where}.")
    return int(text)


def shown(reading: Reading) -> list[Facing]:
    """What was detected surely enough to be told."""
    return [f for f in reading.facings if f.confidence >= SHOWN_FROM]


def box_json(box: Box) -> list[float]:
    """x, y, width, height in pixels of the upright photo."""
    return [round(v, 1) for v in box]


def name_of(product_id: int, catalog: Mapping[int, Product]) -> str | None:
    product = catalog.get(product_id)
    return product.name if product is not None else None


def quality_json(quality: Quality) -> Json:
    return {"ok": quality.ok, "problems": [asdict(p) for p in quality.problems]}


def reading_json(reading: Reading) -> Json:
    """What is told of any reading."""
    return {
        "quality": quality_json(reading.quality), "elapsed_ms": round(reading.elapsed_ms),
        "methods": list(reading.methods), "fallbacks": list(reading.fallbacks),
    }


def _detection(facing: Facing, catalog: Mapping[int, Product]) -> Json:
    shape: Json = {
        "box": box_json(facing.box), "class": facing.kind, "confidence": round(facing.confidence, 3),
        "row": facing.row,
    }
    if facing.product_id is not None:
        shape |= {
            "product_id": facing.product_id, "name": name_of(facing.product_id, catalog),
            "product_confidence": round(facing.probability, 3),
        }
    return shape


def _item(item: LabelItem, catalog: Mapping[int, Product]) -> Json:
    return {
        "id": item.id, "item_id": item.id, "name": item.product or f"Package {item.id}",
        "image_url": f"/api/ai/v2/active-learning/{item.id}/image", "box": box_json(item.box),
        "candidates": [
            {"product_id": c.product_id, "name": name_of(c.product_id, catalog),
             "probability": round(c.probability, 3)}
            for c in item.candidates
        ],
        "confidence": round(item.confidence, 3), "status": item.status, "source": item.source,
        "sku_id": item.product_id, "product_id": item.product_id, "not_in_catalog": item.not_in_catalog,
        "audit_id": item.audit_id, "planogram_id": item.planogram_id, "labelled_by": item.by,
        "labelled_at": item.labelled_at.isoformat() if item.labelled_at else None,
        "created_at": item.created_at.isoformat(),
    }
