"""Corrections of the draws from replayed resets, and what they leave as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from core.site.calibration import Calibration
from core.site.estimate import fit_fleet
from core.site.form import slopes
from core.site.replay import before_last_reset, recaptured
from core.site.site import PlanPeriod
from tests.site.worlds import TinyWorld, tiny_world


@pytest.fixture(scope="module")
def world() -> TinyWorld:
    return tiny_world(seed=5, sites=5)


@pytest.fixture(scope="module")
def fit(world: TinyWorld):
    return fit_fleet(world.histories, world.catalog)


def spread_of_lift(fit, world, calibration: Calibration) -> np.ndarray:
    """Draws of the lift of two products exchanged."""
    response = replace(fit, calibration=calibration).response(1, 600)
    plan = world.histories[0].periods[-1].plan
    a, b = plan.positions[0], plan.positions[-1]
    swapped = plan.with_positions((
        replace(a, product_id=b.product_id), *plan.positions[1:-1], replace(b, product_id=a.product_id),
    ))
    before, after = (response.rates(response.layout(p), response.draws).sum(axis=1) for p in (plan, swapped))
    return after / before - 1.0


STRICT = Calibration(recapture=(0.0, 1e-6), answer=(1e-6,) * 4, tilt=(1e-6,) * 4)


def test_a_scale_spreads_the_draws_and_keeps_their_mean(world, fit):
    """Half as wide again."""
    plain, wide = (spread_of_lift(fit, world, replace(STRICT, scale=s)) for s in (1.0, 1.5))
    assert wide.std() == pytest.approx(1.5 * plain.std(), rel=0.2)
    assert wide.mean() == pytest.approx(plain.mean(), abs=plain.std())


def test_doubt_about_other_places_leaves_the_present_plan_as_it_is(world, fit):
    """Rates of the plan that stands vary no more; those of another one do."""
    plan = world.histories[0].periods[-1].plan
    rates = []
    for calibration in (STRICT, replace(STRICT, answer=(0.5,) * 4, tilt=(0.3,) * 4)):
        response = replace(fit, calibration=calibration).response(1, 600)
        rates.append(np.log(response.rates(response.layout(plan), response.draws)).std(axis=0).mean())
    assert rates[1] == pytest.approx(rates[0], rel=0.1)
    doubt = spread_of_lift(fit, world, replace(STRICT, answer=(0.5,) * 4, tilt=(0.3,) * 4))
    assert doubt.std() > 1.2 * spread_of_lift(fit, world, STRICT).std()


def test_recapture_takes_from_what_a_removal_costs(world, fit):
    """Half of the customers find something else on the face."""
    plan = world.histories[0].periods[-1].plan
    lifts = []
    for share in (0.0, 0.5):
        response = replace(fit, calibration=replace(STRICT, recapture=(share, 1e-6))).response(1, 300)
        before, after = (response.rates(response.layout(p))[0].sum() for p in (
            plan, plan.with_positions(plan.positions[1:]),
        ))
        lifts.append(after / before - 1.0)
    assert lifts[0] < lifts[1] < 0
    assert lifts[1] == pytest.approx(0.5 * lifts[0], rel=0.25)


def test_newcomers_sell_what_replays_say():
    """Only products that never stood here are shifted."""
    world = tiny_world(seed=5, sites=3, days=60, periods=1)
    fit = fit_fleet(world.histories, world.catalog)
    shifted, plain = (
        replace(fit, calibration=replace(STRICT, newcomer=(shift, 1e-6))).response(1, 300) for shift in (-0.3, 0.0)
    )
    here = np.isin(plain.product_ids, world.histories[0].periods[0].plan.product_ids)
    moved = shifted.draws.base.mean(axis=0) - plain.draws.base.mean(axis=0)
    assert (~here).any()
    assert moved[~here] == pytest.approx(-0.3, abs=1e-5)
    assert moved[here] == pytest.approx(0.0, abs=1e-5)


def test_resets_are_replayed_and_stated(world, fit):
    """Each site had three; its last one is held out."""
    assert fit.calibration.resets == len(world.histories)
    assert fit.calibration.scale >= 1.0
    assert fit.response(1).provenance.calibration == "intervals checked against 5 past changes"


def test_a_history_before_its_last_reset_knows_nothing_of_it(world):
    """Neither its plan nor its sales."""
    history = world.histories[0]
    earlier = before_last_reset(history)
    assert earlier is not None
    assert len(earlier.periods) == len(history.periods) - 1
    assert earlier.daily["day"].max() < np.datetime64(history.periods[-1].start)


def test_a_reset_of_yesterday_is_not_replayed(world):
    """Too few days say what came of it."""
    history = world.histories[0]
    last = history.periods[-1]
    short = PlanPeriod(last.start, last.start + timedelta(3), last.plan)
    assert before_last_reset(replace(history, periods=(*history.periods[:-1], short))) is None
    assert before_last_reset(replace(history, periods=history.periods[:1])) is None


def test_the_same_calibration_comes_back_from_storage(fit):
    """With everything that was learned."""
    assert type(fit).from_bytes(fit.to_bytes()).calibration == fit.calibration


def test_slopes_and_recapture_of_few_sites_are_guesses(world):
    """Three sites say nothing of totals; where all answer alike the slopes are no larger than the guess."""
    from core.site.estimate import _fit

    solution = _fit(world.histories[:3], world.catalog, True, None)[1]
    assert recaptured(solution)[1] == np.inf
    answer, tilt = slopes(solution)
    assert answer.shape == tilt.shape == (4,)
    assert 0 < answer.mean() < 0.6
