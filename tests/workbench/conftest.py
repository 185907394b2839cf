"""A small demo company behind the door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.models import Models
from core.settings import Settings
from core.store import users
from core.store.database import Actor, Database
from core.store.demo.build import build_demo
from core.workbench import Workbench
from core.workbench.door import equip
from tests.support.models import Counting


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder: Path = tmp_path_factory.mktemp("door")
    made = Database(f"sqlite:///{folder / 'workbench.db'}")
    made.migrate()
    build_demo(made, seed=5, days=90, machines=4, stores=2)
    yield made
    made.close()


@pytest.fixture(scope="module")
def manager(database: Database) -> Actor:
    actor = users.demo_actor(database)
    assert actor is not None
    return actor


@pytest.fixture(scope="module")
def wb(database: Database, manager: Actor) -> Workbench:
    """The manager's door, with the demo's response learned."""
    door = Workbench(database, manager, Settings(demo=True))
    assert door.learn(is_demo=True)
    return door


@pytest.fixture
def model(database: Database) -> Iterator[Counting]:
    made = Counting()
    equip(database, Models(made))
    yield made
    equip(database, Models())


@pytest.fixture
def door(wb: Workbench, model: Counting) -> Workbench:
    return Workbench(wb.database, wb.actor, wb.settings)
