"""The demand charts carry the numbers they were given, and their labels keep out of each other's way."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.parts import demand_charts as charts
from pages.parts.charts import value_color

FIRST = date(2026, 11, 19)


def a_course(days: int = 14, past: int = 56, plain: bool = False) -> charts.Course:
    """Twenty units a day, some days out of stock."""
    middle = np.full(days, 20.0)
    out = np.zeros(past)
    out[3:5] = 1.0
    bands = {level: (middle - width, middle + width) for level, width in ((0.5, 3.0), (0.8, 6.0), (0.9, 8.0))}
    return charts.Course(FIRST, np.full(past, 19.0), out, middle, bands, middle - 1 if plain else None)


def named(figure, name):
    return [trace for trace in figure.data if trace.name == name]


@pytest.mark.parametrize("dark", [False, True])
def test_fan_joins_what_was_sold_to_what_is_expected(dark):
    """History ends the day before the forecast starts; the widest band is drawn first, below the others."""
    figure = charts.fan(a_course(), {}, dark)
    sold, ahead = named(figure, "Sold")[0], named(figure, "Expected")[0]
    assert sold.x[-1] == FIRST - timedelta(days=1)
    assert ahead.x[0] == FIRST
    filled = [trace for trace in figure.data if trace.type == "scatter" and trace.fill == "tonexty"]
    assert [trace.y[0] for trace in filled] == [28.0, 26.0, 23.0]
    assert named(figure, "Out of stock")[0].y.sum() == 2.0


def test_fan_without_a_stockout_has_no_word_of_one_in_its_legend():
    """And without a supposition no dashed line."""
    course = charts.Course(FIRST, np.ones(7), np.zeros(7), np.ones(7), {})
    assert not named(charts.fan(course, {}, False), "Out of stock")
    assert not named(charts.fan(course, {}, False), "Without it")
    assert named(charts.fan(a_course(plain=True), {}, False), "Without it")


@given(st.lists(st.integers(0, 69), min_size=1, max_size=12, unique=True), st.sampled_from([1.0, 2.2]))
def test_names_of_holidays_never_overlap(offsets, scale):
    """Two lines of them; what finds no room is told by hovering alone."""
    start = FIRST - timedelta(days=56)
    marks = {start + timedelta(days=k): "A holiday of some kind" for k in sorted(offsets)}
    found = charts._labels(marks, start, start + timedelta(days=69), scale)
    room = timedelta(days=70 * scale * (charts.LABEL_EDGE + charts.LABEL_LETTER * 18))
    for line in (0, 1):
        spans = [(d - room, d) if right else (d, d + room) for d, k, _, right in found if k == line]
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert found


def test_causes_are_stacked_to_the_forecast_and_small_ones_left_out():
    """Nothing is drawn for what changes nothing."""
    causes = {name: np.zeros(7) for name in charts.PARTS} | {"base": np.full(7, 20.0), "weekday": np.full(7, -4.0)}
    figure = charts.breakdown(a_course(7).days, causes, False)
    assert [bar.name for bar in figure.data if bar.type == "bar"] == ["Usual level", "Weekday"]
    assert named(figure, "Expected")[0].y.tolist() == [16.0] * 7


def test_calendar_shows_past_and_future_on_one_scale():
    """A row a product, the past left of the line, the risks right of it."""
    figure = charts.calendar(["Cola", "Gum"], FIRST, np.ones((2, 3)), np.full((2, 2), 0.25), [], False)
    past, ahead = figure.data
    assert past.z.shape == (2, 3)
    assert ahead.z.tolist() == [[0.25, 0.25]] * 2
    assert (past.zmin, past.zmax) == (ahead.zmin, ahead.zmax) == (0, 1)
    assert past.colorscale == ahead.colorscale
    assert past.x[-1] + timedelta(days=1) == ahead.x[0] == FIRST
    assert "Gum: 25% risk" in ahead.text[1][0]


@pytest.mark.parametrize("dark", [False, True])
def test_the_risk_scale_moves_one_way_in_lightness(dark):
    """So that it is read without telling colors apart, and in print."""
    shares = [value_color(k / 20, charts.RISK[dark]) for k in range(21)]
    lightness = [sum(w * int(c[i : i + 2], 16) for w, i in ((0.21, 1), (0.72, 3), (0.07, 5))) for c in shares]
    steps = np.diff(lightness)
    assert (steps > 0).all() if dark else (steps < 0).all()


def test_the_week_mean_skips_days_that_are_not_known():
    """A day without the product is no day without demand."""
    values = np.array([7.0, 7.0, np.nan, 7.0, 7.0, 7.0, 7.0])
    mean = charts._week_mean(values)
    assert np.isnan(mean[2])
    assert mean[[0, 1, 3, 6]].tolist() == [7.0] * 4
