"""The global contestant: LightGBM over all series at once, each step ahead forecast directly.

It learns the multiplier of each series' own level (its log is the starting score, so that a Poisson loss is
fair to small and large series alike) from lags and rolling means of the series, its site and its product,
the calendar, and all that is known ahead, as ours does. Settings were searched on the development origins.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core.forecast.panel import FloatArray, IntArray, Panel

if TYPE_CHECKING:
    from tests.backtest.contestants import Task

WINDOWS_DAYS = (7, 28, 91, 364)
LEVEL_DAYS, LEVEL_PRIOR_DAYS = 56, 7.0
WEEKDAY_WEEKS = 8
LEAST_HISTORY_DAYS = 35
LEAST_SEASON_DAYS = 540
"""With less, no day of the year was seen twice and the feature only says "late"."""
ANCHOR_WEEKS = 39
"""Learns from forecasts as they would have been made in the last 39 weeks, one anchor a week."""
ROUNDS = 150
SETTINGS = {
    "objective": "poisson",
    "learning_rate": 0.06,
    "num_leaves": 31,
    "max_bin": 127,
    "min_data_in_leaf": 100,
    "feature_fraction": 0.7,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "cat_smooth": 50.0,
    "verbosity": -1,
    "num_threads": 1,
    "seed": 1,
    "deterministic": True,
}


def boosting(task: Task) -> FloatArray:
    """Mean of every series, (S, H)."""
    return _boosted(task.panel, task.horizon)


def boosting_of_totals(task: Task) -> FloatArray:
    """Mean of every site's total, (sites, H); inputs are averaged over a site."""
    return _boosted(_totals(task.panel), task.horizon)


def _totals(panel: Panel) -> Panel:
    sites = int(panel.site.max()) + 1
    one = np.zeros(sites, np.int64)

    def gathered(values: FloatArray) -> FloatArray:
        total = np.zeros((sites, values.shape[1]))
        np.add.at(total, panel.site, values)
        return total

    series = np.maximum(np.bincount(panel.site, minlength=sites), 1)[:, None]
    stood = gathered(panel.exposure) > 0
    return replace(
        panel,
        units=gathered(panel.units) * stood,
        exposure=stood.astype(float),
        censored=np.zeros_like(stood),
        site=np.arange(sites),
        product=one,
        category=one,
        venue=one,
        price=one.astype(float),
        prior_rate=np.full(sites, np.nan),
        inputs={k: v if len(v) == 1 else gathered(v) / series for k, v in panel.inputs.items()},
    )


