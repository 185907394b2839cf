"""Every reason is told where the data show it, and none where they do not."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from core.capabilities.misses import EPOCH, Evidence, explain, worst

DAY = (date(2026, 8, 10) - EPOCH).days
VENUES = {1: "school", 2: "school", 3: "office"}


def _weeks(**changes: dict[tuple[int, int], int]) -> pd.DataFrame:
    """Three places, eight products, eight units expected and sold of each, but for ``actual``."""
    rows = pd.DataFrame([(s, p) for s in (1, 2, 3) for p in range(1, 9)], columns=["site_id", "product_id"])
    rows = rows.assign(day=DAY, expected=8.0, variance=9.0, actual=8, pit=0.5)
    for (site, product), actual in changes.get("actual", {}).items():
        at = (rows["site_id"] == site) & (rows["product_id"] == product)
        rows.loc[at, ["actual", "pit"]] = [actual, 0.999 if actual > 8 else 0.001]
    return rows


def _daily(units: list[int], stockout: list[int] | None = None) -> pd.DataFrame:
    return pd.DataFrame({
        "site_id": 1, "product_id": 1, "day": DAY + np.arange(7), "units": units,
        "stockout": stockout or [0] * 7,
    })


NOTHING = pd.DataFrame(columns=["site_id", "product_id", "day", "what"])


def _reason(actual: int, daily: pd.DataFrame, changes: pd.DataFrame = NOTHING, day: int = DAY) -> str:
    weeks = _weeks(actual={(1, 1): actual}).assign(day=day)
    found = explain(worst(weeks, 5), weeks, Evidence(daily.assign(day=daily["day"] - DAY + day), changes), VENUES)
    assert len(found) == 1
    return found[0].reason


def test_a_product_that_was_out_of_stock():
    """Days out explain too few sales, never too many."""
    assert _reason(1, _daily([1, 0, 0, 0, 0, 0, 0], [0, 1, 1, 1, 0, 0, 0])) == "out of stock on 3 days of the week"
    assert "out of stock" not in _reason(30, _daily([6, 4, 4, 4, 4, 4, 4], [0, 1, 0, 0, 0, 0, 0]))


def test_a_silence_that_the_rate_makes_improbable():
    """Six days without a sale of what sells eight a week is a jam."""
    assert "nothing sold 6 days in a row" in _reason(1, _daily([0, 0, 0, 0, 0, 0, 1]))


def test_a_product_that_was_moved():
    """The change of the plan in or shortly before the week."""
    moved = pd.DataFrame([(1, 1, DAY - 3, "moved")], columns=NOTHING.columns)
    assert _reason(30, _daily([5, 5, 4, 4, 4, 4, 4]), moved) == "moved on Fri, Aug 7"
    long_ago = moved.assign(day=DAY - 60)
    assert _reason(30, _daily([5, 5, 4, 4, 4, 4, 4]), long_ago) == "no reason in the data"


def test_one_day_that_sold_nearly_all_of_it():
    """A party, a delivery to an office, a bulk sale."""
    assert _reason(30, _daily([1, 1, 24, 1, 1, 1, 1])) == "one day alone: 24 units on Wed, Aug 12"


def test_a_holiday_in_the_week():
    """Named."""
    labor_day = (date(2026, 9, 7) - EPOCH).days
    assert _reason(30, _daily([5, 5, 4, 4, 4, 4, 4]), day=labor_day) == "the week of Labor Day"


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ([(s, p) for s in (1, 2) for p in range(2, 9)], "other places of its kind (school)"),
        ([(1, p) for p in range(2, 9)], "all else there"),
    ],
)
def test_what_it_has_in_common_with_others(others: list[tuple[int, int]], told: str):
    """Others of its week that sold more too, itself left out."""
    weeks = _weeks(actual={(1, 1): 30} | dict.fromkeys(others, 16))
    weeks.loc[weeks["actual"] == 16, "pit"] = 0.9
    found = explain(worst(weeks, 1), weeks, Evidence(_daily([5, 5, 4, 4, 4, 4, 4]), NOTHING), VENUES)
    assert told in found[0].reason


def test_only_weeks_outside_their_interval_are_misses_the_worst_first():
    """One for each product and place, at most three of a place."""
    weeks = _weeks(actual={(1, 1): 30, (1, 2): 25, (1, 3): 24, (1, 4): 23, (2, 1): 0})
    again = weeks.assign(day=DAY + 7)
    found = worst(pd.concat([weeks, again]), 9)
    assert list(zip(found["site_id"], found["product_id"], strict=True)) == [(1, 1), (1, 2), (1, 3), (2, 1)]


def test_bounds_are_those_of_the_forecast():
    """Whole units, the expected between them."""
    weeks = _weeks(actual={(1, 1): 30})
    miss = explain(worst(weeks, 1), weeks, Evidence(_daily([5] * 7), NOTHING), VENUES)[0]
    assert miss.lower < miss.expected < miss.upper < miss.actual
    assert miss.week == EPOCH + timedelta(days=DAY)


def test_a_count_on_its_bound_is_no_miss():
    """The transform is randomized within a count's own probability: the bound itself may lie in the tail."""
    weeks = _weeks(actual={(1, 1): 3})
    bound = explain(weeks.head(1), weeks, Evidence(_daily([0, 1, 0, 1, 0, 1, 0]), NOTHING), VENUES)[0].lower
    on_it = _weeks(actual={(1, 1): int(bound)})
    below = _weeks(actual={(1, 1): int(bound) - 1})
    assert (len(worst(on_it, 5)), len(worst(below, 5))) == (0, 1)
