"""The contestants that are written here, on series whose forecast is known."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from core.forecast.panel import FloatArray, Panel
from tests.backtest import cheap
from tests.backtest.cases import origins


def panel(units: FloatArray, exposure: FloatArray | None = None) -> Panel:
    """Daily sales from a Monday on."""
    none = np.zeros(len(units), np.int64)
    return Panel(
        date(2024, 1, 1), units, np.ones_like(units) if exposure is None else exposure,
        np.zeros(units.shape, bool), none, np.arange(len(units)), none, none,
        none.astype(float), np.full(len(units), np.nan),
    )  # fmt: skip


def test_seasonal_naive_repeats_the_last_week() -> None:
    """Day by day, from any weekday on."""
    units = np.arange(10.0)[None]
    assert cheap.seasonal_naive(panel(units), 9)[0] == pytest.approx([3, 4, 5, 6, 7, 8, 9, 3, 4])


def test_seasonal_naive_goes_further_back_over_a_gap() -> None:
    """A day without the product says nothing of that weekday."""
    units, exposure = np.arange(14.0)[None], np.ones((1, 14))
    exposure[0, 7] = 0
    assert cheap.seasonal_naive(panel(units, exposure), 2)[0] == pytest.approx([0, 8])


def test_recent_mean_counts_only_days_that_the_product_stood() -> None:
    """Two of the last 28 days."""
    units, exposure = np.zeros((1, 60)), np.zeros((1, 60))
    units[0, -2:], exposure[0, -2:] = (1, 2), 1
    assert cheap.recent_mean(panel(units, exposure), 3)[0] == pytest.approx([1.5, 1.5, 1.5])


def test_tsb_follows_a_product_that_stopped_selling() -> None:
    """The chance of a sale decays with each day without."""
    units = np.array([[2.0] * 40 + [0.0] * 20])
    assert cheap.tsb(panel(units), 1)[0, 0] == pytest.approx(2 * 0.9**20, rel=0.01)


def test_tsb_agrees_with_the_library() -> None:
    """Against statsforecast, once what both start from has faded."""
    library = pytest.importorskip("statsforecast.models")
    rng = np.random.default_rng(3)
    units = rng.poisson(0.4, (3, 300)).astype(float)
    model = library.TSB(alpha_d=cheap.TSB_DEMAND, alpha_p=cheap.TSB_CHANCE)
    theirs = [model.forecast(y=y, h=1)["mean"][0] for y in units]
    assert cheap.tsb(panel(units), 1)[:, 0] == pytest.approx(theirs, rel=1e-3)


def test_development_targets_end_before_the_judged_origins() -> None:
    """Nothing that is judged was seen while developing."""
    development, judged = origins(273, 28, 7, 11)
    assert len(development) == len(judged) == 11
    assert max(development) + 28 <= min(judged)
    assert max(judged) + 28 == 273
