"""Writing hundreds of thousands of rows the fastest way that each database has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
from pyarrow import csv
from sqlalchemy import Connection, Table, insert, text
from sqlalchemy.schema import AddConstraint, DropConstraint

from core.store import tables as t
from core.store.database import Database

_LOCK_KEY = 727_274_002
_BIG = (t.SalesLine, t.DailySales, t.Position, t.PlanogramPerformance)


@contextmanager
def exclusive(database: Database) -> Iterator[Connection]:
    """One transaction that nobody else writes in: all of it is there afterwards, or nothing.

    Foreign keys of the big tables are checked once at the end on PostgreSQL and not at all on SQLite, for row
    by row they would take longer than all the rest; the rows are made to fit.
    """
    with database.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        keys = [] if sqlite else [key for model in _BIG for key in table(model).foreign_key_constraints]
        try:
            for key in keys:
                connection.execute(DropConstraint(key))
            yield connection
            for key in keys:
                connection.execute(AddConstraint(key, isolate_from_table=False))
            connection.commit()
        finally:
            connection.rollback()
            if sqlite:
                connection.exec_driver_sql("PRAGMA foreign_keys = ON")


def table(model: Any) -> Table:
    """The table behind a class of ``core.store.tables``."""
    found: Table = model.__table__
    return found


def add(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert rows and return their new ids in order."""
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(connection.execute(statement, rows).scalars())


def add_columns(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> int:
    """Insert rows given as columns of equal length, all of them named; returns how many."""
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})"
        cursor: Any = connection.connection.cursor()
        try:
            cursor.executemany(statement, zip(*map(_plain, columns.values()), strict=True))
        finally:
            cursor.close()
    else:
        _copy(connection, table, columns)
    return len(next(iter(columns.values())))


def _copy(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """PostgreSQL's COPY from CSV; an unquoted empty field is NULL."""
    sink = pa.BufferOutputStream()
    csv.write_csv(pa.table(dict(columns)), sink, csv.WriteOptions(include_header=False))
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(
        f"COPY {table.name} ({', '.join(columns)}) FROM STDIN WITH (FORMAT csv)"
    ) as copy:
        copy.write(sink.getvalue())


def _plain(column: Sequence[Any]) -> Sequence[Any]:
    """Python values of an array, which the driver binds faster than NumPy's."""
    return column.tolist() if hasattr(column, "tolist") else column
