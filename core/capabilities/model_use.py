"""What models were asked over a period: cost by day and kind of work, waiting, quality, failures, the cache,
and what a premium model alone would have cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from core.forecast.panel import BoolArray, FloatArray, IntArray
from core.language import MICRO, Tier


@dataclass(frozen=True, eq=False)
class CallColumns:
    """Calls as columns, each (n,): ``day`` counts from ``first``, ``task`` is a place in ``tasks`` and
    ``outcome`` one in ``outcomes``, ``quality`` NaN where nothing was judged, ``answered`` for the one row of
    each request that ends it, ``fell`` where a rule did so for want of better."""

    first: date
    tasks: tuple[str, ...]
    outcomes: tuple[str, ...]
    day: IntArray
    task: IntArray
    tier: IntArray
    outcome: IntArray
    answered: BoolArray
    fell: BoolArray
    cached: BoolArray
    cost_e6: IntArray
    latency_ms: FloatArray
    tokens_in: IntArray
    tokens_out: IntArray
    quality: FloatArray


@dataclass(frozen=True, slots=True)
class KindUse:
    """One kind of work, or all of it. ``p50_ms`` and ``p95_ms``: of what a model, a rule or the cache took to
    answer; ``failed``: calls that brought no usable answer; shares and quality are None without answers."""

    task: str
    answers: int
    local_share: float | None
    cached: int
    fell_back: int
    failed: int
    cost_usd: float
    p50_ms: float | None
    p95_ms: float | None
    quality: float | None


@dataclass(frozen=True, eq=False)
class ModelUse:
    """``cost`` in dollars, (kinds, days), beside ``days``; ``faults``: outcome → calls; ``all_premium_usd``:
    what the same answers would have cost from the premium model, None where no call tells how long they are;
    ``measured``: the share of the answers whose own length is known."""

    days: tuple[date, ...]
    kinds: tuple[KindUse, ...]
    whole: KindUse
    cost: FloatArray
    faults: Mapping[str, int] = field(default_factory=dict)
    all_premium_usd: float | None = None
    measured: float = 0.0


def model_use(
    calls: CallColumns, days: int, premium: tuple[float, float] | None
) -> ModelUse:
    """Over ``days`` from the columns' first; ``premium``: its dollars for a million tokens in and out. Kinds
    are in the order of their cost, then of their answers."""
    cost = np.zeros((len(calls.tasks), days))
    np.add.at(cost, (calls.task, calls.day), calls.cost_e6 / MICRO)
    kinds = [_kind(name, calls, calls.task == k) for k, name in enumerate(calls.tasks)]
    order = sorted(range(len(kinds)), key=lambda k: (-kinds[k].cost_usd, -kinds[k].answers, kinds[k].task))
    bad = ~calls.answered | calls.fell
    counts = np.bincount(calls.outcome[bad], minlength=len(calls.outcomes))
    alone, measured = _all_premium(calls, premium)
    return ModelUse(
        tuple(calls.first + timedelta(days=i) for i in range(days)),
        tuple(kinds[k] for k in order), _kind("", calls, np.ones(len(calls.day), bool)), cost[order],
        {name: int(n) for name, n in zip(calls.outcomes, counts, strict=True) if n}, alone, measured,
    )


def _kind(name: str, calls: CallColumns, mine: BoolArray) -> KindUse:
    answered = mine & calls.answered
    count = int(answered.sum())
    local = answered & ~calls.fell & (calls.tier <= int(Tier.LOCAL))
    waits, grades = calls.latency_ms[answered], calls.quality[mine & np.isfinite(calls.quality)]
    p50, p95 = (float(x) for x in np.quantile(waits, (0.5, 0.95))) if count else (None, None)
    return KindUse(
        name, count, float(local.sum() / count) if count else None, int((answered & calls.cached).sum()),
        int((mine & calls.fell).sum()), int((mine & ~calls.answered).sum()),
        float(calls.cost_e6[mine].sum() / MICRO), p50, p95, float(grades.mean()) if len(grades) else None,
    )


def _all_premium(
    calls: CallColumns, premium: tuple[float, float] | None
) -> tuple[float | None, float]:
    """Every answer at the premium price: by its own tokens where they are known, else by the mean of its
    kind, else of all. Answers from the cache would have been paid for as well."""
    known = calls.answered & (calls.tokens_out > 0)
    if premium is None or not known.any():
        return None, 0.0
    price = (calls.tokens_in * premium[0] + calls.tokens_out * premium[1]) / MICRO
    count, size = calls.answered.sum(), len(calls.tasks)
    total = np.bincount(calls.task[known], price[known], size)
    n = np.bincount(calls.task[known], minlength=size)
    mean = np.where(n > 0, total / np.maximum(n, 1), price[known].mean())
    rest = np.bincount(calls.task[calls.answered & ~known], minlength=size)
    return float(total.sum() + rest @ mean), float(known.sum() / count)
