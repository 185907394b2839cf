"""What is remembered of work done: predictions, feedback on them, and the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from core.errors import BadInput, NotFound
from core.store import tables as t
from core.store import validate
from core.store.plan_rows import identity
from core.store.tenant import TenantSession

MAX_FEEDBACK = 5000
FEEDBACK_TYPES = ("accepted", "rejected", "modified")

_audit: Any = t.AuditLog
_user: Any = t.User


@dataclass(frozen=True, slots=True)
class StoredPrediction:
    """What was asked and answered, as plain JSON values."""

    id: int
    kind: str
    planogram_id: int | None
    model_version: str
    request: Mapping[str, Any]
    result: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    at: datetime
    user: str
    action: str
    object_type: str
    object_id: str
    detail: Mapping[str, Any]


def add_prediction(
    session: TenantSession,
    kind: str,
    request: Mapping[str, Any],
    result: Mapping[str, Any],
    *,
    planogram_id: int | None = None,
    model_version: str = "",
) -> int:
    """Keep an estimate that is shown, so that it can be explained and judged later; returns its id."""
    row = t.Prediction(
        kind=kind, planogram_id=planogram_id, user_id=session.actor.user_id,
        model_version=model_version, request=dict(request), result=dict(result),
    )
    session.add(row)
    session.flush()
    return identity(row.id)


def load_prediction(session: TenantSession, prediction_id: int) -> StoredPrediction:
    """Raises NotFound when the company has no such prediction."""
    row = session.get(t.Prediction, prediction_id)
    if row is None:
        raise NotFound(f"There is no prediction {prediction_id}.", "Give the prediction_id of an answer.")
    return StoredPrediction(
        identity(row.id), row.kind, row.planogram_id, row.model_version, row.request, row.result,
        row.created_at,
    )


def add_feedback(session: TenantSession, prediction_id: int, feedback_type: str, text: str = "") -> int:
    """Keep what a person made of a prediction. Raises BadInput and NotFound."""
    if feedback_type not in FEEDBACK_TYPES:
        raise BadInput(
            f"“{feedback_type}” is not a kind of feedback.", f"Choose one of {', '.join(FEEDBACK_TYPES)}."
        )
    load_prediction(session, prediction_id)
    row = t.Feedback(
        prediction_id=prediction_id, feedback_type=feedback_type,
        user_feedback=validate.text(text, "Feedback", MAX_FEEDBACK),
        user_id=session.actor.user_id,
    )
    session.add(row)
    session.flush()
    return identity(row.id)


def add_inference(
    session: TenantSession, task: str, model: str, latency_ms: float, *, reason: str = ""
) -> None:
    """Note one call of a local model."""
    session.add(t.Inference(
        task=task, model=model, latency_ms=latency_ms, reason=reason, user_id=session.actor.user_id,
    ))


def audit(
    session: TenantSession, action: str, object_type: str = "", object_id: object = "", **detail: Any
) -> None:
    """Note who did what to what."""
    session.add(t.AuditLog(
        user_id=session.actor.user_id, action=action, object_type=object_type, object_id=str(object_id),
        detail=detail,
    ))


def audit_entries(session: TenantSession, limit: int = 100) -> list[AuditEntry]:
    """The newest entries first."""
    rows = session.execute(
        select(_audit, _user.name).outerjoin(_user, _user.id == _audit.user_id)
        .order_by(_audit.id.desc()).limit(limit)
    )
    return [
        AuditEntry(row.created_at, name or "", row.action, row.object_type, row.object_id, row.detail)
        for row, name in rows
    ]
