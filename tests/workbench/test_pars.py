"""Par levels saved through the door: a version of their own, and one that can be undone."""

import pytest

from core.errors import BadInput, Conflict
from core.workbench import Workbench


@pytest.fixture
def plan_id(wb: Workbench) -> int:
    """A machine's plan."""
    return next(card.id for card in wb.planograms() if card.key)


def par_of(wb: Workbench, plan_id: int, product_id: int) -> int:
    return sum(p.par_level or 0 for p in wb.open(plan_id).plan.of_product(product_id))


def test_saved_pars_are_a_version_and_restored_pars_the_old_ones(wb: Workbench, plan_id: int) -> None:
    """Only the named product changes; nothing moves."""
    before = wb.open(plan_id)
    product_id = before.plan.product_ids[0]
    old = par_of(wb, plan_id, product_id)
    saved = wb.save_pars(plan_id, before.version, {product_id: 2}, "Less of it")
    assert saved.version == before.version + 1
    assert par_of(wb, plan_id, product_id) == 2
    found = wb.diff(plan_id, before.version, saved.version)
    assert (found.added, found.removed, found.moved, found.refaced) == ((), (), (), ())
    wb.restore(plan_id, before.version)
    assert par_of(wb, plan_id, product_id) == old


def test_pars_that_do_not_fit_change_nothing(wb: Workbench, plan_id: int) -> None:
    """More than the slots hold."""
    before = wb.open(plan_id)
    with pytest.raises(BadInput):
        wb.save_pars(plan_id, before.version, {before.plan.product_ids[0]: 99_999})
    assert wb.open(plan_id).version == before.version


def test_pars_on_an_old_version_are_told(wb: Workbench, plan_id: int) -> None:
    """Someone saved first."""
    before = wb.open(plan_id)
    product_id = before.plan.product_ids[0]
    wb.save_pars(plan_id, before.version, {product_id: 1})
    with pytest.raises(Conflict):
        wb.save_pars(plan_id, before.version, {product_id: 3})


def test_saved_pars_are_in_the_next_forecast_that_is_not_made_again(
    wb: Workbench, plan_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A par level changes what runs out, not what is wanted."""
    before = wb.demand(plan_id, 7)
    product = next(p for p in before.products if p.stock.stocked > 2)
    monkeypatch.setattr("core.workbench.forecasts.forecast", None)
    saved = wb.save_pars(plan_id, wb.open(plan_id).version, {product.product_id: 1})
    after = wb.demand(plan_id, 7).product(product.product_id)
    assert after is not None
    assert after.stock.stocked == 1
    assert after.stock.stockout_risk > product.stock.stockout_risk
    assert (after.mean == product.mean).all()
    wb.restore(plan_id, saved.version - 1)
