"""A small company whose shelf is photographed: the database, and doors for its people."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position
from core.settings import Settings
from core.store import tables as t
from core.store.database import Actor, Database
from core.workbench import Workbench

ROLES = {"viewer": 1, "driver": 2, "manager": 3}
"""Role → the user that has it."""


def build(path: Path, names: Sequence[str]) -> Path:
    """A database with a viewer, a driver and a manager, products of these names, and the plan "Front": a shelf
    with two products a row, three facings each."""
    made = Database(f"sqlite:///{path}")
    made.migrate()
    with made.admin_session() as session:
        session.add(t.Company(name="Acme"))
        session.flush()
        for role in ROLES:
            session.add(t.User(company_id=1, email=f"{role}@acme.test", name=role.title(), role=role))
    manager = door(made, "manager")
    for name in names:
        manager.create_product(name, "Snacks", width_in=6.0, height_in=8.0)
    rows = len(names) // 2
    manager.create_planogram("Front", Planogram(Fixture.shelves(36.0, rows, 20.0 * rows, 18.0), tuple(
        Position(2 * r + c + 1, r, 3 * c, 3, 18.0 * c, 18.0, facings=3) for r in range(rows) for c in range(2))))
    made.close()
    return path


@contextmanager
def copied(template: Path, folder: Path) -> Iterator[Database]:
    """A database of one's own."""
    made = Database(f"sqlite:///{shutil.copy(template, folder / 'wb.db')}")
    yield made
    made.close()


def door(database: Database, role: str = "driver", **settings: Any) -> Workbench:
    """The workbench of the one who has this role."""
    actor = Actor(ROLES[role], 1, role, role.title())
    return Workbench(database, actor, Settings(_env_file=None, **settings))
