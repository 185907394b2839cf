"""What counts at which level, on a machine of three products of which one leaves and one comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from core.forecast.panel import FloatArray
from tests.backtest.cases import Case
from tests.backtest.judge import Level, forecast_of, judge, levels, target
from tests.backtest.report import verdict
from tests.backtest.rolling import Answer
from tests.backtest.volume import by_volume

STEPS, ORIGIN = 112, 84
LEAVES, COMES = 90, 98
WEEK, PRODUCT = Level("machine × week", "site", ((0, 1), (1, 2), (2, 3), (3, 4))), Level("p", "series", ((0, 4),))


def exposure(until: int) -> FloatArray:
    """As known before a step: product 1 leaves, product 2 comes, both after the origin."""
    stood = np.ones((3, STEPS))
    stood[1, LEAVES:], stood[2, :COMES] = 0, 0
    return stood[:, :until]


@pytest.fixture
def case() -> Case:
    """One unit a day of each product while it stands."""
    none = np.zeros(3, np.int64)
    return Case(
        name="tiny", site_noun="machine", product_noun="product", start=date(2024, 1, 1), week=7,
        units=exposure(STEPS), known=np.ones((3, STEPS), bool), site=none, product=np.arange(3), category=none,
        price=np.full(3, 2.0), development=(ORIGIN,), judged=(ORIGIN,), standing=exposure, changing=True,
    )  # fmt: skip


def test_a_machines_week_counts_products_that_came_later(case: Case) -> None:
    """Six days of the old product in the first week, all of the new one's in the last two."""
    assert target(case, WEEK, ORIGIN).actual == pytest.approx([13, 7, 14, 14])


def test_only_products_known_at_the_origin_are_forecast(case: Case) -> None:
    """One unit a day of each series: two stood there."""
    goal = target(case, WEEK, ORIGIN)
    told = Answer(np.ones((3, 28)), 0.0, 3, np.arange(3))
    assert forecast_of(case, WEEK, goal, told, False) == pytest.approx([14, 14, 14, 14])


def test_a_product_that_left_is_not_judged(case: Case) -> None:
    """Its zeros say nothing of its demand."""
    goal = target(case, PRODUCT, ORIGIN)
    assert goal.group.tolist() == [0]
    assert goal.actual == pytest.approx([28])


def test_a_product_is_new_for_four_weeks(case: Case) -> None:
    """Settled and new products are judged apart."""
    late = replace(case, standing=lambda until: exposure(until) * (np.arange(until) >= ORIGIN - 20))
    assert target(late, replace(PRODUCT, new=True), ORIGIN).group.tolist() == [0]
    assert not len(target(late, PRODUCT, ORIGIN).group)


def test_a_week_that_was_not_recorded_is_not_judged(case: Case) -> None:
    """Nothing known is not nothing sold."""
    known = case.known.copy()
    known[:, ORIGIN + 7] = False
    goal = target(replace(case, known=known), WEEK, ORIGIN)
    assert goal.window.tolist() == [0, 2, 3]


def test_who_knows_the_future_has_no_error(case: Case) -> None:
    """The oracle of the product that stays."""
    oracle = Answer(case.units[:, ORIGIN:], 0.0, 3, np.arange(3))
    earlier = ORIGIN - 28
    told = {"TSB": {ORIGIN: oracle, earlier: Answer(np.ones((3, 28)), 0.0, 3, np.arange(3))}}
    table = judge(case, 28, told, [ORIGIN], [earlier]).set_index("level")
    assert table.loc["product in machine × 28 days", ["wape", "bias", "mase"]].tolist() == [0, 0, 0]
    assert set(table.index) >= {level.name for level in levels(case, 28) if not level.new}


def test_revenue_is_units_times_the_price_of_the_day(case: Case) -> None:
    """Twice as many at half the price earn the same."""
    depth = np.zeros((1, STEPS))
    depth[:, ORIGIN:] = np.log(0.5)
    units = np.where(np.arange(STEPS) >= ORIGIN, 200.0, 100.0) * np.ones((3, 1))
    big = replace(case, units=units, inputs={"log_price": depth}, standing=lambda until: np.ones((3, until)))
    told = {"TSB": {ORIGIN: Answer(np.full((3, 28), 100.0), 0.0, 3, np.arange(3))}}
    row = by_volume(big, told, [ORIGIN]).iloc[0]
    assert (row["wape"], row["revenue mape"]) == (pytest.approx(0.5), pytest.approx(0.5))


def test_verdicts_tell_best_close_and_behind() -> None:
    """Within 2 % of the best other counts as close."""
    others = pd.Series([0.50, 0.40])
    assert [verdict(x, others) for x in (0.36, 0.40, 0.407, 0.42)] == [
        "best (10% less)", "best", "within 2 %", "behind by 5.0%",
    ]  # fmt: skip


def test_origins_are_weekly_days_of_the_calendar(case: Case) -> None:
    """A panel ends the day before its origin."""
    assert case.panel(ORIGIN).end == case.start + timedelta(ORIGIN)
