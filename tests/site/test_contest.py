"""A new fit replaces the kept one unless it tells the newest days clearly worse."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from core.site.contest import FEWEST_DAYS, compare, trial_of
from core.site.estimate import fit_fleet
from core.site.site import PlanPeriod, SiteHistory
from tests.site.worlds import TinyWorld, tiny_world


def known_until(history: SiteHistory, days: int) -> SiteHistory:
    """The history without its last days."""
    last = history.periods[-1].end - timedelta(days)
    periods = tuple(PlanPeriod(p.start, min(p.end, last), p.plan) for p in history.periods if p.start <= last)
    daily = history.daily[history.daily["day"] <= np.datetime64(last)]
    return replace(history, periods=periods, daily=daily)


@pytest.fixture(scope="module")
def world() -> TinyWorld:
    return tiny_world(seed=3, days=200)


@pytest.fixture(scope="module")
def kept(world: TinyWorld):
    return fit_fleet([known_until(h, 40) for h in world.histories], world.catalog, calibrated=False)


def verdict_on(histories: list[SiteHistory], world: TinyWorld, kept):
    trial = trial_of(histories, kept)
    assert trial is not None
    new = fit_fleet(trial.seen, world.catalog, calibrated=False)
    return compare(kept, new, histories, trial.judged, world.catalog)


def test_more_of_the_same_replaces(world, kept):
    """Forty days more, as the ones before."""
    verdict = verdict_on(world.histories, world, kept)
    assert verdict.replaces
    assert verdict.counts >= 20
    assert verdict.days == 20
    assert np.isfinite(verdict.facts()["kept_log_score"])


def test_what_learned_from_a_broken_import_does_not_replace(world, kept):
    """The first half of the new days counts sixty times, as when pieces are read as cases."""
    broken = []
    for history in world.histories:
        end = np.datetime64(history.periods[-1].end)
        day = history.daily["day"].to_numpy()
        wrong = (day > end - 40) & (day <= end - 20)
        units = np.where(wrong, history.daily["units"] * 60, history.daily["units"])
        broken.append(replace(history, daily=history.daily.assign(units=units)))
    verdict = verdict_on(broken, world, kept)
    assert not verdict.replaces
    assert verdict.new < verdict.kept
    assert "worse" in verdict.reason


def test_neither_fit_has_seen_the_judged_days(world, kept):
    """The trial learns until the first of them, the kept one knew less."""
    trial = trial_of(world.histories, kept)
    assert trial is not None
    for history in trial.seen:
        first, last = trial.judged[history.site_id]
        assert history.periods[-1].end < first
        assert history.daily["day"].max() < np.datetime64(first)
        assert last == world.histories[0].periods[-1].end


def test_too_few_new_days_are_not_compared(world):
    """There is nothing to tell by."""
    fresh = fit_fleet([known_until(h, FEWEST_DAYS - 1) for h in world.histories], world.catalog, calibrated=False)
    assert trial_of(world.histories, fresh) is None


def test_a_site_that_the_kept_fit_does_not_know_is_not_judged(world, kept):
    """It came later."""
    newcomer = replace(world.histories[0], site_id=99)
    trial = trial_of([*world.histories, newcomer], kept)
    assert trial is not None
    assert 99 not in trial.judged
    assert newcomer in trial.seen
