"""What the model misses is found in the residuals, and weakens what many sales say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.site import estimate
from core.site.site import SiteHistory
from core.site.state import MISFIT_SD, Solution
from tests.site.worlds import tiny_world


def solved(monkeypatch: pytest.MonkeyPatch, histories: list[SiteHistory], catalog) -> Solution:
    """The inner state of a fit."""
    kept: list[Solution] = []
    solve = estimate.solve
    with monkeypatch.context() as patch:
        patch.setattr(estimate, "solve", lambda *a: kept.append(solve(*a)) or kept[-1])
        estimate.fit_fleet(histories, catalog)
    return kept[-1]


def test_effects_that_no_form_knows_are_noticed(monkeypatch):
    """Each position of each period sells 20 % more or less than the model can say."""
    world = tiny_world(seed=6, sites=4, days=480, periods=6, rate=4.0)
    rng = np.random.default_rng(1)
    disturbed = [_disturbed(h, rng, 0.2) for h in world.histories]
    clean = solved(monkeypatch, world.histories, world.catalog)
    noisy = solved(monkeypatch, disturbed, world.catalog)
    assert clean.misfit**0.5 < 1.5 * MISFIT_SD
    assert noisy.misfit**0.5 > 3 * MISFIT_SD
    assert noisy.sites[0].precision.mean() < clean.sites[0].precision.mean()


def _disturbed(history: SiteHistory, rng: np.random.Generator, sd: float) -> SiteHistory:
    """Sales thinned to a share that each position of each period has of its own."""
    parts = []
    for period in history.periods:
        day = pd.to_datetime(history.daily["day"]).dt.date
        part = history.daily[(day >= period.start) & (day <= period.end)]
        share = 0.5 * np.exp(rng.normal(0, sd, (8, 8)))
        keep = np.minimum(share[part["row"], part["column"]], 1.0)
        parts.append(part.assign(units=rng.binomial(part["units"], keep)))
    daily = pd.concat(parts, ignore_index=True)
    return replace(history, daily=daily[daily["units"] > 0])
