"""Many plans at once: a layout copied, one change made on all, and what was changed together undone."""

from __future__ import annotations

from dataclasses import asdict
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from core.errors import BadInput
from core.planogram.bulk import Add, BulkEdit, Remove, Replace, Reprice
from core.rest.auth import Bench
from core.rest.lists import Limit, Offset, page
from core.rest.reading import CheckedRoute, Whole
from core.rest.shapes import Json, card_json, planogram_ref, positions_json
from core.store.batches import Batch
from core.workbench.many import Proposed

router = APIRouter(route_class=CheckedRoute, tags=["Many planograms"])
LISTED = 1000


class CopyRequest(BaseModel):
    planogram_ids: list[Whole]
    keep_prices: bool = True
    only_known: bool = False
    save: bool = False
    comment: str = ""


class BulkRequest(BaseModel):
    """``price`` null goes back to the product's own; ``planogram_ids`` left out: all plans."""

    action: Literal["price", "remove", "replace", "add"]
    product_id: Whole
    price: float | None = None
    by_product_id: Whole | None = None
    facings: Whole = 1
    planogram_ids: list[Whole] | None = None
    save: bool = False
    comment: str = ""

    @property
    def edit(self) -> BulkEdit:
        """Raises BadInput where the product that takes the place is missing."""
        if self.action == "price":
            return Reprice(self.product_id, self.price)
        if self.action == "remove":
            return Remove(self.product_id)
        if self.action == "add":
            return Add(self.product_id, self.facings)
        if self.by_product_id is None:
            raise BadInput("by_product_id is missing.", "Say which product takes the place.")
        return Replace(self.product_id, self.by_product_id)


@router.get("/planograms/{planogram}/similar")
def similar(wb: Bench, planogram: str, limit: Limit = 50, offset: Offset = 0) -> Json:
    """Plans that could take this one's layout, the most alike first."""
    found = wb.similar(planogram_ref(planogram))
    return page(found, limit, offset, lambda s: {"id": s.planogram_id, **card_json(s)})


@router.post("/planograms/{planogram}/copy")
def copy(wb: Bench, planogram: str, body: CopyRequest) -> Json:
    """The layout as it would be at each plan, with what has to differ and why; with ``save`` all are saved,
    or none."""
    source = wb.open(planogram_ref(planogram))
    found = wb.preview_copy(
        source.id, body.planogram_ids, keep_prices=body.keep_prices, only_known=body.only_known
    )
    batch = wb.save_many(body.comment or f"Layout of {source.name}", found) if body.save else None
    return _answer(found, batch)


@router.post("/planograms/bulk-edit")
def bulk_edit(wb: Bench, body: BulkRequest) -> Json:
    """What a change does to each plan; with ``save`` all that it concerns are saved, or none."""
    ids = body.planogram_ids
    found = wb.preview_edit(body.edit, [c.id for c in wb.planograms()] if ids is None else ids)
    batch = wb.save_many(body.comment or wb.describe_edit(body.edit), found) if body.save else None
    return _answer(found, batch)


@router.get("/batches")
def batches(wb: Bench, limit: Limit = 50, offset: Offset = 0) -> Json:
    """What was changed together, the newest first."""
    return page(wb.batches(LISTED), limit, offset, batch_json)


@router.post("/batches/{batch_id}/undo")
def undo(wb: Bench, batch_id: Whole) -> Json:
    """The versions from before as the newest ones, except of plans that someone saved since."""
    return asdict(wb.undo_many(batch_id))


def batch_json(batch: Batch) -> Json:
    return {"name": batch.title, **card_json(batch)}


def _answer(found: list[Proposed], batch: Batch | None) -> Json:
    items = [
        {
            "id": p.planogram_id, "planogram_id": p.planogram_id, "name": p.name,
            "base_version": p.base_version,
            "changed": p.changed, "places": p.places, "changes": p.changes.counts,
            "differences": [card_json(d) for d in p.differences], "error": p.error or None,
            "positions": positions_json(p.after),
        }
        for p in found
    ]
    return {"items": items, "total": len(items), "batch": None if batch is None else batch_json(batch)}
