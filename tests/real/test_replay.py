"""The replay of planogram changes, on a tiny world whose changes are known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from tests.real.evaluate import replay_report
from tests.real.vending_replay import changed_slots, replay, repricings, resets, until
from tests.site.worlds import TinyWorld, tiny_world


@pytest.fixture(scope="module")
def world() -> TinyWorld:
    return tiny_world(seed=12, sites=2, days=200, periods=5, rate=1.5)


def test_only_resets_with_enough_days_on_both_sides_are_replayed(world: TinyWorld):
    """The first of a history has too few days known before it."""
    history = world.histories[0]
    short = replace(history.periods[-1], end=history.periods[-1].start + timedelta(3))
    cut = replace(history, periods=(*history.periods[:-1], short))
    assert [r.day for r in resets([history])] == [p.start for p in history.periods[2:]]
    assert [r.day for r in resets([cut])] == [p.start for p in history.periods[2:-1]]


def test_nothing_of_the_day_or_after_is_known(world: TinyWorld):
    """Neither sales nor the plan that came."""
    history = world.histories[0]
    day = history.periods[2].start
    known = until(history, day)
    assert known.daily["day"].max() < np.datetime64(day)
    assert known.periods == history.periods[:2]


def test_changes_are_told_apart_by_kind(world: TinyWorld):
    """A swap is two moves, a new product a replacement; a new price alone is one."""
    plan = world.histories[0].periods[0].plan
    a, b, c, d, e, *rest = plan.positions
    stranger = next(p for p in world.catalog if p not in plan.product_ids)
    after = plan.with_positions((
        replace(a, product_id=b.product_id), replace(b, product_id=a.product_id),
        replace(c, product_id=stranger), replace(d, price=9.0), *rest,
    ))
    kinds = changed_slots(plan, after)
    assert [kinds[p.row, p.column] for p in (a, b, c, d, e)] == [
        "moved", "moved", "replaced", "repriced", "emptied"
    ]
    assert len(kinds) == 5
    assert set(changed_slots(after, plan).values()) == {"moved", "replaced", "repriced", "filled"}


def test_a_price_that_changed_for_good_is_found_between_its_sales(world: TinyWorld):
    """Not one that a single sale had."""
    history = world.histories[0]
    period = history.periods[2]
    spot = period.plan.positions[0]
    middle = np.datetime64(period.start) + 20
    mine = (history.daily["row"] == spot.row) & (history.daily["column"] == spot.column)
    late = mine & (history.daily["day"] >= middle) & (history.daily["product_id"] == spot.product_id)
    daily = history.daily.assign(revenue=history.daily["revenue"].where(~late, history.daily["revenue"] * 1.2))
    (found,) = repricings([replace(history, daily=daily)])
    assert found.slot == (spot.row, spot.column)
    assert abs((np.datetime64(found.day) - middle) / np.timedelta64(1, "D")) <= 2
    assert found.after.plan.at(*found.slot).price == pytest.approx(1.2 * spot.price)
    assert found.before.plan.at(*found.slot).price == pytest.approx(spot.price)
    once = history.daily.index[late][1]
    daily = history.daily.assign(revenue=history.daily["revenue"].where(history.daily.index != once, 99.0))
    assert not list(repricings([replace(history, daily=daily)]))


def test_what_came_lies_within_the_intervals_and_near_what_was_expected(world: TinyWorld):
    """Nearer than "no change", for slots that another product takes."""
    found = replay(world.histories, world.catalog)
    slots = found[(found["place"] == "slot") & (found["measure"] == "revenue")]
    assert slots["seen"].between(slots["low"], slots["high"]).mean() == pytest.approx(0.9, abs=0.08)
    error = (slots["expected"] - slots["seen"]).abs().mean()
    assert error < 0.85 * slots["seen"].abs().mean()
    assert sum(line.startswith("| **whole machine** | 6 |") for line in replay_report(found)) == 2
