"""The session that cannot forget its company.

Every ORM SELECT, UPDATE and DELETE gets the tenant filter; every new row gets the company; a row
of another company is refused. Statements that the filter cannot reach (raw SQL, Core statements on
tenant tables) are refused. The store's own bulk code works on ``session.connection()`` and names
``company_id`` itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

from sqlalchemy import Column, FromClause, Insert, Select, Table, TextClause, Update, event, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import ORMExecuteState, UOWTransaction, with_loader_criteria
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.sql import visitors
from sqlalchemy.sql.base import ExecutableOption
from sqlalchemy.sql.dml import UpdateBase
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


def insert_new(session: TenantSession, model: type[TenantRow]) -> Any:
    """An INSERT that leaves out rows whose key is taken, and waits for a session that is taking it."""
    dialect = session.get_bind().dialect.name
    made = sqlite.insert(model) if dialect == "sqlite" else postgresql.insert(model)
    return made.on_conflict_do_nothing()


@event.listens_for(TenantSession, "do_orm_execute")
def _filter(state: ORMExecuteState) -> None:
    """Add the tenant filter to a statement, or refuse the statement."""
    session = state.session
    assert isinstance(session, TenantSession)
    mentioned = _mentioned_tables(state.statement)
    if not state.is_orm_statement:
        if mentioned:
            raise TypeError("A Core statement has no tenant filter; use the tables' classes.")
        return
    if isinstance(state.statement, Insert):
        _stamp_inserted(state, session.company_id)
        return
    if isinstance(state.statement, Update):
        _refuse_moved(state)
    filters = _criteria(session.company_id)
    state.statement = state.statement.options(*(filters[t] for t in mentioned))


@lru_cache(maxsize=256)
def _criteria(company_id: int) -> Mapping[FromClause, ExecutableOption]:
    """Table → the filter that holds wherever a statement mentions its class, in subqueries too."""
    result = {}
    for mapper in Company._sa_registry.mappers:
        owner: Any = mapper.class_.company_id if issubclass(mapper.class_, TenantRow) else mapper.class_.id
        result[mapper.local_table] = with_loader_criteria(
            mapper.class_, owner == company_id, include_aliases=True
        )
    return result


def _mentioned_tables(statement: Any) -> set[Any]:
    """The tenant tables in a statement. Refuses raw SQL, and tables that stand without their class."""
    mentioned = set()
    for part in visitors.iterate(statement):
        if isinstance(part, TextClause):
            raise TypeError("Raw SQL has no tenant filter; use the tables' classes.")
        if isinstance(part, Select):
            with_class, without_class = _tables(part)
            if bare := without_class - with_class:
                raise TypeError(f"Table {min(map(str, bare))} stands without its class: no tenant filter.")
            mentioned |= with_class
        elif isinstance(part, UpdateBase):
            mentioned |= {part.table} & _OWN_TABLES
    return mentioned


def _tables(select: Select[Any]) -> tuple[set[Any], set[Any]]:
    """Tenant tables that a SELECT mentions through their ORM class, and through Core alone."""
    with_class, without_class = set(), set()
    for part in visitors.iterate(select):
        entity = getattr(part, "_annotations", {}).get("parententity")
        if entity is not None:
            with_class.add(entity.mapper.local_table)
        elif isinstance(part, Table):
            without_class.add(part)
        elif isinstance(part, Column):
            without_class.add(part.table)
    return with_class & _OWN_TABLES, without_class & _OWN_TABLES


def _stamp_inserted(state: ORMExecuteState, company_id: int) -> None:
    """Give the rows of a bulk INSERT their company; refuse those of another one."""
    statement: Any = state.statement
    if statement.select is not None or statement._values or statement._multi_values:
        raise TypeError("Insert rows as session.execute(insert(Model), rows).")
    parameters: Any = state.parameters
    for row in [parameters] if isinstance(parameters, dict) else parameters or ():
        if row.setdefault("company_id", company_id) != company_id:
            _refuse_company(row["company_id"])


def _refuse_moved(state: ORMExecuteState) -> None:
    """Refuse an UPDATE that would hand rows to another company."""
    statement: Any = state.statement
    parameters: Any = state.parameters
    named = {getattr(key, "key", key) for key in statement._values or ()}
    for row in [parameters] if isinstance(parameters, dict) else parameters or ():
        named |= row.keys()
    if "company_id" in named:
        raise NotAllowed("A row cannot be moved to another company.")


@event.listens_for(TenantSession, "before_flush")
def _stamp(session: OrmSession, _context: UOWTransaction, _instances: object) -> None:
    """Give new rows their company and refuse rows of another one."""
    assert isinstance(session, TenantSession)
    for row in session.new:
        if isinstance(row, TenantRow):
            named: int | None = row.company_id
            if named is not None and named != session.company_id:
                _refuse_company(named)
            row.company_id = session.company_id
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
