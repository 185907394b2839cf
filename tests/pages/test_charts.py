"""Charts carry the numbers they were given, in colors that can be told apart and read."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.parts import charts


@given(st.floats(-1, 2, allow_nan=False))
def test_value_color_stays_on_the_scale(share):
    """Values outside the scale take its ends."""
    color = charts.value_color(share)
    assert len(color) == 7
    assert color.startswith("#")
    if share <= 0:
        assert color == charts.CIVIDIS[0]
    if share >= 1:
        assert color == charts.CIVIDIS[-1]


@given(st.floats(0, 1), st.sampled_from([charts.CIVIDIS, charts.BLUE_RED]))
def test_ink_on_every_value_color_can_be_read(share, scale):
    """Contrast of at least 3 to 1 (WCAG, large or bold text)."""
    color = charts.value_color(share, scale)
    light, dark = sorted((_luminance(color), _luminance(charts.ink_on(color))), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3.0


def _luminance(color: str) -> float:
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("sideways", [False, True])
def test_waterfall_steps_are_the_contributions_and_end_in_a_total(sideways):
    """Plotly adds the steps up itself, so the last bar is a total without a value of its own."""
    figure = charts.waterfall(["Place", "Price"], [3.0, -1.0], "Together", dark=False, sideways=sideways)
    bar = figure.data[0]
    values = bar.x if sideways else bar.y
    assert list(values)[:2] == [3.0, -1.0]
    assert list(bar.measure) == ["relative", "relative", "total"]
    assert bar.text[-1] == "+$2.00"


def test_interval_plot_leaves_open_what_may_be_nothing():
    """A dot is filled only where its interval lies on one side of zero."""
    figure = charts.intervals(["sure", "unsure"], [2.0, 1.0], [1.0, -1.0], [3.0, 3.0], "a day", dark=False)
    dots = [t for t in figure.data if t.mode == "markers"]
    assert [d.marker.color == d.marker.line.color for d in dots] == [True, False]


def test_trend_draws_each_day_and_the_weekly_mean():
    """Two lines over the same days."""
    days = pd.date_range("2026-01-01", periods=30)
    figure = charts.trend(days, np.arange(30.0), "that day", dark=True)
    assert [len(line.x) for line in figure.data] == [30, 30]
    assert figure.data[1].y[15] == pytest.approx(15.0)


def test_effects_show_their_intervals():
    """Whiskers reach from the lower to the upper bound."""
    figure = charts.effects(["A", "B"], [10.0, -5.0], [4.0, -9.0], [15.0, 1.0], "sales", dark=False)
    bar = figure.data[0]
    assert list(bar.error_x.array) == [5.0, 6.0]
    assert list(bar.error_x.arrayminus) == [6.0, 4.0]
