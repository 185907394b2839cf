"""Which issues of a plan somebody has seen and lives with."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from core.store import tables as t
from core.store.tenant import TenantSession, insert_new

_told: Any = t.IssueAcknowledgement


def acknowledged(session: TenantSession, planogram_id: int) -> frozenset[str]:
    """Fingerprints of the plan's acknowledged issues."""
    rows = session.execute(select(_told.fingerprint).where(_told.planogram_id == planogram_id))
    return frozenset(row[0] for row in rows)


def acknowledge(session: TenantSession, planogram_id: int, fingerprint: str, rule: str) -> None:
    """Note that somebody lives with an issue; a second time changes nothing."""
    row = {"planogram_id": planogram_id, "fingerprint": fingerprint, "rule": rule,
           "user_id": session.actor.user_id, "created_at": t.now()}
    session.execute(insert_new(session, t.IssueAcknowledgement), [row])


def take_back(session: TenantSession, planogram_id: int, fingerprint: str) -> None:
    """The issue counts again."""
    session.execute(delete(_told).where(_told.planogram_id == planogram_id, _told.fingerprint == fingerprint))
