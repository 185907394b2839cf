"""From forecasts to figures: what was forecast, what came, at the levels where zeros cannot win."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.forecast.counts import Counts
from core.forecast.panel import BoolArray, FloatArray, IntArray
from tests.backtest import scores
from tests.backtest.cases import Case
from tests.backtest.contestants import CONTESTANTS
from tests.backtest.rolling import Answer, standing_at

SEED = 20220101
SETTLED_DAYS = 28
LEAST_SPREAD = 1.0
"""Units: forecasts below it share the spread of one unit."""


@dataclass(frozen=True)
class Level:
    """What is added up before it is judged: ``by`` site, series or product, over the steps of each of the
    ``windows`` (in weeks, first and end). Products: those that stood at least ``SETTLED_DAYS``, or with
    ``new`` the others, which no method that looks at one series alone can know."""

    name: str
    by: str
    windows: tuple[tuple[int, int], ...]
    new: bool = False

    @property
    def weeks(self) -> int:
        return self.windows[0][1] - self.windows[0][0]


@dataclass(frozen=True, eq=False)
class Target:
    """What came at one origin and level: G groups. ``window``: index into the level's windows;
    ``group``: label; ``among`` (S,) the series that count in forecasts."""

    group: IntArray
    window: IntArray
    actual: FloatArray
    scale: FloatArray
    among: BoolArray


def levels(case: Case, days: int) -> tuple[Level, ...]:
    """The levels judged at a horizon of 7 or 28 days."""
    site, product = f"{case.site_noun} × week", f"{case.product_noun} in {case.site_noun} × 28 days"
    if days == 7:
        return (Level(site, "site", ((0, 1),)),)
    found = (
        Level(site, "site", ((0, 1), (1, 2), (2, 3), (3, 4))),
        Level(product, "series", ((0, 4),)),
        Level(f"{case.product_noun} in all × 28 days", "product", ((0, 4),)),
        Level(f"new {product}", "series", ((0, 4),), new=True),
    )
    return found if case.changing else found[:-1]


def labels(case: Case, level: Level) -> IntArray:
    return {"site": case.site, "series": np.arange(len(case.site)), "product": case.product}[level.by]


def target(case: Case, level: Level, origin: int) -> Target:
    """The totals that came. A site's total counts all its sales, those of products that came later too;
    a product is judged where it stood to the end of the window, by what was known then. What has a step
    of which nothing was recorded is left out."""
    standing, label = standing_at(case, origin), labels(case, level)
    last = level.windows[-1][1] * case.week
    if level.by == "site":
        counted, among = np.ones(len(label), bool), standing
    else:
        stayed = (case.standing(origin + last)[:, origin:] > 0).all(axis=1)
        recorded = case.known[:, origin : origin + last].all(axis=1)
        stood = case.standing(origin).sum(axis=1) * 7 / case.week
        counted = among = standing & stayed & recorded & ((stood < SETTLED_DAYS) == level.new)
    groups = int(label.max()) + 1
    judged = np.zeros(groups, bool)
    judged[label[among]] = True
    scale = scores.naive_scale(_history(case, label, counted, origin, groups), level.weeks * case.week)
    parts = []
    for k, (first, end) in enumerate(level.windows):
        at = slice(origin + first * case.week, origin + end * case.week)
        total, unknown = np.zeros(groups), np.zeros(groups)
        np.add.at(total, label[counted], case.units[counted, at].sum(axis=1))
        np.add.at(unknown, label[counted], (~case.known[counted, at]).sum(axis=1))
        here = np.flatnonzero(judged & (unknown == 0))
        parts.append((here, np.full(len(here), k), total[here], scale[here]))
    group, window, actual, scales = (np.concatenate(x) for x in zip(*parts, strict=True))
    return Target(group, window, actual, scales, among)


def _history(case: Case, label: IntArray, counted: BoolArray, origin: int, groups: int) -> FloatArray:
    """Totals of each group and step before the origin; NaN where nothing of it was known."""
    total, known = np.zeros((groups, origin)), np.zeros((groups, origin))
    stood = case.standing(origin) * case.known[:, :origin]
    np.add.at(total, label[counted], case.units[counted, :origin])
    np.add.at(known, label[counted], stood[counted])
    return np.where(known > 0, total, np.nan)


def forecast_of(case: Case, level: Level, goal: Target, given: Answer, totals: bool) -> FloatArray:
    """The mean of each group of a target."""
    label = np.arange(len(given.mean)) if totals else labels(case, level)
    among = np.ones(len(label), bool) if totals else goal.among
    sums = np.zeros((int(label.max()) + 1, len(level.windows)))
    for k, (first, end) in enumerate(level.windows):
        part = given.mean[:, first * case.week : end * case.week].sum(axis=1)
        np.add.at(sums[:, k], label[among], part[among])
    return sums[goal.group, goal.window]


def distribution_of(case: Case, level: Level, goal: Target, given: Answer) -> Counts:
    """What our own forecast says of each group of a target."""
    assert given.forecast is not None
    rows = given.rows
    unique, group = np.unique(labels(case, level)[rows], return_inverse=True)
    place = np.searchsorted(unique, goal.group)
    mean, variance = np.empty(len(place)), np.empty(len(place))
    for k, (first, end) in enumerate(level.windows):
        counts = given.forecast.totals(
            group, first * case.week, end * case.week, among=goal.among[rows]
        )
        here = goal.window == k
        mean[here], variance[here] = counts.mean[place[here]], counts.variance[place[here]]
    return Counts(mean, variance, given.forecast.tail)


def judge(
    case: Case,
    days: int,
    given: Mapping[str, Mapping[int, Answer]],
    judged: Sequence[int],
    before: Sequence[int],
) -> pd.DataFrame:
    """One row a level and contestant. The spread of those who give only a mean comes from their own
    errors at the origins whose targets had ended (``before`` and ``judged``): (actual − forecast) ÷
    √forecast, pooled over the groups of a level (split conformal; Vovk et al. 2005). While developing,
    ``before`` may be the judged origins themselves: then all but the one judged."""
    rows = []
    for level in levels(case, days):
        goals = {origin: target(case, level, origin) for origin in {*before, *judged}}
        if not any(len(goals[o].group) for o in judged):
            continue
        expected = _mean_actual(goals, judged)
        floor = scores.noise_floor(expected, case.purchase)
        for name, by_origin in given.items():
            totals = CONTESTANTS[name].totals
            if totals and level.by != "site":
                continue
            means = {
                o: forecast_of(case, level, goals[o], told, totals) for o, told in by_origin.items()
            }
            spread = [
                distribution_of(case, level, goals[o], by_origin[o])
                if by_origin[o].forecast is not None
                else _from_errors(means, goals, o, case.horizon, loose=set(before) == set(judged))
                for o in judged
            ]
            row = _figures([goals[o] for o in judged], [means[o] for o in judged], spread)
            rows.append({"level": level.name, "contestant": name, **row, "floor": floor})
    return pd.DataFrame(rows)


def _from_errors(
    means: Mapping[int, FloatArray], goals: Mapping[int, Target], origin: int, horizon: int, loose: bool
) -> scores.Draws:
    ended = [o for o in means if o + horizon <= origin or (loose and o != origin)]
    errors = np.concatenate(
        [(goals[o].actual - means[o]) / np.sqrt(np.maximum(means[o], LEAST_SPREAD)) for o in ended]
    )
    at = np.quantile(errors, (np.arange(400) + 0.5) / 400)
    mean = means[origin][:, None]
    return scores.Draws(np.maximum(np.rint(mean + np.sqrt(np.maximum(mean, LEAST_SPREAD)) * at), 0.0))


def _figures(
    goals: Sequence[Target], means: Sequence[FloatArray], spread: Sequence[Counts | scores.Draws]
) -> dict[str, float]:
    rng = np.random.default_rng(SEED)
    actual, mean = np.concatenate([g.actual for g in goals]), np.concatenate(means)
    scale = np.concatenate([g.scale for g in goals])
    scaled = np.isfinite(scale)
    quantile = np.concatenate([scores.quantiles(d) for d in spread])
    pit = np.concatenate(
        [d.pit(g.actual, rng.uniform(size=len(g.actual))) for d, g in zip(spread, goals, strict=True)]
    )
    return {
        "groups": len(actual),
        "mean": float(actual.mean()),
        "wape": scores.wape(mean, actual),
        "mase": scores.mase(mean[scaled], actual[scaled], scale[scaled]),
        "bias": scores.bias(mean, actual),
        "pinball": scores.pinball(quantile, actual),
        "cover80": scores.coverage(pit, 0.80),
        "cover95": scores.coverage(pit, 0.95),
        "r2": scores.r_squared(mean, actual),
    }


def _mean_actual(goals: Mapping[int, Target], judged: Sequence[int]) -> FloatArray:
    """Each total's mean over the judged origins and windows: what stands for its expectation."""
    group = np.concatenate([goals[o].group for o in judged])
    actual = np.concatenate([goals[o].actual for o in judged])
    sums, counts = np.bincount(group, actual), np.bincount(group)
    return (sums / np.maximum(counts, 1))[group]
