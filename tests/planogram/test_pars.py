"""A par level of a product reaches all of its places, in whole units, and never more than they hold."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.planogram.fixture import Fixture
from core.planogram.pars import set_pars
from core.planogram.planogram import Planogram, RuleSet
from core.planogram.product import Product
from core.planogram.space import new_position

COLA, GUM = Product(1, "Cola", "drinks", width_in=4.0), Product(2, "Gum", "candy", width_in=2.0)


def machine(*capacities):
    """Cola side by side in as many slots, each of its capacity (None: not known); gum in the next."""
    fixture = Fixture.shelves(6.0 * (len(capacities) + 1), 1)
    places = [
        replace(new_position(COLA, fixture, 0, k), capacity=capacity) for k, capacity in enumerate(capacities)
    ]
    return Planogram(fixture, (*places, new_position(GUM, fixture, 0, len(capacities))), RuleSet.AS_FOUND)


def pars(plan, product_id=1):
    return [p.par_level for p in plan.of_product(product_id)]


def test_one_place_takes_it_all():
    """The usual case; other products stay as they were."""
    plan = set_pars(machine(12), {1: 9})
    assert pars(plan) == [9]
    assert pars(plan, 2) == [None]


@given(st.lists(st.integers(1, 30), min_size=1, max_size=5), st.data())
def test_shares_add_up_and_fit(capacities, data):
    """Whole units, no slot over its capacity, none more than one off its fair share."""
    par = data.draw(st.integers(0, sum(capacities)))
    found = pars(set_pars(machine(*capacities), {1: par}))
    assert sum(found) == par
    for share, capacity in zip(found, capacities, strict=True):
        assert share <= capacity
        assert abs(share - par * capacity / sum(capacities)) < 1


def test_places_of_unknown_capacity_share_by_facings():
    """Nothing else is known of them."""
    assert pars(set_pars(machine(None, None, 4), {1: 8})) == [3, 3, 2]


@pytest.mark.parametrize("par", [25, -1, 2.5, True])
def test_an_impossible_par_is_refused(par):
    """More than all slots hold, negative, or no whole number."""
    with pytest.raises(BadInput):
        set_pars(machine(12, 12), {1: par})


def test_a_product_that_is_not_there_is_refused():
    """A par level needs a place."""
    with pytest.raises(BadInput, match="99"):
        set_pars(machine(12), {99: 3})
