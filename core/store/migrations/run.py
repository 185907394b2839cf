"""Run the revisions on an engine, with no ini file and no working directory involved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

_LOCK_KEY = 727_274_001


def config(connection: Connection) -> Config:
    from alembic.config import Config

    result = Config()
    result.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    result.attributes["connection"] = connection
    return result


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Upgrade in one transaction that holds a lock, so that a second process waits and finds it done."""
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        if revision == "head" and current(connection) == newest():
            return
        from alembic import command  # takes as long as opening the database does, and is seldom needed

        command.upgrade(config(connection), revision)


def newest() -> str:
    """The last revision, told by the names of the files, which begin with it."""
    return max(path.name.split("_")[0] for path in (Path(__file__).parent / "versions").glob("[0-9]*_*.py"))


def current(connection: Connection) -> str | None:
    """The revision of the database, None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found
