"""What the estimation reads of a site."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import func, insert, select

from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position, RuleSet
from core.store import catalog, places, planograms, sites
from core.store import tables as t
from core.store.database import Actor, Database

MACHINE = Fixture.machine((2, 2))
DAY = (date(2026, 1, 5) - sites.EPOCH).days


def _plan(*product_ids: int) -> Planogram:
    positions = tuple(Position(p, 0, c, 1, c * 2.8, 2.8) for c, p in enumerate(product_ids))
    return Planogram(MACHINE, positions, RuleSet.AS_FOUND)


def _sold(site_id: int, day: int, slot: int, product_id: int, units: int = 1, **more: Any) -> dict[str, Any]:
    return {"site_id": site_id, "day": day, "slot": slot, "product_id": product_id, "units": units,
            "revenue_e4": units * 12_500, **{"stockout": False, **more}}


@pytest.fixture
def fleet(database: Database, acme: Actor) -> Database:
    """Machine 1 (site 1): products 1 and 2, swapped from January 12 on; version 2 is only a draft.
    Machine 2 (site 2): nothing sold. Sales at site 1 from January 5 to 14."""
    with database.session(acme) as session:
        for name in ("Cola", "Chips"):
            catalog.create_product(session, name, "snacks")
        for number in (1, 2):
            device = places.create_device(session, f"Machine {number}", MACHINE, venue_type="office")
            planograms.create(session, "Plan", _plan(1, 2), cabinet_id=device.cabinets[0].id, is_primary=True,
                              effective_from=date(2026, 1, 5))
        planograms.save(session, 1, 1, _plan(1))
        planograms.save(session, 1, 2, _plan(2, 1), effective_from=date(2026, 1, 12))
        session.execute(insert(t.DailySales), [
            _sold(1, DAY + 9, t.slot_code(0, 1), 1, 4),
            _sold(1, DAY, t.slot_code(0, 0), 1, 3),
            _sold(1, DAY, t.slot_code(0, 1), 2, 0, stockout=True),
            _sold(1, DAY + 1, 0, 2, 2),
            _sold(1, DAY + 1, t.slot_code(0, 0, cabinet=1), 2, 7),
        ])
    return database


def test_history_has_the_sales_by_slot_and_day(fleet: Database, acme: Actor) -> None:
    """Unknown slots are −1, another cabinet's are left out, stockouts are marked."""
    with fleet.session(acme) as session:
        (history,) = sites.load_history(session)
    assert (history.site_id, history.name, history.venue_type) == (1, "Machine 1", "office")
    expected = pd.DataFrame({
        "day": np.array(["2026-01-05", "2026-01-05", "2026-01-06", "2026-01-14"], "datetime64[ns]"),
        "product_id": [1, 2, 2, 1], "row": [0, 0, -1, 0], "column": [0, 1, -1, 1], "units": [3, 0, 2, 4],
        "revenue": [3.75, 0.0, 2.5, 5.0], "stockout": [False, True, False, False],
    })
    pd.testing.assert_frame_equal(history.daily, expected)


def test_two_cabinets_of_a_machine_have_two_histories(fleet: Database, acme: Actor) -> None:
    """Each with its own slots; sales of an unknown slot of what both held belong to neither."""
    with fleet.session(acme) as session:
        cabinet_id = places.add_cabinet(session, 1, MACHINE)
        made = planograms.create(session, "Cooler", _plan(2), cabinet_id=cabinet_id, is_primary=True,
                                 effective_from=date(2026, 1, 5))
        first, second = sites.load_history(session)
    assert (first.site_id, second.site_id) == (1, made.id)
    assert first.daily["units"].tolist() == [3, 0, 4]
    assert second.daily["units"].tolist() == [7]


def test_sales_of_an_unknown_slot_go_to_the_cabinet_that_held_the_product(fleet: Database, acme: Actor) -> None:
    """On that day: the cooler takes chips only from January 12 on, cola stays the first one's."""
    with fleet.session(acme) as session:
        cabinet_id = places.add_cabinet(session, 1, MACHINE)
        water = catalog.create_product(session, "Water", "drinks").id
        made = planograms.create(session, "Cooler", _plan(water), cabinet_id=cabinet_id, is_primary=True,
                                 effective_from=date(2026, 1, 5))
        planograms.save(session, made.id, 1, _plan(water, 2), effective_from=date(2026, 1, 12))
        session.execute(insert(t.DailySales), [
            _sold(1, DAY + 2, 0, water, 5), _sold(1, DAY + 8, 0, 2, 6), _sold(1, DAY + 8, 0, 1, 8),
        ])
        first, second = sites.load_history(session)
        (only,) = sites.load_history(session, [made.id])
    assert first.daily["units"].tolist() == [3, 0, 2, 8, 4]
    assert second.daily["units"].tolist() == [7, 5]
    assert only.daily["units"].tolist() == [7, 5]


