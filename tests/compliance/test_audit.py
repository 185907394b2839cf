"""What an audit tells of shelves whose departures are known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.compliance.audit import audit
from core.compliance.findings import Audit, Kind, Standing
from core.compliance.reading import Candidate, Facing, Gap, Reading
from core.planogram.fixture import Fixture, Placement
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Product
from tests.compliance.shelves import (
    Stands,
    catalog_of,
    free_plan,
    machine_plan,
    moved,
    read,
    stands_of,
    with_room,
)

CATALOG = catalog_of([4.9, 4.9, 8.0, 3.0, 2.9, 4.5])
PLAN = free_plan([[(1, 4), (2, 2), (5, 1)], [(3, 3), (4, 4)], [(6, 7)]], CATALOG)
ROOMS = stands_of(PLAN)
SNACKS = catalog_of([2.6] * 6)


def seen(rooms: list[Stands]) -> Audit:
    return audit(read(PLAN, rooms, CATALOG), PLAN, CATALOG)


def test_a_shelf_as_planned_has_score_one_and_no_departure() -> None:
    """Nothing is told of a shelf on which nothing is wrong."""
    found = seen(ROOMS)
    assert found.compliance_score == 1.0
    assert not found.violations
    assert not found.to_check
    assert found.availability == 1.0
    assert found.right == found.planned == len(ROOMS)
    assert all(d.standing is Standing.RIGHT for d in found.detected)
    assert all(row.score == 1.0 and not row.violations for row in found.rows)


def test_an_empty_room_beside_the_same_product_is_a_facing_short() -> None:
    """Three of four facings: told with both counts and the place of the empty one."""
    (v,) = seen(with_room(ROOMS, 2, None)).violations
    assert v.kind is Kind.WRONG_FACINGS
    assert v.expected is not None
    assert v.actual is not None
    assert (v.expected.product_id, v.expected.facings, v.actual.facings) == (1, 4, 3)
    assert v.expected.spot is not None
    assert v.expected.spot.x_in == pytest.approx(10.5)
    assert v.text == "Product 1 has 3 of 4 facings on shelf A, 10.5 in from the left: the room of one is empty."


def test_an_empty_room_of_the_only_facing_is_out_of_stock() -> None:
    """The product stands nowhere else, and its room is empty."""
    found = seen(with_room(ROOMS, 6, None))
    (v,) = found.violations
    assert v.kind is Kind.OUT_OF_STOCK
    assert v.severity == "high"
    assert found.availability == pytest.approx(5 / 6)


def test_a_product_that_is_gone_and_closed_up_is_missing() -> None:
    """Its neighbors stand together where it should be: no room is empty."""
    shift = CATALOG[5].width_in + 0.1
    plan = free_plan([[(1, 3), (5, 1), (2, 3)], [(3, 3), (4, 4)]], CATALOG)
    rooms = [r for r in stands_of(plan) if r.product_id != 5]
    rooms = [replace(r, left_in=r.left_in - shift) if r.row == 0 and r.left_in > 15 else r for r in rooms]
    (v,) = audit(read(plan, rooms, CATALOG), plan, CATALOG).violations
    assert v.kind is Kind.MISSING_PRODUCT
    assert "closed up" in v.text


def test_another_product_in_a_room_is_told_once() -> None:
    """Not as one missing and another extra."""
    found = seen(with_room(ROOMS, 6, 4))
    (v,) = found.violations
    assert v.kind is Kind.WRONG_PRODUCT
    assert v.expected is not None
    assert v.actual is not None
    assert (v.expected.product_id, v.actual.product_id) == (5, 4)
    assert [d.violation_id for d in found.detected].count(v.id) == 1


def test_a_package_of_no_catalog_is_told_as_such() -> None:
    """Nobody guesses a name for it."""
    (v,) = seen(with_room(ROOMS, 6, 0)).violations
    assert v.kind is Kind.WRONG_PRODUCT
    assert v.actual is not None
    assert v.actual.product_id is None
    assert v.text.startswith("A package that is not in the catalog stands on shelf A")


def test_two_products_that_changed_places_are_two_moves() -> None:
    """Each is told once, from where to where."""
    found = seen(with_room(with_room(ROOMS, 1, 2), 4, 1)).violations
    assert [v.kind for v in found] == [Kind.WRONG_POSITION] * 2
    ways = {(v.actual.product_id, v.actual.spot.x_in, v.expected.spot.x_in) for v in found
            if v.actual and v.expected and v.actual.spot and v.expected.spot}
    assert ways == {(2, 5.5, 20.5), (1, 20.5, 5.5)}


def test_a_product_in_the_room_of_another_that_is_gone_is_a_move_and_a_loss() -> None:
    """5 stands where 4 has one of its four facings; its own room is empty, which is not told again."""
    found = seen(with_room(with_room(ROOMS, 6, None), 10, 5)).violations
    assert sorted(v.kind for v in found) == [Kind.WRONG_FACINGS, Kind.WRONG_POSITION]


def test_a_facing_more_than_planned_is_told_with_its_count() -> None:
    """A fifth facing of a product beside its four, at the end of the row."""
    rooms = [*ROOMS, replace(ROOMS[-1], left_in=ROOMS[-1].left_in + 4.6)]
    plan = replace(PLAN, fixture=replace(PLAN.fixture, width_in=PLAN.fixture.width_in + 6))
    (v,) = audit(read(plan, rooms, CATALOG), plan, CATALOG).violations
    assert v.kind is Kind.WRONG_FACINGS
    assert v.text == "Product 6 has 8 facings on shelf C, 0.5 in from the left, 1 more than planned."


def test_a_foreign_product_where_nothing_is_planned_is_extra() -> None:
    """Without a place in the plan there is nothing expected."""
    rooms = [*ROOMS, Stands(2, 34.0, 99, None)]
    catalog = {**CATALOG, 99: Product(99, "Foreign", "x", width_in=3.0, height_in=6.0)}
    (v,) = audit(read(PLAN, rooms, catalog), PLAN, catalog).violations
    assert v.kind is Kind.EXTRA_PRODUCT
    assert v.expected is None
    assert v.text.startswith("Foreign stands on shelf C")


def test_a_missed_detection_is_a_question_and_no_fact() -> None:
    """Where no package and no gap is told, nobody knows."""
    found = audit(read(PLAN, ROOMS, CATALOG, missed=[5]), PLAN, CATALOG)
    assert not found.violations
    (v,) = found.to_check
    assert v.confidence < 0.5
    assert found.compliance_score is not None
    assert found.score_low is not None
    assert found.score_high is not None
    assert found.score_low <= found.compliance_score <= found.score_high


def test_an_unsure_name_is_a_question_and_no_fact() -> None:
    """A package of which two names are about as likely is not called wrong."""
    reading = read(PLAN, ROOMS, CATALOG)
    vague = replace(reading.facings[6], candidates=(Candidate(4, 0.45), Candidate(5, 0.4)))
    facings = (*reading.facings[:6], vague, *reading.facings[7:])
    found = audit(replace(reading, facings=facings), PLAN, CATALOG)
    assert not found.violations
    assert [v.kind for v in found.to_check] == [Kind.WRONG_PRODUCT]


def test_one_unsure_facing_makes_no_doubt_of_the_others() -> None:
    """Three facings of another product, one of them hardly seen: two are a fact, the third a question."""
    rooms = [replace(r, product_id=6) if r.position == 0 and i < 3 else r for i, r in enumerate(ROOMS)]
    reading = read(PLAN, rooms, CATALOG)
    vague = replace(reading.facings[1], confidence=0.5, candidates=(Candidate(6, 0.55),))
    found = audit(replace(reading, facings=(reading.facings[0], vague, *reading.facings[2:])), PLAN, CATALOG)
    assert [(v.kind, v.facings) for v in found.violations] == [(Kind.WRONG_PRODUCT, (0, 2))]
    assert [v.facings for v in found.to_check] == [(1,)]


def test_a_block_that_has_moved_is_told_once_though_one_of_it_is_not_seen() -> None:
    """Two blocks of two have changed places and one package is not found: two moves, and no fewer facings."""
    plan = free_plan([[(1, 2), (6, 3), (2, 2)], [(3, 4)]], CATALOG)
    rooms = stands_of(plan)
    for here, there in ((0, 5), (1, 6)):
        first, second = rooms[here], rooms[there]
        rooms[here], rooms[there] = replace(first, product_id=2), replace(second, product_id=1)
    found = audit(read(plan, rooms, CATALOG, missed=[6]), plan, CATALOG)
    assert [v.kind for v in found.violations] == [Kind.WRONG_POSITION] * 2
    assert all(v.confidence < 0.5 for v in found.to_check)


def test_what_lies_on_an_unnamed_package_of_its_place_is_no_extra() -> None:
    """The upper one of a pile is known, the lower one is not: no product more than planned."""
    reading = read(PLAN, ROOMS, CATALOG)
    lower = reading.facings[-1]
    upper = replace(lower, box=(lower.box[0], lower.box[1] - lower.box[3] - 2, *lower.box[2:]))
    vague = replace(lower, candidates=(Candidate(6, 0.4), Candidate(5, 0.35)))
    found = audit(replace(reading, facings=(*reading.facings[:-1], vague, upper)), PLAN, CATALOG)
    assert not found.violations
    assert not found.to_check
    assert found.detected[-1].standing is Standing.PILED


def test_neighbors_that_changed_places_are_two_moves_in_a_photo_from_the_side() -> None:
    """The near end of a row is larger than the far one, so that no line tells where an inch lies."""
    plan = free_plan([[(1, 1), (2, 1), *((3 + k % 2, 1) for k in range(12))]], CATALOG)
    rooms = stands_of(plan)
    rooms[0], rooms[1] = replace(rooms[0], product_id=2), replace(rooms[1], product_id=1)
    flat = read(plan, rooms, CATALOG)

    def nearer(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        left, right = (x / (1.2 - 0.2 * x / flat.width) for x in (box[0], box[0] + box[2]))
        return left, box[1], right - left, box[3]

    found = audit(moved(flat, nearer, flat.width, flat.height), plan, CATALOG)
    assert [v.kind for v in found.violations] == [Kind.WRONG_POSITION] * 2


def test_a_missing_facing_in_the_middle_does_not_shift_the_rest() -> None:
    """The packages after it have moved up by its width, and still stand right."""
    wide = 4.6
    rooms = [r for i, r in enumerate(ROOMS) if i != 16]
    rooms = [replace(r, left_in=r.left_in - wide) if i >= 16 else r for i, r in enumerate(rooms)]
    found = audit(read(PLAN, rooms, CATALOG), PLAN, CATALOG)
    assert found.right == len(ROOMS) - 1
    assert [v.kind for v in (*found.violations, *found.to_check)] == [Kind.WRONG_FACINGS]


def test_what_is_outside_the_photo_is_never_missing() -> None:
    """Half of the shelf is cut off, and its lowest row."""
    reading = read(PLAN, ROOMS, CATALOG)
    edge = reading.width // 2
    inside = tuple(f for f in reading.facings if f.box[0] + 0.7 * f.box[2] < edge and f.row < 2)
    cut = replace(reading, width=edge, facings=inside, shelves=reading.shelves[:2])
    found = audit(cut, PLAN, CATALOG)
    assert not found.violations
    assert found.not_seen > len(ROOMS) / 2
    assert found.compliance_score == 1.0
    assert not found.rows[2].is_seen
    assert "Not in the photo: Shelf C." in found.notes


def test_rows_are_found_by_what_stands_on_them() -> None:
    """Without the top row, the photo's first row is the plan's second."""
    reading = read(PLAN, [r for r in ROOMS if r.row > 0], CATALOG)
    lower = tuple(replace(f, row=f.row - 1) for f in reading.facings)
    found = audit(replace(reading, facings=lower, shelves=reading.shelves[1:]), PLAN, CATALOG)
    assert not found.violations
    assert [row.is_seen for row in found.rows] == [False, True, True]


def test_a_row_of_which_nothing_stands_is_not_taken_for_another() -> None:
    """The middle shelf is empty: its products are out of stock, those below it stand right."""
    rooms = [replace(r, product_id=None) if r.row == 1 else r for r in ROOMS]
    found = seen(rooms)
    assert {v.kind for v in found.violations} == {Kind.OUT_OF_STOCK}
    assert [row.right == row.planned for row in found.rows] == [True, False, True]


def test_packages_on_one_another_are_one_facing_wide() -> None:
    """A pile of two counts once."""
    reading = read(PLAN, ROOMS, CATALOG)
    piled = tuple(
        replace(f, box=(f.box[0], f.box[1] - f.box[3] - 2, f.box[2], f.box[3])) for f in reading.facings[-7:]
    )
    found = audit(replace(reading, facings=(*reading.facings, *piled)), PLAN, CATALOG)
    assert not found.violations
    assert not found.to_check
    assert [d.standing for d in found.detected[-7:]] == [Standing.PILED] * 7
    assert {f.product_id: f.seen for f in found.facings}[6] == 7


def layered() -> tuple[Planogram, Reading]:
    """Three boxes, each with a lying one on it, and a row of others below."""
    fixture = Fixture(25.0, 24.0, 18.0, (5, 5), 5.0, Placement.FREE)
    positions = [Position(p, 0, 0, 1, 8.1 * k, 8.0) for k in range(3) for p in (3, 4)]
    positions += [Position(6, 1, 0, 1, 4.6 * k, 4.5) for k in range(5)]
    facings = [Facing((162.0 * k, 100.0, 160.0, 140.0), 0.9, 0, candidates=(Candidate(3, 0.9),)) for k in range(3)]
    facings += [Facing((162.0 * k, 50.0, 160.0, 48.0), 0.9, 0, candidates=(Candidate(4, 0.9),)) for k in range(3)]
    facings += [Facing((92.0 * k, 340.0, 90.0, 140.0), 0.9, 1, candidates=(Candidate(6, 0.9),)) for k in range(5)]
    return Planogram(fixture, tuple(positions)), Reading(500, 500, tuple(facings))


def test_products_that_the_plan_puts_on_others_are_found_there() -> None:
    """Two layers of one row; a third lying one that is gone is told."""
    plan, reading = layered()
    catalog = {**CATALOG, 4: replace(CATALOG[4], width_in=8.0, height_in=2.4)}
    assert not audit(reading, plan, catalog).violations
    less = replace(reading, facings=tuple(f for i, f in enumerate(reading.facings) if i != 4))
    (v,) = audit(less, plan, catalog).violations
    assert v.kind is Kind.WRONG_FACINGS
    assert v.expected is not None
    assert v.expected.product_id == 4
    assert v.box[1] + v.box[3] == pytest.approx(100.0, abs=3)


def test_machines_keep_their_slots() -> None:
    """A product one coil to the right of its own stands wrong, however like the order is."""
    plan = machine_plan([[1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1]])
    rooms = stands_of(plan)
    shifted = with_room(with_room(with_room(rooms, 2, None), 3, 3), 4, 5)
    found = audit(read(plan, shifted, SNACKS), plan, SNACKS).violations
    assert [(v.kind, v.spot.slot if v.spot else "") for v in found] == [
        (Kind.WRONG_FACINGS, "A4"), (Kind.WRONG_POSITION, "A4"),
    ]


def test_trays_of_fewer_slots_have_wider_ones() -> None:
    """Rows of a machine may differ in length and still be as wide."""
    plan = machine_plan([[1, 2, 3, 4, 5, 6], [6, 5, 4]])
    assert not audit(read(plan, stands_of(plan), SNACKS), plan, SNACKS).violations


def test_a_turned_photo_tells_the_same() -> None:
    """Half the size, shifted, and the right side nearer than the left."""
    reading = read(PLAN, with_room(ROOMS, 2, None), CATALOG)
    other = moved(reading, lambda b: (30 + 0.5 * b[0] * (1 + b[0] / 20_000), 20 + 0.5 * b[1] + 0.03 * b[0],
                                      0.5 * b[2] * (1 + b[0] / 10_000), 0.5 * b[3]), 700, 500)
    (v,) = audit(other, PLAN, CATALOG).violations
    assert v.kind is Kind.WRONG_FACINGS
    assert v.expected is not None
    assert v.expected.spot is not None
    assert v.expected.spot.x_in == pytest.approx(10.5)


def test_what_stands_beside_the_fixture_is_left_out() -> None:
    """The photo shows a package of the neighbor's fixture."""
    reading = read(PLAN, ROOMS, CATALOG)
    width = PLAN.fixture.width_in
    foreign = Facing((40 + (width + 4) * 20, 400.0, 100.0, 140.0), 0.9, 1, candidates=(Candidate(1, 0.9),))
    wide = replace(reading, width=reading.width + 300, facings=(*reading.facings, foreign))
    found = audit(wide, PLAN, CATALOG)
    assert not found.violations
    assert found.detected[-1].standing is Standing.OUTSIDE
    assert "1 package beside the fixture left out." in found.notes


def test_shares_of_shelf_and_counts_follow_what_is_seen() -> None:
    """A facing of 1 that is taken by 4 moves from one to the other."""
    found = seen(with_room(ROOMS, 3, 4))
    of = {(s.by, s.name): s for s in found.shares}
    planned, taken = of["product", "Product 1"], of["product", "Product 4"]
    assert (planned.planned_facings, planned.seen_facings) == (4, 3)
    assert (taken.planned_facings, taken.seen_facings) == (4, 5)
    assert sum(s.seen_share for s in found.shares if s.by == "brand") == pytest.approx(1.0)
    assert {f.product_id: (f.planned, f.seen, f.right) for f in found.facings}[4] == (4, 5, 4)


def test_gaps_where_nothing_is_planned_are_none() -> None:
    """An empty end of a shelf that the plan leaves empty."""
    plan = replace(PLAN, fixture=replace(PLAN.fixture, width_in=80.0))
    reading = read(plan, ROOMS, CATALOG)
    free = replace(reading, gaps=(Gap((1000.0, 500.0, 300.0, 140.0), 1),))
    assert not audit(free, plan, CATALOG).violations
