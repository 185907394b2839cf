"""The response's formula, on numbers small enough to check by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position, RuleSet
from core.site.response import Effects, Provenance, Response, neighbor_affinity
from core.site.zones import zones_of

FIXTURE = Fixture.machine((3,), pitch_in=3.0)
SLOT = np.array([0.2, 0.0, -0.2])


def response(space=0.2, price=-1.5, diversion=0.3, neighbor=0.1, reference=0.0) -> Response:
    """Three products, the first two of one category; 2 and 3 attract each other."""
    effects = Effects(
        np.zeros((1, 3)), SLOT[None], np.full((1, 3), space), np.full((1, 3), price),
        np.full((1, 2), diversion), np.array([neighbor]),
    )
    affinity = np.zeros((3, 3))
    affinity[1, 2] = affinity[2, 1] = 1.0
    provenance = Provenance(0, 0, np.zeros(3), np.zeros(3), True, "test")
    return Response(
        np.array([1, 2, 3]), np.array([0, 0, 1]), ("soda", "chips"), np.full(3, 2.0), np.ones(3), affinity,
        np.ones((2, 12)), np.ones(7), np.full(2, reference), zones_of(FIXTURE), effects, effects, 1.2, provenance,
    )


def spot(product: int, column: int, facings: int = 1, price: float | None = 2.0) -> Position:
    return Position(product, 0, column, facings, column * 3.0, facings * 3.0, facings, price=price)


def plan(*positions: Position) -> Planogram:
    return Planogram(FIXTURE, positions, RuleSet.AS_FOUND)


def rates(r: Response, *positions: Position) -> np.ndarray:
    return r.rates(r.layout(plan(*positions)))[0]


def test_a_lone_product_sells_its_base_times_its_slot_damped_by_its_own_category():
    """rate = exp(slot · (1 − diversion)) when the reference inclusive value is 0."""
    assert rates(response(), spot(1, 0)) == pytest.approx(np.exp(0.2 * 0.7))


def test_twice_the_facings_sell_more_by_the_space_elasticity():
    """With no diversion and a flat slot two facings sell 2^space as much."""
    r = response(diversion=0.0)
    flat = replace(r, point=replace(r.point, slot=np.zeros((1, 3))))
    assert rates(flat, spot(1, 0, facings=2)) == pytest.approx(2**0.2)


def test_two_coils_of_a_product_share_what_two_facings_sell():
    """Splitting facings over positions changes nothing but the place."""
    r = response(diversion=0.0)
    flat = replace(r, point=replace(r.point, slot=np.zeros((1, 3))))
    assert rates(flat, spot(1, 0), spot(1, 1)).sum() == pytest.approx(2**0.2)


def test_an_added_substitute_takes_sales_and_the_category_still_grows():
    """Diversion between 0 and 1 is partial."""
    alone = rates(response(), spot(1, 0))[0]
    both = rates(response(), spot(1, 0), spot(2, 1))
    assert both[0] < alone < both.sum()


def test_another_category_takes_nothing():
    """Diversion stays within a category."""
    r = response(neighbor=0.0)
    assert rates(r, spot(1, 0), spot(3, 2))[0] == pytest.approx(rates(r, spot(1, 0))[0])


def test_a_higher_price_sells_less_by_the_elasticity():
    """10 % dearer, elasticity −1.5."""
    r = response(diversion=0.0)
    ratio = rates(r, spot(1, 0, price=2.2)) / rates(r, spot(1, 0))
    assert ratio == pytest.approx(1.1**-1.5)


def test_an_unknown_price_is_the_reference_price():
    """Also in the revenue."""
    layout = response().layout(plan(spot(1, 0, price=None)))
    assert layout.price == pytest.approx([2.0])
    assert layout.log_price == pytest.approx([0.0])


def test_neighbors_that_go_together_help_each_other():
    """Beside each other more than with a product between them."""
    r = response(diversion=0.0)
    near = rates(r, spot(2, 0), spot(3, 1))[0]
    assert near == pytest.approx(np.exp(0.2 + 0.1))


def test_neighbors_stand_on_the_same_row():
    """The end of a row and the start of the next are not neighbors."""
    affinity = np.array([[0.0, 1.0], [1.0, 0.0]])
    row, product = np.array([0, 0, 1]), np.array([0, 1, 0])
    assert neighbor_affinity(row, product, affinity).tolist() == [1.0, 1.0, 0.0]


def test_an_unknown_product_is_refused():
    """A site answers only for what it knows."""
    with pytest.raises(KeyError):
        response().layout(plan(spot(9, 0)))


def test_an_empty_plan_has_no_rates():
    """And does not fail."""
    assert rates(response()).shape == (0,)
