"""Multipliers of a full step that many series share: weekday, season, holidays and what is known ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.forecast.panel import FloatArray, IntArray, Panel, codes
from core.forecast.regression import Data, Effects, fit, grouped

SMOOTH_DAYS = 35.0
"""Standard deviation of the window, in days, over which a level counts as the same on both sides."""
LEVEL_UNITS = 3.0
"""Units that the series' overall mean is worth beside the window's."""
FIT_STEPS = 400
"""Latest steps that effects are learned from."""
OWN_NAMES = ("log_price", "promotion")
ROUNDS = 4
PRICE_TRUST = 0.85
"""Share of the effects of prices and promotions that is taken to come again: no two promotions are alike."""
LEAST_EXCESS = 0.02


@dataclass(frozen=True, eq=False)
class Feature:
    """``values`` (1 or S, T + H), 0 on an ordinary step; ``factor``: which factor its effect belongs to ·
    ``sign`` that an effect can only have, 0 either: a display does not lower sales, nor a rival's raise
    them."""

    factor: str
    values: FloatArray
    sign: int = 0


def is_price(name: str) -> bool:
    return name in OWN_NAMES or name.endswith("_promotion")


def features_of(panel: Panel, horizon: int) -> list[Feature]:
    """What may move a step: weekdays, the panel's inputs, and for prices and promotions those of the
    rivals in the site's category."""
    length = panel.steps + horizon
    found = []
    if panel.step_days == 1:
        day = (np.arange(length) + panel.start.weekday()) % 7
        is_day = (day == np.arange(7)[:, None]).astype(np.float32) - np.float32(1 / 7)
        found += [Feature("weekday", row[None]) for row in is_day]
    for name, given in sorted(panel.inputs.items()):
        values = np.nan_to_num(np.asarray(given[:, :length], np.float32))
        if is_price(name):
            found += _price_features(panel, values, -1 if name == "log_price" else 1)
        elif name == "temperature":
            known = values[:, : panel.steps]
            centered = (values - known.mean()) / max(float(known.std()), 1.0)
            found.append(Feature("weather", centered))
        else:
            found.append(Feature("holiday" if name == "holiday" else "event", values))
    return [f for f in found if np.ptp(f.values[:, : panel.steps]) > 1e-6]


def _price_features(panel: Panel, values: FloatArray, sign: int) -> list[Feature]:
    if len(values) == 1:
        return [Feature("price", values, sign)]
    label = panel.site * (int(panel.category.max()) + 1) + panel.category
    code, size = codes(label)
    weight = panel.units.sum(axis=1, dtype=np.float64)[:, None].astype(np.float32) + 1e-3
    total, scale = grouped(values * weight, code, size)[code], grouped(weight, code, size)[code]
    rest = scale - weight
    others = np.where(rest > 1e-2 * weight, (total - values * weight) / np.maximum(rest, 1e-3), 0.0)
    return [Feature("price", values, sign), Feature("price", others.astype(np.float32), -sign)]


def learn(panel: Panel, features: Sequence[Feature], horizon: int) -> FloatArray:
    """Effects (S, P) of the features, from the panel's steps."""
    if not features:
        return np.zeros((panel.series, 0))
    first = max(panel.steps - FIT_STEPS, 0)
    window = slice(first, panel.steps)
    shared = all(len(f.values) == 1 for f in features)
    units: FloatArray = np.asarray(panel.units[:, window], np.float32)
    stood: FloatArray = np.asarray(panel.exposure[:, window], np.float32)
    cell, labels = _cells(panel, shared)
    if shared:
        size = int(cell.max()) + 1
        usual = (units.sum(axis=1) + 0.1) / (stood.sum(axis=1) + 0.2)
        units, stood = grouped(units, cell, size), grouped(stood * usual[:, None], cell, size)
    x = np.stack([np.broadcast_to(f.values[:, window], (1 if shared else len(units), units.shape[1]))
                  for f in features])
    effect: FloatArray = np.zeros((len(units), len(features)))
    effects = Effects.none(labels, len(features))
    kernel = _kernel(units.shape[1], panel.step_days)
    noise, excess = 1.5, 0.05
    for turn in range(ROUNDS):
        log = effect @ x[:, 0] if shared else np.einsum("cp,pct->ct", effect, x)
        expected = _expected(units, stood, np.exp(np.clip(log, -5, 5)).astype(np.float32), kernel)
        if turn:
            noise, excess = spread_of(units, expected * np.exp(np.clip(log, -5, 5)))
        effect = fit(Data(units, expected, x, noise, excess), effects)
    trust = np.array([PRICE_TRUST if f.factor == "price" else 1.0 for f in features])
    sign = np.array([f.sign for f in features])
    effect = np.where(effect * sign < 0, 0.0, effect)
    return np.asarray(effect[cell] * trust)


