"""The fix list: what to take from where to where."""

from __future__ import annotations

import json
from dataclasses import replace

from core.compliance.audit import audit
from core.compliance.fixes import Do, Fix, fixes
from core.planogram.planogram import Planogram
from tests.compliance.shelves import Stands, catalog_of, free_plan, machine_plan, read, stands_of, with_room

SNACKS = catalog_of([2.6] * 8)
MACHINE = machine_plan([[1, 2, 3, 4], [5, 6, 7, 8]])


def listed(rooms: list[Stands], plan: Planogram = MACHINE) -> tuple[Fix, ...]:
    reading = read(plan, rooms, SNACKS)
    return fixes(audit(reading, plan, SNACKS), reading, plan, SNACKS)


def test_two_that_changed_places_are_one_swap() -> None:
    """It names both and settles both violations."""
    rooms = with_room(with_room(stands_of(MACHINE), 1, 7), 6, 2)
    (fix,) = listed(rooms)
    assert fix.do is Do.SWAP
    assert fix.text == "Swap Product 2 at B3 with Product 7 at A2."
    assert len(fix.violation_ids) == 2


def test_what_is_in_the_way_goes_first_and_moves_before_filling() -> None:
    """3 stands in the slot of 2; its own slot is empty; 2 is gone."""
    rooms = with_room(with_room(stands_of(MACHINE), 1, 3), 2, None)
    found = listed(rooms)
    assert [(f.do, f.product_id) for f in found] == [(Do.MOVE, 3), (Do.FILL, 2)]
    assert [f.number for f in found] == [1, 2]
    assert found[0].text == "Move Product 3 from A2 to A3."
    assert found[1].text == "Put Product 2 from the back stock at A2."


def test_a_package_of_no_catalog_is_taken_out_and_asked_about() -> None:
    """Then the planned product fills its slot."""
    found = listed(with_room(stands_of(MACHINE), 5, 0))
    assert [f.do for f in found] == [Do.REMOVE, Do.FILL]
    assert found[0].text == "Take a package that is not in the catalog off B2 and ask whether it belongs here."


def test_three_in_a_circle_go_by_way_of_the_hands() -> None:
    """One is held until its place is free, and every product is put down once."""
    rooms = with_room(with_room(with_room(stands_of(MACHINE), 0, 2), 1, 3), 2, 1)
    found = listed(rooms)
    assert [f.do for f in found] == [Do.HOLD, Do.MOVE, Do.MOVE, Do.MOVE]
    assert sorted(f.product_id or 0 for f in found if f.target) == [1, 2, 3]
    assert found[-1].is_held


def test_facings_side_by_side_are_handled_together() -> None:
    """Two empty facings of one product are one fill of two."""
    plan = free_plan([[(1, 4), (2, 3)], [(3, 3), (4, 3)]], SNACKS)
    rooms = with_room(with_room(stands_of(plan), 1, None), 2, None)
    (fix,) = listed(rooms, plan)
    assert (fix.do, fix.facings) == (Do.FILL, 2)
    assert fix.text.startswith("Put 2 facings of Product 1 from the back stock on shelf A")


def test_what_is_not_sure_is_asked() -> None:
    """A package that was not found, where no gap was told."""
    reading = read(MACHINE, stands_of(MACHINE), SNACKS, missed=[3])
    found = fixes(audit(reading, MACHINE, SNACKS), reading, MACHINE, SNACKS)
    assert [f.do for f in found] == [Do.ASK]


def test_every_fact_is_settled_by_a_fix() -> None:
    """And fixes are values that JSON can hold."""
    rooms = stands_of(MACHINE)
    for at, product in ((0, None), (2, 0), (4, 8), (7, 5)):
        rooms = with_room(rooms, at, product)
    reading = read(MACHINE, rooms, SNACKS)
    found = audit(reading, MACHINE, SNACKS)
    told = fixes(found, reading, MACHINE, SNACKS)
    assert {i for f in told for i in f.violation_ids} >= {v.id for v in found.violations}
    assert json.loads(json.dumps([f.as_json() for f in told]))[0]["number"] == 1


def test_extra_packages_are_taken_off() -> None:
    """One facing too many beside its own."""
    plan = free_plan([[(1, 2), (2, 3)], [(3, 3), (4, 3)]], SNACKS)
    wide = replace(plan, fixture=replace(plan.fixture, width_in=plan.fixture.width_in + 4))
    last = stands_of(plan)[4]
    (fix,) = listed([*stands_of(plan), replace(last, left_in=last.left_in + 2.7)], wide)
    assert (fix.do, fix.product_id) == (Do.REMOVE, 2)
