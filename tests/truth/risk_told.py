"""Are slots as often empty as they are said to be? The stockout risk told, and what came."""

from __future__ import annotations

import numpy as np

from core.capabilities.refills import service_days
from core.capabilities.stock import needs_of, outcome
from core.forecast.fleet import choose, forecast
from core.forecast.parts import of_series
from core.forecast.supply import Supply
from tests.truth.par_levels import with_holidays
from tests.truth.par_worlds import Case

DAYS = 28
CLASSES = ((0.0, 0.02), (0.02, 0.1), (0.1, 0.25), (0.25, 0.5), (0.5, 0.8), (0.8, 1.01))
LEAST_DAYS = 30


def risk_told(case: Case) -> list[tuple[int, float, float]]:
    """(slots, mean risk told, share of services that found them empty) by class of the risk.

    Asked at the start of the held-out quarter for slots that stand there four weeks more, as the recorded
    world fills them: to the brim. Days between services are read from the sales, as in the workbench.
    """
    assert case.room is not None
    known = case.recorded.until(case.start)
    after = slice(case.start, case.start + DAYS)
    stays = case.stands[:, after].all(axis=1) & (known.exposure.sum(axis=1) >= LEAST_DAYS)
    supply = _supply(case).of(np.flatnonzero(stays))
    made = forecast(with_holidays(known, DAYS), DAYS, pool=choose(with_holidays(known, DAYS), DAYS))
    needs = needs_of(of_series(made, np.flatnonzero(stays)), supply)
    risk = outcome(needs, supply.filled).risk
    panel = case.recorded
    out = (panel.censored | (panel.exposure == 0))[:, after] & case.stands[:, after]
    begins = out & ~np.pad(out, ((0, 0), (1, 0)))[:, :-1]
    came = begins.sum(axis=1)[stays] / (DAYS / needs.cycle_days)
    classes = [(risk >= low) & (risk < high) for low, high in CLASSES]
    return [
        (int(of.sum()), float(risk[of].mean()), float(came[of].mean())) if of.any() else (0, 0.0, 0.0)
        for of in classes
    ]


def _supply(case: Case) -> Supply:
    assert case.room is not None
    known, size = case.recorded.until(case.start), len(case.wanted)
    unknown, room = np.full(size, np.nan), case.room[:, case.start]
    names = {int(p): str(p) for p in known.product}
    places = {int(s): str(s) for s in known.site}
    return Supply(
        panel=known, standing=np.ones(size, bool), capacity=room, par=unknown, held=unknown, par_then=unknown,
        filled=room, cost=case.cost, shelf_life=np.full(size, np.inf), slots=("",) * size, names=names,
        categories={}, places=places, service_days=service_days(known, known.site),
    )