def _cells(panel: Panel, shared: bool) -> tuple[IntArray, list[IntArray]]:
    """Rows of the regression: series, or where all features are shared, site × category or coarser; and
    the labels of the rows by level."""
    if not shared:
        every = np.arange(panel.series)
        labels = [np.zeros_like(every), panel.venue, panel.category, panel.site, panel.product, every]
        return every, _distinct(labels)
    cell, size = codes(panel.site * (int(panel.category.max()) + 1) + panel.category)
    first = np.zeros(size, np.int64)
    first[cell[::-1]] = np.arange(len(cell))[::-1]
    labels = [np.zeros(size, np.int64), panel.venue[first], panel.category[first], panel.site[first]]
    return cell, _distinct(labels)


def _distinct(labels: list[IntArray]) -> list[IntArray]:
    """Without levels that part nothing beyond the one before."""
    kept = labels[:1]
    for label in labels[1:]:
        size = codes(label)[1]
        if size > 1 and all(size != codes(k)[1] or size != len(np.unique(np.stack([k, label]), axis=1).T)
                            for k in kept):
            kept.append(label)
    return kept


def _kernel(steps: int, step_days: int) -> FloatArray:
    """Weights (T, T) of the other steps in a step's local level; its own has none, or it would take up a
    share of the effect."""
    age = (np.arange(steps)[:, None] - np.arange(steps)[None]) * step_days
    kernel = np.exp(-0.5 * (age / SMOOTH_DAYS) ** 2)
    np.fill_diagonal(kernel, 0.0)
    return kernel.astype(np.float32)


def _expected(units: FloatArray, stood: FloatArray, multiplier: FloatArray, kernel: FloatArray) -> FloatArray:
    """Local level × exposure (C, T), without the multiplier."""
    due = stood * multiplier
    mean = (units.sum(axis=1) + 0.1) / (due.sum(axis=1) + 0.2)
    level = (units @ kernel + LEVEL_UNITS) / (due @ kernel * mean[:, None] + LEVEL_UNITS) * mean[:, None]
    return np.asarray(level * stood)


def spread_of(units: FloatArray, mean: FloatArray) -> tuple[float, float]:
    """Noise and excess (both as in ``Data``) of the errors: relative squares, each cut at nine times what
    is usual, for a promotion that went out of stock says little about the others."""
    from scipy.optimize import nnls

    seen = mean > 0.05
    if not seen.any():
        return 1.5, LEAST_EXCESS
    m, r = mean[seen].astype(np.float64), (units[seen] - mean[seen]).astype(np.float64) ** 2
    found = np.array([1.5, 0.1])
    x = np.stack([m, m**2], axis=1)
    for _ in range(4):
        usual = x @ found
        scale = 1.0 / usual
        found, _ = nnls(x * scale[:, None], np.minimum(r, 9 * usual) * scale)
        found = np.maximum(found, (1.0, LEAST_EXCESS))
    return float(found[0]), float(found[1])


def multipliers(features: Sequence[Feature], effect: FloatArray) -> Mapping[str, FloatArray]:
    """Factor → multipliers (1 or S, T + H); a factor that no feature speaks of is left out."""
    found: dict[str, FloatArray] = {}
    for factor in dict.fromkeys(f.factor for f in features):
        its = [k for k, f in enumerate(features) if f.factor == factor]
        terms = (effect[:, [k]].astype(np.float32) * features[k].values for k in its)
        log = sum(terms, np.zeros((1, 1), np.float32))
        value = np.exp(np.clip(log, -4, 4))
        found[factor] = value / value[:, :7].mean(axis=1, keepdims=True) if factor == "weekday" else value
    return found
