"""How far the sales of single days and weeks may lie from what is expected."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.site.estimate import fit_fleet
from core.site.response import Response
from tests.site.worlds import FIRST_DAY, TinyWorld, tiny_world

SAMPLES = 20_000


@pytest.fixture(scope="module")
def world() -> TinyWorld:
    return tiny_world(seed=4, sites=2, days=200, rate=2.0)


@pytest.fixture(scope="module")
def response(world: TinyWorld) -> Response:
    return fit_fleet(world.histories, world.catalog, calibrated=False).response(1)


@pytest.mark.parametrize("days", [3, 28])
def test_samples_have_the_mean_and_the_variance_that_are_stated(response: Response, world: TinyWorld, days: int):
    """Over one expected rate, with good and bad weeks."""
    restless = replace(response, week_sd=0.2, noise=np.array([[1.3], [0.4]]) * np.ones(len(response.product_ids)))
    layout = restless.layout(world.histories[0].periods[-1].plan)
    rates = np.repeat(restless.rates(layout), SAMPLES, axis=0)
    units = restless.simulate(layout, rates, days, np.random.default_rng(1))
    assert units.mean(axis=0) == pytest.approx(rates[0] * days, rel=0.03)
    assert units.var(axis=0) == pytest.approx(restless.chance(layout, rates[:1], days)[0], rel=0.1)
    together = np.corrcoef(units[:, 0], units[:, 1])[0, 1]
    assert together > 0.02


def test_weeks_are_shared_and_chance_is_not(response: Response, world: TinyWorld):
    """Without week effects positions vary alone."""
    calm = replace(response, week_sd=0.0)
    layout = calm.layout(world.histories[0].periods[-1].plan)
    rates = np.repeat(calm.rates(layout), SAMPLES, axis=0)
    units = calm.simulate(layout, rates, 7, np.random.default_rng(2))
    assert abs(np.corrcoef(units[:, 0], units[:, 1])[0, 1]) < 0.03


def test_poisson_sales_are_seen_to_vary_as_counts_do(response: Response, world: TinyWorld):
    """The tiny world's are Poisson: variance about the mean."""
    layout = response.layout(world.histories[0].periods[-1].plan)
    rates = response.rates(layout)
    own = response.chance(layout, rates, 7) - (response.week_sd * rates * 7) ** 2
    assert own / (rates * 7) == pytest.approx(1.0, abs=0.15)


def test_a_product_that_varies_more_than_others_is_known(world: TinyWorld):
    """Every other week it sells four times as much."""
    restless = int(world.histories[0].periods[0].plan.positions[0].product_id)
    histories = []
    for history in world.histories:
        day = (history.daily["day"].to_numpy().astype("datetime64[D]") - np.datetime64(FIRST_DAY)).astype(int)
        more = np.where((history.daily["product_id"] == restless) & (day // 7 % 2 == 0), 4, 1)
        sold = {name: history.daily[name] * more for name in ("units", "revenue")}
        histories.append(replace(history, daily=history.daily.assign(**sold)))
    response = fit_fleet(histories, world.catalog, calibrated=False).response(1)
    noise = response.noise[0]
    mine = response.index[restless]
    assert noise[mine] > 1.3 * np.median(np.delete(noise, mine))
