"""A new fit against the one that is kept, judged on the same newest days, which neither has seen.

The kept fit knows the days until it was made. Of the days that came since, a trial fit learns the first
half, and both say what each product of each site sells in the second. A trial that is clearly worse than
what it would replace has learned something wrong (an import that doubled, a plan at the wrong place).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from core.planogram.product import Catalog
from core.site.days import as_days, weekday_of
from core.site.posterior import FleetFit
from core.site.site import PlanPeriod, SiteHistory
from core.site.zones import FloatArray

FEWEST_DAYS, FEWEST_COUNTS = 14, 20
DRAWS = 100
ROUGHNESS = 0.3
"""Standard deviation of a total around its mean, relative, beside the chance of counts."""
CLEARLY, MATTERS = 3.0, 0.005
"""Standard errors, and nats a unit sold, by which a fit has to be worse to be refused."""


@dataclass(frozen=True)
class Verdict:
    """``replaces``: whether the new fit takes the kept one's place, and why. ``kept`` and ``new``: mean log
    score a unit sold, over ``days`` days of ``counts`` product totals; NaN where nothing was compared."""

    replaces: bool
    reason: str
    kept: float = float("nan")
    new: float = float("nan")
    counts: int = 0
    days: int = 0

    def facts(self) -> dict[str, object]:
        """For keeping: numbers that are none are left out."""
        values: dict[str, object] = {
            "replaces": self.replaces, "reason": self.reason, "counts": self.counts, "days": self.days,
        }
        if np.isfinite(self.kept) and np.isfinite(self.new):
            values |= {"kept_log_score": round(self.kept, 5), "new_log_score": round(self.new, 5)}
        return values


@dataclass(frozen=True, eq=False)
class Trial:
    """``seen``: histories for the trial fit. ``judged``: site → (first, last) day to judge on."""

    seen: list[SiteHistory]
    judged: Mapping[int, tuple[date, date]]


def trial_of(histories: Sequence[SiteHistory], kept: FleetFit) -> Trial | None:
    """What a trial fit learns and is judged on; None where too few days came since the kept fit."""
    judged: dict[int, tuple[date, date]] = {}
    seen: list[SiteHistory] = []
    for history in histories:
        last = max((p.end for p in history.periods), default=None)
        known = kept.posteriors.get(history.site_id)
        new = (last - date.fromisoformat(known.last_day)).days if last and known else 0
        if known is None or last is None or new < FEWEST_DAYS:
            seen.append(history)
            continue
        cut = date.fromisoformat(known.last_day) + timedelta(new // 2)
        seen.append(_until(history, cut))
        judged[history.site_id] = (cut + timedelta(1), last)
    return Trial(seen, judged) if judged else None


def compare(
    kept: FleetFit, new: FleetFit, histories: Sequence[SiteHistory], judged: Mapping[int, tuple[date, date]],
    catalog: Catalog,
) -> Verdict:
    """Score both on the judged days of the sites that both know."""
    parts, longest = [], 0
    for history in histories:
        site = history.site_id
        if site in judged and site in kept.posteriors and site in new.posteriors:
            seen = _totals(history, *judged[site])
            scores = [_log_scores(fit, history, seen, *judged[site], catalog) for fit in (kept, new)]
            parts.append(np.column_stack([seen.to_numpy(np.float64), *scores]))
            longest = max(longest, (judged[site][1] - judged[site][0]).days + 1)
    rows = np.vstack(parts) if parts else np.zeros((0, 3))
    if len(rows) < FEWEST_COUNTS:
        return Verdict(True, "Too little was sold since to compare.", counts=len(rows), days=longest)
    units = max(float(rows[:, 0].sum()), 1.0)
    old_score, new_score = float(rows[:, 1].sum()) / units, float(rows[:, 2].sum()) / units
    difference = rows[:, 2] - rows[:, 1]
    error = float(difference.std(ddof=1)) / len(rows) ** 0.5
    worse = float(difference.mean()) < -CLEARLY * error and new_score < old_score - MATTERS
    reason = (
        "It tells the newest days clearly worse than the one before." if worse
        else "It tells the newest days as well as the one before, or better."
    )
    return Verdict(not worse, reason, old_score, new_score, len(rows), longest)


def _until(history: SiteHistory, last: date) -> SiteHistory:
    """The history as it was known at the end of a day."""
    periods = tuple(
        PlanPeriod(p.start, min(p.end, last), p.plan) for p in history.periods if p.start <= last
    )
    day = as_days(history.daily["day"])
    return replace(history, periods=periods, daily=history.daily[day <= np.datetime64(last)])


def _parts(history: SiteHistory, first: date, last: date) -> list[PlanPeriod]:
    """The plan periods within some days."""
    return [
        PlanPeriod(max(p.start, first), min(p.end, last), p.plan)
        for p in history.periods if p.start <= last and p.end >= first
    ]


def _totals(history: SiteHistory, first: date, last: date) -> pd.Series:
    """Units of each product that stood there within the days, zeros included, by product id."""
    day = as_days(history.daily["day"])
    inside = (day >= np.datetime64(first)) & (day <= np.datetime64(last))
    sold = history.daily[inside].groupby("product_id")["units"].sum()
    stood = sorted({p.product_id for part in _parts(history, first, last) for p in part.plan.positions})
    return sold.reindex(stood, fill_value=0)


def _log_scores(
    fit: FleetFit, history: SiteHistory, seen: pd.Series, first: date, last: date, catalog: Catalog
) -> FloatArray:
    """Log probability of each product's total, negative binomial around what the fit expects."""
    from scipy.stats import nbinom

    response = fit.response(history.site_id, DRAWS, catalog=catalog)
    expected = pd.Series(0.0, index=seen.index)
    for part in _parts(history, first, last):
        layout = response.layout(part.plan)
        days = np.arange(np.datetime64(part.start), np.datetime64(part.end) + 1)
        worth = response.weekday[weekday_of(days)]
        months = np.bincount(days.astype("datetime64[M]").astype(np.int64) % 12, worth, 12)
        rates = response.rates(layout)[0] * (response.season[layout.category] @ months)
        ids = [p.product_id for p in part.plan.positions]
        expected = expected.add(pd.Series(rates, index=ids).groupby(level=0).sum(), fill_value=0.0)
    mean = np.maximum(expected.reindex(seen.index).to_numpy(np.float64), 1e-3)
    size = mean / (max(response.dispersion - 1.0, 0.05) + ROUGHNESS**2 * mean)
    units = np.round(np.maximum(seen.to_numpy(np.float64), 0.0))
    return np.asarray(nbinom.logpmf(units, size, size / (size + mean)))
