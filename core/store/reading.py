"""Statements that answer questions: checked as text, run where nothing can be written, and timed."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, Select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from core.errors import TooLarge
from core.store import guard
from core.store.database import Actor, Database

TIMEOUT_S = 5.0
_STEPS = 20_000
"""Steps of SQLite's machine between two looks at the clock, a few milliseconds."""


@dataclass(frozen=True)
class Statement:
    """The very text that is checked and runs, with its parameters."""

    sql: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    rows: Sequence[tuple[Any, ...]]
    seconds: float


def render(statement: Select[Any], is_sqlite: bool) -> Statement:
    """A SELECT as the text that its database reads, with named parameters."""
    made: Any = partial(sqlite.dialect, paramstyle="named") if is_sqlite else postgresql.psycopg.dialect
    dialect = made()
    compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    return Statement(str(compiled), dict(compiled.params))


class Reader:
    """Runs the statements of one question for an actor, in one transaction that only reads."""

    def __init__(self, connection: Connection, actor: Actor, is_sqlite: bool) -> None:
        self._connection, self._actor, self.is_sqlite = connection, actor, is_sqlite

    @property
    def company_id(self) -> int:
        return self._actor.company_id

    def run(self, statement: Statement) -> Found:
        """Raises NotAllowed for a statement that may not run, TooLarge for one that takes too long."""
        guard.check(statement.sql, statement.parameters, self._actor.company_id,
                    "sqlite" if self.is_sqlite else "postgres")
        started = time.perf_counter()
        try:
            rows = self._connection.exec_driver_sql(statement.sql, dict(statement.parameters)).fetchall()
        except OperationalError as error:
            if not _was_stopped(error):
                raise
            raise TooLarge(
                f"The answer takes longer than {TIMEOUT_S:g} seconds.", "Ask for a shorter period."
            ) from error
        return Found([tuple(row) for row in rows], time.perf_counter() - started)


@contextmanager
def reader(database: Database, actor: Actor, timeout_s: float = TIMEOUT_S) -> Iterator[Reader]:
    """A transaction of the actor's company in which nothing can be written and no statement takes longer than
    ``timeout_s``."""
    with database.reading_engine.connect() as connection:
        if database.is_sqlite:
            with _stopping(connection, timeout_s, in_memory=database.path is None):
                yield Reader(connection, actor, True)
        else:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(timeout_s * 1000)}")
            yield Reader(connection, actor, False)
        connection.rollback()


@contextmanager
def _stopping(connection: Connection, timeout_s: float, in_memory: bool) -> Iterator[None]:
    driver: Any = connection.connection.driver_connection
    deadline = time.monotonic() + timeout_s
    if in_memory:
        driver.execute("PRAGMA query_only = ON")
    driver.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)
        if in_memory:
            driver.execute("PRAGMA query_only = OFF")


def _was_stopped(error: OperationalError) -> bool:
    code = getattr(error.orig, "sqlstate", None)
    if isinstance(error.orig, sqlite3.OperationalError):
        return error.orig.sqlite_errorname == "SQLITE_INTERRUPT"
    return code == "57014"
