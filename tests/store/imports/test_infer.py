"""The history of planograms from sales by slot and day."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.store.imports.infer import MAX_VERSIONS, Runs, Sales, infer, states

COLA, CHIPS, WATER = 1, 2, 3


def sales(*rows: tuple[int, int, int], units: int = 1, site: int = 1) -> Sales:
    """Sales of one site from (slot, day, product)."""
    slot, day, product = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    return Sales(np.full(len(slot), site), slot, day, product, np.full(len(slot), units))


def stood(runs: Runs, slot: int) -> list[tuple[int, int]]:
    """(product, since) of the runs of a slot."""
    at = runs.slot == slot
    return list(zip(runs.product[at].tolist(), runs.since[at].tolist(), strict=True))


def test_a_single_odd_sale_in_a_run_is_a_misread() -> None:
    """Two days of it would be a change, there and back."""
    cola = [(5, day, COLA) for day in (1, 2, 3, 6, 7, 8)]
    assert stood(infer(sales(*cola, (5, 4, CHIPS))), 5) == [(COLA, 1)]
    assert stood(infer(sales(*cola, (5, 4, CHIPS), (5, 5, CHIPS))), 5) == [(COLA, 1), (CHIPS, 4), (COLA, 6)]


def test_the_last_product_sold_stands_there_now() -> None:
    """Even when it has sold once only: that is a change, not a misread."""
    runs = infer(sales(*[(5, day, COLA) for day in range(1, 10)], (5, 20, CHIPS)))
    assert stood(runs, 5)[-1][0] == CHIPS


def test_slots_refilled_on_one_visit_change_on_one_day() -> None:
    """The slow seller shows its change late, but nothing speaks against the visit of the fast one."""
    fast = [(1, day, COLA) for day in range(0, 10)] + [(1, day, CHIPS) for day in range(10, 30)]
    slow = [(2, 0, CHIPS), (2, 6, CHIPS), (2, 12, WATER), (2, 24, WATER)]
    runs = infer(sales(*fast, *slow))
    assert stood(runs, 1) == [(COLA, 0), (CHIPS, 10)]
    assert stood(runs, 2) == [(CHIPS, 0), (WATER, 10)]


def test_a_slot_whose_product_sells_daily_was_empty_before_its_first_sale() -> None:
    """A slow one may have stood there unsold from the start."""
    runs = infer(
        sales(
            *[(1, day, COLA) for day in range(100)],
            *[(2, day, CHIPS) for day in range(60, 100)],
            (3, 60, WATER),
            (3, 99, WATER),
        )
    )
    assert stood(runs, 2)[0][1] > 40
    assert stood(runs, 3) == [(WATER, 0)]


def test_a_mixed_coil_is_no_change_every_day() -> None:
    """Two products that sell in turns for months are not re-planned in turns."""
    rows = [(5, day, COLA if day % 4 < 2 else CHIPS) for day in range(200)]
    assert len(infer(sales(*rows, units=2)).product) <= 10


def test_rows_without_a_slot_are_left_out() -> None:
    """Slot 0 means not known."""
    assert len(infer(sales((0, 1, COLA))).product) == 0


def test_states_list_what_stood_on_each_day_of_change_by_cabinet() -> None:
    """One state a day on which the cabinet changed, with every filled slot."""
    runs = infer(
        sales(
            *[(1, day, COLA) for day in range(30)],
            *[(2, day, CHIPS) for day in range(15)],
            *[(2, day, WATER) for day in range(15, 30)],
            *[(65_537, day, COLA) for day in range(30)],
        )
    )
    found = states(runs, (runs.slot - 1) // 65_536)
    assert [(s.since, runs.product[s.run].tolist()) for s in found[0]] == [
        (0, [COLA, CHIPS]),
        (15, [COLA, WATER]),
    ]
    assert [(s.since, runs.product[s.run].tolist()) for s in found[1]] == [(0, [COLA])]


def test_noise_makes_a_bounded_history() -> None:
    """Products drawn at random for every sale do not end in a version a day."""
    random = np.random.default_rng(3)
    n = 20_000
    key = np.unique(
        np.stack([random.integers(1, 41, n), random.integers(0, 730, n), random.integers(1, 80, n)]), axis=1
    )
    runs = infer(sales(*map(tuple, key.T.tolist())))
    assert len(np.unique(runs.since)) <= MAX_VERSIONS


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_planned_changes_are_found_again(data: st.DataObject) -> None:
    """Slots that sell every day give back exactly the plan they were simulated from."""
    slots = data.draw(st.integers(1, 5))
    rows, expected = [], {}
    for slot in range(1, slots + 1):
        days = sorted(data.draw(st.sets(st.sampled_from([0, 10, 20, 30, 40]), min_size=1)) | {0})
        products = [
            data.draw(st.sampled_from([p for p in (1, 2, 3, 4) if p != 1 + (i % 2)]))
            for i in range(len(days))
        ]
        plan = [
            (p, d)
            for i, (p, d) in enumerate(zip(products, days, strict=True))
            if i == 0 or p != products[i - 1]
        ]
        expected[slot] = plan
        for day in range(50):
            rows.append((slot, day, [p for p, since in plan if since <= day][-1]))
    runs = infer(sales(*rows))
    assert {slot: stood(runs, slot) for slot in expected} == expected


@pytest.mark.parametrize("sites", [1, 3])
def test_sites_are_inferred_apart(sites: int) -> None:
    """Each site's runs are those it would have alone."""
    parts = [sales(*[(1, day, COLA + site) for day in range(5)], site=site) for site in range(1, sites + 1)]
    together = Sales(
        *(np.concatenate([getattr(p, f) for p in parts]) for f in ("site", "slot", "day", "product", "units"))
    )
    runs = infer(together)
    assert [stood(runs.of_site(site), 1) for site in range(1, sites + 1)] == [
        [(COLA + site, 0)] for site in range(1, sites + 1)
    ]
