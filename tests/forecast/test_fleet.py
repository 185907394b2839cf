"""Forecasts of whole panels: sensible where there is little to learn from, right where the truth is known."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from core.errors import BadInput
from core.forecast.fleet import choose, forecast
from core.forecast.forecast import Forecast
from core.forecast.panel import Panel
from core.forecast.pool import Pool
from core.forecast.tables import panel_of


@pytest.fixture(autouse=True)
def no_warnings() -> Iterator[None]:
    """A warning is a failure here."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def panel(units: np.ndarray, **changes: object) -> Panel:
    """Daily, always in stock, each series at a site of its own pair of products."""
    series = len(units)
    every = np.arange(series)
    given = Panel(
        start=date(2024, 1, 1), units=units.astype(float), exposure=np.ones(units.shape),
        censored=np.zeros(units.shape, bool), site=every // 4, product=every % 8, category=every % 2,
        venue=np.zeros(series, np.int64), price=np.full(series, 2.0), prior_rate=np.full(series, np.nan),
    )
    return replace(given, **changes)


def drawn(rate: np.ndarray, steps: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).poisson(rate[:, None], (len(rate), steps))


def sensible(f: Forecast) -> None:
    """Finite, not negative, intervals that hold the mean."""
    counts, totals = f.counts(), f.totals(f.site)
    assert np.isfinite(f.mean).all()
    assert (f.mean >= 0).all()
    for given in (counts, totals):
        low, high = given.quantile(0.05), given.quantile(0.95)
        assert np.isfinite(high).all()
        assert (low <= given.mean).all()
        assert (high >= np.floor(given.mean)).all()


def relative_width(f: Forecast) -> float:
    """Of the 80 % interval of everything."""
    total = f.totals(np.zeros(len(f.site), np.int64))
    return float(((total.quantile(0.9) - total.quantile(0.1)) / total.mean)[0])


@pytest.mark.parametrize("days", [1, 2, 7, 20, 45])
def test_any_length_of_history_gives_sensible_numbers(days: int):
    """From one day on, without a warning."""
    f = forecast(panel(drawn(np.linspace(0.1, 3, 12), days)), 28)
    sensible(f)
    assert f.mean.sum() / 28 == pytest.approx(np.linspace(0.1, 3, 12).sum(), rel=1.0 / np.sqrt(days))


def test_one_day_of_history_gives_wider_intervals_than_a_quarter():
    """Of the same shop."""
    rate = np.linspace(0.1, 3, 12)
    assert relative_width(forecast(panel(drawn(rate, 1)), 28)) > 1.5 * relative_width(
        forecast(panel(drawn(rate, 90)), 28)
    )


def test_all_zeros_forecast_next_to_nothing():
    """But no certainty: the upper quantile of a year is above 0."""
    f = forecast(panel(np.zeros((6, 60))), 28)
    sensible(f)
    assert f.totals().mean.max() < 1.0
    assert f.totals(np.zeros(6, np.int64)).quantile(0.999)[0] >= 0


def test_a_product_sold_once_is_expected_at_less_than_its_neighbors():
    """And at more than never."""
    units = drawn(np.full(8, 1.0), 90)
    units[3] = 0
    units[3, 40] = 1
    units[5] = 0
    f = forecast(panel(units), 28)
    sensible(f)
    total = f.totals().mean
    assert 0 < total[3] < 0.3 * np.delete(total, [3, 5]).min()
    assert total[5] < total[3]


def test_one_series_alone_and_one_without_any_exposure():
    """Neither has anyone to learn from."""
    sensible(forecast(panel(drawn(np.array([2.0]), 60)), 7))
    empty = panel(np.zeros((3, 30)))
    sensible(forecast(replace(empty, exposure=np.zeros((3, 30))), 7))


def test_the_weekday_rhythm_is_found():
    """Five times as much on Fridays."""
    rate = np.where(np.arange(140) % 7 == 4, 5.0, 1.0)
    f = forecast(panel(np.random.default_rng(1).poisson(np.tile(rate, (20, 1)))), 7)
    friday = (f.first_day.weekday() + np.arange(7)) % 7 == 4
    assert f.mean[:, friday].mean() / f.mean[:, ~friday].mean() == pytest.approx(5.0, rel=0.15)
    assert (f.factors["weekday"][:, friday] > 2).all()


def test_days_out_of_stock_are_not_taken_for_lack_of_demand():
    """Half of the days without exposure: the forecast is that of a full day."""
    units = drawn(np.full(12, 2.0), 120)
    exposure = np.ones(units.shape)
    exposure[:, ::2] = 0
    f = forecast(panel(np.where(exposure > 0, units, 0), exposure=exposure), 28)
    assert f.mean.mean() == pytest.approx(2.0, rel=0.1)


