"""One change for many plans, made on each as a person would make it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadInput, RuleViolation, WorkbenchError
from core.planogram import edit
from core.planogram.bulk import Add, BulkEdit, Remove, Replace, Reprice, change, describe
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Product
from core.planogram.rules import added_violations
from tests.planogram.strategies import catalogs, empty_plans, keeps_the_rules
from tests.planogram.test_edit_properties import EDITS
from tests.planogram.test_merge import edited

CATALOG = {
    1: Product(1, "Cola", "drinks", price=2.0), 2: Product(2, "Water", "drinks"),
    3: Product(3, "Chips", "snacks", width_in=12.0), 4: Product(4, "Bar", "snacks"),
    5: Product(5, "Lemonade", "drinks"),
}
SHELF = Fixture.shelves(36, 2)
PLAN = Planogram(SHELF, (
    Position(1, 0, 0, 2, 0.0, 12.0, facings=2, price=1.5), Position(4, 1, 4, 1, 24.0, 6.0),
    Position(2, 1, 0, 1, 0.0, 6.0, locked=True),
))


def standing(plan: Planogram) -> dict[str, tuple[int, int]]:
    return {p.slot: (p.product_id, p.facings) for p in plan.positions}


def test_a_price_changes_wherever_the_product_stands() -> None:
    """Also where it is locked; a place that has the price already does not count."""
    twice = edit.place(Planogram(SHELF, PLAN.positions, RuleSet.AS_FOUND), CATALOG, 1, 1, 5)
    found = change(twice, CATALOG, Reprice(1, 1.5))
    assert found.places == 1
    assert {p.price for p in found.plan.of_product(1)} == {1.5}
    assert change(found.plan, CATALOG, Reprice(1, 1.5)).places == 0
    assert change(PLAN, CATALOG, Reprice(2, 3.0)).places == 1


def test_a_product_is_removed() -> None:
    """Where it does not stand nothing changes; where it is locked the plan says so."""
    assert standing(change(PLAN, CATALOG, Remove(1)).plan) == {"B1": (2, 1), "B5": (4, 1)}
    assert change(PLAN, CATALOG, Remove(5)).plan == PLAN
    with pytest.raises(RuleViolation, match="locked"):
        change(PLAN, CATALOG, Remove(2))


def test_a_product_takes_the_place_of_another_with_as_many_facings_as_fit() -> None:
    """Two facings where two fit, one where the new product is twice as wide."""
    assert standing(change(PLAN, CATALOG, Replace(1, 5)).plan)["A1"] == (5, 2)
    crowded = edit.place(PLAN, CATALOG, 5, 0, 2)
    assert standing(change(crowded, CATALOG, Replace(1, 3)).plan)["A1"] == (3, 1)
    with pytest.raises(RuleViolation):
        change(PLAN, CATALOG, Replace(1, 4))


def test_a_product_is_added_beside_its_category() -> None:
    """Left or right of a relative, else on its row, else where there is room first."""
    assert standing(change(PLAN, CATALOG, Add(5)).plan)["A3"] == (5, 1)
    alone = PLAN.with_positions([PLAN.positions[2]])
    assert standing(change(alone, CATALOG, Add(5)).plan)["A1"] == (5, 1)
    assert change(PLAN, CATALOG, Add(1)).places == 0


def test_a_product_that_finds_no_room_is_told() -> None:
    """With what it needs."""
    full = Planogram(Fixture.machine((2,)), (Position(2, 0, 0, 1, 0, 2.8),), RuleSet.AS_FOUND)
    with pytest.raises(BadInput, match="Cola needs 2 slots and the widest free stretch has 1"):
        change(full, CATALOG, Add(1, 2))


@pytest.mark.parametrize("wanted", [Reprice(9, 1.0), Remove(9), Replace(1, 9), Add(9), Reprice(1, -1.0),
                                    Replace(1, 1), Add(5, 0)])
def test_an_impossible_edit_is_refused(wanted: BulkEdit) -> None:
    """Unknown products, a price below nothing, a product in its own place."""
    with pytest.raises(BadInput):
        change(PLAN, CATALOG, wanted)


def test_an_edit_is_told_in_words() -> None:
    """As the comment of the versions."""
    edits = (Reprice(1, 2.5), Reprice(1, None), Remove(1), Replace(1, 2), Add(1))
    assert [describe(e, CATALOG) for e in edits] == [
        "Cola at $2.50", "Cola at its own price", "Without Cola", "Water in place of Cola", "With Cola"]


K = st.integers(1, 9)
BULK = st.one_of(
    st.builds(Reprice, K, st.one_of(st.none(), st.floats(-1, 9))), st.builds(Remove, K),
    st.builds(Replace, K, K), st.builds(Add, K, st.integers(1, 3)),
)


@settings(max_examples=150, deadline=None)
@given(catalogs(), empty_plans, st.lists(EDITS, max_size=14), BULK)
def test_no_edit_breaks_a_rule_or_moves_what_it_does_not_concern(catalog, empty, steps, wanted) -> None:
    """On any plan of any fixture."""
    plan = edited(empty, catalog, steps)
    try:
        found = change(plan, catalog, wanted)
    except WorkbenchError:
        return
    keeps_the_rules(found.plan, catalog)
    assert added_violations(plan, found.plan, catalog) == ()
    others = [p for p in plan.positions if p.product_id != wanted.product_id]
    assert all(p in found.plan.positions for p in others)
    assert (found.places == 0) == (found.plan == plan)
