"""A look at a sales file before anything is imported, and the files that were imported before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core.errors import BadInput
from core.store import tables as t
from core.store.imports.columns import recognize
from core.store.imports.dex import read_audits
from core.store.imports.dex_run import is_audit_file
from core.store.imports.names import Role
from core.store.imports.read import DEFAULT_LIMIT_BYTES, open_table
from core.store.tenant import TenantSession
from core.units import from_e4

AUDIT = "audit"
"""The kind of an EVA-DTS audit."""
ROLES = tuple(role.value for role in Role)
"""What a column can be said to be."""

_import: Any = t.SalesImport
_user: Any = t.User


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of a file as texts, and what its columns were taken for.

    ``mapping`` role → header, ``reasons`` role → why; ``problem`` says what a mapping must still tell
    before the file can be imported, with ``hint``, else both are empty.
    """

    name: str
    size_bytes: int
    kind: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    mapping: Mapping[str, str]
    reasons: Mapping[str, str]
    language: str
    problem: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ImportCard:
    """A file that was read."""

    id: int
    file_name: str
    status: str
    rows_read: int
    rows_imported: int
    rows_duplicate: int
    rows_rejected: int
    period_from: date | None
    period_to: date | None
    started_at: datetime
    by: str


def preview(
    path: Path, name: str, mapping: Mapping[str, Any] | None = None, rows: int = 20,
    limit_bytes: int = DEFAULT_LIMIT_BYTES,
) -> Preview:
    """Raises what ``open_table`` raises for a file that cannot be read at all; a column that cannot be
    found is told in ``problem``, so that the person can say which it is."""
    if is_audit_file(path):
        return _audit_preview(path, name, rows)
    table = open_table(path, limit_bytes)
    shown = tuple(tuple(row) for row in table.sample[:rows])
    size = path.stat().st_size
    try:
        found = recognize(table.headers, table.sample, mapping)
    except BadInput as error:
        return Preview(
            name, size, table.kind, table.headers, shown, {}, {}, "en", error.message, error.hint
        )
    reasons = {str(role): reason for role, reason in found.reasons.items()}
    return Preview(
        name, size, table.kind, table.headers, shown, found.as_json(), reasons, found.language
    )


def _audit_preview(path: Path, name: str, rows: int) -> Preview:
    """The selections of an EVA-DTS audit; there is nothing to map."""
    headers = ("Machine", "Read", "Selection", "Product", "Price", "Units since start", "Value since start")
    found = [
        (a.machine, a.read_at.isoformat(" ") if a.read_at else "", s.label, s.name, _amount(s.price_e4),
         "" if s.counters.units_init is None else str(s.counters.units_init), _amount(s.counters.value_init))
        for a in read_audits(path.read_bytes()) for s in a.selections if s.is_used
    ]
    return Preview(name, path.stat().st_size, AUDIT, headers, tuple(found[:rows]), {}, {}, "en")


def _amount(e4: int | None) -> str:
    return "" if e4 is None else f"{from_e4(e4):.2f}"


def past_imports(session: TenantSession, limit: int = 100) -> list[ImportCard]:
    """The newest first."""
    rows = session.execute(
        select(_import, _user.name)
        .outerjoin(_user, _user.id == _import.created_by)
        .order_by(_import.id.desc())
        .limit(limit)
    )
    return [
        ImportCard(
            row.id, row.file_name, row.status, row.rows_read, row.rows_imported, row.rows_duplicate,
            row.rows_rejected, row.period_from, row.period_to, row.started_at, user or "",
        )
        for row, user in rows
    ]
