"""What forecasts read of the store: which product stood where from when to when, and what it sold."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from sqlalchemy import insert

from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position, RuleSet
from core.store import catalog, places, planograms, sites
from core.store import tables as t
from core.store.database import Actor, Database
from core.store.demand import load_supply

MACHINE = Fixture.machine((3, 3))
DAY = (date(2026, 1, 5) - sites.EPOCH).days


def _plan(*product_ids: int, **facts: Any) -> Planogram:
    positions = (Position(p, 0, c, 1, c * 2.8, 2.8, **facts) for c, p in enumerate(product_ids))
    return Planogram(MACHINE, tuple(positions), RuleSet.AS_FOUND)


def _sold(day: int, slot: int, product_id: int, units: int = 1, **more: Any) -> dict[str, Any]:
    return {"site_id": 1, "day": DAY + day, "slot": slot, "product_id": product_id, "units": units,
            "revenue_e4": units * 12_500, **{"stockout": False, **more}}


A1, A2, A3 = (t.slot_code(0, c) for c in range(3))


@pytest.fixture
def fleet(database: Database, acme: Actor) -> Database:
    """One machine from January 5 to 14: cola in two slots and chips; from January 10 nuts for the chips."""
    with database.session(acme) as session:
        for name in ("Cola", "Chips", "Nuts", "Gum"):
            catalog.create_product(session, name, "snacks", price=1.5, cost=0.5, shelf_life_days=30)
        device = places.create_device(session, "Machine 1", MACHINE, venue_type="office")
        planograms.create(session, "Plan", _plan(1, 1, 2), cabinet_id=device.cabinets[0].id, is_primary=True,
                          effective_from=date(2026, 1, 5))
        later = _plan(1, 1, 3, capacity=8, par_level=6, quantity=4, price=1.25)
        planograms.save(session, 1, 1, later, effective_from=date(2026, 1, 10))
        session.execute(insert(t.DailySales), [
            _sold(0, A1, 1, 3), _sold(0, A2, 1, 2), _sold(0, A3, 2, 4),
            _sold(1, A1, 1, 1, stockout=True), _sold(1, A3, 2, 0, stockout=True),
            _sold(2, A1, 1, 0, stockout=True), _sold(2, A2, 1, 2, stockout=True), _sold(2, A3, 2, 1),
            _sold(6, A3, 3, 5), _sold(9, A1, 1, 1),
        ])
    return database


def test_a_product_in_two_slots_is_one_series(fleet: Database, acme: Actor) -> None:
    with fleet.session(acme) as session:
        stored = load_supply(session)
    assert stored is not None
    panel = stored.supply.panel
    assert panel.product.tolist() == [1, 2, 3]
    assert panel.steps == 10
    assert panel.units[0].tolist() == [5, 1, 2, 0, 0, 0, 0, 0, 0, 1]
    assert stored.supply.slots[0] == "A1, A2"


def test_it_stands_there_while_a_plan_holds_it(fleet: Database, acme: Actor) -> None:
    """Chips until January 9, nuts from January 10 on; what is gone is not forecast."""
    with fleet.session(acme) as session:
        stored = load_supply(session)
    assert stored is not None
    exposure = stored.supply.panel.exposure
    assert exposure[1].tolist() == [1, 0, 1, 1, 1, 0, 0, 0, 0, 0]
    assert exposure[2].tolist() == [0] * 5 + [1] * 5
    assert stored.supply.standing.tolist() == [True, False, True]


def test_a_stockout_censors_only_where_no_slot_had_it(fleet: Database, acme: Actor) -> None:
    """One empty slot of two leaves the day whole; both empty with sales make it a lower bound; empty all day
    it says nothing."""
    with fleet.session(acme) as session:
        stored = load_supply(session)
    assert stored is not None
    panel = stored.supply.panel
    assert panel.censored[0].tolist() == [False, False, True] + [False] * 7
    assert panel.exposure[0].tolist() == [1.0] * 10
    assert panel.exposure[1, 1] == 0.0
    assert not panel.censored[1].any()


def test_figures_are_those_of_the_last_plan(fleet: Database, acme: Actor) -> None:
    """All slots of a product together; costs and shelf life from the catalog."""
    with fleet.session(acme) as session:
        stored = load_supply(session)
    assert stored is not None
    supply = stored.supply
    assert (supply.capacity[0], supply.par[0], supply.held[0]) == (16.0, 12.0, 8.0)
    assert np.isnan(supply.capacity[1])
    assert supply.panel.price[[0, 2]].tolist() == [1.25, 1.25]
    assert supply.cost[0] == 0.5
    assert supply.shelf_life[0] == 30.0
    assert (supply.names[1], supply.places[1], supply.ends[1]) == ("Cola", "Machine 1", date(2026, 1, 14))


def test_a_product_just_placed_has_a_series_without_sales(fleet: Database, acme: Actor) -> None:
    with fleet.session(acme) as session:
        planograms.save(session, 1, 2, _plan(1, 3, 4))
        stored = load_supply(session)
    assert stored is not None
    panel = stored.supply.panel
    gum = panel.product.tolist().index(4)
    assert panel.exposure[gum].sum() == 0
    assert stored.supply.standing[gum]


def test_a_product_on_no_plan_stands_from_its_first_sale(fleet: Database, acme: Actor) -> None:
    """Sales without a slot at a place with one plan are that plan's."""
    with fleet.session(acme) as session:
        session.execute(insert(t.DailySales), [_sold(3, 0, 4, 2)])
        stored = load_supply(session)
    assert stored is not None
    gum = stored.supply.panel.product.tolist().index(4)
    assert stored.supply.panel.exposure[gum].tolist() == [0] * 3 + [1] * 7
    assert stored.supply.panel.units[gum].sum() == 2


def test_the_data_cover_what_the_import_says(fleet: Database, acme: Actor) -> None:
    """The file ends four days after the machine's last sale: those days sold nothing."""
    with fleet.session(acme) as session:
        record = t.SalesImport(file_name="a.csv", sha256="0", size_bytes=1, status="done",
                               period_from=date(2026, 1, 5), period_to=date(2026, 1, 18))
        session.add(record)
        session.flush()
        session.add(t.SalesLine(
            site_id=1, sold_at=(DAY + 9) * 86_400, slot=A1, product_id=1, price_e4=12_500,
            amount_e4=12_500, import_id=record.id,
        ))
        session.flush()
        stored = load_supply(session)
    assert stored is not None
    assert stored.supply.ends[1] == stored.supply.last_day == date(2026, 1, 18)
    assert stored.supply.panel.exposure[0, -4:].tolist() == [1.0] * 4


def test_another_company_reads_nothing(fleet: Database, other: Actor) -> None:
    with fleet.session(other) as session:
        assert load_supply(session) is None


def test_the_demos_places_are_read_apart(fleet: Database, acme: Actor) -> None:
    with fleet.session(acme) as session:
        assert load_supply(session, demo=True) is None
        assert load_supply(session, demo=False) is not None


def test_a_copy_that_stands_nowhere_is_left_out(fleet: Database, acme: Actor) -> None:
    """And changes nothing for the plan that it was copied from."""
    with fleet.session(acme) as session:
        planograms.create(session, "Copy", _plan(2), site_id=1)
        stored = load_supply(session)
    assert stored is not None
    assert list(stored.supply.places) == [1]
    assert stored.supply.panel.units.sum() == 19