def test_periods_follow_what_really_stood_there(fleet: Database, acme: Actor) -> None:
    """A draft between two effective versions never stood; the last one stands to the last sale."""
    with fleet.session(acme) as session:
        (history,) = sites.load_history(session, [1])
    assert [(p.start, p.end, p.plan.product_ids) for p in history.periods] == [
        (date(2026, 1, 5), date(2026, 1, 11), (1, 2)), (date(2026, 1, 12), date(2026, 1, 14), (2, 1))]
    assert history.days == 10


def test_history_may_start_later(fleet: Database, acme: Actor) -> None:
    """Earlier days and the plans of earlier days are left out."""
    with fleet.session(acme) as session:
        (history,) = sites.load_history(session, since=date(2026, 1, 10))
        assert sites.load_history(session, since=date(2027, 1, 1)) == []
    assert len(history.daily) == 1
    assert [(p.start, p.end) for p in history.periods] == [
        (date(2026, 1, 10), date(2026, 1, 11)), (date(2026, 1, 12), date(2026, 1, 14))]


def test_the_demos_sites_are_read_apart(fleet: Database, acme: Actor) -> None:
    """Nothing of one's own learns from the demo."""
    with fleet.session(acme) as session:
        assert sites.load_history(session, demo=True) == []
        assert len(sites.load_history(session, demo=False)) == 1


def test_another_companys_history_is_not_read(fleet: Database, other: Actor) -> None:
    """Although sales are read past the ORM."""
    with fleet.session(other) as session:
        assert sites.load_history(session) == []
        assert sites.load_history(session, [1]) == []
        assert sites.data_versions(session) == {}


def test_baskets_are_the_lines_that_share_a_transaction(fleet: Database, acme: Actor) -> None:
    """Numbered, each product once; lines without a transaction are no basket."""
    def line(sold_at: int, code: str, product_id: int) -> dict[str, Any]:
        return {"site_id": 1, "sold_at": sold_at, "transaction_code": code, "product_id": product_id,
                "price_e4": 12_500, "amount_e4": 12_500}

    with fleet.session(acme) as session:
        at = 86_400 * session.execute(select(func.max(t.DailySales.day))).scalar_one()
        session.execute(insert(t.SalesLine), [
            line(at, "a", 1), line(at, "a", 2), line(at + 1, "a", 1), line(at + 2, "b", 2), line(at + 3, "", 1)])
        (history,) = sites.load_history(session, baskets=True)
    assert history.baskets is not None
    found = history.baskets.groupby("transaction")["product_id"].apply(sorted).tolist()
    assert sorted(found) == [[1, 2], [2]]


def test_the_fleet_version_changes_with_any_site(fleet: Database, acme: Actor) -> None:
    """A save is enough."""
    with fleet.session(acme) as session:
        before, versions = sites.fleet_version(session), sites.data_versions(session)
        planograms.save(session, 2, 1, _plan())
        assert sites.fleet_version(session) != before
        assert sites.data_versions(session, [1]) == {1: versions[1]}


def test_a_fit_is_kept_and_found_again(fleet: Database, acme: Actor, other: Actor) -> None:
    """The newest, or by version; each company its own."""
    blob = np.arange(5).tobytes()
    with fleet.session(acme) as session:
        assert sites.load_fit(session) is None
        sites.save_fit(session, "own 1", b"old", {"sites": 1})
        assert sites.fit_time(session, "own 1") is not None
        assert sites.fit_time(session, "own 2") is None
        sites.save_fit(session, "own 1", blob, {"sites": 2})
        sites.save_fit(session, "demo 1", b"demo", {})
    with fleet.session(acme) as session:
        assert sites.load_fit(session, "own 1") == ("own 1", blob, {"sites": 2})
        assert sites.load_fit(session, "own 2") is None
        newest = sites.load_fit(session)
        assert newest is not None
        assert newest[0] == "demo 1"
    with fleet.session(other) as session:
        assert sites.load_fit(session) is None
