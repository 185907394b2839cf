"""What questions know stays as new as the data, in a company that starts with nothing at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position
from core.settings import Settings
from core.store import tables as t
from core.store.database import Actor, Database
from core.workbench import Workbench

SHELF = Planogram(Fixture.shelves(36.0, 2, 40.0, 18.0), (Position(1, 0, 0, 3, 0.0, 18.0, facings=3),))
PLANS = "list all planograms"


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    """A manager of a company without places, products, plans and sales, who has asked a question already."""
    made = Database(f"sqlite:///{tmp_path / 'wb.db'}")
    made.migrate()
    with made.admin_session() as session:
        session.add(t.Company(name="Acme"))
        session.flush()
        session.add(t.User(company_id=1, email="m@acme.test", name="Mia", role="manager"))
    door = Workbench(made, Actor(1, 1, "manager", "Mia"), Settings(_env_file=None))  # type: ignore[call-arg]
    assert door.ask("planograms with Golden Flurbs")[1] is None
    assert door.ask_examples() == ()
    yield door
    made.close()


def _told(wb: Workbench) -> str:
    """What a tile of all plans says."""
    found = wb.ask(PLANS)[1]
    assert found is not None
    answer = wb.tile(wb.save_tile("Plans", PLANS, found.plan)).answer
    assert answer is not None
    assert answer.sentence == found.sentence
    return answer.sentence


def test_a_new_product_can_be_asked_about_at_once(wb: Workbench) -> None:
    """Under its first name and under the one that it has now; no place has to be there."""
    made = wb.create_product("Golden Flurbs", "Snacks", width_in=6.0, height_in=8.0)
    assert wb.ask("planograms with Golden Flurbs")[1] is not None
    wb.patch_product(made.id, name="Purple Snorkels")
    assert wb.ask("planograms with Purple Snorkels")[1] is not None


def test_a_tile_follows_plans_that_no_place_has(wb: Workbench) -> None:
    """New ones, a new name, a project's new name, one that is archived."""
    wb.create_product("Golden Flurbs", "Snacks", width_in=6.0, height_in=8.0)
    assert _told(wb) == "No planograms."
    first = wb.create_planogram("Front", SHELF)
    assert _told(wb) == "1 planogram: Front."
    wb.create_planogram("Back", SHELF)
    assert _told(wb) == "2 planograms: Back, Front."
    wb.patch_planogram(first.id, name="Entrance")
    assert _told(wb) == "2 planograms: Back, Entrance."
    wb.patch_planogram(first.id, status="archived")
    assert _told(wb) == "1 planogram: Back."


def test_projects_are_known_by_the_names_that_they_have_now(wb: Workbench) -> None:
    """A new one and a renamed one."""
    made = wb.create_project("Summer display")
    assert wb.ask("planograms in project Summer display")[1] is not None
    wb.patch_project(made.id, name="Autumn display")
    assert wb.ask("planograms in project Autumn display")[1] is not None
