"""The revisions make exactly the schema that the tables describe, on both kinds of server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from core.errors import BadInput
from core.store import tables as t
from core.store.database import Database
from core.store.migrations.run import config, current, newest
from tests.support import postgres


def _differences(database: Database) -> list[object]:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, t.metadata))


def test_migrated_schema_equals_the_tables(database: Database) -> None:
    """Autogenerate finds nothing to change."""
    assert _differences(database) == []


def test_migrated_schema_has_every_check_constraint(database: Database) -> None:
    """Autogenerate does not compare checks, so their names are compared here."""
    inspector = inspect(database.engine)
    for name, table in t.metadata.tables.items():
        wanted = {c.name for c in table.constraints if type(c).__name__ == "CheckConstraint"}
        assert {c["name"] for c in inspector.get_check_constraints(name)} == wanted


def test_big_tables_lie_in_key_order_on_sqlite(database: Database) -> None:
    """The sales tables have no rowid, so that a site's history is one range scan."""
    if not database.is_sqlite:
        pytest.skip("WITHOUT ROWID is SQLite's")
    with database.engine.connect() as connection:
        for name in ("sales_line", "daily_sales", "position"):
            found = text("SELECT sql FROM sqlite_master WHERE name = :name")
            assert "WITHOUT ROWID" in connection.execute(found, {"name": name}).scalar_one()


def test_migrating_twice_changes_nothing(database: Database) -> None:
    """A second start finds the schema in place and the data untouched."""
    database.migrate()
    with database.admin_session() as session:
        assert session.get(t.Company, 1) is not None


def test_the_names_of_the_files_tell_the_newest_revision(database: Database) -> None:
    """A start that finds it in the database does not ask Alembic, so the names have to be right."""
    with database.engine.connect() as connection:
        heads = ScriptDirectory.from_config(config(connection)).get_heads()
        assert heads == [newest()] == [current(connection)]


def test_downgrade_leaves_nothing_behind(database: Database) -> None:
    """The first revision can be taken back."""
    with database.engine.begin() as connection:
        command.downgrade(config(connection), "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}


_START = "import sys; from core.store.database import Database; Database(sys.argv[1]).migrate(); print('ok')"


def _start_together(url: str) -> None:
    """Two processes migrate the same empty database at once."""
    root = Path(__file__).parents[2]
    processes = [
        subprocess.Popen([sys.executable, "-c", _START, url], cwd=root, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(root)})
        for _ in range(2)
    ]
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert out.strip() == b"ok", err.decode()[-2000:]
    assert _differences(Database(url)) == []


def test_two_processes_may_start_at_once_on_sqlite(tmp_path: Path) -> None:
    """The second waits and finds the schema."""
    _start_together(f"sqlite:///{tmp_path}/deep/er/new.db")


@pytest.mark.postgres
def test_two_processes_may_start_at_once_on_postgresql(postgres_server: str) -> None:
    """The second waits and finds the schema."""
    _start_together(postgres.create_database(postgres_server, f"race_{os.getpid()}"))


def test_migration_does_not_depend_on_the_working_directory(tmp_path: Path, monkeypatch) -> None:
    """Revisions are found beside the code."""
    monkeypatch.chdir(tmp_path)
    database = Database("sqlite:///here.db")
    database.migrate()
    assert (tmp_path / "here.db").exists()
    database.close()


def test_database_in_memory_is_one_for_all_sessions() -> None:
    """For quick experiments: sessions share the memory."""
    database = Database("sqlite://")
    database.migrate()
    with database.admin_session() as session:
        session.add(t.Company(name="Acme"))
    with database.admin_session() as session:
        assert session.get(t.Company, 1) is not None


@pytest.mark.parametrize("url", ["mysql://localhost/x", "no url"])
def test_other_databases_are_refused(url: str) -> None:
    """Only SQLite and PostgreSQL."""
    with pytest.raises(BadInput):
        Database(url)
