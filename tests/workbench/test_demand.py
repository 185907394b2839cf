"""Demand through the door: the fleet's forecast, its places, new products, drafts and empty companies."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.capabilities.valuation import season_ahead
from core.errors import NotFound
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position, RuleSet
from core.settings import Settings
from core.store import catalog, places, planograms
from core.store import tables as t
from core.store.database import Actor, Database
from core.workbench import Workbench


@pytest.fixture
def plan_id(wb: Workbench) -> int:
    return next(card.id for card in wb.planograms() if card.key)


def test_places_add_up_to_the_fleet(wb: Workbench) -> None:
    """Each is a part of the same forecast."""
    fleet = wb.fleet_demand(14)
    assert fleet is not None
    parts = [wb.demand(place.planogram_id, 14) for place in fleet.places]
    assert sum(p.units.value for p in parts) == pytest.approx(fleet.units.value)
    assert [p.first_day for p in parts] == [fleet.first_day] * len(parts)


def test_a_machine_is_all_its_cabinets(wb: Workbench) -> None:
    device = max(wb.devices(), key=lambda d: len(d.cabinets))
    ids = [c.planogram_id for c in device.cabinets]
    found = wb.device_demand(device.id, 7)
    assert list(found.planogram_ids) == ids
    assert found.units.value == pytest.approx(sum(wb.demand(i, 7).units.value for i in ids if i))


def test_a_forecast_from_an_earlier_day_ends_its_history_there(wb: Workbench, plan_id: int) -> None:
    now = wb.demand(plan_id, 7)
    then = wb.demand(plan_id, 7, now.first_day - timedelta(days=30))
    assert then.history.days[-1] < now.history.days[-1]
    assert then.last_day < now.first_day
    assert then.history_days == now.history_days - 30


def test_a_product_just_placed_is_forecast_as_the_what_if_sees_it(wb: Workbench, plan_id: int) -> None:
    """It has no sales here yet, and leans on what the place's response expects of it in these weeks."""
    saved = wb.open(plan_id)
    goods = wb.catalog()
    seen = set(wb.site(plan_id).position_days)
    old, new = next(
        (p, n) for p in saved.plan.positions for n in goods.values()
        if n.id not in seen and n.category == goods[p.product_id].category
        and n.temperature == goods[p.product_id].temperature and n.width_in <= goods[p.product_id].width_in
    )
    others = [p for p in saved.plan.positions if p is not old]
    placed = replace(old, product_id=new.id, price=None)
    changed = wb.save(plan_id, saved.version, saved.plan.with_positions([*others, placed]))
    site = wb.site(plan_id)
    layout = site.response.layout(changed.plan)
    i = changed.plan.positions.index(placed)
    expected = float(site.response.rates(layout)[0][i] * season_ahead(site, 28)[layout.category[i]])
    found = wb.demand(plan_id, 28).product(new.id)
    wb.restore(plan_id, saved.version)
    assert found is not None
    assert found.history_days == 0
    assert found.confidence < 0.5
    assert found.units.value / 28 == pytest.approx(expected, rel=0.5)


def test_a_draft_is_forecast_without_a_history(wb: Workbench, plan_id: int) -> None:
    """What it would sell there, with little confidence."""
    saved = wb.open(plan_id)
    draft = wb.save_as(plan_id, "Try this", saved.plan)
    found = wb.demand(draft.id, 7)
    standing = wb.demand(plan_id, 7)
    assert found.degraded
    assert found.confidence < 0.3
    assert 0.3 < found.units.value / standing.units.value < 3.0
    assert len(found.products) == len(standing.products)


def test_a_plan_of_no_place_is_refused(wb: Workbench) -> None:
    made = wb.create_planogram("Nowhere", Planogram(Fixture.machine((2, 2))))
    with pytest.raises(NotFound):
        wb.demand(made.id)
    with pytest.raises(NotFound):
        wb.demand(987_654)


def test_the_choice_of_methods_outlives_the_process(
    wb: Workbench, database: Database, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new process reads it from the database."""
    before = wb.fleet_demand(7)
    monkeypatch.setattr("core.workbench.forecasts.choose", None)
    assert database.path is not None
    again = Database(f"sqlite:///{database.path}")
    after = Workbench(again, manager, Settings(demo=True)).fleet_demand(7)
    assert before is not None
    assert after is not None
    assert after.units.value == pytest.approx(before.units.value)
    again.close()


def test_a_company_without_sales_has_a_forecast_from_what_is_stated(tmp_path: Path) -> None:
    """A machine with two products that were never sold: their stated velocity, hardly any confidence."""
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    database.migrate()
    with database.admin_session() as session:
        session.add(t.Company(name="New"))
    actor = Actor(None, 1, "admin")
    fixture = Fixture.machine((2, 2))
    with database.session(actor) as session:
        for name, velocity in (("Cola", 3.0), ("Chips", 0.5)):
            catalog.create_product(session, name, "snacks", price=2.0, velocity=velocity)
        device = places.create_device(session, "Machine", fixture, venue_type="office")
        positions = Position(1, 0, 0, 1, 0.0, 2.8), Position(2, 0, 1, 1, 2.8, 2.8)
        plan = Planogram(fixture, positions, RuleSet.AS_FOUND)
        cabinet = device.cabinets[0]
        made = planograms.load(session, cabinet.planogram_id) if cabinet.planogram_id else planograms.create(
            session, "Plan", plan, cabinet_id=cabinet.id, is_primary=True)
        if cabinet.planogram_id:
            planograms.save(session, made.id, made.version, plan)
    wb = Workbench(database, actor, Settings())
    found = wb.demand(made.id, 10)
    cola, chips = found.product(1), found.product(2)
    assert cola is not None
    assert chips is not None
    assert cola.units.value > 2 * chips.units.value > 0
    assert cola.units.upper > 1.3 * cola.units.value
    assert found.degraded
    assert found.confidence < 0.2
    database.close()
