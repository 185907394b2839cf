"""Questions: words or a plan → the answer with rows, statement and sources."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from fastapi import APIRouter
from pydantic import BaseModel, Field

from core.rest.auth import Bench
from core.rest.reading import CheckedRoute
from core.rest.shapes import Json
from core.trust.limits import QUESTION

if TYPE_CHECKING:
    from core.ask.answer import Answer
    from core.ask.language import Outcome
    from core.workbench import Workbench

router = APIRouter(route_class=CheckedRoute, tags=["Questions"])
MAX_QUESTION = 2000
DOUBTED = 0.8
"""Of an answer where a misspelled name was taken for another, or a language model read the question."""


class Query(BaseModel):
    """``plan`` as in /api/query/schema; ``context_id`` of an earlier answer that this one goes on from."""

    question: str = Field(default="", max_length=MAX_QUESTION)
    context_id: str | None = Field(default=None, max_length=64)
    plan: dict[str, Any] | None = None


@router.post("/query")
def query(wb: Bench, body: Query) -> Json:
    """The answer to a question in words, or to a plan where one is given, with its rows and where they come
    from; ``answer`` null where it has none, with what is unclear or why, and what can be asked."""
    from core.ask.plan import from_json

    wb.charge(QUESTION)
    context = body.context_id or uuid4().hex
    if body.plan is not None:
        return {**answer_json(wb.ask_plan_on(context, from_json(body.plan)), "plan"), "context_id": context}
    outcome, found = wb.ask_on(context, body.question)
    if found is None:
        return _unanswered(wb, context, outcome)
    by = getattr(outcome, "model", "") or "rules"
    return {**answer_json(found, by, getattr(outcome, "doubts", ())), "context_id": context}


@router.get("/query/schema")
def schema(wb: Bench) -> Json:
    """The JSON schema of plans."""
    from core.ask.plan import json_schema

    return json_schema()


def answer_json(found: Answer, by: str, doubts: tuple[str, ...] = ()) -> Json:
    """An answer as JSON: rows as objects by the names of the columns. ``by``: who made the plan, "plan" where
    it was given, "rules", or the language model that did."""
    from core.ask.plan import to_json

    sources = found.sources
    names = [column.name for column in found.columns]
    return {
        "answer": found.sentence,
        "rows": [{n: _plain(v) for n, v in zip(names, row, strict=True)} for row in found.rows],
        "columns": [
            {"name": c.name, "label": c.label, "role": c.role, "holds": c.holds, "unit": c.unit}
            for c in found.columns
        ],
        "plan": to_json(found.plan), "words": found.words, "sql": found.statement.sql,
        "sources": {
            "tables": sources.tables, "rows_read": sources.rows_read, "today": sources.today.isoformat(),
            "period": None if sources.days is None
            else {"from": sources.days.first.isoformat(), "to": sources.days.last.isoformat()},
            "data_version": sources.data_version,
            "last_import": None if sources.last_import is None else sources.last_import.isoformat(),
        },
        "chart": found.chart, "truncated": found.truncated, "confidence": DOUBTED if doubts else 1.0,
        "answered_by": by, "doubts": doubts, "suggestions": [],
    }


def _unanswered(wb: Workbench, context: str, outcome: Outcome) -> Json:
    """``reason``: what is asked back, or why it is not answered · ``suggestions``: whole questions."""
    from core.ask.language import AskBack

    asks = isinstance(outcome, AskBack)
    offers = [offer.text for offer in outcome.choices] if isinstance(outcome, AskBack) else []
    reason = outcome.question if isinstance(outcome, AskBack) else getattr(outcome, "reason", "")
    return {
        "answer": None, "rows": [], "columns": [], "plan": None, "words": None, "sql": None, "sources": None,
        "chart": None, "confidence": 0.0, "answered_by": None, "context_id": context,
        "asks_back": asks, "reason": reason, "instead": getattr(outcome, "instead", None),
        "suggestions": offers or list(wb.ask_examples()),
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
