"""Forecasts as rows to keep: spans that fit together, and replays that cannot see the future."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from core.capabilities.forecast_rows import HORIZON, replays, rows_of, standing
from core.forecast.fleet import forecast
from core.forecast.panel import Panel

DAYS = 140


@pytest.fixture(scope="module")
def panel() -> Panel:
    """Three products at two machines and a shelf that shares a machine's place; the last product left."""
    rng = np.random.default_rng(4)
    rate = np.array([4.0, 1.0, 2.0, 3.0, 0.5, 2.0])
    units = rng.poisson(rate[:, None], (6, DAYS)).astype(np.float32)
    exposure = np.ones((6, DAYS), np.float32)
    exposure[5, -40:] = 0.0
    units[5, -40:] = 0.0
    return Panel(
        start=date(2026, 1, 1), units=units, exposure=exposure, censored=np.zeros((6, DAYS), bool),
        site=np.array([1, 1, 2, 2, 3, 3]), product=np.array([1, 2, 1, 3, 1, 2]),
        category=np.zeros(6, np.int64), venue=np.zeros(6, np.int64), price=np.ones(6),
        prior_rate=np.full(6, np.nan),
    )


PLACES = np.array([10, 10, 20, 20, 20, 20])


def _rows(panel: Panel):
    made = forecast(panel, HORIZON)
    rows = rows_of(panel, made, PLACES, standing(panel))
    assert rows is not None
    return rows


def test_spans_of_a_place_add_up(panel: Panel):
    """Days to weeks, weeks to the month, products to the place."""
    rows = _rows(panel)
    p, s = rows.products, rows.sites
    weeks = p.expected[p.days == 7].sum()
    assert weeks == pytest.approx(p.expected[p.days == 28].sum())
    assert weeks == pytest.approx(s.expected[s.days == 28].sum())
    assert p.expected[p.days == 1].sum() == pytest.approx(p.expected[(p.days == 7) & (p.offset == 0)].sum())


def test_a_product_in_two_cabinets_is_one_row_of_its_place(panel: Panel):
    """Sales are compared by place and product, wherever in the place it stands."""
    rows = _rows(panel)
    first = (rows.products.days == 28)
    keys = list(zip(rows.site[first].tolist(), rows.product[first].tolist(), strict=True))
    assert keys == [(10, 1), (10, 2), (20, 1), (20, 3)]


def test_a_product_that_left_is_not_forecast(panel: Panel):
    """Product 2 left place 20 forty days ago."""
    rows = _rows(panel)
    assert not ((rows.site == 20) & (rows.product == 2)).any()


def test_the_reference_is_the_same_span_before(panel: Panel):
    """A week is compared with the last week, a day with the same weekday."""
    rows = _rows(panel)
    p, at = rows.products, (rows.site == 10) & (rows.product == 1)
    week = at & (p.days == 7) & (p.offset == 14)
    assert p.naive[week] == panel.units[0, -7:].sum()
    day = at & (p.days == 1) & (p.offset == 2)
    assert p.naive[day] == panel.units[0, -5]
    weekly = panel.units[0].reshape(-1, 7).sum(axis=1)
    assert p.scale[week] == pytest.approx(np.abs(np.diff(weekly)).mean())


def test_replays_do_not_see_what_came_later(panel: Panel):
    """Whatever is sold afterwards, the forecast of a past week stays the same."""
    later = panel.units.copy()
    later[:, -14:] *= 30.0
    told = replace(panel, units=later, prior_rate=np.full(6, 50.0))
    honest = next(iter(replays(panel, PLACES, [2])))
    tempted = next(iter(replays(told, PLACES, [2])))
    assert honest.last_known == panel.end - timedelta(days=15)
    assert np.array_equal(honest.products.expected, tempted.products.expected)
    assert honest.replayed


def test_replays_need_a_history(panel: Panel):
    """Two months at least; weeks before that are left out."""
    made = list(replays(panel, PLACES, [1, 11, 13, 30]))
    assert [r.last_known for r in made] == [panel.end - timedelta(days=1 + 7 * k) for k in (11, 1)]
