"""From tables of sales to panels."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.forecast.tables import clean, panel_of


def table(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["site", "product", "day", "units"])


def test_rows_of_one_day_are_summed_and_told():
    """Two lines of three and four are seven."""
    daily, report = clean(table((1, 1, "2024-01-02", 3), (1, 1, "2024-01-02", 4)))
    assert daily["units"].tolist() == [7]
    assert report.repeated == 1


def test_returns_are_netted_with_the_sales_before_them():
    """What came back on Wednesday had been sold on Tuesday."""
    daily, report = clean(table((1, 1, "2024-01-02", 5), (1, 1, "2024-01-03", -2), (1, 1, "2024-01-04", 3)))
    assert daily["units"].tolist() == [3, 0, 3]
    assert (report.returned, report.days_below_zero) == (2, 1)


@given(st.lists(st.integers(-5, 9), min_size=1, max_size=30))
def test_netting_keeps_the_total_and_leaves_nothing_below_zero(units: list[int]):
    """Unless more came back than was ever sold: then what stays sold is never negative."""
    days = pd.date_range("2024-01-01", periods=len(units))
    daily, _ = clean(pd.DataFrame({"site": 1, "product": 1, "day": days, "units": units}))
    assert (daily["units"] >= 0).all()
    if np.cumsum(units).min() >= 0:
        assert daily["units"].sum() == sum(units)


def test_rows_without_a_day_or_units_are_left_out_and_counted():
    """The others go in."""
    daily, report = clean(table((1, 1, "soon", 3), (1, 1, "2024-01-02", None), (1, 1, "2024-01-02", 2)))
    assert (len(daily), report.unusable, report.rows) == (1, 2, 3)


def test_a_missing_column_is_named():
    """With those needed."""
    with pytest.raises(BadInput, match="units"):
        panel_of(pd.DataFrame({"site": [1], "product": [1], "day": ["2024-01-01"]}))


def test_a_table_without_rows_is_refused():
    """There is no period then."""
    with pytest.raises(BadInput, match="no usable row"):
        panel_of(table())


def test_gaps_are_zeros_while_the_product_stands():
    """And before its first sale nothing is known; after its last it stands as long as its site sells."""
    p = panel_of(table(
        (1, 1, "2024-01-03", 2), (1, 1, "2024-01-05", 1), (1, 2, "2024-01-01", 1), (1, 2, "2024-01-07", 1)
    ))
    assert p.units[0].tolist() == [0, 0, 2, 0, 1, 0, 0]
    assert p.exposure[0].tolist() == [0, 0, 1, 1, 1, 1, 1]


def test_standing_periods_say_where_nothing_is_known():
    """Also for a product that never sold."""
    standing = pd.DataFrame({
        "site": [1, 1], "product": [1, 9], "first": ["2024-01-01", "2024-01-02"], "last": ["2024-01-02", "2024-01-04"],
    })
    p = panel_of(table((1, 1, "2024-01-01", 2), (1, 1, "2024-01-02", 1)), standing=standing, end=date(2024, 1, 5))
    assert p.product.tolist() == [1, 9]
    assert p.exposure.tolist() == [[1, 1, 0, 0], [0, 1, 1, 1]]


def test_weeks_are_counted_from_the_start():
    """Seven days a step."""
    rows = table(*((1, 1, day, 1) for day in pd.date_range("2024-01-03", periods=14)))
    p = panel_of(rows, step_days=7, start=date(2024, 1, 1))
    assert p.units.tolist() == [[5, 7, 2]]
    assert p.end == date(2024, 1, 22)


def test_names_become_numbers_in_sorted_order():
    """Equal where the same."""
    p = panel_of(table(("b", "x", "2024-01-01", 1), ("a", "x", "2024-01-01", 2), ("a", "c", "2024-01-01", 3)))
    assert p.site.tolist() == [0, 0, 1]
    assert p.product.tolist() == [0, 1, 1]
    assert p.units[:, 0].tolist() == [3, 2, 1]


def test_holidays_are_known_over_the_horizon():
    """The fourth of July."""
    p = panel_of(table((1, 1, "2024-07-01", 1), (1, 1, "2024-07-02", 1)), horizon=7)
    assert p.inputs["holiday"][0].tolist() == [0, 0, 0, 1, 0, 0, 0, 0, 0]