def _boosted(panel: Panel, horizon: int) -> FloatArray:
    import lightgbm

    week = 7 // panel.step_days
    first = max(LEAST_HISTORY_DAYS // panel.step_days, panel.steps - ANCHOR_WEEKS * week)
    anchors = range(panel.steps - week, first, -week)
    table = Features(panel)
    # the variance of these counts grows faster than their mean: weight by the level's root
    parts = [part for anchor in anchors if (part := _examples(table, anchor, horizon)) is not None]
    names, categorical = table.names, ["site", "product", "category"]
    learn = lightgbm.Dataset(
        np.concatenate([p[0] for p in parts]),
        label=np.concatenate([p[1] for p in parts]),
        weight=np.concatenate([p[2] * np.exp(-0.5 * p[3]) for p in parts]),
        init_score=np.concatenate([p[3] for p in parts]),
        feature_name=names,
        categorical_feature=categorical,
        free_raw_data=True,
    )
    model = lightgbm.train(SETTINGS, learn, num_boost_round=ROUNDS)
    x, level = table.at(panel.steps, horizon)
    score = model.predict(x.reshape(-1, x.shape[2]), raw_score=True, num_threads=1)
    return np.exp(score).reshape(panel.series, horizon) * level[:, None]


def _examples(
    table: Features, anchor: int, horizon: int
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray] | None:
    """Features, units, exposure and log level of the known steps after an anchor."""
    panel = table.panel
    ahead = min(horizon, panel.steps - anchor)
    x, level = table.at(anchor, ahead)
    exposure = panel.exposure[:, anchor : anchor + ahead]
    rows = (exposure > 0) & table.seen[:, anchor, None]
    if not rows.any():
        return None
    start = np.log(np.broadcast_to(level[:, None], rows.shape))
    return x[rows], panel.units[:, anchor : anchor + ahead][rows], exposure[rows], start[rows]


class Features:
    """Features of any step ahead as seen from any anchor, from running sums over the whole panel."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        self.week = 7 // panel.step_days
        units = panel.units * (panel.exposure > 0)
        self.sold, self.stood = _running(units), _running(panel.exposure)
        self.seen = self.stood > 0
        self.any_sale = _running((units > 0).astype(float))
        self.since_sale = _since(units > 0)
        self.names = list(dict(self._columns(panel.steps, 1)))

    def at(self, anchor: int, ahead: int) -> tuple[FloatArray, FloatArray]:
        """Features (S, ahead, F) and level (S,) a step."""
        shape = (self.panel.series, ahead)
        columns = [np.broadcast_to(values, shape) for _, values in self._columns(anchor, ahead)]
        return np.stack(columns, axis=2).astype(np.float32), self.level(anchor)

    def level(self, anchor: int) -> FloatArray:
        """Mean of the last 56 days, leaning on the product's and the site's for 7 days, (S,)."""
        sold, stood = self._window(anchor, LEVEL_DAYS // self.panel.step_days)
        prior = LEVEL_PRIOR_DAYS / self.panel.step_days
        overall = (sold.sum() + 1e-3) / (stood.sum() + 1e-3)
        product = _ratio(self.panel.product, sold, stood, overall, prior)
        return (sold + prior * product) / (stood + prior) + 1e-4

    def _window(self, anchor: int, steps: int) -> tuple[FloatArray, FloatArray]:
        begin = max(anchor - steps, 0)
        return (
            self.sold[:, anchor] - self.sold[:, begin],
            self.stood[:, anchor] - self.stood[:, begin],
        )

    def _columns(self, anchor: int, ahead: int) -> Iterator[tuple[str, FloatArray]]:
        panel, level = self.panel, self.level(anchor)
        yield "log level", np.log(level)[:, None]
        for days in WINDOWS_DAYS:
            steps = max(days // panel.step_days, 1)
            sold, stood = self._window(anchor, steps)
            yield f"mean {days}", _log_ratio(sold, stood, level)[:, None]
            for name, label in (("site", panel.site), ("product", panel.product)):
                expected = stood * level
                yield f"{name} {days}", _log_ratio(*_sums(label, sold, expected), np.ones(1))[:, None]
        yield "stood", np.log1p(self.stood[:, anchor])[:, None]
        yield "since sale", np.log1p(self.since_sale[:, anchor])[:, None]
        begin = max(anchor - 8 * self.week, 0)
        yield "share of steps sold", ((self.any_sale[:, anchor] - self.any_sale[:, begin]) / (8 * self.week))[:, None]
        yield "steps ahead", np.arange(ahead)[None] + 1.0
        yield from self._calendar(anchor, ahead, level)
        yield from self._known_ahead(anchor, ahead)
        for name in ("site", "product", "category"):
            yield name, getattr(panel, name)[:, None].astype(float)

    def _calendar(self, anchor: int, ahead: int, level: FloatArray) -> Iterator[tuple[str, FloatArray]]:
        panel = self.panel
        target = anchor + np.arange(ahead)
        day = np.datetime64(panel.start) + target * panel.step_days
        if panel.steps * panel.step_days > LEAST_SEASON_DAYS:
            year_start = day.astype("datetime64[Y]").astype("datetime64[D]")
            yield "day of year", (day - year_start).astype(float)[None]
        if self.week == 1:
            yield "a year before", self._lag(target - 52, level)
            return
        weekday = (panel.start.weekday() + target) % 7
        yield "weekday", weekday[None].astype(float)
        yield "day of month", (day - day.astype("datetime64[M]").astype("datetime64[D]")).astype(float)[None]
        sold, stood = np.zeros((panel.series, ahead)), np.zeros((panel.series, ahead))
        for back in range(1, WEEKDAY_WEEKS + 1):
            at = anchor + (target - anchor) % 7 - 7 * back
            at = at[at >= 0] if (at >= 0).all() else np.maximum(at, 0)
            sold += (panel.units * (panel.exposure > 0))[:, at]
            stood += panel.exposure[:, at]
        yield "same weekday", _log_ratio(sold, stood, level[:, None])
        expected = stood * level[:, None]
        yield "same weekday at site", _log_ratio(*_sums(panel.site, sold, expected), np.ones(1))

    def _lag(self, at: IntArray, level: FloatArray) -> FloatArray:
        past = np.maximum(at, 0)
        stood = np.where(at >= 0, self.panel.exposure[:, past], 0.0)
        return _log_ratio(self.panel.units[:, past] * (stood > 0), stood, level[:, None], missing=True)

    def _known_ahead(self, anchor: int, ahead: int) -> Iterator[tuple[str, FloatArray]]:
        """Each input at the step, a step before and after, against its mean behind the level, and at the
        site's other series: their mean and their least."""
        panel = self.panel
        target = anchor + np.arange(ahead)
        before = slice(max(anchor - LEVEL_DAYS // panel.step_days, 0), anchor)
        for name, values in panel.inputs.items():
            now = values[:, target]
            yield name, now
            yield f"{name} before", values[:, np.maximum(target - 1, 0)]
            if len(values) == 1:
                yield f"{name} after", values[:, np.minimum(target + 1, values.shape[1] - 1)]
                continue
            yield f"{name} against usual", now - values[:, before].mean(axis=1, keepdims=True)
            count = np.bincount(panel.site)[panel.site][:, None]
            total, _ = _sums(panel.site, now, now)
            yield f"{name} of the others", (total - now) / np.maximum(count - 1, 1)
            least = np.full((int(panel.site.max()) + 1, ahead), np.inf)
            np.minimum.at(least, panel.site, now)
            yield f"{name} least at site", now - least[panel.site]


def _running(values: FloatArray) -> FloatArray:
    """Sums of all before each step, (S, T + 1)."""
    return np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1)


def _since(sale: FloatArray) -> FloatArray:
    """Steps since the last sale before each step, (S, T + 1)."""
    step = np.arange(1, sale.shape[1] + 1)
    last = np.maximum.accumulate(np.where(sale, step, 0), axis=1)
    return np.arange(sale.shape[1] + 1) - np.pad(last, ((0, 0), (1, 0)))


def _sums(label: IntArray, *values: FloatArray) -> tuple[FloatArray, ...]:
    """Each value summed over the series of the same label, as (S, …)."""
    result = []
    for value in values:
        total = np.zeros((int(label.max()) + 1, *value.shape[1:]))
        np.add.at(total, label, value)
        result.append(total[label])
    return tuple(result)


def _ratio(
    label: IntArray, sold: FloatArray, stood: FloatArray, overall: float, prior: float
) -> FloatArray:
    total, time = _sums(label, sold, stood)
    return (total + prior * overall) / (time + prior)


def _log_ratio(sold: FloatArray, stood: FloatArray, level: FloatArray, missing: bool = True) -> FloatArray:
    """Log of the sales to those expected, each plus half a unit; NaN where nothing stood."""
    value = np.log((sold + 0.5) / (stood * level + 0.5))
    return np.where(stood > 0, value, np.nan) if missing else value
