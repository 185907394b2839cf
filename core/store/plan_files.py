"""The texts of the space-planning files that plans came from, kept so that they can be written back."""

from __future__ import annotations

from core.store import tables as t
from core.store.tenant import TenantSession


def keep_source(session: TenantSession, planogram_id: int, text: str) -> None:
    """Keep the file's text beside the plan that was made from it."""
    content = text.encode("utf-8", "surrogatepass")
    session.add(t.PlanogramSource(planogram_id=planogram_id, content=content))
    session.flush()


def source_of(session: TenantSession, planogram_id: int) -> str | None:
    """The text of the file that a plan came from, None where it came from no such file."""
    row = session.get(t.PlanogramSource, planogram_id)
    return None if row is None else bytes(row.content).decode("utf-8", "surrogatepass")
