"""Models: which there are, what they are used for and cost, and what the router would do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from core.language import MICRO, ModelEntry
from core.rest.auth import Bench
from core.rest.lists import Limit, Offset, page
from core.rest.reading import CheckedRoute
from core.rest.shapes import Json
from core.store.language import Usage

router = APIRouter(route_class=CheckedRoute, tags=["Models"])

USAGE_DAYS = 30


class RouteRequest(BaseModel):
    task: str = Field(min_length=1, max_length=60)
    text: str | None = Field(default=None, max_length=4_000)


@router.get("/models")
def models(wb: Bench, limit: Limit = 50, offset: Offset = 0) -> Json:
    """Every model that the workbench knows of; prices in dollars for a million tokens."""
    numbered = list(enumerate(wb.models(), 1))
    return page(numbered, limit, offset, lambda item: _entry_json(*item))


@router.get("/models/usage")
def usage(
    wb: Bench, since: Annotated[date | None, Query(alias="from")] = None,
    until: Annotated[date | None, Query(alias="to")] = None,
) -> Json:
    """Calls, cost, latency, local share and quality over days of UTC, by default the last 30."""
    last = until or datetime.now(UTC).date()
    first = since or last - min(timedelta(days=USAGE_DAYS - 1), last - date.min)
    span = (datetime.combine(first, time(), UTC),
            datetime.combine(min(last, date.max - timedelta(days=1)), time(), UTC) + timedelta(days=1))
    whole = wb.models_usage(*span)[()]
    groups = wb.models_usage(*span, ("task", "model"))
    items = [{"task": task, "model": model, **_usage_json(found)} for (task, model), found in groups.items()]
    return {"from": first.isoformat(), "to": last.isoformat(), **_usage_json(whole), "items": items}


@router.post("/models/route")
def route(wb: Bench, body: RouteRequest) -> Json:
    """Which model a task would go to, and why; nothing is called. The cost is in dollars."""
    choice = wb.route(body.task, body.text or "")
    return {
        "model": choice.models[0], "models": list(choice.models), "tier": choice.tier.name.lower(),
        "complexity": round(choice.complexity, 3), "reason": "; ".join(choice.reasons),
        "estimated_cost": choice.estimated_usd_e6 / MICRO,
    }


def _entry_json(number: int, entry: ModelEntry) -> Json:
    return {
        "id": number, "name": entry.name, "title": entry.title, "purpose": entry.purpose,
        "license": entry.license, "where": entry.where, "size_mb": entry.size_mb,
        "tier": None if entry.tier is None else entry.tier.name.lower(),
        "price_in": entry.price_in, "price_out": entry.price_out, "status": entry.status,
        "in_use": entry.in_use and entry.installed, "how": entry.how, "stand_in": entry.stand_in,
    }


def _usage_json(found: Usage) -> Json:
    return {
        "calls": found.calls, "answers": found.answers, "cost": found.cost_usd,
        "latency_ms": found.latency_ms, "local_share": found.local_share, "quality": found.quality,
        "cached": found.cached, "fell_back": found.fell_back, "failed_calls": found.failed_calls,
    }
