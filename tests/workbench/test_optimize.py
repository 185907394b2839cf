"""Which products the door suggests to whom: the demo's and the company's own are kept apart."""

from __future__ import annotations

from core.capabilities.optimize import Wishes
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, RuleSet
from core.planogram.space import new_position
from core.workbench import Workbench


def own_plan(wb: Workbench, name: str, count: int = 3) -> int:
    """A planogram of the company's own with its own products."""
    fixture = Fixture.shelves(24, 2)
    products = [wb.create_product(f"{name} {n}", "Cookies", width_in=4.0, price=2.0) for n in range(count)]
    positions = [new_position(p, fixture, 0, n) for n, p in enumerate(products)]
    return wb.create_planogram(name, Planogram(fixture, tuple(positions), RuleSet.STRICT)).id


def test_nothing_of_the_demo_is_suggested_where_only_own_products_stand(wb: Workbench) -> None:
    """Unless it is named."""
    demo = {p for c in wb.planograms() for p in wb.open(c.id).plan.product_ids}
    mine = own_plan(wb, "Corner shop")
    found = wb.optimize(mine, Wishes(time_limit_s=1.0))
    assert not demo & {*found.plan.product_ids, *(n.product_id for n in found.not_placed)}
    snack = next(i for i in demo if wb.catalog()[i].temperature in (None, "ambient"))
    named = wb.optimize(mine, Wishes(products=(*wb.open(mine).plan.product_ids, snack), time_limit_s=1.0))
    assert snack in {*named.plan.product_ids, *(n.product_id for n in named.not_placed)}


def test_what_stands_at_own_places_is_not_suggested_to_the_demo_and_what_is_new_is(wb: Workbench) -> None:
    """A product that stands nowhere yet may stand anywhere."""
    mine = set(wb.open(own_plan(wb, "Kiosk")).plan.product_ids)
    fresh = wb.create_product("Newcomer", "Cookies", width_in=4.0, price=2.0)
    card = next(c for c in wb.planograms() if c.device_id is not None)
    found = wb.optimize(card.id, Wishes(time_limit_s=2.0))
    seen = {*found.plan.product_ids, *(n.product_id for n in found.not_placed)}
    assert not mine & seen
    assert fresh.id in seen


def test_the_unsaved_plan_can_be_optimized_too(wb: Workbench) -> None:
    """As the editor holds it."""
    card = next(c for c in wb.planograms() if c.device_id is not None)
    plan = wb.open(card.id).plan
    fewer = plan.with_positions(plan.positions[:5])
    assert wb.optimize(card.id, Wishes(time_limit_s=2.0), fewer).before == fewer
