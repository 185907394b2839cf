"""Planograms out as files, in again, and as instructions for the store."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Query, UploadFile
from fastapi.responses import Response

from core.planogram.files import LIMIT_BYTES
from core.planogram.files.values import FileOut
from core.rest.auth import RealTimeBench
from core.rest.reading import CheckedRoute, Whole
from core.rest.shapes import Json, planogram_json, planogram_ref
from core.workbench.files import PlanImport

router = APIRouter(route_class=CheckedRoute, prefix="/planograms", tags=["Files"])


@router.get("/{planogram}/export", response_class=Response)
def export(
    wb: RealTimeBench, planogram: str, kind: Annotated[str, Query(alias="format")] = "json",
    version: Whole | None = None,
) -> Response:
    """A planogram as csv, xlsx, json, psa, pdf or png."""
    return _file(wb.export_planogram(planogram_ref(planogram), kind.lower(), version))


@router.get("/{planogram}/instructions", response_class=Response)
def instructions(
    wb: RealTimeBench, planogram: str, kind: Annotated[str, Query(alias="format")] = "md",
    from_version: Whole | None = None, version: Whole | None = None, tone: str = "plain",
) -> Response:
    """Step by step as md, pdf or json: how to set the shelf, or to reset it from ``from_version``; the
    ``tone`` is plain, friendly or terse."""
    return _file(wb.instructions(planogram_ref(planogram), kind.lower(), from_version, version, tone.lower()))


@router.post("/import", status_code=201)
def import_planogram(
    wb: RealTimeBench, file: Annotated[UploadFile, File()], name: Annotated[str | None, Form()] = None,
    project_id: Annotated[Whole | None, Form()] = None, create_products: Annotated[bool, Form()] = False,
    dry_run: Annotated[bool, Form()] = False,
) -> Json:
    """Planograms from CSV, Excel, JSON or PSA as new drafts; what is left out is told by line."""
    done = wb.import_planograms(
        file.file.read(LIMIT_BYTES + 1), file.filename or "", name=name, project_id=project_id,
        create_products=create_products, dry_run=dry_run,
    )
    return _report(done, dry_run)


def _report(done: PlanImport, dry_run: bool) -> Json:
    first = planogram_json(done.planograms[0])
    ids = [saved.id for saved in done.planograms]
    if dry_run:
        first, ids = {**first, "id": None}, []
    return {
        **first, "planogram_id": first["id"], "planogram_ids": ids, "rows_read": done.rows_read,
        "rows_imported": done.rows_imported, "rows_rejected": len(done.rejected),
        "rejected": [{"line": r.line, "error": r.error} for r in done.rejected],
        "products_created": done.products_created, "notes": list(done.notes),
    }


def _file(file: FileOut) -> Response:
    """The file as an attachment, its name also for clients that know ASCII alone (RFC 6266)."""
    plain = file.name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "'")
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name)}"
    text = file.media_type.startswith("text/")
    kind = f"{file.media_type}; charset=utf-8" if text else file.media_type
    return Response(file.content, media_type=kind, headers={"Content-Disposition": disposition})
