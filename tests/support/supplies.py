"""Hand-made supplies and needs for tests of demand and stock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from core.capabilities.stock import Needs, StockPolicy
from core.forecast.counts import Counts
from core.forecast.panel import Panel
from core.forecast.supply import Supply


def make_needs(
    mean: Sequence[float], *, cycles: int = 2, days: float = 7.0, life: float = np.inf, margin: float = 1.0,
    cost: float = 1.0, capacity: float = np.nan, spread: float = 1.5, policy: StockPolicy | None = None,
) -> Needs:
    """Slots that sell ``mean`` a cycle, variance ``spread`` times that; a life in days."""
    each = np.asarray(mean, np.float64)
    demand = np.repeat(each[:, None], cycles, axis=1)
    whole = each * (life if np.isfinite(life) else 28.0) / days
    size = len(each)
    return Needs(
        Counts(demand, demand * spread), Counts(whole, whole * spread), np.full(size, days),
        np.full(size, life), np.full(size, margin), np.full(size, cost), np.full(size, capacity), each / days,
        policy or StockPolicy(lead_days=0),
    )


def make_supply(
    rates: Sequence[Sequence[float]], days: int = 120, *, seed: int = 5, capacity: float = 12.0,
    par: float = 6.0, shelf_life: float = np.inf, start: date = date(2026, 1, 5),
) -> Supply:
    """One planogram a list of rates, products numbered from 1 in each, Poisson sales of ``days`` days."""
    site = np.repeat(np.arange(1, len(rates) + 1), [len(r) for r in rates])
    product = np.concatenate([np.arange(1, len(r) + 1) for r in rates])
    rate = np.concatenate([np.asarray(r, np.float64) for r in rates])
    units = np.random.default_rng(seed).poisson(rate[:, None], (len(rate), days)).astype(np.float32)
    size = len(rate)
    panel = Panel(
        start=start, units=units, exposure=np.ones(units.shape, np.float32),
        censored=np.zeros(units.shape, bool), site=site, product=product, category=np.ones(size, np.int64),
        venue=np.zeros(size, np.int64), price=np.full(size, 2.0), prior_rate=np.full(size, np.nan),
    )
    names = {int(p): f"Product {p}" for p in product}
    return Supply(
        panel=panel, standing=np.ones(size, bool), capacity=np.full(size, capacity), par=np.full(size, par),
        held=np.full(size, par), par_then=np.full(size, par), filled=np.full(size, par), cost=np.full(size, 1.0), shelf_life=np.full(size, shelf_life),
        slots=tuple(f"A{p}" for p in product), names=names, categories={1: "Snacks"},
        places={k: f"Place {k}" for k in range(1, len(rates) + 1)},
        service_days=dict.fromkeys(range(1, len(rates) + 1), 7),
    )
