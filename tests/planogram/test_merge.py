"""Two people's edits come together slot by slot, and what clashes is told with both sides."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.errors import WorkbenchError
from core.planogram import edit
from core.planogram.diff import diff
from core.planogram.fixture import Fixture, TemperatureZone
from core.planogram.merge import merge
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Product
from tests.planogram.strategies import catalogs, empty_plans, keeps_the_rules
from tests.planogram.test_edit_properties import EDITS, apply

CATALOG = {i: Product(i, f"P{i}", "snacks", price=1.5) for i in range(1, 10)}
SHELF = Fixture.shelves(36, 3)


def plan(**slots: int) -> Planogram:
    """Products by slot on a shelf of 3 × 6 cells."""
    cells = {slot: SHELF.locate(slot) for slot in slots}
    return Planogram(SHELF, tuple(Position(slots[s], r, c, 1, c * 6.0, 6.0) for s, (r, c) in cells.items()))


BASE = plan(A1=1, A2=2, B1=3, B2=4)


def standing(found: Planogram) -> dict[str, int]:
    return {p.slot: p.product_id for p in found.positions}


def test_edits_of_different_slots_are_both_made() -> None:
    """A swap here, a move and a new product there."""
    mine = edit.swap(BASE, CATALOG, "A1", "A2")
    theirs = edit.place(edit.move(BASE, CATALOG, "B2", 2, 5), CATALOG, 7, 1, 3)
    found = merge(BASE, mine, theirs, CATALOG)
    assert found.clashes == ()
    assert standing(found.plan) == {"A1": 2, "A2": 1, "B1": 3, "B4": 7, "C6": 4}


def test_a_new_price_and_a_new_place_of_one_product_go_together() -> None:
    """Where it stands and what it costs are merged apart, also facings and stock."""
    mine = edit.set_price(BASE, "A1", 9.0)
    theirs = edit.set_stock(edit.move(BASE, CATALOG, "A1", 2, 0), "C1", capacity=8)
    found = merge(BASE, mine, theirs, CATALOG)
    assert found.clashes == ()
    there = found.plan.at(2, 0)
    assert there is not None
    assert (there.product_id, there.price, there.capacity) == (1, 9.0, 8)


def test_more_facings_and_a_new_place_go_together_where_there_is_room() -> None:
    """And clash where there is none."""
    wider = edit.set_facings(BASE, CATALOG, "B2", 2)
    found = merge(BASE, wider, edit.move(BASE, CATALOG, "B2", 2, 0), CATALOG)
    assert found.clashes == ()
    there = found.plan.at(2, 1)
    assert there is not None
    assert (there.column, there.cells, there.facings) == (0, 2, 2)
    clashes = merge(BASE, wider, edit.move(BASE, CATALOG, "B2", 2, 5), CATALOG).clashes
    assert [c.kind for c in clashes] == ["place"]


def test_one_slot_wanted_by_two_is_a_clash_with_both_sides() -> None:
    """What was saved stays until mine is chosen."""
    mine, theirs = (edit.place(BASE, CATALOG, p, 2, 2) for p in (7, 8))
    found = merge(BASE, mine, theirs, CATALOG)
    (clash,) = found.clashes
    assert (clash.kind, clash.slots) == ("place", ("C3",))
    assert [c.product_id for c in (*clash.mine, *clash.theirs)] == [7, 8]
    assert standing(found.plan)["C3"] == 8
    assert standing(merge(BASE, mine, theirs, CATALOG, {0}).plan)["C3"] == 7


def test_a_swap_is_taken_whole_or_not_at_all() -> None:
    """Half a swap would leave one product without a place."""
    mine = edit.swap(BASE, CATALOG, "A1", "A2")
    theirs = edit.move(BASE, CATALOG, "A1", 2, 0)
    found = merge(BASE, mine, theirs, CATALOG)
    assert len(found.clashes) == 1
    assert found.plan == theirs
    assert merge(BASE, mine, theirs, CATALOG, {0}).plan == mine


def test_what_both_made_alike_stands_once_whatever_is_chosen_beside_it() -> None:
    """Both move 1 away and place 7 there; what else they place there clashes."""
    base = edit.set_facings(edit.move(BASE, CATALOG, "A2", 1, 3), CATALOG, "A1", 2)
    both = edit.place(edit.move(base, CATALOG, "A1", 2, 0), CATALOG, 7, 0, 0)
    mine, theirs = edit.place(both, CATALOG, 8, 0, 1, facings=2), edit.place(both, CATALOG, 9, 0, 2)
    assert len(merge(base, mine, theirs, CATALOG).clashes) == 1
    assert merge(base, mine, theirs, CATALOG).plan == theirs
    assert merge(base, mine, theirs, CATALOG, {0}).plan == mine


def test_a_product_that_one_removed_and_the_other_changed_is_a_clash() -> None:
    """Also where only its price changed: someone still counted on it."""
    mine, theirs = edit.remove(BASE, CATALOG, "A1"), edit.set_price(BASE, "A1", 3.0)
    found = merge(BASE, mine, theirs, CATALOG)
    (clash,) = found.clashes
    assert clash.mine[0].after is None
    assert clash.theirs[0].after is not None
    assert found.plan == theirs
    assert merge(BASE, mine, theirs, CATALOG, [0]).plan == mine


def test_different_prices_are_a_clash_of_prices_alone() -> None:
    """The move beside it is made all the same."""
    mine = edit.move(edit.set_price(BASE, "A1", 2.0), CATALOG, "A1", 2, 0)
    found = merge(BASE, mine, edit.set_price(BASE, "A1", 3.0), CATALOG)
    assert [c.kind for c in found.clashes] == ["price"]
    there = found.plan.at(2, 0)
    assert there is not None
    assert there.price == 3.0


def test_what_one_locked_and_the_other_moved_is_a_clash() -> None:
    """A lock says that it is to stay."""
    mine, theirs = edit.move(BASE, CATALOG, "A1", 2, 0), edit.lock(BASE, "A1")
    assert len(merge(BASE, mine, theirs, CATALOG).clashes) == 1
    assert len(merge(BASE, theirs, mine, CATALOG).clashes) == 1


def test_a_product_stands_once_after_both_placed_it() -> None:
    """Under the strict rules two places of one product are a clash; in a machine they are two coils."""
    mine, theirs = edit.place(BASE, CATALOG, 7, 2, 0), edit.place(BASE, CATALOG, 7, 2, 4)
    assert len(merge(BASE, mine, theirs, CATALOG).clashes) == 1
    loose = [replace(p, rule_set=RuleSet.AS_FOUND) for p in (BASE, mine, theirs)]
    found = merge(loose[0], loose[1], loose[2], CATALOG)
    assert found.clashes == ()
    assert len(found.plan.of_product(7)) == 2


def test_the_same_edit_of_both_is_made_once() -> None:
    """A product that both placed alike stands once."""
    both = edit.place(BASE, CATALOG, 7, 2, 0)
    found = merge(BASE, edit.set_price(both, "A1", 3.0), both, CATALOG)
    assert found.clashes == ()
    assert len(found.plan.of_product(7)) == 1


def test_plans_on_different_fixtures_are_one_clash() -> None:
    """One plan or the other."""
    mine = edit.move(BASE, CATALOG, "A1", 2, 0)
    theirs = replace(BASE, fixture=replace(SHELF, temperature_zone=TemperatureZone.FROZEN))
    found = merge(BASE, mine, theirs, CATALOG)
    assert ([c.kind for c in found.clashes], found.plan) == (["plan"], theirs)
    assert merge(BASE, mine, theirs, CATALOG, {0}).plan == mine


# --- for any plan and any edits ---


def edited(start, catalog, steps):
    for step in steps:
        with suppress(WorkbenchError):
            start = apply(start, catalog, *step)
    return start


SIDES = st.lists(EDITS, max_size=6)
CASES = (catalogs(), empty_plans, st.lists(EDITS, max_size=14), SIDES, SIDES)


def case(catalog, empty, first, mine, theirs):
    base = edited(empty, catalog, first)
    return base, edited(base, catalog, mine), edited(base, catalog, theirs)


@settings(max_examples=60, deadline=None)
@given(*CASES)
def test_with_one_side_alone_the_merge_is_that_side(catalog, empty, first, mine, theirs) -> None:
    """Nothing is invented."""
    base, a, _ = case(catalog, empty, first, mine, theirs)
    for found in (merge(base, a, base, catalog), merge(base, base, a, catalog), merge(base, a, a, catalog)):
        assert (found.plan, found.clashes) == (a, ())


@settings(max_examples=100, deadline=None)
@given(*CASES, st.sets(st.integers(0, 6)))
def test_whatever_is_chosen_the_merged_plan_keeps_the_rules(
    catalog, empty, first, mine, theirs, chosen
) -> None:
    """As both sides do."""
    base, a, b = case(catalog, empty, first, mine, theirs)
    found = merge(base, a, b, catalog, chosen)
    keeps_the_rules(found.plan, catalog)
    assert found.clashes == merge(base, a, b, catalog).clashes


@settings(max_examples=80, deadline=None)
@given(*CASES)
def test_merging_is_the_same_seen_from_the_other_side(catalog, empty, first, mine, theirs) -> None:
    """What I choose for mine is what the other would choose for theirs."""
    base, a, b = case(catalog, empty, first, mine, theirs)
    ours, others = merge(base, a, b, catalog), merge(base, b, a, catalog)
    assert len(ours.clashes) == len(others.clashes)
    assert {(c.kind, frozenset(c.mine), frozenset(c.theirs)) for c in ours.clashes} == {
        (c.kind, frozenset(c.theirs), frozenset(c.mine)) for c in others.clashes}
    every = range(len(ours.clashes))
    assert Counter(merge(base, a, b, catalog, every).plan.positions) == Counter(others.plan.positions)


@settings(max_examples=100, deadline=None)
@given(*CASES)
def test_edits_that_do_not_meet_are_all_made(catalog, empty, first, mine, theirs) -> None:
    """On different shelves and products the merge equals one's edits after the other's."""
    base, a, b = case(catalog, empty, first, mine, theirs)
    assume(a.rule_set is b.rule_set is base.rule_set)
    assume(not touched(base, a) & touched(base, b))
    after = base.with_positions(
        (Counter(base.positions) - gone(base, a) - gone(base, b) + new(base, a) + new(base, b)).elements()
    )
    found = merge(base, a, b, catalog)
    assert (found.clashes, found.plan) == ((), after)


@settings(max_examples=100, deadline=None)
@given(*CASES)
def test_nothing_is_lost(catalog, empty, first, mine, theirs) -> None:
    """Every position that a side made is in the plan that prefers that side, or is mixed with an edit of the
    other side to the same product; and every one that is not in the other plan is told in a clash."""
    base, a, b = case(catalog, empty, first, mine, theirs)
    found = merge(base, a, b, catalog)
    preferred = merge(base, a, b, catalog, range(len(found.clashes))).plan
    others = {p.product_id for p in (*new(base, b), *gone(base, b))}
    for p in new(base, a):
        if p.product_id not in others:
            assert p in preferred.positions
            told = any(p == c.after for clash in found.clashes for c in clash.mine)
            assert p in found.plan.positions or told
    for p in gone(base, a):
        if p.product_id not in others:
            assert preferred.positions.count(p) <= a.positions.count(p)


def new(base: Planogram, side: Planogram) -> Counter[Position]:
    return Counter(side.positions) - Counter(base.positions)


def gone(base: Planogram, side: Planogram) -> Counter[Position]:
    return Counter(base.positions) - Counter(side.positions)


def touched(base: Planogram, side: Planogram) -> set[object]:
    """Rows and products of what a side changed."""
    changed = [*new(base, side), *gone(base, side)]
    return {("row", p.row) for p in changed} | {("product", p.product_id) for p in changed}


@pytest.mark.parametrize("side", ["mine", "theirs"])
def test_a_changed_rule_set_is_kept(side: str) -> None:
    """One side's switch, the other side's move."""
    moved = edit.move(BASE, CATALOG, "A1", 2, 0)
    loose = replace(BASE, rule_set=RuleSet.AS_FOUND)
    pair = (loose, moved) if side == "mine" else (moved, loose)
    found = merge(BASE, *pair, CATALOG)
    assert found.plan.rule_set is RuleSet.AS_FOUND
    assert diff(loose, found.plan).counts["moved"] == 1
