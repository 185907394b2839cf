"""Sales in, summaries out."""

from __future__ import annotations

import json
import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, File, Form, Query, UploadFile

from core.errors import BadInput, WorkbenchError
from core.rest.auth import Bench
from core.rest.reading import CheckedRoute
from core.rest.shapes import Json
from core.store.imports.run import ImportReport
from core.telemetry import meters

router = APIRouter(route_class=CheckedRoute, prefix="/sales", tags=["Sales"])


@router.post("/import")
def import_sales(
    wb: Bench, later: BackgroundTasks, file: Annotated[UploadFile, File()],
    mapping: Annotated[str | None, Form()] = None, dry_run: Annotated[bool, Form()] = False,
) -> Json:
    """Sales from CSV, Excel, Parquet or EVA-DTS audits; the same file again imports nothing twice."""
    wanted = _mapping(mapping)
    with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
        path = Path(folder) / "sales"
        with path.open("wb") as kept:
            shutil.copyfileobj(file.file, kept, 1024 * 1024)
        try:
            report = wb.import_sales(path, file.filename or "sales", wanted, dry_run)
        except WorkbenchError:
            meters().imports.labels("refused").inc()
            raise
    _count(report, dry_run)
    if report.rows_imported and not dry_run:
        later.add_task(wb.forecast_after_import, report.period[0] if report.period else None)
    return _report(report)


@router.get("/summary")
def summary(
    wb: Bench, device_ids: str | None = None, by: str | None = None,
    start: Annotated[date | None, Query(alias="from")] = None,
    end: Annotated[date | None, Query(alias="to")] = None,
) -> Json:
    """Units, revenue and rows of machines (comma-separated ids) in a period."""
    result = wb.sales_summary(_ids(device_ids), start, end, by)  # type: ignore[arg-type]
    body: Json = {
        "units": result.units, "revenue": result.revenue, "rows": result.rows,
        "from": _day(result.first), "to": _day(result.last),
    }
    if result.items is not None:
        body["items"] = [{k: _day(v) if isinstance(v, date) else v for k, v in item.items()}
                         for item in result.items]
    return body


def _mapping(text: str | None) -> dict[str, str] | None:
    if text is None or not text.strip():
        return None
    try:
        given: Any = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadInput("The mapping is not valid JSON.", "Send {role: column} as a JSON object.") from error
    if not isinstance(given, dict) or not all(isinstance(v, str) for v in given.values()):
        raise BadInput("The mapping is not a table of names.", "Send {role: column} as a JSON object.")
    return given


def _ids(text: str | None) -> list[int] | None:
    if text is None or not text.strip():
        return None
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isascii() and part.isdecimal() and len(part) < 10 for part in parts):
        raise BadInput(f"“{text}” is not a list of machine ids.", "Write whole numbers with commas between.")
    return [int(part) for part in parts]


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _count(report: ImportReport, dry_run: bool) -> None:
    meters().imports.labels("dry run" if dry_run else "done").inc()
    if not dry_run:
        for outcome in ("imported", "duplicate", "rejected"):
            meters().import_rows.labels(outcome).inc(getattr(report, f"rows_{outcome}"))


def _report(report: ImportReport) -> Json:
    def places(found: Any) -> list[Json]:
        return [{"id": p.id, "name": p.name, "planogram_ids": list(p.planogram_ids)} for p in found]

    first, last = report.period or (None, None)
    return {
        "import_id": report.import_id, "rows_read": report.rows_read, "rows_imported": report.rows_imported,
        "rows_duplicate": report.rows_duplicate, "rows_rejected": report.rows_rejected,
        "rejected": [{"line": r.line, "error": r.error} for r in report.rejected],
        "mapping": dict(report.mapping), "devices": places(report.devices), "stores": places(report.stores),
        "products_created": report.products_created, "revenue": report.revenue_e4 / 10_000,
        "period": {"from": _day(first), "to": _day(last)}, "notes": list(report.notes),
    }
