"""Stores, machines, fixtures and projects."""

from __future__ import annotations

import pytest

from core.errors import BadInput, NotFound
from core.planogram.fixture import Fixture, TemperatureZone
from core.planogram.planogram import Planogram
from core.store import places, planograms, sites
from core.store.database import Actor, Database

COOLER = Fixture.machine((8, 8, 6), TemperatureZone.REFRIGERATED)


def test_a_store_is_created_changed_and_listed(database: Database, acme: Actor) -> None:
    """What store and site hold is one card."""
    with database.session(acme) as session:
        made = places.create_store(session, "Main Street", code="S1", latitude=40.0, venue_type="grocery",
                                   traffic_by_hour=[1.0] * 24, demographics={"median_age": 34})
        changed = places.patch_store(session, made.id, name="Main St", longitude=-75.0)
        assert places.stores(session) == [changed]
        assert sites.data_versions(session)[made.site_id] > 1
    assert (changed.name, changed.code, changed.latitude, changed.longitude) == ("Main St", "S1", 40.0, -75.0)


@pytest.mark.parametrize("fields", [
    {"name": ""}, {"latitude": 91}, {"longitude": "west"}, {"code": "S1"}, {"traffic_by_hour": [1.0]},
    {"traffic_by_hour": [-1.0] * 24}, {"demographics": 4}, {"color": "red"}], ids=str)
def test_a_store_that_makes_no_sense_is_told(database: Database, acme: Actor, fields) -> None:
    """One defect each; S1 is taken."""
    with database.session(acme) as session:
        places.create_store(session, "First", code="S1")
    with database.session(acme) as session, pytest.raises(BadInput):
        places.create_store(session, **{"name": "Second", **fields})
    with database.session(acme) as session:
        assert [s.name for s in places.stores(session)] == ["First"]


def test_a_device_lists_its_cabinets(database: Database, acme: Actor) -> None:
    """With grid, zone and the plan that stands in it."""
    with database.session(acme) as session:
        made = places.create_device(session, "Lobby", COOLER, venue_type="office")
        places.add_cabinet(session, made.id, Fixture.machine((4,)))
        first, second = places.devices(session)[0].cabinets
        plan = planograms.create(session, "Lobby", Planogram(COOLER), cabinet_id=first.id, is_primary=True)
        first, second = places.devices(session, made.id)[0].cabinets
    assert (first.index, first.rows, first.columns, first.planogram_id) == (0, 3, 8, plan.id)
    assert first.temperature_zone is TemperatureZone.REFRIGERATED
    assert (second.index, second.rows, second.planogram_id) == (1, 1, None)


def test_a_device_moves_to_a_store(database: Database, acme: Actor) -> None:
    """Only to one that exists."""
    with database.session(acme) as session:
        store = places.create_store(session, "Main Street")
        device = places.create_device(session, "Lobby")
        assert places.patch_device(session, device.id, store_id=store.id, name="Hall").store_id == store.id
        with pytest.raises(BadInput):
            places.patch_device(session, device.id, store_id=99)
        with pytest.raises(BadInput):
            places.create_device(session, "Other", store_id=99)
        with pytest.raises(NotFound):
            places.patch_device(session, 99, name="x")


def test_changing_a_fixture_leaves_the_plans_on_it_alone(database: Database, acme: Actor) -> None:
    """A plan's versions keep the geometry that they were made for."""
    narrow, wide = Fixture.shelves(24, 3), Fixture.shelves(48, 5)
    with database.session(acme) as session:
        template = places.create_fixture(session, "Bay", narrow)
        plan = planograms.create(session, "Plan", Planogram(template.fixture))
        changed = places.patch_fixture(session, template.id, "Wide bay", wide)
        assert planograms.load(session, plan.id).plan.fixture == narrow
        assert places.fixtures(session) == [changed]
    assert (changed.name, changed.fixture) == ("Wide bay", wide)


def test_changing_a_fixture_in_use_by_a_row_copies_it_first(database: Database, acme: Actor) -> None:
    """Also where a version points at the template itself."""
    from sqlalchemy import update

    from core.store import tables as t

    narrow, wide = Fixture.shelves(24, 3), Fixture.shelves(48, 5)
    with database.session(acme) as session:
        template = places.create_fixture(session, "Bay", narrow)
        plan = planograms.create(session, "Plan", Planogram(narrow))
        session.execute(update(t.PlanogramVersion).values(fixture_id=template.id))
        places.patch_fixture(session, template.id, fixture=wide)
        assert planograms.load(session, plan.id).plan.fixture == narrow


def test_projects_count_their_planograms(database: Database, acme: Actor) -> None:
    """And belong to a store that exists."""
    with database.session(acme) as session:
        store = places.create_store(session, "Main Street")
        project = places.create_project(session, "Summer", store.id)
        planograms.create(session, "End cap", Planogram(COOLER), project_id=project.id)
        assert [(p.name, p.planograms) for p in places.projects(session)] == [("Summer", 1)]
        assert places.patch_project(session, project.id, name="Winter", store_id=None).store_id is None
        with pytest.raises(BadInput):
            places.create_project(session, "Spring", 99)
        with pytest.raises(BadInput):
            places.patch_project(session, project.id, budget=3)
        with pytest.raises(NotFound):
            places.patch_project(session, 99, name="x")


def test_another_company_sees_no_places(database: Database, acme: Actor, other: Actor) -> None:
    """No list shows them and no change reaches them."""
    with database.session(acme) as session:
        store = places.create_store(session, "Main Street")
        places.create_device(session, "Lobby", COOLER)
        places.create_fixture(session, "Bay", COOLER)
    with database.session(other) as session:
        assert [places.stores(session), places.devices(session), places.fixtures(session)] == [[], [], []]
        with pytest.raises(NotFound):
            places.patch_store(session, store.id, name="Mine")
