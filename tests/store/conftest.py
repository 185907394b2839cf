"""Every repository test runs on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from core.store import tables as t
from core.store.database import Actor, Database
from tests.support import postgres


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of a PostgreSQL server whose database ``migrated`` has the newest schema."""
    if postgres.binaries() is None:
        pytest.skip("no PostgreSQL server is installed (apt-get install postgresql)")
    with postgres.server() as url:
        template = Database(postgres.create_database(url, "migrated"))
        template.migrate()
        template.close()
        yield url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the newest schema, to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    template = Database(f"sqlite:///{path}")
    template.migrate()
    template.close()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated database with companies 1 "Acme" and 2 "Other", on each kind of server in turn."""
    if request.param == "sqlite":
        file = shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "test.db")
        db = Database(f"sqlite:///{file}")
        _add_companies(db)
        yield db
        db.close()
        return
    server = request.getfixturevalue("postgres_server")
    db = Database(server.rsplit("/", 1)[0] + "/migrated")
    db.migrate()
    with db.engine.begin() as connection:
        connection.execute(text("TRUNCATE company RESTART IDENTITY CASCADE"))
    _add_companies(db)
    yield db
    db.close()


@pytest.fixture
def acme() -> Actor:
    return Actor(None, 1, "admin", "Ann")


@pytest.fixture
def other() -> Actor:
    return Actor(None, 2, "admin", "Otto")


def _add_companies(db: Database) -> None:
    """Through the sequence, so that ids made later do not collide on PostgreSQL."""
    with db.admin_session() as session:
        for name in ("Acme", "Other"):
            session.add(t.Company(name=name))
            session.flush()
