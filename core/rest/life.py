"""The life of a plan: its status, comments, the store's answers, photos as proof."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Response, UploadFile
from pydantic import BaseModel, ConfigDict

from core.errors import TooLarge
from core.rest.auth import Bench
from core.rest.lists import Limit, Offset, page
from core.rest.reading import CheckedRoute, Whole
from core.rest.shapes import Json, card_json, planogram_json, planogram_ref
from core.store.life import Life, Step
from core.store.pictures import LIMIT_BYTES
from core.store.plan_talk import REASONS, Comment, Proof

router = APIRouter(route_class=CheckedRoute, prefix="/planograms", tags=["Life of a planogram"])
MAX_PHOTOS = 24
SHOWN = 80
"""Characters of a comment that name it in a list."""


class NewStatus(BaseModel):
    status: Literal["draft", "prepared", "implemented", "archived"]
    version: Whole | None = None
    day: date | None = None
    note: str = ""


class NewComment(BaseModel):
    text: str = ""
    slot: str | None = None
    product_id: Whole | None = None
    reason: str | None = None
    answer_to: Whole | None = None
    version: Whole | None = None


class CommentState(BaseModel):
    resolved: bool


class PlanChanges(BaseModel):
    """Name, season, project_id and status; those left out stay."""

    model_config = ConfigDict(extra="allow")


@router.patch("/{planogram}")
def patch(wb: Bench, planogram: str, body: PlanChanges) -> Json:
    """Change name, season, project or status."""
    found = wb.open(planogram_ref(planogram)).id
    return planogram_json(wb.patch_planogram(found, **_changes(body.model_extra or {})))


@router.get("/{planogram}/status")
def status(wb: Bench, planogram: str) -> Json:
    """Which version is prepared, which stands there since when, and every step, the newest first."""
    return life_json(wb.life(planogram_ref(planogram)))


@router.post("/{planogram}/status")
def set_status(wb: Bench, planogram: str, body: NewStatus) -> Json:
    """The next step: of the newest version, or for "implemented" of the prepared one; 422 with
    ``violations`` where a plan that breaks a hard rule would be prepared."""
    return life_json(
        wb.set_status(planogram_ref(planogram), body.status, body.version, body.day, body.note)
    )


@router.post("/{planogram}/hand-over")
def hand_over(wb: Bench, planogram: str) -> Json:
    """The layout of a plan that was saved beside another as the next version of that one."""
    return planogram_json(wb.hand_over(wb.open(planogram_ref(planogram)).id))


@router.get("/{planogram}/comments")
def comments(
    wb: Bench, planogram: str, open: bool = False, limit: Limit = 50, offset: Offset = 0
) -> Json:
    """What was said of a plan, the oldest first; with ``open`` only what still has to be seen to."""
    return page(wb.comments(planogram_ref(planogram), open), limit, offset, comment_json)


@router.post("/{planogram}/comments", status_code=201)
def comment(wb: Bench, planogram: str, body: NewComment) -> Json:
    """A comment on the plan, a slot or a product; with a ``reason`` the store's answer that it cannot be
    done so."""
    made = wb.comment(
        planogram_ref(planogram), body.text, slot=body.slot, product_id=body.product_id, reason=body.reason,
        answer_to=body.answer_to, version=body.version,
    )
    return comment_json(made)


@router.patch("/{planogram}/comments/{comment_id}")
def resolve(wb: Bench, planogram: str, comment_id: Whole, body: CommentState) -> Json:
    """Close a comment with its answers, or open it again."""
    return comment_json(wb.resolve_comment(planogram_ref(planogram), comment_id, body.resolved))


@router.get("/{planogram}/proof")
def proofs(wb: Bench, planogram: str, limit: Limit = 50, offset: Offset = 0) -> Json:
    """The photos of the shelf as it stood, the newest first."""
    reference = planogram_ref(planogram)
    return page(wb.proofs(reference), limit, offset, lambda p: proof_json(p, planogram))


@router.post("/{planogram}/proof", status_code=201)
def add_proof(
    wb: Bench, planogram: str, image: Annotated[list[UploadFile], File()],
    note: Annotated[str, Form()] = "", version: Annotated[Whole | None, Form()] = None,
) -> Json:
    """One or more photos of the shelf, JPEG, PNG or WebP."""
    if len(image) > MAX_PHOTOS:
        raise TooLarge(f"{len(image)} photos are too many.", f"Send at most {MAX_PHOTOS} at once.")
    photos = [photo.file.read(LIMIT_BYTES + 1) for photo in image]
    made = wb.add_proof(planogram_ref(planogram), photos, note, version)
    first = proof_json(made[0], planogram)
    return {**first, "proof_id": made[0].id, "proof_ids": [p.id for p in made]}


@router.get("/{planogram}/proof/{proof_id}/image", response_class=Response)
def photo(wb: Bench, planogram: str, proof_id: Whole) -> Response:
    """The photo itself."""
    content, media_type = wb.proof_photo(planogram_ref(planogram), proof_id)
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=86400"}
    return Response(content, media_type=media_type, headers=headers)


def life_json(now: Life) -> Json:
    return {
        "planogram_id": now.planogram_id, "name": now.name, "status": now.status, "version": now.last_version,
        "prepared_version": now.prepared, "implemented_version": now.implemented,
        "implemented_since": None if now.since is None else now.since.isoformat(),
        "variant_of": now.variant_of, "next": list(now.next), "steps": [_step_json(s) for s in now.steps],
    }


def _step_json(step: Step) -> Json:
    return {"name": f"Version {step.version} {step.status}", **card_json(step)}


def comment_json(said: Comment) -> Json:
    words = said.text or REASONS.get(said.reason or "", "")
    name = words if len(words) <= SHOWN else f"{words[: SHOWN - 1]}…"
    reason = REASONS.get(said.reason or "")
    return {**card_json(said), "name": name, "reason_text": reason, "resolved": said.resolved_at is not None}


def proof_json(kept: Proof, planogram: str) -> Json:
    return {
        **card_json(kept), "name": kept.note or f"Photo {kept.id}",
        "image_url": f"/api/planograms/{planogram}/proof/{kept.id}/image",
    }


def _changes(fields: dict[str, Any]) -> dict[str, Any]:
    """Without what the address gives."""
    return {k: v for k, v in fields.items() if k not in ("planogram_id", "self")}
