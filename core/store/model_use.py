"""Calls of models as columns, for what is computed over many of them, and what is left of the budgets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
from sqlalchemy import select

from core.capabilities.model_use import CallColumns
from core.language import MICRO, Caps
from core.store import tables as t
from core.store.language import ANSWERED, spent
from core.store.tenant import TenantSession

MOST_ROWS = 100_000
"""The newest calls of a period; what lies before them is not looked at."""

_call: Any = t.Inference


@dataclass(frozen=True, slots=True)
class Budget:
    """``name``: ``user_day``, ``day`` or ``month``; dollars spent or set aside, and the most."""

    name: str
    spent_usd: float
    cap_usd: float


def call_columns(session: TenantSession, first: date, days: int) -> CallColumns:
    """Calls of the router over days of UTC, from ``first``; the newest where there are too many."""
    since = datetime.combine(first, time(), UTC)
    rows = session.execute(
        select(
            _call.created_at, _call.task, _call.tier, _call.outcome, _call.cache, _call.cost_usd_e6,
            _call.latency_ms, _call.tokens_in, _call.tokens_out, _call.quality,
        ).where(
            _call.created_at >= since, _call.created_at < since + timedelta(days=days), _call.prompt != ""
        ).order_by(_call.id.desc()).limit(MOST_ROWS)
    ).all()
    at, task, tier, outcome, cache, cost, latency, into, out, quality = (
        list(zip(*rows, strict=True)) if rows else [()] * 10
    )
    tasks, task_of = _numbered(task)
    outcomes, outcome_of = _numbered(outcome)
    answered = np.array([o in ANSWERED for o in outcome], bool)
    return CallColumns(
        first, tasks, outcomes, np.array([(a - since).days for a in at], np.int64), task_of,
        np.array(tier, np.int64), outcome_of, answered, np.array([o == "fell back" for o in outcome], bool),
        np.array([bool(c) for c in cache], bool), np.array(cost, np.int64), np.array(latency, float),
        np.array(into, np.int64), np.array(out, np.int64),
        np.array([np.nan if q is None else q for q in quality], float),
    )


def _numbered(names: tuple[str, ...]) -> tuple[tuple[str, ...], Any]:
    known = tuple(sorted(set(names)))
    place = {name: i for i, name in enumerate(known)}
    return known, np.array([place[name] for name in names], np.int64)


def budgets(session: TenantSession, at: datetime, caps: Caps) -> tuple[Budget, ...]:
    """Of this user's day, of the company's day and month."""
    return tuple(
        Budget(name, used / MICRO, cap / MICRO)
        for name, (_, used, cap) in zip(("user_day", "day", "month"), spent(session, at, caps), strict=True)
    )
