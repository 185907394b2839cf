"""Readings of machines become sales, once, and plans that show what stands in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from core.errors import BadInput
from core.planogram import edit
from core.store import catalog, planograms
from core.store.database import Actor, Database
from core.store.imports.dex_run import FROM_MACHINE, import_audits
from core.store.imports.run import ImportReport
from core.store.sales import summary
from tests.store.imports.test_run import counts

Send = Callable[..., ImportReport]


def audit(day: str, cola: tuple[int, ...], tea: tuple[int, ...] | None = None, *, price: int = 150,
          serial: str = "SER0042", name: str = "COLA") -> bytes:
    """A reading at noon: two selections, counters as given (units, value since start, then since reset)."""
    def line(values):
        return "PA2*" + "*".join(map(str, values))

    rows = ["DXS*1*VA", f"ID1*{serial}*M*1*0*0*LIB-17", "ID4*2*978*EUR", f"ID5*2026{day}*1200",
            f"PA1*11*{price}*{name}", line(cola)]
    rows += ["PA1*12*120*TEA", line(tea)] if tea else []
    return "\n".join([*rows, "PA1*13*0**", "PA2*0*0*0*0", "DXE*1*1"]).encode()


@pytest.fixture
def send(database: Database, acme: Actor, tmp_path: Path) -> Send:
    def _send(content: bytes, **options) -> ImportReport:
        path = tmp_path / "read.dex"
        path.write_bytes(content)
        return import_audits(database, acme, path, path.name, **options)

    return _send


def sold(database: Database, acme: Actor) -> dict[str, tuple[int, float]]:
    """Units and revenue by day."""
    with database.session(acme) as session:
        items = summary(session, by="day").items or ()
    return {str(i["day"])[5:]: (i["units"], i["revenue"]) for i in items}


def test_the_first_reading_tells_what_stands_in_the_machine(database: Database, acme: Actor, send: Send) -> None:
    """A device, its plan with prices, products; no sales yet."""
    report = send(audit("0302", (10, 1500, 4, 600), (5, 600, 5, 600)))
    assert (report.rows_read, report.rows_imported, report.rows_duplicate, report.rows_rejected) == (2, 0, 0, 0)
    assert [(d.name, len(d.planogram_ids)) for d in report.devices] == [("LIB-17", 1)]
    assert (report.products_created, report.period) == (2, None)
    assert any("first reading" in note for note in report.notes)
    with database.session(acme) as session:
        saved = planograms.load(session, report.devices[0].planogram_ids[0])
        names = {i: (p.name, p.price) for i, p in catalog.load_catalog(session).items()}
    assert [(*names[p.product_id], p.price) for p in saved.plan.positions] == [("COLA", 1.5, 1.5), ("TEA", 1.2, 1.2)]
    assert (saved.comment, saved.rule_set) == (FROM_MACHINE, "as found")
    assert [saved.plan.fixture.label(p.row, p.column) for p in saved.plan.positions] == ["11", "12"]


def test_the_next_reading_tells_what_was_sold(database: Database, acme: Actor, send: Send) -> None:
    """Differences of the counters, dated at the reading, in the slot of the selection."""
    send(audit("0302", (10, 1500, 4, 600), (5, 600, 5, 600)))
    report = send(audit("0309", (13, 1950, 7, 1050), (5, 600, 5, 600)))
    assert (report.rows_read, report.rows_imported, report.revenue_e4) == (2, 1, 45_000)
    assert sold(database, acme) == {"03-09": (3, 4.5)}
    with database.session(acme) as session:
        by_slot = summary(session, by="slot").items or ()
    assert [(i["units"], i["revenue"]) for i in by_slot] == [(3, 4.5)]


def test_the_same_reading_again_adds_nothing(database: Database, acme: Actor, send: Send) -> None:
    """Neither sales nor products, places or versions."""
    first, second = audit("0302", (10, 1500, 4, 600)), audit("0309", (13, 1950, 7, 1050))
    send(first)
    send(second)
    before = counts(database)
    again = [send(second), send(first)]
    assert [(r.rows_imported, r.rows_duplicate) for r in again] == [(0, 1), (0, 1)]
    after = counts(database)
    assert {k: after[k] - before[k] for k in after if after[k] != before[k]} == {"sales_import": 2}


READINGS = [audit("0302", (10, 1500, 4, 600)), audit("0305", (11, 1650, 1, 150)), audit("0309", (15, 2250, 5, 750)),
            audit("0316", (16, 2400, 6, 900))]


@pytest.mark.parametrize("order", [*permutations(range(3)), (3, 1, 0, 2), (2, 3, 0, 1)])
def test_readings_may_come_in_any_order(database: Database, acme: Actor, send: Send, order) -> None:
    """The days are those of reading them in order."""
    for i in order:
        send(READINGS[i])
    expected = {"03-05": (1, 1.5), "03-09": (4, 6.0), "03-16": (1, 1.5)}
    assert sold(database, acme) == {d: v for d, v in expected.items() if d != "03-16" or 3 in order}


def test_a_reset_is_counted_since_the_reset(database: Database, acme: Actor, send: Send) -> None:
    """Counters that ran backward: PA203 and PA204 count."""
    send(audit("0302", (100, 15_000, 40, 6_000)))
    report = send(audit("0309", (6, 900, 4, 600)))
    assert sold(database, acme) == {"03-09": (4, 6.0)}
    assert any("began anew" in note for note in report.notes)


def test_another_price_makes_a_new_version(database: Database, acme: Actor, send: Send) -> None:
    """What stands in the machine is a version of its plan, dated by the reading."""
    plan_id = send(audit("0302", (10, 1500))).devices[0].planogram_ids[0]
    send(audit("0309", (10, 1500)))
    send(audit("0316", (10, 1500), price=175))
    send(audit("0323", (10, 1500), price=175, name="COLA ZERO"))
    with database.session(acme) as session:
        versions = planograms.versions(session, plan_id)
        plan = planograms.load(session, plan_id).plan
    assert [(v.version, str(v.effective_from)) for v in versions] == [
        (3, "2026-03-23"), (2, "2026-03-16"), (1, "2026-03-02")]
    assert [p.price for p in plan.positions] == [1.75]


def test_a_plan_that_a_person_changed_stays(database: Database, acme: Actor, send: Send) -> None:
    """The reading says how far the machine differs from it."""
    plan_id = send(audit("0302", (10, 1500), (5, 600))).devices[0].planogram_ids[0]
    with database.session(acme) as session:
        plan = planograms.load(session, plan_id).plan
        planograms.save(session, plan_id, 1, edit.set_price(plan, plan.positions[0], 2.0), "Dearer")
    report = send(audit("0309", (10, 1500), (5, 600)))
    assert any("differs from the plan" in note and "1 slots" in note for note in report.notes)
    with database.session(acme) as session:
        assert planograms.load(session, plan_id).last_version == 2


def test_stock_of_a_plan_survives_a_reading(database: Database, acme: Actor, send: Send) -> None:
    """A new price leaves capacity and par level of what stays."""
    plan_id = send(audit("0302", (10, 1500), (5, 600))).devices[0].planogram_ids[0]
    with database.session(acme) as session:
        plan = planograms.load(session, plan_id).plan
        full = plan.with_positions(replace(p, capacity=9, par_level=7) for p in plan.positions)
        planograms.save(session, plan_id, 1, full, FROM_MACHINE)
    send(audit("0309", (10, 1500), (5, 600), price=200))
    with database.session(acme) as session:
        found = planograms.load(session, plan_id).plan.positions
    assert [(p.price, p.capacity, p.par_level) for p in found] == [(2.0, 9, 7), (1.2, 9, 7)]


def test_a_dry_run_changes_nothing(database: Database, acme: Actor, send: Send) -> None:
    """It reports the same."""
    send(audit("0302", (10, 1500)))
    before = counts(database)
    report = send(audit("0309", (13, 1950)), dry_run=True)
    assert (report.import_id, report.rows_imported, report.revenue_e4) == (None, 1, 45_000)
    assert counts(database) == before


@pytest.mark.parametrize(
    ("old", "new"), [(b"ID1*SER0042*M*1*0*0*LIB-17\n", b""), (b"ID5*20260302*1200\n", b"")], ids=["machine", "date"]
)
def test_an_audit_without_machine_or_date_is_refused(database: Database, send: Send, old, new) -> None:
    """Nothing is guessed and nothing changed."""
    before = counts(database)
    with pytest.raises(BadInput):
        send(audit("0302", (10, 1500)).replace(old, new))
    assert counts(database) == before


def test_a_machine_known_by_its_asset_number_is_the_same(database: Database, acme: Actor, send: Send) -> None:
    """A sales file named it LIB-17; the audit adds its serial number."""
    with database.session(acme) as session:
        from core.store import places

        device = places.create_device(session, "LIB-17")
    report = send(audit("0302", (10, 1500)))
    assert [d.id for d in report.devices] == [device.id]