def test_a_day_that_sold_out_counts_as_a_lower_bound():
    """Sales cut at two of a demand of three a day: the forecast lies above the sales."""
    wanted = drawn(np.full(24, 3.0), 120)
    units, censored = np.minimum(wanted, 2), wanted >= 2
    f = forecast(panel(units, censored=censored), 28)
    assert f.mean.mean() > 1.15 * units.mean()
    assert f.mean.mean() < 1.2 * 3.0


def test_a_new_product_leans_on_what_others_expect_of_it():
    """Two days of history: near the prior rate; a hundred days: near its own sales."""
    units = drawn(np.full(8, 0.5), 120)
    exposure = np.ones(units.shape)
    exposure[2, :-2], units[2, :-2] = 0, 0
    prior = np.full(8, np.nan)
    prior[[2, 3]] = 2.0
    told = forecast(panel(units, exposure=exposure, prior_rate=prior), 28).mean.mean(axis=1)
    alone = forecast(panel(units, exposure=exposure), 28).mean.mean(axis=1)
    assert 1.5 * alone[2] < told[2] < 2.2
    assert told[3] == pytest.approx(alone[3], rel=0.1)


def test_a_price_cut_ahead_raises_the_forecast():
    """By the elasticity of the past."""
    rng = np.random.default_rng(3)
    price = np.where(rng.random((16, 160 + 14)) < 0.2, np.log(0.7), 0.0)
    price[:, 160:167], price[:, 167:] = 0.0, np.log(0.7)
    units = rng.poisson(4 * np.exp(-2.0 * price[:, :160]))
    f = forecast(panel(units, inputs={"log_price": price}), 14)
    assert f.mean[:, 7:].sum() / f.mean[:, :7].sum() == pytest.approx(0.7**-2.0, rel=0.15)


def test_coverage_holds_on_draws_of_a_known_world():
    """80 % intervals of series and sites over 28 days, within what 30 sites can show."""
    rng = np.random.default_rng(5)
    site = np.repeat(np.arange(30), 8)
    level = np.exp(np.cumsum(rng.normal(0, 0.012, (30, 228)), axis=1))[site] * rng.gamma(2, 0.6, (240, 1))
    units = rng.poisson(level)
    given = panel(units[:, :200], site=site, product=np.tile(np.arange(8), 30), category=np.zeros(240, np.int64))
    f = forecast(given, 28)
    for group, least, most in ((np.arange(240), 0.72, 0.9), (site, 0.6, 0.97)):
        actual = np.bincount(group, units[:, 200:].sum(axis=1))
        pit = f.totals(group).pit(actual, rng.random(len(actual)))
        assert least <= (np.abs(pit - 0.5) <= 0.4).mean() <= most


def test_a_kept_choice_forecasts_the_same():
    """Through bytes and back."""
    given = panel(drawn(np.linspace(0.2, 4, 16), 100))
    pool = choose(given, 14)
    kept = Pool.from_bytes(pool.to_bytes())
    one, two = forecast(given, 14, pool=pool), forecast(given, 14, pool=kept)
    assert (one.mean == two.mean).all()
    assert one.totals().variance == pytest.approx(two.totals().variance)


def test_bytes_of_something_else_are_refused():
    """With a sentence."""
    with pytest.raises(BadInput, match="no kept choice"):
        Pool.from_bytes(b"nothing of the kind")


@pytest.mark.parametrize("horizon", [0, -3])
def test_a_horizon_of_no_steps_is_refused(horizon: int):
    """With the number."""
    with pytest.raises(BadInput, match=str(horizon)):
        forecast(panel(np.ones((2, 10))), horizon)


def test_an_input_that_ends_too_early_is_refused():
    """With its name."""
    with pytest.raises(BadInput, match="temperature"):
        forecast(panel(np.ones((2, 10)), inputs={"temperature": np.ones((1, 12))}), 7)


def test_base_and_factors_multiply_to_the_mean():
    """Weekday, holiday and price together."""
    rng = np.random.default_rng(2)
    inputs = {"holiday": (np.arange(114) % 30 == 0)[None] * 1.0, "log_price": rng.normal(0, 0.1, (8, 114))}
    f = forecast(panel(drawn(np.full(8, 2.0), 100), inputs=inputs), 14)
    product = f.base * np.prod([np.broadcast_to(x, f.mean.shape) for x in f.factors.values()], axis=0)
    assert product == pytest.approx(f.mean, rel=1e-4)
    assert {"weekday", "holiday", "price"} <= set(f.factors)


def test_a_machine_that_moved_starts_a_new_series():
    """Its days elsewhere are another series, and the old one ended."""
    day = pd.date_range("2024-01-01", periods=60)
    frame = pd.DataFrame({
        "machine": 7, "site": np.where(np.arange(60) < 30, 1, 2), "product": 5, "day": day,
        "units": np.where(np.arange(60) < 30, 1, 6),
    })
    given = panel_of(frame)
    assert given.series == 2
    assert given.exposure.sum(axis=1).tolist() == [30, 30]
    f = forecast(given, 7)
    sensible(f)
    assert f.mean[1].mean() > 2 * f.mean[0].mean()
