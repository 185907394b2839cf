"""What a photo says of each position of its plan."""

from __future__ import annotations

from dataclasses import replace

from core.compliance.audit import audit
from core.compliance.positions import Seen, seen_by_position
from tests.compliance.shelves import Stands, catalog_of, free_plan, read, stands_of, with_room

CATALOG = catalog_of([4.9, 4.9, 8.0, 3.0, 2.9, 4.5])
PLAN = free_plan([[(1, 4), (2, 2), (5, 1)], [(3, 3), (4, 4)], [(6, 7)]], CATALOG)
ROOMS = stands_of(PLAN)


def seen(rooms: list[Stands], dismissed: bool = False) -> list[Seen]:
    reading = read(PLAN, rooms, CATALOG)
    found = audit(reading, PLAN, CATALOG)
    ids = [v.id for v in found.violations] if dismissed else []
    return list(seen_by_position(reading, found, PLAN, CATALOG, ids))


def test_a_shelf_as_planned_is_right_everywhere() -> None:
    """One value a position."""
    assert seen(ROOMS) == [Seen.RIGHT] * len(PLAN.positions)


def test_some_facings_gone_are_low_and_all_of_them_missing() -> None:
    """Of four facings one is gone; the only facing of another product is."""
    assert seen(with_room(ROOMS, 2, None))[0] is Seen.LOW
    assert seen(with_room(ROOMS, 6, None))[2] is Seen.MISSING


def test_another_product_is_wrong_and_a_dismissed_finding_is_right() -> None:
    """A person who dismisses it says that it may be so."""
    rooms = with_room(with_room(ROOMS, 4, 0), 5, 0)
    assert seen(rooms)[1] is Seen.WRONG
    assert seen(rooms, dismissed=True)[1] is Seen.RIGHT


def test_what_is_outside_the_photo_is_not_judged() -> None:
    """Neither right nor missing: the photo shows the two upper shelves alone."""
    rooms = [r for r in ROOMS if r.row < 2]
    reading = read(PLAN, rooms, CATALOG)
    reading = replace(reading, shelves=reading.shelves[:2])
    found = audit(reading, PLAN, CATALOG)
    assert seen_by_position(reading, found, PLAN, CATALOG)[-1] is Seen.NOT_SEEN
