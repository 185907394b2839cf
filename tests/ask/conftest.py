"""Two companies in a database, on each kind of server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.store.database import Actor, Database
from tests.support import ask_world, postgres
from tests.support.ask_reference import Reference


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The two companies of ``ask_world`` in a SQLite file."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('ask') / 'ask world.db'}")
    database.migrate()
    ask_world.build(database)
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgres_world() -> Iterator[Database]:
    """The same on PostgreSQL."""
    if postgres.binaries() is None:
        pytest.skip("no PostgreSQL server is installed (apt-get install postgresql)")
    with postgres.server() as url:
        database = Database(postgres.create_database(url, "ask"))
        database.migrate()
        ask_world.build(database)
        yield database
        database.close()


@pytest.fixture(scope="session")
def reference(world: Database) -> Reference:
    """What the answers of company 1 have to be."""
    return Reference(world, 1)


@pytest.fixture
def acme() -> Actor:
    return Actor(None, 1, "viewer")
