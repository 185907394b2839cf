"""Alembic's entry: migrate over the connection that ``run`` hands in."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlmodel.sql.sqltypes import AutoString

from core.store.tables import metadata
from core.store.tables.base import UtcDateTime


def _plain_type(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Write revisions in SQLAlchemy's own types, so that an old one never depends on new code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return "sa.String()" if kind == "type" and isinstance(item, AutoString) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    compare_type=True,
    render_item=_plain_type,
    transactional_ddl=False,
)
context.run_migrations()
