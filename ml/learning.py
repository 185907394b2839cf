"""What the log teaches the router: how far each model may be trusted, and whether something has changed.

Thresholds move by at most ``STEP`` a week, and only on evidence: up where the local answers just below the
threshold were nearly all good, down where too many of them were not. Nothing is learned above the threshold,
where local models are not asked; so it feels its way. Each change is a new version with its report; the one
before can be put back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.capabilities.drift import PSI_GRAVE, PSI_NOTABLE, stability
from core.language import Call, Policy, Tier

STEP, BAND = 0.05, 0.2
"""How far a threshold moves at once, and how wide the band below it is that is looked at."""
LEAST = 20
"""Judged calls in the band without which nothing is decided."""
GOOD, POOR = 0.9, 0.75
"""Share of good answers from which a threshold rises, and below which it falls."""
LOWEST, HIGHEST = 0.2, 0.9
BINS = 10
CONFIDENCE = 1.645


@dataclass(frozen=True, slots=True)
class Step:
    """A threshold before and after, and what was seen: ``good`` of ``judged`` answers in its band."""

    kind: str
    tier: str
    before: float
    after: float
    judged: int
    good: int


@dataclass(frozen=True, slots=True)
class Drift:
    """How far a quantity's distribution is from the one before, by the population stability index."""

    what: str
    index: float

    @property
    def grade(self) -> str:
        if self.index >= PSI_GRAVE:
            return "grave"
        return "notable" if self.index >= PSI_NOTABLE else "none"


@dataclass(frozen=True, slots=True)
class Tuning:
    """The policy to put in force and the report of what led to it; ``changed`` is false where it is the
    same."""

    policy: Policy
    steps: tuple[Step, ...]
    drift: tuple[Drift, ...]

    @property
    def changed(self) -> bool:
        return any(step.after != step.before for step in self.steps)

    def report(self) -> dict[str, Any]:
        """As plain values, to be kept with the policy."""
        return {
            "steps": [{"kind": s.kind, "tier": s.tier, "before": s.before, "after": s.after,
                       "judged": s.judged, "good": s.good} for s in self.steps],
            "drift": [{"what": d.what, "index": round(d.index, 4), "grade": d.grade} for d in self.drift],
        }


def tune(calls: Sequence[Call], before: Sequence[Call], policy: Policy) -> Tuning:
    """A policy learned from this week's calls; ``before``: those of the weeks before, to tell drift."""
    kinds = sorted({c.task for c in calls})
    local, mid = dict(policy.local_up_to), dict(policy.mid_up_to)
    steps = []
    for kind in kinds:
        mine = [c for c in calls if c.task == kind]
        for tier, limits, limit in (
            (Tier.LOCAL, local, policy.local_limit(kind)), (Tier.MID, mid, policy.mid_limit(kind)),
        ):
            step = _step(kind, tier, limit, mine)
            if step is not None:
                steps.append(step)
                limits[kind] = step.after
    tuned = replace(policy, local_up_to=local, mid_up_to=mid)
    return Tuning(tuned, tuple(steps), drift_of(calls, before))


def _step(kind: str, tier: Tier, limit: float, calls: Iterable[Call]) -> Step | None:
    """What to do with one threshold; None where too little is known."""
    judged = [
        c for c in calls
        if c.tier == tier and not c.cache and c.outcome in ("ok", "rejected")
        and c.complexity is not None and limit - BAND < c.complexity <= limit
    ]
    if len(judged) < LEAST:
        return None
    good = sum(c.outcome == "ok" for c in judged)
    low, high = wilson(good, len(judged))
    after = limit
    if low >= GOOD:
        after = min(limit + STEP, HIGHEST)
    elif high < POOR:
        after = max(limit - STEP, LOWEST)
    return Step(kind, tier.name.lower(), limit, round(after, 4), len(judged), good)


def wilson(good: int, n: int) -> tuple[float, float]:
    """Interval of a share, nine in ten (Wilson 1927)."""
    z, p = CONFIDENCE, good / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * float(np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def drift_of(now: Sequence[Call], before: Sequence[Call]) -> tuple[Drift, ...]:
    """Of complexity, quality, latency and tiers; none where either side has fewer than ``LEAST`` calls."""
    if min(len(now), len(before)) < LEAST:
        return ()
    found = [Drift("tiers", stability(_shares(before), _shares(now)))]
    for what, field in (("complexity", "complexity"), ("quality", "quality"), ("latency", "latency_ms")):
        a, b = (_known(calls, field) for calls in (before, now))
        if min(len(a), len(b)) >= LEAST:
            edges = np.unique(np.quantile(a, np.linspace(0, 1, BINS + 1)[1:-1]))
            found.append(Drift(what, stability(_histogram(a, edges), _histogram(b, edges))))
    return tuple(found)


def _known(calls: Sequence[Call], field: str) -> np.ndarray[Any, Any]:
    return np.array([value for c in calls if (value := getattr(c, field)) is not None], float)


def _shares(calls: Sequence[Call]) -> np.ndarray[Any, Any]:
    counts = np.bincount([int(c.tier) for c in calls], minlength=len(Tier))
    return np.asarray(counts / counts.sum())


def _histogram(values: np.ndarray[Any, Any], edges: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    counts = np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1)
    return np.asarray(counts / counts.sum())
