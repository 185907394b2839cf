"""Held-out weeks of orange juice: the response against log-log regressions.

Everyone is fitted on the weeks before ``first`` and told prices, deals and advertisements of the 20 weeks from
it on, of which it predicts the cartons of each brand, store and week. A mean serves R² and a median MAPE, so
everyone gives both: the response from its distribution, a regression by Duan's smearing and without.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.forecast.counts import Counts
from core.site.estimate import fit_fleet
from core.site.posterior import FleetFit
from core.site.response import Response
from tests.real.orange_juice import BRANDS, catalog, first_day, history, plan_of, weekly

FloatArray = NDArray[np.float64]
WEEKS = 20
LEVEL = 0.90
RIDGE = 1e-6


@dataclass(frozen=True, eq=False)
class Answer:
    """Of each held-out row: ``mean``, ``median``, and the interval ``low`` to ``high`` of ``LEVEL``."""

    mean: FloatArray
    median: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, eq=False)
class Contest:
    """``held``: the rows to predict; ``answers`` by contestant; ``fit``: the response's."""

    held: pd.DataFrame
    answers: dict[str, Answer]
    fit: FleetFit


OURS = "response"
REGRESSIONS: dict[str, tuple[list[str], list[str]]] = {
    "log-log a store and brand": (["store", "brand"], []),
    "log-log a store, brands pooled": (["store"], ["brand"]),
    "log-log a brand, stores pooled": (["brand"], ["store"]),
}
"""Name → (what has a regression of its own, what has an intercept within it)."""


def contest(first: int, stores: int | None = None) -> Contest:
    """Fit everyone before week ``first``, on all stores or the first few."""
    table = weekly()
    chosen = sorted(table["store"].unique())[:stores]
    table = table[table["store"].isin(chosen)]
    known = table[table["week"] < first]
    held = table[(table["week"] >= first) & (table["week"] < first + WEEKS)].reset_index(drop=True)
    fit = fit_fleet([history(int(s), first) for s in chosen], catalog(), calibrated=False)
    answers = {OURS: ours(fit, held)}
    for name, (groups, intercepts) in REGRESSIONS.items():
        answers[name] = regression(known, held, groups, intercepts)
    return Contest(held, answers, fit)


def ours(fit: FleetFit, held: pd.DataFrame) -> Answer:
    """What the stores' responses expect at the prices and promotions of each week."""
    mean, variance = np.zeros(len(held)), np.zeros(len(held))
    for store, rows in held.groupby("store"):
        response = fit.response(int(store))
        for week, shelf in rows.groupby("week"):
            mean[shelf.index], variance[shelf.index] = _week(response, int(week), shelf)
    counts = Counts(mean, variance)
    low, high = (counts.quantile((1 + sign * LEVEL) / 2) for sign in (-1, 1))
    return Answer(mean, np.maximum(counts.quantile(0.5), 1.0), low, high)


def _week(response: Response, week: int, shelf: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
    """(mean, variance) of the cartons of each of the shelf's rows, which come by brand."""
    brands = tuple(int(b) for b in shelf["brand"])
    plan = plan_of(brands, dict(zip(brands, shelf["price"], strict=True)))
    promoted = {b: (d, f) for b, d, f in zip(brands, shelf["deal"], shelf["feature"], strict=True)}
    layout = response.layout(plan, promoted)
    month = (first_day(week) + timedelta(3)).month
    rates = response.rates(layout, response.draws) * response.season_factor(month)[layout.category]
    chance = response.chance(layout, rates, 7.0).mean(axis=0)
    return 7.0 * rates.mean(axis=0), chance + 49.0 * rates.var(axis=0)


def regression(
    known: pd.DataFrame, held: pd.DataFrame, groups: list[str], intercepts: list[str]
) -> Answer:
    """Least squares of log units on log price, deal and feature, one a group."""
    log, sd = np.full(len(held), np.nan), np.full(len(held), np.nan)
    smear = np.ones(len(held))
    learned = dict(list(known.groupby(groups)))
    for key, rows in held.groupby(groups):
        own = learned[key]
        levels = {name: sorted(own[name].unique()) for name in intercepts}
        x, y = _design(own, levels), np.log(np.maximum(own["units"].to_numpy(float), 1.0))
        slope = np.linalg.solve(x.T @ x + RIDGE * np.eye(x.shape[1]), x.T @ y)
        residual = y - x @ slope
        log[rows.index] = _design(rows, levels) @ slope
        sd[rows.index] = np.sqrt(residual @ residual / max(len(y) - x.shape[1], 1))
        smear[rows.index] = np.exp(residual).mean()
    median = np.exp(log)
    return Answer(median * smear, median, median * np.exp(-1.645 * sd), median * np.exp(1.645 * sd))


def _design(rows: pd.DataFrame, levels: dict[str, list[int]]) -> FloatArray:
    columns = [np.log(rows["price"]), rows["deal"], rows["feature"]]
    for name, values in levels.items():
        columns += [(rows[name] == v).astype(float) for v in values]
    return np.column_stack(columns if levels else [*columns, np.ones(len(rows))])


SCORES: dict[str, Callable[[FloatArray, Answer], float]] = {
    "R²": lambda y, a: _explained(y, a.mean),
    "MAPE": lambda y, a: float((np.abs(y - a.median) / y).mean()),
    "R² of logs": lambda y, a: _explained(np.log(y), np.log(a.median)),
    "WAPE": lambda y, a: float(np.abs(y - a.median).sum() / y.sum()),
    "bias": lambda y, a: float(a.mean.sum() / y.sum() - 1.0),
    "90 % holds": lambda y, a: float(((y >= a.low) & (y <= a.high)).mean()),
}


def _explained(y: FloatArray, f: FloatArray) -> float:
    return float(1.0 - ((y - f) ** 2).sum() / ((y - y.mean()) ** 2).sum())


def scores(c: Contest) -> pd.DataFrame:
    """One row a contestant."""
    y = np.maximum(c.held["units"].to_numpy(float), 1.0)
    return pd.DataFrame({
        name: {key: score(y, answer) for key, score in SCORES.items()} for name, answer in c.answers.items()
    }).T


def elasticities(fit: FleetFit) -> pd.DataFrame:
    """Of each brand over all stores, at its usual prices with the others' prices fixed: own-price elasticity
    without and with advertisement (mean and 90 % interval), what an advertisement multiplies sales by."""
    plain, advertised, multiplier = [], [], []
    for site in fit.posteriors:
        response = fit.response(site)
        plan = plan_of(tuple(BRANDS))
        size = np.exp(response.attraction(response.layout(plan), response.draws))
        left = 1.0 - response.draws.diversion[:, [0]] * size / size.sum(axis=1, keepdims=True)
        e = response.draws
        plain.append(e.price * left)
        advertised.append((e.price + e.advertised[:, None]) * left)
        multiplier.append(e.feature)
    parts = {"elasticity": plain, "advertised": advertised, "feature": multiplier}
    table: dict[str, FloatArray] = {}
    for name, values in parts.items():
        draws = np.mean(values, axis=0)
        draws = np.exp(draws) if name == "feature" else draws
        table[name] = draws.mean(axis=0)
        table[f"{name}_low"], table[f"{name}_high"] = np.quantile(draws, [0.05, 0.95], axis=0)
    return pd.DataFrame(table, index=pd.Index(list(BRANDS), name="brand"))
