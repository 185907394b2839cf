"""The database: one URL, an engine tuned for it, migrations, and sessions that carry their user."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import QueuePool, StaticPool
from sqlmodel import Session

from core.errors import BadInput, Conflict
from core.store.tenant import Actor, TenantSession

__all__ = ["Actor", "Database", "TenantSession", "races_told"]

BUSY_TIMEOUT_MS = 30_000
_RACES = frozenset({
    "23505", "23503", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY",
    "SQLITE_CONSTRAINT_FOREIGNKEY",
})


class Database:
    """A SQLite (WAL) or PostgreSQL database by its SQLAlchemy URL.

    Raises BadInput for a URL that is neither. Connects lazily, on first use.
    """

    def __init__(self, url: str) -> None:
        try:
            parsed = make_url(url)
        except Exception as error:
            raise BadInput(
                "The database URL cannot be read.", "Write it as sqlite:///data/workbench.db."
            ) from error
        if parsed.get_backend_name() == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        elif parsed.get_backend_name() != "sqlite":
            raise BadInput(
                f"A {parsed.get_backend_name()} database is not supported.", "Use SQLite or PostgreSQL."
            )
        self._url = parsed

    @property
    def is_sqlite(self) -> bool:
        return self._url.get_backend_name() == "sqlite"

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database; None in memory and on a server."""
        name = self._url.database
        return Path(name) if self.is_sqlite and name and name != ":memory:" else None

    @cached_property
    def engine(self) -> Engine:
        if not self.is_sqlite:
            return create_engine(self._url, pool_pre_ping=True)
        if self.path is None:
            engine = create_engine(
                self._url, poolclass=StaticPool, connect_args={"check_same_thread": False}
            )
        else:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            engine = create_engine(self._url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
        event.listen(engine, "connect", _tune_sqlite)
        return engine

    @cached_property
    def reading_engine(self) -> Engine:
        """For what only reads: of a SQLite file, connections that cannot write; else the engine itself."""
        if self.path is None:
            return self.engine
        name = f"file:{quote(str(self.path.absolute()))}?mode=ro"
        connect = partial(sqlite3.connect, name, uri=True, timeout=BUSY_TIMEOUT_MS / 1000,
                          check_same_thread=False)
        engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool)
        event.listen(engine, "connect", _tune_reading)
        return engine

    def migrate(self) -> None:
        """Bring the schema to the newest revision. Safe when several processes start at once."""
        from core.store.migrations.run import upgrade

        upgrade(self.engine)

    @contextmanager
    def session(self, actor: Actor) -> Iterator[TenantSession]:
        """A session of the actor's company, committed on leaving, rolled back on an error."""
        with TenantSession(self.engine, actor=actor, expire_on_commit=False) as session:
            yield session
            session.commit()

    @contextmanager
    def writing_session(self, actor: Actor) -> Iterator[TenantSession]:
        """As ``session``, but alone in writing from its first look on, so that what it saw stays true and
        its savepoints belong to one transaction; PostgreSQL sees to the latter by itself."""
        with self.session(actor) as session:
            if self.is_sqlite:
                session.connection().exec_driver_sql("BEGIN IMMEDIATE")
            yield session

    @contextmanager
    def admin_session(self) -> Iterator[Session]:
        """A session without tenant, for set-up and sign-in only; committed on leaving."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.commit()

    def close(self) -> None:
        """Close pooled connections; the next use opens new ones."""
        self.engine.dispose()
        if self.path is not None and "reading_engine" in self.__dict__:
            self.reading_engine.dispose()


@contextmanager
def races_told() -> Iterator[None]:
    """Raises Conflict when another session took a unique key, or removed what this one refers to, between
    this one's look and its write. Any other broken constraint is a defect of ours and stays one."""
    try:
        yield
    except IntegrityError as error:
        code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", "")
        if code not in _RACES:
            raise
        raise Conflict(
            "Someone else changed the same thing at this moment.", "Look at it again and repeat."
        ) from error


def _tune_reading(connection: Any, _record: object) -> None:
    """Sums over much of a table sort it first, which goes twice as fast in small pieces that the processor's
    cache holds; so little memory for them, and the file itself as memory."""
    for pragma in ("query_only = ON", "cache_size = -2000", "mmap_size = 268435456"):
        connection.execute(f"PRAGMA {pragma}")


def _tune_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # NORMAL may lose the last commits in a power cut
    cursor.execute("PRAGMA cache_size = -32768")
    cursor.close()
