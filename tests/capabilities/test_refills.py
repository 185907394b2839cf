"""How places are served, read from what was empty and came back, and from what was there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.capabilities.refills import filled_to, service_days
from core.forecast.supply import Supply
from tests.support.supplies import make_supply


def served(every: int, days: int = 180, capacity: int = 8, seed: int = 2) -> Supply:
    """A place of six products that sell about two a day from slots of 8, filled every so many days."""
    supply = make_supply([[2.0, 1.5, 2.5, 1.0, 3.0, 2.0]], days=days, seed=seed)
    wanted, stock = supply.panel.units, np.full(6, float(capacity))
    units, out = np.zeros_like(wanted), np.zeros(wanted.shape, bool)
    for day in range(days):
        if day % every == 0:
            stock[:] = capacity
        units[:, day] = np.minimum(wanted[:, day], stock)
        stock -= units[:, day]
        out[:, day] = stock == 0
    exposure = (~(out & (units == 0))).astype(np.float32)
    panel = replace(supply.panel, units=units, exposure=exposure, censored=out & (units > 0))
    return replace(supply, panel=panel)


def test_the_days_between_services_are_found() -> None:
    for every in (3, 5, 7):
        assert service_days(served(every).panel, np.zeros(6, np.int64)) == {1: every}


def test_a_place_where_nothing_runs_out_tells_nothing() -> None:
    assert service_days(make_supply([[1.0, 2.0]]).panel, np.zeros(2, np.int64)) == {}


def test_a_par_level_that_sales_bear_out_is_what_is_filled() -> None:
    supply = make_supply([[0.3, 0.5]], par=6.0)
    assert filled_to(supply).tolist() == [6.0, 6.0]


def test_slots_that_sell_more_than_their_par_level_are_filled_to_the_brim() -> None:
    """Eight a day cannot come from six; but a level that was set since then is believed."""
    supply = make_supply([[8.0, 8.0]], capacity=30.0, par=6.0)
    assert filled_to(supply).tolist() == [30.0, 30.0]
    decided = replace(supply, par=np.array([10.0, 6.0]))
    assert filled_to(decided).tolist() == [10.0, 30.0]


def test_without_a_par_level_the_slot_is_filled() -> None:
    supply = replace(make_supply([[1.0]], capacity=9.0), par=np.array([np.nan]), par_then=np.array([np.nan]))
    assert filled_to(supply).tolist() == [9.0]
