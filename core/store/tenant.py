"""The session that cannot forget its company.

Every ORM SELECT, UPDATE and DELETE gets the tenant filter; every new row gets the company; a row
of another company is refused. Statements that the filter cannot reach (raw SQL, Core statements on
tenant tables) are refused. The store's own bulk code works on ``session.connection()`` and names
``company_id`` itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

from sqlalchemy import Column, Table, TextClause, event, inspect
from sqlalchemy.orm import ORMExecuteState, UOWTransaction, with_loader_criteria
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.sql import visitors
from sqlalchemy.sql.base import ExecutableOption
from sqlalchemy.sql.dml import Insert, UpdateBase
from sqlmodel import Session

from core.errors import NotAllowed
from core.store.tables import Company, TenantRow, metadata

_OWN_TABLES = frozenset(t for t in metadata.tables.values() if "company_id" in t.c) | {
    metadata.tables["company"]
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a user of one company, or (user_id None) the workbench itself for that company."""

    user_id: int | None
    company_id: int
    role: str = "viewer"
    name: str = ""


class TenantSession(Session):
    """A session of one company; see the module. ``actor`` says whose."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    @property
    def company_id(self) -> int:
        return self.actor.company_id

    def bulk_save_objects(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("bulk_save_objects goes past the tenant check; use session.add_all.")

    def bulk_insert_mappings(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("bulk_insert_mappings goes past the tenant check; use insert(Model).")

    def bulk_update_mappings(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("bulk_update_mappings goes past the tenant check; use update(Model).")


@event.listens_for(TenantSession, "do_orm_execute")
def _filter(state: ORMExecuteState) -> None:
    """Add the tenant filter to a statement, or refuse the statement."""
    session = state.session
    assert isinstance(session, TenantSession)
    if not state.is_orm_statement:
        _refuse_unfiltered(state.statement)
        return
    if isinstance(state.statement, UpdateBase):
        _check_written_company(state, session.company_id)
    if state.is_insert:
        return
    _refuse_core_parts(state.statement)
    state.statement = state.statement.options(*_criteria(session.company_id))


@lru_cache(maxsize=256)
def _criteria(company_id: int) -> tuple[ExecutableOption, ...]:
    """One filter for each table, wherever a statement mentions it."""
    classes = [mapper.class_ for mapper in Company._sa_registry.mappers]
    return tuple(
        with_loader_criteria(
            model,
            model.company_id == company_id if issubclass(model, TenantRow) else model.id == company_id,
            include_aliases=True,
        )
        for model in classes
    )


def _refuse_unfiltered(statement: Any) -> None:
    parts = list(visitors.iterate(statement))
    if any(isinstance(part, TextClause) for part in parts):
        raise TypeError("Raw SQL has no tenant filter; use the tables' classes or session.connection().")
    if any(isinstance(part, Table) and part in _OWN_TABLES for part in parts):
        raise TypeError("A Core statement has no tenant filter; use the tables' classes.")


def _refuse_core_parts(statement: Any) -> None:
    """Refuse raw SQL, and tables and columns that stand without their ORM class."""
    tables: set[Any] = set()
    classes: set[Any] = set()
    for part in visitors.iterate(statement):
        entity = part._annotations.get("parententity") if hasattr(part, "_annotations") else None
        if entity is not None:
            classes.add(entity.mapper.local_table)
        elif isinstance(part, Table):
            tables.add(part)
        elif isinstance(part, Column) and part.table is not None:
            tables.add(part.table)
        elif isinstance(part, TextClause) and not isinstance(statement, UpdateBase):
            raise TypeError("Raw SQL inside a statement has no tenant filter.")
    if not isinstance(statement, UpdateBase) and (bare := (tables - classes) & _OWN_TABLES):
        raise TypeError(f"Table {min(map(str, bare))} stands without its class and would not be filtered.")


def _check_written_company(state: ORMExecuteState, company_id: int) -> None:
    """Stamp the rows of a bulk INSERT; refuse an INSERT or UPDATE that names another company."""
    statement: Any = state.statement
    if isinstance(statement, Insert):
        rows = state.parameters
        if statement.select is not None or statement._values or statement._multi_values or not rows:
            raise TypeError("Insert rows as session.execute(insert(Model), rows).")
        for row in [rows] if isinstance(rows, dict) else rows:
            if row.setdefault("company_id", company_id) != company_id:
                _refuse_company(row["company_id"])
        return
    named = {getattr(key, "key", key) for key in getattr(statement, "_values", None) or ()}
    for row in _rows(state.parameters):
        named |= row.keys()
    if "company_id" in named:
        raise NotAllowed("A row cannot be moved to another company.")


def _rows(parameters: Any) -> Iterable[dict[str, Any]]:
    if not parameters:
        return ()
    return (parameters,) if isinstance(parameters, dict) else parameters


@event.listens_for(TenantSession, "before_flush")
def _stamp(session: OrmSession, _context: UOWTransaction, _instances: object) -> None:
    """Give new rows their company and refuse rows of another one."""
    assert isinstance(session, TenantSession)
    for row in session.new:
        if isinstance(row, TenantRow):
            if row.company_id is None:
                row.company_id = session.company_id
            elif row.company_id != session.company_id:
                _refuse_company(row.company_id)
        elif isinstance(row, Company):
            raise NotAllowed("A company cannot be made from within another one.")
    for row in (*session.dirty, *session.deleted):
        if isinstance(row, TenantRow):
            history = inspect(row).attrs.company_id.history
            if row.company_id != session.company_id or history.deleted:
                _refuse_company(row.company_id)
        elif isinstance(row, Company) and row.id != session.company_id:
            _refuse_company(row.id)


def _refuse_company(company_id: int | None) -> NoReturn:
    raise NotAllowed(f"Company {company_id} is not yours.", "Sign in as one of its users.")
